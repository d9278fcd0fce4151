package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// demo is one afternoon.
type demo struct {
	url, tokens string
	out         io.Writer
	// pace is how long people pause after a message; 0 not at all.
	pace time.Duration

	people map[chat.UserID]*person
	talks  []*talk
	times  []time.Duration // from sending to the acknowledgement
}

// talk is a conversation of this afternoon: the part of its log from first to last.
type talk struct {
	name        string
	id          chat.ConversationID
	members     []chat.UserID
	first, last chat.Seq
}

// say sends a message and narrates it.
func (d *demo) say(ctx context.Context, from chat.UserID, t *talk, to wire.Target, content wire.Content) (wire.Accepted, error) {
	began := time.Now()
	accepted, err := d.people[from].Send(ctx, to, content)
	if err != nil {
		return accepted, fmt.Errorf("%s to %s: %w", from, t.name, err)
	}
	took := time.Since(began)
	d.times = append(d.times, took)
	t.note(accepted)
	text := content.Text
	if content.Reply > 0 {
		text = fmt.Sprintf("↳ #%d: %s", content.Reply, text)
	}
	for _, a := range content.Attachments {
		text += fmt.Sprintf("  📎 %s (%d kB)", a.Name, (a.Size+1023)/1024)
	}
	d.tell("%5s ▸ %-11s #%-3d %-58s %4d ms", from, t.name, accepted.Seq, strings.TrimSpace(text), took.Milliseconds())
	return accepted, d.pause(ctx)
}

// note extends the talk to an entry.
func (t *talk) note(at wire.Accepted) {
	t.id, t.last = at.Conversation, max(t.last, at.Seq)
	if t.first == 0 {
		t.first = at.Seq
	}
}

// group lets somebody say things in a group.
func (d *demo) group(ctx context.Context, t *talk, from chat.UserID, texts ...string) error {
	for _, text := range texts {
		if _, err := d.say(ctx, from, t, client.To(t.id), client.Text(text)); err != nil {
			return err
		}
	}
	return nil
}

// direct begins a conversation between two people, or goes on with that of an earlier afternoon.
func (d *demo) direct(ctx context.Context, a, b chat.UserID, dialogue ...string) error {
	id := chat.DirectID(a, b)
	at := slices.IndexFunc(d.talks, func(t *talk) bool { return t.id == id })
	if at < 0 {
		at = len(d.talks)
		d.talks = append(d.talks, &talk{name: fmt.Sprintf("%s & %s", a, b), id: id, members: []chat.UserID{a, b}})
	}
	for i, text := range dialogue {
		from, to := a, b
		if i%2 == 1 {
			from, to = b, a
		}
		if _, err := d.say(ctx, from, d.talks[at], client.ToUser(to), client.Text(text)); err != nil {
			return err
		}
	}
	return nil
}

// picture uploads a picture, sends it to a group, and lets another member fetch it and compare.
func (d *demo) picture(ctx context.Context, t *talk, from, viewer chat.UserID, name, text string, content []byte) error {
	attachment, err := d.people[from].Upload(ctx, client.File{Name: name, Type: "image/png", Content: bytes.NewReader(content)})
	if err != nil {
		return err
	}
	accepted, err := d.say(ctx, from, t, client.To(t.id), wire.Content{Text: text, Attachments: []wire.Attachment{attachment}})
	if err != nil {
		return err
	}
	if err := d.people[viewer].sees(ctx, accepted); err != nil {
		return err
	}
	body, err := d.people[viewer].Download(ctx, t.id, accepted.Seq, attachment.Media)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }()
	got, err := io.ReadAll(body)
	if err != nil {
		return err
	}
	if !bytes.Equal(got, content) {
		return fmt.Errorf("%s got another %s than %s sent", viewer, name, from)
	}
	d.scene("%s looks at %s: %d bytes, the very same", viewer, name, len(got))
	return nil
}

// print writes a line. If that fails, the demo goes on all the same.
func (d *demo) print(format string, args ...any) { _, _ = fmt.Fprintf(d.out, format+"\n", args...) }

// tell tells what was said.
func (d *demo) tell(format string, args ...any) { d.print("  "+format, args...) }

// scene tells what people do besides writing.
func (d *demo) scene(format string, args ...any) { d.print("  · "+format, args...) }

// pause lets a moment pass.
func (d *demo) pause(ctx context.Context) error {
	timer := time.NewTimer(d.pace)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
