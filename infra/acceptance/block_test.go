package acceptance

import (
	"bytes"
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

func (d *device) blocks(u *user) {
	d.t.Helper()
	ask[wire.About](d, wire.Block{Head: d.head("block"), User: u.ID})
}

func (d *device) unblocks(u *user) {
	d.t.Helper()
	ask[wire.About](d, wire.Unblock{Head: d.head("unblock"), User: u.ID})
}

// quarrel is a story in which bob has blocked ann, with whom he used to talk.
type quarrel struct {
	*testing.T
	ann, bob, cat                    *user
	annsPhone, annsLaptop, bobsPhone *device
	before                           wire.Accepted // what ann said when they still talked
	lake                             []byte
	picture                          chat.MediaID
	conversation                     chat.ConversationID
	during                           wire.Accepted // what she says now
	face                             chat.MediaID  // in bob's profile
	group                            wire.Accepted // of the two and cat, who gets on with both, made before
	catsPhone                        *device
}

func newQuarrel(t *testing.T) *quarrel {
	t.Helper()
	q := &quarrel{T: t, ann: person(t, "ann"), bob: person(t, "bob"), lake: photo()}
	q.annsPhone, q.annsLaptop, q.bobsPhone = q.ann.connect("phone"), q.ann.connect("laptop"), q.bob.connect("phone")
	q.before = q.annsPhone.says(to(q.bob), "friends")
	q.bobsPhone.gets(q.before)
	q.conversation, q.picture = q.before.Conversation, q.annsPhone.uploads(q.lake)
	q.face = q.bobsPhone.uploads(photo())
	ask[wire.ProfileLine](q.bobsPhone, wire.Profile{Head: q.bobsPhone.head("profile"), Name: "Bob", About: "busy", Picture: q.face})

	q.cat = person(t, "cat")
	q.catsPhone = q.cat.connect("phone")
	q.group = q.catsPhone.creates("All three", q.ann, q.bob)

	q.bobsPhone.blocks(q.ann)
	m := q.annsPhone.picture(to(q.bob), attachment(q.picture, q.lake))
	m.Body.Text = "enemies"
	q.during = q.annsPhone.sends(m)
	return q
}

// uploads uploads content as lake.jpg.
func (d *device) uploads(content []byte) chat.MediaID {
	d.t.Helper()
	offer := d.offers(content)
	if status := put(d.t, offer, content, nil); status != http.StatusOK {
		d.t.Fatalf("the upload is answered %d", status)
	}
	return offer.Media
}

// hides fails unless an entry is hidden from its reader.
func (q *quarrel) hides(e wire.Entry) {
	q.Helper()
	if want := (wire.Entry{Event: chat.Hidden, Conversation: q.conversation, Seq: e.Seq}); e.Event != chat.Hidden || e.ID != "" || e.From != "" || e.At != "" || e.Body.Text != "" {
		q.Errorf("it shows %+v, want %+v", e, want)
	}
}

// surfaces are all the ways in which somebody could reach, or notice, who has blocked them.
var surfaces = map[string]func(*quarrel){
	"send: it looks accepted, and the sender's other devices have it": func(q *quarrel) {
		if q.during.Seq != q.before.Seq+1 || q.annsLaptop.gets(q.during).Body.Text != "enemies" {
			q.Errorf("acknowledged is %+v", q.during)
		}
	},
	"fan-out: no device of the other one hears of it": func(q *quarrel) {
		// What is posted is posted before the acknowledgement, so it would be here by now.
		for _, e := range q.bobsPhone.entries(q.conversation) {
			if e.Seq >= q.during.Seq {
				q.Errorf("bob hears %+v", e)
			}
		}
	},
	"sync: it keeps its place and says nothing": func(q *quarrel) {
		log := q.bobsPhone.catchesUp(q.conversation, 0)
		if len(log) != 2 || log[0].Body.Text != "friends" {
			q.Fatalf("bob syncs %+v", log)
		}
		q.hides(log[1])
	},
	"history: it keeps its place and says nothing": func(q *quarrel) {
		page := ask[wire.Page](q.bobsPhone, wire.History{Head: q.bobsPhone.head("history"), Conversation: q.conversation})
		q.hides(page.Entries[len(page.Entries)-1])
	},
	"conversations: the list does not show it": func(q *quarrel) {
		for _, c := range q.bobsPhone.list() {
			if c.Conversation == q.conversation {
				q.hides(*c.Last)
			}
		}
	},
	"search: it is not found": func(q *quarrel) {
		find := func(d *device, text string) int {
			return len(ask[wire.Found](d, wire.Search{Head: d.head("search"), Query: wire.Query{Words: text}}).Hits)
		}
		if n := find(q.bobsPhone, "enemies"); n != 0 {
			q.Errorf("bob finds %d", n)
		}
		if find(q.bobsPhone, "friends") != 1 || find(q.annsPhone, "enemies") != 1 {
			q.Error("what is to be found is not")
		}
	},
	"typing in a common group: the others hear of it": func(q *quarrel) {
		for typist, other := range map[*device]*device{q.annsPhone: q.bobsPhone, q.bobsPhone: q.annsPhone} {
			typist.tell(wire.Typing{Head: typist.head("typing"), Conversation: q.group.Conversation, Kind: wire.Text})
			q.catsPhone.hears("that "+typist.String()+" types", func(f frame) bool {
				var c wire.Composing
				return f.Event == wire.EventTyping && json.Unmarshal(f.raw, &c) == nil && c.User == typist.user.ID
			})
			// What cat types comes later, to both.
			q.catsPhone.tell(wire.Typing{Head: q.catsPhone.head("typing"), Conversation: q.group.Conversation, Kind: wire.Text})
			other.hears("that cat types", func(f frame) bool { return f.Event == wire.EventTyping && bytes.Contains(f.raw, []byte(q.cat.ID)) })
			if strings.Contains(other.remembered(), `"event":"typing","conversation":"`+string(q.group.Conversation)+`","user":"`+string(typist.user.ID)) {
				q.Errorf("%s hears that %s types: %s", other, typist, other.remembered())
			}
		}
	},
	"receipts in a common group: only the others'": func(q *quarrel) {
		for author, reader := range map[*device]*device{q.annsPhone: q.bobsPhone, q.bobsPhone: q.annsPhone} {
			said := author.says(in(q.group.Conversation), "to all")
			reader.tellsRead(said.Conversation, said.Seq)
			eventually(q.T, "it is read", func() bool { return reader.line(said.Conversation).Read == said.Seq })
			q.catsPhone.tellsRead(said.Conversation, said.Seq)
			author.hearsReceipt(q.cat, wire.Receipt{Conversation: said.Conversation, Read: said.Seq})
			if n := author.receiptsOf(reader.user); n != 0 {
				q.Errorf("%s hears of %d receipts of %s", author, n, reader)
			}
		}
	},
	"seen in a common group: only the others": func(q *quarrel) {
		for author, reader := range map[*device]*device{q.annsPhone: q.bobsPhone, q.bobsPhone: q.annsPhone} {
			said := author.says(in(q.group.Conversation), "to all")
			for _, d := range []*device{reader, q.catsPhone} {
				d.tellsRead(said.Conversation, said.Seq)
				eventually(q.T, "it is read", func() bool { return d.line(said.Conversation).Read == said.Seq })
			}
			seen := ask[wire.SeenBy](author, wire.Seen{Head: author.head("seen"), Conversation: said.Conversation, Seq: said.Seq})
			if want := (wire.SeenBy{Users: []wire.SeenLine{{User: q.cat.ID, Read: true}}, Read: 1, Delivered: 1, Of: 2}); !reflect.DeepEqual(seen, want) {
				q.Errorf("%s sees %+v, want %+v", author, seen, want)
			}
		}
	},
	"members: nothing is known of the other one": func(q *quarrel) {
		for d, other := range map[*device]*user{q.annsPhone: q.bob, q.bobsPhone: q.ann} {
			for _, m := range d.members(q.conversation) {
				if m.User == other.ID && (m.Presence != wire.Offline || m.Seen != "") {
					q.Errorf("%s sees %+v", d, m)
				}
			}
		}
	},
	"presence: who watched sees nobody there at once, and the truth when they watch after it": func(q *quarrel) {
		q.bobsPhone.unblocks(q.ann)
		q.annsPhone.watches(q.bob)
		q.bobsPhone.watches(q.ann)
		q.bobsPhone.blocks(q.ann)
		q.annsPhone.hearsOf(q.bob, chat.Offline)
		q.bobsPhone.hearsOf(q.ann, chat.Offline)
		q.bobsPhone.sets(chat.Busy)
		q.bobsPhone.unblocks(q.ann)
		if told := q.annsPhone.told(q.bob); len(told) != 1 {
			q.Errorf("ann is told %v", told)
		}
		if got := q.annsPhone.watches(q.bob)[0]; got.Status != chat.Busy {
			q.Errorf("ann sees %+v", got)
		}
	},
	"download: it is not there": func(q *quarrel) {
		get := func(d *device) wire.Download {
			return wire.Download{Head: d.head("download"), Conversation: q.conversation, Seq: &q.during.Seq, Media: q.picture}
		}
		if code := q.bobsPhone.refused(get(q.bobsPhone)); code != chat.NotFound {
			q.Errorf("bob is refused with %s", code)
		}
		ask[wire.Location](q.annsPhone, get(q.annsPhone))
	},
	"create: no group brings them together": func(q *quarrel) {
		for _, pair := range []struct {
			by   *device
			with *user
		}{{q.annsPhone, q.bob}, {q.bobsPhone, q.ann}} {
			if code := pair.by.refused(wire.Create{Head: pair.by.head("create"), ID: newID(), Name: "us", Members: ids(pair.with)}); code != chat.Forbidden {
				q.Errorf("%s is refused with %s", pair.by, code)
			}
		}
	},
	"edit again, unblocked: it is seen again": func(q *quarrel) {
		for _, text := range []string{"one", "two"} {
			q.annsPhone.edits(q.before, text)
		}
		q.bobsPhone.unblocks(q.ann)
		if e := q.bobsPhone.gets(q.annsPhone.edits(q.before, "three")); e.Body.Text != "three" || e.Version != 1 {
			q.Errorf("bob hears %+v", e)
		}
		var room client.Room
		for _, e := range q.annsLaptop.catchesUp(q.conversation, 0) {
			room.Apply(e)
		}
		if m, _ := room.Message(q.before.Seq); m.Body.Text != "three" {
			q.Errorf("ann's laptop shows %+v", m)
		}
		if log := q.annsLaptop.history(q.conversation); log[0].Body.Text != "three" {
			q.Errorf("ann loads it anew as %+v", log[0])
		}
	},
	"edit, react: what both have seen stays as it is": func(q *quarrel) {
		q.annsPhone.edits(q.before, "read this")
		q.annsPhone.reacts(q.before, "👋")
		log := q.bobsPhone.catchesUp(q.conversation, 0)
		if len(log) != 4 || log[0].Body.Text != "friends" || len(log[0].Reactions) != 0 {
			q.Fatalf("bob syncs %+v", log)
		}
		for _, e := range log[1:] {
			q.hides(e)
		}
		if own := q.annsLaptop.catchesUp(q.conversation, q.during.Seq); own[0].Body.Text != "read this" {
			q.Errorf("ann's laptop syncs %+v", own)
		}
		for name, log := range map[string][]wire.Entry{"history": q.annsLaptop.history(q.conversation), "sync": q.annsLaptop.catchesUp(q.conversation, 0)} {
			if log[0].Body.Text != "read this" || len(log[0].Reactions) != 1 {
				q.Errorf("ann loads it anew by %s as %+v", name, log[0])
			}
		}
	},
	"react by the other one: as if it were not there": func(q *quarrel) {
		q.bobsPhone.unblocks(q.ann)
		if code := q.bobsPhone.refused(wire.React{Change: q.bobsPhone.change("react", q.during), Reactions: []string{"👀"}}); code != chat.NotFound {
			q.Errorf("bob is refused with %s", code)
		}
	},
	"the other way round: they are told what they did": func(q *quarrel) {
		if code := q.bobsPhone.refused(q.bobsPhone.message(to(q.ann), "hello?")); code != chat.Forbidden {
			q.Errorf("bob is refused with %s", code)
		}
	},
	"profile: no more than the name": func(q *quarrel) {
		list := ask[wire.ProfileList](q.annsPhone, wire.Profiles{Head: q.annsPhone.head("profiles"), Users: ids(q.bob)})
		if want := (wire.ProfileLine{User: q.bob.ID, Name: "Bob", Version: 1}); list.Profiles[0] != want {
			q.Errorf("ann sees %+v", list)
		}
	},
	"profile picture: it is not there": func(q *quarrel) {
		get := wire.Download{Head: q.annsPhone.head("download"), User: q.bob.ID, Media: q.face}
		if code := q.annsPhone.refused(get); code != chat.NotFound {
			q.Errorf("ann is refused with %s", code)
		}
	},
	"unblock: what was hidden stays so": func(q *quarrel) {
		q.bobsPhone.unblocks(q.ann)
		again := q.annsPhone.says(to(q.bob), "friends again?")
		if e := q.bobsPhone.gets(again); e.Body.Text != "friends again?" {
			q.Errorf("bob hears %+v", e)
		}
		log := q.bobsPhone.catchesUp(q.conversation, 0)
		q.hides(log[1])
		if log[2].Body.Text != "friends again?" {
			q.Errorf("bob syncs %+v", log)
		}
	},
}

func TestABlockHoldsOnEverySurface(t *testing.T) {
	t.Parallel()
	for name, check := range surfaces {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(newQuarrel(t))
		})
	}
}

func TestABlockSilencesThePhone(t *testing.T) {
	t.Parallel()
	needLocal(t, "looks at phones")
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	annsPhone, bobsPhone, catsPhone := ann.connect("phone"), bob.connect("phone"), cat.connect("phone")
	group := catsPhone.creates("All three", ann, bob).Conversation
	shown := bobsPhone.registers("fcm")
	bobsPhone.blocks(ann)
	bobsPhone.hangUp()
	catsPhone.sees(bob, wire.Offline, group)

	annsPhone.says(to(bob), "from ann to bob")
	loud := annsPhone.message(in(group), "from ann to all, and bob")
	loud.Body.Mentions = ids(bob)
	annsPhone.sends(loud)
	catsPhone.says(in(group), "from cat to all")
	if n := shown.next(); n.Body != string(cat.ID)+": from cat to all" {
		t.Errorf("bob's phone shows %+v", n)
	}
	catsPhone.says(to(bob), "from cat to bob")
	shown.next()
	for _, n := range parley.local.SNS.Notifications(sns.Filter{Token: shown.token}) {
		if s := stack.Show(n); s.Title == string(ann.ID) || s.Body == string(ann.ID)+": from ann to all, and bob" {
			t.Errorf("bob's phone shows %+v", s)
		}
	}
	// In the group it is there to be read.
	if log := bob.connect("tablet").catchesUp(group, 1); len(log) != 2 || log[0].Body.Text != "from ann to all, and bob" {
		t.Errorf("bob reads %+v", log)
	}
}

func TestAFirstMessageFromSomebodyBlockedIsNotEvenListed(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	bobsPhone.blocks(ann)
	first := annsPhone.says(to(bob), "hello?")
	if first.Seq != 1 || len(annsPhone.list()) != 1 {
		t.Errorf("ann's own list is %+v", annsPhone.list())
	}
	if list := bobsPhone.list(); len(list) != 0 {
		t.Errorf("bob's list is %+v", list)
	}
	bobsPhone.unblocks(ann)
	if list := bobsPhone.list(); len(list) != 0 {
		t.Errorf("unblocked, bob's list is %+v", list)
	}
	// He admits everybody, so that she is no stranger who waits: it is posted to him.
	bobsPhone.gets(annsPhone.says(to(bob), "once more"))
	if list := bobsPhone.list(); len(list) != 1 || list[0].Request {
		t.Errorf("bob's list is %+v", list)
	}
}
