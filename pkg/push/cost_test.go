package push_test

import (
	"maps"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

// A notification costs the entry, strongly, the sender's profile, and for each user a session, a stance and a relation:
// README, "What a message costs".
func TestWhatANotificationCosts(t *testing.T) {
	r := newRig(t)
	r.members(t, "ann", "bob")
	for users, want := range map[chat.UserID]map[string]float64{
		"ann":    {"GetItem": 1, "BatchGetItem": 2},
		"nobody": {"GetItem": 1, "BatchGetItem": 2},
	} {
		r.meter.Take()
		r.notify(t, users)
		if got := r.meter.Take(); !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", users, got, want)
		}
	}
	r.meter.Take()
	r.notify(t, "ann", "bob")
	if got, want := r.meter.Take(), (map[string]float64{"GetItem": 1, "BatchGetItem": 3.5}); !maps.Equal(got, want) {
		t.Errorf("two users: %v, want %v", got, want)
	}
}
