package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

const history = `{"action":"history","ref":"7","conversation":"d_abcdefghijklmnopqrstuvwxyz"}`

func TestWhoAsksIsWhoTheAuthorizerSaidAndNothingElse(t *testing.T) {
	p, _ := newParts()
	var who chat.Identity
	handler := p.routes(map[string]action{"any": func(_ context.Context, w chat.Identity, _ []byte) (any, error) {
		who = w
		return struct{}{}, nil
	}})
	event := frame(t, "any", `{"action":"any","ref":"1","user":"eve","device":"eve-1","from":"eve","connection":"eve=","principalId":"eve","expires":"99999999999",
		"requestContext":{"connectionId":"eve=","authorizer":{"user":"eve"}}}`)
	expires := time.Now().Add(time.Hour)
	expire(event, expires)
	// Nor is it what else an event carries.
	event["headers"] = map[string]string{"user": "eve", "X-Forwarded-User": "eve"}
	event["queryStringParameters"] = map[string]string{"user": "eve", "device": "eve-1"}
	at(event, "requestContext", "authorizer")["principalId"] = "eve"
	if a := ask(t, handler, event); a.Event != wire.EventReply {
		t.Fatalf("%+v", a)
	}
	want := chat.Identity{User: "ann", Device: "phone-1", Connection: "R1kmxc2VNjMCFIA=", Expires: time.Unix(expires.Unix(), 0)}
	if who != want {
		t.Errorf("%+v, want %+v", who, want)
	}
}

func TestAnEventWithoutAnIdentityIsRefused(t *testing.T) {
	p, _ := newParts()
	handler := p.routes(map[string]action{"any": func(context.Context, chat.Identity, []byte) (any, error) {
		t.Error("the use case was called")
		return nil, nil
	}})
	authorizer := func(v map[string]any) map[string]any { return at(v, "requestContext", "authorizer") }
	for name, change := range map[string]func(map[string]any){
		"no authorizer":            func(v map[string]any) { delete(at(v, "requestContext"), "authorizer") },
		"an authorizer of null":    func(v map[string]any) { at(v, "requestContext")["authorizer"] = nil },
		"a text for an authorizer": func(v map[string]any) { at(v, "requestContext")["authorizer"] = "ann" },
		"no user":                  func(v map[string]any) { delete(authorizer(v), "user") },
		"an empty user":            func(v map[string]any) { authorizer(v)["user"] = "" },
		"a user that is a number":  func(v map[string]any) { authorizer(v)["user"] = 7 },
		"no expiry":                func(v map[string]any) { delete(authorizer(v), "expires") },
		"an expiry that is a word": func(v map[string]any) { authorizer(v)["expires"] = "never" },
		"an expiry beyond numbers": func(v map[string]any) { authorizer(v)["expires"] = "99999999999999999999" },
		"no connection":            func(v map[string]any) { delete(at(v, "requestContext"), "connectionId") },
		"an expired token":         func(v map[string]any) { expire(v, time.Now().Add(-time.Second)) },
		"a token that expires now": func(v map[string]any) { expire(v, time.Now()) },
		"a token of 1970":          func(v map[string]any) { authorizer(v)["expires"] = "0" },
	} {
		t.Run(name, func(t *testing.T) {
			for _, route := range []string{"any", topology.RouteDefault} {
				event := frame(t, route, `{"action":"any","ref":"the ref"}`)
				change(event)
				if a := ask(t, handler, event); a.Code != chat.Unauthenticated || a.Ref != "the ref" || a.RetryAfter != 0 {
					t.Errorf("%s: %+v", route, a)
				}
			}
		})
	}
}

func TestAReplyCarriesTheRefAndTheResult(t *testing.T) {
	p, logs := newParts()
	handler := p.routes(map[string]action{"any": replies(wire.Page{Entries: []wire.Entry{}, Head: 3})})
	for _, ref := range []string{"7", "naïve 😀", `\"`, `\u0001`, strings.Repeat("r", chat.MaxRef)} {
		a := ask(t, handler, frame(t, "any", `{"action":"any","ref":"`+ref+`"}`))
		if a.Event != wire.EventReply || string(a.Result) != `{"entries":[],"head":3,"more":false}` {
			t.Errorf("%+v", a)
		}
		if want := wire.Ref([]byte(`{"ref":"` + ref + `"}`)); a.Ref != want || want == "" {
			t.Errorf("ref %q, want %q", a.Ref, want)
		}
	}
	if logs.Len() > 0 {
		t.Errorf("a success is logged: %s", logs)
	}
}

func TestAUseCaseGetsTheFrameOnlyIfItIsRight(t *testing.T) {
	p, logs := newParts()
	var asked []wire.History
	handler := p.routes(map[string]action{"history": do(func(_ context.Context, _ chat.Identity, q wire.History) (wire.Page, error) {
		asked = append(asked, q)
		return wire.Page{Entries: []wire.Entry{}}, nil
	})})
	for name, test := range map[string]struct {
		body string
		code chat.Code
	}{
		"another member":   {`{"action":"history","ref":"7","conversation":"d_abcdefghijklmnopqrstuvwxyz","user":"eve","text":"` + canary + `"}`, chat.Invalid},
		"a bad id":         {`{"action":"history","ref":"7","conversation":"` + canary + `"}`, chat.Invalid},
		"a missing member": {`{"action":"history","ref":"7"}`, chat.Invalid},
		"a wrong type":     {`{"action":"history","ref":"7","conversation":7}`, chat.Invalid},
		"half a frame":     {`{"action":"history","ref":"7","conversation":"` + canary, chat.BadFrame},
		"too large":        {`{"action":"history","ref":"7","x":"` + strings.Repeat("x", chat.MaxFrame) + `"}`, chat.TooLarge},
	} {
		a := ask(t, handler, frame(t, "history", test.body))
		if a.Code != test.code || a.Ref != "7" || strings.Contains(a.Message, canary) {
			t.Errorf("%s: %+v", name, a)
		}
	}
	if len(asked) != 0 {
		t.Errorf("asked %+v", asked)
	}
	if a := ask(t, handler, frame(t, "history", history)); a.Event != wire.EventReply || len(asked) != 1 || asked[0].Conversation != "d_abcdefghijklmnopqrstuvwxyz" {
		t.Errorf("%+v, asked %+v", a, asked)
	}
	if logs.Len() > 0 {
		t.Errorf("what is the client's fault is logged: %s", logs)
	}
}

func TestWhatTheClientIsTold(t *testing.T) {
	internal := errors.New("dial tcp 10.0.0.7: refused")
	for name, test := range map[string]struct {
		err    error
		code   chat.Code
		after  float64
		logged bool
	}{
		"its own fault":      {&chat.Error{Code: chat.Forbidden}, chat.Forbidden, 0, false},
		"wrapped":            {fmt.Errorf("%w: %w", internal, &chat.Error{Code: chat.Conflict}), chat.Conflict, 0, false},
		"a part is down":     {fmt.Errorf("%w: %w", &chat.Error{Code: chat.Unavailable}, internal), chat.Unavailable, 1, true},
		"a delay of its own": {&chat.Error{Code: chat.Unavailable, RetryAfter: 1500 * time.Millisecond}, chat.Unavailable, 1.5, true},
		"too fast":           {&chat.Error{Code: chat.Limited, RetryAfter: 200 * time.Millisecond}, chat.Limited, 0.2, false},
		"nobody's business":  {internal, chat.Internal, 2, true},
		"out of time":        {context.DeadlineExceeded, chat.Internal, 2, true},
		"gone":               {chat.ErrGone, chat.Internal, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			p, logs := newParts()
			handler := p.routes(map[string]action{"send": fails(test.err)})
			a := ask(t, handler, frame(t, "send", `{"action":"send","ref":"7","body":{"text":"`+canary+`"}}`))
			if a.Event != wire.EventError || a.Ref != "7" || a.Code != test.code || a.RetryAfter != test.after || a.Result != nil {
				t.Errorf("%+v", a)
			}
			if strings.Contains(a.Message, "10.0.0.7") || a.Message == "" {
				t.Errorf("message %q", a.Message)
			}
			if lines := strings.Count(logs.String(), "\n"); (lines == 1) != test.logged || lines > 1 {
				t.Errorf("%d lines: %s", lines, logs)
			}
			wantNoCanary(t, logs)
			if !test.logged {
				return
			}
			for _, want := range []string{test.err.Error(), `"route":"send"`, `"connection_id":"R1kmxc2VNjMCFIA="`, `"request_id":"request-1"`} {
				if !strings.Contains(logs.String(), want) {
					t.Errorf("no %s in %s", want, logs)
				}
			}
			if strings.Contains(logs.String(), `"ann"`) {
				t.Errorf("the log names a person: %s", logs)
			}
		})
	}
}

func TestAReplyThatFitsNoFrameIsAnError(t *testing.T) {
	p, logs := newParts()
	handler := p.routes(map[string]action{"any": replies(canary + strings.Repeat("x", chat.MaxFrame))})
	if a := ask(t, handler, frame(t, "any", `{"action":"any","ref":"7"}`)); a.Code != chat.TooLarge || a.Ref != "7" {
		t.Errorf("%+v", a)
	}
	wantNoCanary(t, logs)
}

// outbox is a gateway that takes posts.
type outbox struct {
	posted map[chat.ConnectionID][]string
	err    error
}

func (o *outbox) Post(_ context.Context, id chat.ConnectionID, frame []byte) error {
	o.posted[id] = append(o.posted[id], string(frame))
	return o.err
}

func (o *outbox) Close(context.Context, chat.ConnectionID) error { return nil }

func TestARouteBesideASilentOneIsAnswered(t *testing.T) {
	p, _ := newParts()
	out := &outbox{posted: map[chat.ConnectionID][]string{}}
	handler := p.silent(out, map[string]action{"mark": replies(struct{}{}), "prefs": fails(&chat.Error{Code: chat.Forbidden})})
	if a := ask(t, handler, frame(t, "mark", `{"action":"mark","ref":"7"}`)); a.Event != wire.EventReply || a.Ref != "7" {
		t.Errorf("%+v", a)
	}
	if a := ask(t, handler, frame(t, "prefs", `{"action":"prefs","ref":"8"}`)); a.Code != chat.Forbidden || a.Ref != "8" || len(out.posted) > 0 {
		t.Errorf("%+v, posted %v", a, out.posted)
	}
}

func TestASilentRouteAnswersNothingAndPostsItsErrors(t *testing.T) {
	internal := errors.New("dial tcp 10.0.0.7: refused")
	for name, test := range map[string]struct {
		act      action
		postErr  error
		code     chat.Code
		logLines int
	}{
		"success":                 {replies(struct{}{}), nil, "", 0},
		"the client's fault":      {fails(&chat.Error{Code: chat.Forbidden}), nil, chat.Forbidden, 0},
		"the server's fault":      {fails(internal), nil, chat.Internal, 1},
		"no such action":          {nil, nil, chat.UnknownAction, 0},
		"too many of them":        {fails(&chat.Error{Code: chat.Limited}), nil, "", 0},
		"who asked is gone":       {fails(&chat.Error{Code: chat.Forbidden}), fmt.Errorf("410: %w", chat.ErrGone), chat.Forbidden, 0},
		"it cannot be told":       {fails(&chat.Error{Code: chat.Forbidden}), chat.ErrBusy, chat.Forbidden, 1},
		"both, and told one line": {fails(internal), chat.ErrBusy, chat.Internal, 2},
	} {
		t.Run(name, func(t *testing.T) {
			p, logs := newParts()
			out := &outbox{posted: map[chat.ConnectionID][]string{}, err: test.postErr}
			handler := p.silent(out, map[string]action{"typing": test.act})
			answer, err := invoke(t, handler, frame(t, "typing", `{"action":"typing","ref":"7","x":"`+canary+`"}`))
			var r response
			if err == nil {
				err = json.Unmarshal(answer, &r)
			}
			if err != nil || r.StatusCode != 200 || r.Body != "" {
				t.Errorf("%s, %v", answer, err)
			}
			posted := out.posted["R1kmxc2VNjMCFIA="]
			if test.code == "" {
				if len(out.posted) > 0 {
					t.Errorf("posted %v", out.posted)
				}
			} else if len(out.posted) != 1 || len(posted) != 1 || !strings.Contains(posted[0], `"event":"error","ref":"7","code":"`+string(test.code)+`"`) ||
				strings.Contains(posted[0], "10.0.0.7") {
				t.Errorf("posted %v", out.posted)
			}
			if lines := strings.Count(logs.String(), "\n"); lines != test.logLines {
				t.Errorf("%d lines: %s", lines, logs)
			}
			wantNoCanary(t, logs)
		})
	}
}

// Lambda reports a panic and replaces the process; to catch it would be to go on with whatever it left behind.
func TestAPanicIsLeftToLambda(t *testing.T) {
	p, _ := newParts()
	handler := p.routes(map[string]action{"any": func(context.Context, chat.Identity, []byte) (any, error) { panic("broken") }})
	defer func() {
		if recover() != "broken" {
			t.Error("the panic did not get through")
		}
	}()
	r := request{Body: `{"action":"any","ref":"7"}`}
	r.RequestContext.RouteKey, r.RequestContext.ConnectionID = "any", "1"
	r.RequestContext.Authorizer = map[string]any{"user": "ann", "expires": strconv.FormatInt(time.Now().Add(time.Hour).Unix(), 10)}
	_, _ = handler(t.Context(), r)
}

func TestWhatNoRouteTakes(t *testing.T) {
	p, logs := newParts()
	for name, test := range map[string]struct {
		body string
		code chat.Code
		ref  string
	}{
		"text":                {"hello? " + canary, chat.BadFrame, ""},
		"nothing":             {"", chat.BadFrame, ""},
		"an array":            {`["send"]`, chat.BadFrame, ""},
		"null":                {"null", chat.BadFrame, ""},
		"half an object":      {`{"ref":"7","action":"se`, chat.BadFrame, "7"},
		"two objects":         {`{"ref":"7"}{"ref":"8"}`, chat.BadFrame, "7"},
		"an empty object":     {"{}", chat.UnknownAction, ""},
		"an unknown action":   {`{"action":"` + canary + `","ref":"7"}`, chat.UnknownAction, "7"},
		"another case":        {`{"action":"Send","ref":"7"}`, chat.UnknownAction, "7"},
		"an action of a kind": {`{"action":{"name":"send"},"ref":"7"}`, chat.UnknownAction, "7"},
		"a ref of a kind":     {`{"action":"x","ref":7}`, chat.UnknownAction, ""},
	} {
		if a := ask(t, Default(p), frame(t, topology.RouteDefault, test.body)); a.Code != test.code || a.Ref != test.ref {
			t.Errorf("%s: %+v, want %s", name, a, test.code)
		}
	}
	if logs.Len() > 0 {
		t.Errorf("logs %s", logs)
	}
	sample := payload(t, "default")
	expire(sample, time.Now().Add(time.Hour))
	if a := ask(t, Default(p), sample); a.Code != chat.BadFrame {
		t.Errorf("the sample: %+v", a)
	}
}

func TestAnAcknowledgementIsWhereTheEntryIs(t *testing.T) {
	p, _ := newParts()
	at := time.Date(2026, 11, 21, 23, 23, 0, 123456789, time.FixedZone("CET", 3600))
	use := func(_ context.Context, who chat.Identity, q wire.Send) (chat.Entry, error) {
		if q.Body.Text == "no" {
			return chat.Entry{Seq: 99}, &chat.Error{Code: chat.Forbidden}
		}
		return chat.Entry{Conversation: chat.DirectID(who.User, q.To.User), Seq: 42, ID: q.ID, From: who.User, At: at, Body: q.Body.Domain()}, nil
	}
	handler := p.routes(map[string]action{"send": do(accepted(use))})
	sample := payload(t, "message")
	expire(sample, time.Now().Add(time.Hour))
	a := ask(t, handler, sample)
	want := fmt.Sprintf(`{"conversation":%q,"seq":42,"id":"018f7d9b-3c1a-7b2e-9d4f-0a1b2c3d4e5f","at":"2026-11-21T22:23:00.123Z"}`, chat.DirectID("ann", "bob"))
	if a.Event != wire.EventReply || a.Ref != "7" || string(a.Result) != want {
		t.Errorf("%+v with %s, want %s", a, a.Result, want)
	}
	sample["body"] = strings.Replace(sample["body"].(string), `"hi"`, `"no"`, 1)
	if a := ask(t, handler, sample); a.Code != chat.Forbidden || a.Result != nil {
		t.Errorf("%+v", a)
	}
}

// A flood costs nothing but its frames: no use case is called and no line is logged.
func TestAFloodOfFramesIsLimitedPerUser(t *testing.T) {
	p, logs := newParts()
	calls := 0
	handler := p.routes(map[string]action{"any": func(context.Context, chat.Identity, []byte) (any, error) {
		calls++
		return struct{}{}, nil
	}})
	event := frame(t, "any", `{"action":"any","ref":"7"}`)
	refused := 0
	for range 2 * chat.FrameBurst {
		a := ask(t, handler, event)
		if a.Event == wire.EventReply {
			continue
		}
		refused++
		if a.Code != chat.Limited || a.Ref != "7" || a.RetryAfter <= 0 || a.RetryAfter > 1 {
			t.Fatalf("%+v", a)
		}
	}
	if refused == 0 || calls < chat.FrameBurst || calls+refused != 2*chat.FrameBurst || logs.Len() > 0 {
		t.Errorf("%d calls, %d refused, logs %s", calls, refused, logs)
	}
	// Other routes of the function share the bucket; other users have their own.
	if a := ask(t, handler, frame(t, topology.RouteDefault, "{}")); a.Code != chat.Limited {
		t.Errorf("%+v", a)
	}
	at(event, "requestContext", "authorizer")["user"] = "bob"
	if a := ask(t, handler, event); a.Event != wire.EventReply {
		t.Errorf("%+v", a)
	}
}
