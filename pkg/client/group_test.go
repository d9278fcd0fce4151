package client_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

// group is a group that ann has made with bob.
func (s *scene) group(ann *device) chat.ConversationID {
	s.Helper()
	created, err := ann.CreateGroup(s.Context(), "trip", "bob")
	if err != nil {
		s.Fatal(err)
	}
	return created.Conversation
}

func (s *scene) done(out wire.Governed, err error) wire.Governed {
	s.Helper()
	if err != nil || out.Unchanged || out.Seq == 0 {
		s.Fatalf("%+v, %v", out, err)
	}
	after(time.Second)
	return out
}

func kinds(entries []client.Entry) (kinds []chat.EntryKind) {
	for _, e := range entries {
		kinds = append(kinds, e.Event)
	}
	return kinds
}

func TestEverybodyInAGroupSeesEveryChangeOfIt(t *testing.T) {
	play(t, func(t *scene) {
		ann, tablet, bob, cat := t.connect("ann"), t.connect("ann"), t.connect("bob"), t.connect("cat")
		id := t.group(ann)
		t.done(ann.Add(t.Context(), id, "cat", "bob"))
		t.done(ann.SetRole(t.Context(), id, chat.Admin, "bob"))
		t.done(bob.Change(t.Context(), id, wire.Amendment{Name: new("sea trip"), Announce: new(true)}))
		if _, err := cat.Send(t.Context(), client.To(id), client.Text("hm")); !errors.Is(err, client.ErrForbidden) {
			t.Errorf("cat writes: %v", err)
		}
		t.done(bob.Change(t.Context(), id, wire.Amendment{Announce: new(false)}))
		t.done(ann.SetRole(t.Context(), id, chat.Owner, "bob"))
		if _, err := ann.Ban(t.Context(), id, "bob"); !errors.Is(err, client.ErrForbidden) {
			t.Errorf("ann bans the owner: %v", err)
		}
		if out, err := ann.Add(t.Context(), id, "cat"); err != nil || !out.Unchanged {
			t.Errorf("ann adds cat again: %+v, %v", out, err)
		}
		want := []chat.EntryKind{chat.Created, chat.Added, chat.Ranked, chat.Changed, chat.Changed, chat.Ranked}
		for _, d := range []*device{ann, tablet, bob} {
			if got := kinds(d.entries(id)); !slices.Equal(got, want) {
				t.Errorf("%s got %s", d.User(), got)
			}
		}
		cat.expectFrom(id, 2, 6)
		if m := ann.room(id).Messages(); len(m) != 6 || m[1].Body.Users[0] != "cat" {
			t.Errorf("the room shows %+v", m)
		}
	})
}

func TestWhoIsRemovedIsToldOnceAndWhoComesBackBeginsAnew(t *testing.T) {
	play(t, func(t *scene) {
		store := client.NewMemoryStore(nil)
		ann, bob := t.connect("ann"), t.connect("bob")
		away := t.connect("bob", func(o *client.Options) { o.Store = store })
		id := t.group(ann)
		after(time.Second)
		_ = away.end()
		t.done(ann.Remove(t.Context(), id, "bob"))
		if n := count[client.Gone](bob); n != 1 {
			t.Errorf("bob is told %d times", n)
		}
		if _, err := ann.Send(t.Context(), client.To(id), client.Text("without bob")); err != nil {
			t.Fatal(err)
		}
		back := t.connect("bob", func(o *client.Options) { o.Store = store })
		after(time.Minute)
		if n := count[client.Gone](back); n != 1 || len(back.entries(id)) != 0 {
			t.Errorf("the device that was away is told %d times and gets %v", n, kinds(back.entries(id)))
		}
		bob.expect(id, 2)
		if cursors, _ := store.Load(); len(cursors) != 0 {
			t.Errorf("cursors %v", cursors)
		}
		t.done(ann.Add(t.Context(), id, "bob"))
		back.expectFrom(id, 4, 4)
	})
}

func TestADeviceThatWasAwayWhileItsUserLeftAndCameBackKnowsThatSomethingIsMissing(t *testing.T) {
	play(t, func(t *scene) {
		store := client.NewMemoryStore(nil)
		ann := t.connect("ann")
		away := t.connect("bob", func(o *client.Options) { o.Store = store })
		id := t.group(ann)
		after(time.Second)
		_ = away.end()
		t.done(ann.Remove(t.Context(), id, "bob"))
		if _, err := ann.Send(t.Context(), client.To(id), client.Text("without bob")); err != nil {
			t.Fatal(err)
		}
		t.done(ann.Add(t.Context(), id, "bob"))
		back := t.connect("bob", func(o *client.Options) { o.Store = store })
		after(time.Minute)
		if n := count[client.Restarted](back); n != 1 {
			t.Errorf("%d times told to begin again", n)
		}
		back.expectFrom(id, 4, 4)
	})
}

func TestLinksLeadIntoGroups(t *testing.T) {
	play(t, func(t *scene) {
		ann, cat := t.connect("ann"), t.connect("cat")
		id := t.group(ann)
		i, err := ann.Invite(t.Context(), id, time.Hour, 2)
		if err != nil || i.MaxUses != 2 {
			t.Fatalf("%+v, %v", i, err)
		}
		if seen, err := cat.Preview(t.Context(), i.Code); err != nil || seen.Name != "trip" || seen.Size != 2 {
			t.Errorf("cat sees %+v, %v", seen, err)
		}
		t.done(cat.Join(t.Context(), i.Code))
		cat.expectFrom(id, 2, 2)
		if list, err := ann.Invites(t.Context(), id); err != nil || len(list) != 1 || list[0].Uses != 1 {
			t.Errorf("%+v, %v", list, err)
		}
		t.done(cat.Leave(t.Context(), id))
		if n := count[client.Gone](cat); n != 1 {
			t.Errorf("cat is told %d times", n)
		}
		if err := ann.Revoke(t.Context(), id, i.Invite); err != nil {
			t.Error(err)
		}
		if _, err := cat.Join(t.Context(), i.Code); !errors.Is(err, &client.Error{Code: chat.NotFound}) {
			t.Errorf("cat joins by what was revoked: %v", err)
		}
		if _, err := cat.Join(t.Context(), "nonsense"); !errors.Is(err, &client.Error{Code: chat.Invalid}) {
			t.Errorf("cat joins by nonsense: %v", err)
		}
		ann.expect(id, 3)
	})
}

func TestAChangeOfAGroupIsMadeOnceHoweverOftenItIsAsked(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			switch r.Action {
			case "add", "role", "leave":
				f.Forget, f.Cut = r.Nth%2 == 1, r.Nth%4 == 1
			}
			return f
		}
		ann, bob := t.connect("ann"), t.connect("bob")
		id := t.group(ann)
		t.done(ann.Add(t.Context(), id, "cat"))
		t.done(ann.SetRole(t.Context(), id, chat.Moderator, "cat"))
		if _, err := bob.Leave(t.Context(), id); err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		ann.expect(id, 4)
		if n := count[client.Gone](bob); n != 1 {
			t.Errorf("bob is told %d times", n)
		}
	})
}

func TestALinkIsMadeOnceHoweverOftenItIsAskedFor(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		made, err := ann.Create(t.Context(), wire.Create{Name: "trip", Members: []chat.UserID{"bob"}, Announce: true, Slow: new(30)})
		if err != nil {
			t.Fatal(err)
		}
		lost := false
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if r.Action == "invite" && !lost {
				lost, f.Forget, f.Cut = true, true, true // done, and the answer is lost
			}
			return f
		}
		if _, err := ann.Invite(t.Context(), made.Conversation, 0, 0); err != nil || !lost {
			t.Fatal(err, lost)
		}
		if all, err := ann.Invites(t.Context(), made.Conversation); err != nil || len(all) != 1 {
			t.Errorf("%+v, %v", all, err)
		}
		list, err := ann.Conversations(t.Context())
		if err != nil || len(list) != 1 || !list[0].Announce || list[0].Slow != 30 {
			t.Errorf("%+v, %v", list, err)
		}
	})
}
