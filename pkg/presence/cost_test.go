package presence_test

import (
	"fmt"
	"maps"
	"testing"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// README, "What a message costs": presence.
func TestWhatPresenceCosts(t *testing.T) {
	meter := dynamodbtest.NewMeter(dynamodbtest.Start(t))
	w := newTownOn(t, meter)
	cat := as("cat", "phone")
	cost := func(what string, posts int, want map[string]float64, act func()) {
		t.Helper()
		meter.Take()
		clear(w.posted)
		act()
		if got := meter.Take(); !maps.Equal(got, want) || len(w.posted) != posts {
			t.Errorf("%s: %v and %d posts, want %v and %d", what, got, len(w.posted), want, posts)
		}
	}
	cost("connecting, watched by nobody", 0, map[string]float64{"UpdateItem": 1, "GetItem": 1}, func() { w.connects(ann) })
	cost("connecting a second device", 0, map[string]float64{"UpdateItem": 1}, func() { w.connects(annsTablet) })
	cost("its end", 0, map[string]float64{"UpdateItem": 1}, func() { w.leaves(annsTablet) })

	// A relation of two costs two halves, a session one.
	cost("watching, the first one", 0, map[string]float64{"UpdateItem": 2, "BatchGetItem": 2}, func() { w.watches(bob, "ann") })
	cost("watching, the second one", 0, map[string]float64{"UpdateItem": 1, "BatchGetItem": 2}, func() { w.watches(cat, "ann") })
	cost("watching three", 0, map[string]float64{"UpdateItem": 1 + 2*2, "BatchGetItem": 3 * 2}, func() { w.watches(cat, "ann", "dan", "eve") })
	cost("watching no more", 0, map[string]float64{"UpdateItem": 1}, func() {
		if _, err := w.Unwatch(t.Context(), cat, wire.Unwatch{Users: []chat.UserID{"dan"}}); err != nil {
			t.Fatal(err)
		}
	})

	told := map[string]float64{"UpdateItem": 1, "GetItem": 1, "BatchGetItem": 2}
	cost("a status that changes something, with two who watch", 2, told, func() { w.sets(ann, wire.SetStatus{Status: chat.Busy}) })
	cost("one that does not", 0, map[string]float64{"UpdateItem": 1}, func() { w.sets(ann, wire.SetStatus{Status: chat.Busy}) })
	cost("leaving", 0, map[string]float64{"UpdateItem": 1}, func() { w.leaves(ann) })
	cost("being back at once", 0, map[string]float64{"UpdateItem": 1}, func() { w.connects(ann) })
	w.left = nil
	w.leaves(ann)
	cost("the end of the grace", 2, told, func() { w.lapse() })
	cost("coming back", 2, told, func() { w.connects(ann) })
}

// Every watcher makes the next one cost more, which is why they are bounded.
func TestWhatTheLastOfAllWatchersCosts(t *testing.T) {
	meter := dynamodbtest.NewMeter(dynamodbtest.Start(t))
	w := newTownOn(t, meter)
	for i := range chat.MaxWatchers - 1 {
		who := as(chat.UserID(fmt.Sprintf("watcher-%04d", i)), "phone")
		who.Connection = chat.ConnectionID(fmt.Sprintf("R1kmxc2VNjM%04d=", i)) // as long as those of API Gateway
		w.watches(who, "ann")
	}
	meter.Take()
	w.watches(as("watcher-last", "phone"), "ann")
	if got := meter.Take()["UpdateItem"]; got < 5 || got > 12 {
		t.Errorf("%v units", got)
	}
}
