//go:build !unix

package child

import "syscall"

// Attributes are the system's own.
func Attributes() *syscall.SysProcAttr { return nil }
