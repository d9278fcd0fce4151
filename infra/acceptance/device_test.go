package acceptance

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// device is one connection of a user. It remembers every frame that it gets, in order, and complains about each that breaks the
// contract.
type device struct {
	t    *testing.T
	user *user
	name string
	conn *websocket.Conn
	refs atomic.Int64
	done chan struct{} // closed when the connection has ended

	mu    sync.Mutex
	asked map[string]*question
	heard []frame
	news  chan struct{} // closed, and replaced, when heard grows
	end   error         // set before done is closed
}

// question is a request that waits for its answer.
type question struct {
	action string
	answer chan frame
}

// frame is what a server says, as far as all frames are alike, with the whole of it in raw.
type frame struct {
	Event        string              `json:"event"`
	Ref          string              `json:"ref"`
	Conversation chat.ConversationID `json:"conversation"`
	Seq          chat.Seq            `json:"seq"`
	ID           chat.MessageID      `json:"id"`
	Code         chat.Code           `json:"code"`
	Message      string              `json:"message"`
	RetryAfter   float64             `json:"retry_after"`
	Result       jsontext.Value      `json:"result"`
	raw          []byte
}

// refusal is an error frame as an error.
type refusal struct{ frame }

func (r refusal) Error() string { return string(r.raw) }

func newDevice(u *user, name string, conn *websocket.Conn) *device {
	conn.SetReadLimit(1 << 20) // the contract has a limit of its own, and says more when it is exceeded
	d := &device{
		t: u.t, user: u, name: name, conn: conn, done: make(chan struct{}),
		asked: map[string]*question{}, news: make(chan struct{}),
	}
	go d.read()
	u.t.Cleanup(d.cut)
	return d
}

// cut ends the connection without a word, as a phone in a tunnel does.
func (d *device) cut() {
	_ = d.conn.CloseNow()
	<-d.done
}

// hangUp ends the connection properly.
func (d *device) hangUp() {
	_ = d.conn.Close(websocket.StatusNormalClosure, "")
	<-d.done
}

func (d *device) String() string { return d.name + " of " + string(d.user.ID) }

func (d *device) read() {
	defer close(d.done)
	for {
		_, raw, err := d.conn.Read(context.Background())
		if err != nil {
			d.mu.Lock()
			d.end = err
			d.mu.Unlock()
			return
		}
		d.take(raw)
	}
}

// take checks a frame and gives it to whoever asked for it, or else remembers it.
func (d *device) take(raw []byte) {
	f := frame{raw: raw}
	if err := json.Unmarshal(raw, &f); err != nil {
		d.t.Errorf("%s got %s: %v", d, raw, err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	q := d.asked[f.Ref]
	action := ""
	if q != nil {
		action = q.action
		delete(d.asked, f.Ref)
	}
	if err := parley.contract.Event(raw, action); err != nil {
		d.t.Errorf("%s got %s: %v", d, raw, err)
	}
	if q != nil {
		q.answer <- f
		return
	}
	d.heard = append(d.heard, f)
	close(d.news)
	d.news = make(chan struct{})
}

// head begins a request.
func (d *device) head(action string) wire.Head {
	return wire.Head{Action: action, Ref: strconv.FormatInt(d.refs.Add(1), 10)}
}

// sendRaw sends any text, which may be meant to be bad.
func (d *device) sendRaw(text string) {
	d.t.Helper()
	if err := d.conn.Write(d.t.Context(), websocket.MessageText, []byte(text)); err != nil {
		d.t.Fatalf("%s cannot send: %v", d, err)
	}
}

// send sends a request and waits for nothing.
func (d *device) send(request any) {
	d.t.Helper()
	if _, err := d.write(request); err != nil {
		d.t.Fatalf("%s cannot send: %v", d, err)
	}
}

// tell sends a request that has no answer, and reports what is answered nevertheless as an event.
func (d *device) tell(request any) {
	d.t.Helper()
	raw, err := json.Marshal(request)
	if err == nil {
		err = parley.contract.Request(raw)
	}
	if err != nil {
		d.t.Fatalf("%s asks %+v: %v", d, request, err)
	}
	d.sendRaw(string(raw))
}

// write checks a request against the contract and sends it.
func (d *device) write(request any) (*question, error) {
	raw, err := json.Marshal(request)
	if err != nil {
		return nil, err
	}
	if err := parley.contract.Request(raw); err != nil {
		return nil, err
	}
	var head wire.Head
	if err := json.Unmarshal(raw, &head); err != nil {
		return nil, err
	}
	q := &question{action: head.Action, answer: make(chan frame, 1)}
	d.mu.Lock()
	d.asked[head.Ref] = q
	d.mu.Unlock()
	return q, d.conn.Write(d.t.Context(), websocket.MessageText, raw)
}

// try sends a request and returns its result; an error frame is a refusal.
func try[R any](d *device, request any) (result R, err error) {
	q, err := d.write(request)
	if err != nil {
		return result, err
	}
	patience := time.NewTimer(patience)
	defer patience.Stop()
	select {
	case f := <-q.answer:
		if f.Event == wire.EventError {
			return result, refusal{f}
		}
		return result, json.Unmarshal(f.Result, &result)
	case <-d.done:
		return result, fmt.Errorf("no answer to %s: %w", q.action, d.end)
	case <-patience.C:
		return result, fmt.Errorf("no answer to %s: %s", q.action, d.remembered())
	}
}

// ask is try for a request that must succeed. One that is limited is sent again, when the server says.
func ask[R any](d *device, request any) R {
	d.t.Helper()
	result, err := try[R](d, request)
	for err != nil && d.limited(err) {
		result, err = try[R](d, request)
	}
	if err != nil {
		d.t.Fatalf("%s asks %+v: %v", d, request, err)
	}
	return result
}

// limited reports whether an error says that the device is too fast, and waits until it no longer is.
func (d *device) limited(err error) bool {
	no, ok := errors.AsType[refusal](err)
	if !ok || no.Code != chat.Limited || no.RetryAfter <= 0 {
		return false
	}
	timer := time.NewTimer(time.Duration(no.RetryAfter * float64(time.Second)))
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-d.done:
	}
	return true
}

// refused is try for a request that has the right shape and must fail; it returns why it did.
func (d *device) refused(request any) chat.Code {
	d.t.Helper()
	result, err := try[jsontext.Value](d, request)
	no, ok := err.(refusal)
	if !ok {
		d.t.Fatalf("%s asks %+v: got %s, %v; want a refusal", d, request, result, err)
	}
	return no.Code
}

// hears waits for a frame that matches, or finds it among those that came before.
func (d *device) hears(what string, matches func(frame) bool) frame {
	d.t.Helper()
	return d.hearsAfter(0, what, matches)
}

// hearsAfter leaves out the first frames.
func (d *device) hearsAfter(first int, what string, matches func(frame) bool) frame {
	d.t.Helper()
	patience := time.NewTimer(patience)
	defer patience.Stop()
	for {
		d.mu.Lock()
		news, heard := d.news, d.heard[first:]
		d.mu.Unlock()
		if i := slices.IndexFunc(heard, matches); i >= 0 {
			return heard[i]
		}
		first += len(heard)
		select {
		case <-news:
		case <-d.done:
			if d.remembers() == first {
				d.t.Fatalf("%s never heard %s: %v", d, what, d.end)
			}
		case <-patience.C:
			d.t.Fatalf("%s never heard %s but\n%s", d, what, d.remembered())
		}
	}
}

// remembers is how many frames came that were no answers.
func (d *device) remembers() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.heard)
}

// remembered is those frames, a line each.
func (d *device) remembered() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	text := ""
	for _, f := range d.heard {
		text += string(f.raw) + "\n"
	}
	return text
}

// entries are the entries of a conversation that came by themselves, in the order in which they came.
func (d *device) entries(id chat.ConversationID) []wire.Entry {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	var all []wire.Entry
	for _, f := range d.heard {
		if f.Conversation == id && f.Seq > 0 {
			all = append(all, d.entry(f))
		}
	}
	return all
}

func (d *device) entry(f frame) (e wire.Entry) {
	d.t.Helper()
	if err := json.Unmarshal(f.raw, &e); err != nil {
		d.t.Fatalf("%s got %s: %v", d, f.raw, err)
	}
	return e
}

// ends waits until the server closes the connection and returns the close code.
func (d *device) ends() websocket.StatusCode {
	d.t.Helper()
	patience := time.NewTimer(patience)
	defer patience.Stop()
	select {
	case <-d.done:
		return websocket.CloseStatus(d.end)
	case <-patience.C:
		d.t.Fatalf("%s is still connected", d)
		return -1
	}
}
