package child

import "syscall"

// Attributes make the kernel kill the process when the thread that started it dies, however it dies.
func Attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
