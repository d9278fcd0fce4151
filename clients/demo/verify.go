package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// verify waits until everybody has been shown everything, sums up, and fails unless what each member saw of each talk
// is byte for byte what the server stores.
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
	d.print("  ✓ in all %d conversations every member saw the same log as the server stores: none missing, none twice, one order\n", len(d.talks))
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

func same(a, b []wire.Entry) bool {
	return slices.EqualFunc(a, b, func(x, y wire.Entry) bool {
		one, err := json.Marshal(x)
		two, err2 := json.Marshal(y)
		return err == nil && err2 == nil && bytes.Equal(one, two)
	})
}

// sum prints what each person saw.
func (d *demo) sum() {
	d.print("\n  %-6s %13s %8s %6s %9s", "", "conversations", "entries", "sent", "pictures")
	for _, user := range cast {
		conversations, entries, sent, pictures := 0, 0, 0, 0
		for _, t := range d.talks {
			log := d.people[user].log(t)
			if len(log) > 0 {
				conversations++
			}
			entries += len(log)
			for _, e := range log {
				pictures += len(e.Body.Attachments)
				if e.From == user {
					sent++
				}
			}
		}
		d.print("  %-6s %13d %8d %6d %9d", user, conversations, entries, sent, pictures)
	}
	slices.Sort(d.times)
	d.print("\n  acknowledged, which is after delivery: half within %v, all within %v",
		d.times[len(d.times)/2].Round(time.Millisecond), d.times[len(d.times)-1].Round(time.Millisecond))
}
