package send_test

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// repeat is a message of who to cat that repeats another one.
func repeat(n int, of chat.Entry) wire.Send {
	return wire.Send{ID: id(n), To: wire.Target{User: "cat"}, Body: wire.Content{Forward: &wire.Place{Conversation: of.Conversation, Seq: of.Seq}}}
}

func TestAForwardedMessageIsACopyOfWhatWasSaid(t *testing.T) {
	r := newRig(t)
	photo := chat.NewMediaID([]byte("photo"))
	r.Attachments = uploads{photo: true}
	message := r.mustSend(t, "ann", wire.Send{ID: id(1), To: wire.Target{User: "bob"}, Body: wire.Content{
		Text: "look", Attachments: []wire.Attachment{{Media: photo, Name: "a.png", Type: "image/png", Size: 5}},
		Regard: wire.Regard{Mentions: []chat.UserID{"bob"}},
	}})
	r.Attachments = uploads{} // what is forwarded is not looked for among the uploads of who forwards it
	e := r.mustSend(t, "bob", repeat(2, message))
	got := r.at(t, e).Body
	if got.Text != "look" || !got.Forwarded || len(got.Attachments) != 1 || got.Attachments[0].Owner != "ann" || got.Mentions != nil {
		t.Errorf("forwarded %+v", got)
	}
	again := r.mustSend(t, "cat", wire.Send{ID: id(3), To: wire.Target{User: "dan"}, Body: wire.Content{Forward: &wire.Place{Conversation: e.Conversation, Seq: e.Seq}}})
	if owner := r.at(t, again).Body.Attachments[0].Owner; owner != "ann" {
		t.Errorf("forwarded again, the file is %s's", owner)
	}
	_, err := r.Edit(t.Context(), as("bob"), wire.Edit{Change: of(e, 9), Body: says("ann says")})
	wantCode(t, err, chat.Forbidden)
	// Neither an edit nor the deletion of the source changes the copy, and a resend finds it.
	if _, err := r.Delete(t.Context(), as("ann"), wire.Delete{Change: of(message, 4)}); err != nil {
		t.Fatal(err)
	}
	resent, err := r.Send(t.Context(), as("bob"), after(repeat(2, message), 0))
	if err != nil || resent.Seq != e.Seq || r.at(t, e).Body.Text != "look" {
		t.Errorf("%+v, %v", resent, err)
	}
	_, err = r.Send(t.Context(), as("bob"), after(repeat(5, message), 0))
	wantCode(t, err, chat.NotFound)
}

func TestNobodyForwardsWhatTheyCannotRead(t *testing.T) {
	r := newRig(t)
	message := r.mustSend(t, "ann", text(1, "between us"))
	secret := r.mustSend(t, "ann", text(2, "hidden"))
	if _, err := r.log.Hide(t.Context(), secret.Conversation, "bob", []chat.Seq{secret.Seq}); err != nil {
		t.Fatal(err)
	}
	cleared := r.mustSend(t, "bob", wire.Send{ID: id(4), To: wire.Target{User: "ann"}, Body: wire.Content{Text: "long ago"}})
	upTo := cleared.Seq
	m := chat.Membership{Conversation: cleared.Conversation, User: "ann"}
	if _, err := r.Standings.Prefer(t.Context(), m, chat.Preference{Cleared: &upTo}, r.Now()); err != nil {
		t.Fatal(err)
	}
	seconds := 60
	brief := r.mustSend(t, "ann", wire.Send{ID: id(3), To: wire.Target{User: "bob"}, Body: wire.Content{Text: "brief"}, Expires: &seconds})
	missing := message
	missing.Seq = 9
	for name, test := range map[string]struct {
		who  chat.UserID
		of   chat.Entry
		code chat.Code
	}{
		"a stranger":        {"eve", message, chat.NotFound},
		"what is hidden":    {"bob", secret, chat.NotFound},
		"what they cleared": {"ann", cleared, chat.NotFound},
		"what is brief":     {"bob", brief, chat.Forbidden},
		"nothing":           {"bob", missing, chat.NotFound},
	} {
		_, err := r.Send(t.Context(), as(test.who), repeat(7, test.of))
		if err == nil || chat.AsError(err).Code != test.code {
			t.Errorf("%s: %v, want %s", name, err, test.code)
		}
	}
	for _, user := range []chat.UserID{"ann", "bob"} {
		if n := len(r.entries(t, chat.DirectID(user, "cat"))); n != 0 {
			t.Errorf("%s wrote %d entries", user, n)
		}
	}
	// The other one has not cleared it.
	if got := r.at(t, r.mustSend(t, "bob", repeat(8, cleared))).Body.Text; got != "long ago" {
		t.Errorf("forwarded %q", got)
	}
}
