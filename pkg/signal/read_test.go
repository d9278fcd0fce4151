package signal_test

import (
	"log/slog"
	"testing"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/deliver"
	"github.com/parley-im/parley/pkg/standing"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// reading adds to a rig what takes receipts.
func reading(t *testing.T) *rig {
	t.Helper()
	api := dynamodbtest.Start(t)
	r := newRig(t, api)
	log := store.NewConversations(dynamo.NewFromIface(api), topology.Conversations.Name, topology.ConversationsByUser.Name)
	r.Cursors = &standing.Keeper{
		Log: log, Standings: log, Sessions: r.sessions, Now: r.send.Now,
		Teller: &deliver.Deliverer{Poster: r, Now: r.send.Now, Logger: slog.New(slog.DiscardHandler)},
	}
	return r
}

func (r *rig) typesHavingRead(user chat.UserID, c chat.ConversationID, seq chat.Seq) error {
	_, err := r.Typing(r.t.Context(), as(user), wire.Typing{Conversation: c, Kind: wire.Text, Read: &seq})
	return err
}

func TestAReceiptTravelsWithTyping(t *testing.T) {
	r := reading(t)
	c := r.direct() // ann said something
	r.connect("ann")
	r.connect("bob")
	want := func(what string, read, delivered chat.Seq) {
		t.Helper()
		told := wire.NewComposing(c, "bob", wire.Text)
		told.Read, told.Delivered = read, delivered
		if got := r.posted["ann-phone"]; got != told {
			t.Errorf("%s: ann hears %+v, want %+v", what, got, told)
		}
		r.wants(what, "ann-phone")
	}
	if err := r.typesHavingRead("bob", c, 1); err != nil {
		t.Fatal(err)
	}
	want("bob answers", 1, 0)
	if err := r.typesHavingRead("bob", c, 1); err != nil {
		t.Fatal(err)
	}
	want("what is stale is no news", 0, 0)
	if err := r.typesHavingRead("bob", c, 2); err == nil || chat.AsError(err).Code != chat.Invalid {
		t.Errorf("beyond the last entry: %v", err)
	}
	r.wants("it was refused")
	private := true
	if _, err := r.sessions.ChangeSettings(t.Context(), "ann", chat.SettingsChange{Private: &private}, r.now); err != nil {
		t.Fatal(err)
	}
	if _, err := r.send.Send(t.Context(), as("ann"), wire.Send{ID: id(2), To: wire.Target{User: "bob"}, Body: wire.Content{Text: "hi"}}); err != nil {
		t.Fatal(err)
	}
	if err := r.typesHavingRead("bob", c, 2); err != nil {
		t.Fatal(err)
	}
	want("ann reads privately", 0, 2)
}

func TestInAGroupOnlyTheAuthorHearsTheReceiptThatTravels(t *testing.T) {
	r := reading(t)
	c := r.group(4)
	if _, err := r.send.Send(t.Context(), as("m0"), wire.Send{ID: id(77), To: wire.Target{Conversation: c}, Body: wire.Content{Text: "hi"}}); err != nil {
		t.Fatal(err)
	}
	for _, user := range []chat.UserID{"ann", "m0", "m1"} {
		r.connect(user)
	}
	if err := r.typesHavingRead("ann", c, 2); err != nil {
		t.Fatal(err)
	}
	if r.posted["m0-phone"].Read != 2 || r.posted["m1-phone"].Read != 0 {
		t.Errorf("posted %+v", r.posted)
	}
	r.wants("all hear who types", "m0-phone", "m1-phone")
}
