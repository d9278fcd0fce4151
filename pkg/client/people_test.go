package client_test

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

func TestProfilesAreSetReadAndAnnouncedToOnesOwnDevices(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.connect("ann"), t.connect("bob")
		line, err := ann.SetProfile(t.Context(), "Ann", "at sea", "")
		if want := (wire.ProfileLine{User: "ann", Name: "Ann", About: "at sea", Version: 1}); err != nil || line != want {
			t.Fatalf("%+v, %v", line, err)
		}
		users := []chat.UserID{"ann"}
		for i := range 60 {
			users = append(users, chat.UserID(fmt.Sprint("u", i)))
		}
		all, err := bob.Profiles(t.Context(), users...)
		if err != nil || len(all) != len(users) || all[0] != line || all[60].User != "u59" {
			t.Errorf("%d profiles, the first %+v, %v", len(all), all[0], err)
		}
		t.server.PostRaw("ann", `{"event":"profile","user":"ann","name":"Anna","version":2}`)
		after(0)
		if got := ann.profileChanges(); !slices.Equal(got, []wire.ProfileLine{{User: "ann", Name: "Anna", Version: 2}}) {
			t.Errorf("told %+v", got)
		}
	})
}

func (d *device) profileChanges() (lines []wire.ProfileLine) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		if e, ok := e.(client.ProfileChanged); ok {
			lines = append(lines, e.ProfileLine)
		}
	}
	return lines
}

func TestContactsAndBlocksAreKept(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		for _, act := range []func() error{
			func() error { return ann.SetContact(t.Context(), "bob", "Bobby") },
			func() error { return ann.SetContact(t.Context(), "cat", "") },
			func() error { return ann.RemoveContact(t.Context(), "cat") },
			func() error { return ann.Block(t.Context(), "eve") },
			func() error { return ann.Block(t.Context(), "dan") },
			func() error { return ann.Unblock(t.Context(), "dan") },
		} {
			if err := act(); err != nil {
				t.Fatal(err)
			}
		}
		if contacts, err := ann.Contacts(t.Context()); err != nil || !slices.Equal(contacts, []wire.ContactLine{{User: "bob", Name: "Bobby"}}) {
			t.Errorf("%+v, %v", contacts, err)
		}
		if blocked, err := ann.Blocked(t.Context()); err != nil || len(blocked) != 1 || blocked[0].User != "eve" {
			t.Errorf("%+v, %v", blocked, err)
		}
	})
}

func TestWhatSomebodyBlockedWritesIsSteppedOver(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.connect("ann"), t.connect("bob")
		t.server.Say("ann", "bob", "one")
		if err := bob.Block(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
		if _, err := bob.Send(t.Context(), client.ToUser("ann"), client.Text("no")); !errors.Is(err, client.ErrForbidden) {
			t.Error(err)
		}
		accepted, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("two"))
		if err != nil || accepted.Seq != 2 {
			t.Fatal(accepted, err)
		}
		if err := bob.Unblock(t.Context(), "ann"); err != nil {
			t.Fatal(err)
		}
		t.server.Say("ann", "bob", "three")
		after(time.Second) // the gap is noticed and fetched
		var room client.Room
		var seqs []chat.Seq
		for _, e := range bob.entries(annAndBob) {
			seqs = append(seqs, e.Seq)
			room.Apply(e.Entry)
		}
		messages := room.Messages()
		if !slices.Equal(seqs, []chat.Seq{1, 2, 3}) || len(messages) != 2 || messages[1].Body.Text != "three" {
			t.Errorf("bob gets %v and reads %+v", seqs, messages)
		}
	})
}

func TestMutesSayUntilWhen(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		until := time.Now().Add(time.Hour).UTC().Truncate(time.Millisecond)
		for _, step := range []struct {
			act          func() error
			user         time.Time
			conversation chat.Stance
		}{
			{func() error { return ann.Mute(t.Context(), "bob", until) }, until, chat.Stance{}},
			{func() error { return ann.Mute(t.Context(), "bob", time.Time{}) }, chat.Forever, chat.Stance{}},
			{func() error { return ann.Unmute(t.Context(), "bob") }, time.Time{}, chat.Stance{}},
			{func() error { return ann.MuteConversation(t.Context(), annAndBob, until, true) }, time.Time{}, chat.Stance{User: "ann", Muted: until, Mentions: true}},
			{func() error { return ann.UnmuteConversation(t.Context(), annAndBob) }, time.Time{}, chat.Stance{User: "ann"}},
		} {
			if err := step.act(); err != nil {
				t.Fatal(err)
			}
			if r := t.server.Relation("ann", "bob"); !r.Muted.Equal(step.user) {
				t.Errorf("bob is muted until %v, want %v", r.Muted, step.user)
			}
			if s := t.server.Stance("ann", annAndBob); s != step.conversation {
				t.Errorf("%+v, want %+v", s, step.conversation)
			}
		}
	})
}

func TestAStrangersConversationIsListedAsARequestUntilAccepted(t *testing.T) {
	play(t, func(t *scene) {
		bob := t.connect("bob")
		chosen, err := bob.Settings(t.Context(), wire.Settings{Messages: chat.Contacts})
		if want := (wire.Preferences{Seen: chat.Everyone, Messages: chat.Contacts, Groups: chat.Everyone}); err != nil || chosen != want {
			t.Fatalf("%+v, %v", chosen, err)
		}
		t.server.Say("ann", "bob", "may I?")
		request := func() bool {
			t.Helper()
			list, err := bob.Conversations(t.Context())
			if err != nil || len(list) != 1 {
				t.Fatal(list, err)
			}
			return list[0].Request
		}
		if !request() {
			t.Error("it is no request")
		}
		if err := bob.Accept(t.Context(), annAndBob); err != nil {
			t.Fatal(err)
		}
		if request() {
			t.Error("it is still a request")
		}
		if err := bob.Accept(t.Context(), chat.DirectID("x", "y")); !errors.Is(err, client.ErrForbidden) {
			t.Error(err)
		}
	})
}

func TestThePictureOfAProfileIsRead(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.connect("ann"), t.connect("bob")
		a, err := ann.Upload(t.Context(), client.File{Name: "face.png", Type: "image/png", Content: strings.NewReader("a face")})
		if err != nil {
			t.Fatal(err)
		}
		line, err := ann.SetProfile(t.Context(), "", "", a.Media)
		if err != nil || line.Picture != a.Media {
			t.Fatal(line, err)
		}
		picture, err := bob.Picture(t.Context(), "ann", line.Picture)
		if err != nil {
			t.Fatal(err)
		}
		defer picture.Close()
		if content, err := io.ReadAll(picture); err != nil || string(content) != "a face" {
			t.Errorf("%q, %v", content, err)
		}
	})
}
