package wire

import (
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// contentFrames is what the server says of what is hidden, pinned, forwarded, threaded or disappears.
func contentFrames() map[string]any {
	id := chat.MessageID("018f7d9f-0001-7d3c-a5b6-778899aabbcc")
	group := chat.GroupID("ann", "018f7d9c-52c0-7c4e-8f0a-6b1d2e3f4a5b")
	thread := chat.ThreadID(group, 2)
	when := at("2026-11-22T03:00:00.000Z")
	entry := func(kind chat.EntryKind, b chat.Body, change ...func(*chat.Entry)) Entry {
		e := chat.Entry{Conversation: group, Seq: 8, Kind: kind, ID: id, From: "ann", At: when, Body: b}
		for _, f := range change {
			f(&e)
		}
		return FromEntry(e)
	}
	charts := FromEntry(chat.Entry{
		Conversation: group, Seq: 2, Kind: chat.Message, ID: "018f7d9d-0001-7d3c-a5b6-778899aabbcc", From: "bob",
		At: at("2026-11-21T22:30:00.500Z"), Body: chat.Body{Text: "Who brings the charts?"},
	})
	hi := chat.Body{Text: "hi"}
	hour, none := chat.Timer{After: time.Hour, From: chat.SinceSent}, chat.Timer{}
	hides := Hides{7, []chat.Seq{2, 3}}
	return map[string]any{
		"reply.hide":       NewReply("h2", Hid{Conversation: group, Hides: hides}),
		"hides":            Hid{EventHides, group, hides},
		"timers":           NewTimers(group, []chat.Started{{Seq: 8, Until: when.Add(5 * time.Minute)}, {Seq: 9, Until: when.Add(5 * time.Minute)}}),
		"reply.send.until": NewReply("22", NewSent(chat.Entry{Conversation: group, Seq: 8, ID: id, At: when, Until: when.Add(5 * time.Minute)})),
		"reply.send.timer": NewReply("22", NewSent(chat.Entry{Conversation: group, Seq: 8, ID: id, At: when, Timer: chat.Timer{After: 5 * time.Minute, From: chat.SinceRead}})),
		"reply.pin":        NewReply("p1", Accepted{group, 8, id, Time(when)}),
		"reply.pins":       NewReply("p3", Pinned{[]chat.Seq{2}, []Entry{charts}}),
		"reply.follow":     NewReply("f1", Followed{thread, true}),
		"reply.threads": NewReply("t1", ThreadList{[]ThreadLine{
			{Root: 2, Conversation: thread, Head: 4, At: Time(when), From: "ann", Size: 2, Following: true},
		}}),
		"pinned":             entry(chat.Pinned, chat.Body{Target: 2}),
		"pinned.off":         entry(chat.Pinned, chat.Body{Target: 2, Off: true}),
		"threaded":           entry(chat.Threaded, chat.Body{Target: 2, Thread: thread}),
		"message.forwarded":  entry(chat.Message, chat.Body{Text: "hi", Forwarded: true}),
		"message.until":      entry(chat.Message, hi, func(e *chat.Entry) { e.Until = when.Add(5 * time.Minute) }),
		"message.timer":      entry(chat.Message, hi, func(e *chat.Entry) { e.Timer = chat.Timer{After: 5 * time.Minute, From: chat.SinceRead} }),
		"message.expired":    entry(chat.Message, chat.Body{}, func(e *chat.Entry) { e.State = chat.State{Expired: true, Thread: thread} }),
		"message.thread":     entry(chat.Message, hi, func(e *chat.Entry) { e.State.Thread = thread }),
		"message.in_parent":  entry(chat.Message, chat.Body{Text: "hi", InParent: true}),
		"message.of":         entry(chat.Message, chat.Body{Text: "hi", Reply: 2, Of: chat.Reference{Conversation: thread, Seq: 4}}, func(e *chat.Entry) { e.Unattended = true }),
		"edited.expired":     entry(chat.Edited, chat.Body{Target: 2}, func(e *chat.Entry) { e.State.Expired = true }),
		"changed.timer":      entry(chat.Changed, chat.Body{Setup: &chat.Amendment{Timer: &hour}}),
		"changed.timer.none": entry(chat.Changed, chat.Body{Setup: &chat.Amendment{Timer: &none}}),
		"reply.conversations.thread": NewReply("l3", Listed{Conversations: []Conversation{{
			Conversation: thread, Kind: chat.Thread, Size: 2, Head: 4, Role: chat.Member, Can: []chat.Capability{chat.CanSend, chat.CanReact},
			Timer: FromTimer(hour), Pins: 1, Hides: &hides, Parent: group, Root: 2,
		}}}),
	}
}
