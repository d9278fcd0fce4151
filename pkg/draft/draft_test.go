package draft_test

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/draft"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var start = time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC)

// rig keeps drafts in a real table, with a clock that stands still.
type rig struct {
	*draft.Keeper
	log  chat.Log
	told []told
	now  time.Time
}

// told is a frame that devices got.
type told struct {
	user   chat.UserID
	except chat.ConnectionID
	draft  wire.Draft
}

func newRig(t *testing.T) *rig {
	t.Helper()
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	r := &rig{now: start, log: store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)}
	r.Keeper = &draft.Keeper{
		Drafts: store.NewPeople(db, topology.People.Name), Log: r.log, Others: r, Now: func() time.Time { return r.now },
	}
	return r
}

func (r *rig) Tell(_ context.Context, user chat.UserID, frame []byte, except chat.ConnectionID) {
	t := told{user: user, except: except}
	if err := json.Unmarshal(frame, &t.draft); err != nil {
		panic(err)
	}
	r.told = append(r.told, t)
}

// remove takes bob out of the group, or back into it, as the entry that says so does.
func (r *rig) remove(t *testing.T, c chat.ConversationID, back bool) {
	t.Helper()
	tail, _, err := r.log.Tail(t.Context(), c, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	e := chat.Entry{
		Conversation: c, Seq: tail.Head + 1, Kind: chat.Removed, ID: chat.MessageID(fmt.Sprint(tail.Head)), From: "ann", At: r.now,
		Body: chat.Body{Users: []chat.UserID{"bob"}}, Rules: tail.Head + 1,
	}
	change := chat.Change{Leave: "bob"}
	delete(tail.Conversation.Members, "bob")
	if back {
		place := chat.Place{Role: chat.Member}
		e.Kind, change = chat.Added, chat.Change{Join: &chat.Seat{User: "bob", Place: place}}
		tail.Conversation.Members["bob"] = place
	}
	_, wrote, err := r.log.Commit(t.Context(), e, chat.Change{Header: &chat.Header{Conversation: tail.Conversation, Was: tail.Conversation.Rules}}, change)
	if err != nil || !wrote {
		t.Fatal(wrote, err)
	}
}

// group makes one of ann and bob.
func (r *rig) group(t *testing.T) chat.ConversationID {
	t.Helper()
	members := map[chat.UserID]chat.Place{"ann": {Role: chat.Owner}, "bob": {Role: chat.Member}}
	c := chat.Conversation{ID: chat.GroupID("ann", "1"), Kind: chat.Group, Setup: chat.Setup{Name: "g"}, Creator: "ann", Created: start, Size: 2, Members: members}
	if _, made, err := r.log.Create(t.Context(), c, members); err != nil || !made {
		t.Fatal(made, err)
	}
	return c.ID
}

func as(user chat.UserID) chat.Identity {
	return chat.Identity{User: user, Connection: "c-" + chat.ConnectionID(user)}
}

func with(user chat.UserID) wire.Target     { return wire.Target{User: user} }
func in(id chat.ConversationID) wire.Target { return wire.Target{Conversation: id} }
func begun(text string) *wire.Unfinished    { return &wire.Unfinished{Text: text} }

func linesOf(drafts []wire.Draft) (texts []string) {
	for _, d := range drafts {
		texts = append(texts, string(d.Conversation[:2])+string(d.User)+" "+d.Body.Text)
	}
	return texts
}

// draft writes one a second after what was before.
func (r *rig) draft(t *testing.T, user chat.UserID, to wire.Target, body *wire.Unfinished) wire.Drafted {
	t.Helper()
	r.now = r.now.Add(time.Second)
	d, err := r.Draft(t.Context(), as(user), wire.SetDraft{To: to, Body: body})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (r *rig) drafts(t *testing.T, user chat.UserID) []string {
	t.Helper()
	list, err := r.List(t.Context(), as(user), wire.Drafts{})
	if err != nil {
		t.Fatal(err)
	}
	return linesOf(list.Drafts)
}

func wantCode(t *testing.T, err error, code chat.Code) {
	t.Helper()
	if err == nil || chat.AsError(err).Code != code {
		t.Errorf("error %v, want %s", err, code)
	}
}

func TestTheLatestDraftIsTheDraftOnAllDevicesAndNobodyElses(t *testing.T) {
	r := newRig(t)
	group := r.group(t)
	r.draft(t, "ann", with("bob"), begun("He"))
	d := r.draft(t, "ann", with("bob"), begun("Hello"))
	r.draft(t, "ann", in(group), &wire.Unfinished{Text: "And you", Reply: 7})
	if want := []string{"d_bob Hello", "g_ And you"}; !slices.Equal(r.drafts(t, "ann"), want) {
		t.Errorf("ann's are %v, want %v", r.drafts(t, "ann"), want)
	}
	if got := r.drafts(t, "bob"); got != nil {
		t.Errorf("bob sees %v", got)
	}
	want := told{"ann", "c-ann", wire.Draft{
		Event: "draft", Conversation: chat.DirectID("ann", "bob"), User: "bob", Body: begun("Hello"), At: "2026-11-22T03:00:02.000Z",
	}}
	if !reflect.DeepEqual(r.told[1], want) || d.Conversation != want.draft.Conversation || d.At != want.draft.At {
		t.Errorf("told %+v, want %+v; answered %+v", r.told[1], want, d)
	}
	if last := r.told[2].draft; last.Body.Reply != 7 || last.User != "" {
		t.Errorf("told %+v", last)
	}

	r.draft(t, "ann", with("bob"), nil)
	if cleared := r.told[3].draft; cleared.Body != nil || cleared.Conversation != d.Conversation || cleared.User != "bob" {
		t.Errorf("told %+v", cleared)
	}
	if want := []string{"g_ And you"}; !slices.Equal(r.drafts(t, "ann"), want) {
		t.Errorf("ann's are %v, want %v", r.drafts(t, "ann"), want)
	}
}

// Two devices may write at once, and the functions that serve them have clocks of their own.
func TestADraftThatIsLateIsNeitherStoredNorTold(t *testing.T) {
	r := newRig(t)
	r.draft(t, "ann", with("bob"), begun("latest"))
	r.now = r.now.Add(-2 * time.Second)
	r.draft(t, "ann", with("bob"), begun("late"))
	if want := []string{"d_bob latest"}; !slices.Equal(r.drafts(t, "ann"), want) || len(r.told) != 1 {
		t.Errorf("ann's are %v, told %+v", r.drafts(t, "ann"), r.told)
	}
}

func TestADirectConversationThatExistsIsNamedEitherWay(t *testing.T) {
	r := newRig(t)
	id := chat.DirectID("ann", "bob")
	members := map[chat.UserID]chat.Place{"ann": {Role: chat.Member}, "bob": {Role: chat.Member}}
	if _, _, err := r.log.Create(t.Context(), chat.Conversation{ID: id, Kind: chat.Direct, Size: 2, Members: members}, members); err != nil {
		t.Fatal(err)
	}
	r.draft(t, "ann", with("bob"), begun("one"))
	r.draft(t, "ann", in(id), begun("two"))
	if want := []string{"d_bob two"}; !slices.Equal(r.drafts(t, "ann"), want) {
		t.Errorf("ann's are %v, want %v", r.drafts(t, "ann"), want)
	}
}

func TestStrangersHaveNoDrafts(t *testing.T) {
	r := newRig(t)
	group := r.group(t)
	for _, to := range []wire.Target{in(group), in(chat.DirectID("ann", "bob"))} {
		_, err := r.Draft(t.Context(), as("eve"), wire.SetDraft{To: to, Body: begun("hi")})
		wantCode(t, err, chat.Forbidden)
	}
	_, err := r.Draft(t.Context(), as("eve"), wire.SetDraft{To: with("eve"), Body: begun("hi")})
	wantCode(t, err, chat.Invalid)
	if got := r.drafts(t, "eve"); got != nil || r.told != nil {
		t.Errorf("eve has %v", got)
	}
}

func TestL6ADraftDiesWithTheMembership(t *testing.T) {
	r := newRig(t)
	group := r.group(t)
	r.draft(t, "bob", in(group), begun("about the group"))
	r.draft(t, "bob", with("ann"), begun("about ann"))
	r.remove(t, group, false)
	if want := []string{"d_ann about ann"}; !slices.Equal(r.drafts(t, "bob"), want) {
		t.Errorf("bob's are %v, want %v", r.drafts(t, "bob"), want)
	}
	r.remove(t, group, true)
	if want := []string{"d_ann about ann"}; !slices.Equal(r.drafts(t, "bob"), want) {
		t.Errorf("back in the group, bob has %v: it was not forgotten", r.drafts(t, "bob"))
	}
	// Whoever is no member can still clear.
	r.draft(t, "bob", in(group), begun("again"))
	r.remove(t, group, false)
	r.draft(t, "bob", in(group), nil)
	r.remove(t, group, true)
	if got := r.drafts(t, "bob"); len(got) != 1 {
		t.Errorf("bob's are %v", got)
	}
}

// DynamoDB takes up to days to forget.
func TestL3ADraftIsNotShownWhenItsTimeIsOver(t *testing.T) {
	r := newRig(t)
	r.draft(t, "ann", with("bob"), begun("old"))
	r.now = r.now.Add(chat.DraftRetention - time.Millisecond)
	if got := r.drafts(t, "ann"); len(got) != 1 {
		t.Errorf("too early: %v", got)
	}
	r.now = r.now.Add(time.Millisecond)
	if got := r.drafts(t, "ann"); got != nil {
		t.Errorf("%v", got)
	}
}

func TestWhatNoFrameCouldBringBackIsRefused(t *testing.T) {
	r := newRig(t)
	_, err := r.Draft(t.Context(), as("ann"), wire.SetDraft{To: with("bob"), Body: begun(strings.Repeat("📷", 8000))})
	wantCode(t, err, chat.TooLarge)
	if got := r.drafts(t, "ann"); got != nil {
		t.Errorf("%v", got)
	}
}

func TestAPageOfDraftsFitsAFrameAndAllPagesHaveAll(t *testing.T) {
	r := newRig(t)
	var want, got []string
	for n := range 12 {
		peer := chat.UserID(fmt.Sprint("u", n))
		r.draft(t, "ann", with(peer), begun(strings.Repeat("x", 7000)))
		want = append(want, string(peer))
	}
	limit := 5
	for next := chat.ConversationID(""); ; {
		page, err := r.List(t.Context(), as("ann"), wire.Drafts{Next: next, Limit: &limit})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := wire.Encode(wire.NewReply(strings.Repeat("📷", chat.MaxRef), page)); err != nil {
			t.Fatal(err)
		}
		for _, d := range page.Drafts {
			got = append(got, string(d.User))
		}
		if next = page.Next; next == "" {
			break
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
}
