package send_test

import (
	"sync"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// meanwhile lets something happen once, between the decision of an append and its write.
func (g *groups) meanwhile(happens func()) {
	g.log.beforePut = func(chat.Entry) {
		g.log.beforePut = nil
		happens()
	}
}

// S5: what is written was allowed by everything that stands before it.
func TestS5WhoIsRemovedInTheSameInstantCannotPost(t *testing.T) {
	for name, act := range map[string]func(g *groups, c chat.ConversationID, about chat.Entry) error{
		"send": func(g *groups, c chat.ConversationID, _ chat.Entry) error {
			_, err := g.say("bob", c, "last word")
			return err
		},
		"react": func(g *groups, c chat.ConversationID, about chat.Entry) error {
			_, err := g.rig.React(t.Context(), as("bob"), wire.React{Change: of(about, 1), Reactions: []string{"👎"}})
			return err
		},
		"edit": func(g *groups, c chat.ConversationID, about chat.Entry) error {
			_, err := g.rig.Edit(t.Context(), as("bob"), wire.Edit{Change: of(about, 1), Body: says("x")})
			return err
		},
		"delete": func(g *groups, c chat.ConversationID, about chat.Entry) error {
			_, err := g.rig.Delete(t.Context(), as("bob"), wire.Delete{Change: of(about, 1)})
			return err
		},
		"rename": func(g *groups, c chat.ConversationID, _ chat.Entry) error {
			_, err := g.amend("bob", c, wire.Amendment{Name: new("bob's")})
			return err
		},
		"add": func(g *groups, c chat.ConversationID, _ chat.Entry) error {
			_, err := g.add("bob", c, "friend")
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			g := newGroups(t)
			c := g.found("bob", "cat")
			g.must(g.rank("ann", c, chat.Admin, "bob"))
			about, err := g.say("bob", c, "hi")
			if err != nil {
				t.Fatal(err)
			}
			g.meanwhile(func() { g.must(g.remove("ann", c, false, "bob")) })
			wantCode(t, act(g, c, about), chat.Forbidden)
			if e := g.last(c); e.Kind != chat.Removed {
				t.Errorf("the last entry is %+v", e)
			}
			if e := g.at(t, about); e.State.Reactions != nil || e.State.Deleted || e.Body.Text != "hi" {
				t.Errorf("the message is %+v", e)
			}
			g.head(c)
		})
	}
}

func TestS5WhoLostTheirRoleInTheSameInstantCannotUseIt(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob", "cat")
	g.must(g.rank("ann", c, chat.Admin, "bob"))
	g.meanwhile(func() { g.must(g.rank("ann", c, chat.Guest, "bob")) })
	g.refused(chat.Forbidden)(g.remove("bob", c, true, "cat"))
	if banned, err := g.store.Banned(t.Context(), c, []chat.UserID{"cat"}); err != nil || len(banned) > 0 {
		t.Errorf("banned %v, %v", banned, err)
	}
	if head := g.head(c); head.Size != 3 {
		t.Errorf("%+v", head)
	}
}

// A replica may show a header that is older than the last entry, or both may be old.
func TestAnOldHeaderIsReadAgain(t *testing.T) {
	for name, lag := range map[string]chat.Seq{"with the newest entry": 0, "with an old one": 1, "before all that": 3} {
		t.Run(name, func(t *testing.T) {
			g := newGroups(t)
			c := g.found("bob", "cat")
			old := g.head(c)
			g.must(g.remove("ann", c, false, "bob"))
			if _, err := g.say("ann", c, "at last"); err != nil {
				t.Fatal(err)
			}
			g.log.header, g.log.lag = &old, lag
			_, err := g.say("bob", c, "I am back")
			wantCode(t, err, chat.Forbidden)
			e, err := g.say("cat", c, "who was that?")
			if err != nil || e.Seq != 4 || e.Rules != 2 {
				t.Errorf("%+v, %v", e, err)
			}
			// Nor is anybody refused by it.
			g.must(g.amend("ann", c, wire.Amendment{Announce: new(true)}))
			quiet := g.head(c)
			g.must(g.amend("ann", c, wire.Amendment{Announce: new(false)}))
			g.must(g.add("ann", c, "dan"))
			g.log.header = &quiet
			for _, user := range []chat.UserID{"cat", "dan"} {
				if _, err := g.say(user, c, "hi"); err != nil {
					t.Errorf("%s: %v", user, err)
				}
			}
			if n := len(g.entries(t, c)); n != 9 {
				t.Errorf("%d entries", n)
			}
		})
	}
}

func TestManyWhoChangeAGroupAtOnceAllGetTheirWay(t *testing.T) {
	g := newGroups(t)
	admins := crowd("adm", 6)
	c := g.found(append(admins, crowd("m", 12)...)...)
	g.must(g.rank("ann", c, chat.Admin, admins...))
	var all sync.WaitGroup
	for i, admin := range admins {
		add := wire.Add{Govern: g.govern(c), Users: crowd("new", i+1)}
		remove := wire.Remove{Govern: g.govern(c), Users: crowd("m", 2*i+2)[2*i:]}
		talk := wire.Send{ID: g.id(), To: wire.Target{Conversation: c}, Body: wire.Content{Text: "hm"}}
		all.Go(func() {
			if _, err := g.Add(t.Context(), as(admin), add); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, err := g.Remove(t.Context(), as(admin), remove); err != nil {
				t.Error(err)
			}
		})
		all.Go(func() {
			if _, err := g.rig.Send(t.Context(), as(admin), talk); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if head := g.head(c); head.Size != 1+6+6 {
		t.Errorf("%d members: %+v", head.Size, head.Members)
	}
	// The log tells who is in it.
	in := map[chat.UserID]bool{"ann": true}
	for _, user := range append(admins, crowd("m", 12)...) {
		in[user] = true
	}
	for _, e := range g.entries(t, c) {
		for _, user := range e.Body.Users {
			switch {
			case e.Kind == chat.Added && in[user], e.Kind == chat.Removed && !in[user]:
				t.Errorf("%d: %s %s", e.Seq, user, e.Kind)
			}
			in[user] = e.Kind != chat.Removed
		}
	}
}
