package lambda_test

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/lambda"
)

type echo struct {
	Event     any
	Env       []string
	Dir       string
	Pid       int
	RequestID string
	ARN       string
	Custom    map[string]string
	Trace     string
	TraceEnv  string
	Remaining time.Duration
}

func TestAFunctionFindsTheContextOfItsInvocation(t *testing.T) {
	f := function("echo")
	f.Timeout = 20 * time.Second
	service := start(t, lambda.Config{Region: "eu-west-1", Account: "123456789012"}, f)

	result := invoke(t, service, "echo", `{"text":"hi"}`)

	got := decode[echo](t, result)
	if got.Event.(map[string]any)["text"] != "hi" {
		t.Errorf("event %v", got.Event)
	}
	if got.RequestID != result.Report.RequestID || len(got.RequestID) != 36 {
		t.Errorf("request id %q, report says %q", got.RequestID, result.Report.RequestID)
	}
	if want := "arn:aws:lambda:eu-west-1:123456789012:function:echo"; got.ARN != want {
		t.Errorf("arn %q, want %q", got.ARN, want)
	}
	if got.Remaining < 15*time.Second || got.Remaining > 20*time.Second {
		t.Errorf("%v remain of 20s", got.Remaining)
	}
	if !strings.HasPrefix(got.Trace, "Root=1-") || got.Trace != got.TraceEnv {
		t.Errorf("trace id %q, in the environment %q", got.Trace, got.TraceEnv)
	}
}

func TestTheEnvironmentIsThatOfLambdaAndNothingElse(t *testing.T) {
	t.Setenv("SECRET_OF_THE_PARENT", "x")
	f := function("echo", "TABLE=conversations", "TZ=:Europe/Berlin")
	f.MemoryMB = 256
	service := start(t, lambda.Config{AccessKeyID: "id", SecretAccessKey: "secret", SessionToken: "token"}, f)

	got := decode[echo](t, invoke(t, service, "echo", ""))

	want := []string{
		"AWS_ACCESS_KEY_ID=id", "AWS_DEFAULT_REGION=us-east-1", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE=256",
		"AWS_LAMBDA_FUNCTION_NAME=echo", "AWS_LAMBDA_FUNCTION_VERSION=$LATEST",
		"AWS_LAMBDA_INITIALIZATION_TYPE=on-demand", "AWS_LAMBDA_LOG_GROUP_NAME=/aws/lambda/echo",
		"AWS_LAMBDA_LOG_STREAM_NAME=…", "AWS_LAMBDA_RUNTIME_API=…", "AWS_REGION=us-east-1",
		"AWS_SECRET_ACCESS_KEY=secret", "AWS_SESSION_TOKEN=token", "LAMBDA_RUNTIME_DIR=/var/runtime",
		"LAMBDA_TASK_ROOT=" + binaries, "LANG=en_US.UTF-8", "PATH=/usr/local/bin:/usr/bin/:/bin:/opt/bin",
		"TABLE=conversations", "TZ=:Europe/Berlin", "_HANDLER=bootstrap", "_X_AMZN_TRACE_ID=" + got.Trace,
	}
	for i, variable := range got.Env {
		for name, prefix := range map[string]string{
			"AWS_LAMBDA_LOG_STREAM_NAME=": time.Now().UTC().Format("2006/"),
			"AWS_LAMBDA_RUNTIME_API=":     "127.0.0.1:",
		} {
			if strings.HasPrefix(variable, name+prefix) {
				got.Env[i] = name + "…"
			}
		}
	}
	slices.Sort(got.Env)
	if !slices.Equal(got.Env, want) {
		t.Errorf("got  %q\nwant %q", got.Env, want)
	}
	if got.Dir != binaries {
		t.Errorf("runs in %s, want the task root", got.Dir)
	}
}

func TestTheFirstInvocationIsColdAndTheNextUsesItsProcess(t *testing.T) {
	service := start(t, lambda.Config{}, function("echo"))

	cold := invoke(t, service, "echo", "1")
	warm := invoke(t, service, "echo", "2")

	if r := cold.Report; !r.Cold || r.Init <= 0 || r.Duration <= 0 || r.Billed < r.Init+r.Duration || r.Billed%time.Millisecond != 0 {
		t.Errorf("cold: %+v", r)
	}
	if r := warm.Report; r.Cold || r.Init != 0 || r.Duration <= 0 || r.Billed < r.Duration {
		t.Errorf("warm: %+v", r)
	}
	if decode[echo](t, cold).Pid != decode[echo](t, warm).Pid {
		t.Error("sequential invocations need one process")
	}
	want := lambda.Stats{Function: "echo", Invocations: 2, ColdStarts: 1, Idle: 1, Billed: cold.Report.Billed + warm.Report.Billed}
	if got := stats(t, service, "echo"); got != want {
		t.Errorf("stats %+v, want %+v", got, want)
	}
}

func TestAWarmedFunctionHasNoColdStart(t *testing.T) {
	service := start(t, lambda.Config{}, function("echo"), function("initfail", "HOW=exit"))
	for range 2 {
		if err := service.Warm(t.Context(), "echo"); err != nil {
			t.Fatal(err)
		}
	}
	if r := invoke(t, service, "echo", "1").Report; r.Cold || r.Init != 0 {
		t.Errorf("report %+v", r)
	}
	if got := stats(t, service, "echo"); got.ColdStarts != 1 || got.Invocations != 1 {
		t.Errorf("stats %+v", got)
	}
	if err := service.Warm(t.Context(), "initfail"); err == nil || !strings.Contains(err.Error(), "Runtime.ExitError") {
		t.Errorf("warming what cannot start: %v", err)
	}
	wantException(t, service.Warm(t.Context(), "nobody"), lambda.ResourceNotFound)
}

func TestPayloadLimits(t *testing.T) {
	service := start(t, lambda.Config{}, function("echo"), function("big"))
	text := func(size int) []byte { return []byte(`"` + strings.Repeat("x", size-2) + `"`) }

	if _, err := service.Invoke(t.Context(), "nobody", nil); err == nil {
		t.Error("invoked a function that is not there")
	} else if e := wantException(t, err, lambda.ResourceNotFound); e.Exception.Status() != 404 ||
		e.Message != "Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody" {
		t.Errorf("%+v", e)
	}
	_, err := service.Invoke(t.Context(), "echo", text(6<<20+1))
	if e := wantException(t, err, lambda.RequestTooLarge); e.Exception.Status() != 413 {
		t.Errorf("status %d", e.Exception.Status())
	}
	_, err = service.InvokeAsync("echo", text(1<<20+1))
	wantException(t, err, lambda.RequestTooLarge)
	_, err = service.Invoke(t.Context(), "echo", []byte(`{"half":`))
	wantException(t, err, lambda.InvalidRequestContent)

	if got := decode[string](t, invoke(t, service, "big", "5"+strings.Repeat(" ", 6<<20-1))); got != "xxx" {
		t.Errorf("the largest request was answered %q", got)
	}
	if got := decode[string](t, invoke(t, service, "big", "6291556")); len(got) != 6291554 {
		t.Errorf("%d bytes came back", len(got))
	}
	result := invoke(t, service, "big", "6291557")
	want := `{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291556 bytes)."}`
	if string(result.Payload) != want || result.FunctionError != "Unhandled" {
		t.Errorf("too large a response: %.200s %s", result.Payload, result.FunctionError)
	}
}

func TestWhatAWSWouldRefuseToDeployIsOneClearError(t *testing.T) {
	bad := func(change func(*lambda.Function)) lambda.Function {
		f := function("echo")
		change(&f)
		return f
	}
	for problem, f := range map[string]lambda.Function{
		"no such file":                      bad(func(f *lambda.Function) { f.Binary = filepath.Join(binaries, "absent") }),
		"is a directory":                    bad(func(f *lambda.Function) { f.Binary = binaries }),
		"name must be":                      bad(func(f *lambda.Function) { f.Name = "a b" }),
		"memory of 64 MB":                   bad(func(f *lambda.Function) { f.MemoryMB = 64 }),
		"timeout 16m0s":                     bad(func(f *lambda.Function) { f.Timeout = 16 * time.Minute }),
		"reserved concurrency exceeds the":  bad(func(f *lambda.Function) { f.ReservedConcurrency = 1001 }),
		"reserved concurrency -1":           bad(func(f *lambda.Function) { f.ReservedConcurrency = -1 }),
		"AWS_REGION, _HANDLER are reserved": bad(func(f *lambda.Function) { f.Env = map[string]string{"AWS_REGION": "x", "_HANDLER": "y"} }),
		`environment variable "A-B"`:        bad(func(f *lambda.Function) { f.Env = map[string]string{"A-B": ""} }),
		"measure 4097 bytes, more than the": bad(func(f *lambda.Function) { f.Env = map[string]string{"LONG": strings.Repeat("x", 4086)} }),
	} {
		if _, err := lambda.New(lambda.Config{}, f); err == nil || !strings.Contains(err.Error(), problem) {
			t.Errorf("got %v, want one that says %q", err, problem)
		}
	}
	if _, err := lambda.New(lambda.Config{}, function("echo"), function("echo")); err == nil {
		t.Error("two functions with one name")
	}
	start(t, lambda.Config{}, bad(func(f *lambda.Function) { f.Env = map[string]string{"LONG": strings.Repeat("x", 4085)} }))
}
