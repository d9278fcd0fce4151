package acceptance

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestTwoPeopleTalkAndSeeTheSame(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")

	hello := annsPhone.message(to(bob), "hello")
	first := annsPhone.sends(hello)
	second := bobsPhone.says(to(ann), "hello ann")

	if first.Seq != 1 || second.Seq != 2 || first.Conversation != second.Conversation {
		t.Fatalf("acknowledged as %+v and %+v", first, second)
	}
	if first.ID != hello.ID {
		t.Fatalf("acknowledged as %s, was %s", first.ID, hello.ID)
	}
	heard := []wire.Entry{bobsPhone.gets(first), annsPhone.gets(second)}
	want := wire.Entry{
		Event: chat.Message, Conversation: first.Conversation, Seq: 1, ID: hello.ID, From: ann.ID, To: bob.ID,
		At: first.At, Body: wire.Body{Text: "hello"},
	}
	if !reflect.DeepEqual(heard[0], want) {
		t.Errorf("bob heard %+v, want %+v", heard[0], want)
	}
	for _, d := range []*device{annsPhone, bobsPhone} {
		if log := d.catchesUp(first.Conversation, 0); !reflect.DeepEqual(log, heard) {
			t.Errorf("%s syncs %+v, heard was %+v", d, log, heard)
		}
	}
}

func TestS6AllDevicesOfAUserSeeWhatOneOfThemSends(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, laptop := ann.connect("phone"), ann.connect("laptop")
	first := phone.says(to(bob), "one")
	laptop.gets(first)

	second := phone.says(to(bob), "two")
	laptop.gets(second)
	// What is posted is posted before the acknowledgement, so it would be here by now.
	if own := phone.entries(first.Conversation); len(own) != 0 {
		t.Errorf("the phone hears itself: %+v", own)
	}

	tablet := ann.connect("tablet")
	if said := texts(tablet.catchesUp(first.Conversation, 0)); !slices.Equal(said, []string{"one", "two"}) {
		t.Errorf("the tablet, which was off, catches up on %q", said)
	}
}

func TestAGroupOfFiveTalks(t *testing.T) {
	t.Parallel()
	ann, others := person(t, "ann"), people(t, "member", 4)
	phone := ann.connect("phone")
	var connected []*device
	for _, u := range others[:3] { // the fourth never connects
		connected = append(connected, u.connect("phone"))
	}

	created := phone.creates("Lake trip", others...)
	if created.Seq != 1 {
		t.Fatalf("a group begins at %d", created.Seq)
	}
	group := created.Conversation
	for _, d := range connected {
		want := wire.Body{Name: "Lake trip", Size: 5}
		if e := d.gets(created); e.Event != chat.Created || e.From != ann.ID || !reflect.DeepEqual(e.Body, want) {
			t.Errorf("%s is told of the group by %+v", d, e)
		}
	}
	acks := []wire.Accepted{phone.says(in(group), "who drives?"), connected[0].says(in(group), "me")}
	for _, d := range connected[1:] {
		for _, ack := range acks {
			d.gets(ack)
		}
	}
	phone.gets(acks[1])

	last := phone.entries(group)[0]
	// ann's own is read by her, and so is what stands before one's own.
	one := &wire.Unread{Count: 1}
	unread := map[chat.UserID]*wire.Unread{ann.ID: one, others[1].ID: {Count: 2}, others[2].ID: {Count: 2}}
	for _, d := range append(connected, phone) {
		role := chat.Member
		if d.user == phone.user {
			role = chat.Owner
		}
		want := []wire.Conversation{{
			Conversation: group, Kind: chat.Group, Name: "Lake trip", Size: 5, Head: 3, Last: &last,
			Role: role, Can: chat.Conversation{Kind: chat.Group}.Capabilities(role),
		}}
		want[0].Unread = unread[d.user.ID]
		if list := d.list(); !reflect.DeepEqual(list, want) {
			t.Errorf("%s lists %+v, want %+v", d, list, want)
		}
	}
	connected[0].hangUp()
	phone.sees(others[0], wire.Offline, group)
	presence := map[chat.UserID]wire.Presence{}
	for _, m := range phone.members(group) {
		presence[m.User] = m.Presence
	}
	if want := map[chat.UserID]wire.Presence{
		ann.ID: wire.Online, others[0].ID: wire.Offline, others[1].ID: wire.Online, others[2].ID: wire.Online, others[3].ID: wire.Unknown,
	}; !reflect.DeepEqual(presence, want) {
		t.Errorf("members are %v, want %v", presence, want)
	}
}

func TestS2TwoDevicesThatSendAtOnceLeaveNoGapAndNoDuplicate(t *testing.T) {
	t.Parallel()
	const writers, each = 20, 2 * chat.UserBurst / 20 // as much as the two may say at once
	ann, bob := person(t, "ann"), person(t, "bob")
	phones := []*device{ann.connect("phone"), bob.connect("phone")}
	peers := []*user{bob, ann}

	var mu sync.Mutex
	acked := map[chat.Seq]chat.MessageID{}
	var writing sync.WaitGroup
	for w := range writers {
		phone, peer := phones[w%2], peers[w%2]
		writing.Go(func() {
			for n := range each {
				ack, err := try[wire.Accepted](phone, phone.message(to(peer), fmt.Sprintf("%d of %d", n, w)))
				if err != nil {
					t.Errorf("%s: %v", phone, err)
					return
				}
				mu.Lock()
				if other, taken := acked[ack.Seq]; taken {
					t.Errorf("both %s and %s are acknowledged as %d", other, ack.ID, ack.Seq)
				}
				acked[ack.Seq] = ack.ID
				mu.Unlock()
			}
		})
	}
	writing.Wait()
	if t.Failed() {
		t.FailNow()
	}

	id := chat.DirectID(ann.ID, bob.ID)
	for i, phone := range phones {
		log := phone.catchesUp(id, 0)
		if len(log) != writers*each {
			t.Fatalf("%s has %d entries of %d", phone, len(log), writers*each)
		}
		for _, e := range log {
			if acked[e.Seq] != e.ID {
				t.Errorf("%d is %s but was acknowledged to %s", e.Seq, e.ID, acked[e.Seq])
			}
			if e.From == peers[i].ID {
				phone.gets(wire.Accepted{Conversation: id, Seq: e.Seq, ID: e.ID})
			}
		}
		if heard := len(phone.entries(id)); heard != writers*each/2 {
			t.Errorf("%s heard %d messages of the other, want %d", phone, heard, writers*each/2)
		}
	}
}
