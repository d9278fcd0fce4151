package acceptance

import (
	"bytes"
	"net/http"
	"reflect"
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// govern begins a change of a group.
func (d *device) govern(action string, id chat.ConversationID) wire.Govern {
	return wire.Govern{Head: d.head(action), ID: newID(), Conversation: id}
}

func (d *device) adds(id chat.ConversationID, users ...*user) wire.Governed {
	d.t.Helper()
	return ask[wire.Governed](d, wire.Add{Govern: d.govern("add", id), Users: ids(users...)})
}

func (d *device) removes(id chat.ConversationID, ban bool, users ...*user) wire.Governed {
	d.t.Helper()
	return ask[wire.Governed](d, wire.Remove{Govern: d.govern("remove", id), Users: ids(users...), Ban: ban})
}

func (d *device) leaves(id chat.ConversationID) wire.Governed {
	d.t.Helper()
	return ask[wire.Governed](d, wire.Leave{Govern: d.govern("leave", id)})
}

func (d *device) ranks(id chat.ConversationID, role chat.Role, users ...*user) wire.Governed {
	d.t.Helper()
	return ask[wire.Governed](d, wire.Rank{Govern: d.govern("role", id), Users: ids(users...), Role: role})
}

func (d *device) amends(id chat.ConversationID, s wire.Amendment) wire.Governed {
	d.t.Helper()
	return ask[wire.Governed](d, wire.Amend{Govern: d.govern("change", id), Setup: &s})
}

func (d *device) invites(id chat.ConversationID) wire.Invited {
	d.t.Helper()
	return ask[wire.Invited](d, wire.Invite{Head: d.head("invite"), Conversation: id})
}

func (d *device) joins(code chat.InviteCode) wire.Governed {
	d.t.Helper()
	return ask[wire.Governed](d, wire.Join{Head: d.head("join"), ID: newID(), Code: code})
}

// of is where a change of a group is in its log.
func of(g wire.Governed) wire.Accepted {
	return wire.Accepted{Conversation: g.Conversation, Seq: g.Seq, ID: g.ID, At: g.At}
}

// Five people do everything to a group. Whoever was away syncs once and has what the others have seen.
func TestAGroupLivesThroughEveryChange(t *testing.T) {
	t.Parallel()
	ann, bob, cat, dan, eve := person(t, "ann"), person(t, "bob"), person(t, "cat"), person(t, "dan"), person(t, "eve")
	anns, bobs, cats, dans, eves := ann.connect("phone"), bob.connect("phone"), cat.connect("phone"), dan.connect("phone"), eve.connect("phone")
	tablet := bob.connect("tablet")

	group := anns.creates("Lake trip", bob, cat).Conversation
	anns.adds(group, dan)
	dans.says(in(group), "thank you")
	anns.ranks(group, chat.Admin, bob)
	tablet.gets(of(anns.ranks(group, chat.Guest, cat)))
	tablet.cut()
	if code := cats.refused(cats.message(in(group), "why?")); code != chat.Forbidden {
		t.Errorf("a guest's message: %s", code)
	}
	lake := photo()
	offer := bobs.offers(lake)
	if status := put(t, offer, lake, nil); status != http.StatusOK {
		t.Fatalf("the upload is answered %d", status)
	}
	bobs.amends(group, wire.Amendment{Name: new("Sea trip"), Picture: &wire.Picture{Media: offer.Media}})
	bobs.amends(group, wire.Amendment{Announce: new(true)})
	if code := dans.refused(dans.message(in(group), "may I?")); code != chat.Forbidden {
		t.Errorf("a message where only announcements are made: %s", code)
	}
	anns.says(in(group), "we leave at eight")
	bobs.amends(group, wire.Amendment{Announce: new(false), Slow: new(3600)})
	dans.says(in(group), "fine")
	if code := dans.refused(dans.message(in(group), "and another thing")); code != chat.Limited {
		t.Errorf("a second message in slow mode: %s", code)
	}
	link := bobs.invites(group)
	seen := ask[wire.Previewed](eves, wire.Preview{Head: eves.head("preview"), Code: link.Code})
	if seen.Name != "Sea trip" || seen.Size != 4 || seen.Conversation != group || seen.Picture == nil {
		t.Errorf("eve sees %+v", seen)
	} else if status, body := get(t, *seen.Picture); status != http.StatusOK || !bytes.Equal(body, lake) {
		t.Errorf("the picture is answered %d with %d bytes", status, len(body))
	}
	eves.joins(link.Code)
	bobs.removes(group, true, dan)
	eves.says(in(group), "where is dan?")
	anns.ranks(group, chat.Owner, bob)
	anns.leaves(group)
	bobs.says(in(group), "and ann?")

	tablet = bob.connect("tablet")
	log := tablet.catchesUp(group, 0)
	kinds := []chat.EntryKind{
		chat.Created, chat.Added, chat.Message, chat.Ranked, chat.Ranked, chat.Changed, chat.Changed, chat.Message, chat.Changed, chat.Message,
		chat.Joined, chat.Removed, chat.Message, chat.Ranked, chat.Left, chat.Message,
	}
	for i, e := range log {
		if i >= len(kinds) || e.Event != kinds[i] {
			t.Fatalf("%d is %s", e.Seq, e.Event)
		}
	}
	for _, d := range []*device{bobs, cats} {
		for _, e := range log {
			if e.From == d.user.ID {
				continue
			}
			if heard := d.gets(wire.Accepted{Conversation: group, Seq: e.Seq, ID: e.ID}); !reflect.DeepEqual(heard, e) {
				t.Errorf("%s heard %+v, the log has %+v", d, heard, e)
			}
		}
	}
	line := tablet.list()[0]
	line.Last = nil
	want := wire.Conversation{
		Conversation: group, Kind: chat.Group, Name: "Sea trip", Size: 3, Head: 16, Role: chat.Owner,
		Can: chat.Conversation{Kind: chat.Group}.Capabilities(chat.Owner), Picture: offer.Media, Slow: 3600,
	}
	if !reflect.DeepEqual(line, want) {
		t.Errorf("bob lists %+v, want %+v", line, want)
	}
	roles := map[chat.UserID]chat.Role{}
	for _, m := range tablet.members(group) {
		roles[m.User] = m.Role
	}
	if want := map[chat.UserID]chat.Role{bob.ID: chat.Owner, cat.ID: chat.Guest, eve.ID: chat.Member}; !reflect.DeepEqual(roles, want) {
		t.Errorf("members are %v, want %v", roles, want)
	}

	// eve sees what follows her joining, and the picture that a member sees.
	if missed := eves.syncs(group, 0).Conversations; len(missed) != 1 || missed[0].From != 11 || missed[0].Entries[0].Seq != 11 {
		t.Errorf("eve syncs %+v", missed)
	}
	where := ask[wire.Location](eves, wire.Download{Head: eves.head("download"), Conversation: group, Media: offer.Media})
	if status, body := get(t, where); status != http.StatusOK || !bytes.Equal(body, lake) {
		t.Errorf("the picture is answered %d with %d bytes", status, len(body))
	}
	// M6: dan is banned, and his link is like no link.
	if code := dans.refused(wire.Join{Head: dans.head("join"), ID: newID(), Code: link.Code}); code != chat.NotFound {
		t.Errorf("dan joins again: %s", code)
	}
}

func get(t *testing.T, l wire.Location) (status int, body []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, l.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	return fetch(t, request)
}

// M1: a removed member gets the entry that says so, and nothing that follows it in any way.
func TestM1WhoWasRemovedHearsNothingMore(t *testing.T) {
	t.Parallel()
	for name, others := range map[string]int{"small": 2, "large": 220} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ann, eve := person(t, "ann"), person(t, "eve")
			anns, eves, laptop := ann.connect("phone"), eve.connect("phone"), eve.connect("laptop")
			group := anns.creates("Friends", append(people(t, "m", others), eve)...).Conversation
			lake := photo()
			offer := anns.offers(lake)
			if status := put(t, offer, lake, nil); status != http.StatusOK {
				t.Fatalf("the upload is answered %d", status)
			}
			picture := anns.sends(anns.picture(in(group), attachment(offer.Media, lake)))
			eves.gets(picture)
			anns.amends(group, wire.Amendment{Picture: &wire.Picture{Media: offer.Media}})

			removed := of(anns.removes(group, false, eve))
			for _, d := range []*device{eves, laptop} {
				if e := d.gets(removed); e.Event != chat.Removed || !slices.Equal(e.Body.Users, ids(eve)) {
					t.Errorf("%s is told %+v", d, e)
				}
			}
			secret := anns.says(in(group), "now that eve is gone")
			anns.sends(anns.message(in(group), "we can speak"))
			_ = ask[wire.Accepted](anns, wire.Edit{Change: wire.Change{Head: anns.head("edit"), ID: newID(), Conversation: group, Seq: secret.Seq}, Body: &wire.Revision{Text: "freely"}})

			for what, q := range map[string]any{
				"send":     eves.message(in(group), "what?"),
				"react":    wire.React{Change: wire.Change{Head: eves.head("react"), ID: newID(), Conversation: group, Seq: secret.Seq}, Reactions: []string{"👀"}},
				"history":  wire.History{Head: eves.head("history"), Conversation: group},
				"members":  wire.Members{Head: eves.head("members"), Conversation: group},
				"download": wire.Download{Head: eves.head("download"), Conversation: group, Seq: &picture.Seq, Media: offer.Media},
				"picture":  wire.Download{Head: eves.head("download"), Conversation: group, Media: offer.Media},
				"add":      wire.Add{Govern: eves.govern("add", group), Users: ids(eve)},
				"rename":   wire.Amend{Govern: eves.govern("change", group), Setup: &wire.Amendment{Name: new("mine")}},
				"invites":  wire.Invites{Head: eves.head("invites"), Conversation: group},
			} {
				if code := eves.refused(q); code != chat.Forbidden {
					t.Errorf("%s: %s", what, code)
				}
			}
			for _, after := range []chat.Seq{0, removed.Seq - 1, removed.Seq} {
				if missed := eves.syncs(group, after).Conversations; len(missed) != 1 || !missed[0].Gone || missed[0].Entries != nil || missed[0].Head != 0 {
					t.Errorf("sync after %d: %+v", after, missed)
				}
			}
			if list := eves.list(); len(list) != 0 {
				t.Errorf("eve lists %+v", list)
			}
			if out := eves.leaves(group); !out.Unchanged {
				t.Errorf("eve leaves: %+v", out)
			}
			// Posts are made before their acknowledgement, or in the order of the queue: the newest is a signal to look at.
			if others > chat.InlineMembers {
				bystander := anns.adds(group, eve)
				eves.gets(of(bystander))
			}
			for _, d := range []*device{eves, laptop} {
				for _, e := range d.entries(group) {
					if e.Seq > removed.Seq && e.Event != chat.Added {
						t.Errorf("%s hears %+v", d, e)
					}
				}
			}
		})
	}
}

// A group that grows above chat.InlineMembers goes on as before.
func TestAGroupOutgrowsItsHeader(t *testing.T) {
	t.Parallel()
	ann, early, late := person(t, "ann"), person(t, "early"), person(t, "late")
	anns, earlys, lates := ann.connect("phone"), early.connect("phone"), late.connect("phone")
	group := anns.creates("Club", append(people(t, "m", 195), early)...).Conversation
	anns.adds(group, append(people(t, "n", 4), late)...)
	hello := anns.says(in(group), "hello all")
	for _, d := range []*device{earlys, lates} {
		d.gets(hello)
	}
	if members := allMembers(lates, group); len(members) != 202 {
		t.Errorf("%d members", len(members))
	}
	removed := of(anns.removes(group, false, early))
	earlys.gets(removed)
	lates.gets(removed)
	left := of(anns.leaves(group))
	if e := lates.gets(left); e.Event != chat.Left || e.Body.Role != chat.Owner || len(e.Body.Users) != 1 {
		t.Errorf("late is told %+v", e)
	}
	last := lates.says(in(group), "who is left?")
	if list := lates.list(); len(list) != 1 || list[0].Size != 200 || list[0].Head != last.Seq {
		t.Errorf("late lists %+v", list)
	}
	if missed := earlys.syncs(group, 0).Conversations; len(missed) != 1 || !missed[0].Gone {
		t.Errorf("early syncs %+v", missed)
	}
}

func TestOnlyTheAddedAreNotified(t *testing.T) {
	t.Parallel()
	needLocal(t, "looks at phones")
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	anns, bobs, cats := ann.connect("phone"), bob.connect("phone"), cat.connect("phone")
	bobsScreen, catsScreen := bobs.registers("fcm"), cats.registers("fcm")
	group := anns.creates("Lake trip", bob).Conversation
	bobs.hangUp()
	cats.hangUp()
	anns.adds(group, cat)
	if n := catsScreen.next(); n.Title != "Lake trip" {
		t.Errorf("cat's phone shows %+v", n)
	}
	anns.says(in(group), "hello")
	if n := bobsScreen.next(); n.Body != string(ann.ID)+": hello" {
		t.Errorf("bob's phone shows %+v first", n)
	}
}
