package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// verify waits until everybody has been shown everything, sums up, and fails unless each member saw the entries of each talk
// that the server stores, and ends with messages that are byte for byte as the server has them now.
func (d *demo) verify(ctx context.Context) error {
	differences := 0
	for _, t := range d.talks {
		for _, member := range t.members {
			if err := d.people[member].sees(ctx, wire.Accepted{Conversation: t.id, Seq: t.last}); err != nil {
				return err
			}
		}
		stored, err := d.stored(ctx, t)
		if err != nil {
			return err
		}
		for _, member := range t.members {
			if seen := d.people[member].log(t); !same(seen, stored) {
				differences++
				d.scene("%s saw %d entries of “%s”, which are not the %d that are stored", member, len(seen), t.name, len(stored))
			}
		}
	}
	d.sum()
	if differences > 0 {
		return fmt.Errorf("%d logs differ", differences)
	}
	d.print("  ✓ in all %d conversations every member saw the same log as the server stores: none missing, none twice, one order", len(d.talks))
	d.print("    and has every message as it is now, whoever edited, deleted or reacted while they were away\n")
	return nil
}

// stored reads a talk from the server.
func (d *demo) stored(ctx context.Context, t *talk) ([]wire.Entry, error) {
	var entries []wire.Entry
	for before := t.last + 1; before > t.first; {
		page, err := d.people[t.members[0]].History(ctx, t.id, before, chat.MaxHistory)
		if err != nil {
			return nil, err
		}
		if len(page.Entries) == 0 {
			break
		}
		entries = append(page.Entries, entries...)
		before = page.Entries[0].Seq
	}
	return slices.DeleteFunc(entries, func(e wire.Entry) bool { return e.Seq < t.first }), nil
}

// log is what the person saw of a talk.
func (p *person) log(t *talk) []wire.Entry {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(p.seen[t.id]), func(e wire.Entry) bool { return e.Seq < t.first || e.Seq > t.last })
}

// same reports whether a log is the stored one, and whether its messages, with all changes that were seen, are as they are
// stored.
func same(seen, stored []wire.Entry) bool {
	if !slices.EqualFunc(seen, stored, func(a, b wire.Entry) bool {
		return a.Seq == b.Seq && a.ID == b.ID && a.Event == b.Event && a.From == b.From && a.At == b.At && a.Body.Target == b.Body.Target
	}) {
		return false
	}
	var room client.Room
	for _, e := range seen {
		room.Apply(e)
	}
	return slices.EqualFunc(room.Messages(), slices.DeleteFunc(slices.Clone(stored), changes), func(a, b wire.Entry) bool {
		one, err := json.Marshal(a)
		two, err2 := json.Marshal(b)
		return err == nil && err2 == nil && bytes.Equal(one, two)
	})
}

// changes reports whether an entry is about an earlier message.
func changes(e wire.Entry) bool { return e.Body.Target > 0 }

// sum prints what each person saw.
func (d *demo) sum() {
	d.print("\n  %-6s %13s %8s %6s %8s %9s", "", "conversations", "entries", "sent", "changes", "pictures")
	for _, user := range cast {
		conversations, entries, sent, changed, pictures := 0, 0, 0, 0, 0
		for _, t := range d.talks {
			log := d.people[user].log(t)
			if len(log) > 0 {
				conversations++
			}
			entries += len(log)
			for _, e := range log {
				switch {
				case !changes(e):
					pictures += len(e.Body.Attachments)
					if e.From == user {
						sent++
					}
				case e.From == user:
					changed++
				}
			}
		}
		d.print("  %-6s %13d %8d %6d %8d %9d", user, conversations, entries, sent, changed, pictures)
	}
	slices.Sort(d.times)
	d.print("\n  acknowledged, which is after delivery: half within %v, all within %v",
		d.times[len(d.times)/2].Round(time.Millisecond), d.times[len(d.times)-1].Round(time.Millisecond))
}
