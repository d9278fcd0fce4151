package wire

import (
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

const (
	sampleDirect = chat.ConversationID("d_ug4pu57g7t2snlkdcbx2lidciz")
	sampleGroup  = chat.ConversationID("g_cpndevkylxwwkv4lzhtyfscsk6")
)

var noon = at("2026-11-21T12:00:00.000Z")

// directOwn and groupOwn are what the samples of the list say of the caller's own standing.
func directOwn() Own {
	own := NewOwn(chat.Standing{Read: 42, Pinned: true}, 43, noon)
	own.Unread, own.PeerRead, own.PeerDelivered, own.PeerPresence = FromUnread(chat.Unread{Count: 1}), 41, 43, Online
	return own
}

func groupOwn() Own {
	own := NewOwn(chat.Standing{
		Read: 1, Marked: 2, MarkedAt: 2, Archived: 1, Cleared: 1, Muted: at("2026-11-22T08:00:00.000Z"), Mentions: true,
	}, 2, noon)
	own.Unread = FromUnread(chat.Unread{Count: 99, More: true, Mentions: 2})
	return own
}

// standingFrames is what the server says of cursors and choices, by sample.
func standingFrames() map[string]any {
	yes, no := true, false
	marked, unmarked := chat.Seq(42), chat.Seq(0)
	of := 2
	typing := NewComposing(sampleDirect, "bob", Text)
	typing.Read = 43
	return map[string]any{
		"event.typing.read": typing,
		"receipt":           NewReceived("bob", []Receipt{{Conversation: sampleDirect, Read: 43}}),
		"receipt.delivered": NewReceived("bob", []Receipt{
			{Conversation: sampleDirect, Delivered: 43, Read: 42}, {Conversation: sampleGroup, Delivered: 2},
		}),
		"reply.seen": NewReply("x3", SeenBy{
			Users: []SeenLine{{User: "ann", Read: true}, {User: "chloe@example.com"}}, Read: 1, Delivered: 2, Of: 2,
		}),
		"reply.seen.next":     NewReply("x3", SeenBy{Users: []SeenLine{{User: "ann", Read: true}}, Read: 1, Delivered: 1, Of: 3, Next: "ann"}),
		"reply.mark":          NewReply("x5", Preferred{Conversation: sampleDirect, Marked: &marked, MarkedAt: 43}),
		"reply.mark.off":      NewReply("x6", Preferred{Conversation: sampleDirect, Marked: &unmarked}),
		"reply.prefs":         NewReply("x7", Preferred{Conversation: sampleGroup, Pinned: &yes, Archived: &no}),
		"event.prefs":         Preferred{Conversation: sampleDirect, Archived: &yes}.Told(),
		"reply.prefs.cleared": NewReply("x9", Preferred{Conversation: sampleDirect, Cleared: 42}),
		"event.prefs.cleared": Preferred{Conversation: sampleDirect, Cleared: 42}.Told(),
		"event.prefs.muted":   Preferred{Conversation: sampleDirect, Muted: Until(chat.Forever), MentionsOnly: true}.Told(),
		"event.prefs.marked":  Preferred{Conversation: sampleDirect, Marked: &marked, MarkedAt: 43}.Told(),
		"reply.explain": NewReply("x9", NewExplained(
			chat.Standing{Conversation: sampleDirect, Seat: chat.Seat{Place: chat.Place{From: 1}}, Read: 40, Delivered: 43, Marked: 38, MarkedAt: 40}, 43,
			chat.Unread{Since: 41, Count: 1, Mentions: 1, Seqs: []chat.Seq{43}, Skipped: map[chat.Reason]int{chat.SkipDeleted: 1}},
		)),
		"reply.explain.nothing": NewReply("x9", NewExplained(
			chat.Standing{Conversation: sampleDirect, Read: 43, Delivered: 43}, 43, chat.Unread{Since: 43},
		)),
		"reply.conversations.since": NewReply("l3", Listed{Conversations: []Conversation{}, Since: Time(noon.Add(10*time.Hour + 40*time.Minute)), Of: &of}),
	}
}
