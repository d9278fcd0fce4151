package client_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

func TestChangesAreEntriesThatAllDevicesSeeAlike(t *testing.T) {
	play(t, func(t *scene) {
		ann, other, bob := t.connect("ann"), t.connect("ann"), t.connect("bob")
		content := client.Text("helo @bob")
		content.Mentions = []chat.UserID{"bob"}
		if _, err := ann.Send(t.Context(), client.ToUser("bob"), content); err != nil {
			t.Fatal(err)
		}
		answer := client.Text("hi")
		answer.Reply = 1
		for seq, do := range []func() (wire.Accepted, error){
			func() (wire.Accepted, error) { return bob.Send(t.Context(), client.ToUser("ann"), answer) },
			func() (wire.Accepted, error) {
				return ann.Edit(t.Context(), annAndBob, 1, wire.Revision{Text: "hello"})
			},
			func() (wire.Accepted, error) { return bob.React(t.Context(), annAndBob, 1, "👍", "🎉") },
			func() (wire.Accepted, error) { return ann.React(t.Context(), annAndBob, 2, "👍") },
			func() (wire.Accepted, error) { return ann.React(t.Context(), annAndBob, 2) },
			func() (wire.Accepted, error) { return bob.Delete(t.Context(), annAndBob, 2) },
			func() (wire.Accepted, error) {
				return ann.Edit(t.Context(), annAndBob, 1, wire.Revision{Text: "hello!"})
			},
		} {
			if accepted, err := do(); err != nil || accepted.Seq != chat.Seq(seq+2) || accepted.Conversation != annAndBob {
				t.Fatalf("accepted %+v, %v", accepted, err)
			}
		}
		after(time.Second)
		kinds := []chat.EntryKind{
			chat.Message, chat.Message, chat.Edited, chat.Reacted, chat.Reacted, chat.Reacted, chat.Deleted, chat.Edited,
		}
		for _, d := range []*device{ann, other, bob} {
			d.expect(annAndBob, len(kinds))
			for i, e := range d.entries(annAndBob) {
				if e.Event != kinds[i] || e.ID == "" || e.At == "" || e.To == "" || e.To == e.From {
					t.Errorf("%s saw %+v", d.User(), e)
				}
			}
			said := d.entries(annAndBob)
			if b := said[0].Body; len(b.Mentions) != 1 || said[1].Body.Reply != 1 {
				t.Errorf("%s saw %+v", d.User(), said)
			}
			if e := said[7]; e.Body.Text != "hello!" || e.Body.Target != 1 || e.Version != 2 || e.Edited == "" {
				t.Errorf("%s saw the edit %+v", d.User(), e)
			}
			if e := said[3]; e.Body.Target != 1 || strings.Join(e.Body.Reactions, "") != "👍🎉" || said[5].Body.Reactions != nil {
				t.Errorf("%s saw the reactions %+v and %+v", d.User(), e, said[5])
			}
		}
	})
}

// TestAChangeIsMadeOnceHoweverOftenItIsSent loses the acknowledgement of each kind of change.
func TestAChangeIsMadeOnceHoweverOftenItIsSent(t *testing.T) {
	for action, do := range map[string]func(d *device) *client.Pending{
		"edit":   func(d *device) *client.Pending { return d.QueueEdit(annAndBob, 1, wire.Revision{Text: "two"}) },
		"delete": func(d *device) *client.Pending { return d.QueueDelete(annAndBob, 1) },
		"react":  func(d *device) *client.Pending { return d.QueueReact(annAndBob, 1, "👍") },
	} {
		for name, fault := range map[string]clienttest.Fault{
			"lost with the connection": {Cut: true, Forget: true},
			"lost":                     {Forget: true, Ignore: true},
			"not done":                 {Ignore: true},
			"refused for now":          {Refuse: &chat.Error{Code: chat.Unavailable}},
		} {
			t.Run(action+" "+name, func(t *testing.T) {
				play(t, func(t *scene) {
					var frames []wire.Change
					t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
						if r.Action != action {
							return f
						}
						frames = append(frames, changeOf(t, r))
						if r.Nth == 1 {
							f = fault
						}
						return f
					}
					ann, bob := t.connect("ann"), t.connect("bob")
					if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("one")); err != nil {
						t.Fatal(err)
					}
					changed, next := do(ann), ann.Queue(client.ToUser("bob"), client.Text("next"))
					if accepted, err := changed.Result(); err != nil || accepted.Seq != 2 || accepted.ID != changed.ID {
						t.Errorf("accepted %+v, %v", accepted, err)
					}
					if accepted, err := next.Result(); err != nil || accepted.Seq != 3 {
						t.Errorf("next accepted %+v, %v", accepted, err)
					}
					after(time.Minute)
					ann.expect(annAndBob, 3)
					bob.expect(annAndBob, 3)
					if len(frames) != 2 || frames[0].After == nil || *frames[0].After != 1 || frames[1].After == nil || *frames[1].After != 1 || frames[0].ID != frames[1].ID {
						t.Errorf("sent %+v", frames)
					}
				})
			})
		}
	}
}

func changeOf(t *scene, r clienttest.Request) wire.Change {
	t.Helper()
	var err error
	var change wire.Change
	switch r.Action {
	case "edit":
		var q wire.Edit
		err = wire.Decode(r.Frame, &q)
		change = q.Change
	case "delete":
		var q wire.Delete
		err = wire.Decode(r.Frame, &q)
		change = q.Change
	default:
		var q wire.React
		err = wire.Decode(r.Frame, &q)
		change = q.Change
	}
	if err != nil {
		t.Error(err)
	}
	return change
}

func TestAChangeThatIsNotAllowedIsRefusedWithItsCode(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.connect("ann"), t.connect("bob")
		if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("one")); err != nil {
			t.Fatal(err)
		}
		edit := func(d *device, seq chat.Seq, text string) error {
			_, err := d.Edit(t.Context(), annAndBob, seq, wire.Revision{Text: text})
			return err
		}
		for name, c := range map[string]struct {
			err  error
			code chat.Code
		}{
			"somebody else's":   {edit(bob, 1, "I said"), chat.Forbidden},
			"no such message":   {edit(ann, 9, "x"), chat.NotFound},
			"no seq":            {edit(ann, 0, "x"), chat.Invalid},
			"a long text":       {edit(ann, 1, strings.Repeat("x", chat.MaxText+1)), chat.TooLarge},
			"nothing":           {edit(ann, 1, ""), chat.Invalid},
			"no emoji":          {result(ann.React(t.Context(), annAndBob, 1, "two words")), chat.Invalid},
			"deleting a friend": {result(bob.Delete(t.Context(), annAndBob, 1)), chat.Forbidden},
			"an answer to nothing": {
				result(ann.Send(t.Context(), client.ToUser("bob"), wire.Content{Text: "x", Reply: 9})), chat.NotFound,
			},
		} {
			if e, ok := errors.AsType[*client.Error](c.err); !ok || e.Code != c.code || e.Temporary {
				t.Errorf("%s: %v", name, c.err)
			}
		}
		if n := len(t.server.Log(annAndBob)); n != 1 {
			t.Errorf("%d entries are stored", n)
		}
		<-time.After(chat.EditWindow + time.Minute)
		if err := edit(ann, 1, "late"); !errors.Is(err, client.ErrForbidden) {
			t.Errorf("late: %v", err)
		}
	})
}

func result(_ wire.Accepted, err error) error { return err }
