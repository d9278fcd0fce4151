package client_test

import (
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

func TestHelloIsTheFirstThingSaidAndNothingWaitsForTheAnswer(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Fault = func(r clienttest.Request) clienttest.Fault {
			return clienttest.Fault{Ignore: r.Action == "hello"}
		}
		var mu sync.Mutex
		var asked []string
		ann := t.connect("ann", func(o *client.Options) {
			o.Trace = func(out bool, frame []byte) {
				var head struct{ Action string }
				mu.Lock()
				defer mu.Unlock()
				if out && json.Unmarshal(frame, &head) == nil {
					asked = append(asked, head.Action)
				}
			}
		})
		if count[client.CaughtUp](ann) != 1 {
			t.Error("ann has not caught up")
		}
		if len(ann.Limits()) != 0 {
			t.Errorf("limits %v", ann.Limits())
		}
		if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("hi")); err != nil {
			t.Error(err)
		}
		after(time.Minute) // it is not said again, nor is the connection taken for dead
		mu.Lock()
		defer mu.Unlock()
		if len(asked) == 0 || asked[0] != "hello" || strings.Count(strings.Join(asked, " "), "hello") != 1 {
			t.Errorf("asked %v", asked)
		}
	})
}

func TestTheLimitsAreThoseOfTheServer(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Limits = map[string]int64{"MaxText": 10, "MaxUpload": 5, "MaxMentions": 1, "Unheard": 7}
		ann := t.connect("ann")
		if l := ann.Limits(); l["Unheard"] != 7 || l["MaxText"] != 10 {
			t.Errorf("limits %v", l)
		}
		ann.Limits()["MaxText"] = 100 // a copy
		mentions := client.Text("hi")
		mentions.Mentions = []chat.UserID{"bob", "cyd"}
		for name, content := range map[string]wire.Content{"text": client.Text("longer than ten"), "mentions": mentions} {
			_, err := ann.Send(t.Context(), client.ToUser("bob"), content)
			if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != chat.TooLarge {
				t.Errorf("%s: %v", name, err)
			}
		}
		_, err := ann.Edit(t.Context(), annAndBob, 1, wire.Revision{Text: "longer than ten"})
		if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != chat.TooLarge {
			t.Errorf("edit: %v", err)
		}
		_, err = ann.Upload(t.Context(), client.File{Name: "a.txt", Type: "text/plain", Content: strings.NewReader("123456")})
		if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != chat.TooLarge {
			t.Errorf("upload: %v", err)
		}
		if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("short")); err != nil {
			t.Error(err)
		}
	})
}

func TestAServerThatDoesNotKnowHelloWillDo(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if r.Action == "hello" {
				f.Refuse = &chat.Error{Code: chat.UnknownAction}
			}
			return f
		}
		ann := t.connect("ann")
		if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("hi")); err != nil {
			t.Error(err)
		}
		if n := len(ann.phases()); n != 2 {
			t.Errorf("phases %v", ann.phases())
		}
	})
}

// What is limited waits as long as it is told and goes out by itself, once, in its place; the program hears of it.
func TestWhatIsLimitedIsSentLaterAndTheProgramIsTold(t *testing.T) {
	play(t, func(t *scene) {
		begin := time.Now()
		var mu sync.Mutex
		var tries []time.Duration
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if r.Action == "send" {
				mu.Lock()
				defer mu.Unlock()
				tries = append(tries, time.Since(begin))
				if r.Nth == 2 {
					f.Refuse = &chat.Error{Code: chat.Limited, RetryAfter: 10 * time.Second}
				}
			}
			return f
		}
		ann := t.connect("ann")
		for _, text := range []string{"one", "two", "three"} {
			ann.Queue(client.ToUser("bob"), client.Text(text))
		}
		after(5 * time.Second)
		if count[client.Slowed](ann) != 1 {
			t.Errorf("ann was told %d times", count[client.Slowed](ann))
		}
		after(30 * time.Second)
		ann.expect(annAndBob, 3)
		for i, want := range []string{"one", "two", "three"} {
			if got := ann.entries(annAndBob)[i].Body.Text; got != want {
				t.Errorf("%q in place %d", got, i)
			}
		}
		mu.Lock()
		defer mu.Unlock()
		if len(tries) != 4 || tries[2]-tries[1] < 10*time.Second {
			t.Errorf("tried after %v", tries)
		}
	})
}
