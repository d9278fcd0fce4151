package send_test

import (
	"sync"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestWhoHasTheLinkSeesWhereItLeadsAndJoins(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	i := g.invite("ann", c, 0)
	seen, err := g.Preview(t.Context(), as("cat"), wire.Preview{Code: i.Code})
	if want := (wire.Previewed{Conversation: c, Name: "friends", Size: 2}); err != nil || seen != want {
		t.Errorf("preview %+v, %v", seen, err)
	}
	q := wire.Join{ID: g.id(), Code: i.Code}
	out := g.must(g.Join(t.Context(), as("cat"), q))
	if e := g.last(c); e.Kind != chat.Joined || e.From != "cat" || e.Seq != out.Seq || e.ID != q.ID {
		t.Errorf("entry %+v", e)
	}
	if place := g.head(c).Members["cat"]; place != (chat.Place{Role: chat.Member, From: out.Seq}) {
		t.Errorf("cat is %+v", place)
	}
	g.unchanged(g.Join(t.Context(), as("cat"), q)) // a resend
	g.unchanged(g.join("bob", i.Code))
	list, err := g.Invites(t.Context(), as("ann"), wire.Invites{Conversation: c})
	if err != nil || len(list.Invites) != 1 || list.Invites[0].Uses != 1 || list.Invites[0].By != "ann" || list.Invites[0].Invite != i.Invite {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestALinkThatDoesNotWorkDoesNotSayWhy(t *testing.T) {
	g := newGroups(t)
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	g.Groups.Now = func() time.Time { return now }
	c := g.found("bob")
	ended, err := g.Invite(t.Context(), as("ann"), wire.Invite{Conversation: c, ExpiresIn: new(60)})
	if err != nil {
		t.Fatal(err)
	}
	revoked, used, good := g.invite("ann", c, 0), g.invite("ann", c, 1), g.invite("ann", c, 0)
	g.must(g.join("cat", used.Code))
	if _, err := g.Revoke(t.Context(), as("ann"), wire.Revoke{Conversation: c, Invite: revoked.Invite}); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	g.must(g.add("ann", c, "eve"))
	g.must(g.remove("ann", c, true, "eve", "far")) // far is no member and banned all the same
	for name, test := range map[string]struct {
		user chat.UserID
		code chat.InviteCode
	}{
		"expired": {"dan", ended.Code}, "revoked": {"dan", revoked.Code}, "used up": {"dan", used.Code},
		"made up": {"dan", chat.NewInviteCode(c, []byte("guess"))}, "of nothing": {"dan", chat.NewInviteCode(chat.GroupID("x", "y"), []byte("guess"))},
		"M6 banned": {"eve", good.Code}, "M6 banned before": {"far", good.Code},
	} {
		_, err := g.join(test.user, test.code)
		_, unseen := g.Preview(t.Context(), as(test.user), wire.Preview{Code: test.code})
		if err == nil || unseen == nil || chat.AsError(err).Code != chat.NotFound || err.Error() != unseen.Error() {
			t.Errorf("%s: join %v, preview %v", name, err, unseen)
		}
	}
	list, err := g.Invites(t.Context(), as("ann"), wire.Invites{Conversation: c})
	if err != nil || len(list.Invites) != 1 || list.Invites[0].Invite != good.Invite {
		t.Errorf("%+v, %v", list, err)
	}
}

func TestM6ABanSurvivesTheLinkAndEndsWhenAnAdminAdds(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob", "mod")
	code := g.invite("ann", c, 0).Code
	g.must(g.rank("ann", c, chat.Moderator, "mod"))
	g.must(g.remove("mod", c, true, "bob"))
	g.refused(chat.NotFound)(g.join("bob", code))
	g.must(g.add("ann", c, "bob"))
	g.must(g.leave("bob", c))
	g.must(g.join("bob", code))
	// Without a ban, the link works.
	g.must(g.remove("mod", c, false, "bob"))
	g.must(g.join("bob", code))
}

func TestALinkIsUsedAsOftenAsItSays(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	code := g.invite("ann", c, 3).Code
	var mu sync.Mutex
	joined := 0
	var all sync.WaitGroup
	for _, user := range crowd("u", 8) {
		q := wire.Join{ID: g.id(), Code: code}
		all.Go(func() {
			out, err := g.Join(t.Context(), as(user), q)
			mu.Lock()
			defer mu.Unlock()
			if err == nil && out.Seq > 0 {
				joined++
			} else {
				wantCode(t, err, chat.NotFound)
			}
		})
	}
	all.Wait()
	if head := g.head(c); joined != 3 || head.Size != 5 {
		t.Errorf("%d joined, %d members", joined, head.Size)
	}
}

func TestLinksAreForThoseWhoMayInvite(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	i := g.invite("ann", c, 0)
	for _, user := range []chat.UserID{"bob", "eve"} {
		_, err := g.Invite(t.Context(), as(user), wire.Invite{Conversation: c})
		wantCode(t, err, chat.Forbidden)
		_, err = g.Invites(t.Context(), as(user), wire.Invites{Conversation: c})
		wantCode(t, err, chat.Forbidden)
		_, err = g.Revoke(t.Context(), as(user), wire.Revoke{Conversation: c, Invite: i.Invite})
		wantCode(t, err, chat.Forbidden)
	}
}

func TestThereAreOnlySoManyLinksAndEndedOnesMakeRoom(t *testing.T) {
	g := newGroups(t)
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	g.Groups.Now = func() time.Time { return now }
	c := g.found("bob")
	for range chat.MaxInvites {
		if _, err := g.Invite(t.Context(), as("ann"), wire.Invite{Conversation: c, ExpiresIn: new(60)}); err != nil {
			t.Fatal(err)
		}
	}
	_, err := g.Invite(t.Context(), as("ann"), wire.Invite{Conversation: c})
	wantCode(t, err, chat.TooLarge)
	now = now.Add(time.Minute)
	g.invite("ann", c, 0)
	if all, err := g.store.Invites(t.Context(), c, 100); err != nil || len(all) != 1 {
		t.Errorf("%d are left, %v", len(all), err)
	}
}

func TestAnInvitationThatIsSentAgainIsTheSameLink(t *testing.T) {
	g := newGroups(t)
	c, other := g.found("bob"), g.found("bob")
	ask := func(by chat.UserID, q wire.Invite) (wire.Invited, error) { return g.Invite(t.Context(), as(by), q) }
	first, err := ask("ann", wire.Invite{ID: id(1), Conversation: c, MaxUses: new(5)})
	if err != nil {
		t.Fatal(err)
	}
	g.must(g.join("cat", first.Code))
	again, err := ask("ann", wire.Invite{ID: id(1), Conversation: c, MaxUses: new(5)})
	if err != nil || again.Code != first.Code || again.Uses != 1 || again.Expires != first.Expires {
		t.Errorf("%+v, %v; want %+v", again, err, first)
	}
	if all, err := g.store.Invites(t.Context(), c, 100); err != nil || len(all) != 1 {
		t.Errorf("%d links, %v", len(all), err)
	}
	_, err = ask("ann", wire.Invite{ID: id(1), Conversation: c, MaxUses: new(6)})
	wantCode(t, err, chat.Conflict)
	for name, q := range map[string]wire.Invite{
		"another id": {ID: id(2), Conversation: c}, "another group": {ID: id(1), Conversation: other}, "no id": {Conversation: c},
	} {
		if got, err := ask("ann", q); err != nil || got.Code == first.Code {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	g.must(g.rank("ann", c, chat.Admin, "bob"))
	if got, err := ask("bob", wire.Invite{ID: id(1), Conversation: c}); err != nil || got.Code == first.Code {
		t.Errorf("somebody else's with the same id: %+v, %v", got, err)
	}
}

func TestALinkThatHasEndedIsNotMadeAgainByItsRequest(t *testing.T) {
	g := newGroups(t)
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	g.Groups.Now = func() time.Time { return now }
	c := g.found("bob")
	asks := wire.Invite{ID: id(1), Conversation: c, ExpiresIn: new(60)}
	ask := func(q wire.Invite) (wire.Invited, error) { return g.Invite(t.Context(), as("ann"), q) }
	link, err := ask(asks)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Revoke(t.Context(), as("ann"), wire.Revoke{Conversation: c, Invite: link.Invite}); err != nil {
		t.Fatal(err)
	}
	once, err := ask(wire.Invite{ID: id(2), Conversation: c, ExpiresIn: new(60), MaxUses: new(1)})
	if err != nil {
		t.Fatal(err)
	}
	g.must(g.join("cat", once.Code))
	g.invite("ann", c, 0) // cleans up
	_, err = ask(asks)
	wantCode(t, err, chat.NotFound)
	again, err := ask(wire.Invite{ID: id(2), Conversation: c, ExpiresIn: new(60), MaxUses: new(1)})
	if err != nil || again.Uses != 1 {
		t.Errorf("the used one is %+v, %v", again, err)
	}
	for _, code := range []chat.InviteCode{link.Code, once.Code} {
		g.refused(chat.NotFound)(g.join("dan", code))
	}
	// By its expiry it is a request like any other.
	now = now.Add(time.Minute)
	g.invite("ann", c, 0)
	if all, err := g.store.Invites(t.Context(), c, 100); err != nil || len(all) != 2 {
		t.Errorf("%d are left, %v", len(all), err)
	}
}

func TestWhatIsRememberedOfLinksIsBounded(t *testing.T) {
	g := newGroups(t)
	now := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	g.Groups.Now = func() time.Time { return now }
	c := g.found("bob")
	put := func(i chat.Invite) {
		i.ID = chat.NewInviteCode(c, []byte(g.id())).ID()
		i.Conversation, i.By, i.Created, i.Expires = c, "ann", now, now.Add(time.Minute)
		if _, _, err := g.store.PutInvite(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	for range chat.MaxInvites {
		put(chat.Invite{Uses: 1, Max: 1})
		put(chat.Invite{})
	}
	all, err := g.store.Invites(t.Context(), c, 200)
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range all {
		if i.Max > 0 {
			continue
		}
		if err := g.store.Revoke(t.Context(), c, i.ID); err != nil {
			t.Fatal(err)
		}
	}
	_, err = g.Invite(t.Context(), as("ann"), wire.Invite{Conversation: c})
	wantCode(t, err, chat.TooLarge)
	if all, err := g.store.Invites(t.Context(), c, 200); err != nil || len(all) != chat.MaxInvites {
		t.Errorf("%d are left, %v", len(all), err)
	}
	now = now.Add(time.Minute)
	g.invite("ann", c, 0)
}
