// Package lambda is AWS Lambda on one machine: it runs compiled functions, the very binaries that are deployed, as real
// processes against the Lambda Runtime API.
//
// A [Service] holds functions. [Service.Invoke] takes an idle sandbox (AWS: execution environment) of the function or
// starts a new one, which is a cold start, hands it one invocation and returns its answer. A sandbox is one process with
// its own Runtime API endpoint; it serves one invocation at a time, is stopped (SIGSTOP) between invocations, so that
// work left behind does not go on, and is killed when it has been idle for a while. Past the concurrency limit the answer
// is TooManyRequestsException; nothing queues. A function that crashes, hangs or answers too much takes its own process
// down, no other, and the caller gets the words AWS uses.
//
// [Service.InvokeAsync] retries as Lambda does for SNS; [Service.Poll] is the event source mapping of an SQS queue;
// [Service.Handler] is the public Invoke API for those who come with an AWS SDK.
//
// Two clocks matter. Functions live in the machine's time, so the deadline they are told and the durations reported are
// real. What the service does after some time (time out, reap, retry) goes by [Config.Clock], so that tests can move it.
//
// Read service.go, then invoke.go and sandbox.go; runtime.go is the conversation with the process.
//
// Facts are from the Lambda developer guide (Runtime API, execution environment lifecycle, quotas, environment variables,
// asynchronous invocation, SQS event sources) unless a comment names another source.
package lambda
