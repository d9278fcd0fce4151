package deliver_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

func TestWhoTurnsOutToBeGoneIsHandedOverAsAbsent(t *testing.T) {
	r := newRig()
	left := &absences{}
	r.Absences = left
	for user, ids := range map[chat.UserID][]chat.ConnectionID{
		"ann": {"ann-1"}, "bob": {"bob-gone"}, "cat": {"cat-gone", "cat-2"}, "dan": {"dan-gone", "dan-gone-too"}, "eve": {"eve-gone"},
	} {
		r.connect(user, ids...)
	}
	r.connect("fay", "fay-gone")
	r.people.connections["fay"] = append(r.people.connections["fay"], chat.Connection{ID: "fay-2", Since: r.now, Away: true})
	r.people.status = map[chat.UserID]chat.Status{"eve": {Presence: chat.Invisible, Since: r.now}}
	for _, id := range []chat.ConnectionID{"bob-gone", "cat-gone", "dan-gone", "dan-gone-too", "eve-gone", "fay-gone"} {
		r.gateway.answers[id] = always(chat.ErrGone)
	}
	for _, err := range []error{nil, errors.New("throttled")} { // which fails nobody
		left.err, left.left = err, nil
		c := group("ann", "bob", "cat", "dan", "eve", "fay")
		if err := r.Deliver(t.Context(), c, said(c, "hi"), ""); err != nil {
			t.Fatal(err)
		}
		var users []chat.UserID
		for _, a := range left.left {
			users = append(users, a.User)
			if a.Left != r.now.UnixMilli() {
				t.Errorf("left at %d", a.Left)
			}
		}
		slices.Sort(users)
		// cat is still online, and nobody was told that eve is; of fay only what is away is left.
		if want := []chat.UserID{"bob", "dan", "fay"}; !slices.Equal(users, want) {
			t.Errorf("%v are absent, want %v", users, want)
		}
		r.people.pruneErr = errors.New("throttled")
		for user, id := range map[chat.UserID]chat.ConnectionID{"bob": "bob-gone", "dan": "dan-gone", "fay": "fay-gone"} {
			r.people.connections[user] = slices.Insert(r.people.connections[user], 0, chat.Connection{ID: id, Since: r.now})
		}
	}
}

func TestWhatIsOfTheMomentGoesToWhatIsAliveAndIsNoEntry(t *testing.T) {
	r := newRig()
	r.connect("ann", "ann-1", "ann-gone")
	r.people.connections["bob"] = []chat.Connection{
		{ID: "old", Since: r.now.Add(-chat.ConnectionLife - chat.ConnectionMargin)},
		{ID: "expired", Since: r.now, Expires: r.now},
		{ID: "bob-1", Since: r.now, Expires: r.now.Add(time.Second)},
	}
	r.gateway.answers["ann-gone"] = always(chat.ErrGone)
	if err := r.Hint(t.Context(), []byte(`{}`), []chat.UserID{"ann", "bob", "cat"}); err != nil {
		t.Fatal(err)
	}
	if got, want := r.gateway.reached(), []chat.ConnectionID{"ann-1", "bob-1"}; !slices.Equal(got, want) {
		t.Errorf("reached %v, want %v", got, want)
	}
	if len(r.topic.notices) != 0 || len(r.people.of("ann")) != 2 {
		t.Errorf("%v are notified; ann has %v", r.topic.notices, r.people.of("ann"))
	}
	if gone := r.Post(t.Context(), []byte(`{}`), []chat.ConnectionID{"ann-gone", "bob-1"}); !slices.Equal(gone, []chat.ConnectionID{"ann-gone"}) {
		t.Errorf("gone %v", gone)
	}
	r.people.readErr = errors.New("throttled")
	if err := r.Hint(t.Context(), []byte(`{}`), []chat.UserID{"ann"}); !errors.Is(err, r.people.readErr) {
		t.Error(err)
	}
}
