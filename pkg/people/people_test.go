package people_test

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

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/people"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// bucket has objects of these types by key, and knows which are kept.
type bucket struct {
	chat.Objects
	types map[string]string
	kept  []string
}

func (b *bucket) Stat(_ context.Context, key string) (string, int64, bool, error) {
	contentType, ok := b.types[key]
	return contentType, 5, ok, nil
}

func (b *bucket) KeepAs(_ context.Context, key, use string) error {
	b.kept = append(b.kept, key+" as "+use)
	return nil
}

func (b *bucket) Release(_ context.Context, key, use string) error {
	b.kept = slices.DeleteFunc(b.kept, func(kept string) bool { return kept == key+" as "+use })
	return nil
}

// posts are the frames that connections got.
type posts map[chat.ConnectionID][]string

func (p posts) Post(_ context.Context, id chat.ConnectionID, frame []byte) error {
	p[id] = append(p[id], string(frame))
	return chat.ErrGone // nothing depends on it
}

func (posts) Close(context.Context, chat.ConnectionID) error { panic("nothing is closed") }

// apart are the pairs who watch each other no more.
type apart [][2]chat.UserID

func (a *apart) Part(_ context.Context, one, other chat.UserID) {
	*a = append(*a, [2]chat.UserID{one, other})
}

// rig is a keeper over real tables.
type rig struct {
	*people.Keeper
	sessions *store.Sessions
	log      *store.Conversations
	bucket   *bucket
	posts    posts
	apart    apart
	now      time.Time
}

func newRig(t *testing.T) *rig {
	t.Helper()
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	keep, log := store.NewPeople(db, topology.People.Name), store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	r := &rig{
		sessions: store.NewSessions(db, topology.Sessions.Name), log: log, bucket: &bucket{types: map[string]string{}}, posts: posts{},
		now: time.Date(2026, 11, 22, 3, 0, 0, 0, time.UTC),
	}
	r.Keeper = &people.Keeper{
		People: keep, Profiles: keep, Sessions: r.sessions, Directs: log, Stances: log, Log: log, Objects: r.bucket, Poster: r.posts,
		Board: &r.apart, Now: func() time.Time { return r.now },
	}
	return r
}

func as(user chat.UserID) chat.Identity {
	return chat.Identity{User: user, Connection: chat.ConnectionID(user) + "-phone"}
}

// upload puts an object into the bucket.
func (r *rig) upload(user chat.UserID, name, contentType string) chat.MediaID {
	id := chat.NewMediaID([]byte(name))
	r.bucket.types[chat.MediaKey(user, id)] = contentType
	return id
}

// talk makes the conversation of two.
func (r *rig) talk(t *testing.T, c chat.Conversation, a, b chat.UserID) chat.ConversationID {
	t.Helper()
	c.ID, c.Kind, c.Size = chat.DirectID(a, b), chat.Direct, 2
	c.Members = map[chat.UserID]chat.Place{a: {Role: chat.Member}, b: {Role: chat.Member}}
	if _, _, err := r.log.Create(t.Context(), c, c.Members); err != nil {
		t.Fatal(err)
	}
	return c.ID
}

func wantCode(t *testing.T, err error, code chat.Code) {
	t.Helper()
	if err == nil || chat.AsError(err).Code != code {
		t.Errorf("error %v, want %s", err, code)
	}
}

func TestAProfileIsReplacedAndTheOtherDevicesAreTold(t *testing.T) {
	r := newRig(t)
	for _, id := range []chat.ConnectionID{"ann-phone", "ann-laptop"} {
		if _, err := r.sessions.Connect(t.Context(), "ann", chat.Connection{ID: id, Since: r.now}); err != nil {
			t.Fatal(err)
		}
	}
	picture := r.upload("ann", "face", "image/png")
	want := wire.ProfileLine{User: "ann", Name: "Ann", About: "at sea", Picture: picture, Version: 1}
	got, err := r.Profile(t.Context(), as("ann"), wire.Profile{Name: "Ann", About: "at sea", Picture: picture})
	if err != nil || got != want {
		t.Fatalf("%+v, %v; want %+v", got, err, want)
	}
	if len(r.bucket.kept) != 1 || r.bucket.kept[0] != chat.MediaKey("ann", picture)+" as profile" {
		t.Errorf("kept are %v", r.bucket.kept)
	}
	if len(r.posts["ann-phone"]) != 0 || len(r.posts["ann-laptop"]) != 1 {
		t.Fatalf("posted are %v", r.posts)
	}
	var event wire.ProfileChanged
	if err := json.Unmarshal([]byte(r.posts["ann-laptop"][0]), &event); err != nil || event.Event != "profile" || event.ProfileLine != want {
		t.Errorf("the laptop is told %+v, %v", event, err)
	}
	if got, err = r.Profile(t.Context(), as("ann"), wire.Profile{Name: "Anna"}); err != nil || got != (wire.ProfileLine{User: "ann", Name: "Anna", Version: 2}) {
		t.Errorf("%+v, %v", got, err)
	}
	if len(r.bucket.kept) != 0 {
		t.Errorf("what was taken away is kept: %v", r.bucket.kept)
	}
}

func TestAPictureIsOnesOwnUploadedImage(t *testing.T) {
	r := newRig(t)
	for name, picture := range map[string]chat.MediaID{
		"not there": chat.NewMediaID([]byte("nothing")), "of bob": r.upload("bob", "bob", "image/png"), "a film": r.upload("ann", "film", "video/mp4"),
	} {
		_, err := r.Profile(t.Context(), as("ann"), wire.Profile{Name: name, Picture: picture})
		wantCode(t, err, chat.MediaMissing)
	}
	if list, err := r.ProfilesOf(t.Context(), as("bob"), wire.Profiles{Users: []chat.UserID{"ann"}}); err != nil || list.Profiles[0] != (wire.ProfileLine{User: "ann"}) {
		t.Errorf("refused, and yet there is %+v, %v", list, err)
	}
	if len(r.bucket.kept) != 0 {
		t.Errorf("kept are %v", r.bucket.kept)
	}
}

func TestWhoIsBlockedSeesNothingOfAProfileButTheName(t *testing.T) {
	r := newRig(t)
	ann := wire.Profile{Name: "Ann", About: "at sea", Picture: r.upload("ann", "face", "image/png")}
	full, err := r.Profile(t.Context(), as("ann"), ann)
	if err != nil {
		t.Fatal(err)
	}
	sees := func(user chat.UserID, want wire.ProfileLine) {
		t.Helper()
		list, err := r.ProfilesOf(t.Context(), as(user), wire.Profiles{Users: []chat.UserID{"nobody", "ann"}})
		if err != nil || !slices.Equal(list.Profiles, []wire.ProfileLine{{User: "nobody"}, want}) {
			t.Errorf("%s sees %+v, %v; want %+v", user, list.Profiles, err, want)
		}
	}
	sees("bob", full)
	if _, err := r.Block(t.Context(), as("ann"), wire.Block{User: "bob"}); err != nil {
		t.Fatal(err)
	}
	sees("bob", wire.ProfileLine{User: "ann", Name: "Ann", Version: 1})
	sees("cat", full)
	sees("ann", full)
	if _, err := r.Unblock(t.Context(), as("ann"), wire.Unblock{User: "bob"}); err != nil {
		t.Fatal(err)
	}
	sees("bob", full)
}

func TestTheLongestProfilesAndContactsFitAFrame(t *testing.T) {
	r := newRig(t)
	var users []chat.UserID
	for i := range chat.MaxProfiles {
		user := chat.UserID(fmt.Sprintf("%0128d", i))
		users = append(users, user)
		long := chat.Profile{User: user, Name: strings.Repeat("😀", chat.MaxDisplayName), About: strings.Repeat(`"`, chat.MaxAbout), Picture: chat.NewMediaID([]byte(user))}
		if _, _, err := r.Profiles.PutProfile(t.Context(), long); err != nil {
			t.Fatal(err)
		}
		if _, err := r.Contact(t.Context(), as("ann"), wire.Contact{User: user, Name: strings.Repeat("😀", chat.MaxDisplayName)}); err != nil {
			t.Fatal(err)
		}
	}
	fits := func(result any) {
		t.Helper()
		if _, err := wire.Encode(wire.NewReply(strings.Repeat("\x01", chat.MaxRef), result)); err != nil {
			t.Error(err)
		}
	}
	var got []chat.UserID
	for left := users; len(left) > 0; {
		list, err := r.ProfilesOf(t.Context(), as("ann"), wire.Profiles{Users: left})
		if err != nil || len(list.Profiles) == 0 {
			t.Fatal(list, err)
		}
		fits(list)
		for _, p := range list.Profiles {
			got = append(got, p.User)
		}
		left = left[len(list.Profiles):]
	}
	if !slices.Equal(got, users) {
		t.Errorf("profiles of %d users", len(got))
	}
	got = nil
	for q := (wire.Contacts{}); ; {
		list, err := r.Contacts(t.Context(), as("ann"), q)
		if err != nil {
			t.Fatal(err)
		}
		fits(list)
		for _, c := range list.Contacts {
			got = append(got, c.User)
		}
		if q.Next = list.Next; q.Next == "" {
			break
		}
	}
	if !slices.Equal(got, users) {
		t.Errorf("%d contacts", len(got))
	}
}

func TestContactsComeAndGo(t *testing.T) {
	r := newRig(t)
	contact := func(q wire.Contact) {
		t.Helper()
		if got, err := r.Contact(t.Context(), as("ann"), q); err != nil || got.User != q.User {
			t.Fatal(got, err)
		}
	}
	wants := func(next chat.UserID, want ...wire.ContactLine) (after chat.UserID) {
		t.Helper()
		limit := 2
		list, err := r.Contacts(t.Context(), as("ann"), wire.Contacts{Relations: wire.Relations{Next: next, Limit: &limit}})
		if err != nil || !reflect.DeepEqual(list.Contacts, append([]wire.ContactLine{}, want...)) {
			t.Errorf("%+v, %v; want %+v", list, err, want)
		}
		return list.Next
	}
	bob, err := r.Profile(t.Context(), as("bob"), wire.Profile{Name: "Robert"})
	if err != nil {
		t.Fatal(err)
	}
	contact(wire.Contact{User: "bob", Name: "Bobby"})
	contact(wire.Contact{User: "dan"})
	if _, err := r.Block(t.Context(), as("ann"), wire.Block{User: "cat"}); err != nil { // no contact, but between them
		t.Fatal(err)
	}
	next := wants("", wire.ContactLine{User: "bob", Name: "Bobby", Profile: &bob})
	if next = wants(next, wire.ContactLine{User: "dan"}); next != "" {
		t.Errorf("there is more behind %s", next)
	}
	contact(wire.Contact{User: "bob"})
	wants("", wire.ContactLine{User: "bob", Profile: &bob})
	contact(wire.Contact{User: "bob", Remove: true})
	contact(wire.Contact{User: "bob", Remove: true})
	wants("", wire.ContactLine{User: "dan"})
	_, err = r.Contact(t.Context(), as("ann"), wire.Contact{User: "ann"})
	wantCode(t, err, chat.Invalid)
}

func TestABlockIsInTheListAndInTheHeader(t *testing.T) {
	r := newRig(t)
	id := r.talk(t, chat.Conversation{}, "ann", "bob")
	for range 2 {
		if got, err := r.Block(t.Context(), as("ann"), wire.Block{User: "bob"}); err != nil || got.User != "bob" {
			t.Fatal(got, err)
		}
	}
	list, err := r.BlockedBy(t.Context(), as("ann"), wire.Blocked{})
	if want := []wire.BlockedLine{{User: "bob", Since: wire.Time(r.now)}}; err != nil || !slices.Equal(list.Blocked, want) || list.Next != "" {
		t.Errorf("%+v, %v", list, err)
	}
	if list, err := r.BlockedBy(t.Context(), as("bob"), wire.Blocked{}); err != nil || len(list.Blocked) != 0 {
		t.Errorf("bob's list is %+v, %v", list, err)
	}
	blocked := func() map[chat.UserID]bool {
		t.Helper()
		tail, _, err := r.log.Tail(t.Context(), id, chat.Strong)
		if err != nil {
			t.Fatal(err)
		}
		return tail.Conversation.Blocked
	}
	if got := blocked(); len(got) != 1 || !got["ann"] {
		t.Errorf("the header says %v", got)
	}
	if _, err := r.Unblock(t.Context(), as("ann"), wire.Unblock{User: "bob"}); err != nil {
		t.Fatal(err)
	}
	if list, err := r.BlockedBy(t.Context(), as("ann"), wire.Blocked{}); err != nil || len(list.Blocked) != 0 || len(blocked()) != 0 {
		t.Errorf("%+v, %v, %v", list, err, blocked())
	}
	_, err = r.Block(t.Context(), as("ann"), wire.Block{User: "ann"})
	wantCode(t, err, chat.Invalid)
}

func TestOnlyWhoIsAskedAccepts(t *testing.T) {
	r := newRig(t)
	id := r.talk(t, chat.Conversation{Request: "bob"}, "ann", "bob")
	request := func() chat.UserID {
		t.Helper()
		tail, _, err := r.log.Tail(t.Context(), id, chat.Strong)
		if err != nil {
			t.Fatal(err)
		}
		return tail.Conversation.Request
	}
	if _, err := r.Accept(t.Context(), as("ann"), wire.Accept{Conversation: id}); err != nil || request() != "bob" {
		t.Errorf("%v, the request is to %q", err, request())
	}
	_, err := r.Accept(t.Context(), as("eve"), wire.Accept{Conversation: id})
	wantCode(t, err, chat.Forbidden)
	for range 2 {
		if got, err := r.Accept(t.Context(), as("bob"), wire.Accept{Conversation: id}); err != nil || got.Conversation != id || request() != "" {
			t.Errorf("%+v, %v, the request is to %q", got, err, request())
		}
	}
}

func TestMutesAreOfUsersAndOfConversationsOneIsIn(t *testing.T) {
	r := newRig(t)
	id := r.talk(t, chat.Conversation{}, "ann", "bob")
	mute := func(q wire.Mute) error {
		_, err := r.Mute(t.Context(), as("ann"), q)
		return err
	}
	is := func(muted time.Time, stance chat.Stance) {
		t.Helper()
		relation, err := r.People.Relation(t.Context(), "ann", "bob", chat.Strong)
		if err != nil || !relation.Muted.Equal(muted) {
			t.Errorf("bob is muted until %v, %v; want %v", relation.Muted, err, muted)
		}
		stances, err := r.log.Stances(t.Context(), id, []chat.UserID{"ann"})
		if stance.User = "ann"; err != nil || stances[0] != stance {
			t.Errorf("%+v, %v; want %+v", stances[0], err, stance)
		}
	}
	soon := r.now.Add(time.Hour)
	for _, q := range []wire.Mute{{User: "bob", Until: wire.Time(soon)}, {Conversation: id, Mentions: true}} {
		if err := mute(q); err != nil {
			t.Fatal(err)
		}
	}
	is(soon, chat.Stance{Muted: chat.Forever, Mentions: true})
	for _, q := range []wire.Mute{{User: "bob"}, {Conversation: id, Until: wire.Time(soon)}} {
		if err := mute(q); err != nil {
			t.Fatal(err)
		}
	}
	is(chat.Forever, chat.Stance{Muted: soon})
	for _, q := range []wire.Mute{{User: "bob", Off: true}, {Conversation: id, Off: true}} {
		if err := mute(q); err != nil {
			t.Fatal(err)
		}
	}
	is(time.Time{}, chat.Stance{})
	wantCode(t, mute(wire.Mute{User: "ann"}), chat.Invalid)
	wantCode(t, mute(wire.Mute{User: "bob", Until: wire.Time(r.now)}), chat.Invalid)
	wantCode(t, mute(wire.Mute{Conversation: chat.DirectID("bob", "cat")}), chat.Forbidden)
}

func TestSettingsThatAreNotNamedStay(t *testing.T) {
	r := newRig(t)
	yes := true
	for _, step := range []struct {
		ask  wire.Settings
		want wire.Preferences
	}{
		{wire.Settings{}, wire.Preferences{Seen: "everyone", Messages: "everyone", Groups: "everyone"}},
		{wire.Settings{Messages: chat.Contacts}, wire.Preferences{Seen: "everyone", Messages: "contacts", Groups: "everyone"}},
		{wire.Settings{Seen: chat.Nobody, Private: &yes}, wire.Preferences{Seen: "nobody", Messages: "contacts", Groups: "everyone", Private: true}},
		{wire.Settings{}, wire.Preferences{Seen: "nobody", Messages: "contacts", Groups: "everyone", Private: true}},
	} {
		if got, err := r.Settings(t.Context(), as("ann"), step.ask); err != nil || got != step.want {
			t.Errorf("%+v: %+v, %v", step.ask, got, err)
		}
	}
}

func TestWhoMayAddWhom(t *testing.T) {
	r := newRig(t)
	may := func(want bool) {
		t.Helper()
		users := []chat.UserID{"cat"}
		if want {
			users = append(users, "bob")
		}
		if got, err := chat.MayAdd(t.Context(), r.People, r.sessions, "ann", []chat.UserID{"cat", "bob"}); err != nil || !slices.Equal(got, users) {
			t.Errorf("%v, %v; want %v", got, err, users)
		}
	}
	groups := func(a chat.Audience) {
		t.Helper()
		if _, err := r.Settings(t.Context(), as("bob"), wire.Settings{Groups: a}); err != nil {
			t.Fatal(err)
		}
	}
	may(true)
	groups(chat.Contacts)
	may(false)
	if _, err := r.Contact(t.Context(), as("bob"), wire.Contact{User: "ann"}); err != nil {
		t.Fatal(err)
	}
	may(true)
	groups(chat.Nobody)
	may(false)
	groups(chat.Everyone)
	may(true)
	for _, pair := range [][2]chat.UserID{{"bob", "ann"}, {"ann", "bob"}} {
		if _, err := r.Block(t.Context(), as(pair[0]), wire.Block{User: pair[1]}); err != nil {
			t.Fatal(err)
		}
		may(false)
		if _, err := r.Unblock(t.Context(), as(pair[0]), wire.Unblock{User: pair[1]}); err != nil {
			t.Fatal(err)
		}
	}
	may(true)
}

func TestABlockEndsThatTheTwoWatchEachOtherAndItsEndTellsNobody(t *testing.T) {
	r := newRig(t)
	if _, err := r.Block(t.Context(), as("bob"), wire.Block{User: "ann"}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Unblock(t.Context(), as("bob"), wire.Unblock{User: "ann"}); err != nil {
		t.Fatal(err)
	}
	if want := (apart{{"bob", "ann"}}); !slices.Equal(r.apart, want) {
		t.Errorf("%v, want %v", r.apart, want)
	}
}
