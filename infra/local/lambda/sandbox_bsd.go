//go:build unix && !linux

package lambda

import "syscall"

// processAttributes has no parent death signal to ask for. A process still dies with this one: if it runs, because its
// Runtime API is gone; if it is stopped, because the kernel sends SIGHUP and SIGCONT to a stopped process group that
// becomes orphaned (POSIX, _exit).
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
