package read_test

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// talk makes a group of ann and n-1 others in which these say something, one after the other.
func (r *rig) talk(t failer, n int, authors ...chat.UserID) chat.ConversationID {
	t.Helper()
	c := r.group(t, n)
	r.say(t, c.ID, 0, authors...)
	return c.ID
}

// say appends messages behind a seq.
func (r *rig) say(t failer, id chat.ConversationID, after chat.Seq, authors ...chat.UserID) {
	t.Helper()
	for _, author := range authors {
		after++
		e := entry(id, after, "hi")
		e.From = author
		r.put(t, e)
	}
}

func (r *rig) put(t failer, e chat.Entry) {
	t.Helper()
	if _, wrote, err := r.Log.Put(ctx, e); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
}

func (r *rig) reads(t failer, user chat.UserID, id chat.ConversationID, seq chat.Seq) {
	t.Helper()
	if _, err := r.Standings.Advance(ctx, user, chat.Receipt{Conversation: id, Read: seq}, false, r.Now()); err != nil {
		t.Fatal(err)
	}
}

func (r *rig) explains(t failer, user chat.UserID, id chat.ConversationID) wire.Explained {
	t.Helper()
	got, err := r.Explain(ctx, as(user), wire.Explain{Conversation: id})
	if err != nil {
		t.Fatal(err)
	}
	fits(t, got)
	return got
}

func (r *rig) line(t failer, user chat.UserID, id chat.ConversationID) wire.Conversation {
	t.Helper()
	list, err := r.Conversations(ctx, as(user), wire.Conversations{Limit: pointer(chat.MaxPage)})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range list.Conversations {
		if l.Conversation == id {
			return l
		}
	}
	t.Fatalf("%s is not in %+v", id, list)
	return wire.Conversation{}
}

// repeat is a name n times.
func repeat(user chat.UserID, n int) []chat.UserID {
	all := make([]chat.UserID, n)
	for i := range all {
		all[i] = user
	}
	return all
}

func TestTheListSaysWhatIsUnreadAndExplainSaysWhy(t *testing.T) {
	r := newRig(t)
	id := r.talk(t, 4, "m000", "m001", "ann", "m000", "m002")
	r.put(t, chat.Entry{Conversation: id, Seq: 6, Kind: chat.Reacted, From: "m000", ID: "018f0000-0000-7000-8000-000000000006", At: epoch, Body: chat.Body{Target: 1}})
	mention := entry(id, 7, "ann?")
	mention.From, mention.Body.Mentions = "m001", []chat.UserID{"ann"}
	r.put(t, mention)
	if err := r.People.Mute(ctx, "ann", "m002", epoch.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}

	if l := r.line(t, "ann", id); *l.Unread != (wire.Unread{Count: 2, Mentions: 1}) || l.Read != 0 {
		t.Errorf("%+v", l.Own)
	}
	got := r.explains(t, "ann", id)
	want := wire.Explained{
		Conversation: id, Head: 7, Since: 3, Unread: wire.Unread{Count: 2, Mentions: 1}, Seqs: []chat.Seq{7, 4},
		Skipped: map[chat.Reason]int{chat.SkipSystem: 1, chat.SkipSilent: 1},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	// R4: who wrote last has read all that stands before, without a receipt.
	if got := r.explains(t, "m001", id); got.Count != 0 || got.Read != 0 || got.Since != 7 || r.line(t, "m001", id).Unread != nil {
		t.Errorf("%+v", got)
	}
	r.reads(t, "ann", id, 7)
	if l := r.line(t, "ann", id); l.Unread != nil || l.Read != 7 {
		t.Errorf("%+v", l.Own)
	}
	if got := r.explains(t, "ann", id); got.Count != 0 || got.Delivered != 7 || got.Since != 7 {
		t.Errorf("%+v", got)
	}
	if _, err := r.Explain(ctx, as("eve"), wire.Explain{Conversation: id}); chat.AsError(err).Code != chat.Forbidden {
		t.Errorf("a stranger: %v", err)
	}
}

func TestUnreadIsExactToNinetyNineAndLooksAtSoMuch(t *testing.T) {
	r := newRig(t)
	noise := func(id chat.ConversationID, from, to chat.Seq) {
		for seq := from; seq <= to; seq++ {
			r.put(t, chat.Entry{Conversation: id, Seq: seq, Kind: chat.Reacted, From: "m000", ID: chat.MessageID(fmt.Sprintf("018f0000-0000-7000-8000-%012d", seq)), At: epoch, Body: chat.Body{Target: 1}})
		}
	}
	for _, test := range []struct {
		name    string
		said    int
		reacted chat.Seq
		want    wire.Unread
	}{
		{"one less", 98, 0, wire.Unread{Count: 98}},
		{"exactly", 99, 0, wire.Unread{Count: 99}},
		{"exactly, behind what does not count", 99, 300, wire.Unread{Count: 99}},
		{"one more", 100, 0, wire.Unread{Count: 99, More: true}},
		{"one more, far back", 100, 300, wire.Unread{Count: 99, More: true}},
		{"more than is looked at", 3, chat.MaxCounted, wire.Unread{More: true}},
	} {
		id := r.talk(t, 2, repeat("m000", test.said)...)
		noise(id, chat.Seq(test.said+1), chat.Seq(test.said)+test.reacted)
		if got := r.explains(t, "ann", id); got.Unread != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got.Unread, test.want)
		}
	}
}

func TestU4U5U8WhoJoinsHasReadWhatIsBefore(t *testing.T) {
	r := newRig(t)
	c := r.group(t, 2)
	r.say(t, c.ID, 0, "ann", "m000", "ann")
	join := func(seq chat.Seq) {
		t.Helper()
		c.Members["dan"], c.Size = chat.Place{Role: chat.Member, From: seq}, 3
		head := chat.Header{Conversation: c, Was: c.Rules}
		e := chat.Entry{Conversation: c.ID, Seq: seq, Kind: chat.Added, From: "ann", ID: chat.MessageID(fmt.Sprintf("018f0000-0000-7000-8000-%012d", seq)), At: epoch, Body: chat.Body{Users: []chat.UserID{"dan"}}, Rules: seq}
		if _, wrote, err := r.Log.Commit(ctx, e, chat.Change{Header: &head}, chat.Change{Join: &chat.Seat{User: "dan", Place: c.Members["dan"]}}); err != nil || !wrote {
			t.Fatal(wrote, err)
		}
		c.Rules = seq
	}
	join(4)
	if got := r.explains(t, "dan", c.ID); got.Count != 0 || got.Read != 4 {
		t.Errorf("%+v", got)
	}
	r.say(t, c.ID, 4, "ann")
	if got := r.explains(t, "dan", c.ID); got.Count != 1 {
		t.Errorf("%+v", got)
	}
	// Away and back: U8, nothing of it counts any more, and nothing of what was said meanwhile.
	delete(c.Members, "dan")
	c.Size = 2
	e := chat.Entry{Conversation: c.ID, Seq: 6, Kind: chat.Left, From: "dan", ID: "018f0000-0000-7000-8000-000000000006", At: epoch, Rules: 6}
	if _, wrote, err := r.Log.Commit(ctx, e, chat.Change{Header: &chat.Header{Conversation: c, Was: c.Rules}}, chat.Change{Leave: "dan"}); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	c.Rules = 6
	if list, err := r.Conversations(ctx, as("dan"), wire.Conversations{}); err != nil || len(list.Conversations) != 0 {
		t.Errorf("%+v, %v", list, err)
	}
	r.say(t, c.ID, 6, "ann", "m000")
	join(9)
	if got := r.explains(t, "dan", c.ID); got.Count != 0 || got.Read != 9 || got.Delivered != 9 {
		t.Errorf("%+v", got)
	}
}

// pair makes a direct conversation of ann and bob with messages.
func (r *rig) pair(t failer, blocked map[chat.UserID]bool, authors ...chat.UserID) chat.ConversationID {
	t.Helper()
	c := chat.Conversation{
		ID: chat.DirectID("ann", "bob"), Kind: chat.Direct, Created: epoch, Size: 2, Blocked: blocked,
		Members: map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member}},
	}
	if _, _, err := r.Log.Create(ctx, c, c.Members); err != nil {
		t.Fatal(err)
	}
	r.say(t, c.ID, 0, authors...)
	return c.ID
}

func TestALineSaysHowFarThePeerIs(t *testing.T) {
	r := newRig(t)
	id := r.pair(t, nil, "ann", "ann", "ann")
	r.reads(t, "bob", id, 1)
	if _, err := r.Standings.Advance(ctx, "bob", chat.Receipt{Conversation: id, Delivered: 3}, false, epoch); err != nil {
		t.Fatal(err)
	}
	if own := r.line(t, "ann", id).Own; own.PeerRead != 1 || own.PeerDelivered != 3 || own.PeerPresence != wire.Unknown {
		t.Errorf("%+v", own)
	}
	if _, err := r.Standings.Advance(ctx, "bob", chat.Receipt{Conversation: id, Read: 2}, true, epoch); err != nil { // R5: privately
		t.Fatal(err)
	}
	if own := r.line(t, "ann", id).Own; own.PeerRead != 1 || own.PeerDelivered != 3 {
		t.Errorf("%+v", own)
	}
	if _, err := r.Sessions.ChangeSettings(ctx, "ann", chat.SettingsChange{Private: pointer(true)}, epoch); err != nil {
		t.Fatal(err)
	}
	if own := r.line(t, "ann", id).Own; own.PeerRead != 0 || own.PeerDelivered != 3 {
		t.Errorf("%+v", own)
	}
	if err := r.Log.(chat.Directs).Part(ctx, id, "bob", true); err != nil {
		t.Fatal(err)
	}
	if own := r.line(t, "ann", id).Own; own.PeerRead != 0 || own.PeerDelivered != 0 || own.PeerPresence != wire.Offline { // R7
		t.Errorf("%+v", own)
	}
}

func TestAnArchivedConversationComesBackWhenSomethingHappensUnlessItIsMuted(t *testing.T) {
	r := newRig(t)
	id := r.pair(t, nil, "bob")
	if _, err := r.Standings.Prefer(ctx, chat.Membership{Conversation: id, User: "ann"}, chat.Preference{Archived: pointer(chat.Seq(1)), Pinned: pointer(true)}, epoch); err != nil {
		t.Fatal(err)
	}
	if own := r.line(t, "ann", id).Own; !own.Archived || !own.Pinned {
		t.Errorf("%+v", own)
	}
	r.say(t, id, 1, "bob")
	if own := r.line(t, "ann", id).Own; own.Archived || !own.Pinned {
		t.Errorf("%+v", own)
	}
	muted := chat.Standing{Archived: 1, Muted: epoch.Add(time.Minute)}
	if !muted.Away(2, epoch) || muted.Away(2, epoch.Add(time.Minute)) || muted.Muted.IsZero() {
		t.Error("a muted one stays away while it is muted")
	}
}

func TestAListSinceATimeHasOnlyWhatChanged(t *testing.T) {
	r := newRig(t)
	now := epoch
	r.Now = func() time.Time { return now }
	var ids []chat.ConversationID
	for range 60 { // more than a page without since
		ids = append(ids, r.talk(t, 2, "m000"))
	}
	direct := r.pair(t, nil, "ann")
	now = epoch.Add(time.Hour)
	first, err := r.Conversations(ctx, as("ann"), wire.Conversations{})
	if err != nil || first.Since != wire.Time(now.Add(-10*time.Second)) || first.Next == "" || first.Of != nil {
		t.Fatalf("%+v, %v", first, err)
	}
	second, err := r.Conversations(ctx, as("ann"), wire.Conversations{Next: first.Next})
	if err != nil || second.Since != "" {
		t.Fatalf("%+v, %v", second, err)
	}
	changed := func() []chat.ConversationID {
		t.Helper()
		got, err := r.Conversations(ctx, as("ann"), wire.Conversations{Since: first.Since})
		if err != nil || got.Next != "" || *got.Of != 61 || got.Since == "" {
			t.Fatalf("%+v, %v", got, err)
		}
		var all []chat.ConversationID
		for _, l := range got.Conversations {
			all = append(all, l.Conversation)
		}
		return all
	}
	if got := changed(); len(got) != 0 {
		t.Errorf("nothing happened, and %v changed", got)
	}
	late := entry(ids[7], 2, "new")
	late.At = now
	r.put(t, late)
	r.reads(t, "ann", ids[9], 1)
	r.reads(t, "m000", ids[11], 1) // another one's cursor in a group is not in the list
	r.reads(t, "bob", direct, 1)
	want := []chat.ConversationID{ids[7], ids[9], direct}
	slices.Sort(want)
	if got := changed(); !slices.Equal(got, want) {
		t.Errorf("%v changed, want %v", got, want)
	}
}

// slow is a log whose standings are as a replica shows them that lags: the newest member has none yet.
type slow struct{ stored }

type stored = chat.Standings

func (slow) Standings(context.Context, []chat.Membership) ([]chat.Standing, error) { return nil, nil }

func TestAMemberWithoutAStandingYetIsOneThatHasReadNothing(t *testing.T) {
	r := newRig(t)
	id := r.talk(t, 2, "m000", "m000")
	r.Standings = slow{r.Standings}
	if got := r.explains(t, "ann", id); got.Count != 2 {
		t.Errorf("%+v", got)
	}
}

// To mute a conversation is to silence it, not to have read it.
func TestU6MutingChangesNoCount(t *testing.T) {
	r := newRig(t)
	id := r.talk(t, 2, "m000", "m000", "m000")
	stances := r.Standings.(chat.Stances)
	if err := stances.Quieten(ctx, id, chat.Stance{User: "ann", Muted: epoch.Add(time.Hour), Mentions: true}, epoch); err != nil {
		t.Fatal(err)
	}
	line := r.line(t, "ann", id)
	if line.Unread == nil || line.Unread.Count != 3 || line.Muted == "" || !line.MentionsOnly {
		t.Errorf("%+v", line.Own)
	}
}
