package wire

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/contract"
)

// changeFrames is what the server says for each sample of what becomes of a message.
func changeFrames() map[string]any {
	const grouping, captioned = chat.MessageID("018f7d9c-52c0-7c4e-8f0a-6b1d2e3f4a5b"), chat.MessageID("018f7d9b-aaaa-7a11-8b22-c33d44e55f66")
	direct, group := chat.DirectID("bob", "ann"), chat.GroupID("ann", grouping)
	id := func(n int) chat.MessageID {
		return chat.MessageID(fmt.Sprintf("018f7d9d-%04d-7d3c-a5b6-778899aabbcc", n))
	}
	// entry makes the nth that follows the creation of the group.
	entry := func(n int, kind chat.EntryKind, from chat.UserID, body chat.Body) chat.Entry {
		return chat.Entry{
			Conversation: group, Seq: chat.Seq(n + 1), Kind: kind, ID: id(n), From: from, Body: body,
			At: at("2026-11-21T22:30:00.000Z").Add(time.Duration(n-1) * time.Minute),
		}
	}
	now := chat.Body{Text: "Who brings the paper charts?", Mentions: []chat.UserID{"chloe@example.com"}}
	about := func(target chat.Seq, b chat.Body) chat.Body {
		b.Target = target
		return b
	}
	charts := entry(1, chat.Message, "bob", now)
	charts.At = at("2026-11-21T22:30:00.500Z")
	charts.State = chat.State{Version: 1, Edited: at("2026-11-21T22:32:00.000Z"), Reactions: map[chat.UserID][]string{
		"chloe@example.com": {"👍"}, "ann": {"⛵", "👍"},
	}}
	reply := entry(2, chat.Message, "ann", chat.Body{
		Text: "Bob does, as ever. Be at the pier at 7!", Reply: 2, Mentions: []chat.UserID{"bob"}, Everybody: true,
	})
	edited := entry(3, chat.Edited, "bob", about(2, now))
	edited.State = chat.State{Version: 1, Edited: edited.At}
	reacted := entry(4, chat.Reacted, "ann", chat.Body{Target: 2, Reactions: []string{"👍", "⛵"}})
	takenBack := entry(5, chat.Reacted, "ann", chat.Body{Target: 2})
	deleted := entry(6, chat.Deleted, "ann", chat.Body{Target: 3})
	without := entry(2, chat.Message, "ann", chat.Body{})
	without.State.Deleted = true
	editedGone := entry(3, chat.Edited, "bob", chat.Body{Target: 2})
	editedGone.State.Deleted = true
	later := charts
	later.State.Reactions = map[chat.UserID][]string{"chloe@example.com": {"👍"}}
	picture := chat.Attachment{Media: chat.NewMediaID([]byte("sample-sample-16")), Name: "harbour at dusk.jpg", Type: "image/jpeg", Size: 482113}
	bare := chat.Entry{
		Conversation: direct, Seq: 44, Kind: chat.Edited, ID: captioned, From: "ann", To: "bob", At: at("2026-11-21T22:25:00.000Z"),
		Body:  chat.Body{Target: 43, Attachments: []chat.Attachment{picture}},
		State: chat.State{Version: 1, Edited: at("2026-11-21T22:25:00.000Z")},
	}
	var history []Entry
	for _, e := range []chat.Entry{later, without, edited, reacted, takenBack, deleted} {
		history = append(history, FromEntry(e))
	}
	accepted := func(e chat.Entry, ref string) Reply {
		return NewReply(ref, Accepted{e.Conversation, e.Seq, e.ID, Time(e.At)})
	}
	return map[string]any{
		"message.edited":        FromEntry(charts),
		"message.reply":         FromEntry(reply),
		"message.deleted":       FromEntry(without),
		"edited":                FromEntry(edited),
		"edited.attachment":     FromEntry(bare),
		"edited.gone":           FromEntry(editedGone),
		"reacted":               FromEntry(reacted),
		"reacted.nothing":       FromEntry(takenBack),
		"deleted":               FromEntry(deleted),
		"reply.edit":            accepted(edited, "3"),
		"reply.react":           accepted(reacted, "4"),
		"reply.delete":          accepted(deleted, "6"),
		"reply.history.changed": NewReply("h3", Page{history, 7, true}),
	}
}

func TestTheMostFrequentReactionsComeFirstAndAFewPeopleAreNamed(t *testing.T) {
	of := map[chat.UserID][]string{}
	for n := range chat.ShownReactors + 2 {
		of[chat.UserID(fmt.Sprintf("u%d", n))] = []string{"👍"}
	}
	of["u1"], of["u0"] = []string{"⛵", "👍"}, []string{"⛵", "👍", "🎉"}
	want := []Reaction{
		{"👍", chat.ShownReactors + 2, []chat.UserID{"u0", "u1", "u2", "u3", "u4"}},
		{"⛵", 2, []chat.UserID{"u0", "u1"}},
		{"🎉", 1, []chat.UserID{"u0"}},
	}
	if got := summary(of); !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
	if got := summary(map[chat.UserID][]string{}); got != nil {
		t.Errorf("of nothing: %+v", got)
	}
}

// Marks of others are read before one's own are written, so people who react at once may get past MaxKinds.
func TestNoMoreKindsOfReactionsAreShownThanAMessageHas(t *testing.T) {
	of := map[chat.UserID][]string{"ann": {"often"}, "bob": {"often"}}
	for n := range chat.MaxKinds {
		of[chat.UserID(fmt.Sprintf("u%d", n))] = []string{fmt.Sprintf("once%02d", n)}
	}
	got := summary(of)
	if len(got) != chat.MaxKinds || got[0].Mark != "often" || got[0].Count != 2 {
		t.Errorf("%d kinds: %+v", len(got), got)
	}
}

// fullest is everything that members of the largest group can have on a message, with the longest marks and ids.
func fullest() map[chat.UserID][]string {
	var marks []string
	for n := range chat.MaxKinds {
		marks = append(marks, strings.Repeat("📷", chat.MaxReaction-2)+fmt.Sprintf("%c%c", '\U0001F600'+n, '\U0001F600'+n))
	}
	of := map[chat.UserID][]string{}
	for n := range chat.MaxMembers {
		first := n % (chat.MaxKinds / chat.MaxReactions) * chat.MaxReactions
		of[chat.UserID(fmt.Sprintf("%0128d", n))] = marks[first : first+chat.MaxReactions]
	}
	return of
}

// largest is a message that just fits, before anything became of it.
func largest(t *testing.T, kind chat.EntryKind) chat.Entry {
	t.Helper()
	e := chat.Entry{
		Conversation: chat.DirectID("ann", "bob"), Seq: chat.MaxSeq, Kind: kind, ID: aUUID, At: at("2026-11-21T22:23:00.123Z"),
		From: chat.UserID(strings.Repeat("a", 128)), To: chat.UserID(strings.Repeat("b", 128)), Body: chat.Body{Text: "a"},
	}
	frame, err := Encode(FromEntry(e))
	if err != nil {
		t.Fatal(err)
	}
	// A line break takes two bytes of a frame: as characters, the text is within MaxText.
	left := MaxContent - len(frame)
	e.Body.Text += strings.Repeat("\n", left/2) + strings.Repeat("a", left%2)
	if frame, err = Encode(FromEntry(e)); err != nil || len(frame) != MaxContent {
		t.Fatalf("%d bytes, want %d (%v)", len(frame), MaxContent, err)
	}
	return e
}

func TestWhateverBecomesOfAMessageItIsAnEntryThatFits(t *testing.T) {
	v, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	state := chat.State{Version: chat.MaxEdits, Edited: at("2026-11-21T22:23:00.123Z")}
	edited := largest(t, chat.Edited)
	edited.Body.Target, edited.State = chat.MaxSeq, state
	message := largest(t, chat.Message)
	message.State, message.State.Reactions = state, fullest()
	for _, e := range []chat.Entry{message, edited} {
		frame, err := Encode(FromEntry(e))
		if err != nil {
			t.Fatal(err)
		}
		if len(frame) > MaxEntry {
			t.Errorf("%s: %d bytes of state, %d too many", e.Kind, len(frame)-MaxContent, len(frame)-MaxEntry)
		}
		if err := v.Event(frame, ""); err != nil {
			t.Error(err)
		}
	}
	shown := FromEntry(message).Reactions
	if len(shown) != chat.MaxKinds || shown[0].Count != chat.MaxMembers/2 || len(shown[0].Users) == 0 {
		t.Errorf("%d kinds, the first %+v", len(shown), shown[0])
	}
}

// The bound must hold for names of any length: what is left for them may end within a list.
func TestTheNamesOfThoseWhoReactedAreBounded(t *testing.T) {
	for _, length := range []int{4, 20, 60, 128} {
		of := map[chat.UserID][]string{}
		for n := range chat.MaxMembers {
			of[chat.UserID(fmt.Sprintf("%0*d", length, n))] = []string{fmt.Sprint(n % chat.MaxKinds)}
		}
		all := summary(of)
		bytes := 0
		for _, r := range all {
			bytes += len(encoded(r.Users)) - len("[]")
		}
		if bytes > reactors {
			t.Errorf("ids of %d characters take %d bytes", length, bytes)
		}
		if first := all[0]; len(first.Users) != chat.ShownReactors || !slices.IsSorted(first.Users) {
			t.Errorf("the most frequent has no names: %+v", first)
		}
	}
}

// What a frame of an entry may not be: the server says none of these.
func TestSchemasKeepTheStatesOfAMessageApart(t *testing.T) {
	v, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		sample, member string
		value          any
	}{
		"a deleted message says nothing":            {"message.deleted", "body", map[string]any{"text": "hi"}},
		"a deleted message has no version":          {"message.deleted", "version", 1},
		"a deleted message has no reactions":        {"message.deleted", "reactions", []any{map[string]any{"mark": "a", "count": 1, "users": []any{}}}},
		"a message without body is deleted":         {"message", "body", map[string]any{}},
		"a reply alone says nothing":                {"message", "body", map[string]any{"reply": 1}},
		"deleted is true or absent":                 {"message", "deleted", false},
		"a message has no target":                   {"message", "body", map[string]any{"text": "hi", "target": 1}},
		"no reactions are absent":                   {"message", "reactions", []any{}},
		"no edits are absent":                       {"message", "version", 0},
		"an edit has a target":                      {"edited", "body", map[string]any{"text": "hi"}},
		"an edit says something unless it is gone":  {"edited", "body", map[string]any{"target": 1}},
		"what is gone is not said":                  {"edited.gone", "body", map[string]any{"text": "hi", "target": 1}},
		"an edit shows no reactions":                {"edited", "reactions", []any{map[string]any{"mark": "a", "count": 1, "users": []any{}}}},
		"a deletion has a target":                   {"deleted", "body", map[string]any{}},
		"a deletion tells nothing of the message":   {"deleted", "body", map[string]any{"target": 1, "text": "hi"}},
		"a reaction has a target":                   {"reacted", "body", map[string]any{"reactions": []any{"a"}}},
		"reactions that are taken back are absent":  {"reacted", "body", map[string]any{"target": 1, "reactions": []any{}}},
		"a reaction without white space around it":  {"reacted", "body", map[string]any{"target": 1, "reactions": []any{" a"}}},
		"a created group is not edited":             {"created", "version", 1},
		"a direct conversation's other is a person": {"deleted", "to", ""},
	} {
		t.Run(name, func(t *testing.T) {
			frame := value(t, samples(t)[test.sample]).(map[string]any)
			if err := v.Event(rendered(frame), ""); err != nil {
				t.Fatal(err)
			}
			frame[test.member] = test.value
			if v.Event(rendered(frame), "") == nil {
				t.Errorf("%s is accepted", rendered(frame))
			}
		})
	}
}
