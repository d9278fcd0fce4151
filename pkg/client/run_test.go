package client_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
)

func TestRunReportsItsStatesAndComesBack(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		t.server.CutAll()
		after(time.Second)
		t.server.Say("bob", "ann", "welcome back")
		after(0)
		if err := ann.end(); !errors.Is(err, context.Canceled) {
			t.Errorf("ended with %v", err)
		}
		want := []client.Phase{client.Connecting, client.Connected, client.Disconnected, client.Connecting, client.Connected, client.Closed}
		if got := ann.phases(); !slices.Equal(got, want) {
			t.Errorf("went through %v", got)
		}
		ann.expect(annAndBob, 1)
		if n := count[client.CaughtUp](ann); n != 2 {
			t.Errorf("caught up %d times", n)
		}
	})
}

func TestTheWaitBetweenAttemptsGrowsToItsCapAndHonoursTheServer(t *testing.T) {
	play(t, func(t *scene) {
		var at []time.Time
		t.server.Handshake = func(*http.Request) int {
			at = append(at, time.Now())
			return http.StatusServiceUnavailable
		}
		ann := t.open("ann").run()
		after(20 * time.Minute)
		if len(at) < 40 {
			t.Fatalf("%d attempts in 20 minutes", len(at))
		}
		bound, longest := 500*time.Millisecond, time.Duration(0)
		for i := 1; i < len(at); i++ {
			wait := at[i].Sub(at[i-1]) - time.Second // retry_after of an unavailable service
			if wait < 0 || wait > bound {
				t.Errorf("waited %v before attempt %d, at most %v", wait, i, bound)
			}
			bound, longest = min(2*bound, 30*time.Second), max(longest, wait)
		}
		if longest < 15*time.Second {
			t.Errorf("never waited more than %v", longest)
		}
		_ = ann.end()
	})
}

func TestTheHandshakeDecidesWhetherRunGoesOn(t *testing.T) {
	for _, c := range []struct {
		status int
		want   error
		asked  int // how often for a token
	}{
		{http.StatusUnauthorized, client.ErrUnauthenticated, 2},
		{http.StatusForbidden, client.ErrForbidden, 1},
		{http.StatusBadRequest, &client.Error{Code: chat.Invalid}, 1},
	} {
		t.Run(fmt.Sprint(c.status), func(t *testing.T) {
			play(t, func(t *scene) {
				t.server.Handshake = func(*http.Request) int { return c.status }
				asked := 0
				ann := t.open("ann", func(o *client.Options) {
					o.Token = func(context.Context) (string, error) { asked++; return "?", nil }
				})
				if err := ann.Run(t.Context()); !errors.Is(err, c.want) {
					t.Errorf("ended with %v", err)
				}
				if asked != c.asked {
					t.Errorf("asked for %d tokens", asked)
				}
				if got := ann.phases(); !slices.Equal(got, []client.Phase{client.Connecting, client.Closed}) {
					t.Errorf("went through %v", got)
				}
			})
		})
	}
}

func TestAFreshTokenIsTriedWhenOneIsRefused(t *testing.T) {
	play(t, func(t *scene) {
		asked := 0
		ann := t.connect("ann", func(o *client.Options) {
			o.Token = func(context.Context) (string, error) {
				if asked++; asked == 1 {
					return "stale", nil
				}
				return clienttest.Token("ann"), nil
			}
		})
		if n := t.server.Connections("ann"); n != 1 || asked != 2 {
			t.Errorf("%d connections after %d tokens", n, asked)
		}
		_ = ann.end()
	})
}

func TestATokenProviderThatFailsIsAskedAgain(t *testing.T) {
	play(t, func(t *scene) {
		asked := 0
		t.connect("ann", func(o *client.Options) {
			o.Token = func(context.Context) (string, error) {
				if asked++; asked < 3 {
					return "", errors.New("no network")
				}
				return clienttest.Token("ann"), nil
			}
		})
		after(time.Minute)
		if n := t.server.Connections("ann"); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestAServerOfAnotherKindEndsRun(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Handshake = func(r *http.Request) int {
			r.Header.Set("Sec-WebSocket-Protocol", "other")
			return 0
		}
		if err := t.open("ann").Run(t.Context()); !errors.Is(err, &client.Error{Code: chat.Invalid}) {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestTheHandshakeNamesDeviceOriginAndProtocol(t *testing.T) {
	play(t, func(t *scene) {
		var seen *http.Request
		t.server.Handshake = func(r *http.Request) int { seen = r; return 0 }
		t.connect("ann", func(o *client.Options) { o.Device, o.Origin = "phone", "https://example.com" })
		h := seen.Header
		if seen.URL.RawQuery != "device=phone" || h.Get("Origin") != "https://example.com" ||
			h.Get("Sec-WebSocket-Protocol") != "parley.v1" || h.Get("Authorization") != "Bearer token-ann" {
			t.Errorf("%s %v", seen.URL, h)
		}
	})
}

func TestAConnectionIsRenewedBeforeTheGatewayCutsItAndNothingIsLost(t *testing.T) {
	play(t, func(t *scene) {
		var at []time.Time
		t.server.Handshake = func(*http.Request) int { at = append(at, time.Now()); return 0 }
		ann := t.connect("ann")
		most := 0
		for range 4 * 60 * 60 / 5 {
			t.server.Say("bob", "ann", "every five seconds")
			after(5 * time.Second)
			most = max(most, t.server.Connections("ann"))
		}
		ann.expect(annAndBob, 4*60*60/5)
		began := time.Now()
		if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("still here")); err != nil || time.Since(began) > 0 {
			t.Errorf("sent after %v, %v", time.Since(began), err)
		}
		if len(at) != 3 || most != 2 {
			t.Fatalf("%d connections, %d at a time", len(at), most)
		}
		for i, age := range []time.Duration{at[1].Sub(at[0]), at[2].Sub(at[1])} {
			if age < 90*time.Minute || age > 115*time.Minute {
				t.Errorf("connection %d was renewed after %v", i, age)
			}
		}
		if got := ann.phases(); !slices.Equal(got, []client.Phase{client.Connecting, client.Connected}) {
			t.Errorf("went through %v", got)
		}
	})
}

func TestARenewalThatFailsKeepsTheOldConnection(t *testing.T) {
	play(t, func(t *scene) {
		attempts := 0
		t.server.Handshake = func(*http.Request) int {
			if attempts++; attempts > 1 && attempts < 5 {
				return http.StatusUnauthorized
			}
			return 0
		}
		ann := t.connect("ann")
		after(119 * time.Minute)
		if attempts < 5 || t.server.Connections("ann") != 1 {
			t.Errorf("%d attempts, %d connections", attempts, t.server.Connections("ann"))
		}
		if got := ann.phases(); len(got) != 2 {
			t.Errorf("went through %v", got)
		}
	})
}

func TestAnIdleConnectionIsKeptAliveBelowTheLimitOfTheGateway(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		after(9*time.Minute - time.Second)
		t.server.Say("bob", "ann", "x") // counts as traffic
		after(9*time.Minute - time.Second)
		if n := ann.pinged(); n != 0 {
			t.Errorf("%d pings on a busy connection", n)
		}
		after(time.Second + 9*time.Minute + 20*time.Second) // a receipt came after the message
		if n := ann.pinged(); n != 2 {
			t.Errorf("%d pings on an idle connection", n)
		}
	})
}

func TestAServerThatDoesNotAnswerIsLeft(t *testing.T) {
	play(t, func(t *scene) {
		var dead atomic.Bool
		dead.Store(true)
		t.server.Fault = func(r clienttest.Request) clienttest.Fault {
			return clienttest.Fault{Ignore: dead.Load() && (r.Action == "ping" || r.Action == "send")}
		}
		ann := t.connect("ann")
		p := ann.Queue(client.ToUser("bob"), client.Text("hello?"))
		after(19 * time.Second) // 10 s for the answer, then a ping
		if got := ann.phases(); len(got) != 2 {
			t.Errorf("went through %v", got)
		}
		after(2 * time.Second)
		if got := ann.phases(); len(got) != 5 {
			t.Errorf("went through %v", got)
		}
		dead.Store(false)
		if _, err := p.Result(); err != nil {
			t.Error(err)
		}
	})
}

func TestWakeConnectsAtOnceAndFindsADeadConnection(t *testing.T) {
	play(t, func(t *scene) {
		var down, dead atomic.Bool
		t.server.Handshake = func(*http.Request) int {
			if down.Load() {
				return http.StatusServiceUnavailable
			}
			return 0
		}
		t.server.Fault = func(r clienttest.Request) clienttest.Fault {
			return clienttest.Fault{Ignore: dead.Load() && r.Action == "ping"}
		}
		ann := t.connect("ann")
		ann.Wake()
		after(time.Minute)
		if n := ann.pinged(); n != 1 || len(ann.phases()) != 2 {
			t.Fatalf("%d pings, went through %v", n, ann.phases())
		}
		dead.Store(true)
		ann.Wake()
		after(11 * time.Second)
		if got := ann.phases(); len(got) != 5 {
			t.Fatalf("went through %v", got)
		}
		down.Store(true)
		t.server.CutAll()
		for got := ann.phases(); len(got) < 10 || got[len(got)-1] != client.Disconnected; got = ann.phases() {
			after(100 * time.Millisecond)
		}
		down.Store(false)
		ann.Wake()
		after(0)
		if n := t.server.Connections("ann"); n != 1 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestADeviceThatIsReplacedStays(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.open("ann")
		result := make(chan error)
		go func() { result <- ann.Run(t.Context()) }()
		after(0)
		t.server.PostRaw("ann", `{"event":"error","code":"replaced","message":"too many connections"}`)
		if err := <-result; !errors.Is(err, client.ErrReplaced) {
			t.Errorf("ended with %v", err)
		}
	})
}

func TestUnknownFramesAreSteppedOver(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann", unchecked)
		for _, frame := range []string{"{", "[]", `"x"`, "{}", `{"event":"typing","from":"bob"}`, `{"event":"read","conversation":"d_aaaaaaaaaaaaaaaaaaaaaaaaaa","seq":7,"from":"bob"}`, `{"event":"reply","ref":"?","result":{}}`, `{"event":"error","code":"shiny","message":"new"}`} {
			t.server.PostRaw("ann", frame)
		}
		t.server.Say("bob", "ann", "x")
		after(0)
		ann.expect(annAndBob, 1)
		if got := ann.phases(); len(got) != 2 {
			t.Errorf("went through %v", got)
		}
	})
}

func TestCloseWaitsForRunAndLeavesNothing(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.open("ann")
		result := make(chan error, 1)
		go func() { result <- ann.Run(t.Context()) }()
		after(0)
		ann.Close()
		ann.Close()
		if err := <-result; err != nil {
			t.Errorf("ended with %v", err)
		}
		after(0)
		if n := t.server.Connections("ann"); n != 0 {
			t.Errorf("%d connections", n)
		}
	})
}

func TestNewRefusesBadOptions(t *testing.T) {
	token := func(context.Context) (string, error) { return "", nil }
	for name, o := range map[string]client.Options{
		"no URL":        {User: "ann", Token: token},
		"http":          {URL: "http://127.0.0.1/", User: "ann", Token: token},
		"no user":       {URL: "ws://127.0.0.1/", Token: token},
		"no token":      {URL: "ws://127.0.0.1/", User: "ann"},
		"a bad device":  {URL: "ws://127.0.0.1/", User: "ann", Token: token, Device: "my phone"},
		"a bad store":   {URL: "ws://127.0.0.1/", User: "ann", Token: token, Store: &broken{}},
		"a broken URL":  {URL: "ws://%", User: "ann", Token: token},
		"only a scheme": {URL: "ws:", User: "ann", Token: token},
	} {
		if _, err := client.New(o); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}

type broken struct{ client.MemoryStore }

func (*broken) Load() (map[chat.ConversationID]chat.Seq, error) { return nil, errors.New("broken") }
