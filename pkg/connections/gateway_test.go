package connections_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/coder/websocket"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/connections"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// start starts the stand-in for API Gateway, which checks signatures, with one client, and returns the client's socket and id
// and where the API is.
func start(t *testing.T) (*websocket.Conn, chat.ConnectionID, string) {
	t.Helper()
	connected := make(chan chat.ConnectionID, 1)
	gateway, err := apigateway.New(
		apigateway.API{
			ID: "a1b2c3d4e5", Stage: "prod", Region: "eu-central-1", Account: "123456789012",
			Routes: []apigateway.Route{{Key: apigateway.RouteConnect, Function: "connect"}},
		},
		func(_ context.Context, _ string, payload []byte) (apigateway.Result, error) {
			var e struct {
				RequestContext struct{ ConnectionID chat.ConnectionID }
			}
			err := json.Unmarshal(payload, &e)
			connected <- e.RequestContext.ConnectionID
			return apigateway.Result{Payload: []byte(`{"statusCode":200}`)}, err
		},
		apigateway.Options{Secret: func(key string) (string, bool) { return "secret", key == "key" }},
	)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(gateway)
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := gateway.Close(ctx); err != nil {
			t.Error(err)
		}
		server.Close()
	})
	socket, _, err := websocket.Dial(t.Context(), strings.Replace(server.URL, "http", "ws", 1)+"/prod", nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = socket.CloseNow() })
	return socket, <-connected, server.URL + "/prod"
}

func reach(url, secret string) *connections.Connections {
	return connections.New(aws.Config{
		Region: "eu-central-1", BaseEndpoint: aws.String(url), Credentials: credentials.NewStaticCredentialsProvider("key", secret, ""),
	})
}

func TestAFrameReachesAClientUntilItsConnectionIsClosed(t *testing.T) {
	socket, id, url := start(t)
	c := reach(url, "secret")
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for _, frame := range []string{`{"event":"message","body":{"text":"naïve 😀"}}`, `{"event":"error","pad":"` + strings.Repeat("x", chat.MaxFrame-50) + `"}`} {
		if err := c.Post(ctx, id, []byte(frame)); err != nil {
			t.Fatal(err)
		}
		socket.SetReadLimit(chat.MaxFrame)
		kind, got, err := socket.Read(ctx)
		if err != nil || kind != websocket.MessageText || string(got) != frame {
			t.Fatalf("%v, %d bytes, %v", kind, len(got), err)
		}
	}
	if err := c.Close(ctx, id); err != nil {
		t.Fatal(err)
	}
	if _, _, err := socket.Read(ctx); websocket.CloseStatus(err) != websocket.StatusNormalClosure {
		t.Errorf("the client sees %v", err)
	}
	for {
		err := c.Post(ctx, id, []byte("{}"))
		if errors.Is(err, chat.ErrGone) {
			break
		}
		if err != nil {
			t.Fatal(err) // not even while it is closing
		}
	}
	if err := c.Close(ctx, id); err != nil {
		t.Errorf("closing what is gone: %v", err)
	}
}

func TestWhoMayNotPostIsNotToldThatTheConnectionIsGone(t *testing.T) {
	_, id, url := start(t)
	for name, c := range map[string]*connections.Connections{
		"another secret": reach(url, "other"),
		"another stage":  reach(strings.TrimSuffix(url, "prod")+"test", "secret"),
	} {
		err := c.Post(t.Context(), id, []byte("{}"))
		if err == nil || errors.Is(err, chat.ErrGone) || errors.Is(err, chat.ErrBusy) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// One that never was is gone; one that cannot be is a mistake of ours.
	c := reach(url, "secret")
	if err := c.Post(t.Context(), "R1kmxc2VNjMCFIA=", []byte("{}")); !errors.Is(err, chat.ErrGone) {
		t.Error(err)
	}
	if err := c.Post(t.Context(), "nonsense", []byte("{}")); err == nil || errors.Is(err, chat.ErrGone) {
		t.Error(err)
	}
}
