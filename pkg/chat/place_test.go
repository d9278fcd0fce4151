package chat_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// The policy on one screen: who can do what in a group.
func TestWhatARoleAllows(t *testing.T) {
	for role, want := range map[chat.Role][]chat.Capability{
		chat.Owner: {
			chat.CanSend, chat.CanReact, chat.CanEverybody, chat.CanPin, chat.CanErase, chat.CanAdd, chat.CanInvite, chat.CanRemove,
			chat.CanChange, chat.CanRank, chat.CanHandOver,
		},
		chat.Admin: {
			chat.CanSend, chat.CanReact, chat.CanEverybody, chat.CanPin, chat.CanErase, chat.CanAdd, chat.CanInvite, chat.CanRemove,
			chat.CanChange, chat.CanRank,
		},
		chat.Moderator: {chat.CanSend, chat.CanReact, chat.CanEverybody, chat.CanPin, chat.CanErase, chat.CanRemove},
		chat.Member:    {chat.CanSend, chat.CanReact},
		chat.Guest:     {chat.CanReact},
		"":             nil, // nobody
		"king":         nil,
	} {
		c := chat.Conversation{Kind: chat.Group}
		if got := c.Capabilities(role); !slices.Equal(got, want) {
			t.Errorf("%q can %v, want %v", role, got, want)
		}
		c.Setup.Announce = true
		quiet := slices.Clone(want)
		if role == chat.Member {
			quiet = []chat.Capability{chat.CanReact}
		}
		if got := c.Capabilities(role); !slices.Equal(got, quiet) {
			t.Errorf("%q can %v where only announcements are made, want %v", role, got, quiet)
		}
		// Adding somebody ends a ban, so whoever adds may also remove.
		if c.Can(role, chat.CanAdd) && !c.Can(role, chat.CanRemove) {
			t.Errorf("%q can add and not remove", role)
		}
	}
	direct := chat.Conversation{Kind: chat.Direct}
	if got := direct.Capabilities(chat.Member); !slices.Equal(got, []chat.Capability{chat.CanSend, chat.CanReact, chat.CanPin, chat.CanChange}) {
		t.Errorf("between two people each can %v", got)
	}
	if direct.Can(chat.Member, "fly") {
		t.Error("flying is no capability")
	}
}

func TestRanksAreInOneOrder(t *testing.T) {
	order := []chat.Role{chat.Owner, chat.Admin, chat.Moderator, chat.Member, chat.Guest}
	for i, a := range order {
		for j, b := range order {
			if a.Above(b) != (i < j) {
				t.Errorf("%s above %s is %v", a, b, a.Above(b))
			}
		}
		if !a.Valid() || chat.Role("x"+string(a)).Valid() {
			t.Errorf("%s", a)
		}
	}
}

func TestM2WhoCameLaterSeesNothingOfBefore(t *testing.T) {
	place := chat.Place{Role: chat.Member, From: 5}
	for name, test := range map[string]struct {
		e    chat.Entry
		show bool
	}{
		"before":                     {chat.Entry{Seq: 4, Kind: chat.Message}, false},
		"the first":                  {chat.Entry{Seq: 5, Kind: chat.Added}, true},
		"an edit of what was before": {chat.Entry{Seq: 6, Kind: chat.Edited, Body: chat.Body{Target: 4}}, false},
		"an edit of what is shown":   {chat.Entry{Seq: 7, Kind: chat.Edited, Body: chat.Body{Target: 6}}, true},
		"hidden by oneself":          {chat.Entry{Seq: 8, Kind: chat.Message, State: chat.State{Hides: []chat.UserID{"ann"}}}, false},
		"hidden by another":          {chat.Entry{Seq: 8, Kind: chat.Message, State: chat.State{Hides: []chat.UserID{"bob"}}}, true},
		"of somebody blocked":        {chat.Entry{Seq: 9, Kind: chat.Message, From: "bob", Hidden: true}, false},
		"one's own":                  {chat.Entry{Seq: 9, Kind: chat.Message, From: "ann", Hidden: true}, true},
	} {
		test.e.Body.Text, test.e.Rules = "words", 3
		got := test.e.For("ann", place)
		switch {
		case got.Seq != test.e.Seq || got.Rules != 3:
			t.Errorf("%s: %+v", name, got)
		case test.show != (got.Kind == test.e.Kind), !test.show && (got.Body.Text != "" || got.From != "" || got.Kind != chat.Hidden):
			t.Errorf("%s: %+v", name, got)
		}
	}
}

func TestASetupIsAmendedWhereItIsSaid(t *testing.T) {
	name, slow := "new", time.Minute
	media := chat.NewMediaID([]byte("x"))
	s := chat.Setup{Name: "old", Announce: true, History: chat.FromStart}
	s = s.Amend(chat.Amendment{Name: &name, Slow: &slow, Picture: &media}, "ann")
	if want := (chat.Setup{Name: "new", Announce: true, History: chat.FromStart, Slow: slow, Picture: media, PictureBy: "ann"}); s != want {
		t.Errorf("%+v", s)
	}
	none := chat.MediaID("")
	if s = s.Amend(chat.Amendment{Picture: &none}, "bob"); s.Picture != "" || s.PictureBy != "" {
		t.Errorf("%+v", s)
	}
}

func TestALinkIsOpenUntilItEnds(t *testing.T) {
	i := chat.Invite{Expires: epoch, Uses: 2, Max: 3}
	for name, test := range map[string]struct {
		at   time.Duration
		uses int
		max  int
		open bool
	}{
		"in time": {-1, 2, 3, true}, "too late": {0, 2, 3, false}, "used up": {-1, 3, 3, false}, "for all": {-1, 900, 0, true},
	} {
		i.Uses, i.Max = test.uses, test.max
		if i.Open(epoch.Add(test.at)) != test.open {
			t.Errorf("%s: %v", name, !test.open)
		}
	}
}

func TestWhoIsAddedIsToldAlthoughThatCountsAsRead(t *testing.T) {
	for name, test := range map[string]struct {
		kind  chat.EntryKind
		read  chat.Seq
		rings bool
	}{
		"just added": {chat.Added, 7, true}, "added, and has read on": {chat.Added, 8, false},
		"a message that was read": {chat.Message, 7, false}, "one that was not": {chat.Message, 6, true},
	} {
		s := chat.Stance{User: "eve", Read: test.read}
		if rings := s.Rings(chat.Entry{Seq: 7, Kind: test.kind, From: "ann"}, epoch); rings != test.rings {
			t.Errorf("%s: %v", name, rings)
		}
	}
}
