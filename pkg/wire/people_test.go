package wire

import (
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// peopleFrames is what the server says for the samples about people.
func peopleFrames() map[string]any {
	const group = chat.MessageID("018f7d9c-52c0-7c4e-8f0a-6b1d2e3f4a5b")
	ann := FromProfile(chat.Profile{
		User: "ann", Name: "Ann Ångström", About: "at sea until June ⛵", Picture: chat.NewMediaID([]byte("sample-sample-16")), Version: 3,
	})
	yes := true
	return map[string]any{
		"reply.profile":           NewReply("p1", ann),
		"event.profile":           ProfileChanged{EventProfile, ann},
		"reply.profiles":          NewReply("p3", ProfileList{[]ProfileLine{ann, FromProfile(chat.Profile{User: "chloe@example.com"})}}),
		"reply.contact":           NewReply("c2", About{User: "bob"}),
		"reply.contacts":          NewReply("c5", ContactList{[]ContactLine{{User: "ann", Profile: &ann}, {User: "bob", Name: "Bobby"}}, "bob"}),
		"reply.block":             NewReply("b1", About{User: "eve"}),
		"reply.unblock":           NewReply("b2", About{User: "eve"}),
		"reply.blocked":           NewReply("b3", BlockedList{Blocked: []BlockedLine{{"eve", Time(at("2026-11-21T22:40:00.000Z"))}}}),
		"reply.muted":             NewReply("m6", MutedList{[]MutedLine{{"eve", Time(chat.Forever)}}, "eve"}),
		"event.relation":          Related{Event: EventRelation, User: "eve", Blocked: &yes},
		"event.relation.muted":    Related{Event: EventRelation, User: "eve", Muted: Until(at("2026-11-22T08:00:00.000Z"))},
		"event.relation.unmuted":  Related{Event: EventRelation, User: "eve", Muted: Until(time.Time{})},
		"reply.mute":              NewReply("n1", About{User: "bob"}),
		"reply.mute.conversation": NewReply("n4", About{Conversation: chat.GroupID("ann", group)}),
		"reply.settings": NewReply("o1", FromSettings(chat.Settings{
			Seen: chat.Contacts, Messages: chat.Contacts, Groups: chat.Nobody, Private: true,
		})),
		"reply.settings.all": NewReply("o2", FromSettings(chat.Settings{})),
		"reply.accept":       NewReply("a1", About{Conversation: chat.DirectID("ann", "bob")}),
		"reply.conversations.request": NewReply("l3", Listed{Conversations: []Conversation{
			{Conversation: chat.DirectID("ann", "bob"), Kind: chat.Direct, Peer: "ann", Size: 2, Head: 43, Request: true, Role: chat.Member, Can: []chat.Capability{chat.CanSend}},
		}}),
	}
}

func TestAMuteSaysUntilWhen(t *testing.T) {
	until := time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC)
	for _, test := range []struct {
		mute Mute
		want time.Time
	}{
		{Mute{User: "bob"}, chat.Forever},
		{Mute{User: "bob", Until: Time(until)}, until},
		{Mute{User: "bob", Off: true}, time.Time{}},
	} {
		if got := test.mute.Deadline(); !got.Equal(test.want) {
			t.Errorf("%+v: %v, want %v", test.mute, got, test.want)
		}
	}
}
