package people_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestAProfileIsReplacedAndTheOtherDevicesAreTold(t *testing.T) {
	r := newRig(t)
	for _, id := range []chat.ConnectionID{"ann-phone", "ann-laptop"} {
		if _, err := r.sessions.Connect(t.Context(), "ann", chat.Connection{ID: id, Since: r.now}); err != nil {
			t.Fatal(err)
		}
	}
	picture := r.upload("ann", "face", "image/png")
	want := wire.ProfileLine{User: "ann", Name: "Ann", About: "at sea", Picture: picture, Version: 1}
	got, err := r.Profile(t.Context(), as("ann"), wire.Profile{Name: "Ann", About: "at sea", Picture: picture})
	if err != nil || got != want {
		t.Fatalf("%+v, %v; want %+v", got, err, want)
	}
	if len(r.bucket.kept) != 1 || r.bucket.kept[0] != chat.MediaKey("ann", picture)+" as profile" {
		t.Errorf("kept are %v", r.bucket.kept)
	}
	if len(r.posts["ann-phone"]) != 0 || len(r.posts["ann-laptop"]) != 1 {
		t.Fatalf("posted are %v", r.posts)
	}
	var event wire.ProfileChanged
	if err := json.Unmarshal([]byte(r.posts["ann-laptop"][0]), &event); err != nil || event.Event != "profile" || event.ProfileLine != want {
		t.Errorf("the laptop is told %+v, %v", event, err)
	}
	if got, err = r.Profile(t.Context(), as("ann"), wire.Profile{Name: "Anna"}); err != nil || got != (wire.ProfileLine{User: "ann", Name: "Anna", Version: 2}) {
		t.Errorf("%+v, %v", got, err)
	}
	if len(r.bucket.kept) != 0 {
		t.Errorf("what was taken away is kept: %v", r.bucket.kept)
	}
}

func TestAPictureIsOnesOwnUploadedImage(t *testing.T) {
	r := newRig(t)
	for name, picture := range map[string]chat.MediaID{
		"not there": chat.NewMediaID([]byte("nothing")), "of bob": r.upload("bob", "bob", "image/png"), "a film": r.upload("ann", "film", "video/mp4"),
	} {
		_, err := r.Profile(t.Context(), as("ann"), wire.Profile{Name: name, Picture: picture})
		wantCode(t, err, chat.MediaMissing)
	}
	if list, err := r.ProfilesOf(t.Context(), as("bob"), wire.Profiles{Users: []chat.UserID{"ann"}}); err != nil || list.Profiles[0] != (wire.ProfileLine{User: "ann"}) {
		t.Errorf("refused, and yet there is %+v, %v", list, err)
	}
	if len(r.bucket.kept) != 0 {
		t.Errorf("kept are %v", r.bucket.kept)
	}
}

func TestWhoIsBlockedSeesNothingOfAProfileButTheName(t *testing.T) {
	r := newRig(t)
	ann := wire.Profile{Name: "Ann", About: "at sea", Picture: r.upload("ann", "face", "image/png")}
	full, err := r.Profile(t.Context(), as("ann"), ann)
	if err != nil {
		t.Fatal(err)
	}
	sees := func(user chat.UserID, want wire.ProfileLine) {
		t.Helper()
		list, err := r.ProfilesOf(t.Context(), as(user), wire.Profiles{Users: []chat.UserID{"nobody", "ann"}})
		if err != nil || !slices.Equal(list.Profiles, []wire.ProfileLine{{User: "nobody"}, want}) {
			t.Errorf("%s sees %+v, %v; want %+v", user, list.Profiles, err, want)
		}
	}
	sees("bob", full)
	if _, err := r.Block(t.Context(), as("ann"), wire.Block{User: "bob"}); err != nil {
		t.Fatal(err)
	}
	sees("bob", wire.ProfileLine{User: "ann", Name: "Ann", Version: 1})
	sees("cat", full)
	sees("ann", full)
	if _, err := r.Unblock(t.Context(), as("ann"), wire.Unblock{User: "bob"}); err != nil {
		t.Fatal(err)
	}
	sees("bob", full)
}

func TestTheLongestProfilesAndContactsFitAFrame(t *testing.T) {
	r := newRig(t)
	var users []chat.UserID
	for i := range chat.MaxProfiles {
		user := chat.UserID(fmt.Sprintf("%0128d", i))
		users = append(users, user)
		long := chat.Profile{User: user, Name: strings.Repeat("😀", chat.MaxDisplayName), About: strings.Repeat(`"`, chat.MaxAbout), Picture: chat.NewMediaID([]byte(user))}
		if _, _, err := r.Profiles.PutProfile(t.Context(), long); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Contact(t.Context(), as("ann"), wire.Contact{User: user, Name: strings.Repeat("😀", chat.MaxDisplayName)}); err != nil {
			t.Fatal(err)
		}
	}
	fits := func(result any) {
		t.Helper()
		if _, err := wire.Encode(wire.NewReply(strings.Repeat("\x01", chat.MaxRef), result)); err != nil {
			t.Error(err)
		}
	}
	var got []chat.UserID
	for left := users; len(left) > 0; {
		list, err := r.ProfilesOf(t.Context(), as("ann"), wire.Profiles{Users: left})
		if err != nil || len(list.Profiles) == 0 {
			t.Fatal(list, err)
		}
		fits(list)
		for _, p := range list.Profiles {
			got = append(got, p.User)
		}
		left = left[len(list.Profiles):]
	}
	if !slices.Equal(got, users) {
		t.Errorf("profiles of %d users", len(got))
	}
	got = nil
	for q := (wire.Contacts{}); ; {
		list, err := r.Contacts(t.Context(), as("ann"), q)
		if err != nil {
			t.Fatal(err)
		}
		fits(list)
		for _, c := range list.Contacts {
			got = append(got, c.User)
		}
		if q.Next = list.Next; q.Next == "" {
			break
		}
	}
	if !slices.Equal(got, users) {
		t.Errorf("%d contacts", len(got))
	}
}
