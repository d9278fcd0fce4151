package push_test

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
)

// members makes ann and others members of the group of all, each with a phone whose token is their name.
func (r *rig) members(t *testing.T, users ...chat.UserID) {
	t.Helper()
	places := map[chat.UserID]chat.Place{"eve": {Role: chat.Owner}}
	for _, user := range users {
		places[user] = chat.Place{Role: chat.Member}
		r.register(t, user, "phone", string(user))
	}
	c := chat.Conversation{ID: all, Kind: chat.Group, Setup: chat.Setup{Name: "all"}, Size: len(places), Members: places}
	if _, _, err := r.log.Create(t.Context(), c, places); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) quieten(t *testing.T, s chat.Stance) {
	t.Helper()
	if err := r.log.Quieten(t.Context(), all, s, time.Now()); err != nil {
		t.Fatal(err)
	}
}

// reads moves a member's cursor.
func (r *rig) reads(t *testing.T, user chat.UserID, seq chat.Seq) {
	t.Helper()
	err := r.db.Table(topology.Conversations.Name).Update("conversation", string(all)).Range("item", "A#"+string(user)).Set("read", seq).Run(t.Context())
	if err != nil {
		t.Fatal(err)
	}
}

// shown are the bodies that phones show, by token.
func (r *rig) shown() map[string]string {
	bodies := map[string]string{}
	for _, n := range r.sns.Notifications(sns.Filter{}) {
		s := stack.Show(n)
		bodies[n.Token] = s.Title + ": " + s.Body
	}
	return bodies
}

func TestP1TheSenderIsNotNotifiedWhoeverNamesThem(t *testing.T) {
	r := newRig(t)
	r.members(t, "ann")
	r.register(t, "eve", "phone", "eve")
	r.notify(t, "ann", "eve")
	r.wantTokens(t, "ann")
}

func TestP2WhatHappenedSinceTheMessageWasSentDecides(t *testing.T) {
	r := newRig(t)
	r.members(t, "ann", "bob", "cat", "dan", "fay")
	if _, err := r.Sessions.Connect(t.Context(), "ann", chat.Connection{ID: "1", Since: r.now}); err != nil {
		t.Fatal(err)
	}
	if err := r.people.Block(t.Context(), "bob", "eve", r.now); err != nil {
		t.Fatal(err)
	}
	if err := r.people.Mute(t.Context(), "cat", "eve", r.now.Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	r.quieten(t, chat.Stance{User: "dan", Muted: chat.Forever})
	r.notify(t, "ann", "bob", "cat", "dan", "fay")
	r.wantTokens(t, "fay")
	r.now = r.now.Add(time.Minute)
	r.notify(t, "cat", "dan")
	r.wantTokens(t, "cat", "fay")
}

func TestP3WhoHasReadItMeanwhileIsNotNotified(t *testing.T) {
	r := newRig(t)
	r.members(t, "ann", "bob", "cat")
	first := r.said
	r.says(t, chat.Body{Text: "more"})
	r.reads(t, "ann", r.said)
	r.reads(t, "bob", first)
	r.notify(t, "ann", "bob", "cat")
	r.wantTokens(t, "bob", "cat")
}

func TestP4APhoneShowsTheEntryAsItIsNowAndNothingOfWhatWasDeleted(t *testing.T) {
	r := newRig(t)
	r.members(t, "ann")
	e, _, err := r.log.Entry(t.Context(), all, r.said)
	if err != nil {
		t.Fatal(err)
	}
	change := func(c chat.Change) {
		t.Helper()
		r.said++
		c.Seq = 1
		about := chat.Entry{Conversation: all, Seq: r.said, Kind: chat.Edited, ID: "2", From: "eve", At: r.now, Body: chat.Body{Target: 1}}
		if _, _, err := r.log.Commit(t.Context(), about, c); err != nil {
			t.Fatal(err)
		}
		r.said = 1
	}
	change(chat.Change{Rewrite: &chat.Rewrite{Text: "better", At: r.now}})
	r.notify(t, "ann")
	if want := map[string]string{"ann": "eve: better"}; !maps.Equal(r.shown(), want) {
		t.Errorf("shown are %v, want %v", r.shown(), want)
	}
	r.said = 2
	change(chat.Change{Erase: &e})
	r.notify(t, "ann")
	r.wantTokens(t, "ann") // no second time
}

func TestP5AMuteHoldsUntilItEndsAndLetsMentionsThroughOnlyIfAsked(t *testing.T) {
	r := newRig(t)
	users := []chat.UserID{"ann", "bob", "cat", "dan", "fay"}
	r.members(t, users...)
	later := r.now.Add(time.Hour)
	r.quieten(t, chat.Stance{User: "ann", Muted: chat.Forever})
	r.quieten(t, chat.Stance{User: "bob", Muted: chat.Forever, Mentions: true})
	r.quieten(t, chat.Stance{User: "cat", Muted: later})
	for _, user := range []chat.UserID{"dan", "fay"} { // both are mentioned, and neither wants to hear of it
		r.quieten(t, chat.Stance{User: user, Muted: chat.Forever, Mentions: true})
	}
	if err := r.people.Mute(t.Context(), "dan", "eve", chat.Forever); err != nil {
		t.Fatal(err)
	}
	if err := r.people.Block(t.Context(), "fay", "eve", r.now); err != nil {
		t.Fatal(err)
	}
	r.notify(t, users...)
	r.wantTokens(t)
	r.says(t, chat.Body{Text: "look", Mentions: []chat.UserID{"ann", "bob", "dan", "fay"}})
	r.notify(t, users...)
	r.wantTokens(t, "bob")
	r.says(t, chat.Body{Text: "look", Everybody: true})
	r.notify(t, users...)
	r.wantTokens(t, "bob", "bob")
	r.now = later
	r.notify(t, "ann", "cat")
	r.wantTokens(t, "bob", "bob", "cat")
}

func TestAPhoneShowsTheDisplayNameOfTheSender(t *testing.T) {
	r := newRig(t)
	r.members(t, "ann", "bob")
	r.notify(t, "ann")
	if _, _, err := r.people.PutProfile(t.Context(), chat.Profile{User: "eve", Name: "Eve Online"}); err != nil {
		t.Fatal(err)
	}
	r.notify(t, "bob")
	if want := map[string]string{"ann": "eve: canary", "bob": "Eve Online: canary"}; !maps.Equal(r.shown(), want) {
		t.Errorf("shown are %v, want %v", r.shown(), want)
	}
}

func TestAPreviewIsTheBeginningOfTheText(t *testing.T) {
	r := newRig(t)
	r.members(t, "ann")
	long := strings.Repeat("ä", 200)
	for _, test := range []struct{ text, preview string }{
		{long[:160], long[:160]},
		{long, long[:158] + "…"},
		{strings.Repeat("😀", 81), strings.Repeat("😀", 79) + "…"},
	} {
		r.says(t, chat.Body{Text: test.text})
		r.notify(t, "ann")
		if got := r.shown()["ann"]; got != "eve: "+test.preview {
			t.Errorf("shown is %s", got)
		}
	}
}

func TestNobodyIsNotifiedOfWhatIsHiddenOrNotThere(t *testing.T) {
	r := newRig(t)
	r.members(t, "ann")
	r.said++
	e := chat.Entry{Conversation: all, Seq: r.said, Kind: chat.Message, From: "eve", At: r.now, Body: chat.Body{Text: "hi"}, Hidden: true}
	if _, _, err := r.log.Put(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	r.notify(t, "ann")
	r.said++
	r.notify(t, "ann")
	r.wantTokens(t)
}

func TestAsManyAsOneNoticeNamesAreNotified(t *testing.T) {
	r := newRig(t)
	var users []chat.UserID
	var tokens []string
	for i := range chat.Shard {
		user := chat.UserID(fmt.Sprintf("u%03d", i))
		if users = append(users, user); i%50 == 0 {
			r.register(t, user, "phone", string(user))
			tokens = append(tokens, string(user))
		}
	}
	if err := r.people.Mute(t.Context(), "u150", "eve", chat.Forever); err != nil {
		t.Fatal(err)
	}
	r.notify(t, users...)
	r.wantTokens(t, tokens[:3]...)
}
