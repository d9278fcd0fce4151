package send_test

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

func TestNobodyGivesAwayWhatIsNotBelowThem(t *testing.T) {
	g := newGroups(t)
	c := g.found("adm", "adm2", "mod", "bob")
	g.must(g.rank("ann", c, chat.Admin, "adm", "adm2"))
	g.must(g.rank("adm", c, chat.Moderator, "mod"))
	forbidden := g.refused(chat.Forbidden)
	forbidden(g.rank("adm", c, chat.Admin, "bob"))   // as high as oneself
	forbidden(g.rank("adm", c, chat.Owner, "bob"))   // higher
	forbidden(g.rank("adm", c, chat.Member, "adm2")) // who is as high
	forbidden(g.rank("adm", c, chat.Member, "ann"))  // who is higher
	forbidden(g.rank("adm", c, chat.Member, "adm"))  // oneself
	forbidden(g.rank("mod", c, chat.Guest, "bob"))   // takes an admin
	forbidden(g.rank("eve", c, chat.Guest, "bob"))   // a stranger
	g.refused(chat.Invalid)(g.rank("ann", c, chat.Guest, "bob", "eve"))
	g.unchanged(g.rank("ann", c, chat.Member, "bob"))
	g.unchanged(g.rank("ann", c, chat.Owner, "ann"))
	g.must(g.rank("adm", c, chat.Guest, "mod", "bob"))
	if e := g.last(c); e.Kind != chat.Ranked || e.Body.Role != chat.Guest || !sameUsers(e.Body.Users, "mod", "bob") {
		t.Errorf("entry %+v", e)
	}
	_, err := g.say("bob", c, "may I?")
	wantCode(t, err, chat.Forbidden)
	g.head(c)
}

func TestOwnershipIsHandedOverInOneEntry(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob")
	out := g.must(g.rank("ann", c, chat.Owner, "bob"))
	if e := g.last(c); e.Seq != out.Seq || e.Body.Role != chat.Owner || !sameUsers(e.Body.Users, "bob") {
		t.Errorf("entry %+v", e)
	}
	if head := g.head(c); head.Members["bob"].Role != chat.Owner || head.Members["ann"].Role != chat.Admin {
		t.Errorf("members %+v", head.Members)
	}
	g.refused(chat.Forbidden)(g.rank("ann", c, chat.Owner, "ann"))
	g.refused(chat.Forbidden)(g.remove("ann", c, false, "bob"))
}
