package acceptance

import (
	"net/http"
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// finds follows a search to its end and returns what the hits say, sorted.
func (d *device) finds(q wire.Query) []string {
	d.t.Helper()
	var said []string
	for next := ""; ; {
		page := ask[wire.Found](d, wire.Search{Head: d.head("search"), Query: q, Next: next})
		for _, h := range page.Hits {
			said = append(said, h.Entry.Body.Text)
		}
		if page.Next == "" {
			slices.Sort(said)
			return said
		}
		next = page.Next
	}
}

func TestPeopleFindWhatTheySaidAndNothingOfOthers(t *testing.T) {
	t.Parallel()
	ann, bob, cat, eve := person(t, "ann"), person(t, "bob"), person(t, "cat"), person(t, "eve")
	phone, bobsPhone, evesPhone := ann.connect("phone"), bob.connect("phone"), eve.connect("phone")
	group := phone.creates("Lake trip", bob, cat).Conversation
	const who, tower, cafe, mine, hers = "Who comes to the lake?", "我们去东京塔吧", "Café at the Lakeside, https://maps.example.com", "my lake", "a lake of eve and cat"
	phone.says(in(group), who)
	bobsPhone.says(in(group), tower)
	direct := phone.says(to(bob), cafe).Conversation
	bobsPhone.says(to(ann), mine)
	evesPhone.says(to(cat), hers)

	for name, test := range map[string]struct {
		device *device
		query  wire.Query
		want   []string
	}{
		"the beginning of a word":  {phone, wire.Query{Words: "LAK"}, []string{cafe, who, mine}},
		"the same for the other":   {bobsPhone, wire.Query{Words: "LAK"}, []string{cafe, who, mine}},
		"all words, no accents":    {phone, wire.Query{Words: "lakeside cafe"}, []string{cafe}},
		"a phrase":                 {phone, wire.Query{Words: `"to the lake"`}, []string{who}},
		"in the middle of Chinese": {phone, wire.Query{Words: "东京"}, []string{tower}},
		"from":                     {phone, wire.Query{Words: "lake", From: bob.ID}, []string{mine}},
		"in":                       {phone, wire.Query{Words: "lake", In: group}, []string{who}},
		"has a link":               {phone, wire.Query{Has: []string{wire.HasLink}}, []string{cafe}},
		"has media":                {phone, wire.Query{Has: []string{wire.HasMedia}}, nil},
		"a stranger":               {evesPhone, wire.Query{Words: "lake"}, []string{hers}},
		"a stranger, from":         {evesPhone, wire.Query{From: ann.ID}, nil},
	} {
		if got := test.device.finds(test.query); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", name, got, test.want)
		}
	}
	for _, id := range []chat.ConversationID{group, direct, chat.DirectID("nobody", ann.ID)} {
		q := wire.Search{Head: evesPhone.head("search"), Query: wire.Query{Words: "lake", In: id}}
		if code := evesPhone.refused(q); code != chat.Forbidden {
			t.Errorf("a stranger's search in %s is refused with %s", id, code)
		}
	}
}

func TestASearchGoesByWhatMessagesAreNow(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	message := phone.says(to(bob), "coffee at nine")
	content := photo()
	offer := phone.offers(content)
	if status := put(t, offer, content, nil); status != http.StatusOK {
		t.Fatalf("the upload is answered %d", status)
	}
	picture := phone.sends(phone.picture(to(bob), attachment(offer.Media, content)))
	finds := func(q wire.Query, want ...string) {
		t.Helper()
		if got := bobsPhone.finds(q); !slices.Equal(got, want) {
			t.Errorf("%+v finds %q, want %q", q, got, want)
		}
	}
	media := wire.Query{Has: []string{wire.HasMedia}}
	finds(wire.Query{Words: "coffee"}, "coffee at nine")
	finds(media, "")
	finds(wire.Query{Words: "lake"}, "") // what the file is called

	phone.edits(message, "tea at nine")
	finds(wire.Query{Words: "coffee"})
	finds(wire.Query{Words: "tea"}, "tea at nine")

	phone.deletes(message)
	phone.deletes(picture)
	finds(wire.Query{Words: "nine"})
	finds(wire.Query{Words: "lake"})
	finds(media)
}

func TestASearchInATimeGoesByTheServersClock(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone := ann.connect("phone")
	first := phone.says(to(bob), "lake")
	var last wire.Accepted
	eventually(t, "a message at a later millisecond", func() bool {
		last = phone.says(to(bob), "lake")
		return last.At > first.At
	})
	for _, test := range []struct {
		before, after string
		want          chat.Seq
	}{
		{"", "", last.Seq}, {last.At, "", last.Seq - 1}, {"", last.At, 1}, {last.At, first.At, last.Seq - 1}, {first.At, last.At, 0},
	} {
		if n := len(phone.finds(wire.Query{Words: "lake", Before: test.before, After: test.after})); chat.Seq(n) != test.want {
			t.Errorf("before %q, after %q: %d of %d hits, want %d", test.before, test.after, n, last.Seq, test.want)
		}
	}
}
