package people_test

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

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

func TestWhomOneHasMutedIsListedUntilTheTimeIsOver(t *testing.T) {
	r := newRig(t)
	soon := r.now.Add(time.Hour)
	for user, until := range map[chat.UserID]string{"bob": "", "cat": wire.Time(soon), "dan": wire.Time(soon.Add(time.Hour)), "fay": ""} {
		if _, err := r.Mute(t.Context(), as("ann"), wire.Mute{User: user, Until: until}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := r.Mute(t.Context(), as("ann"), wire.Mute{User: "fay", Off: true}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.Block(t.Context(), as("ann"), wire.Block{User: "eve"}); err != nil { // blocked, not muted
		t.Fatal(err)
	}
	forever, dan := wire.MutedLine{User: "bob", Until: wire.Time(chat.Forever)}, wire.MutedLine{User: "dan", Until: wire.Time(soon.Add(time.Hour))}
	two := 2
	for _, step := range []struct {
		now  time.Time
		ask  wire.Relations
		want wire.MutedList
	}{
		{r.now, wire.Relations{}, wire.MutedList{Muted: []wire.MutedLine{forever, {User: "cat", Until: wire.Time(soon)}, dan}}},
		{r.now, wire.Relations{Limit: &two}, wire.MutedList{Muted: []wire.MutedLine{forever, {User: "cat", Until: wire.Time(soon)}}, Next: "cat"}},
		{soon, wire.Relations{Limit: &two}, wire.MutedList{Muted: []wire.MutedLine{forever}, Next: "cat"}},
		{soon, wire.Relations{Limit: &two, Next: "cat"}, wire.MutedList{Muted: []wire.MutedLine{dan}, Next: "eve"}},
		{soon, wire.Relations{Next: "eve"}, wire.MutedList{Muted: []wire.MutedLine{}}},
	} {
		r.now = step.now
		if got, err := r.MutedBy(t.Context(), as("ann"), wire.Muted{Relations: step.ask}); err != nil || !reflect.DeepEqual(got, step.want) {
			t.Errorf("at %v, %+v: %+v, %v; want %+v", step.now, step.ask, got, err, step.want)
		}
	}
}

func TestWhatIsDecidedAboutOthersIsToldToOnesOtherDevicesOnly(t *testing.T) {
	r := newRig(t)
	id := r.talk(t, chat.Conversation{}, "ann", "bob")
	for connection, user := range map[chat.ConnectionID]chat.UserID{"ann-phone": "ann", "ann-laptop": "ann", "bob-phone": "bob"} {
		if _, err := r.sessions.Connect(t.Context(), user, chat.Connection{ID: connection, Since: r.now}); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		act  func() error
		want string
	}{
		{with(t, r.Block, as("ann"), wire.Block{User: "bob"}), `{"event":"relation","user":"bob","blocked":true}`},
		{with(t, r.Unblock, as("ann"), wire.Unblock{User: "bob"}), `{"event":"relation","user":"bob","blocked":false}`},
		{with(t, r.Mute, as("ann"), wire.Mute{User: "bob"}), `{"event":"relation","user":"bob","muted":"9999-12-31T00:00:00.000Z"}`},
		{with(t, r.Mute, as("ann"), wire.Mute{User: "bob", Off: true}), `{"event":"relation","user":"bob","muted":"1970-01-01T00:00:00.000Z"}`},
		{with(t, r.Mute, as("ann"), wire.Mute{Conversation: id, Mentions: true}), `{"event":"prefs","conversation":"` + string(id) + `","muted":"9999-12-31T00:00:00.000Z","mentions_only":true}`},
		{with(t, r.Mute, as("ann"), wire.Mute{Conversation: id, Off: true}), `{"event":"prefs","conversation":"` + string(id) + `","muted":"1970-01-01T00:00:00.000Z"}`},
	} {
		clear(r.posts)
		if err := step.act(); err != nil {
			t.Fatal(err)
		}
		if want := (posts{"ann-laptop": {step.want}}); !reflect.DeepEqual(r.posts, want) {
			t.Errorf("posts %v, want %v", r.posts, want)
		}
	}
	clear(r.posts)
	wantCode(t, with(t, r.Block, as("ann"), wire.Block{User: "ann"})(), chat.Invalid)
	wantCode(t, with(t, r.Mute, as("ann"), wire.Mute{Conversation: chat.DirectID("bob", "cat")})(), chat.Forbidden)
	if len(r.posts) != 0 {
		t.Errorf("refused, and yet told: %v", r.posts)
	}
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
