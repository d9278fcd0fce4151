package read_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"
	"golang.org/x/sync/errgroup"
	"pgregory.net/rapid"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/read"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

var epoch = time.Date(2026, 11, 21, 22, 23, 0, 123e6, time.UTC)

// worstRef is the longest ref in bytes: each character takes six in JSON.
var worstRef = strings.Repeat("\x01", chat.MaxRef)

// rig is a reader over real tables. Each test makes conversations of its own.
type rig struct {
	*read.Reader
	People *store.People
	made   int
}

func newRig(t testing.TB) *rig {
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	log := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	people := store.NewPeople(db, topology.People.Name)
	return &rig{People: people, Reader: &read.Reader{
		Log: log, Standings: log, Pairs: people, Silences: people,
		Sessions: store.NewSessions(db, topology.Sessions.Name),
		Now:      func() time.Time { return epoch },
	}}
}

// failer is what testing and rapid have in common.
type failer interface {
	Helper()
	Fatal(args ...any)
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// group makes a group of ann, its owner, and n-1 others, m000 and so on, with an entry for each text.
func (r *rig) group(t failer, n int, texts ...string) chat.Conversation {
	t.Helper()
	r.made++
	members := map[chat.UserID]chat.Place{"ann": {Role: chat.Owner}}
	for i := range n - 1 {
		members[member(i)] = chat.Place{Role: chat.Member}
	}
	c := chat.Conversation{
		ID: chat.GroupID("ann", chat.MessageID(fmt.Sprint(r.made))), Kind: chat.Group, Setup: chat.Setup{Name: "friends"}, Creator: "ann", Created: epoch, Size: n,
	}
	if n <= chat.InlineMembers {
		c.Members = members
	}
	if _, _, err := r.Log.Create(ctx, c, members); err != nil {
		t.Fatal(err)
	}
	var group errgroup.Group
	group.SetLimit(16)
	for i, text := range texts {
		group.Go(func() error {
			_, _, err := r.Log.Put(ctx, entry(c.ID, chat.Seq(i+1), text))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		t.Fatal(err)
	}
	return c
}

func member(i int) chat.UserID { return chat.UserID(fmt.Sprintf("m%03d", i)) }

// author has the longest name that there is.
var author = chat.UserID(strings.Repeat("a", 128))

func entry(c chat.ConversationID, seq chat.Seq, text string) chat.Entry {
	return chat.Entry{
		Conversation: c, Seq: seq, Kind: chat.Message, ID: chat.MessageID(fmt.Sprintf("018f0000-0000-7000-8000-%012d", seq)),
		From: author, At: epoch, Body: chat.Body{Text: text},
	}
}

// most is how many bytes a text can have that fits an entry.
func most() int {
	frame, err := wire.Encode(wire.FromEntry(entry(chat.GroupID("ann", "1"), chat.MaxSeq, "")))
	if err != nil {
		panic(err)
	}
	return wire.MaxEntry - len(frame) - len(`"text":""`)
}

// lengths are of all kinds of texts, in bytes: a word, a chat, a page, and all that fits an entry.
func lengths(count int) *rapid.Generator[[]int] {
	return rapid.SliceOfN(rapid.OneOf(
		rapid.IntRange(1, 80), rapid.IntRange(1, 80), rapid.IntRange(1, 4000), rapid.IntRange(1, most()), rapid.IntRange(most()-3, most()),
	), 0, count)
}

// texts have these lengths.
func texts(lengths []int) []string {
	out := make([]string, len(lengths))
	for i, n := range lengths {
		out[i] = strings.Repeat("x", n%4) + strings.Repeat("😀", n/4)
	}
	return out
}

func some(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint("text ", i+1)
	}
	return out
}

func as(user chat.UserID) chat.Identity { return chat.Identity{User: user} }

// fits fails the test if the reply with this result is more than one frame.
func fits(t failer, result any) {
	t.Helper()
	if frame, err := wire.Encode(wire.NewReply(worstRef, result)); err != nil {
		t.Fatalf("a reply of %d bytes: %v", len(frame), err)
	}
}

func wantCode(t failer, err error, code chat.Code) {
	t.Helper()
	if err == nil || chat.AsError(err).Code != code {
		t.Errorf("error %v, want %s", err, code)
	}
}

func pointer[T any](v T) *T { return &v }
