package client_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

// room is what a device knows of a conversation.
func (d *device) room(id chat.ConversationID) *client.Room {
	r := new(client.Room)
	d.add(r, id)
	return r
}

// add gives a room all that a device was told.
func (d *device) add(r *client.Room, id chat.ConversationID) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		switch e := e.(type) {
		case client.Entry:
			if e.Conversation == id {
				r.Apply(e.Entry)
			}
		case client.Hides:
			if e.Conversation == id {
				r.Hide(e.Seqs...)
			}
		}
	}
}

// TestADeviceThatWasAwayDuringEveryKindOfChangeEndsWhereTheOthersAre lets a group do anything to its messages. One device
// of everybody sees it live; another is there for a while, is away, and syncs once. All end with what the server would show.
func TestADeviceThatWasAwayDuringEveryKindOfChangeEndsWhereTheOthersAre(t *testing.T) {
	play(t, func(t *scene) {
		rapid.Check(t, func(r *rapid.T) {
			server := clienttest.StartInMemory()
			defer server.Close()
			s := &scene{T: t.T, server: server}
			people := map[chat.UserID]*device{}
			for _, user := range []chat.UserID{"ann", "bob", "cat"} {
				people[user] = s.open(user).run()
				defer people[user].end()
			}
			created, err := people["ann"].CreateGroup(t.Context(), "all", "bob", "cat")
			if err != nil {
				r.Fatal(err)
			}
			store := client.NewMemoryStore(nil)
			keeps := func(o *client.Options) { o.Store = store }
			away := s.open("bob", keeps).run()
			acts := rapid.SliceOfN(rapid.Custom(drawAct), 1, 40).Draw(r, "acts")
			leaves := rapid.IntRange(0, len(acts)).Draw(r, "leaves before")
			last := created.Seq
			for i, act := range acts {
				if i == leaves {
					after(time.Second)
					_ = away.end()
				}
				_ = act.do(t, people[act.who], created.Conversation, last)
				last = chat.Seq(len(server.Log(created.Conversation)))
			}
			after(time.Second)
			_ = away.end()
			after(time.Duration(rapid.IntRange(0, 8).Draw(r, "seconds away")) * time.Second) // some messages last for five
			back := s.open("bob", keeps).run()
			defer back.end()
			late := s.open("cat").run()
			defer late.end()
			after(6 * time.Second)

			known := away.room(created.Conversation)
			back.add(known, created.Conversation)
			check := func(name string, user chat.UserID, room *client.Room) {
				room.Expire(time.Now())
				want := said(server.LogOf(user, created.Conversation))
				if got := render(room.Messages()); got != want {
					r.Errorf("%s shows\n%s, want\n%s", name, got, want)
				}
				pinned, err := people[user].Pins(t.Context(), created.Conversation)
				if got := room.Pins(); err != nil || !slices.Equal(got, pinned.Pins) {
					r.Errorf("%s has pinned %v, want %v, %v", name, got, pinned.Pins, err)
				}
			}
			check("away", "bob", known)
			check("late", "cat", late.room(created.Conversation))
			for user, d := range people {
				check(string(user), user, d.room(created.Conversation))
			}
		})
	})
}

// act is something that somebody does to a message, or says.
type act struct {
	what string
	who  chat.UserID
	back int // from the end of the log
	mark []string
	text string
}

func drawAct(r *rapid.T) act {
	return act{
		what: rapid.SampledFrom([]string{
			"say", "say", "reply", "mention", "edit", "edit", "delete", "react", "react", "pin", "pin", "unpin", "hide", "forward", "brief", "thread",
		}).Draw(r, "what"),
		who:  rapid.SampledFrom([]chat.UserID{"ann", "bob", "cat"}).Draw(r, "who"),
		back: rapid.IntRange(0, 5).Draw(r, "back"),
		mark: rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"👍", "🎉", "❤️"}), 0, 3, rapid.ID).Draw(r, "marks"),
		text: rapid.StringMatching(`[a-z]{1,4}`).Draw(r, "text"),
	}
}

func (a act) do(t *scene, d *device, id chat.ConversationID, last chat.Seq) (err error) {
	target := max(1, last-min(last, chat.Seq(a.back)))
	content, to := client.Text(a.text), client.To(id)
	switch a.what {
	case "edit":
		_, err = d.Edit(t.Context(), id, target, wire.Revision{Text: a.text, Regard: wire.Regard{Mentions: []chat.UserID{"cat"}}})
		return err
	case "delete":
		_, err = d.Delete(t.Context(), id, target)
		return err
	case "react":
		_, err = d.React(t.Context(), id, target, a.mark...)
		return err
	case "pin":
		_, err = d.Pin(t.Context(), id, target)
		return err
	case "unpin":
		_, err = d.Unpin(t.Context(), id, target)
		return err
	case "hide":
		return d.Hide(t.Context(), id, target)
	case "brief":
		_, err = d.QueueBrief(to, content, 5).Result()
		return err
	case "forward":
		content = client.Forward(id, target)
	case "thread":
		to = client.ToThread(id, target)
	case "reply":
		content.Reply = target
	case "mention":
		content.Mentions, content.Everybody = []chat.UserID{"bob"}, a.who == "ann"
	}
	_, err = d.Send(t.Context(), to, content)
	return err
}

// said renders what a log shows: all but the changes.
func said(log []wire.Entry) string {
	var messages []wire.Entry
	for _, e := range log {
		if e.Event == chat.Message || e.Event == chat.Created {
			messages = append(messages, e)
		}
	}
	return render(messages)
}

func render(entries []wire.Entry) string {
	var out bytes.Buffer
	for _, e := range entries {
		line, err := json.Marshal(e)
		if err != nil {
			return err.Error()
		}
		fmt.Fprintf(&out, "%s\n", line)
	}
	return out.String()
}

func TestO3ARoomTakesEntriesInAnyOrderAndAnyNumberOfTimes(t *testing.T) {
	log := []wire.Entry{
		{Event: chat.Message, Seq: 1, From: "ann", Body: wire.Body{Text: "one"}},
		{Event: chat.Reacted, Seq: 2, From: "bob", Body: wire.Body{Target: 1, Reactions: []string{"👍", "🎉"}}},
		{Event: chat.Message, Seq: 3, From: "bob", Body: wire.Body{Text: "secret"}},
		{Event: chat.Edited, Seq: 4, From: "ann", Version: 1, Edited: "x", Body: wire.Body{Target: 1, Text: "1"}},
		{Event: chat.Reacted, Seq: 5, From: "cat", Body: wire.Body{Target: 3, Reactions: []string{"👍"}}},
		{Event: chat.Edited, Seq: 6, From: "ann", Version: 2, Edited: "y", Body: wire.Body{Target: 1, Text: "one!"}},
		{Event: chat.Reacted, Seq: 7, From: "bob", Body: wire.Body{Target: 1, Reactions: []string{"🎉"}}},
		{Event: chat.Reacted, Seq: 8, From: "cat", Body: wire.Body{Target: 1, Reactions: []string{"🎉", "👍"}}},
		{Event: chat.Deleted, Seq: 9, From: "bob", Body: wire.Body{Target: 3}},
	}
	want := render([]wire.Entry{
		{Event: chat.Message, Seq: 1, From: "ann", Version: 2, Edited: "y", Body: wire.Body{Text: "one!"}, Reactions: []wire.Reaction{
			{Mark: "🎉", Count: 2, Users: []chat.UserID{"bob", "cat"}}, {Mark: "👍", Count: 1, Users: []chat.UserID{"cat"}},
		}},
		{Event: chat.Message, Seq: 3, From: "bob", Deleted: true},
	})
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 0))
		var room client.Room
		for range 2 {
			for _, i := range r.Perm(len(log)) {
				room.Apply(log[i])
			}
		}
		if got := render(room.Messages()); got != want {
			t.Fatalf("seed %d: shows\n%s, want\n%s", seed, got, want)
		}
	}
}

func TestARoomTellsWhatLooksDifferent(t *testing.T) {
	var room client.Room
	if seq := room.Apply(wire.Entry{Event: chat.Reacted, Seq: 8, From: "bob", Body: wire.Body{Target: 7, Reactions: []string{"👍"}}}); seq != 7 {
		t.Errorf("changed %d", seq)
	}
	if e, ok := room.Message(7); ok || len(room.Messages()) != 0 {
		t.Errorf("there is %+v before it came", e)
	}
	if seq := room.Apply(wire.Entry{Event: chat.Message, Seq: 7, From: "ann", Body: wire.Body{Text: "x"}}); seq != 7 {
		t.Errorf("changed %d", seq)
	}
	if e, ok := room.Message(7); !ok || len(e.Reactions) != 1 {
		t.Errorf("shows %+v", e)
	}
	if marks := room.Marks(7, "bob"); len(marks) != 1 || room.Marks(7, "ann") != nil || room.Marks(1, "bob") != nil {
		t.Errorf("bob has %q", marks)
	}
}
