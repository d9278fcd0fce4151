package main

import (
	"bytes"
	"context"
	"encoding/json"
	"image/color"
	"image/png"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// stage is a server and its token endpoint.
func stage(t *testing.T) (*clienttest.Server, *demo, *bytes.Buffer) {
	t.Helper()
	server, err := clienttest.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(server.Close)
	tokens := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var question struct{ User chat.UserID }
		_ = json.NewDecoder(r.Body).Decode(&question)
		_ = json.NewEncoder(w).Encode(map[string]string{"token": clienttest.Token(question.User)})
	}))
	t.Cleanup(tokens.Close)
	out := new(bytes.Buffer)
	return server, &demo{url: server.URL, tokens: tokens.URL, out: out}, out
}

func TestTheAfternoonCanBePlayedTwice(t *testing.T) {
	_, d, out := stage(t)
	for range 2 {
		again := &demo{url: d.url, tokens: d.tokens, out: out}
		if err := again.play(t.Context()); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if n := strings.Count(out.String(), "✓"); n != 2 {
		t.Errorf("%d proofs in\n%s", n, out)
	}
}

func TestALogThatDiffersIsFound(t *testing.T) {
	server, d, out := stage(t)
	server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
		if r.Action == "history" {
			f.Refuse = &chat.Error{Code: chat.NotFound}
		}
		return f
	}
	if err := d.play(t.Context()); err == nil {
		t.Errorf("no error for a history that cannot be read\n%s", out)
	}

}

func TestLogsAreTheSameIfTheirMessagesEndAlike(t *testing.T) {
	text := wire.Entry{Event: chat.Message, Seq: 1, Body: wire.Body{Text: "x"}}
	edited, other := text, text
	edited.Body.Text, edited.Version = "y", 1
	other.Body.Text = "y"
	edit := wire.Entry{Event: chat.Edited, Seq: 2, Version: 1, Body: wire.Body{Target: 1, Text: "y"}}
	for name, c := range map[string]struct {
		seen, stored []wire.Entry
		same         bool
	}{
		"the same":                   {[]wire.Entry{text}, []wire.Entry{text}, true},
		"another text":               {[]wire.Entry{text}, []wire.Entry{other}, false},
		"one too few":                {nil, []wire.Entry{text}, false},
		"edited and seen":            {[]wire.Entry{text, edit}, []wire.Entry{edited, edit}, true},
		"edited and not seen":        {[]wire.Entry{text}, []wire.Entry{edited, edit}, false},
		"edited without being":       {[]wire.Entry{text, edit}, []wire.Entry{text, edit}, false},
		"seen as it was edited then": {[]wire.Entry{edited, edit}, []wire.Entry{edited, edit}, true},
	} {
		if same(c.seen, c.stored) != c.same {
			t.Errorf("%s: same is not %v", name, c.same)
		}
	}
}

func TestAServerThatAdmitsNobodyEndsTheDemo(t *testing.T) {
	server, d, _ := stage(t)
	server.Handshake = func(*http.Request) int { return http.StatusForbidden }
	if err := d.play(context.Background()); err == nil || !strings.Contains(err.Error(), "cannot connect") {
		t.Errorf("ended with %v", err)
	}
}

func TestNothingThatAnswersEndsTheDemoAtOnce(t *testing.T) {
	server, d, _ := stage(t)
	server.Close()
	began := time.Now()
	err := d.play(t.Context())
	if err == nil || !strings.Contains(err.Error(), "nothing answers at "+d.url) || time.Since(began) > patience/2 {
		t.Errorf("ended with %v after %v", err, time.Since(began))
	}
}

func TestALandscapeIsAPicture(t *testing.T) {
	content, err := landscape(color.RGBA{0, 0, 255, 255}, color.RGBA{255, 255, 0, 255}, 0.5)
	if err != nil {
		t.Fatal(err)
	}
	picture, err := png.Decode(bytes.NewReader(content))
	if err != nil || picture.Bounds().Dx() != width || picture.Bounds().Dy() != height {
		t.Errorf("%v, %v", picture.Bounds(), err)
	}
}
