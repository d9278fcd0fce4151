package lambda_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/lambda"
)

// failure is the payload of a failed invocation.
type failure struct {
	ErrorType, ErrorMessage string
	StackTrace              []any
}

// wantFailure checks the words of a failed invocation, {id} standing for its request id.
func wantFailure(t *testing.T, result lambda.Result, errorType, message string) {
	t.Helper()
	var got failure
	if err := json.Unmarshal(result.Payload, &got); err != nil {
		t.Fatalf("%v: %s", err, result.Payload)
	}
	message = strings.ReplaceAll(message, "{id}", result.Report.RequestID)
	if result.FunctionError != "Unhandled" || got.ErrorType != errorType || got.ErrorMessage != message {
		t.Errorf("%s %+v, want %s %q", result.FunctionError, got, errorType, message)
	}
}

func TestAFailingFunctionIsReportedInTheWordsOfLambda(t *testing.T) {
	tests := map[string]struct {
		errorType, message string
		survives           bool
	}{
		"error":     {"errorString", "no luck", true},
		"break off": {"errorString", "torn", true},
		"panic":     {"string", "no luck", false},
		"exit":      {"Runtime.ExitError", "RequestId: {id} Error: Runtime exited with error: exit status 3", false},
		"leave":     {"Runtime.ExitError", "RequestId: {id} Error: Runtime exited without providing a reason", false},
		"kill":      {"Runtime.ExitError", "RequestId: {id} Error: Runtime exited with error: signal: killed", false},
	}
	for how, test := range tests {
		t.Run(how, func(t *testing.T) {
			logs := &transcript{}
			service := start(t, lambda.Config{Logs: logs}, function("crash"))
			before := decode[int](t, invoke(t, service, "crash", `"not"`))

			result := invoke(t, service, "crash", `"`+how+`"`)

			wantFailure(t, result, test.errorType, test.message)
			if got := stats(t, service, "crash"); got.Errors != 1 || got.Timeouts != 0 || got.Running != 0 || got.Invocations != 2 {
				t.Errorf("stats %+v", got)
			}
			after := invoke(t, service, "crash", `"not"`)
			if same := decode[int](t, after) == before; same != test.survives || after.Report.Cold == test.survives {
				t.Errorf("same process afterwards: %v, want %v; %+v", same, test.survives, after.Report)
			}
			if err := service.Close(t.Context()); err != nil { // and all has been logged
				t.Fatal(err)
			}
			if log := logs.String(); !strings.Contains(log, "[crash] ") || !strings.Contains(log, "about to "+how+"\n") {
				t.Errorf("log %q", log)
			}
			if log := logs.String(); strings.HasPrefix(test.errorType, "Runtime.") && !strings.Contains(log, "[crash] Runtime.ExitError RequestId: ") {
				t.Errorf("log %q", log)
			}
		})
	}
}

func TestATimeoutKillsTheProcess(t *testing.T) {
	g := newGate(t)
	time0 := clock.NewFake(time.Now())
	f := function("gate", g.env())
	f.Timeout = 2500 * time.Millisecond
	service := start(t, lambda.Config{Clock: time0}, f)
	ended := begin(t, service, "gate", "1")
	conn, _ := g.arrival()

	time0.Advance(2499 * time.Millisecond)
	if got := stats(t, service, "gate"); got.Running != 1 {
		t.Errorf("stats before the timeout: %+v", got)
	}
	time0.Advance(time.Millisecond)

	wantGone(t, conn)
	wantFailure(t, <-ended, "Sandbox.Timedout", "RequestId: {id} Error: Task timed out after 2.50 seconds")
	if got := stats(t, service, "gate"); got.Timeouts != 1 || got.Errors != 1 || got.Running != 0 || got.Idle != 0 {
		t.Errorf("stats %+v", got)
	}
	pass(t, service, g, 1)
}

func TestAnInvocationInTimeIsNotKilledLater(t *testing.T) {
	time0 := clock.NewFake(time.Now())
	service := start(t, lambda.Config{Clock: time0}, function("echo"))
	first := decode[echo](t, invoke(t, service, "echo", ""))
	time0.Advance(time.Minute)
	if second := decode[echo](t, invoke(t, service, "echo", "")); second.Pid != first.Pid {
		t.Error("the process was replaced")
	}
}

func TestInitializationIsTriedTwice(t *testing.T) {
	for how, want := range map[string]failure{
		"exit":   {ErrorType: "Runtime.ExitError", ErrorMessage: "RequestId: {id} Error: Runtime exited with error: exit status 1"},
		"report": {ErrorType: "Config.Missing", ErrorMessage: "no table"},
	} {
		t.Run(how, func(t *testing.T) {
			logs := &transcript{}
			service := start(t, lambda.Config{Logs: logs}, function("initfail", "HOW="+how))

			result := invoke(t, service, "initfail", "")

			wantFailure(t, result, want.ErrorType, want.ErrorMessage)
			if n := strings.Count(logs.String(), "[initfail] starting\n"); n != 2 {
				t.Errorf("started %d times, want 2: %s", n, logs)
			}
			if got := stats(t, service, "initfail"); got.ColdStarts != 2 || got.Invocations != 1 || got.Errors != 1 || got.Running != 0 {
				t.Errorf("stats %+v", got)
			}
		})
	}
	t.Run("once", func(t *testing.T) {
		service := start(t, lambda.Config{}, function("initfail", "HOW=once", "MARK="+filepath.Join(t.TempDir(), "mark")))
		result := invoke(t, service, "initfail", "")
		decode[int](t, result)
		if r := result.Report; !r.Cold || r.Init != 0 {
			t.Errorf("the second initialization is part of the duration: %+v", r)
		}
	})
}

func TestInitializationThatHangs(t *testing.T) {
	g := newGate(t)
	time0 := clock.NewFake(time.Now())
	service := start(t, lambda.Config{Clock: time0}, function("initfail", "HOW=hang", g.env()))
	ended := begin(t, service, "initfail", "")

	first, _ := g.arrival()
	time0.Advance(10 * time.Second)
	wantGone(t, first)
	second, _ := g.arrival()
	time0.Advance(3 * time.Second) // the function's timeout
	wantGone(t, second)

	wantFailure(t, <-ended, "Sandbox.Timedout", "RequestId: {id} Error: Task timed out after 3.00 seconds")
}

func TestABinaryThatCannotBeExecuted(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "bootstrap")
	if err := os.WriteFile(binary, []byte("not a program"), 0o700); err != nil {
		t.Fatal(err)
	}
	service := start(t, lambda.Config{}, lambda.Function{Name: "text", Binary: binary})

	result := invoke(t, service, "text", "")

	wantFailure(t, result, "Runtime.InvalidEntrypoint", "RequestId: {id} Error: fork/exec "+binary+": exec format error")
	if got := stats(t, service, "text"); got.Running != 0 || got.Errors != 1 {
		t.Errorf("stats %+v", got)
	}
}

func TestTheRuntimeAPIRefusesWhatIsOutOfTurn(t *testing.T) {
	service := start(t, lambda.Config{}, function("raw"))
	got := decode[[]string](t, invoke(t, service, "raw", ""))
	want := []string{
		"POST invocation/early/response 400 Bad Request", "GET invocation/next 200 OK",
		"GET invocation/next 403 Forbidden", "POST init/error 403 Forbidden",
		"POST invocation/other/response 400 Bad Request",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("got %q", got)
	}
	wantAfter := "POST invocation/{id}/response 202 Accepted,POST invocation/{id}/response 403 Forbidden," +
		"POST invocation/{id}/error 403 Forbidden,GET invocation/next 200 OK"
	if got := decode[string](t, invoke(t, service, "raw", "")); got != wantAfter {
		t.Errorf("got %q", got)
	}
}

func TestKillEndsWhatRunsAndSparesWhatIsIdle(t *testing.T) {
	service := start(t, lambda.Config{}, function("crash"))
	if n := service.Kill("crash"); n != 0 {
		t.Errorf("killed %d of none", n)
	}
	idle := invoke(t, service, "crash", `"not"`)
	if n := service.Kill("crash"); n != 0 {
		t.Errorf("killed %d that were idle", n)
	}
	if again := invoke(t, service, "crash", `"not"`); decode[int](t, again) != decode[int](t, idle) {
		t.Error("the idle process is another one")
	}
}
