package lambda_test

import (
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/parley-im/parley/infra/local/lambda"
)

func TestTheInvokeAPI(t *testing.T) {
	dead := make(chan lambda.DeadLetter, 1)
	service := start(t, lambda.Config{DeadLetter: func(d lambda.DeadLetter) { dead <- d }}, function("crash"), function("echo"))
	clientContext := func(text string) string { return base64.StdEncoding.EncodeToString([]byte(text)) }
	tests := map[string]struct {
		function, body string
		header         [2]string
		status         int
		answer         string // a part of the body
		answerHeader   [2]string
	}{
		"success":            {"echo", `{"a":1}`, [2]string{}, 200, `"Event":{"a":1}`, [2]string{"X-Amz-Executed-Version", "$LATEST"}},
		"no body":            {"echo", ``, [2]string{}, 200, `"Event":{}`, [2]string{"X-Amz-Function-Error", ""}},
		"version":            {"echo:$LATEST", ``, [2]string{}, 200, `"Event"`, [2]string{}},
		"qualifier":          {"echo/invocations?Qualifier=$LATEST&", ``, [2]string{}, 200, `"Event"`, [2]string{}},
		"ARN":                {"arn:aws:lambda:us-east-1:000000000000:function:echo", ``, [2]string{}, 200, `"Event"`, [2]string{}},
		"partial ARN":        {"000000000000:function:echo", ``, [2]string{}, 200, `"Event"`, [2]string{}},
		"context":            {"echo", ``, [2]string{"X-Amz-Client-Context", clientContext(`{"custom":{"k":"v"}}`)}, 200, `"Custom":{"k":"v"}`, [2]string{}},
		"function error":     {"crash", `"error"`, [2]string{}, 200, `"errorMessage":"no luck"`, [2]string{"X-Amz-Function-Error", "Unhandled"}},
		"event":              {"echo", `1`, [2]string{"X-Amz-Invocation-Type", "Event"}, 202, ``, [2]string{}},
		"dry run":            {"crash", `"kill"`, [2]string{"X-Amz-Invocation-Type", "DryRun"}, 204, ``, [2]string{}},
		"other type":         {"echo", ``, [2]string{"X-Amz-Invocation-Type", "Later"}, 400, `Later`, [2]string{"X-Amzn-ErrorType", "InvalidParameterValueException"}},
		"bad context":        {"echo", ``, [2]string{"X-Amz-Client-Context", "{"}, 400, `Base64`, [2]string{"X-Amzn-ErrorType", "InvalidRequestContentException"}},
		"bad body":           {"echo", `{`, [2]string{}, 400, `parse`, [2]string{"X-Amzn-ErrorType", "InvalidRequestContentException"}},
		"unknown":            {"nobody", ``, [2]string{}, 404, `Function not found: arn:aws:lambda:us-east-1:000000000000:function:nobody`, [2]string{"X-Amzn-ErrorType", "ResourceNotFoundException"}},
		"unknown version":    {"echo:7", ``, [2]string{}, 404, `function:echo:7`, [2]string{}},
		"unknown event":      {"nobody", ``, [2]string{"X-Amz-Invocation-Type", "Event"}, 404, `nobody`, [2]string{}},
		"too large":          {"echo", strings.Repeat(" ", 6<<20+1), [2]string{}, 413, `6291456`, [2]string{"X-Amzn-ErrorType", "RequestTooLargeException"}},
		"too large an event": {"echo", strings.Repeat(" ", 1<<20+1), [2]string{"X-Amz-Invocation-Type", "Event"}, 413, `1048576`, [2]string{}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			path := "/2015-03-31/functions/" + test.function + "/invocations"
			if before, _, ok := strings.Cut(path, "&"); ok {
				path = before
			}
			request := httptest.NewRequest(http.MethodPost, path, strings.NewReader(test.body))
			if test.header[0] != "" {
				request.Header.Set(test.header[0], test.header[1])
			}
			response := httptest.NewRecorder()
			service.Handler().ServeHTTP(response, request)

			if response.Code != test.status || !strings.Contains(response.Body.String(), test.answer) {
				t.Errorf("%d %s, want %d %s", response.Code, response.Body, test.status, test.answer)
			}
			if name := test.answerHeader[0]; name != "" && response.Header().Get(name) != test.answerHeader[1] {
				t.Errorf("%s: %q, want %q", name, response.Header().Get(name), test.answerHeader[1])
			}
			if id := response.Header().Get("X-Amzn-RequestId"); (test.status == 200 || test.status == 202) != (len(id) == 36) {
				t.Errorf("request id %q", id)
			}
		})
	}
}

func TestTheInvokeAPIThrottles(t *testing.T) {
	g := newGate(t)
	service := start(t, lambda.Config{Concurrency: 1}, function("gate", g.env()))
	server := httptest.NewServer(service.Handler())
	defer server.Close()
	ended := begin(t, service, "gate", "1")
	conn, _ := g.arrival()

	response, err := server.Client().Post(server.URL+"/2015-03-31/functions/gate/invocations", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()

	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]string
	if err := json.Unmarshal(body, &got); err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != 429 || response.Header.Get("X-Amzn-ErrorType") != "TooManyRequestsException" ||
		got["Reason"] != "ConcurrentInvocationLimitExceeded" || got["message"] != "Rate Exceeded." || got["Type"] != "User" {
		t.Errorf("%d %v %s", response.StatusCode, response.Header, body)
	}
	_ = conn.Close()
	<-ended
}
