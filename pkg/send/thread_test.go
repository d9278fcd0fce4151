package send_test

import (
	"maps"
	"slices"
	"sync"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/wire"
)

// about is a message to the thread about another one.
func about(n int, of chat.Entry, words string) wire.Send {
	return wire.Send{ID: id(n), To: wire.Target{Thread: &wire.Place{Conversation: of.Conversation, Seq: of.Seq}}, Body: wire.Content{Text: words}}
}

func (r *rig) followers(t testing.TB, thread chat.ConversationID, as chat.UserID) []chat.UserID {
	t.Helper()
	tail, err := chat.Enter(t.Context(), r.log, thread, as, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Sorted(maps.Keys(tail.Conversation.Members))
}

// team is a group of ann's with bob, cat and dan.
func (r *rig) team(t testing.TB) chat.ConversationID {
	t.Helper()
	e, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(900), Name: "team", Members: []chat.UserID{"bob", "cat", "dan"}})
	if err != nil {
		t.Fatal(err)
	}
	return e.Conversation
}

func says2(n int, c chat.ConversationID, words string) wire.Send {
	return wire.Send{ID: id(n), To: wire.Target{Conversation: c}, Body: wire.Content{Text: words}}
}

func TestAThreadBeginsWithItsFirstMessageAndIsAnnouncedOnce(t *testing.T) {
	r := newRig(t)
	root := r.mustSend(t, "ann", says2(1, r.team(t), "lunch?"))
	first := r.mustSend(t, "bob", about(2, root, "yes"))
	if want := chat.ThreadID(root.Conversation, root.Seq); first.Conversation != want || first.Seq != 1 {
		t.Fatalf("%+v", first)
	}
	second := r.mustSend(t, "cat", about(3, root, "me too"))
	third := r.mustSend(t, "cat", says2(4, first.Conversation, "where?"))
	if second.Seq != 2 || third.Seq != 3 {
		t.Errorf("%d and %d", second.Seq, third.Seq)
	}
	if again := r.mustSend(t, "bob", after(about(2, root, "yes"), 0)); again.Seq != 1 {
		t.Errorf("again it is %d", again.Seq)
	}
	parent := r.entries(t, root.Conversation)
	if len(parent) != 3 || parent[2].Kind != chat.Threaded || parent[2].Body.Target != root.Seq || parent[2].Body.Thread != first.Conversation {
		t.Errorf("the parent's log is %+v", parent)
	}
	if got := r.at(t, root); got.State.Thread != first.Conversation || got.Body.Thread != "" {
		t.Errorf("the root is %+v", got)
	}
	if got := r.followers(t, first.Conversation, "dan"); !slices.Equal(got, []chat.UserID{"ann", "bob", "cat"}) {
		t.Errorf("followed by %v", got)
	}
	// Everybody in the parent hears that there is one.
	if e := r.out.entries[2]; e.Kind != chat.Threaded {
		t.Errorf("delivered %+v", e)
	}
	// It stays when the root is deleted.
	if _, err := r.Delete(t.Context(), as("ann"), wire.Delete{Change: of(root, 5)}); err != nil {
		t.Fatal(err)
	}
	r.mustSend(t, "dan", about(6, root, "too late for me"))
	if got := r.at(t, root); got.State.Thread != first.Conversation || !got.State.Deleted {
		t.Errorf("the deleted root is %+v", got)
	}
}

func TestWhoBeginAThreadAtOnceBeginTheSame(t *testing.T) {
	r := newRig(t)
	root := r.mustSend(t, "ann", says2(1, r.team(t), "lunch?"))
	var wg sync.WaitGroup
	for n, user := range []chat.UserID{"ann", "bob", "cat", "dan"} {
		wg.Go(func() {
			if _, err := r.Send(t.Context(), as(user), about(n+10, root, "yes")); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	thread := chat.ThreadID(root.Conversation, root.Seq)
	if n := len(r.entries(t, thread)); n != 4 {
		t.Errorf("%d entries in the thread", n)
	}
	if n := len(r.entries(t, root.Conversation)); n != 3 {
		t.Errorf("%d entries in the parent", n)
	}
	if got := r.followers(t, thread, "ann"); len(got) != 4 {
		t.Errorf("followed by %v", got)
	}
}

func TestAThreadCutShortIsTakenUpAgain(t *testing.T) {
	r := newRig(t)
	root := r.mustSend(t, "ann", says2(1, r.team(t), "lunch?"))
	r.log.losePut = true // the announcement is written, and then the function dies
	if _, err := r.Send(t.Context(), as("bob"), about(2, root, "yes")); err == nil {
		t.Fatal("nothing went wrong")
	}
	r.mustSend(t, "bob", after(about(2, root, "yes"), 0))
	if n, m := len(r.entries(t, root.Conversation)), len(r.entries(t, chat.ThreadID(root.Conversation, root.Seq))); n != 3 || m != 1 {
		t.Errorf("%d entries in the parent, %d in the thread", n, m)
	}
}

func TestWhatHasNoThread(t *testing.T) {
	r := newRig(t)
	team := r.team(t)
	root := r.mustSend(t, "ann", says2(1, team, "lunch?"))
	gone := r.mustSend(t, "ann", says2(2, team, "sorry"))
	if _, err := r.Delete(t.Context(), as("ann"), wire.Delete{Change: of(gone, 3)}); err != nil {
		t.Fatal(err)
	}
	created := root
	created.Seq = 1
	reply := r.mustSend(t, "bob", about(4, root, "yes"))
	for name, test := range map[string]struct {
		who  chat.UserID
		of   chat.Entry
		code chat.Code
	}{
		"what is deleted":      {"bob", gone, chat.NotFound},
		"what is no message":   {"bob", created, chat.NotFound},
		"a message in another": {"bob", reply, chat.Invalid},
		"a stranger's":         {"eve", root, chat.Forbidden},
	} {
		_, err := r.Send(t.Context(), as(test.who), about(9, test.of, "?"))
		if err == nil || chat.AsError(err).Code != test.code {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
	}
}

func TestWhoMayDoWhatInAThreadIsDecidedByItsParent(t *testing.T) {
	r := newRig(t)
	team := r.team(t)
	root := r.mustSend(t, "ann", says2(1, team, "lunch?"))
	reply := r.mustSend(t, "bob", about(2, root, "yes"))
	eve := func(name string, err error) {
		t.Helper()
		if err == nil || chat.AsError(err).Code != chat.Forbidden {
			t.Errorf("%s: %v", name, err)
		}
	}
	out := func() {
		t.Helper()
		_, err := r.Send(t.Context(), as("bob"), says2(5, reply.Conversation, "still here"))
		eve("send", err)
		_, err = r.Edit(t.Context(), as("bob"), wire.Edit{Change: of(reply, 6), Body: says("no")})
		eve("edit", err)
		_, err = r.React(t.Context(), as("bob"), wire.React{Change: of(reply, 7), Reactions: []string{"👍"}})
		eve("react", err)
		_, err = r.Pin(t.Context(), as("bob"), wire.Pin{Change: of(reply, 8)})
		eve("pin", err)
		_, err = r.Follow(t.Context(), as("bob"), wire.Follow{Conversation: reply.Conversation})
		eve("follow", err)
	}
	_, err := r.Pin(t.Context(), as("bob"), wire.Pin{Change: of(reply, 3)})
	eve("pin as a member", err)
	if _, err := r.Pin(t.Context(), as("ann"), wire.Pin{Change: of(reply, 4)}); err != nil {
		t.Errorf("an owner: %v", err)
	}
	_, err = r.Send(t.Context(), as("cat"), wire.Send{ID: id(20), To: wire.Target{Conversation: reply.Conversation}, Body: wire.Content{Text: "x", Regard: wire.Regard{Mentions: []chat.UserID{"eve"}}}})
	wantCode(t, err, chat.Invalid)
	r.change(t, team, chat.Entry{Kind: chat.Removed, Body: chat.Body{Users: []chat.UserID{"bob"}}}, func(c *chat.Conversation) { delete(c.Members, "bob") })
	out()
	if got := r.followers(t, reply.Conversation, "ann"); !slices.Equal(got, []chat.UserID{"ann"}) {
		t.Errorf("followed by %v", got)
	}
	// Back, but only from then on: the root is older.
	r.change(t, team, chat.Entry{Kind: chat.Added, Body: chat.Body{Users: []chat.UserID{"bob"}}}, func(c *chat.Conversation) {
		c.Members["bob"] = chat.Place{Role: chat.Member, From: 9}
	})
	out()
}

// change commits an entry of ann's that changes the header.
func (r *rig) change(t testing.TB, id chat.ConversationID, e chat.Entry, amend func(*chat.Conversation)) {
	t.Helper()
	tail, _, err := r.log.Tail(t.Context(), id, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	h := &chat.Header{Conversation: tail.Conversation, Was: tail.Conversation.Rules}
	amend(&h.Conversation)
	e.Conversation, e.Seq, e.ID, e.From, e.Rules = id, tail.Head+1, "change", "ann", tail.Head+1
	if _, wrote, err := r.log.Commit(t.Context(), e, chat.Change{Header: h}); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
}

func TestFollowingIsByWritingByMentionAndByAsking(t *testing.T) {
	r := newRig(t)
	root := r.mustSend(t, "ann", says2(1, r.team(t), "lunch?"))
	reply := about(2, root, "@cat?")
	reply.Body.Mentions = []chat.UserID{"cat"}
	thread := r.mustSend(t, "bob", reply).Conversation
	if got := r.followers(t, thread, "bob"); !slices.Equal(got, []chat.UserID{"ann", "bob", "cat"}) {
		t.Errorf("followed by %v", got)
	}
	follow := func(who chat.UserID, off bool) {
		t.Helper()
		got, err := r.Follow(t.Context(), as(who), wire.Follow{Conversation: thread, Off: off})
		if err != nil || got.Following == off {
			t.Fatalf("%+v, %v", got, err)
		}
	}
	follow("dan", false)
	follow("dan", false)
	for _, user := range []chat.UserID{"ann", "bob", "cat"} {
		follow(user, true)
		follow(user, true)
	}
	if got := r.followers(t, thread, "bob"); !slices.Equal(got, []chat.UserID{"dan"}) {
		t.Errorf("followed by %v", got)
	}
	follow("dan", true)
	if got := r.followers(t, thread, "bob"); len(got) != 0 {
		t.Errorf("followed by %v", got)
	}
	for user, want := range map[chat.UserID]bool{"dan": false, "eve": false} {
		ids, err := r.log.Conversations(t.Context(), user, "", 10)
		if err != nil || slices.Contains(ids, thread) != want {
			t.Errorf("%s has %v, %v", user, ids, err)
		}
	}
	r.mustSend(t, "dan", says2(3, thread, "back"))
	ids, err := r.log.Conversations(t.Context(), "dan", "", 10)
	if err != nil || !slices.Contains(ids, thread) {
		t.Errorf("dan has %v, %v", ids, err)
	}
}

func TestAThreadOfTwoPeople(t *testing.T) {
	r := newRig(t)
	root := r.mustSend(t, "ann", text(1, "lunch?"))
	reply := r.mustSend(t, "bob", about(2, root, "yes"))
	if reply.To != "" {
		t.Errorf("to %s", reply.To)
	}
	_, err := r.Send(t.Context(), as("eve"), says2(3, reply.Conversation, "me too"))
	wantCode(t, err, chat.Forbidden)
	if _, err := r.Pin(t.Context(), as("ann"), wire.Pin{Change: of(reply, 4)}); err != nil {
		t.Error(err)
	}
}

func TestAThreadOfALargeGroup(t *testing.T) {
	r := newRig(t)
	members := make([]chat.UserID, chat.InlineMembers+10)
	for i := range members {
		members[i] = chat.UserID("m" + string(id(i))[24:])
	}
	e, err := r.Create(t.Context(), as("ann"), wire.Create{ID: id(900), Name: "all", Members: members})
	if err != nil {
		t.Fatal(err)
	}
	root := r.mustSend(t, members[0], says2(1, e.Conversation, "lunch?"))
	thread := r.mustSend(t, members[1], about(2, root, "yes")).Conversation
	if got := r.followers(t, thread, "ann"); !slices.Equal(got, members[:2]) {
		t.Errorf("followed by %v", got)
	}
	_, err = r.Send(t.Context(), as("eve"), says2(3, thread, "me too"))
	wantCode(t, err, chat.Forbidden)
	// Only so many follow; the others can write nevertheless.
	for i := 2; i < chat.MaxFollowers; i++ {
		if ok, err := r.log.Follow(t.Context(), thread, members[i], 0); !ok || err != nil {
			t.Fatal(i, ok, err)
		}
	}
	last := members[len(members)-1]
	r.mustSend(t, last, says2(4, thread, "there is no room for me"))
	_, err = r.Follow(t.Context(), as(last), wire.Follow{Conversation: thread})
	wantCode(t, err, chat.TooLarge)
	ids, err := r.log.Conversations(t.Context(), last, "", 10)
	if err != nil || slices.Contains(ids, thread) {
		t.Errorf("%v, %v", ids, err)
	}
	// Who is put out of the group makes room.
	groups := &send.Groups{Sender: r.Sender, Gate: r.log.Log.(*store.Conversations)}
	if _, err := groups.Remove(t.Context(), as("ann"), wire.Remove{Govern: wire.Govern{ID: id(901), Conversation: e.Conversation}, Users: members[2:4]}); err != nil {
		t.Fatal(err)
	}
	r.mustSend(t, last, says2(5, thread, "now there is"))
	followers := r.followers(t, thread, "ann")
	if !slices.Contains(followers, last) || len(followers) != chat.MaxFollowers-1 {
		t.Errorf("%d follow it", len(followers))
	}
}

func TestWhoIsPutOutCanStillEndToFollow(t *testing.T) {
	r := newRig(t)
	team := r.team(t)
	root := r.mustSend(t, "ann", says2(1, team, "lunch?"))
	thread := r.mustSend(t, "bob", about(2, root, "yes")).Conversation
	r.change(t, team, chat.Entry{Kind: chat.Removed, Body: chat.Body{Users: []chat.UserID{"bob"}}}, func(c *chat.Conversation) { delete(c.Members, "bob") })
	if got, err := r.Follow(t.Context(), as("bob"), wire.Follow{Conversation: thread, Off: true}); err != nil || got.Following {
		t.Errorf("%+v, %v", got, err)
	}
	if ids, err := r.log.Conversations(t.Context(), "bob", "", 10); err != nil || slices.Contains(ids, thread) {
		t.Errorf("bob has %v, %v", ids, err)
	}
}

func TestWhoHasJustBegunToFollowIsHandedWhatIsSaidNext(t *testing.T) {
	r := newRig(t)
	root := r.mustSend(t, "ann", says2(1, r.team(t), "lunch?"))
	thread := r.mustSend(t, "bob", about(2, root, "yes")).Conversation
	before, _, err := r.log.Log.Tail(t.Context(), thread, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Follow(t.Context(), as("dan"), wire.Follow{Conversation: thread}); err != nil {
		t.Fatal(err)
	}
	r.log.stale, r.log.lag = &before.Conversation, 1 // what an eventual read still shows
	for n, m := range []wire.Send{says2(3, thread, "where?"), about(4, root, "here?")} {
		r.mustSend(t, "bob", m)
		if _, ok := r.out.to[len(r.out.to)-1].Members["dan"]; !ok {
			t.Errorf("message %d is not for dan", n)
		}
	}
}

func TestABlockReachesIntoThreads(t *testing.T) {
	r := newRig(t)
	root := r.mustSend(t, "ann", text(1, "lunch?"))
	thread := r.mustSend(t, "bob", about(2, root, "yes")).Conversation
	second := r.mustSend(t, "ann", text(3, "or dinner?"))
	r.block(t, "bob", "ann")
	// What ann writes goes nowhere, and she is not told.
	hidden := r.mustSend(t, "ann", says2(4, thread, "where?"))
	if e := r.at(t, hidden); !e.Hidden {
		t.Errorf("%+v", e)
	}
	began := r.mustSend(t, "ann", about(5, second, "at eight?"))
	if e := r.at(t, began); !e.Hidden {
		t.Errorf("%+v", e)
	}
	if e := r.at(t, second); e.State.Thread != "" {
		t.Errorf("the thread is announced: %+v", e)
	}
	if ids, err := r.log.Conversations(t.Context(), "bob", "", 10); err != nil || slices.Contains(ids, began.Conversation) {
		t.Errorf("bob has %v, %v", ids, err)
	}
	n := len(r.entries(t, root.Conversation))
	pin, err := r.Pin(t.Context(), as("ann"), wire.Pin{Change: of(root, 6)})
	if err != nil || !pin.Hidden {
		t.Errorf("%+v, %v", pin, err)
	}
	// And bob does not write to whom he has blocked.
	_, err = r.Send(t.Context(), as("bob"), says2(7, thread, "hm"))
	wantCode(t, err, chat.Forbidden)
	_, err = r.Send(t.Context(), as("bob"), about(8, second, "hm"))
	wantCode(t, err, chat.Forbidden)
	_, err = r.Pin(t.Context(), as("bob"), wire.Pin{Change: of(root, 9)})
	wantCode(t, err, chat.Forbidden)
	if got := len(r.entries(t, root.Conversation)); got != n+1 {
		t.Errorf("%d entries more", got-n)
	}
}

func TestWhoIsRemovedWhileTheThreadIsReadEventuallyIsOut(t *testing.T) {
	r := newRig(t)
	team := r.team(t)
	root := r.mustSend(t, "ann", says2(1, team, "lunch?"))
	reply := r.mustSend(t, "bob", about(2, root, "yes"))
	tail, _, err := r.log.Log.Tail(t.Context(), team, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	r.change(t, team, chat.Entry{Kind: chat.Removed, Body: chat.Body{Users: []chat.UserID{"bob"}}}, func(c *chat.Conversation) { delete(c.Members, "bob") })
	r.log.stale, r.log.lag = &tail.Conversation, 1 // what an eventual read still shows
	_, err = r.Send(t.Context(), as("bob"), says2(3, reply.Conversation, "still here"))
	wantCode(t, err, chat.Forbidden)
	r.log.stale, r.log.lag = nil, 0
	r.mustSend(t, "ann", says2(4, reply.Conversation, "bye"))
	if n := len(r.entries(t, reply.Conversation)); n != 2 {
		t.Errorf("%d entries", n)
	}
}
