package media_test

import (
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestThePictureOfAProfileIsForEverybodyWhoIsNotBlocked(t *testing.T) {
	r := newRig(t)
	put := func(picture chat.MediaID) {
		t.Helper()
		if _, _, err := r.Profiles.PutProfile(t.Context(), chat.Profile{User: "ann", Picture: picture, Type: "image/png"}); err != nil {
			t.Fatal(err)
		}
	}
	get := func(user chat.UserID, picture chat.MediaID) error {
		t.Helper()
		_, err := r.Download(t.Context(), as(user), wire.Download{User: "ann", Media: picture})
		return err
	}
	wantCode(t, get("bob", id(1)), chat.NotFound) // no profile yet
	put(id(1))
	for _, user := range []chat.UserID{"bob", "eve", "ann"} {
		if err := get(user, id(1)); err != nil {
			t.Errorf("%s: %v", user, err)
		}
	}
	if want := "get " + chat.MediaKey("ann", id(1)) + " picture image/png"; !slices.Contains(r.bucket.signed, want) {
		t.Errorf("signed %v", r.bucket.signed)
	}
	if err := r.People.Block(t.Context(), "ann", "eve", epoch); err != nil {
		t.Fatal(err)
	}
	wantCode(t, get("eve", id(1)), chat.NotFound)
	if err := r.People.Block(t.Context(), "ann", "eve", time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := get("eve", id(1)); err != nil {
		t.Error(err)
	}
	put(id(2)) // the old one is not given out any more, nor is anything else that ann has uploaded
	wantCode(t, get("bob", id(1)), chat.NotFound)
	wantCode(t, get("bob", id(3)), chat.NotFound)
	if err := get("bob", id(2)); err != nil {
		t.Error(err)
	}
}
