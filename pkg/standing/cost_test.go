package standing_test

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client/pace"
	"github.com/parley-im/parley/pkg/deliver"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/signal"
	"github.com/parley-im/parley/pkg/standing"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// Prices in US dollars per million, us-east-1 (reference: AWS price list; README, "What a message costs").
const (
	perFrame      = 1.00 // a frame in, a reply, a post: each started 32 KB
	perInvocation = 0.20 // and its time, which is left out on both sides
	perWrite      = 0.625
	perRead       = 0.125
)

// meter counts puts as well.
type meter struct {
	*dynamodbtest.Meter
	mu   sync.Mutex
	puts float64
}

func (m *meter) PutItem(ctx context.Context, in *dynamodb.PutItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	in.ReturnConsumedCapacity = types.ReturnConsumedCapacityTotal
	out, err := m.Meter.PutItem(ctx, in, opts...)
	if err == nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.puts += *out.ConsumedCapacity.CapacityUnits
	}
	return out, err
}

// bill adds up what is paid.
type bill struct{ frames, invocations, writes, reads float64 }

func (b bill) dollars() float64 {
	return b.frames*perFrame + b.invocations*perInvocation + b.writes*perWrite + b.reads*perRead
}

// party are two people who talk, with the rules of the client and the use cases of the server between them.
type party struct {
	t       *testing.T
	meter   *meter
	mu      sync.Mutex // of posts
	posts   int
	now     time.Time
	id      chat.ConversationID
	send    *send.Sender
	signal  *signal.Signaller
	keeper  *standing.Keeper
	people  map[chat.UserID]*talker
	said    int
	message bill // what the messages cost, and what is told besides
	besides bill
}

type talker struct {
	receipts pace.Receipts
	typing   pace.Typing
}

func newParty(t *testing.T) *party {
	m := &meter{Meter: dynamodbtest.NewMeter(dynamodbtest.Start(t))}
	db := dynamo.NewFromIface(m)
	p := &party{t: t, meter: m, now: epoch, id: chat.DirectID("ann", "bob"), people: map[chat.UserID]*talker{"ann": {}, "bob": {}}}
	now := func() time.Time { return p.now }
	log := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	sessions, people := store.NewSessions(db, topology.Sessions.Name), store.NewPeople(db, topology.People.Name)
	d := &deliver.Deliverer{Sessions: sessions, Poster: p, Log: log, Now: now, Logger: slog.New(slog.DiscardHandler)}
	p.send = &send.Sender{Log: log, Deliver: d, Attachments: nothing{}, Begin: people, People: people, Sessions: sessions, Now: now}
	p.keeper = &standing.Keeper{Log: log, Standings: log, Sessions: sessions, Teller: d, Now: now}
	p.signal = &signal.Signaller{Log: log, Teller: d, Cursors: p.keeper}
	for user := range p.people {
		if _, err := sessions.Connect(t.Context(), user, chat.Connection{ID: chat.ConnectionID(user) + "-phone", Since: epoch}); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// nothing is attached.
type nothing struct{}

func (nothing) Check(context.Context, chat.UserID, []chat.Attachment) error { return nil }
func (nothing) CheckFor(context.Context, chat.UserID, []chat.Attachment, time.Duration) error {
	return nil
}

// Post implements chat.Poster: the client of whom it is for takes the frame. Both look at the conversation all the time, so what
// comes is read.
func (p *party) Post(_ context.Context, id chat.ConnectionID, frame []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.posts++
	var in struct {
		Event   string
		Seq     chat.Seq
		Read    chat.Seq
		Cursors []wire.Receipt
	}
	if err := json.Unmarshal(frame, &in); err != nil {
		return err
	}
	receipts := &p.people[userOf(id)].receipts
	switch in.Event {
	case string(chat.Message):
		receipts.Came(p.id)
		receipts.Delivered(p.id, in.Seq, p.now)
		receipts.Read(p.id, in.Seq, p.now)
	case wire.EventTyping:
		receipts.Expect(p.id, p.now)
	}
	return nil
}

// Close implements chat.Poster.
func (p *party) Close(context.Context, chat.ConnectionID) error { panic("nothing is closed") }

// pays adds what an action costs to a bill: the frame that asks, what answers it, what it posts and what it does.
func (p *party) pays(b *bill, replies float64, act func() error) {
	p.t.Helper()
	p.meter.Take()
	p.meter.puts, p.posts = 0, 0
	if err := act(); err != nil {
		p.t.Fatal(err)
	}
	units := p.meter.Take()
	b.frames += 1 + replies + float64(p.posts)
	b.invocations++
	b.writes += p.meter.puts + units["UpdateItem"]
	b.reads += units["Query"] + units["GetItem"] + units["BatchGetItem"]
}

// passes lets time pass, in which the clients tell what is due.
func (p *party) passes(d time.Duration) {
	p.t.Helper()
	for end := p.now.Add(d); p.now.Before(end); p.now = p.now.Add(100 * time.Millisecond) {
		for user, talker := range p.people {
			if cursors, _ := talker.receipts.Due(p.now); len(cursors) > 0 {
				p.pays(&p.besides, 0, func() error {
					_, err := p.keeper.Receipts(p.t.Context(), on(chat.ConnectionID(user)+"-phone"), wire.Receipts{Cursors: cursors})
					return err
				})
			}
		}
	}
}

// writes somebody's next message, for so long.
func (p *party) writes(user chat.UserID, takes time.Duration) {
	p.t.Helper()
	me, who := p.people[user], on(chat.ConnectionID(user)+"-phone")
	for end := p.now.Add(takes); p.now.Before(end); p.passes(200 * time.Millisecond) { // a key
		if p.said == 0 || !me.typing.Due(p.id, wire.Text, p.now) {
			continue
		}
		q := wire.Typing{Conversation: p.id, Kind: wire.Text}
		if read := me.receipts.Carry(p.id); read > 0 {
			q.Read = &read
		}
		p.pays(&p.besides, 0, func() error {
			_, err := p.signal.Typing(p.t.Context(), who, q)
			return err
		})
	}
	p.said++
	m := wire.Send{
		ID: chat.MessageID(fmt.Sprintf("018f0000-0000-7000-8000-%012d", p.said)), To: wire.Target{User: "bob"},
		Body: wire.Content{Text: "Shall we meet at eight, where we met the last time?"},
	}
	if user == "bob" {
		m.To.User = "ann"
	}
	into := &p.message
	if p.said == 1 {
		into = &bill{} // it makes the conversation, once
	}
	p.pays(into, 1, func() error {
		e, err := p.send.Send(p.t.Context(), who, m)
		me.receipts.Said(p.id, e.Seq)
		return err
	})
	me.typing.Said(p.id)
}

// A chat of two who take turns of one to three messages, each of which takes two to ten seconds to write, is announced by
// typing and is read as soon as it is there.
func TestReceiptsAndTypingAtMostDoubleTheCostOfAChat(t *testing.T) {
	for seed := range uint64(5) {
		p, random := newParty(t), rand.New(rand.NewPCG(seed, 4))
		between := func(least, most time.Duration) time.Duration {
			return least + time.Duration(random.Int64N(int64(most-least)))
		}
		for turn := range 80 {
			user := [...]chat.UserID{"ann", "bob"}[turn%2]
			p.passes(between(time.Second, 4*time.Second)) // reads
			for n := range 1 + random.IntN(3) {
				if n > 0 {
					p.passes(between(300*time.Millisecond, 1500*time.Millisecond)) // and goes on
				}
				p.writes(user, between(2*time.Second, 10*time.Second))
			}
		}
		p.passes(time.Minute)
		factor := 1 + p.besides.dollars()/p.message.dollars()
		t.Logf("%d messages: $%.2f per million; with receipts and typing $%.2f: %.2f times as much (messages %+v, besides %+v)", p.said,
			p.message.dollars()/float64(p.said-1), (p.message.dollars()+p.besides.dollars())/float64(p.said-1), factor, p.message, p.besides)
		if factor > 2 {
			t.Errorf("seed %d: receipts and typing make a chat %.2f times as expensive", seed, factor)
		}
		// What was saved was not left out: everybody's messages are known to be read, by the cursor or by an answer.
		tail, _, err := p.keeper.Log.Tail(t.Context(), p.id, chat.Strong)
		if err != nil {
			t.Fatal(err)
		}
		all, err := p.keeper.Standings.Roll(t.Context(), p.id)
		if err != nil || len(all) != 2 {
			t.Fatal(all, err)
		}
		for _, s := range all {
			if s.User != tail.Last.From && s.Shown != tail.Head {
				t.Errorf("%+v, head %d", s, tail.Head)
			}
		}
	}
}

// Besides the frame in, which has no reply.
func TestWhatReceiptsCost(t *testing.T) {
	p := newParty(t)
	p.writes("ann", 0)
	p.writes("ann", 0)
	p.writes("bob", 0)
	for _, test := range []struct {
		name    string
		replies float64
		act     func() error
		want    bill
	}{
		{"a receipt", 0, func() error {
			_, err := p.keeper.Receipts(t.Context(), on("ann-phone"), wire.Receipts{Cursors: []wire.Reached{read(p.id, 3)}})
			return err
		}, bill{frames: 2, invocations: 1, writes: 1, reads: 1.5}},
		{"one that is stale", 0, func() error {
			_, err := p.keeper.Receipts(t.Context(), on("ann-phone"), wire.Receipts{Cursors: []wire.Reached{read(p.id, 3)}})
			return err
		}, bill{frames: 1, invocations: 1, writes: 1, reads: 1.5}},
		{"one that travels with typing", 0, func() error {
			seq := chat.Seq(2)
			_, err := p.signal.Typing(t.Context(), on("bob-phone"), wire.Typing{Conversation: p.id, Kind: wire.Text, Read: &seq})
			return err
		}, bill{frames: 2, invocations: 1, writes: 1, reads: 1.5}},
		{"a mark", 1, func() error {
			seq := chat.Seq(2)
			_, err := p.keeper.Mark(t.Context(), on("bob-phone"), wire.Mark{Conversation: p.id, Seq: &seq})
			return err
		}, bill{frames: 2, invocations: 1, writes: 1, reads: 1.5}},
		{"a choice", 1, func() error {
			yes := true
			_, err := p.keeper.Prefs(t.Context(), on("bob-phone"), wire.Prefs{Conversation: p.id, Pinned: &yes})
			return err
		}, bill{frames: 2, invocations: 1, writes: 1, reads: 1.5}},
	} {
		var got bill
		p.pays(&got, test.replies, test.act)
		if got != test.want {
			t.Errorf("%s: %+v, want %+v", test.name, got, test.want)
		}
	}
}
