package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/deliver"
	"github.com/parley-im/parley/pkg/push"
)

// town is a log, sessions and phones in one, with a conversation for each of its texts.
type town struct {
	port
	chatLog
	texts  map[chat.ConversationID]string
	online map[chat.UserID]chat.ConnectionID
	posted map[chat.ConnectionID]int
	rung   []chat.UserID
	err    error // of phones
}

// chatLog lets town stand for all of chat.Log.
type chatLog interface{ chat.Log }

func (w *town) Tail(_ context.Context, id chat.ConversationID, _ chat.Read) (chat.Tail, bool, error) {
	text, ok := w.texts[id]
	if text == "broken" {
		return chat.Tail{}, false, errors.New("throttled")
	}
	e := chat.Entry{Conversation: id, Seq: 2, Kind: chat.Message, ID: "1", From: "bob", At: time.Now(), Body: chat.Body{Text: text}}
	return chat.Tail{Conversation: chat.Conversation{ID: id, Kind: chat.Group}, Head: 2, Last: e}, ok, nil
}

func (w *town) Entry(_ context.Context, id chat.ConversationID, seq chat.Seq) (chat.Entry, bool, error) {
	return chat.Entry{Conversation: id, Seq: seq, Kind: chat.Message, From: "bob", Body: chat.Body{Text: w.texts[id]}}, true, nil
}

func (w *town) Stances(_ context.Context, _ chat.ConversationID, users []chat.UserID) ([]chat.Stance, error) {
	return make([]chat.Stance, len(users)), nil
}

func (w *town) Quieten(context.Context, chat.ConversationID, chat.Stance, time.Time) error {
	return nil
}

func (w *town) Profiles(_ context.Context, users []chat.UserID) ([]chat.Profile, error) {
	return make([]chat.Profile, len(users)), nil
}

func (w *town) PutProfile(_ context.Context, p chat.Profile) (now, was chat.Profile, err error) {
	return p, p, nil
}

// strangers have decided nothing about anybody.
type strangers struct{ chat.People }

func (strangers) Toward(_ context.Context, owners []chat.UserID, _ chat.UserID) ([]chat.Relation, error) {
	return make([]chat.Relation, len(owners)), nil
}

func (w *town) Sessions(_ context.Context, users []chat.UserID) (sessions []chat.Session, err error) {
	for _, user := range users {
		s := chat.Session{User: user, Endpoints: []chat.Endpoint{{Device: "phone", ID: "arn:" + string(user)}}}
		if id, ok := w.online[user]; ok {
			s.Connections = []chat.Connection{{ID: id, Since: time.Now()}}
		}
		sessions = append(sessions, s)
	}
	return sessions, nil
}

func (w *town) Post(_ context.Context, id chat.ConnectionID, _ []byte) error {
	w.posted[id]++
	return nil
}

func (w *town) Close(context.Context, chat.ConnectionID) error { return nil }

// phones are the endpoints of a town and its topic.
type phones struct {
	chat.Endpoints
	*town
}

func (p phones) Push(_ context.Context, e chat.Endpoint, _ chat.Notification) error {
	p.rung = append(p.rung, chat.UserID(strings.TrimPrefix(e.ID, "arn:")))
	return p.err
}

func (p phones) Notify(_ context.Context, n chat.Notice) error {
	p.rung = append(p.rung, n.Users...)
	return p.err
}

const sampleGroup = "g_cpndevkylxwwkv4lzhtyfscsk6" // of the payloads

func newTown() *town {
	return &town{
		texts:  map[chat.ConversationID]string{sampleGroup: canary, "g_broken": "broken"},
		online: map[chat.UserID]chat.ConnectionID{"ann": "ann-phone"}, posted: map[chat.ConnectionID]int{},
	}
}

func (w *town) fanout() (handler any, logs fmt.Stringer) {
	p, buffer := newParts()
	d := &deliver.Deliverer{Sessions: w, Poster: w, Notifier: phones{town: w}, Log: w, Now: time.Now, Logger: p.logger}
	return fanout(d, p.logger), buffer
}

func TestAShardIsServed(t *testing.T) {
	w := newTown()
	handler, logs := w.fanout()
	out, err := invoke(t, handler, payload(t, "fanout"))
	if err != nil {
		t.Fatal(err)
	}
	// Lambda takes null and an empty list for a success of all.
	if string(out) != `{"batchItemFailures":null}` && string(out) != `{"batchItemFailures":[]}` {
		t.Errorf("%s", out)
	}
	if want := map[chat.ConnectionID]int{"ann-phone": 1}; !reflect.DeepEqual(w.posted, want) || !reflect.DeepEqual(w.rung, []chat.UserID{"chloe@example.com"}) {
		t.Errorf("posted %v, rung %v", w.posted, w.rung)
	}
	if logs.String() != "" {
		t.Errorf("logs %s", logs)
	}
}

func TestOnlyTheShardsThatFailedComeAgain(t *testing.T) {
	w := newTown()
	handler, logs := w.fanout()
	share := func(id chat.ConversationID, seq chat.Seq) string {
		body, err := json.Marshal(chat.Share{Conversation: id, Seq: seq, Users: []chat.UserID{"ann"}})
		if err != nil {
			t.Fatal(err)
		}
		return string(body)
	}
	bodies := []string{
		share(sampleGroup, 2), share("g_broken", 2), share(sampleGroup, 9), share(sampleGroup, 2), "nonsense " + canary, share("g_nowhere", 1), share(sampleGroup, 2),
	}
	var batch events.SQSEvent
	for i, body := range bodies {
		batch.Records = append(batch.Records, events.SQSMessage{MessageId: fmt.Sprint("message-", i), Body: body})
	}
	out, err := invoke(t, handler, batch)
	if err != nil {
		t.Fatal(err)
	}
	var got events.SQSEventResponse
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, f := range got.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	if want := []string{"message-1", "message-2", "message-4", "message-5"}; !reflect.DeepEqual(failed, want) {
		t.Errorf("failed %v, want %v", failed, want)
	}
	if w.posted["ann-phone"] != 3 {
		t.Errorf("posted %v", w.posted)
	}
	for _, id := range failed {
		if !strings.Contains(logs.String(), id) {
			t.Errorf("%s failed and is not logged", id)
		}
	}
	if strings.Contains(logs.String(), canary) {
		t.Errorf("logs %s", logs)
	}
}

func TestANoticeRings(t *testing.T) {
	w := newTown()
	p, logs := newParts()
	handler := notify(&push.Pusher{
		Sessions: w, Endpoints: phones{town: w}, Log: w, Stances: w, People: strangers{}, Profiles: w, Now: time.Now, Logger: p.logger,
	})
	if _, err := invoke(t, handler, payload(t, "push")); err != nil || !reflect.DeepEqual(w.rung, []chat.UserID{"chloe@example.com"}) {
		t.Errorf("%v, rung %v", err, w.rung)
	}
	w.err = errors.New("throttled")
	if _, err := invoke(t, handler, payload(t, "push")); !errors.Is(err, w.err) {
		t.Errorf("what could not be tried must come again: %v", err)
	}
	event := payload(t, "push")
	at(event["Records"].([]any)[0].(map[string]any), "Sns")["Message"] = "nonsense " + canary
	if _, err := invoke(t, handler, event); err == nil || strings.Contains(err.Error(), canary) {
		t.Error(err)
	}
	wantNoCanary(t, logs)
}
