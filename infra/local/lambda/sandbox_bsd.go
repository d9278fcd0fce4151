//go:build unix && !linux

package lambda

import "syscall"

// processAttributes has no parent death signal to ask for. A process still dies with this one: if it is stopped, because
// the kernel sends SIGHUP and SIGCONT to a stopped process group that becomes orphaned (POSIX, _exit); if it runs, when it
// answers, because its Runtime API is gone.
func processAttributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
