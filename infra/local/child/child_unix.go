//go:build unix && !linux

package child

import "syscall"

// Attributes give the process a group of its own. There is no parent death signal to ask for. A frozen function still dies
// with the stack, because the kernel sends SIGHUP and SIGCONT to a stopped process group that becomes orphaned (POSIX,
// _exit); a running one ends when its Runtime API is gone.
func Attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
