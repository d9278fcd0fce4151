package client_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

var annAndBob = chat.DirectID("ann", "bob")

func TestAMessageIsStoredAcknowledgedAndSeenAlikeByAllDevices(t *testing.T) {
	play(t, func(t *scene) {
		ann, other, bob := t.connect("ann"), t.connect("ann"), t.connect("bob")
		accepted, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("hi"))
		if err != nil || accepted.Conversation != annAndBob || accepted.Seq != 1 {
			t.Fatalf("accepted %+v, %v", accepted, err)
		}
		if _, err := bob.Send(t.Context(), client.To(annAndBob), client.Text("hello")); err != nil {
			t.Fatal(err)
		}
		after(0)
		for _, d := range []*device{ann, other, bob} {
			d.expect(annAndBob, 2)
			for i, e := range t.server.Log(annAndBob) {
				want, _ := json.Marshal(e)
				got, _ := json.Marshal(d.entries(annAndBob)[i])
				if !bytes.Equal(got, want) {
					t.Errorf("%s saw %s, want %s", d.User(), got, want)
				}
			}
		}
	})
}

func TestAGroupBeginsWithItsCreationAndIsTheSameForAll(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob, cat := t.connect("ann"), t.connect("bob"), t.connect("cat")
		group, err := ann.CreateGroup(t.Context(), "lunch", "bob", "cat")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := cat.Send(t.Context(), client.To(group.Conversation), client.Text("where?")); err != nil {
			t.Fatal(err)
		}
		after(0)
		for _, d := range []*device{ann, bob, cat} {
			d.expect(group.Conversation, 2)
			if e := d.entries(group.Conversation)[0]; e.Event != chat.Created || e.Body.Name != "lunch" || e.Body.Size != 3 {
				t.Errorf("%s saw %+v", d.User(), e)
			}
		}
	})
}

// TestAMessageIsStoredOnceWhateverHappensToItsFirstAttempt also checks how long that takes and that a resend says after.
func TestAMessageIsStoredOnceWhateverHappensToItsFirstAttempt(t *testing.T) {
	temporary := &chat.Error{Code: chat.Limited, RetryAfter: 3 * time.Second}
	for name, c := range map[string]struct {
		fault       clienttest.Fault
		least, most time.Duration
	}{
		"the frame is lost":                     {clienttest.Fault{Ignore: true}, 10 * time.Second, 10 * time.Second},
		"the acknowledgement is lost":           {clienttest.Fault{Forget: true}, 10 * time.Second, 10 * time.Second},
		"the socket is cut before it is stored": {clienttest.Fault{Cut: true}, 0, time.Second},
		"the socket is cut after it is stored":  {clienttest.Fault{Cut: true, Forget: true}, 0, time.Second},
		"the function fails before it stores":   {clienttest.Fault{Gateway: true}, time.Second, 2 * time.Second},
		"the function fails after it stored":    {clienttest.Fault{Gateway: true, Forget: true}, time.Second, 2 * time.Second},
		"the server is busy":                    {clienttest.Fault{Refuse: temporary}, 3 * time.Second, 4 * time.Second},
		"the token has expired":                 {clienttest.Fault{Refuse: &chat.Error{Code: chat.Unauthenticated}}, 0, time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *scene) {
				var frames []wire.Send
				t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
					if r.Action == "send" {
						var frame wire.Send
						if err := wire.Decode(r.Frame, &frame); err != nil {
							t.Error(err)
						}
						frames = append(frames, frame)
						if r.Nth == 2 {
							f = c.fault
						}
					}
					return f
				}
				ann, bob := t.connect("ann"), t.connect("bob")
				if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("one")); err != nil {
					t.Fatal(err)
				}
				began := time.Now()
				accepted, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("two"))
				if err != nil || accepted.Seq != 2 {
					t.Fatalf("accepted %+v, %v", accepted, err)
				}
				if took := time.Since(began); took < c.least || took > c.most {
					t.Errorf("took %v", took)
				}
				after(time.Minute)
				ann.expect(annAndBob, 2)
				bob.expect(annAndBob, 2)
				first, again := frames[1], frames[2]
				// The first carries after, too: it may come late, after the second.
				if first.After == nil || *first.After != 1 || again.After == nil || *again.After != 1 || again.ID != first.ID {
					t.Errorf("sent %+v and again %+v", first, again)
				}
			})
		})
	}
}

func TestARefusalIsReportedAtOnceAndTheNextMessageGoesOn(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if r.Action == "send" && r.Nth == 1 {
				f.Refuse = chat.Errorf(chat.MediaMissing, "not there")
			}
			return f
		}
		ann := t.connect("ann")
		bad, good := ann.Queue(client.ToUser("bob"), client.Text("one")), ann.Queue(client.ToUser("bob"), client.Text("two"))
		_, err := bad.Result()
		e, ok := errors.AsType[*client.Error](err)
		if !ok || e.Code != chat.MediaMissing || e.Temporary || e.Message != "not there" {
			t.Errorf("refused with %v", err)
		}
		if accepted, err := good.Result(); err != nil || accepted.Seq != 1 {
			t.Errorf("accepted %+v, %v", accepted, err)
		}
	})
}

func TestAnInternalErrorIsReportedAfterSomeAttempts(t *testing.T) {
	play(t, func(t *scene) {
		attempts := 0
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if r.Action == "send" {
				attempts++
				f.Refuse = &chat.Error{Code: chat.Internal}
			}
			return f
		}
		_, err := t.connect("ann").Send(t.Context(), client.ToUser("bob"), client.Text("one"))
		if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != chat.Internal || !e.Temporary || attempts != 5 {
			t.Errorf("%v after %d attempts", err, attempts)
		}
	})
}

func TestWhatCanNeverBeAcceptedIsNotSent(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.open("ann") // and not run
		for name, c := range map[string]struct {
			to      wire.Target
			content wire.Content
			code    chat.Code
		}{
			"nothing":        {client.ToUser("bob"), wire.Content{}, chat.Invalid},
			"nobody":         {wire.Target{}, client.Text("hi"), chat.Invalid},
			"a bad user":     {client.ToUser("b b"), client.Text("hi"), chat.Invalid},
			"a long text":    {client.ToUser("bob"), client.Text(strings.Repeat("x", chat.MaxText+1)), chat.TooLarge},
			"a large frame":  {client.ToUser("bob"), client.Text(strings.Repeat("語", chat.MaxText)), chat.TooLarge},
			"not even UTF-8": {client.ToUser("bob"), client.Text("\xff"), chat.Invalid},
		} {
			_, err := ann.Send(t.Context(), c.to, c.content)
			if e, ok := errors.AsType[*client.Error](err); !ok || e.Code != c.code || e.Temporary {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, err := ann.CreateGroup(t.Context(), "", "bob"); !errors.Is(err, &client.Error{Code: chat.Invalid}) {
			t.Errorf("a group without a name: %v", err)
		}
		ann.Close()
	})
}

func TestOneMessageOfAConversationIsUnderWayAtATimeAndConversationsDoNotWaitForEachOther(t *testing.T) {
	play(t, func(t *scene) {
		var order []string
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			var frame wire.Send
			if r.Action == "send" && wire.Decode(r.Frame, &frame) == nil {
				order = append(order, frame.Body.Text)
				f.Ignore = frame.Body.Text == "bob 1" && !slices.Contains(order[:len(order)-1], "bob 1")
			}
			return f
		}
		ann := t.connect("ann")
		var pending []*client.Pending
		for i := 1; i <= 3; i++ {
			for _, user := range []chat.UserID{"bob", "cat"} {
				pending = append(pending, ann.Queue(client.ToUser(user), client.Text(fmt.Sprint(user, " ", i))))
			}
			after(0)
		}
		for _, p := range pending {
			if _, err := p.Result(); err != nil {
				t.Fatal(err)
			}
		}
		if got := strings.Join(order, ", "); got != "bob 1, cat 1, cat 2, cat 3, bob 1, bob 2, bob 3" &&
			got != "cat 1, bob 1, cat 2, cat 3, bob 1, bob 2, bob 3" {
			t.Errorf("sent %s", got)
		}
	})
}

func TestS8MessagesOfAnOfflineDeviceAreSentInOrderWhenItConnects(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.open("ann")
		var last *client.Pending
		for i := range 20 {
			last = ann.Queue(client.ToUser("bob"), client.Text(fmt.Sprint(i)))
		}
		ann.run()
		if accepted, err := last.Result(); err != nil || accepted.Seq != 20 {
			t.Fatalf("accepted %+v, %v", accepted, err)
		}
		for i, e := range t.server.Log(annAndBob) {
			if e.Body.Text != fmt.Sprint(i) {
				t.Errorf("%s is stored in place %d", e.Body.Text, i)
			}
		}
	})
}

// TestADeviceThatIsFarBehindFindsOutWhetherItsMessageWasStored loses the acknowledgement and then lets the others say
// more than the server searches.
func TestADeviceThatIsFarBehindFindsOutWhetherItsMessageWasStored(t *testing.T) {
	for name, stored := range map[string]bool{"it was": true, "it was not": false} {
		t.Run(name, func(t *testing.T) {
			play(t, func(t *scene) {
				sent := 0
				t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
					if r.Action == "send" {
						if sent++; sent == 1 {
							f.Ignore, f.Forget = true, stored
						}
					}
					return f
				}
				t.server.Post = func(chat.UserID, chat.DeviceID, wire.Entry, func()) {}
				ann := t.connect("ann")
				p := ann.Queue(client.ToUser("bob"), client.Text("mine"))
				after(0)
				for range chat.MaxResend + 50 {
					t.server.Say("bob", "ann", "blah")
				}
				accepted, err := p.Result()
				want := chat.Seq(chat.MaxResend + 51)
				if stored {
					want = 1
				}
				if err != nil || accepted.Seq != want {
					t.Errorf("accepted %+v, %v; want seq %d", accepted, err, want)
				}
				after(time.Second)
				ann.expect(annAndBob, chat.MaxResend+51)
			})
		})
	}
}

func TestAFailureThatNamesNoRequestHurriesAllThatAreOpen(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Fault = func(r clienttest.Request) clienttest.Fault {
			return clienttest.Fault{Ignore: r.Action == "send" && r.Nth <= 2, Gateway: r.Action == "send" && r.Nth == 2}
		}
		ann := t.connect("ann")
		began := time.Now()
		a, b := ann.Queue(client.ToUser("bob"), client.Text("a")), ann.Queue(client.ToUser("cat"), client.Text("b"))
		for _, p := range []*client.Pending{a, b} {
			if _, err := p.Result(); err != nil {
				t.Error(err)
			}
		}
		if took := time.Since(began); took != 2*time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestAMessageThatIsWithdrawnBeforeItLeftIsNotSent(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.open("ann")
		first, second := ann.Queue(client.ToUser("bob"), client.Text("first")), ann.Queue(client.ToUser("bob"), client.Text("second"))
		first.Withdraw()
		if _, err := first.Result(); !errors.Is(err, client.ErrWithdrawn) {
			t.Errorf("withdrawn with %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := ann.Send(ctx, client.ToUser("bob"), client.Text("third")); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up with %v", err)
		}
		ann.run()
		if accepted, err := second.Result(); err != nil || accepted.Seq != 1 {
			t.Errorf("accepted %+v, %v", accepted, err)
		}
		after(time.Minute)
		if n := len(t.server.Log(annAndBob)); n != 1 {
			t.Errorf("%d messages are stored", n)
		}
	})
}

func TestAClosedClientRefusesEverythingAndTellsThoseWhoWait(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.open("ann")
		waiting := ann.Queue(client.ToUser("bob"), client.Text("hi"))
		ann.Close()
		if _, err := waiting.Result(); !errors.Is(err, client.ErrClosed) {
			t.Errorf("waiting: %v", err)
		}
		if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("hi")); !errors.Is(err, client.ErrClosed) {
			t.Errorf("send: %v", err)
		}
		if _, err := ann.Conversations(t.Context()); !errors.Is(err, client.ErrClosed) {
			t.Errorf("conversations: %v", err)
		}
		if err := ann.Run(t.Context()); !errors.Is(err, client.ErrClosed) {
			t.Errorf("run: %v", err)
		}
	})
}
