package acceptance

import (
	"bytes"
	"net/http"
	"reflect"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestAProfileIsSeenByOthersAndByOnesOtherDevices(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, laptop, bobsPhone := ann.connect("phone"), ann.connect("laptop"), bob.connect("phone")
	lake := photo()
	picture := phone.uploads(lake)
	line := ask[wire.ProfileLine](phone, wire.Profile{Head: phone.head("profile"), Name: "Ann Ångström", About: "at sea", Picture: picture})
	if want := (wire.ProfileLine{User: ann.ID, Name: "Ann Ångström", About: "at sea", Picture: picture, Version: 1}); line != want {
		t.Errorf("the profile is %+v", line)
	}
	laptop.hears("of the profile", func(f frame) bool { return f.Event == wire.EventProfile })

	list := ask[wire.ProfileList](bobsPhone, wire.Profiles{Head: bobsPhone.head("profiles"), Users: ids(ann, bob)})
	if want := []wire.ProfileLine{line, {User: bob.ID}}; !reflect.DeepEqual(list.Profiles, want) {
		t.Errorf("bob sees %+v", list)
	}
	where := ask[wire.Location](bobsPhone, wire.Download{Head: bobsPhone.head("download"), User: ann.ID, Media: picture})
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, where.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, body := fetch(t, request); status != http.StatusOK || !bytes.Equal(body, lake) {
		t.Errorf("the picture is answered %d with %d bytes", status, len(body))
	}
	if code := phone.refused(wire.Profile{Head: phone.head("profile"), Picture: chat.NewMediaID([]byte("nothing"))}); code != chat.MediaMissing {
		t.Errorf("a picture that is not there is refused with %s", code)
	}
}

func TestContactsAreOnesOwn(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	ask[wire.About](phone, wire.Contact{Head: phone.head("contact"), User: bob.ID, Name: "Bobby"})
	contacts := func(d *device) []wire.ContactLine {
		return ask[wire.ContactList](d, wire.Contacts{Relations: wire.Relations{Head: d.head("contacts")}}).Contacts
	}
	if got := contacts(phone); !reflect.DeepEqual(got, []wire.ContactLine{{User: bob.ID, Name: "Bobby"}}) {
		t.Errorf("ann's contacts are %+v", got)
	}
	if got := contacts(bobsPhone); len(got) != 0 {
		t.Errorf("bob's contacts are %+v", got)
	}
	ask[wire.About](phone, wire.Contact{Head: phone.head("contact"), User: bob.ID, Remove: true})
	if got := contacts(phone); len(got) != 0 {
		t.Errorf("ann's contacts are %+v", got)
	}
}

func TestAStrangerWaitsUntilAccepted(t *testing.T) {
	t.Parallel()
	needLocal(t, "counts notices")
	for name, accept := range map[string]func(bobsPhone *device, ann *user, id chat.ConversationID){
		"by accepting": func(d *device, _ *user, id chat.ConversationID) {
			ask[wire.About](d, wire.Accept{Head: d.head("accept"), Conversation: id})
		},
		"by answering": func(d *device, ann *user, _ chat.ConversationID) { d.says(to(ann), "who is there?") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ann, bob := person(t, "ann"), person(t, "bob")
			annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
			chosen := ask[wire.Preferences](bobsPhone, wire.Settings{Head: bobsPhone.head("settings"), Messages: chat.Contacts})
			if want := (wire.Preferences{Seen: chat.Everyone, Messages: chat.Contacts, Groups: chat.Everyone}); chosen != want {
				t.Errorf("the settings are %+v", chosen)
			}
			notices := parley.tap.record(t, string(ann.ID))
			knock := annsPhone.says(to(bob), "knock")
			annsPhone.says(to(bob), "knock knock")
			if heard := bobsPhone.entries(knock.Conversation); len(heard) != 0 || published(notices()) != 0 {
				t.Errorf("bob hears %+v, %d notices", heard, published(notices()))
			}
			if list := bobsPhone.list(); len(list) != 1 || !list[0].Request || list[0].Last.Body.Text != "knock knock" {
				t.Errorf("bob's list is %+v", list)
			}
			if list := annsPhone.list(); list[0].Request {
				t.Errorf("ann is told: %+v", list)
			}

			accept(bobsPhone, ann, knock.Conversation)
			if list := bobsPhone.list(); list[0].Request {
				t.Errorf("bob's list is %+v", list)
			}
			bobsPhone.gets(annsPhone.says(to(bob), "it is me"))
		})
	}
}

func TestWhoAdmitsNobodyIsNotReachedByStrangers(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	ask[wire.Preferences](bobsPhone, wire.Settings{Head: bobsPhone.head("settings"), Messages: chat.Nobody})
	if code := annsPhone.refused(annsPhone.message(to(bob), "hello")); code != chat.Forbidden {
		t.Errorf("refused with %s", code)
	}
	if list := annsPhone.list(); len(list) != 0 {
		t.Errorf("ann's list is %+v", list)
	}
}

func TestAMuteSilencesThePhoneAndAMentionGetsThroughIfAsked(t *testing.T) {
	t.Parallel()
	needLocal(t, "looks at phones")
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	annsPhone, bobsPhone, catsPhone := ann.connect("phone"), bob.connect("phone"), cat.connect("phone")
	ask[wire.ProfileLine](annsPhone, wire.Profile{Head: annsPhone.head("profile"), Name: "Ann"})
	group := annsPhone.creates("Noise", bob, cat).Conversation
	shown := bobsPhone.registers("fcm")
	ask[wire.About](bobsPhone, wire.Mute{Head: bobsPhone.head("mute"), Conversation: group, Mentions: true})
	ask[wire.About](bobsPhone, wire.Mute{Head: bobsPhone.head("mute"), User: cat.ID})
	bobsPhone.hangUp()
	annsPhone.sees(bob, wire.Offline, group)

	annsPhone.says(in(group), "blah")
	for _, d := range []*device{catsPhone, annsPhone} {
		m := d.message(in(group), "bob, look")
		m.Body.Mentions = ids(bob)
		d.sends(m)
	}
	if n := shown.next(); n.Title != "Noise" || n.Body != "Ann: bob, look" {
		t.Errorf("bob's phone shows %+v", n)
	}
	annsPhone.says(to(bob), "done")
	if n := shown.next(); n.Title != "Ann" || n.Body != "done" {
		t.Errorf("bob's phone shows %+v", n)
	}
}

func TestWhatIsDeletedBeforeItIsNotifiedIsNotShown(t *testing.T) {
	t.Parallel()
	needLocal(t, "holds a notice back")
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	hello := annsPhone.says(to(bob), "hello")
	shown := bobsPhone.registers("fcm")
	bobsPhone.hangUp()
	annsPhone.sees(bob, wire.Offline, hello.Conversation)

	held, release := holdNotices(t, hello.Conversation)
	laptop := ann.connect("laptop")
	annsPhone.send(annsPhone.message(to(bob), "hunter2"))
	receive(t, "a notice", held)
	laptop.deletes(wire.Accepted{Conversation: hello.Conversation, Seq: hello.Seq + 1})
	release()
	laptop.says(to(bob), "what a day")
	if n := shown.next(); n.Body != "what a day" {
		t.Errorf("bob's phone shows %+v", n)
	}
}
