package wire

import (
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

// searchFrames is what the server says for each sample of a search.
func searchFrames() map[string]any {
	direct := chat.DirectID("bob", "ann")
	picture := FromEntry(chat.Entry{
		Conversation: direct, Seq: 43, Kind: chat.Message, ID: "018f7d9b-9f00-7a11-8b22-c33d44e55f66", From: "ann", To: "bob",
		At: at("2026-11-21T22:24:09.000Z"), Body: chat.Body{
			Text: "look 📷 — taken an hour ago",
			Attachments: []chat.Attachment{{
				Media: chat.NewMediaID([]byte("sample-sample-16")), Name: "harbour at dusk.jpg", Type: "image/jpeg", Size: 482113,
			}},
		},
	})
	return map[string]any{
		"reply.search":         NewReply("q1", Found{Hits: []Hit{{direct, picture}}, Scanned: 43, Next: string(direct) + ".43.3ueuxqnxvvlz4"}),
		"reply.search.nothing": NewReply("q3", Found{Hits: []Hit{}, Scanned: 5000, Next: string(direct) + ".1.bw2rsuq6ruzpq"}),
		"reply.search.end":     NewReply("q4", Found{Hits: []Hit{}, Scanned: 120}),
	}
}

func search(members string) string { return frame("search", members) }

// strictSearches are to strict what searches may be.
var strictSearches = []struct {
	name  string
	frame string
	code  chat.Code
}{
	{"words", search(`,"query":"lake trip"`), ""},
	{"somebody", search(`,"from":"ann"`), ""},
	{"media", search(`,"has":["media"]`), ""},
	{"all at once", search(`,"query":"lake","from":"ann","in":"` + aGroup + `","before":"2026-11-22T00:00:00.000Z","after":"2026-11-21T00:00:00.000Z","has":["link","media"],"limit":100,"next":"a.1.b"`), ""},
	{"nothing", search(``), chat.Invalid},
	{"only where", search(`,"in":"` + aGroup + `"`), chat.Invalid},
	{"only when", search(`,"before":"2026-11-22T00:00:00.000Z"`), chat.Invalid},
	{"query of 200 characters", search(`,"query":"` + strings.Repeat("é", chat.MaxQuery) + `"`), ""},
	{"query of 201 characters", search(`,"query":"` + strings.Repeat("é", chat.MaxQuery+1) + `"`), chat.Invalid},
	{"query with a control character", search(`,"query":"a\u0000b"`), chat.Invalid},
	{"empty query beside from", search(`,"query":"","from":"ann"`), chat.Invalid},
	{"query in a list", search(`,"query":["lake"]`), chat.Invalid},
	{"from nobody", search(`,"from":"a b"`), chat.Invalid},
	{"in a person", search(`,"query":"lake","in":"bob"`), chat.Invalid},
	{"has nothing", search(`,"has":[]`), chat.Invalid},
	{"has media twice", search(`,"has":["media","media"]`), chat.Invalid},
	{"has something unknown", search(`,"has":["pigeon"]`), chat.Invalid},
	{"has in another case", search(`,"has":["Media"]`), chat.Invalid},
	{"before a date", search(`,"query":"lake","before":"2026-11-22"`), chat.Invalid},
	{"before a time without decimals", search(`,"query":"lake","before":"2026-11-22T00:00:00Z"`), chat.Invalid},
	{"before a time with a comma", search(`,"query":"lake","before":"2026-11-22T00:00:00,000Z"`), chat.Invalid},
	{"before a time elsewhere", search(`,"query":"lake","before":"2026-11-22T00:00:00.000+01:00"`), chat.Invalid},
	{"after a number", search(`,"query":"lake","after":1795305600`), chat.Invalid},
	{"101 hits", search(`,"query":"lake","limit":101`), chat.Invalid},
	{"no hits", search(`,"query":"lake","limit":0`), chat.Invalid},
	{"next of 100 characters", search(`,"query":"lake","next":"` + strings.Repeat("a", 100) + `"`), ""},
	{"next of 101 characters", search(`,"query":"lake","next":"` + strings.Repeat("a", 101) + `"`), chat.Invalid},
	{"next of capitals", search(`,"query":"lake","next":"A"`), chat.Invalid},
}

func TestSearchesAreReadStrictlyAsTheirSchemaSays(t *testing.T) {
	a := newAgreement(t)
	for _, test := range strictSearches {
		err := Decode([]byte(test.frame), new(Search))
		if code := codeOf(t, err); code != test.code {
			t.Errorf("%s: %q (%v), want %q", test.name, code, err, test.code)
		}
		a.check(t, []byte(test.frame))
	}
}

// A calendar is beyond a schema.
func TestATimeThatNoCalendarHasIsRefused(t *testing.T) {
	for _, s := range []string{"2026-02-29T00:00:00.000Z", "2026-13-01T00:00:00.000Z", "2026-11-21T24:00:00.000Z", "2026-11-21T23:59:60.000Z"} {
		if code := codeOf(t, Decode([]byte(search(`,"query":"lake","after":"`+s+`"`)), new(Search))); code != chat.Invalid {
			t.Errorf("%s: %q", s, code)
		}
	}
}
