package connections_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/connections"
)

// An id as API Gateway makes them; its "=" is the trap (aws.md §1.4).
const id chat.ConnectionID = "R1kmxc2VNjMCFIA="

// api is the management API as far as one answer goes (aws.md §1.7).
type api struct {
	*connections.Connections
	requests atomic.Int64
}

func serve(t *testing.T, answer http.HandlerFunc) *api {
	t.Helper()
	a := &api{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a.requests.Add(1)
		answer(w, r)
	}))
	t.Cleanup(server.Close)
	a.Connections = connections.New(aws.Config{
		Region: "eu-central-1", BaseEndpoint: aws.String(server.URL + "/prod"),
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
		// What functions are started with; a fan-out must not retry inside the SDK all the same.
		RetryMaxAttempts: 3,
	})
	return a
}

func TestAPostIsOneSignedRequestWithTheFrameAsItIs(t *testing.T) {
	const frame = `{"event":"message","body":{"text":"naïve 😀 <b>"}}`
	a := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || string(body) != frame {
			t.Errorf("body %q, %v", body, err)
		}
		if r.Method != http.MethodPost || r.RequestURI != "/prod/@connections/R1kmxc2VNjMCFIA%3D" && r.RequestURI != "/prod/%40connections/R1kmxc2VNjMCFIA%3D" {
			t.Errorf("%s %s", r.Method, r.RequestURI)
		}
		if auth := r.Header.Get("Authorization"); !strings.Contains(auth, "/eu-central-1/execute-api/aws4_request") {
			t.Errorf("signed as %q", auth)
		}
	})
	if err := a.Post(t.Context(), id, []byte(frame)); err != nil || a.requests.Load() != 1 {
		t.Errorf("%v, %d requests", err, a.requests.Load())
	}
}

func TestCloseIsADelete(t *testing.T) {
	a := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodDelete || !strings.HasSuffix(r.URL.Path, "/"+string(id)) {
			t.Errorf("%s %s", r.Method, r.URL.Path)
		}
		w.WriteHeader(http.StatusNoContent)
	})
	if err := a.Close(t.Context(), id); err != nil || a.requests.Load() != 1 {
		t.Errorf("%v, %d requests", err, a.requests.Load())
	}
}

// says answers as the API does: the kind of error in a header, a body or none.
func says(status int, kind, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if kind != "" {
			w.Header().Set("X-Amzn-ErrorType", kind)
		}
		if strings.HasPrefix(body, "{") {
			w.Header().Set("Content-Type", "application/json")
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func hangUp(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func TestWhatTheAnswersMean(t *testing.T) {
	other := errors.New("neither gone nor busy")
	for name, test := range map[string]struct {
		answer http.HandlerFunc
		want   error
	}{
		"gone":                        {says(410, "GoneException", `{"message":null}`), chat.ErrGone},
		"gone with an address":        {says(410, "GoneException:http://internal.amazon.com/coral/com.amazonaws.apigateway/", `{}`), chat.ErrGone},
		"gone without a body":         {says(410, "GoneException", ""), chat.ErrGone},
		"gone without a kind":         {says(410, "", `{"message":"Gone"}`), chat.ErrGone},
		"gone without anything":       {says(410, "", ""), chat.ErrGone},
		"gone as text":                {says(410, "", "Gone"), chat.ErrGone},
		"gone as a page":              {says(410, "", "<html>410</html>"), chat.ErrGone},
		"too many requests":           {says(429, "LimitExceededException", `{"message":"Too Many Requests"}`), chat.ErrBusy},
		"a slow client":               {says(429, "LimitExceededException", `{"message":"The WebSocket client side buffer is full"}`), chat.ErrBusy},
		"too many, without anything":  {says(429, "", ""), chat.ErrBusy},
		"a fault of the service":      {says(500, "InternalFailure", `{"message":"Internal server error"}`), chat.ErrBusy},
		"a bad gateway":               {says(502, "", "<html>502</html>"), chat.ErrBusy},
		"a service that is not there": {says(503, "ServiceUnavailable", ""), chat.ErrBusy},
		"forbidden":                   {says(403, "ForbiddenException", `{"message":"Forbidden"}`), other},
		"not an id":                   {says(400, "BadRequestException", `{"message":"Invalid connectionId: x"}`), other},
		"too large":                   {says(413, "PayloadTooLargeException", `{"message":"Message too long"}`), other},
		"no answer":                   {hangUp, other},
	} {
		t.Run(name, func(t *testing.T) {
			a := serve(t, test.answer)
			err := a.Post(t.Context(), id, []byte("{}"))
			gone, busy := errors.Is(err, chat.ErrGone), errors.Is(err, chat.ErrBusy)
			if err == nil || gone != (test.want == chat.ErrGone) || busy != (test.want == chat.ErrBusy) {
				t.Errorf("post: gone %v, busy %v: %v", gone, busy, err)
			}
			want := int64(1)
			if gone {
				want++ // it is asked whether that is true
			}
			if n := a.requests.Swap(0); n != want {
				t.Errorf("%d requests: the fan-out decides about retries, not the SDK", n)
			}
			err = a.Close(t.Context(), id)
			if (err == nil) != (test.want == chat.ErrGone) {
				t.Errorf("close: %v", err)
			}
			if n := a.requests.Load(); n != 1 {
				t.Errorf("%d requests for one close", n)
			}
		})
	}
}

func TestAConnectionIsGoneOnlyIfTwoAnswersSaySo(t *testing.T) {
	for name, second := range map[string]http.HandlerFunc{
		"it lives":       says(200, "", `{"connectedAt":"2026-11-21T22:23:00Z","identity":{},"lastActiveAt":"2026-11-21T22:23:00Z"}`),
		"nobody knows":   says(500, "InternalFailure", ""),
		"no answer":      hangUp,
		"not allowed to": says(403, "ForbiddenException", ""),
	} {
		t.Run(name, func(t *testing.T) {
			a := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodPost {
					says(410, "GoneException", "")(w, r)
					return
				}
				second(w, r)
			})
			if err := a.Post(t.Context(), id, []byte("{}")); !errors.Is(err, chat.ErrBusy) || errors.Is(err, chat.ErrGone) {
				t.Errorf("post: %v", err)
			}
		})
	}
}

func TestAPostThatIsGivenUpEnds(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	a := serve(t, func(http.ResponseWriter, *http.Request) {
		close(arrived)
		<-release
	})
	defer close(release)
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		<-arrived
		cancel()
	}()
	err := a.Post(ctx, id, []byte("{}"))
	if err == nil || errors.Is(err, chat.ErrGone) || errors.Is(err, chat.ErrBusy) {
		t.Error(err)
	}
}

func TestAnErrorDoesNotRepeatTheFrame(t *testing.T) {
	for _, answer := range []http.HandlerFunc{says(410, "", ""), says(500, "", "oops"), says(413, "PayloadTooLargeException", "{}"), hangUp} {
		if err := serve(t, answer).Post(t.Context(), id, []byte(`{"text":"canary"}`)); err == nil || strings.Contains(err.Error(), "canary") {
			t.Error(err)
		}
	}
}
