package wire

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

// laterFrames is what the server says for each sample of what is not said yet.
func laterFrames() map[string]any {
	const first, second = chat.MessageID("018f7d9e-1111-7b2e-9d4f-0a1b2c3d4e5f"), chat.MessageID("018f7d9e-2222-7b2e-9d4f-0a1b2c3d4e5f")
	direct, group := chat.DirectID("bob", "ann"), chat.GroupID("ann", "018f7d9c-52c0-7c4e-8f0a-6b1d2e3f4a5b")
	begun := chat.Draft{Conversation: direct, Peer: "bob", Text: "I was thinking that we", At: at("2026-11-21T22:31:00.250Z")}
	answer := chat.Draft{Conversation: group, Text: "Me, if", Reply: 2, At: at("2026-11-21T22:31:05.000Z")}
	cleared := chat.Draft{Conversation: direct, Peer: "bob", At: at("2026-11-21T22:31:09.000Z")}
	birthday := chat.Scheduled{
		User: "ann", ID: first, Conversation: direct, Peer: "bob", At: at("2026-12-01T07:00:00.000Z"),
		Body: chat.Body{Text: "Happy birthday!"},
	}
	pier := chat.Scheduled{
		User: "ann", ID: second, Conversation: group, At: at("2026-11-28T05:00:00.000Z"), Failed: chat.Forbidden,
		Body: chat.Body{
			Text: "The pier, in an hour", Reply: 2, Mentions: []chat.UserID{"bob"},
			Attachments: []chat.Attachment{{
				Media: chat.NewMediaID([]byte("sample-sample-16")), Name: "harbour at dusk.jpg", Type: "image/jpeg", Size: 482113,
			}},
		},
	}
	return map[string]any{
		"event.draft":          FromDraft(begun),
		"event.draft.reply":    FromDraft(answer),
		"event.draft.cleared":  Cleared(cleared),
		"reply.draft":          NewReply("d1", Drafted{direct, Time(begun.At)}),
		"reply.drafts":         NewReply("d4", DraftList{[]Draft{FromDraft(begun), FromDraft(answer)}, group}),
		"reply.drafts.none":    NewReply("d5", DraftList{}),
		"reply.schedule":       NewReply("p1", Planned{first}),
		"reply.unschedule":     NewReply("p3", Planned{first}),
		"reply.scheduled":      NewReply("p4", ScheduledList{[]Scheduled{FromScheduled(birthday), FromScheduled(pier)}, second}),
		"reply.scheduled.none": NewReply("p5", ScheduledList{}),
		"event.scheduled":      NewFailed(second, chat.Forbidden),
	}
}

// A message that could be sent must fit the list of scheduled ones, whatever fails in the end.
func TestALineOfWhatIsScheduledIsNoLongerThanItsEntry(t *testing.T) {
	e := largest(t, chat.Message)
	line, err := Encode(FromScheduled(chat.Scheduled{
		User: e.From, ID: e.ID, Conversation: e.Conversation, Peer: e.To, Body: e.Body, At: e.At, Failed: chat.Unauthenticated,
	}))
	if err != nil || len(line) > MaxEntry {
		t.Errorf("%d bytes, %v", len(line), err)
	}
}
