// Package dynamodb runs dynoxide, an emulator of Amazon DynamoDB that is checked against the service, as a child process and
// makes the tables of a topology in it.
//
// It behaves as DynamoDB does but for three things that hide bugs, so tests inject them: every read is strong, nothing is
// throttled, transactions never conflict.
package dynamodb

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/parley-im/parley/infra/local/child"
)

// Config says where it listens and keeps its data.
type Config struct {
	// Binary is the executable; Find looks for it.
	Binary string
	// Port on 127.0.0.1.
	Port int
	// File holds the tables; empty keeps them in memory.
	File string
	// Logs receives what the process writes; nil discards it.
	Logs io.Writer
}

// Server is a running emulator.
type Server struct {
	cmd    *exec.Cmd
	port   int
	exited chan struct{} // closed when the process is no more
	err    error         // of the process, set before exited is closed
}

// ErrNotFound means that there is no emulator on this machine.
var ErrNotFound = errors.New("dynoxide not found: run `npm ci`, or put it on the PATH")

// Find returns the executable that `npm ci` installed below root, or the one on the PATH.
func Find(root string) (string, error) {
	installed := filepath.Join(root, "node_modules", "@dynoxide", "linux-x64", "dynoxide")
	if _, err := os.Stat(installed); err == nil {
		return installed, nil
	}
	if found, err := exec.LookPath("dynoxide"); err == nil {
		return found, nil
	}
	return "", ErrNotFound
}

// Start starts the emulator and returns once it answers.
func Start(ctx context.Context, cfg Config) (*Server, error) {
	args := []string{"--host", "127.0.0.1", "--port", strconv.Itoa(cfg.Port)}
	if cfg.File != "" {
		args = append(args, "--db-path", cfg.File)
	}
	s := &Server{cmd: exec.Command(cfg.Binary, args...), port: cfg.Port, exited: make(chan struct{})}
	s.cmd.SysProcAttr = child.Attributes()
	s.cmd.Stdout = cfg.Logs
	last := &lastLine{next: cfg.Logs}
	s.cmd.Stderr = last
	started := make(chan error)
	go func() {
		runtime.LockOSThread() // see child.Attributes
		err := s.cmd.Start()
		started <- err
		if err == nil {
			s.err = s.cmd.Wait()
			close(s.exited)
		}
		runtime.UnlockOSThread()
	}()
	if err := <-started; err != nil {
		return nil, fmt.Errorf("dynamodb: start %s: %w", cfg.Binary, err)
	}
	if err := s.ready(ctx, last); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// URL is the endpoint.
func (s *Server) URL() string { return fmt.Sprintf("http://127.0.0.1:%d", s.port) }

// Exited is closed when the process is no more.
func (s *Server) Exited() <-chan struct{} { return s.exited }

// ready waits until the port is open.
func (s *Server) ready(ctx context.Context, last *lastLine) error {
	ticker := time.NewTicker(5 * time.Millisecond)
	defer ticker.Stop()
	for {
		conn, err := net.DialTimeout("tcp", fmt.Sprintf("127.0.0.1:%d", s.port), time.Second)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-s.exited:
			return fmt.Errorf("dynamodb: %w: %s", s.err, last)
		case <-ctx.Done():
			return fmt.Errorf("dynamodb: not ready: %w", ctx.Err())
		case <-ticker.C:
		}
	}
}

// Close ends the process and returns when it is gone. Its file is a database with a journal: killing it loses nothing that
// was acknowledged.
func (s *Server) Close() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	select {
	case <-s.exited:
	case <-time.After(2 * time.Second):
		_ = s.cmd.Process.Kill()
		<-s.exited
	}
}

// lastLine remembers what was written last, to say why a process did not start, and passes everything on.
type lastLine struct {
	next io.Writer
	text string
}

// Write implements io.Writer.
func (l *lastLine) Write(p []byte) (int, error) {
	for line := range bytes.Lines(p) {
		if line = bytes.TrimSpace(line); len(line) > 0 {
			l.text = string(line)
		}
	}
	if l.next == nil {
		return len(p), nil
	}
	return l.next.Write(p)
}

// String is the last line.
func (l *lastLine) String() string { return l.text }
