package lambda

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
)

// Handler serves the Invoke operation of the Lambda API, so that an AWS SDK whose endpoint it is can invoke functions:
// POST /2015-03-31/functions/{name or ARN}/invocations. Signatures are not checked, X-Amz-Log-Type is ignored, and
// there is one version, $LATEST.
func (s *Service) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /2015-03-31/functions/{function}/invocations", s.serveInvoke)
	return mux
}

func (s *Service) serveInvoke(w http.ResponseWriter, r *http.Request) {
	function, err := s.resolve(r.PathValue("function"), r.URL.Query().Get("Qualifier"))
	if err != nil {
		writeError(w, err)
		return
	}
	payload, err := io.ReadAll(io.LimitReader(r.Body, requestLimit+1))
	if err != nil {
		writeError(w, &Error{Exception: InvalidRequestContent, Message: err.Error()})
		return
	}
	clientContext, err := base64.StdEncoding.DecodeString(r.Header.Get("X-Amz-Client-Context"))
	if err != nil || len(clientContext) > 0 && !json.Valid(clientContext) {
		writeError(w, &Error{Exception: InvalidRequestContent, Message: "Client context must be a valid Base64-encoded JSON object."})
		return
	}
	switch kind := r.Header.Get("X-Amz-Invocation-Type"); kind {
	case "", "RequestResponse":
		s.serveRequestResponse(w, r, function, payload, string(clientContext))
	case "Event":
		id, err := s.enqueue(function, payload, string(clientContext))
		if err != nil {
			writeError(w, err)
			return
		}
		w.Header().Set("X-Amzn-RequestId", id)
		w.WriteHeader(http.StatusAccepted)
	case "DryRun":
		if err := s.accepts(function, payload, requestLimit); err != nil {
			writeError(w, err)
			return
		}
		w.WriteHeader(http.StatusNoContent)
	default:
		writeError(w, &Error{Exception: InvalidParameterValue, Message: "InvocationType " + kind + " is not RequestResponse, Event or DryRun"})
	}
}

func (s *Service) serveRequestResponse(w http.ResponseWriter, r *http.Request, function string, payload []byte, clientContext string) {
	if err := s.accepts(function, payload, requestLimit); err != nil {
		writeError(w, err)
		return
	}
	inv := newInvocation(payload)
	inv.clientContext = clientContext
	result, err := s.run(r.Context(), function, inv)
	if err != nil {
		writeError(w, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/json")
	h.Set("X-Amzn-RequestId", inv.id)
	h.Set("X-Amzn-Trace-Id", inv.trace)
	h.Set("X-Amz-Executed-Version", version)
	if result.FunctionError != "" {
		h.Set("X-Amz-Function-Error", result.FunctionError)
	}
	_, _ = w.Write(result.Payload)
}

// resolve finds the function's name in what a client may call it: name, account:function:name or an ARN, each with or
// without a version.
func (s *Service) resolve(reference, qualifier string) (string, error) {
	name := reference
	if _, after, ok := strings.Cut(reference, "function:"); ok {
		name = after
	}
	name, inline, _ := strings.Cut(name, ":")
	for _, q := range []string{inline, qualifier} {
		if q != "" && q != version {
			return "", s.notFound(name + ":" + q)
		}
	}
	if s.functions[name] == nil {
		return "", s.notFound(name)
	}
	return name, nil
}

// writeError answers as the Lambda API does; what is not an Error, the end of the service, is a ServiceException.
func writeError(w http.ResponseWriter, err error) {
	e := &Error{Exception: ServiceFailed, Message: err.Error()}
	errors.As(err, &e)
	origin := "User"
	if e.Exception == ServiceFailed {
		origin = "Service"
	}
	w.Header().Set("X-Amzn-ErrorType", e.Exception.Error())
	body := map[string]string{"Type": origin, "message": e.Message}
	if e.Reason != "" {
		body["Reason"] = e.Reason
		w.Header().Set("Retry-After", "1")
	}
	writeJSON(w, e.Exception.Status(), body)
}
