package lambda

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

// runtimeAPI serves the process of the sandbox, and only it: the Runtime API of 2018-06-01 and as much of the
// Extensions API as lambda.WithEnableSIGTERM needs.
func (sb *sandbox) runtimeAPI() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /2018-06-01/runtime/invocation/next", sb.next)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/response", sb.response)
	mux.HandleFunc("POST /2018-06-01/runtime/invocation/{id}/error", sb.invocationError)
	mux.HandleFunc("POST /2018-06-01/runtime/init/error", sb.initFailed)
	mux.HandleFunc("POST /2020-01-01/extension/register", sb.register)
	mux.HandleFunc("GET /2020-01-01/extension/event/next", sb.extensionNext)
	return mux
}

// next ends the invocation that was answered, makes the sandbox idle and waits for work.
func (sb *sandbox) next(w http.ResponseWriter, r *http.Request) {
	s := sb.service
	s.mu.Lock()
	inv := sb.current
	switch {
	case inv == nil || sb.killed: // no work for it, perhaps ever
	case !sb.ready:
		sb.ready = true
		if !inv.retried {
			inv.timer.Stop()
			inv.result.Report.Init = time.Since(sb.launched)
		}
		if inv.warming {
			sb.rest()
			s.complete(sb)
		} else {
			sb.begin()
		}
	case inv.answered:
		sb.rest()
		s.complete(sb)
	case len(sb.work) == 0:
		s.mu.Unlock()
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "Transition from Running to Ready is not allowed for runtime")
		return
	}
	s.mu.Unlock()

	select {
	case inv = <-sb.work:
	case <-r.Context().Done():
		return
	}
	h := w.Header()
	h.Set("Lambda-Runtime-Aws-Request-Id", inv.id)
	h.Set("Lambda-Runtime-Deadline-Ms", strconv.FormatInt(inv.begun.Add(sb.function.Timeout).UnixMilli(), 10))
	h.Set("Lambda-Runtime-Invoked-Function-Arn", sb.function.arn)
	h.Set("Lambda-Runtime-Trace-Id", inv.trace)
	if inv.clientContext != "" {
		h.Set("Lambda-Runtime-Client-Context", inv.clientContext)
	}
	h.Set("Content-Type", "application/json")
	h.Set("Content-Length", strconv.Itoa(len(inv.payload)))
	_, _ = w.Write(inv.payload) // a process that is gone is noticed by wait
}

// response takes what the function answered. The caller of Invoke gets it when the process asks for more work.
func (sb *sandbox) response(w http.ResponseWriter, r *http.Request) {
	body, ok := sb.read(w, r)
	if !ok {
		return
	}
	// A function that streams its answer reports in the trailer that it broke off.
	if r.Trailer.Get("Lambda-Runtime-Function-Error-Type") != "" {
		cause, err := base64.StdEncoding.DecodeString(r.Trailer.Get("Lambda-Runtime-Function-Error-Body"))
		if err != nil {
			refuse(w, http.StatusBadRequest, "InvalidTrailer", err.Error())
			return
		}
		sb.answer(w, r, cause, unhandled)
		return
	}
	sb.answer(w, r, body, "")
}

// invocationError takes the error that the function returned or panicked with.
func (sb *sandbox) invocationError(w http.ResponseWriter, r *http.Request) {
	if body, ok := sb.read(w, r); ok {
		sb.answer(w, r, body, unhandled)
	}
}

// read returns the whole body, or refuses one above the limit, which is then the failure of the invocation.
func (sb *sandbox) read(w http.ResponseWriter, r *http.Request) ([]byte, bool) {
	body, err := io.ReadAll(io.LimitReader(r.Body, responseLimit+1))
	if err != nil {
		refuse(w, http.StatusBadRequest, "TruncatedHTTPRequest", "HTTP request detected as truncated")
		return nil, false
	}
	if len(body) <= responseLimit {
		return body, true
	}
	_, _ = io.Copy(io.Discard, r.Body) // so that the process reads the refusal instead of a broken connection
	sb.service.mu.Lock()
	inv := sb.current
	if inv != nil && inv.id == r.PathValue("id") && !inv.answered {
		sb.trouble = responseTooLarge()
		inv.fail(sb.trouble)
	}
	sb.service.mu.Unlock()
	refuse(w, http.StatusRequestEntityTooLarge, "RequestEntityTooLarge",
		"Exceeded maximum allowed payload size ("+strconv.Itoa(responseLimit)+" bytes).")
	return nil, false
}

// answer gives the current invocation its result, once.
func (sb *sandbox) answer(w http.ResponseWriter, r *http.Request, payload []byte, functionError string) {
	sb.service.mu.Lock()
	defer sb.service.mu.Unlock()
	inv := sb.current
	switch {
	case inv == nil || !sb.ready || inv.id != r.PathValue("id"):
		refuse(w, http.StatusBadRequest, "InvalidRequestID", "Invalid request ID")
	case inv.answered:
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "The invocation has been answered")
	default:
		inv.answer(payload, functionError)
		accept(w)
	}
}

// initFailed takes the reason why the process cannot serve, and ends it.
func (sb *sandbox) initFailed(w http.ResponseWriter, r *http.Request) {
	body, ok := sb.read(w, r)
	if !ok {
		return
	}
	sb.service.mu.Lock()
	defer sb.service.mu.Unlock()
	if sb.ready {
		refuse(w, http.StatusForbidden, "InvalidStateTransition", "The runtime has been initialized")
		return
	}
	sb.initError = body
	accept(w)
	sb.stop()
}

// register makes SIGTERM precede SIGKILL. Events are not delivered: no function of a Go runtime asks for any.
func (sb *sandbox) register(w http.ResponseWriter, _ *http.Request) {
	sb.service.mu.Lock()
	sb.graceful = true
	sb.service.mu.Unlock()
	w.Header().Set("Lambda-Extension-Identifier", newInvocation(nil).id)
	writeJSON(w, http.StatusOK, map[string]string{
		"functionName": sb.function.Name, "functionVersion": version, "handler": "bootstrap",
	})
}

// extensionNext never answers.
func (sb *sandbox) extensionNext(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func accept(w http.ResponseWriter) {
	writeJSON(w, http.StatusAccepted, map[string]string{"status": "OK"})
}

func refuse(w http.ResponseWriter, status int, errorType, message string) {
	writeJSON(w, status, failure{errorType, message})
}

func writeJSON(w http.ResponseWriter, status int, value any) {
	body, err := json.Marshal(value)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
