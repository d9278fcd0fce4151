// Package child says how the stack starts processes, so that none is left behind: each gets a process group of its own, which
// keeps Ctrl-C in the terminal from reaching it before the stack has stopped it in order, and dies with the stack where
// the kernel can see to that.
package child
