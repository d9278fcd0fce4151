package send_test

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestWhoIsRemovedIsNoMember(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob", "cat", "dan")
	g.must(g.remove("ann", c, false, "cat", "eve"))
	if e := g.last(c); e.Kind != chat.Removed || !sameUsers(e.Body.Users, "cat") {
		t.Errorf("entry %+v", e)
	}
	_, err := g.say("cat", c, "but")
	wantCode(t, err, chat.Forbidden)
	if head := g.head(c); head.Size != 3 {
		t.Errorf("header %+v", head)
	}
	g.unchanged(g.remove("ann", c, false, "cat"))
	g.refused(chat.Invalid)(g.remove("ann", c, false, "ann"))
	g.refused(chat.Forbidden)(g.remove("eve", c, false, "bob"))
	g.refused(chat.Forbidden)(g.remove("bob", c, false, "dan"))
}

func TestOnlyThoseBelowAreRemoved(t *testing.T) {
	g := newGroups(t)
	c := g.found("adm", "adm2", "mod", "mod2", "bob")
	g.must(g.rank("ann", c, chat.Admin, "adm", "adm2"))
	g.must(g.rank("ann", c, chat.Moderator, "mod", "mod2"))
	g.refused(chat.Forbidden)(g.remove("adm", c, false, "ann"))
	g.refused(chat.Forbidden)(g.remove("adm", c, false, "bob", "adm2")) // nobody, if not all
	g.refused(chat.Forbidden)(g.remove("mod", c, false, "mod2"))
	g.refused(chat.Forbidden)(g.remove("mod", c, false, "adm"))
	g.must(g.remove("mod", c, false, "bob"))
	g.must(g.remove("adm", c, false, "mod"))
	if head := g.head(c); head.Size != 4 {
		t.Errorf("header %+v", head)
	}
}

func TestM3AGroupIsNeverWithoutAnOwner(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob", "cat", "dan", "eve")
	g.must(g.remove("ann", c, false, "bob"))
	g.must(g.add("ann", c, "bob")) // bob is now the one who came last
	g.must(g.rank("ann", c, chat.Moderator, "eve", "bob"))
	for _, step := range []struct{ leaves, heir chat.UserID }{{"ann", "eve"}, {"eve", "bob"}, {"bob", "cat"}, {"cat", "dan"}} {
		g.must(g.leave(step.leaves, c))
		e := g.last(c)
		if e.Kind != chat.Left || e.From != step.leaves || e.Body.Role != chat.Owner || !sameUsers(e.Body.Users, step.heir) {
			t.Errorf("%s leaves: %+v", step.leaves, e)
		}
		if head := g.head(c); head.Members[step.heir].Role != chat.Owner {
			t.Errorf("after %s has left: %+v", step.leaves, head.Members)
		}
	}
	code := g.invite("dan", c, 0).Code
	g.must(g.leave("dan", c))
	if e := g.last(c); e.Body.Users != nil || e.Body.Role != "" {
		t.Errorf("the last one leaves: %+v", e)
	}
	if head := g.head(c); head.Size != 0 {
		t.Errorf("header %+v", head)
	}
	// What is left is nobody's and stays so.
	g.refused(chat.NotFound)(g.join("ann", code))
	_, err := g.say("dan", c, "hello?")
	wantCode(t, err, chat.Forbidden)
}

func TestLeavingTwiceIsLeavingOnce(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	q := wire.Leave{Govern: g.govern(c)}
	g.log.losePut = true
	if _, err := g.Leave(t.Context(), as("bob"), q); err == nil {
		t.Fatal("the answer was not lost")
	}
	g.unchanged(g.Leave(t.Context(), as("bob"), q))
	g.unchanged(g.leave("eve", c)) // never was in it, and does not learn whether it exists
	g.unchanged(g.leave("eve", chat.GroupID("eve", "x")))
	if e := g.last(c); e.Seq != 2 || e.Kind != chat.Left {
		t.Errorf("entry %+v", e)
	}
}

func TestNobodyLeavesADirectConversation(t *testing.T) {
	g := newGroups(t)
	e := g.mustSend(t, "ann", text(1, "hi"))
	g.refused(chat.Invalid)(g.leave("ann", e.Conversation))
	g.refused(chat.Invalid)(g.add("ann", e.Conversation, "cat"))
	name := "us"
	g.refused(chat.Invalid)(g.amend("ann", e.Conversation, wire.Amendment{Name: &name}))
}

func TestWhoComesBackBeginsAnew(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	g.must(g.rank("ann", c, chat.Admin, "bob"))
	g.must(g.leave("bob", c))
	out := g.must(g.add("ann", c, "bob"))
	if place := g.head(c).Members["bob"]; place != (chat.Place{Role: chat.Member, From: out.Seq}) {
		t.Errorf("bob is %+v", place)
	}
}
