package bench

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// system starts the stack twice on a new data folder, prints how long the second start takes, what it holds when idle, and
// how it bears a load.
func system(ctx context.Context, o options) error {
	data, err := os.MkdirTemp("", "parley-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(data)
	first, err := launch(ctx, o, data)
	if err != nil {
		return err
	}
	first.stop()
	s, err := launch(ctx, o, data)
	if err != nil {
		return err
	}
	defer s.stop()
	fmt.Fprintf(o.out, "\nstart of the built stack: first %v, second %v\n", first.ready, s.ready)
	if err := load(ctx, o, s); err != nil {
		return err
	}
	memory, processes, err := s.memory()
	fmt.Fprintf(o.out, "\nmemory of the whole stack after the load: %.0f MB in %d processes\n", memory, processes)
	return err
}

// launched is a running stack.
type launched struct {
	cmd          *exec.Cmd
	web, gateway string
	ready        time.Duration
}

func launch(ctx context.Context, o options, data string) (*launched, error) {
	args := []string{"-functions", o.functions, "-data", data, "-log", "warn", "-console=false"}
	ports := map[string]int{}
	for _, name := range []string{"web", "gateway", "s3", "dynamodb", "sns", "sqs"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			return nil, err
		}
		ports[name] = l.Addr().(*net.TCPAddr).Port
		_ = l.Close()
		args = append(args, "-"+name+"-port", strconv.Itoa(ports[name]))
	}
	log, err := os.Create(filepath.Join(data, "stack.log"))
	if err != nil {
		return nil, err
	}
	s := &launched{
		cmd:     exec.CommandContext(ctx, o.binary, args...),
		web:     fmt.Sprintf("http://127.0.0.1:%d", ports["web"]),
		gateway: fmt.Sprintf("ws://127.0.0.1:%d/local", ports["gateway"]),
	}
	s.cmd.Stdout, s.cmd.Stderr = io.Discard, log
	s.cmd.Cancel = func() error { return s.cmd.Process.Signal(os.Interrupt) }
	defer log.Close() // the child has its own
	begin := time.Now()
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	for time.Since(begin) < 30*time.Second {
		response, err := http.Get(s.web + "/healthz")
		if err == nil {
			_ = response.Body.Close()
			s.ready = time.Since(begin).Round(time.Millisecond)
			return s, nil
		}
		if s.cmd.Process.Signal(syscall.Signal(0)) != nil {
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	s.stop()
	said, _ := os.ReadFile(log.Name())
	return nil, fmt.Errorf("%s did not get ready: %s", o.binary, said)
}

func (s *launched) stop() {
	_ = s.cmd.Process.Signal(os.Interrupt)
	_ = s.cmd.Wait()
}

// memory sums what the stack and its children hold: their proportional share, so that what they have in common counts once.
func (s *launched) memory() (megabytes float64, processes int, err error) {
	pids := []string{strconv.Itoa(s.cmd.Process.Pid)}
	for i := 0; i < len(pids); i++ {
		tasks, err := filepath.Glob(filepath.Join("/proc", pids[i], "task", "*", "children"))
		if err != nil {
			return 0, 0, err
		}
		for _, task := range tasks {
			children, err := os.ReadFile(task)
			if err == nil {
				pids = append(pids, strings.Fields(string(children))...)
			}
		}
	}
	for _, pid := range pids {
		rollup, err := os.ReadFile(filepath.Join("/proc", pid, "smaps_rollup"))
		if err != nil {
			continue // it has just ended
		}
		processes++
		for line := range strings.Lines(string(rollup)) {
			if fields := strings.Fields(line); len(fields) > 1 && fields[0] == "Pss:" {
				kilobytes, _ := strconv.ParseFloat(fields[1], 64)
				megabytes += kilobytes / 1024
			}
		}
	}
	if processes == 0 {
		return 0, 0, errors.New("memory is only measured on Linux")
	}
	return megabytes, processes, nil
}
