package store_test

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

func newLog(t testing.TB) chat.Log {
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	return store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
}

var epoch = time.Date(2026, 11, 21, 22, 23, 0, 123e6, time.UTC)

// group is a conversation of n members u000, u001, … with its members inline as far as the limit allows.
func group(id string, n int) (chat.Conversation, map[chat.UserID]chat.Place) {
	members := map[chat.UserID]chat.Place{}
	for i := range n {
		members[chat.UserID(fmt.Sprintf("u%03d", i))] = chat.Place{Role: chat.Member}
	}
	members["u000"] = chat.Place{Role: chat.Owner}
	c := chat.Conversation{
		ID: chat.GroupID("u000", chat.MessageID(id)), Kind: chat.Group, Setup: chat.Setup{Name: "the " + id},
		Creator: "u000", Created: epoch, Size: n,
	}
	if n <= chat.InlineMembers {
		c.Members = members
	}
	return c, members
}

func entry(c chat.ConversationID, seq chat.Seq, text string) chat.Entry {
	return chat.Entry{
		Conversation: c, Seq: seq, Kind: chat.Message, ID: chat.MessageID(fmt.Sprintf("id-%d", seq)), From: "u000", At: epoch,
		Body: chat.Body{Text: text},
	}
}

func must[T any](t testing.TB) func(v T, err error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func put(t testing.TB, log chat.Log, e chat.Entry) {
	t.Helper()
	if _, wrote, err := log.Put(t.Context(), e); err != nil || !wrote {
		t.Fatalf("put %d: wrote %v, %v", e.Seq, wrote, err)
	}
}

func TestTailOfNothing(t *testing.T) {
	if _, ok, err := newLog(t).Tail(t.Context(), "d_nobody", chat.Strong); ok || err != nil {
		t.Errorf("ok %v, error %v", ok, err)
	}
}

func TestTailIsTheHeaderAndTheNewestEntry(t *testing.T) {
	log := newLog(t)
	c, members := group("team", 3)
	if _, made, err := log.Create(t.Context(), c, members); err != nil || !made {
		t.Fatal(made, err)
	}
	tail, ok, err := log.Tail(t.Context(), c.ID, chat.Strong)
	if err != nil || !ok || tail.Head != 0 || tail.Last.Seq != 0 {
		t.Fatalf("before the first entry: %+v, %v, %v", tail, ok, err)
	}
	if got := tail.Conversation; got.Setup.Name != c.Setup.Name || got.Size != 3 || got.Members["u000"].Role != chat.Owner || !got.Created.Equal(epoch) {
		t.Errorf("header %+v", got)
	}
	for seq := chat.Seq(1); seq <= 12; seq++ { // 12, so that the padding of keys matters
		put(t, log, entry(c.ID, seq, fmt.Sprint("text ", seq)))
	}
	tail, _, err = log.Tail(t.Context(), c.ID, chat.Strong)
	if err != nil || tail.Head != 12 || tail.Last.Body.Text != "text 12" {
		t.Errorf("tail %+v, %v", tail, err)
	}
}

func TestAnEntryComesBackAsItWasPut(t *testing.T) {
	log := newLog(t)
	want := entry("d_x", 1, "naïve 😀 \x00 \" </script>")
	want.To = "u001"
	want.Body.Attachments = []chat.Attachment{{Media: "m_1", Name: "a b.png", Type: "image/png", Size: 1 << 33}}
	put(t, log, want)
	got, ok, err := log.Entry(t.Context(), "d_x", 1)
	if err != nil || !ok {
		t.Fatal(ok, err)
	}
	if !got.Body.Same(want.Body) || got.To != want.To || !got.At.Equal(want.At) || got.From != want.From || got.Kind != want.Kind {
		t.Errorf("got %+v, want %+v", got, want)
	}
	if _, ok, err := log.Entry(t.Context(), "d_x", 2); ok || err != nil {
		t.Errorf("an entry that is not there: %v, %v", ok, err)
	}
}

func TestPutNeverOverwritesAndShowsWhatIsThere(t *testing.T) {
	log := newLog(t)
	put(t, log, entry("d_x", 1, "first"))
	second := entry("d_x", 1, "second")
	second.ID = "other"
	there, wrote, err := log.Put(t.Context(), second)
	if err != nil || wrote || there.Body.Text != "first" || there.Seq != 1 {
		t.Errorf("wrote %v, there %+v, %v", wrote, there, err)
	}
}

func TestOneOfManyWritersWinsASeq(t *testing.T) {
	log := newLog(t)
	var wg sync.WaitGroup
	wins := make(chan int, 20)
	for i := range 20 {
		wg.Go(func() {
			e := entry("d_x", 1, "x")
			e.ID = chat.MessageID(fmt.Sprint(i))
			if _, wrote, err := log.Put(t.Context(), e); err != nil {
				t.Error(err)
			} else if wrote {
				wins <- i
			}
		})
	}
	wg.Wait()
	if len(wins) != 1 {
		t.Errorf("%d writers won", len(wins))
	}
}

func TestRangesAreContiguousAndOldestFirst(t *testing.T) {
	log := newLog(t)
	c, members := group("team", 2)
	if _, _, err := log.Create(t.Context(), c, members); err != nil {
		t.Fatal(err)
	}
	for seq := chat.Seq(1); seq <= 25; seq++ {
		put(t, log, entry(c.ID, seq, "x"))
	}
	seqs := func(entries []chat.Entry) (out []chat.Seq) {
		for _, e := range entries {
			out = append(out, e.Seq)
		}
		return out
	}
	for _, test := range []struct {
		name string
		got  []chat.Entry
		want []chat.Seq
	}{
		{"after 0", must[[]chat.Entry](t)(log.After(t.Context(), c.ID, 0, 3, chat.Eventual)), []chat.Seq{1, 2, 3}},
		{"after 23", must[[]chat.Entry](t)(log.After(t.Context(), c.ID, 23, 10, chat.Strong)), []chat.Seq{24, 25}},
		{"after the head", must[[]chat.Entry](t)(log.After(t.Context(), c.ID, 25, 10, chat.Strong)), nil},
		{"before 4", must[[]chat.Entry](t)(log.Before(t.Context(), c.ID, 4, 10)), []chat.Seq{1, 2, 3}},
		{"before 26, two", must[[]chat.Entry](t)(log.Before(t.Context(), c.ID, 26, 2)), []chat.Seq{24, 25}},
		{"before 1", must[[]chat.Entry](t)(log.Before(t.Context(), c.ID, 1, 10)), nil},
		{"of nothing", must[[]chat.Entry](t)(log.After(t.Context(), "d_nothing", 0, 10, chat.Strong)), nil},
	} {
		if got := seqs(test.got); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

func TestCreateIsSafeToRepeat(t *testing.T) {
	log := newLog(t)
	c, members := group("team", 3)
	for i := range 3 {
		there, made, err := log.Create(t.Context(), c, members)
		if err != nil || made != (i == 0) || there.Setup.Name != c.Setup.Name || len(there.Members) != 3 {
			t.Errorf("time %d: made %v, %+v, %v", i, made, there, err)
		}
	}
}

func TestAConversationWithoutHeaderDoesNotExist(t *testing.T) {
	log := newLog(t)
	put(t, log, entry("d_x", 1, "an entry alone")) // cannot happen: the strongest case of a creation that was cut short
	if _, ok, err := log.Tail(t.Context(), "d_x", chat.Strong); ok || err != nil {
		t.Errorf("ok %v, %v", ok, err)
	}
}

func TestMembersOfALargeConversationAreReadInPages(t *testing.T) {
	log := newLog(t)
	c, members := group("crowd", 450)
	if _, _, err := log.Create(t.Context(), c, members); err != nil {
		t.Fatal(err)
	}
	put(t, log, entry(c.ID, 1, "x"))
	tail, _, err := log.Tail(t.Context(), c.ID, chat.Strong)
	if err != nil || !tail.Conversation.Large() || tail.Conversation.Size != 450 {
		t.Fatalf("%+v, %v", tail.Conversation, err)
	}
	var all []chat.UserID
	for after := chat.UserID(""); ; {
		seats := must[[]chat.Seat](t)(log.Members(t.Context(), c.ID, after, 200, chat.Eventual))
		for _, seat := range seats {
			all = append(all, seat.User)
		}
		if len(seats) < 200 {
			break
		}
		after = seats[len(seats)-1].User
	}
	if len(all) != 450 || !slices.IsSorted(all) || all[0] != "u000" || all[449] != "u449" {
		t.Errorf("%d members, first %v", len(all), all[:min(3, len(all))])
	}
	place, ok, err := log.Member(t.Context(), c.ID, "u000")
	if place != (chat.Place{Role: chat.Owner}) || !ok || err != nil {
		t.Errorf("u000 is %v, %v, %v", place, ok, err)
	}
	if _, ok, err := log.Member(t.Context(), c.ID, "stranger"); ok || err != nil {
		t.Errorf("a stranger is a member: %v, %v", ok, err)
	}
}

func TestConversationsOfAUserInPages(t *testing.T) {
	log := newLog(t)
	want := map[chat.ConversationID]bool{}
	for i := range 7 {
		c, members := group(fmt.Sprint("g", i), 2)
		if _, _, err := log.Create(t.Context(), c, members); err != nil {
			t.Fatal(err)
		}
		put(t, log, entry(c.ID, 1, "x"))
		want[c.ID] = true
	}
	var after chat.ConversationID
	for page := range 3 {
		ids := must[[]chat.ConversationID](t)(log.Conversations(t.Context(), "u001", after, 3))
		if wanted := []int{3, 3, 1}[page]; len(ids) != wanted {
			t.Fatalf("page %d has %d conversations, want %d", page, len(ids), wanted)
		}
		for _, id := range ids {
			if !want[id] {
				t.Errorf("%s twice or not mine", id)
			}
			delete(want, id)
		}
		after = ids[len(ids)-1]
	}
	if ids := must[[]chat.ConversationID](t)(log.Conversations(t.Context(), "stranger", "", 3)); len(ids) != 0 {
		t.Errorf("a stranger has %v", ids)
	}
}
