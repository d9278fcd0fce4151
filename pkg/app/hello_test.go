package app

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/parley-im/parley/events"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestHelloSaysWhatIsPublishedAndWhoAsks(t *testing.T) {
	p, _ := newParts()
	event := frame(t, "hello", `{"action":"hello","ref":"1"}`)
	expires := time.Now().Add(time.Hour).Truncate(time.Second)
	expire(event, expires)
	before := time.Now()
	a := ask(t, Default(p), event)
	v, err := schemas()
	if err != nil {
		t.Fatal(err)
	}
	said, err := json.Marshal(map[string]any{"event": a.Event, "ref": a.Ref, "result": a.Result})
	if err != nil {
		t.Fatal(err)
	}
	if err := v.Event(said, "hello"); err != nil {
		t.Error(err)
	}
	var w wire.Welcome
	if err := json.Unmarshal(a.Result, &w); err != nil {
		t.Fatal(err)
	}
	if w.User != "ann" || w.Device != "phone-1" || w.Expires != wire.Time(expires) || w.Version != Version {
		t.Errorf("%+v", w)
	}
	if now, err := wire.ParseTime(w.Now); err != nil || now.Before(before.Add(-time.Second)) || now.After(time.Now()) {
		t.Errorf("it is %s there: %v", w.Now, err)
	}
	published, err := events.Limits()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]int64{}
	for _, l := range published {
		want[l.Name] = l.Value
	}
	// That the published are those of the code is tested in events; one suffices to tell that these are the published.
	if !reflect.DeepEqual(w.Limits, want) || w.Limits["MaxText"] != chat.MaxText {
		t.Errorf("limits %v, want %v", w.Limits, want)
	}
}

func TestHelloAsksForNothing(t *testing.T) {
	p, _ := newParts()
	for _, body := range []string{`{"action":"hello","ref":"1","user":"eve"}`, `{"action":"hello"}`} {
		if a := ask(t, Default(p), frame(t, "hello", body)); a.Code != chat.Invalid {
			t.Errorf("%s: %+v", body, a)
		}
	}
}
