//go:build unix && !linux

package child

import "syscall"

// Attributes give the process a group of its own. If the stack is killed, the process is not.
func Attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true}
}
