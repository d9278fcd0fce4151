package client_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

// TestEntriesComeOnceAndInOrderWhateverHappensToTheirFrames is the promise of the client, for any mischief.
func TestEntriesComeOnceAndInOrderWhateverHappensToTheirFrames(t *testing.T) {
	play(t, func(t *scene) {
		rapid.Check(t, func(r *rapid.T) {
			server := clienttest.StartInMemory()
			defer server.Close()
			copies := rapid.SliceOfN(rapid.IntRange(0, 3), 1, 30).Draw(r, "copies of each frame")
			shuffle := rand.New(rand.NewPCG(rapid.Uint64().Draw(r, "order"), 0))
			var posts []func()
			server.Post = func(_ chat.UserID, _ chat.DeviceID, e wire.Entry, post func()) {
				for range copies[e.Seq-1] {
					posts = append(posts, post)
				}
			}
			s := &scene{T: t.T, server: server}
			ann := s.open("ann").run()
			defer func() { _ = ann.end() }()
			after(0)
			for i := range copies {
				server.Say("bob", "ann", fmt.Sprint(i))
			}
			shuffle.Shuffle(len(posts), func(i, j int) { posts[i], posts[j] = posts[j], posts[i] })
			highest := 0
			for i, c := range copies {
				if c > 0 {
					highest = i + 1
				}
			}
			for _, post := range posts {
				post()
				after(time.Duration(shuffle.IntN(100)) * time.Millisecond)
			}
			after(time.Second)
			got := ann.entries(annAndBob)
			if len(got) < highest { // more, if filling a gap brought what was never posted
				r.Fatalf("got %d entries, want at least %d", len(got), highest)
			}
			for i, e := range got {
				if e.Seq != chat.Seq(i+1) {
					r.Fatalf("got seq %d in place %d", e.Seq, i)
				}
			}
		})
	})
}

func TestReorderedEntriesArePutInOrderWithoutAskingTheServer(t *testing.T) {
	play(t, func(t *scene) {
		var posts []func()
		t.server.Post = func(_ chat.UserID, _ chat.DeviceID, _ wire.Entry, post func()) { posts = append(posts, post) }
		syncs := 0
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if r.Action == "sync" {
				syncs++
			}
			return f
		}
		ann := t.connect("ann")
		for range 3 {
			t.server.Say("bob", "ann", "x")
		}
		posts[2]()
		posts[1]()
		after(100 * time.Millisecond)
		ann.expect(annAndBob, 0)
		posts[0]()
		after(time.Minute)
		ann.expect(annAndBob, 3)
		if syncs != 0 {
			t.Errorf("synced %d times", syncs)
		}
	})
}

func TestO4ADeviceThatWasAwayCatchesUpExactly(t *testing.T) {
	play(t, func(t *scene) {
		for i := range 1000 {
			t.server.Say("bob", "ann", fmt.Sprint(i))
		}
		for i := range 70 { // more conversations than one page lists and one sync names
			t.server.Say(chat.UserID(fmt.Sprint("user", i)), "ann", "hi")
		}
		ann := t.connect("ann")
		ann.expect(annAndBob, 1000)
		for i := range 70 {
			ann.expect(chat.DirectID(chat.UserID(fmt.Sprint("user", i)), "ann"), 1)
		}
		ann.mu.Lock()
		defer ann.mu.Unlock()
		if _, ok := ann.events[len(ann.events)-1].(client.CaughtUp); !ok || len(ann.events) != 2+1070+1 {
			t.Errorf("%d events, the last is %+v", len(ann.events), ann.events[len(ann.events)-1])
		}
	})
}

func TestADeviceCatchesUpHoweverOftenTheServerFails(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if (r.Action == "conversations" || r.Action == "sync") && r.Nth <= 40 {
				f.Refuse = &chat.Error{Code: chat.Internal}
			}
			return f
		}
		for range 10 {
			t.server.Say("bob", "ann", "x")
		}
		ann := t.connect("ann")
		after(time.Hour)
		ann.expect(annAndBob, 10)
		if n := count[client.CaughtUp](ann); n != 1 {
			t.Errorf("caught up %d times", n)
		}
	})
}

func TestWhatIsSaidWhileADeviceCatchesUpIsNeitherLostNorDoubled(t *testing.T) {
	play(t, func(t *scene) {
		for i := range 500 {
			t.server.Say("bob", "ann", fmt.Sprint(i))
		}
		said := make(chan struct{})
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if r.Action == "sync" && r.Nth <= 3 {
				go func() {
					t.server.Say("bob", "ann", "meanwhile")
					said <- struct{}{}
				}()
			}
			return f
		}
		ann := t.connect("ann")
		for range 3 {
			<-said
		}
		after(time.Second)
		ann.expect(annAndBob, 503)
	})
}

func TestADeviceGoesOnWhereItsStoreSaysAndElseWhereItChooses(t *testing.T) {
	play(t, func(t *scene) {
		for range 100 {
			t.server.Say("bob", "ann", "x")
			t.server.Say("cat", "ann", "x")
		}
		annAndCat := chat.DirectID("ann", "cat")
		store := client.NewMemoryStore(map[chat.ConversationID]chat.Seq{annAndBob: 40})
		choose := func(o *client.Options) {
			o.Store = store
			o.Begin = func(id chat.ConversationID, head chat.Seq) chat.Seq {
				if id != annAndCat || head != 100 {
					t.Errorf("chooses for %s at %d", id, head)
				}
				return head - 10
			}
		}
		ann := t.connect("ann", choose)
		ann.expectFrom(annAndBob, 41, 100)
		ann.expectFrom(annAndCat, 91, 100)
		_ = ann.end()

		t.server.Say("bob", "ann", "one more")
		ann = t.connect("ann", choose)
		ann.expectFrom(annAndBob, 101, 101)
		ann.expectFrom(annAndCat, 101, 100)
	})
}

func TestAChosenBeginningIsKeptAlthoughNothingWasSaidSince(t *testing.T) {
	play(t, func(t *scene) {
		store := client.NewMemoryStore(nil)
		onlyNew := func(o *client.Options) {
			o.Store = store
			o.Begin = func(_ chat.ConversationID, head chat.Seq) chat.Seq { return head }
		}
		t.server.Say("bob", "ann", "old")
		ann := t.connect("ann", onlyNew)
		_ = ann.end()
		t.server.Say("bob", "ann", "new")
		ann = t.connect("ann", onlyNew)
		ann.expectFrom(annAndBob, 2, 2)
	})
}

func TestAnEntryOfANewConversationThatIsNotTheFirstBringsThoseBefore(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Post = func(_ chat.UserID, _ chat.DeviceID, e wire.Entry, post func()) {
			if e.Seq == 3 {
				post()
			}
		}
		ann := t.connect("ann")
		for range 3 {
			t.server.Say("bob", "ann", "x")
		}
		after(time.Second)
		ann.expect(annAndBob, 3)
	})
}

func TestAMessageToAConversationWhosePeerIsNotKnownIsFetched(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		t.server.Post = func(chat.UserID, chat.DeviceID, wire.Entry, func()) {}
		t.server.Say("bob", "ann", "x")
		if _, err := ann.Send(t.Context(), client.To(annAndBob), client.Text("y")); err != nil {
			t.Fatal(err)
		}
		after(time.Second)
		ann.expect(annAndBob, 2)
		if e := ann.entries(annAndBob)[1]; e.To != "bob" {
			t.Errorf("saw %+v", e)
		}
	})
}

func TestO5AConversationThatTheServerNoLongerHasBeginsAgain(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		for range 5 {
			t.server.Say("bob", "ann", "before")
			t.server.Say("cat", "ann", "before")
		}
		after(0)
		t.server.Reset()
		t.server.Say("bob", "ann", "after")
		t.server.CutAll()
		after(time.Minute)
		if n := count[client.Restarted](ann); n != 2 {
			t.Errorf("%d conversations begin again", n)
		}
		t.server.Say("cat", "ann", "after")
		t.server.Say("bob", "ann", "after")
		after(0)
		var got []chat.Seq
		for _, e := range ann.entries(annAndBob) {
			got = append(got, e.Seq)
		}
		if !slices.Equal(got, []chat.Seq{1, 2, 3, 4, 5, 1, 2}) {
			t.Errorf("ann got %v", got)
		}
		if n := len(ann.entries(chat.DirectID("ann", "cat"))); n != 6 {
			t.Errorf("ann got %d from cat", n)
		}
	})
}

func TestAStaleListDoesNotRestartAConversation(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		posted := make(chan struct{})
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if r.Action == "conversations" && r.Nth == 2 {
				go func() { // while the empty list is under way
					t.server.Say("bob", "ann", "x")
					close(posted)
				}()
			}
			return f
		}
		t.server.CutAll()
		<-posted
		after(time.Minute)
		ann.expect(annAndBob, 1)
		if n := count[client.Restarted](ann); n != 0 {
			t.Errorf("%d conversations begin again", n)
		}
	})
}

func TestAConversationThatMayNotBeReadDoesNotHoldUpTheOthers(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		forbidden := chat.DirectID("dan", "eve")
		t.server.Post = func(chat.UserID, chat.DeviceID, wire.Entry, func()) {}
		t.server.Say("bob", "ann", "x")
		entry := func(id chat.ConversationID) string {
			return fmt.Sprintf(`{"event":"message","conversation":%q,"seq":2,"id":"00000000-0000-4000-8000-00000000ffff","from":"bob","to":"ann","at":"2026-11-21T22:23:00.123Z","body":{"text":"?"}}`, id)
		}
		t.server.PostRaw("ann", entry(forbidden))
		t.server.Say("bob", "ann", "y")
		t.server.PostRaw("ann", entry(annAndBob))
		after(time.Minute)
		ann.expect(annAndBob, 2)
		ann.expect(forbidden, 0)
	})
}

func TestAGapThatTheServerCannotFillIsLeftUntilSomethingNewArrives(t *testing.T) {
	play(t, func(t *scene) {
		var syncs atomic.Int32
		t.server.Fault = func(r clienttest.Request) (f clienttest.Fault) {
			if r.Action == "sync" {
				syncs.Add(1)
			}
			return f
		}
		ann := t.connect("ann")
		t.server.Say("bob", "ann", "x")
		t.server.PostRaw("ann", fmt.Sprintf(`{"event":"message","conversation":%q,"seq":9,"id":"00000000-0000-4000-8000-00000000ffff","from":"bob","to":"ann","at":"2026-11-21T22:23:00.123Z","body":{"text":"?"}}`, annAndBob))
		after(time.Hour)
		if n := syncs.Load(); n != 5 {
			t.Errorf("synced %d times", n)
		}
		t.server.Say("bob", "ann", "y")
		after(0)
		ann.expect(annAndBob, 2)
	})
}

// The server looks up who is connected eventually: what is said in that very moment may be posted to everybody but the new
// connection. Nothing would tell of it until the next entry.
func TestWhatWasNotPostedToANewConnectionIsFoundSoon(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		t.server.Post = func(chat.UserID, chat.DeviceID, wire.Entry, func()) {}
		t.server.Say("bob", "ann", "did you hear that?")
		ann.expect(annAndBob, 0)
		after(10 * time.Second)
		ann.expect(annAndBob, 1)
		if n := count[client.CaughtUp](ann); n != 1 {
			t.Errorf("caught up %d times, want once", n)
		}
	})
}
