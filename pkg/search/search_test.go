package search_test

import (
	"context"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestWhatASearchFinds(t *testing.T) {
	r := newRig(t)
	group, direct := r.group(t, "ann", "bob", "cat"), r.direct(t, "ann", "bob")
	r.put(t, group, 1, chat.Entry{Kind: chat.Created, From: "ann", Body: chat.Body{Name: "lake", Size: 3}})
	r.put(t, group, 2, said("ann", "who comes to the lake?"))
	r.put(t, group, 3, said("bob", "Lakeside, at eight: https://maps.example.com/lake"))
	r.put(t, group, 4, said("cat", "東京タワーに行きたい"))
	photo := said("cat", "")
	photo.Body.Attachments = []chat.Attachment{{Media: chat.NewMediaID([]byte("0123456789abcdef")), Name: "lake at dusk.jpg", Type: "image/jpeg", Size: 5}}
	r.put(t, group, 5, photo)
	r.put(t, group, 6, said("ann", "no flakes"))
	r.put(t, direct, 1, said("bob", "café at the lake"))
	r.put(t, direct, 2, said("ann", "ok"))
	at := func(seconds int) string { return wire.Time(epoch.Add(time.Duration(seconds) * time.Second)) }
	inGroup := func(seqs ...chat.Seq) map[chat.ConversationID][]chat.Seq {
		return map[chat.ConversationID][]chat.Seq{group.ID: seqs}
	}
	for name, test := range map[string]struct {
		query wire.Query
		want  map[chat.ConversationID][]chat.Seq
	}{
		"a word, in texts and the names of files":   {wire.Query{Words: "lake"}, map[chat.ConversationID][]chat.Seq{group.ID: {5, 3, 2}, direct.ID: {1}}},
		"the beginning of a word":                   {wire.Query{Words: "lakesi"}, inGroup(3)},
		"without accents":                           {wire.Query{Words: "CAFE"}, map[chat.ConversationID][]chat.Seq{direct.ID: {1}}},
		"inside a script without spaces":            {wire.Query{Words: "タワー"}, inGroup(4)},
		"several words":                             {wire.Query{Words: "lake who"}, inGroup(2)},
		"a phrase":                                  {wire.Query{Words: `"at the lake"`}, map[chat.ConversationID][]chat.Seq{direct.ID: {1}}},
		"from somebody":                             {wire.Query{Words: "lake", From: "bob"}, map[chat.ConversationID][]chat.Seq{group.ID: {3}, direct.ID: {1}}},
		"anything from somebody":                    {wire.Query{From: "cat"}, inGroup(5, 4)},
		"from nobody here":                          {wire.Query{From: "eve"}, nil},
		"in one conversation":                       {wire.Query{Words: "lake", In: direct.ID}, map[chat.ConversationID][]chat.Seq{direct.ID: {1}}},
		"media":                                     {wire.Query{Has: []string{wire.HasMedia}}, inGroup(5)},
		"media with a name":                         {wire.Query{Words: "dusk", Has: []string{wire.HasMedia}}, inGroup(5)},
		"a link":                                    {wire.Query{Has: []string{wire.HasLink}}, inGroup(3)},
		"a link and media":                          {wire.Query{Has: []string{wire.HasLink, wire.HasMedia}}, nil},
		"before a time, which is not part of it":    {wire.Query{Words: "lake", In: group.ID, Before: at(3)}, inGroup(2)},
		"after a time, which is part of it":         {wire.Query{Words: "lake", In: group.ID, After: at(3)}, inGroup(5, 3)},
		"between":                                   {wire.Query{Words: "lake", In: group.ID, After: at(3), Before: at(5)}, inGroup(3)},
		"between the wrong way round":               {wire.Query{Words: "lake", After: at(5), Before: at(3)}, nil},
		"before all":                                {wire.Query{Words: "lake", Before: "1970-01-01T00:00:00.000Z"}, nil},
		"not the name of a group, which is no text": {wire.Query{Words: "lake", From: "ann"}, inGroup(2)},
		"nothing":                                   {wire.Query{Words: "sea"}, nil},
	} {
		hits, _ := r.all(t, "ann", test.query, nil)
		got := map[chat.ConversationID][]chat.Seq{}
		for _, h := range hits {
			if h.Conversation != h.Entry.Conversation {
				t.Errorf("%s: %+v", name, h)
			}
			got[h.Conversation] = append(got[h.Conversation], h.Entry.Seq)
		}
		if len(got)+len(test.want) > 0 && !reflect.DeepEqual(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestAHitIsTheEntryAsHistoryShowsIt(t *testing.T) {
	r := newRig(t)
	c := r.direct(t, "ann", "bob")
	e := said("ann", "look")
	e.To, e.Body.Mentions = "bob", []chat.UserID{"bob"}
	e = r.put(t, c, 1, e)
	r.change(t, c, 2, chat.Change{Seq: 1, React: &chat.Reaction{User: "bob", Marks: []string{"👍"}}})
	e.State.Reactions = map[chat.UserID][]string{"bob": {"👍"}}
	hits, _ := r.all(t, "bob", wire.Query{Words: "look"}, nil)
	if want := []wire.Hit{{Conversation: c.ID, Entry: wire.FromEntry(e)}}; !reflect.DeepEqual(hits, want) {
		t.Errorf("%+v, want %+v", hits, want)
	}
}

// change writes the entry that announces a change together with it.
func (r *rig) change(t failer, c chat.Conversation, seq int, change chat.Change) {
	t.Helper()
	e := chat.Entry{
		Conversation: c.ID, Seq: chat.Seq(seq), Kind: chat.Reacted, ID: "018f0000-0000-7000-8000-ffffffffffff", From: "ann", At: epoch,
		Body: chat.Body{Target: change.Seq},
	}
	if _, wrote, err := r.log.Commit(ctx, e, change); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
}

func TestAnEditCountsAtOnceAndOnlyWhatIsSaidNow(t *testing.T) {
	r := newRig(t)
	c := r.direct(t, "ann", "bob")
	r.put(t, c, 1, said("ann", "meet at nine"))
	r.change(t, c, 2, chat.Change{Seq: 1, Rewrite: &chat.Rewrite{Text: "meet at ten", At: epoch}})
	for words, want := range map[string][]string{"nine": {}, "ten": {"meet at ten"}} {
		if hits, _ := r.all(t, "bob", wire.Query{Words: words}, nil); !slices.Equal(texts(hits), want) {
			t.Errorf("%s finds %q, want %q", words, texts(hits), want)
		}
	}
}

// L2: what is erased is gone from everywhere, a search included.
func TestWhatWasDeletedIsNotFound(t *testing.T) {
	r := newRig(t)
	c := r.direct(t, "ann", "bob")
	e := r.put(t, c, 1, said("ann", "my password is hunter2"))
	r.change(t, c, 2, chat.Change{Seq: 1, Erase: &e})
	for _, q := range []wire.Query{{Words: "password"}, {From: "ann"}, {From: "ann", In: c.ID}} {
		for _, user := range []chat.UserID{"ann", "bob"} {
			if hits, _ := r.all(t, user, q, nil); len(hits) > 0 {
				t.Errorf("%s finds %+v", user, hits)
			}
		}
	}
}

func TestStrangersFindNothing(t *testing.T) {
	r := newRig(t)
	c := r.group(t, "ann", "bob")
	r.put(t, c, 1, said("ann", "secret"))
	r.put(t, r.direct(t, "eve", "bob"), 1, said("bob", "no secret"))
	if hits, _ := r.all(t, "eve", wire.Query{Words: "secret"}, nil); !slices.Equal(texts(hits), []string{"no secret"}) {
		t.Errorf("eve finds %q", texts(hits))
	}
	for _, id := range []chat.ConversationID{c.ID, chat.GroupID("nobody", "1")} {
		page, err := r.Search(ctx, as("eve"), wire.Search{Query: wire.Query{Words: "secret", In: id}})
		if want := (&chat.Error{Code: chat.Forbidden}); !reflect.DeepEqual(err, error(want)) || len(page.Hits) > 0 || page.Next != "" {
			t.Errorf("%+v, %v, want the same for each", page, err)
		}
	}
}

// M1: the next of a page is no way to what the caller may not see any more.
func TestM1WhoLeftBetweenTwoPagesFindsNothingMore(t *testing.T) {
	r := newMemory()
	c, other := r.group(t, "ann", "bob"), r.direct(t, "bob", "dan")
	for i := range 10 {
		r.put(t, c, i+1, said("ann", "secret"))
	}
	r.put(t, other, 1, said("dan", "secret too"))
	limit := 1
	q := wire.Search{Query: wire.Query{Words: "secret", From: "ann"}, Limit: &limit}
	in := q
	in.In = c.ID
	first, err := r.Search(ctx, as("bob"), q)
	firstIn, errIn := r.Search(ctx, as("bob"), in)
	if err != nil || errIn != nil || len(first.Hits) != 1 || len(firstIn.Hits) != 1 || first.Next == "" || firstIn.Next == "" {
		t.Fatalf("%+v, %v, %+v, %v", first, err, firstIn, errIn)
	}
	delete(c.Members, "bob")
	q.Next, in.Next = first.Next, firstIn.Next
	if page, err := r.Search(ctx, as("bob"), q); err != nil || len(page.Hits) > 0 || page.Next != "" {
		t.Errorf("%+v, %v", page, err)
	}
	_, err = r.Search(ctx, as("bob"), in)
	wantCode(t, err, chat.Forbidden)
}

// lagging is a log whose list of conversations is older than a removal.
type lagging struct {
	chat.Log
	left chat.ConversationID
}

func (l lagging) Conversations(context.Context, chat.UserID, chat.ConversationID, int) ([]chat.ConversationID, error) {
	return []chat.ConversationID{l.left}, nil
}

func TestM1AListThatIsTooOldIsNoWayIn(t *testing.T) {
	r := newRig(t)
	c := r.group(t, "ann", "bob")
	r.put(t, c, 1, said("ann", "secret"))
	r.Log = lagging{r.log, c.ID}
	if page, err := r.Search(ctx, as("eve"), wire.Search{Query: wire.Query{Words: "secret"}}); err != nil || len(page.Hits) > 0 || page.Scanned > 0 {
		t.Errorf("%+v, %v", page, err)
	}
}

// M1: what is said once the membership was checked may be said without the user.
func TestM1NothingIsFoundThatIsNewerThanTheCheckOfTheMembership(t *testing.T) {
	r := newMemory()
	c := r.group(t, "ann", "bob")
	r.put(t, c, 1, said("ann", "lake"))
	r.log.before = func() { r.put(t, c, 2, said("ann", "lake, without bob")) }
	if page, err := r.Search(ctx, as("bob"), wire.Search{Query: wire.Query{Words: "lake"}}); err != nil || !slices.Equal(texts(page.Hits), []string{"lake"}) {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestAQueryWithoutAnyWordIsRefused(t *testing.T) {
	r := newMemory()
	for _, words := range []string{"...", `""`, "?!"} {
		_, err := r.Search(ctx, as("ann"), wire.Search{Query: wire.Query{Words: words}})
		wantCode(t, err, chat.Invalid)
	}
}
