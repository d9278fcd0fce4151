package lambda

// Watcher is told of every attempt to run a function, the throttled ones as well. Its methods are called from many goroutines at
// once and hold up the invocation, so they must be quick.
type Watcher interface {
	// Began is called before the function gets the payload. The trace id is that of [Service.FunctionOf]: the attempts of
	// an asynchronous event have the same, one after the other.
	Began(function, trace string, payload []byte)
	// Ended is called before whoever invoked gets the result. An error means that the function never saw the payload, or that
	// whoever invoked waits no longer.
	Ended(function, trace string, result Result, err error)
}
