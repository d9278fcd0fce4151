package soak

import (
	"context"
	"fmt"
	"maps"
	"sync"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// guests is how many people come into a group while everybody talks; every other one is put out again.
const guests = 6

// govern lets the owner of the second group change who is in it and what it is called. It returns what waits until that is done.
func (c *circle) govern() (wait func()) {
	id, owner := c.rooms[1].id, c.rooms[1].members[0]
	act := func(what string, do func(context.Context) (wire.Governed, error)) {
		ctx, cancel := context.WithTimeout(c.t.Context(), patience)
		defer cancel()
		if out, err := do(ctx); err != nil {
			c.t.Logf("%s: %v", what, err) // it may have happened, or not: the log says
		} else if out.Seq == 0 && !out.Unchanged {
			c.t.Errorf("%s is answered %+v", what, out)
		}
	}
	var running sync.WaitGroup
	running.Go(func() {
		for i := range guests {
			guest := person(fmt.Sprint("guest", i))
			act("add", func(ctx context.Context) (wire.Governed, error) { return owner.Add(ctx, id, guest) })
			act("rename", func(ctx context.Context) (wire.Governed, error) {
				return owner.Change(ctx, id, wire.Amendment{Name: new(fmt.Sprint("circle of ", i))})
			})
			if i%2 == 0 {
				act("remove", func(ctx context.Context) (wire.Governed, error) { return owner.Remove(ctx, id, guest) })
			}
		}
	})
	return running.Wait
}

// checkMembers compares who is in the second group with what its log tells.
func (c *circle) checkMembers(log []wire.Entry) {
	c.t.Helper()
	r := c.rooms[1]
	want := map[chat.UserID]bool{}
	for _, d := range r.members {
		want[d.User()] = true
	}
	changes := 0
	for _, e := range log {
		for _, user := range e.Body.Users {
			changes++
			switch e.Event {
			case chat.Added:
				want[user] = true
			case chat.Removed:
				delete(want, user)
			default:
				c.t.Errorf("%s has %+v, which nobody did", r.id, e)
			}
		}
	}
	ctx, cancel := context.WithTimeout(c.t.Context(), patience)
	defer cancel()
	lines, err := r.members[0].Members(ctx, r.id)
	if err != nil {
		c.t.Error(err)
	}
	got := map[chat.UserID]bool{}
	for _, line := range lines {
		got[line.User] = true
	}
	if !maps.Equal(got, want) {
		c.t.Errorf("%s has the members %v, its log tells of %v", r.id, got, want)
	}
	if changes < guests {
		c.t.Errorf("only %d people came or went", changes)
	}
}
