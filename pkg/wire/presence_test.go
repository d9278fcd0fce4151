package wire

import (
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// presenceFrames is what the server says for the samples of presence and typing, and at the end of a device.
func presenceFrames() map[string]any {
	until := at("2026-11-21T23:00:00.000Z")
	now := at("2026-11-21T22:40:20.125Z")
	dan := chat.Shown{User: "dan", Presence: chat.Offline, Seen: at("2026-11-20T09:00:00.250Z")}
	return map[string]any{
		"event.typing":     NewComposing(chat.DirectID("ann", "bob"), "bob", Text),
		"presence":         NewChanged(chat.Shown{User: "bob", Presence: chat.Online}, now),
		"presence.offline": NewChanged(chat.Shown{User: "bob", Presence: chat.Offline, Seen: at("2026-11-21T22:40:00.000Z")}, now),
		"reply.watch": NewReply("w1", Watched{[]PresenceLine{
			FromShown(chat.Shown{User: "bob", Presence: chat.Busy, Until: until}, now),
			FromShown(chat.Shown{User: "chloe@example.com", Presence: chat.Unknown}, now),
			FromShown(dan, now),
		}, []chat.UserID{"dan"}}),
		"reply.watch.hidden":     NewReply("w3", Watched{Presences: []PresenceLine{FromShown(chat.Concealed("dan"), now)}}),
		"reply.unwatch":          NewReply("w2", Unwatched{}),
		"reply.status":           NewReply("p1", NewChosen(chat.Busy, until)),
		"reply.status.invisible": NewReply("p3", NewChosen(chat.Invisible, time.Time{})),
		"reply.logout":           NewReply("o1", LoggedOut{"phone-1"}),
		"reply.logout.nameless":  NewReply("o2", LoggedOut{}),
	}
}
