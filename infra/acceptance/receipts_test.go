package acceptance

import (
	"bytes"
	"fmt"
	"reflect"
	"testing"

	"github.com/go-json-experiment/json"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// tellsRead and tellsDelivered say how far a device is.
func (d *device) tellsRead(id chat.ConversationID, seq chat.Seq) {
	d.t.Helper()
	d.tell(wire.Receipts{Head: d.head("receipts"), Cursors: []wire.Reached{{Conversation: id, Read: &seq}}})
}

func (d *device) tellsDelivered(id chat.ConversationID, seq chat.Seq) {
	d.t.Helper()
	d.tell(wire.Receipts{Head: d.head("receipts"), Cursors: []wire.Reached{{Conversation: id, Delivered: &seq}}})
}

// hearsReceipt waits for what somebody's receipt says of one conversation.
func (d *device) hearsReceipt(of *user, want wire.Receipt) {
	d.t.Helper()
	d.hears(fmt.Sprintf("the receipt %+v", want), func(f frame) bool {
		var r wire.Received
		return f.Event == wire.EventReceipt && json.Unmarshal(f.raw, &r) == nil && r.User == of.ID && len(r.Cursors) == 1 && r.Cursors[0] == want
	})
}

// receiptsOf is how many frames a device got that tell of somebody's receipts.
func (d *device) receiptsOf(u *user) (n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.heard {
		if f.Event == wire.EventReceipt && bytes.Contains(f.raw, []byte(`"user":"`+string(u.ID)+`"`)) {
			n++
		}
	}
	return n
}

func (d *device) explains(id chat.ConversationID) wire.Explained {
	d.t.Helper()
	return ask[wire.Explained](d, wire.Explain{Head: d.head("explain"), Conversation: id})
}

func TestReceiptsReachThePeerAndTheOwnDevices(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, laptop, bobs := ann.connect("phone"), ann.connect("laptop"), bob.connect("phone")
	id := bobs.says(to(ann), "one").Conversation
	bobs.says(to(ann), "two")
	phone.gets(bobs.says(to(ann), "three"))

	if own := phone.line(id).Own; own.Unread == nil || own.Unread.Count != 3 || own.Read != 0 {
		t.Errorf("%+v", own)
	}
	phone.tellsDelivered(id, 3)
	bobs.hearsReceipt(ann, wire.Receipt{Conversation: id, Delivered: 3})
	phone.tellsRead(id, 2)
	bobs.hearsReceipt(ann, wire.Receipt{Conversation: id, Read: 2})
	laptop.hearsReceipt(ann, wire.Receipt{Conversation: id, Read: 2})
	for _, d := range []*device{phone, laptop} {
		if own := d.line(id).Own; own.Unread == nil || own.Unread.Count != 1 || own.Read != 2 {
			t.Errorf("%s: %+v", d, own)
		}
	}
	if own := bobs.line(id).Own; own.PeerRead != 2 || own.PeerDelivered != 3 || own.PeerPresence != wire.Online || own.Unread != nil {
		t.Errorf("%+v", own)
	}

	// R1: what is stale changes nothing and is no news; what follows it on the same connection says when it was handled.
	heard := bobs.receiptsOf(ann)
	phone.tellsRead(id, 1)
	laptop.tellsRead(id, 3)
	bobs.hearsReceipt(ann, wire.Receipt{Conversation: id, Read: 3})
	if own := phone.line(id).Own; own.Read != 3 || own.Unread != nil || bobs.receiptsOf(ann) != heard+1 {
		t.Errorf("%+v, and %d frames after %d", own, bobs.receiptsOf(ann), heard)
	}
	seen := ask[wire.SeenBy](bobs, wire.Seen{Head: bobs.head("seen"), Conversation: id, Seq: 3})
	if want := (wire.SeenBy{Users: []wire.SeenLine{{User: ann.ID, Read: true}}, Read: 1, Delivered: 1, Of: 1}); !reflect.DeepEqual(seen, want) {
		t.Errorf("%+v, want %+v", seen, want)
	}
}

func TestR2AReceiptBeyondTheLastEntryIsRefusedByAPost(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, bobs := ann.connect("phone"), bob.connect("phone")
	id := bobs.says(to(ann), "one").Conversation
	head, beyond := phone.head("receipts"), chat.Seq(2)
	phone.tell(wire.Receipts{Head: head, Cursors: []wire.Reached{{Conversation: id, Read: &beyond}}})
	no := phone.hears("a refusal", func(f frame) bool { return f.Event == wire.EventError && f.Ref == head.Ref })
	if no.Code != chat.Invalid {
		t.Errorf("%s", no.raw)
	}
	if got := phone.explains(id); got.Read != 0 || got.Delivered != 0 || got.Count != 1 {
		t.Errorf("%+v", got)
	}
}

func TestAReceiptTravelsWithTyping(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, laptop, bobs := ann.connect("phone"), ann.connect("laptop"), bob.connect("phone")
	id, one := bobs.says(to(ann), "one").Conversation, chat.Seq(1)
	phone.tell(wire.Typing{Head: phone.head("typing"), Conversation: id, Kind: wire.Text, Read: &one})
	bobs.hears("typing with a receipt", func(f frame) bool {
		var c wire.Composing
		return f.Event == wire.EventTyping && json.Unmarshal(f.raw, &c) == nil && c.User == ann.ID && c.Read == 1
	})
	laptop.hearsReceipt(ann, wire.Receipt{Conversation: id, Read: 1})
	if bobs.receiptsOf(ann) != 0 {
		t.Error("and another frame says it again")
	}
}

func TestU7AMarkIsSeenOnAllDevicesAndByNobodyElse(t *testing.T) {
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, laptop, bobs := ann.connect("phone"), ann.connect("laptop"), bob.connect("phone")
	id := bobs.says(to(ann), "one").Conversation
	bobs.says(to(ann), "two")
	phone.tellsRead(id, 2)
	laptop.hearsReceipt(ann, wire.Receipt{Conversation: id, Read: 2})

	two := chat.Seq(2)
	ask[wire.Preferred](phone, wire.Mark{Head: phone.head("mark"), Conversation: id, Seq: &two})
	laptop.hears("the mark", func(f frame) bool { return f.Event == wire.EventPrefs && f.Conversation == id })
	if got := laptop.explains(id); got.Count != 1 || got.Read != 2 || got.Marked != 2 || !reflect.DeepEqual(got.Seqs, []chat.Seq{2}) {
		t.Errorf("%+v", got)
	}
	if own := bobs.line(id).Own; own.PeerRead != 2 {
		t.Errorf("bob sees %+v", own)
	}
	yes := true
	ask[wire.Preferred](phone, wire.Prefs{Head: phone.head("prefs"), Conversation: id, Pinned: &yes, Archived: &yes})
	if own := laptop.line(id).Own; !own.Pinned || !own.Archived {
		t.Errorf("%+v", own)
	}
	laptop.tellsRead(id, 2) // what may have been lost is told again, and what follows it says when that was handled
	bobs.says(to(ann), "later")
	phone.tellsRead(id, 1)
	if got := laptop.explains(id); got.Marked != 2 || got.Count != 2 {
		t.Errorf("a receipt that is told again ends the mark: %+v", got)
	}
	ask[wire.Preferred](laptop, wire.Mark{Head: laptop.head("mark"), Conversation: id}) // opening it does
	if own := phone.line(id).Own; own.Marked != 0 || own.Unread == nil || own.Unread.Count != 1 {
		t.Errorf("%+v", own)
	}
	ask[wire.Preferred](phone, wire.Mark{Head: phone.head("mark"), Conversation: id, Seq: &two})
	laptop.tellsRead(id, 3) // and so does reading on
	eventually(t, "nothing is unread", func() bool { return phone.line(id).Unread == nil })
	bobs.says(to(ann), "three") // and what happens brings it back
	if own := laptop.line(id).Own; own.Archived || own.Unread == nil || own.Unread.Count != 1 {
		t.Errorf("%+v", own)
	}
}

func TestAListSinceATimeHasWhatChanged(t *testing.T) {
	t.Parallel()
	ann, bob, cat := person(t, "ann"), person(t, "bob"), person(t, "cat")
	phone, bobs, cats := ann.connect("phone"), bob.connect("phone"), cat.connect("phone")
	bobs.says(to(ann), "one")
	second := cats.says(to(ann), "one").Conversation
	first := ask[wire.Listed](phone, wire.Conversations{Head: phone.head("conversations")})
	if first.Since == "" || len(first.Conversations) != 2 {
		t.Fatalf("%+v", first)
	}
	cats.says(to(ann), "two")
	changed := ask[wire.Listed](phone, wire.Conversations{Head: phone.head("conversations"), Since: first.Since})
	if changed.Of == nil || *changed.Of != 2 || changed.Since == "" {
		t.Errorf("%+v", changed)
	}
	for _, l := range changed.Conversations { // what changed in the last seconds may be told twice
		if l.Conversation == second && l.Head == 2 && l.Unread.Count == 2 {
			return
		}
	}
	t.Errorf("%+v", changed)
}
