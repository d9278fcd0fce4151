package standing_test

import (
	"reflect"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// told fails the test unless a device hears exactly these cursors of a user, in one frame; none means no frame.
func (r *rig) told(d chat.ConnectionID, of chat.UserID, cursors ...wire.Receipt) {
	r.t.Helper()
	var want []heard
	if len(cursors) > 0 {
		want = []heard{{Event: "receipt", User: of, Cursors: cursors}}
	}
	if got := r.hears(d); !reflect.DeepEqual(got, want) {
		r.t.Errorf("%s hears %+v, want %+v", d, got, want)
	}
}

func TestThePeerAndTheOwnDevicesHearOfAReceipt(t *testing.T) {
	r := newRig(t)
	r.connect("ann-phone", "ann-laptop", "bob-phone", "bob-laptop")
	c := r.direct("bob", "bob", "bob", "ann")

	r.receipts("ann-phone", delivered(c.ID, 2))
	r.told("bob-phone", "ann", wire.Receipt{Conversation: c.ID, Delivered: 2})
	r.told("bob-laptop", "ann", wire.Receipt{Conversation: c.ID, Delivered: 2})
	r.told("ann-laptop", "ann") // it has its own

	r.receipts("ann-phone", read(c.ID, 2))
	r.told("bob-phone", "ann", wire.Receipt{Conversation: c.ID, Read: 2})
	r.told("ann-laptop", "ann", wire.Receipt{Conversation: c.ID, Read: 2})
	r.told("ann-phone", "ann")
}

func TestR1TwoDevicesRaceAndOnlyWhatMovesIsNews(t *testing.T) {
	r := newRig(t)
	r.connect("ann-phone", "ann-laptop", "bob-phone")
	for _, test := range []struct {
		phone, laptop chat.Seq
		news          int
	}{{10, 20, 2}, {20, 10, 1}, {20, 20, 1}} {
		authors := make([]chat.UserID, 20)
		for i := range authors {
			authors[i] = "bob"
		}
		c := r.group(3, authors...)
		r.receipts("ann-phone", read(c.ID, test.phone))
		r.receipts("ann-laptop", read(c.ID, test.laptop))
		heard := append(r.hears("ann-laptop"), r.hears("ann-phone")...)
		if r.of("ann", c.ID).Read != 20 || len(heard) != test.news || heard[test.news-1].Cursors[0].Read != 20 {
			t.Errorf("%+v: %+v, told %+v", test, r.of("ann", c.ID), heard)
		}
		r.told("bob-phone", "ann", wire.Receipt{Conversation: c.ID, Read: 20}) // once
	}
}

func TestR2WhatIsBeyondTheLastEntryIsRefusedAndChangesNothing(t *testing.T) {
	r := newRig(t)
	r.connect("ann-phone", "bob-phone")
	direct, group := r.direct("bob", "bob", "bob"), r.group(3, "bob")
	for _, beyond := range []wire.Reached{read(direct.ID, 3), delivered(direct.ID, chat.MaxSeq)} {
		_, err := r.Receipts(t.Context(), on("ann-phone"), wire.Receipts{Cursors: []wire.Reached{read(group.ID, 1), beyond}})
		if err == nil || chat.AsError(err).Code != chat.Invalid {
			t.Errorf("%+v: %v", beyond, err)
		}
	}
	if a, b := r.of("ann", direct.ID), r.of("ann", group.ID); a.Delivered+b.Delivered > 0 || len(r.posted) > 0 {
		t.Errorf("%+v %+v, posted %v", a, b, r.posted)
	}
	// A read that lags is no reason to refuse.
	r.log.lag = 2
	r.receipts("ann-phone", read(direct.ID, 2))
	if got := r.of("ann", direct.ID); got.Read != 2 {
		t.Errorf("%+v", got)
	}
}

func TestR3ReadImpliesDelivered(t *testing.T) {
	r := newRig(t)
	r.connect("ann-phone", "bob-phone")
	c := r.direct("bob", "bob", "bob", "bob")
	r.receipts("ann-phone", read(c.ID, 2))
	if got := r.of("ann", c.ID); got.Delivered != 2 || got.Shown != 2 {
		t.Errorf("%+v", got)
	}
	r.hears("bob-phone")
	r.receipts("ann-phone", delivered(c.ID, 2))
	r.told("bob-phone", "ann")
}

func TestR5WhoReadsPrivatelyNeitherTellsNorIsTold(t *testing.T) {
	for _, private := range []chat.UserID{"ann", "bob"} {
		r := newRig(t)
		r.connect("ann-phone", "ann-laptop", "bob-phone")
		r.private(private)
		c, group := r.direct("bob", "bob", "bob"), r.group(3, "bob")
		r.receipts("ann-phone", read(c.ID, 2), read(group.ID, 1))
		r.told("bob-phone", "ann", wire.Receipt{Conversation: c.ID, Delivered: 2}, wire.Receipt{Conversation: group.ID, Delivered: 1})
		r.told("ann-laptop", "ann", wire.Receipt{Conversation: c.ID, Read: 2}, wire.Receipt{Conversation: group.ID, Read: 1})
		if got := r.of("ann", c.ID); got.Read != 2 || (got.Shown == 0) != (private == "ann") {
			t.Errorf("%s is private: %+v", private, got)
		}
	}
}

func TestR6ManyConversationsAreOneFrameInAndOneToEach(t *testing.T) {
	r := newRig(t)
	r.connect("ann-phone", "ann-laptop", "bob-phone")
	var cursors []wire.Reached
	var news []wire.Receipt
	for range chat.MaxReceipts {
		c := r.group(2, "bob")
		cursors = append(cursors, read(c.ID, 1))
		news = append(news, wire.Receipt{Conversation: c.ID, Read: 1})
	}
	r.receipts("ann-phone", cursors...)
	r.told("bob-phone", "ann", news...)
	r.told("ann-laptop", "ann", news...)
}

func TestR7NobodyIsToldAcrossABlockNorOfWhatIsNoMessage(t *testing.T) {
	for _, blocker := range []chat.UserID{"ann", "bob"} {
		r := newRig(t)
		r.connect("ann-phone", "ann-laptop", "bob-phone")
		c := r.make(chat.Conversation{
			ID: chat.DirectID("ann", "bob"), Kind: chat.Direct, Blocked: map[chat.UserID]bool{blocker: true},
			Members: map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member}},
		}, "bob")
		r.receipts("ann-phone", read(c.ID, 1))
		r.told("bob-phone", "ann")
		r.told("ann-laptop", "ann", wire.Receipt{Conversation: c.ID, Read: 1})
	}
	r := newRig(t)
	r.connect("ann-phone", "bob-phone")
	c := r.group(3, "bob")
	e := chat.Entry{Conversation: c.ID, Seq: 2, Kind: chat.Changed, From: "bob", ID: "018f0000-0000-7000-8000-000000000009", At: epoch}
	if _, _, err := r.log.Put(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	r.receipts("ann-phone", read(c.ID, 2))
	r.told("bob-phone", "ann")
}

func TestR7NobodyIsToldAcrossABlockInAGroupEither(t *testing.T) {
	for by, other := range map[chat.UserID]chat.UserID{"ann": "bob", "bob": "ann"} {
		r := newRig(t)
		r.connect("ann-phone", "ann-laptop", "bob-phone", "m000-phone")
		c, calm := r.group(3, "bob"), r.group(3, "m000")
		if err := r.people.Block(t.Context(), by, other, epoch); err != nil {
			t.Fatal(err)
		}
		r.receipts("ann-phone", read(c.ID, 1), read(calm.ID, 1))
		r.told("bob-phone", "ann")
		r.told("m000-phone", "ann", wire.Receipt{Conversation: calm.ID, Read: 1})
		r.told("ann-laptop", "ann", wire.Receipt{Conversation: c.ID, Read: 1}, wire.Receipt{Conversation: calm.ID, Read: 1})
		tail, err := chat.Enter(t.Context(), r.log, c.ID, "m000", chat.Eventual)
		if err != nil {
			t.Fatal(err)
		}
		heard, err := r.Reached(t.Context(), on("m000-phone"), tail, 1)
		if err != nil || heard.User != "bob" {
			t.Errorf("whom it does not concern: %+v, %v", heard, err)
		}
	}
}

func TestInAGroupTheAuthorOfTheNewestMessageHears(t *testing.T) {
	r := newRig(t)
	r.connect("ann-phone", "ann-laptop", "bob-phone", "m000-phone", "eve-phone")
	for _, test := range []struct {
		name    string
		size    int
		authors []chat.UserID
		read    chat.Seq
		hears   bool
	}{
		{"a small one", 3, []chat.UserID{"m000", "bob"}, 2, true},
		{"the largest that is told", chat.MaxLiveReceipts, []chat.UserID{"bob"}, 1, true},
		{"one that is larger", chat.MaxLiveReceipts + 1, []chat.UserID{"bob"}, 1, false},
		{"one whose members are not in the header", chat.InlineMembers + 1, []chat.UserID{"bob"}, 1, false},
		{"not all is read", 3, []chat.UserID{"bob", "bob"}, 1, false},
		{"the newest is one's own", 3, []chat.UserID{"bob", "ann"}, 2, false},
		{"its author is gone", 3, []chat.UserID{"eve"}, 1, false},
	} {
		c := r.group(test.size, test.authors...)
		r.receipts("ann-phone", read(c.ID, test.read))
		var want []wire.Receipt
		if test.hears {
			want = []wire.Receipt{{Conversation: c.ID, Read: test.read}}
		}
		r.told("bob-phone", "ann", want...)
		r.told("m000-phone", "ann")
		r.told("eve-phone", "ann")
		r.told("ann-laptop", "ann", wire.Receipt{Conversation: c.ID, Read: test.read})
		if got := r.of("ann", c.ID); got.Read != test.read {
			t.Errorf("%s: %+v", test.name, got)
		}
		if t.Failed() {
			t.Fatalf("in %s", test.name)
		}
		r.receipts("ann-phone", delivered(c.ID, test.read)) // nobody in a group is told of these
		r.told("bob-phone", "ann")
	}
}

func TestWhoIsNoMemberMovesNothingAndStopsNothing(t *testing.T) {
	r := newRig(t)
	r.connect("ann-phone", "bob-phone", "eve-phone")
	c := r.direct("bob", "bob")
	r.receipts("eve-phone", read(c.ID, 1), read(chat.GroupID("x", "1"), 1))
	r.told("bob-phone", "eve")
	r.receipts("ann-phone", read(chat.GroupID("x", "1"), 1), read(c.ID, 1))
	r.told("bob-phone", "ann", wire.Receipt{Conversation: c.ID, Read: 1})
	all, err := r.Standings.Roll(t.Context(), c.ID)
	if err != nil || len(all) != 2 {
		t.Errorf("%+v, %v", all, err)
	}
}

func TestAReceiptThatTravelsIsKeptAndSaysWhoIsToHear(t *testing.T) {
	r := newRig(t)
	r.connect("ann-phone", "ann-laptop", "bob-phone")
	c := r.direct("bob", "bob", "bob")
	tail, err := chat.Enter(t.Context(), r.log, c.ID, "ann", chat.Eventual)
	if err != nil {
		t.Fatal(err)
	}
	reached := func(seq chat.Seq) (chat.Heard, error) {
		return r.Reached(t.Context(), on("ann-phone"), tail, seq)
	}
	got, err := reached(2)
	want := chat.Heard{User: "bob", Connections: []chat.ConnectionID{"bob-phone"}, Receipt: chat.Receipt{Conversation: c.ID, Read: 2}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	r.told("ann-laptop", "ann", wire.Receipt{Conversation: c.ID, Read: 2})
	r.told("bob-phone", "ann")
	if got, err := reached(1); err != nil || len(got.Connections) > 0 {
		t.Errorf("stale: %+v, %v", got, err)
	}
	if _, err := reached(3); err == nil || chat.AsError(err).Code != chat.Invalid {
		t.Errorf("beyond: %v", err)
	}
}

func TestMarksAndChoicesGoToTheOwnDevicesOnly(t *testing.T) {
	r := newRig(t)
	r.connect("ann-phone", "ann-laptop", "bob-phone")
	c := r.direct("bob", "bob", "bob", "bob")
	yes, no, two, none := true, false, chat.Seq(2), chat.Seq(0)
	want := func(h heard) {
		t.Helper()
		h.Event, h.Conversation = "prefs", c.ID
		if got := r.hears("ann-laptop"); !reflect.DeepEqual(got, []heard{h}) {
			t.Errorf("%+v, want %+v", got, h)
		}
		if len(r.hears("bob-phone"))+len(r.hears("ann-phone")) > 0 {
			t.Error("others hear of it")
		}
	}
	mark := func(seq *chat.Seq) (wire.Preferred, error) {
		return r.Mark(t.Context(), on("ann-phone"), wire.Mark{Conversation: c.ID, Seq: seq})
	}
	prefer := func(q wire.Prefs) {
		t.Helper()
		q.Conversation = c.ID
		if got, err := r.Prefs(t.Context(), on("ann-phone"), q); err != nil || got.Pinned != q.Pinned || got.Archived != q.Archived {
			t.Errorf("%+v, %v", got, err)
		}
	}

	if got, err := mark(&two); err != nil || *got.Marked != 2 || got.MarkedAt != 3 || r.of("ann", c.ID).Read != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	want(heard{Marked: &two, MarkedAt: 3})
	if got, err := mark(nil); err != nil || *got.Marked != 0 || r.of("ann", c.ID).Marked != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	want(heard{Marked: &none})
	prefer(wire.Prefs{Pinned: &yes})
	want(heard{Pinned: &yes})
	prefer(wire.Prefs{Pinned: &no, Archived: &yes})
	want(heard{Pinned: &no, Archived: &yes})
	if s := r.of("ann", c.ID); s.Pinned || s.Archived != 3 {
		t.Errorf("%+v", s)
	}
	prefer(wire.Prefs{Archived: &no})
	want(heard{Archived: &no})

	if got, err := r.Prefs(t.Context(), on("ann-phone"), wire.Prefs{Conversation: c.ID, Cleared: &two}); err != nil || got.Cleared != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	want(heard{Cleared: 2})

	four := chat.Seq(4)
	if _, err := r.Prefs(t.Context(), on("ann-phone"), wire.Prefs{Conversation: c.ID, Cleared: &four}); err == nil || chat.AsError(err).Code != chat.Invalid {
		t.Errorf("beyond the last entry: %v", err)
	}
	if _, err := mark(&four); err == nil || chat.AsError(err).Code != chat.Invalid {
		t.Errorf("beyond the last entry: %v", err)
	}
	_, err := r.Mark(t.Context(), on("eve-phone"), wire.Mark{Conversation: c.ID, Seq: &two})
	_, err2 := r.Prefs(t.Context(), on("eve-phone"), wire.Prefs{Conversation: c.ID, Pinned: &yes})
	if chat.AsError(err).Code != chat.Forbidden || chat.AsError(err2).Code != chat.Forbidden {
		t.Errorf("a stranger: %v, %v", err, err2)
	}
}
