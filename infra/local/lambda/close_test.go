package lambda_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/lambda"
)

func TestNothingMovesBetweenInvocations(t *testing.T) {
	g := newGate(t)
	service := start(t, lambda.Config{}, function("leak", g.env()))
	decode[int](t, invoke(t, service, "leak", ""))
	conn := g.accept()

	// The goroutine writes ten times a millisecond. Whatever arrives was sent before the freeze, then comes silence.
	buffer := make([]byte, 1<<20)
	silent := func() bool {
		if err := conn.SetReadDeadline(time.Now().Add(150 * time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		_, err := conn.Read(buffer)
		return errors.Is(err, os.ErrDeadlineExceeded)
	}
	for reads := 0; !silent(); reads++ {
		if reads == 50 {
			t.Fatal("the goroutine goes on")
		}
	}
	if !silent() {
		t.Error("the goroutine woke up without an invocation")
	}
	if result := invoke(t, service, "leak", ""); result.Report.Cold {
		t.Error("another process")
	}
	if silent() {
		t.Error("the goroutine did not go on with the next invocation")
	}
}

func TestCloseLeavesNoProcessAndEndsWhatRuns(t *testing.T) {
	g := newGate(t)
	service, err := lambda.New(lambda.Config{}, function("gate", g.env()), function("echo"), function("initfail", "HOW=hang", g.env()))
	if err != nil {
		t.Fatal(err)
	}
	idle := decode[echo](t, invoke(t, service, "echo", "")).Pid
	if group, err := syscall.Getpgid(idle); err != nil || group != idle {
		t.Errorf("process %d is in group %d (%v): Ctrl-C would reach it", idle, group, err)
	}
	var running sync.WaitGroup
	for _, name := range []string{"gate", "initfail"} {
		running.Go(func() {
			if _, err := service.Invoke(t.Context(), name, nil); !errors.Is(err, lambda.ErrClosed) {
				t.Errorf("invocation of %s under way ended with %v", name, err)
			}
		})
	}
	first, _ := g.arrival()
	second, _ := g.arrival()

	if err := service.Close(t.Context()); err != nil {
		t.Fatal(err)
	}

	wantGone(t, first)
	wantGone(t, second)
	running.Wait()
	if err := syscall.Kill(idle, 0); !errors.Is(err, syscall.ESRCH) {
		t.Errorf("the idle process: %v, want that there is none", err)
	}
	if _, err := service.Invoke(t.Context(), "echo", nil); !errors.Is(err, lambda.ErrClosed) {
		t.Errorf("invoke after close: %v", err)
	}
	if _, err := service.InvokeAsync("echo", nil); !errors.Is(err, lambda.ErrClosed) {
		t.Errorf("invoke asynchronously after close: %v", err)
	}
	if err := service.Close(t.Context()); err != nil {
		t.Errorf("closed twice: %v", err)
	}
}

func TestAFunctionRunsOnWhenItsCallerHangsUp(t *testing.T) {
	g := newGate(t)
	service := start(t, lambda.Config{}, function("gate", g.env()))
	ctx, hangUp := context.WithCancel(t.Context())
	var caller sync.WaitGroup
	caller.Go(func() {
		if _, err := service.Invoke(ctx, "gate", []byte("1")); !errors.Is(err, context.Canceled) {
			t.Errorf("the caller got %v", err)
		}
	})
	conn, _ := g.arrival()
	hangUp()
	caller.Wait()
	if got := stats(t, service, "gate"); got.Running != 1 {
		t.Errorf("stats %+v", got)
	}
	_ = conn.Close()
	pass(t, service, g, 1) // on the same process or, if it was not done, on another
	if got := stats(t, service, "gate"); got.Errors != 0 {
		t.Errorf("stats %+v", got)
	}
}

// parent is what TestFunctionsDieWithTheirParent runs in a process of its own: it leaves one function idle and one
// running, says so, and waits to be killed.
func parent(config string) {
	var functions []lambda.Function
	if err := json.Unmarshal([]byte(config), &functions); err != nil {
		panic(err)
	}
	service, err := lambda.New(lambda.Config{}, functions...)
	if err != nil {
		panic(err)
	}
	if _, err := service.Invoke(context.Background(), "leak", nil); err != nil {
		panic(err)
	}
	fmt.Println("idle")
	_, err = service.Invoke(context.Background(), "gate", nil)
	panic(err)
}

func TestFunctionsDieWithTheirParent(t *testing.T) {
	g := newGate(t)
	config, err := json.Marshal([]lambda.Function{function("leak", g.env()), function("gate", g.env())})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), "PARLEY_TEST_PARENT="+string(config))
	output, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	frozen := g.accept()
	if line, err := bufio.NewReader(output).ReadString('\n'); err != nil || line != "idle\n" {
		t.Fatal(line, err)
	}
	running := g.accept()

	_ = cmd.Process.Kill()

	for _, conn := range []net.Conn{frozen, running} {
		wantGone(t, conn)
	}
	_, _ = io.Copy(io.Discard, output)
	_ = cmd.Wait() // killed, as it should be
}
