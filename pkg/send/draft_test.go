package send_test

import (
	"context"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// remembered are drafts whose next removal may fail.
type remembered struct {
	*store.People
	err error
}

func (d *remembered) RemoveDraft(ctx context.Context, user chat.UserID, id chat.ConversationID, at time.Time) error {
	if d.err != nil {
		return d.err
	}
	return d.People.RemoveDraft(ctx, user, id, at)
}

// begin stores a draft of ann's to bob.
func (d *remembered) begin(t *testing.T, text string, at time.Time) {
	t.Helper()
	_, err := d.PutDraft(t.Context(), "ann", chat.Draft{Conversation: chat.DirectID("ann", "bob"), Peer: "bob", Text: text, At: at})
	if err != nil {
		t.Fatal(err)
	}
}

// has returns the texts of ann's drafts.
func (d *remembered) has(t *testing.T) (texts []string) {
	t.Helper()
	drafts, err := d.Drafts(t.Context(), "ann", "", 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, draft := range drafts {
		texts = append(texts, draft.Text)
	}
	return texts
}

func TestADraftIsForgottenWhenItIsSentAndNotBefore(t *testing.T) {
	r := newRig(t)
	drafts := &remembered{People: store.NewPeople(dynamo.NewFromIface(dynamodbtest.Start(t)), topology.People.Name)}
	r.Drafts = drafts
	now := time.Now()
	r.Now = func() time.Time { return now }
	was := func(m wire.Send) wire.Send {
		m.Draft = true
		return m
	}
	drafts.begin(t, "I was", now)
	r.mustSend(t, "ann", text(1, "something else"))
	if got := drafts.has(t); len(got) != 1 {
		t.Errorf("a message that was no draft leaves %v", got)
	}
	_, err := r.Send(t.Context(), as("ann"), was(wire.Send{ID: id(2), To: wire.Target{User: "ann"}, Body: wire.Content{Text: "I was"}}))
	wantCode(t, err, chat.Invalid)
	if got := drafts.has(t); len(got) != 1 {
		t.Errorf("what was refused leaves %v", got)
	}

	drafts.err = &chat.Error{Code: chat.Unavailable}
	_, err = r.Send(t.Context(), as("ann"), was(text(3, "I was here")))
	wantCode(t, err, chat.Unavailable)
	drafts.err = nil
	again := r.mustSend(t, "ann", was(after(text(3, "I was here"), 1)))
	if got := drafts.has(t); again.Seq != 2 || got != nil {
		t.Errorf("sent as %d, which leaves %v", again.Seq, got)
	}
	now = now.Add(time.Minute)
	drafts.begin(t, "And then", now)
	r.mustSend(t, "ann", was(after(text(3, "I was here"), 1))) // a repetition that comes late
	if got := drafts.has(t); len(got) != 1 {
		t.Errorf("what was begun since is gone: %v", got)
	}
}
