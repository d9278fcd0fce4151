package store_test

import (
	"fmt"
	"reflect"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

// standings is a conversation of ann and bob over a real table.
type standings struct {
	*store.Conversations
	id chat.ConversationID
}

func newStandings(t *testing.T) standings {
	t.Helper()
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	s := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	c := chat.Conversation{
		ID: chat.DirectID("ann", "bob"), Kind: chat.Direct, Size: 2, Created: epoch, Blocked: map[chat.UserID]bool{"bob": true},
		Members: map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member, From: 3}},
	}
	if _, _, err := s.Create(t.Context(), c, c.Members); err != nil {
		t.Fatal(err)
	}
	return standings{s, c.ID}
}

func (s standings) advance(t *testing.T, r chat.Receipt) chat.Receipt {
	t.Helper()
	r.Conversation = s.id
	moved, err := s.Advance(t.Context(), "ann", r, false, epoch)
	if err != nil {
		t.Fatal(err)
	}
	moved.Conversation = ""
	return moved
}

func (s standings) of(t *testing.T, user chat.UserID) chat.Standing {
	t.Helper()
	all, err := s.Standings(t.Context(), []chat.Membership{{Conversation: s.id, User: user}, {Conversation: s.id, User: "eve"}})
	if err != nil || len(all) != 1 {
		t.Fatalf("%+v, %v", all, err)
	}
	return all[0]
}

func TestCursorsOnlyMoveForward(t *testing.T) {
	s := newStandings(t)
	for i, test := range []struct {
		to, moved       chat.Receipt
		read, delivered chat.Seq
	}{
		{chat.Receipt{Delivered: 5}, chat.Receipt{Delivered: 5}, 0, 5},
		{chat.Receipt{Delivered: 4}, chat.Receipt{}, 0, 5},
		{chat.Receipt{Read: 3}, chat.Receipt{Read: 3}, 3, 5},
		{chat.Receipt{Read: 7}, chat.Receipt{Read: 7}, 7, 7}, // R3: read implies delivered
		{chat.Receipt{Delivered: 6}, chat.Receipt{}, 7, 7},
		{chat.Receipt{Read: 6, Delivered: 9}, chat.Receipt{Delivered: 9}, 7, 9},
		{chat.Receipt{Read: 8, Delivered: 9}, chat.Receipt{Read: 8}, 8, 9},
		{chat.Receipt{Read: 10, Delivered: 12}, chat.Receipt{Read: 10, Delivered: 12}, 10, 12},
		{chat.Receipt{Read: 10, Delivered: 12}, chat.Receipt{}, 10, 12},
	} {
		moved := s.advance(t, test.to)
		if got := s.of(t, "ann"); moved != test.moved || got.Read != test.read || got.Shown != test.read || got.Delivered != test.delivered {
			t.Errorf("%d: moved %+v, %+v", i, moved, got)
		}
	}
	if bob := s.of(t, "bob"); bob.Read != 0 || bob.From != 3 || !bob.Touched.IsZero() {
		t.Errorf("%+v", bob)
	}
}

func TestR1TwoDevicesRaceAndTheReadCursorIsTheMax(t *testing.T) {
	for _, order := range [][]chat.Seq{{10, 20}, {20, 10}} {
		s := newStandings(t)
		var last chat.Receipt
		for _, seq := range order {
			if moved := s.advance(t, chat.Receipt{Read: seq}); moved.Read > 0 {
				last = moved
			}
		}
		if got := s.of(t, "ann"); got.Read != 20 || last.Read != 20 {
			t.Errorf("%v: %+v, last told %+v", order, got, last)
		}
	}
	s := newStandings(t)
	var news atomic.Int32
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			moved, err := s.Advance(t.Context(), "ann", chat.Receipt{Conversation: s.id, Read: 20}, false, epoch)
			if err != nil {
				t.Error(err)
			}
			if moved.Read > 0 {
				news.Add(1)
			}
		})
	}
	wg.Wait()
	if news.Load() != 1 {
		t.Errorf("the same cursor is news %d times", news.Load())
	}
}

func TestR5WhatIsReadPrivatelyIsNotShown(t *testing.T) {
	s := newStandings(t)
	s.advance(t, chat.Receipt{Read: 3})
	if _, err := s.Advance(t.Context(), "ann", chat.Receipt{Conversation: s.id, Read: 5}, true, epoch); err != nil {
		t.Fatal(err)
	}
	if got := s.of(t, "ann"); got.Read != 5 || got.Shown != 3 || got.Delivered != 5 {
		t.Errorf("%+v", got)
	}
}

func TestU7AMarkStandsUntilTheNextReading(t *testing.T) {
	s := newStandings(t)
	m := chat.Membership{Conversation: s.id, User: "ann"}
	mark := func(seq chat.Seq) {
		if err := s.Mark(t.Context(), m, seq, 9, epoch.Add(time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	s.advance(t, chat.Receipt{Read: 9})
	mark(4)
	if got := s.of(t, "ann"); got.Marked != 4 || got.MarkedAt != 9 || got.Read != 9 || !got.Touched.Equal(epoch.Add(time.Second).Truncate(time.Millisecond)) {
		t.Errorf("marked: %+v", got)
	}
	for _, seq := range []chat.Seq{8, 9} { // a device tells again what may have been lost with a connection
		if moved := s.advance(t, chat.Receipt{Read: seq}); moved.Read != 0 || s.of(t, "ann").Marked != 4 {
			t.Errorf("the cursor %d ends a mark that came after it: %+v", seq, s.of(t, "ann"))
		}
	}
	if moved := s.advance(t, chat.Receipt{Read: 10}); moved.Read != 10 || s.of(t, "ann").Marked != 0 {
		t.Errorf("reading on does not end the mark: %+v", s.of(t, "ann"))
	}
	mark(4)
	mark(0)
	if got := s.of(t, "ann"); got.Marked != 0 || got.MarkedAt != 0 {
		t.Errorf("taken back: %+v", got)
	}
}

func TestPreferencesStayAsTheyAreUntilChanged(t *testing.T) {
	s := newStandings(t)
	m := chat.Membership{Conversation: s.id, User: "ann"}
	yes, no, at, none := true, false, chat.Seq(7), chat.Seq(0)
	for i, test := range []struct {
		change   chat.Preference
		pinned   bool
		archived chat.Seq
	}{
		{chat.Preference{Pinned: &yes}, true, 0}, {chat.Preference{Archived: &at}, true, 7},
		{chat.Preference{Pinned: &no}, false, 7}, {chat.Preference{Pinned: &yes, Archived: &none}, true, 0},
	} {
		got, err := s.Prefer(t.Context(), m, test.change, epoch)
		if err != nil || got.Pinned != test.pinned || got.Archived != test.archived || !reflect.DeepEqual(got, s.of(t, "ann")) {
			t.Errorf("%d: %+v, %v", i, got, err)
		}
	}
}

func TestWhatIsClearedStaysCleared(t *testing.T) {
	s := newStandings(t)
	m := chat.Membership{Conversation: s.id, User: "ann"}
	yes := true
	for i, test := range []struct {
		clear, want chat.Seq
		pinned      *bool
	}{{3, 3, nil}, {2, 3, nil}, {3, 3, &yes}, {5, 5, nil}} {
		got, err := s.Prefer(t.Context(), m, chat.Preference{Cleared: &test.clear, Pinned: test.pinned}, epoch)
		if err != nil || got.Cleared != test.want || test.pinned != nil && !got.Pinned || got.First() != test.want+1 {
			t.Errorf("%d: %+v, %v", i, got, err)
		}
	}
	m.User = "eve"
	if _, err := s.Prefer(t.Context(), m, chat.Preference{Cleared: new(chat.Seq)}, epoch); err == nil || chat.AsError(err).Code != chat.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
}

func TestNothingIsKeptForWhoIsNoMember(t *testing.T) {
	s := newStandings(t)
	m := chat.Membership{Conversation: s.id, User: "eve"}
	yes := true
	_, advanced := s.Advance(t.Context(), "eve", chat.Receipt{Conversation: s.id, Read: 1}, false, epoch)
	_, preferred := s.Prefer(t.Context(), m, chat.Preference{Pinned: &yes}, epoch)
	for i, err := range []error{advanced, preferred, s.Mark(t.Context(), m, 1, 1, epoch)} {
		if err == nil || chat.AsError(err).Code != chat.Forbidden {
			t.Errorf("%d: %v", i, err)
		}
	}
	s.of(t, "ann") // and eve has no standing
}

func TestMutingIsAChangeToo(t *testing.T) {
	s := newStandings(t)
	until := epoch.Add(time.Hour).Truncate(time.Millisecond)
	if err := s.Quieten(t.Context(), s.id, chat.Stance{User: "ann", Muted: until, Mentions: true}, epoch); err != nil {
		t.Fatal(err)
	}
	if got := s.of(t, "ann"); !got.Muted.Equal(until) || !got.Mentions || !got.Touched.Equal(epoch.Truncate(time.Millisecond)) {
		t.Errorf("%+v", got)
	}
}

func TestTheRollHasEverybody(t *testing.T) {
	s := newStandings(t)
	members := map[chat.UserID]chat.Place{}
	for i := range 250 {
		members[chat.UserID(fmt.Sprintf("m%03d", i))] = chat.Place{Role: chat.Member}
	}
	c := chat.Conversation{ID: chat.GroupID("m000", "1"), Kind: chat.Group, Size: 250, Created: epoch}
	if _, _, err := s.Create(t.Context(), c, members); err != nil {
		t.Fatal(err)
	}
	all, err := s.Roll(t.Context(), c.ID)
	if err != nil || len(all) != 250 || all[249].User != "m249" || all[0].Conversation != c.ID {
		t.Errorf("%d, %v", len(all), err)
	}
}

func TestSilentAreTheMutedAndTheBlocked(t *testing.T) {
	p := store.NewPeople(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.People.Name)
	for _, err := range []error{
		p.Mute(t.Context(), "ann", "bob", epoch.Add(time.Second)), p.Block(t.Context(), "ann", "cat", epoch),
		p.Mute(t.Context(), "ann", "dan", epoch), p.Befriend(t.Context(), "ann", "eve", true, ""),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	silent, err := p.Silent(t.Context(), "ann", []chat.UserID{"bob", "cat", "dan", "eve", "fay"}, epoch)
	if err != nil || len(silent) != 2 || !silent["bob"] || !silent["cat"] {
		t.Errorf("%v, %v", silent, err)
	}
	if silent, err := p.Silent(t.Context(), "ann", nil, epoch); err != nil || len(silent) != 0 {
		t.Errorf("%v, %v", silent, err)
	}
}
