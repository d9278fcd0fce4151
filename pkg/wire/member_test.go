package wire

import (
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// memberFrames is what the server says when members or the setup of a group change.
func memberFrames() map[string]any {
	id := chat.MessageID("018f7d9e-0002-7d3c-a5b6-778899aabbcc")
	group := chat.GroupID("ann", "018f7d9c-52c0-7c4e-8f0a-6b1d2e3f4a5b")
	entry := func(kind chat.EntryKind, from chat.UserID, b chat.Body) Entry {
		return FromEntry(chat.Entry{Conversation: group, Seq: 7, Kind: kind, ID: id, From: from, At: at("2026-11-22T03:00:00.000Z"), Body: b, Rules: 7})
	}
	name, picture, announce, slow, history := "Sailing 2028", chat.MediaID(""), true, 30*time.Second, chat.FromStart
	two := []chat.UserID{"dan", "eve"}
	return map[string]any{
		"added":      entry(chat.Added, "ann", chat.Body{Users: two}),
		"joined":     entry(chat.Joined, "dan", chat.Body{}),
		"removed":    entry(chat.Removed, "ann", chat.Body{Users: two}),
		"left":       entry(chat.Left, "dan", chat.Body{}),
		"left.owner": entry(chat.Left, "ann", chat.Body{Users: two[:1], Role: chat.Owner}),
		"ranked":     entry(chat.Ranked, "ann", chat.Body{Users: two, Role: chat.Moderator}),
		"changed":    entry(chat.Changed, "ann", chat.Body{Setup: &chat.Amendment{Name: &name}}),
		"changed.all": entry(chat.Changed, "ann", chat.Body{Setup: &chat.Amendment{
			Name: &name, Picture: &picture, Announce: &announce, Slow: &slow, History: &history,
		}}),
		"hidden": FromEntry(chat.Entry{Conversation: group, Seq: 8, ID: id, From: "eve", Kind: chat.Message, Hidden: true, Body: chat.Body{Text: "hi"}}.For("ann", chat.Place{})),
	}
}
