//go:build unix

package lambda

import (
	"syscall"
	"time"
)

// A function gets a process group of its own: Ctrl-C in the terminal reaches only the service, which then stops the
// functions, and signals reach what a function has started, too.

// grace is what a process that registered an extension has between SIGTERM and SIGKILL.
const grace = 500 * time.Millisecond

func (sb *sandbox) freeze() { sb.signal(syscall.SIGSTOP) }

func (sb *sandbox) thaw() { sb.signal(syscall.SIGCONT) }

// kill ends the process now. The caller holds Service.mu, as for all of these.
func (sb *sandbox) kill() {
	sb.killed = true
	sb.signal(syscall.SIGKILL)
}

// stop ends the process as Lambda does at the end of a sandbox: at once, unless the process asked for a warning.
func (sb *sandbox) stop() {
	sb.killed = true
	if !sb.graceful {
		sb.kill()
		return
	}
	sb.signal(syscall.SIGTERM)
	sb.signal(syscall.SIGCONT)
	time.AfterFunc(grace, func() {
		sb.service.mu.Lock()
		defer sb.service.mu.Unlock()
		sb.kill()
	})
}

// signal reaches the whole group. Between the end of a process and wait learning of it the signal goes nowhere: numbers
// of processes and groups are not used again that soon.
func (sb *sandbox) signal(signal syscall.Signal) {
	if sb.alive {
		_ = syscall.Kill(-sb.cmd.Process.Pid, signal)
	}
}

// killGroup ends what is left of the group after its leader.
func (sb *sandbox) killGroup() { sb.signal(syscall.SIGKILL) }
