package send_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// What changes of a group cost, among few members and among as many as a header holds: README, "What a message costs".
func TestWhatAChangeOfAGroupCosts(t *testing.T) {
	for _, test := range []struct {
		members int
		reads   float64 // of the tail, strongly
		header  float64 // the units that writing the header takes, in a transaction
	}{{3, 1, 2}, {199, 1, 4}} {
		t.Run(fmt.Sprint(test.members), func(t *testing.T) {
			c := newCounted(t)
			db := dynamo.NewFromIface(c.meter)
			log := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
			g := &send.Groups{Sender: c.Sender, Gate: log, Pictures: pictures{}}
			created, err := g.Create(t.Context(), as("ann"), wire.Create{ID: id(1), Name: "friends", Members: append(crowd("m", test.members-2), "bob")})
			if err != nil {
				t.Fatal(err)
			}
			n := 1
			govern := func() wire.Govern { n++; return wire.Govern{ID: id(n), Conversation: created.Conversation} }
			var code chat.InviteCode
			members := float64(test.members)
			tail, header := test.reads, test.header
			for _, step := range []struct {
				name string
				act  func() error
				want map[string]float64
			}{
				{"add", func() error {
					_, err := g.Add(t.Context(), as("ann"), wire.Add{Govern: govern(), Users: []chat.UserID{"eve"}})
					return err
				}, map[string]float64{ // two relations; the session and the ban of eve; the sessions of all; the entry and eve, who is in the index, too
					"Query": tail, "BatchGetItem": 0.5 + 2*0.5 + 1 + (members+1)/2, "TransactWriteItems": 2 + header + 2 + 1,
				}},
				{"role", func() error {
					_, err := g.Rank(t.Context(), as("ann"), wire.Rank{Govern: govern(), Users: []chat.UserID{"eve"}, Role: chat.Admin})
					return err
				}, map[string]float64{"Query": tail, "BatchGetItem": (members + 1) / 2, "TransactWriteItems": 2 + header + 2}},
				{"change", func() error {
					_, err := g.Amend(t.Context(), as("ann"), wire.Amend{Govern: govern(), Setup: &wire.Amendment{Name: new("friend")}})
					return err
				}, map[string]float64{"Query": tail, "BatchGetItem": (members + 1) / 2, "TransactWriteItems": 2 + header}},
				{"remove", func() error {
					_, err := g.Remove(t.Context(), as("ann"), wire.Remove{Govern: govern(), Users: []chat.UserID{"eve"}})
					return err
				}, map[string]float64{"Query": tail, "BatchGetItem": (members + 1) / 2, "TransactWriteItems": 2 + header + 2 + 1}},
				{"invite", func() error {
					i, err := g.Invite(t.Context(), as("ann"), wire.Invite{Conversation: created.Conversation})
					code = i.Code
					return err
				}, map[string]float64{"Query": tail + 1, "PutItem": 1}},
				{"preview", func() error {
					_, err := g.Preview(t.Context(), as("cat"), wire.Preview{Code: code})
					return err
				}, map[string]float64{"Query": tail, "GetItem": 1, "BatchGetItem": 1}},
				{"join", func() error {
					_, err := g.Join(t.Context(), as("cat"), wire.Join{ID: id(100), Code: code})
					return err
				}, map[string]float64{ // the entry, the member and the index, the ban that is not there, the link
					"Query": tail, "GetItem": 1, "BatchGetItem": 1 + (members+1)/2, "TransactWriteItems": 2 + header + 2 + 1 + 2 + 2,
				}},
				{"leave", func() error {
					_, err := g.Leave(t.Context(), as("cat"), wire.Leave{Govern: govern()})
					return err
				}, map[string]float64{"Query": tail, "BatchGetItem": (members + 1) / 2, "TransactWriteItems": 2 + header + 2 + 1}},
			} {
				c.reset()
				if err := step.act(); err != nil {
					t.Fatal(step.name, err)
				}
				if !maps.Equal(c.meter.units, step.want) {
					t.Errorf("%s consumes %v, want %v", step.name, c.meter.units, step.want)
				}
			}
		})
	}
}

// Slow mode costs one write more.
func TestWhatAMessageInSlowModeCosts(t *testing.T) {
	c := newCounted(t)
	log := store.NewConversations(dynamo.NewFromIface(c.meter), topology.Conversations.Name, topology.ConversationsByUser.Name)
	g := &send.Groups{Sender: c.Sender, Gate: log}
	created, err := g.Create(t.Context(), as("ann"), wire.Create{ID: id(1), Name: "friends", Members: []chat.UserID{"bob"}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Amend(t.Context(), as("ann"), wire.Amend{Govern: wire.Govern{ID: id(2), Conversation: created.Conversation}, Setup: &wire.Amendment{Slow: new(1)}}); err != nil {
		t.Fatal(err)
	}
	for user, updates := range map[chat.UserID]int{"ann": 0, "bob": 1} {
		c.reset()
		if _, err := c.Send(t.Context(), as(user), wire.Send{ID: id(3), To: wire.Target{Conversation: created.Conversation}, Body: wire.Content{Text: "hi"}}); err != nil {
			t.Fatal(err)
		}
		if got := c.meter.calls; got["UpdateItem"] != updates || got["Query"] != 1 || got["PutItem"] != 1 || got["GetItem"] != 0 {
			t.Errorf("%s: %v", user, got)
		}
	}
}
