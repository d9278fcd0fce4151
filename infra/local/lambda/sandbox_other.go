//go:build !unix

package lambda

// Without Unix signals there is no freeze: what a function leaves behind goes on between invocations.

func (sb *sandbox) freeze() {}

func (sb *sandbox) thaw() {}

func (sb *sandbox) kill() {
	sb.killed = true
	if sb.alive {
		_ = sb.cmd.Process.Kill() // fails only if the process has just ended
	}
}

func (sb *sandbox) stop() { sb.kill() }

func (sb *sandbox) killGroup() {}
