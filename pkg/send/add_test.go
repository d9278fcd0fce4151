package send_test

import (
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestWhoIsAddedIsAMemberFromThatEntryOn(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	if _, err := g.say("bob", c, "before"); err != nil {
		t.Fatal(err)
	}
	out := g.must(g.add("ann", c, "cat", "dan"))
	if e := g.last(c); e.Seq != 3 || e.Seq != out.Seq || e.Kind != chat.Added || e.From != "ann" || !sameUsers(e.Body.Users, "cat", "dan") || e.Rules != 3 {
		t.Errorf("entry %+v", e)
	}
	head := g.head(c)
	if head.Size != 4 || head.Rules != 3 || head.Members["cat"] != (chat.Place{Role: chat.Member, From: 3}) {
		t.Errorf("header %+v", head)
	}
	if _, err := g.say("cat", c, "hi"); err != nil {
		t.Error(err)
	}
}

// M2: what was said before somebody came is shown if the group wants that.
func TestM2VisibilityIsWhatTheGroupHasWhenSomebodyJoins(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	g.must(g.add("ann", c, "cat"))
	start := chat.FromStart
	g.must(g.amend("ann", c, wire.Amendment{History: &start}))
	g.must(g.add("ann", c, "dan"))
	if head := g.head(c); head.Members["cat"].From != 2 || head.Members["dan"].From != 0 || head.Members["bob"].From != 0 {
		t.Errorf("members %+v", head.Members)
	}
}

func TestM4AddingAMemberAgainIsNothing(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	g.must(g.rank("ann", c, chat.Moderator, "bob"))
	g.unchanged(g.add("ann", c, "bob"))
	g.must(g.add("ann", c, "bob", "cat"))
	if e := g.last(c); !sameUsers(e.Body.Users, "cat") {
		t.Errorf("entry %+v", e)
	}
	if role := g.head(c).Members["bob"].Role; role != chat.Moderator {
		t.Errorf("bob is %s", role)
	}
}

func TestAResendOfAnAddFindsItsEntry(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	if err := g.rig.People.Block(t.Context(), "eve", "ann", time.Now()); err != nil {
		t.Fatal(err)
	}
	q := wire.Add{Govern: g.govern(c), Users: []chat.UserID{"bob", "cat", "eve"}}
	after := chat.Seq(1)
	q.After = &after
	g.log.losePut = true
	if _, err := g.Add(t.Context(), as("ann"), q); err == nil {
		t.Fatal("the answer was not lost")
	}
	if _, err := g.say("cat", c, "thanks"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		out := g.must(g.Add(t.Context(), as("ann"), q))
		if out.Seq != 2 || !sameUsers(out.Declined, "eve") {
			t.Errorf("%+v", out)
		}
	}
	if n := len(g.entries(t, c)); n != 3 {
		t.Errorf("%d entries", n)
	}
	// The same id for somebody else is a conflict.
	q.Users = []chat.UserID{"dan"}
	_, err := g.Add(t.Context(), as("ann"), q)
	wantCode(t, err, chat.Conflict)
}

func TestNobodyIsAddedWhoDoesNotWantTo(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	block := func(owner, other chat.UserID) {
		if err := g.rig.People.Block(t.Context(), owner, other, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	settings := func(user chat.UserID, audience chat.Audience) {
		if _, err := g.rig.Sessions.ChangeSettings(t.Context(), user, chat.SettingsChange{Groups: audience}, time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	settings("nobodys", chat.Nobody)
	settings("friendly", chat.Contacts)
	if err := g.rig.People.Befriend(t.Context(), "friendly", "ann", true, ""); err != nil {
		t.Fatal(err)
	}
	settings("shy", chat.Contacts)
	block("blocker", "ann")
	block("ann", "blocked")
	out := g.must(g.add("ann", c, "nobodys", "friendly", "shy", "blocker", "blocked", "open"))
	if !sameUsers(out.Declined, "nobodys", "shy", "blocker", "blocked") {
		t.Errorf("declined %v", out.Declined)
	}
	if head := g.head(c); head.Size != 4 || head.Members["friendly"].Role == "" || head.Members["open"].Role == "" {
		t.Errorf("members %+v", head.Members)
	}
	out, err := g.add("ann", c, "shy")
	g.unchanged(wire.Governed{Conversation: out.Conversation, Unchanged: out.Unchanged}, err)
	if !sameUsers(out.Declined, "shy") {
		t.Errorf("declined %v", out.Declined)
	}
}

func TestAGroupGrowsOutOfItsHeaderAndStaysOut(t *testing.T) {
	g := newGroups(t)
	c := g.found(crowd("m", 197)...)
	g.must(g.rank("ann", c, chat.Admin, "m007"))
	g.must(g.add("ann", c, "x1", "x2"))
	if head := g.head(c); head.Size != 200 || head.Large() {
		t.Fatalf("size %d, large %v", head.Size, head.Large())
	}
	out := g.must(g.add("m007", c, "x3"))
	head := g.head(c)
	if head.Size != 201 || !head.Large() {
		t.Fatalf("size %d, large %v", head.Size, head.Large())
	}
	if place, ok, err := g.store.Member(t.Context(), c, "x3"); err != nil || !ok || place.From != out.Seq {
		t.Errorf("x3 %+v, %v, %v", place, ok, err)
	}
	if _, err := g.say("x3", c, "hi"); err != nil {
		t.Error(err)
	}
	g.unchanged(g.add("ann", c, "m001"))
	g.must(g.rank("m007", c, chat.Guest, "x3"))
	_, err := g.say("x3", c, "hi")
	wantCode(t, err, chat.Forbidden)
	g.must(g.remove("m007", c, false, "x1", "x2", "x3"))
	if head = g.head(c); head.Size != 198 || !head.Large() {
		t.Errorf("size %d, large %v", head.Size, head.Large())
	}
	_, err = g.say("x1", c, "hi")
	wantCode(t, err, chat.Forbidden)
	g.must(g.leave("ann", c))
	if e := g.last(c); e.Body.Role != chat.Owner || !sameUsers(e.Body.Users, "m007") {
		t.Errorf("left %+v", e)
	}
	g.head(c)
}

func TestAGroupHasAtMostAThousandMembers(t *testing.T) {
	g := newGroups(t)
	c := g.found(crowd("m", chat.MaxMembers-3)...)
	g.refused(chat.TooLarge)(g.add("ann", c, "x1", "x2", "x3"))
	g.must(g.add("ann", c, "x1", "x2"))
	g.refused(chat.TooLarge)(g.add("ann", c, "x3"))
	g.refused(chat.TooLarge)(g.join("x3", g.invite("ann", c, 0).Code))
	if head := g.head(c); head.Size != chat.MaxMembers {
		t.Errorf("size %d", head.Size)
	}
}

func TestAsManyAsOneRequestNamesCanBeAddedAndBanned(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	many := crowd("m", chat.MaxUsers)
	g.must(g.add("ann", c, many...))
	g.must(g.remove("ann", c, true, many...))
	g.must(g.add("ann", c, many...)) // no longer banned
	banned, err := g.store.Banned(t.Context(), c, many)
	if err != nil || len(banned) != 0 || g.head(c).Size != chat.MaxUsers+2 {
		t.Errorf("banned %v, %v", banned, err)
	}
}
