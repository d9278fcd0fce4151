package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// change lets somebody change a message and narrates it.
func (d *demo) change(ctx context.Context, who chat.UserID, t *talk, what string, do func(*person) (wire.Accepted, error)) error {
	began := time.Now()
	accepted, err := do(d.people[who])
	if err != nil {
		return fmt.Errorf("%s %s in %s: %w", who, what, t.name, err)
	}
	took := time.Since(began)
	d.times = append(d.times, took)
	t.note(accepted)
	d.tell("%5s ▸ %-11s #%-3d %-58s %4d ms", who, t.name, accepted.Seq, what, took.Milliseconds())
	return d.pause(ctx)
}

func (d *demo) edit(ctx context.Context, who chat.UserID, t *talk, seq chat.Seq, text string) error {
	return d.change(ctx, who, t, fmt.Sprintf("✎ #%d: %s", seq, text), func(p *person) (wire.Accepted, error) {
		return p.Edit(ctx, t.id, seq, wire.Revision{Text: text})
	})
}

func (d *demo) erase(ctx context.Context, who chat.UserID, t *talk, seq chat.Seq) error {
	return d.change(ctx, who, t, fmt.Sprintf("✗ #%d", seq), func(p *person) (wire.Accepted, error) {
		return p.Delete(ctx, t.id, seq)
	})
}

func (d *demo) react(ctx context.Context, who chat.UserID, t *talk, seq chat.Seq, marks ...string) error {
	what := fmt.Sprintf("%s on #%d", strings.Join(marks, " "), seq)
	if len(marks) == 0 {
		what = fmt.Sprintf("takes it back from #%d", seq)
	}
	return d.change(ctx, who, t, what, func(p *person) (wire.Accepted, error) { return p.React(ctx, t.id, seq, marks...) })
}

// leak is what happens while eve is in the tunnel: every kind of change, which she will only learn of when she is back.
func (d *demo) leak(ctx context.Context, t *talk) error {
	leak, err := d.say(ctx, "bob", t, client.To(t.id), client.Text("The boat leeks. Slightly."))
	if err != nil {
		return err
	}
	confession, err := d.say(ctx, "dan", t, client.To(t.id), client.Text("I ate eve's piece"))
	if err != nil {
		return err
	}
	for _, do := range []func() error{
		func() error { return d.react(ctx, "cat", t, leak.Seq, "😂") },
		func() error { return d.react(ctx, "ann", t, leak.Seq, "😂", "🥬") },
		func() error { return d.edit(ctx, "bob", t, leak.Seq, "The boat leaks. Slightly.") },
		func() error { return d.react(ctx, "ann", t, leak.Seq, "😂") },
		func() error { return d.react(ctx, "cat", t, confession.Seq, "😱") },
		func() error { return d.erase(ctx, "dan", t, confession.Seq) },
	} {
		if err := do(); err != nil {
			return err
		}
	}
	answer := wire.Content{Text: "@bob, bail!", Reply: leak.Seq, Regard: wire.Regard{Mentions: []chat.UserID{"bob"}}}
	_, err = d.say(ctx, "dan", t, client.To(t.id), answer)
	return err
}

// applause lets all members react to the last picture at the same moment, and one of them think again.
func (d *demo) applause(ctx context.Context, t *talk) error {
	var picture chat.Seq
	for _, e := range d.people["ann"].log(t) {
		if len(e.Body.Attachments) > 0 {
			picture = e.Seq
		}
	}
	results := make([]wire.Accepted, len(cast))
	errs := make([]error, len(cast))
	var all sync.WaitGroup
	for i, user := range cast {
		all.Go(func() { results[i], errs[i] = d.people[user].React(ctx, t.id, picture, "❤️") })
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return fmt.Errorf("%s to %s: %w", cast[i], t.name, err)
		}
		t.note(results[i])
	}
	d.scene("everybody likes #%d at once", picture)
	if err := d.edit(ctx, "dan", t, picture, "And this was the day, all of it"); err != nil {
		return err
	}
	return d.react(ctx, "dan", t, picture)
}
