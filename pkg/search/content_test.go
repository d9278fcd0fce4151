package search_test

import (
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/wire"
)

func TestI20WhatIsDueIsNotFound(t *testing.T) {
	r := newRig(t)
	now := epoch
	r.log.Log = r.log.Log.(*store.Conversations).At(func() time.Time { return now })
	c := r.direct(t, "ann", "bob")
	secret := said("ann", "my password is hunter2")
	secret.Timer = chat.Timer{After: time.Minute, From: chat.SinceSent}
	r.put(t, c, 1, secret)
	queries := []wire.Query{{Words: "password"}, {From: "ann"}, {From: "ann", In: c.ID}}
	for due, want := range []int{1, 0} {
		for _, q := range queries {
			if hits, _ := r.all(t, "bob", q, nil); len(hits) != want {
				t.Errorf("due %d: %+v finds %+v", due, q, hits)
			}
		}
		now = now.Add(2 * time.Minute)
	}
}

func TestWhatIsHiddenFromOneselfIsNotFound(t *testing.T) {
	r := newRig(t)
	c := r.direct(t, "ann", "bob")
	r.put(t, c, 1, said("ann", "embarrassing"))
	if _, err := r.log.Hide(t.Context(), c.ID, "bob", []chat.Seq{1}); err != nil {
		t.Fatal(err)
	}
	for user, want := range map[chat.UserID]int{"ann": 1, "bob": 0} {
		if hits, _ := r.all(t, user, wire.Query{Words: "embarrassing"}, nil); len(hits) != want {
			t.Errorf("%s finds %+v", user, hits)
		}
	}
}
