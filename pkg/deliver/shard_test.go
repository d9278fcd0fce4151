package deliver_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

// withLog gives the rig a real log with a group of n members, m000 and so on, that has two entries.
func (r *rig) withLog(t *testing.T, n int) chat.Conversation {
	t.Helper()
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	r.Log = store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	c := group()
	c.Size, c.Members = n, nil
	members := map[chat.UserID]chat.Place{}
	for i := range n {
		members[member(i)] = chat.Place{Role: chat.Member}
	}
	if n <= chat.InlineMembers {
		c.Members = members
	}
	if _, _, err := r.Log.Create(t.Context(), c, members); err != nil {
		t.Fatal(err)
	}
	for seq := chat.Seq(1); seq <= 2; seq++ {
		e := said(c, fmt.Sprint("text ", seq))
		e.Seq, e.ID = seq, chat.MessageID(fmt.Sprint(seq))
		if _, _, err := r.Log.Put(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func member(i int) chat.UserID { return chat.UserID(fmt.Sprintf("m%03d", i)) }

func TestALargeConversationIsHandedOverInShardsThatCoverEveryMemberOnce(t *testing.T) {
	for _, test := range []struct {
		members int
		shards  []int
	}{
		{201, []int{200, 1}},
		{400, []int{200, 200}}, // a page that is full may be the last
		{450, []int{200, 200, 50}},
	} {
		r := newRig()
		c := r.withLog(t, test.members)
		r.connect("m007", "m007-phone")
		e := said(c, "hi")
		if err := r.Deliver(t.Context(), c, e, "ann-phone"); err != nil {
			t.Fatal(err)
		}
		times := map[chat.UserID]int{}
		var sizes []int
		for _, s := range r.queue.shares {
			if s.Conversation != c.ID || s.Seq != e.Seq || s.Except != "ann-phone" {
				t.Errorf("share %s %d %s", s.Conversation, s.Seq, s.Except)
			}
			sizes = append(sizes, len(s.Users))
			for _, user := range s.Users {
				times[user]++
			}
		}
		if !slices.Equal(sizes, test.shards) {
			t.Errorf("%d members in shards of %v, want %v", test.members, sizes, test.shards)
		}
		for i := range test.members {
			if times[member(i)] != 1 {
				t.Errorf("%s is served %d times", member(i), times[member(i)])
			}
		}
		if len(times) != test.members || len(r.gateway.got) != 0 || len(r.topic.notices) != 0 {
			t.Errorf("%d users, %d posts, %d notices", len(times), len(r.gateway.got), len(r.topic.notices))
		}
	}
}

func TestWhatCannotBeQueuedFailsTheDelivery(t *testing.T) {
	r := newRig()
	c := r.withLog(t, 201)
	r.queue.err = errors.New("down")
	if err := r.Deliver(t.Context(), c, said(c, "hi"), "ann-phone"); !errors.Is(err, r.queue.err) {
		t.Error(err)
	}
}

func TestAShareIsServedWithWhatIsStored(t *testing.T) {
	for _, test := range []struct {
		name string
		seq  chat.Seq
	}{{"the newest", 2}, {"an older one", 1}} {
		r := newRig()
		c := r.withLog(t, 201)
		r.connect("m001", "m001-phone", "m001-laptop")
		r.connect("m003", "m003-phone")
		err := r.Serve(t.Context(), chat.Share{Conversation: c.ID, Seq: test.seq, Users: users{"m001", "m002"}, Except: "m001-laptop"})
		if err != nil {
			t.Fatal(err)
		}
		got := r.gateway.got["m001-phone"]
		if len(r.gateway.got) != 1 || len(got) != 1 || got[0].Seq != test.seq || got[0].Body.Text != fmt.Sprint("text ", test.seq) {
			t.Errorf("%s: posted %+v", test.name, r.gateway.got)
		}
		if len(r.topic.notices) != 1 || r.topic.notices[0].Seq != test.seq || !slices.Equal(r.topic.notified(), users{"m002"}) {
			t.Errorf("%s: notices %+v", test.name, r.topic.notices)
		}
	}
}

func TestAShareOfWhatIsNotThereIsAnErrorAndReachesNobody(t *testing.T) {
	r := newRig()
	c := r.withLog(t, 201)
	r.connect("m001", "m001-phone")
	for name, share := range map[string]chat.Share{
		"not said yet":             {Conversation: c.ID, Seq: 3},
		"the seq before the first": {Conversation: c.ID, Seq: 0},
		"no such conversation":     {Conversation: "g_nowhere", Seq: 1},
	} {
		share.Users = users{"m001"}
		if err := r.Serve(t.Context(), share); err == nil {
			t.Errorf("%s: served", name)
		}
	}
	if len(r.gateway.got) != 0 || len(r.topic.notices) != 0 {
		t.Errorf("posted %v, notices %v", r.gateway.got, r.topic.notices)
	}
}

// hollow is a log that has lost an entry in the middle.
type hollow struct{ chat.Log }

func (h hollow) After(context.Context, chat.ConversationID, chat.Seq, int, chat.Read) ([]chat.Entry, error) {
	return nil, nil
}

func TestAHoleInTheLogIsAnErrorNotACrash(t *testing.T) {
	r := newRig()
	c := r.withLog(t, 201)
	r.Log = hollow{r.Log}
	if err := r.Serve(t.Context(), chat.Share{Conversation: c.ID, Seq: 1, Users: users{"m001"}}); err == nil {
		t.Error("served")
	}
}
