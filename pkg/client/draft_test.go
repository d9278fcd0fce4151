package client_test

import (
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

func begun(text string) wire.Unfinished { return wire.Unfinished{Text: text} }

// texts are what the server keeps of ann's drafts.
func (d *device) drafts() (texts []string) {
	d.t.Helper()
	all, err := d.Drafts(d.t.Context())
	if err != nil {
		d.t.Fatal(err)
	}
	for _, draft := range all {
		texts = append(texts, draft.Body.Text)
	}
	return texts
}

// learned are the drafts that came from elsewhere; "" stands for one that was cleared.
func (d *device) learned() (texts []string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, e := range d.events {
		if e, ok := e.(client.Draft); ok {
			text := ""
			if e.Body != nil {
				text = e.Body.Text
			}
			texts = append(texts, text)
		}
	}
	return texts
}

// asked counts what the server is asked, by action.
type asked struct {
	mu sync.Mutex
	n  map[string]int
}

// requests counts from now on. It is called before the first connection.
func (t *scene) requests() *asked {
	a := &asked{n: map[string]int{}}
	fault := t.server.Fault
	t.server.Fault = func(r clienttest.Request) clienttest.Fault {
		a.mu.Lock()
		defer a.mu.Unlock()
		a.n[r.Action]++
		if fault != nil {
			return fault(r)
		}
		return clienttest.Fault{}
	}
	return a
}

// drafts is how many were stored or cleared since it was last called.
func (a *asked) drafts() int {
	a.mu.Lock()
	defer a.mu.Unlock()
	defer delete(a.n, "draft")
	return a.n["draft"]
}

func TestADraftIsStoredWhenTypingPauses(t *testing.T) {
	play(t, func(t *scene) {
		asked := t.requests()
		phone, laptop := t.connect("ann"), t.connect("ann")
		for _, text := range []string{"S", "Sh", "Sha", "Shal", "Shall"} {
			phone.SetDraft(client.ToUser("bob"), begun(text))
			after(chat.DraftPause - time.Millisecond)
		}
		if n := asked.drafts(); n != 0 {
			t.Errorf("%d drafts while somebody types", n)
		}
		after(time.Millisecond)
		if got := laptop.learned(); !slices.Equal(got, []string{"Shall"}) || phone.learned() != nil {
			t.Errorf("the laptop learned %q, the phone %q", got, phone.learned())
		}
		phone.SetDraft(client.ToUser("bob"), begun("Shall"))
		after(time.Minute)
		if n := asked.drafts(); n != 1 {
			t.Errorf("%d drafts", n)
		}
		phone.SetDraft(client.ToUser("bob"), begun(""))
		after(chat.DraftPause)
		if got := laptop.learned(); !slices.Equal(got, []string{"Shall", ""}) || laptop.drafts() != nil {
			t.Errorf("the laptop learned %q", got)
		}
	})
}

func TestADraftIsStoredAtOnceWhenItIsLeft(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		if err := ann.StoreDraft(t.Context(), annAndBob); err != nil {
			t.Errorf("without a draft: %v", err)
		}
		ann.SetDraft(client.ToUser("bob"), begun("Shall we"))
		start := time.Now()
		if err := ann.StoreDraft(t.Context(), annAndBob); err != nil {
			t.Fatal(err)
		}
		if got := ann.drafts(); !slices.Equal(got, []string{"Shall we"}) || time.Since(start) > 0 {
			t.Errorf("kept %q after %v", got, time.Since(start))
		}
	})
}

func TestADraftIsForgottenWithTheMessageThatItWas(t *testing.T) {
	play(t, func(t *scene) {
		asked := t.requests()
		phone, laptop := t.connect("ann"), t.connect("ann")
		phone.SetDraft(client.ToUser("bob"), begun("Shall we"))
		after(chat.DraftPause)
		if _, err := laptop.Send(t.Context(), client.ToUser("bob"), client.Text("Shall we meet?")); err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		if got := phone.learned(); !slices.Equal(got, []string{""}) || laptop.drafts() != nil {
			t.Errorf("the phone learned %q; kept is %q", got, laptop.drafts())
		}
		if n := asked.drafts(); n != 1 {
			t.Errorf("%d requests for drafts", n)
		}
		if _, err := laptop.Send(t.Context(), client.ToUser("bob"), client.Text("?")); err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		if n := asked.drafts(); n != 0 || len(phone.learned()) != 1 {
			t.Errorf("a message without a draft: %d requests, the phone learned %q", n, phone.learned())
		}
	})
}

// A draft that is under way when its message is sent may come to the server behind it.
func TestADraftThatIsOvertakenByItsMessageDoesNotComeBack(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Fault = func(r clienttest.Request) clienttest.Fault {
			return clienttest.Fault{Ignore: r.Action == "draft" && r.Nth == 1} // it is repeated later
		}
		ann := t.connect("ann")
		ann.SetDraft(client.ToUser("bob"), begun("Shall we"))
		after(chat.DraftPause)
		if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("Shall we meet?")); err != nil {
			t.Fatal(err)
		}
		after(time.Minute)
		if got := ann.drafts(); got != nil {
			t.Errorf("kept %q", got)
		}
	})
}

func TestWhatIsTypedWhileAMessageIsOnItsWayIsADraftOfItsOwn(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Fault = func(r clienttest.Request) clienttest.Fault {
			return clienttest.Fault{Ignore: r.Action == "send" && r.Nth == 1}
		}
		ann := t.connect("ann")
		ann.SetDraft(client.ToUser("bob"), begun("one"))
		after(chat.DraftPause)
		p := ann.Queue(client.ToUser("bob"), client.Text("one"))
		ann.SetDraft(client.ToUser("bob"), begun("two"))
		after(time.Minute)
		if _, err := p.Result(); err != nil {
			t.Fatal(err)
		}
		if got := ann.drafts(); !slices.Equal(got, []string{"two"}) {
			t.Errorf("kept %q", got)
		}
	})
}

func TestTheDraftOfAMessageThatIsRefusedIsForgotten(t *testing.T) {
	play(t, func(t *scene) {
		t.server.Fault = func(r clienttest.Request) clienttest.Fault {
			if r.Action == "send" {
				return clienttest.Fault{Refuse: &chat.Error{Code: chat.Forbidden}}
			}
			return clienttest.Fault{}
		}
		ann := t.connect("ann")
		ann.SetDraft(client.ToUser("bob"), begun("one"))
		after(chat.DraftPause)
		if _, err := ann.Send(t.Context(), client.ToUser("bob"), client.Text("one")); err == nil {
			t.Fatal("it was sent")
		}
		after(time.Minute)
		if got := ann.drafts(); got != nil {
			t.Errorf("kept %q", got)
		}
	})
}

func TestADraftOutlivesItsConnectionAndARefusalEndsIt(t *testing.T) {
	play(t, func(t *scene) {
		var refuse atomic.Bool
		t.server.Fault = func(r clienttest.Request) clienttest.Fault {
			if refuse.Load() {
				return clienttest.Fault{Refuse: &chat.Error{Code: chat.Forbidden}}
			}
			return clienttest.Fault{}
		}
		asked := t.requests()
		ann := t.connect("ann")
		t.server.CutAll()
		ann.SetDraft(client.ToUser("bob"), begun("said in a tunnel"))
		after(time.Minute)
		if got := ann.drafts(); !slices.Equal(got, []string{"said in a tunnel"}) {
			t.Errorf("kept %q", got)
		}
		refuse.Store(true)
		asked.drafts()
		ann.SetDraft(client.To(chat.GroupID("eve", "1")), begun("hm"))
		after(time.Hour)
		if n := asked.drafts(); n != 1 {
			t.Errorf("asked %d times", n)
		}
	})
}

func TestADeviceThatWasAwayIsRightAboutDrafts(t *testing.T) {
	play(t, func(t *scene) {
		asked := t.requests()
		var down atomic.Bool
		t.server.Handshake = func(*http.Request) int {
			if down.Load() {
				return http.StatusServiceUnavailable
			}
			return 0
		}
		phone, laptop := t.connect("ann"), t.connect("ann")
		phone.SetDraft(client.ToUser("bob"), begun("one"))
		phone.SetDraft(client.ToUser("cat"), begun("two"))
		after(chat.DraftPause)
		down.Store(true)
		t.server.CutAll()
		phone.SetDraft(client.ToUser("dan"), begun("three, in a tunnel"))
		laptop.SetDraft(client.ToUser("bob"), begun(""))
		laptop.SetDraft(client.ToUser("cat"), begun("two and a half"))
		after(time.Minute)
		down.Store(false)
		after(5 * time.Minute)
		want := []string{"three, in a tunnel", "two and a half"}
		if got := phone.drafts(); !slices.Equal(slices.Sorted(slices.Values(got)), want) {
			t.Errorf("the phone has %q", got)
		}
		asked.drafts()
		phone.SetDraft(client.ToUser("cat"), begun("two and a half"))
		after(time.Minute)
		if asked.drafts() != 0 {
			t.Errorf("what is there is stored again")
		}
		phone.SetDraft(client.ToUser("bob"), begun("one"))
		after(time.Minute)
		if got, n := laptop.drafts(), asked.drafts(); len(got) != 3 || n != 1 {
			t.Errorf("kept %q after %d requests", got, n)
		}
	})
}

func TestWhatIsBeingWrittenHereIsAmongTheDrafts(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann")
		ann.SetDraft(client.ToUser("bob"), begun("not stored yet"))
		if got := ann.drafts(); !slices.Equal(got, []string{"not stored yet"}) {
			t.Errorf("ann has %q", got)
		}
		after(chat.DraftPause)
		ann.SetDraft(client.ToUser("bob"), begun(""))
		if got := ann.drafts(); got != nil {
			t.Errorf("ann has %q", got)
		}
	})
}
