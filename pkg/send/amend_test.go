package send_test

import (
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestEveryPartOfASetupCanBeChanged(t *testing.T) {
	g := newGroups(t)
	media := chat.NewMediaID([]byte("a picture of us"))
	there := pictures{media: true}
	g.Pictures = there
	c := g.found("bob")
	g.must(g.rank("ann", c, chat.Admin, "bob"))
	g.must(g.amend("bob", c, wire.Amendment{
		Name: new("foes"), Picture: &wire.Picture{Media: media}, Announce: new(true), Slow: new(30), History: new(chat.FromStart),
	}))
	want := chat.Setup{Name: "foes", Picture: media, PictureBy: "bob", Announce: true, Slow: 30 * time.Second, History: chat.FromStart}
	if head := g.head(c); head.Setup != want || len(head.Members) != 2 {
		t.Errorf("header %+v", head)
	}
	if e := g.last(c); e.Kind != chat.Changed || *e.Body.Setup.Name != "foes" || *e.Body.Setup.Slow != 30*time.Second {
		t.Errorf("entry %+v", e)
	}
	g.unchanged(g.amend("ann", c, wire.Amendment{Name: new("foes"), Slow: new(30)}))
	other := g.found("bob")
	g.unchanged(g.amend("ann", other, wire.Amendment{History: new(chat.SinceJoin)})) // as it is without a choice
	resend := wire.Amend{Govern: g.govern(c), Setup: &wire.Amendment{Picture: &wire.Picture{Remove: true}}}
	g.must(g.Amend(t.Context(), as("ann"), resend))
	if len(there) != 0 {
		t.Error("the picture that was taken away is still kept")
	}
	want.Picture, want.PictureBy = "", ""
	if head := g.head(c); head.Setup != want {
		t.Errorf("header %+v", head)
	}
	g.unchanged(g.amend("ann", c, wire.Amendment{Picture: &wire.Picture{Remove: true}}))
	// What is taken away or ended is told, too.
	g.must(g.amend("ann", c, wire.Amendment{Announce: new(false), Slow: new(0)}))
	for seq, what := range map[chat.Seq]func(*chat.Amendment) bool{
		4: func(a *chat.Amendment) bool { return a.Picture != nil && *a.Picture == "" && a.Announce == nil },
		5: func(a *chat.Amendment) bool {
			return a.Announce != nil && !*a.Announce && a.Slow != nil && *a.Slow == 0 && a.Picture == nil
		},
	} {
		if e := g.at(t, chat.Entry{Conversation: c, Seq: seq}); e.Body.Setup == nil || !what(e.Body.Setup) {
			t.Errorf("%d says %+v", seq, e.Body.Setup)
		}
	}
	g.refused(chat.MediaMissing)(g.amend("ann", c, wire.Amendment{Picture: &wire.Picture{Media: chat.NewMediaID([]byte("another"))}}))
	g.must(g.rank("ann", c, chat.Moderator, "bob"))
	g.refused(chat.Forbidden)(g.amend("bob", c, wire.Amendment{Name: new("mine")}))
	g.refused(chat.Forbidden)(g.amend("eve", c, wire.Amendment{Name: new("mine")}))
}

func TestAnnouncementsTakeAModerator(t *testing.T) {
	g := newGroups(t)
	c := g.found("bob", "mod")
	g.must(g.rank("ann", c, chat.Moderator, "mod"))
	g.must(g.amend("ann", c, wire.Amendment{Announce: new(true)}))
	_, err := g.say("bob", c, "hi")
	wantCode(t, err, chat.Forbidden)
	if _, err := g.say("mod", c, "hi"); err != nil {
		t.Error(err)
	}
	g.must(g.amend("ann", c, wire.Amendment{Announce: new(false)}))
	if _, err := g.say("bob", c, "hi"); err != nil {
		t.Error(err)
	}
}

func TestAGroupIsFoundedAsItIsToBe(t *testing.T) {
	g := newGroups(t)
	q := wire.Create{ID: g.id(), Name: "news", Members: []chat.UserID{"bob"}, Announce: true, History: new(chat.FromStart)}
	e, err := g.rig.Create(t.Context(), as("ann"), q)
	if err != nil {
		t.Fatal(err)
	}
	if head := g.head(e.Conversation); head.Setup != (chat.Setup{Name: "news", Announce: true, History: chat.FromStart}) {
		t.Errorf("setup %+v", head.Setup)
	}
	if again, err := g.rig.Create(t.Context(), as("ann"), q); err != nil || again.Seq != 1 {
		t.Errorf("again %+v, %v", again, err)
	}
}
