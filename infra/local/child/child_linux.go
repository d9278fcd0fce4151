package child

import "syscall"

// Attributes make the kernel kill the process when the thread that started it ends, however it ends. So whoever starts it
// must lock that thread for as long as the process may live (runtime.LockOSThread).
func Attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
