package main

import (
	"context"
	"image/color"
	"sync"

	"github.com/parley-im/parley/pkg/chat"
)

var cast = []chat.UserID{"ann", "bob", "cat", "dan", "eve"}

// play is the afternoon, from the first hello to the proof that everybody saw the same.
func (d *demo) play(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	d.people = map[chat.UserID]*person{}
	for _, user := range cast {
		d.people[user] = newPerson(user, d.url, d.tokens)
	}
	defer d.home()
	d.print("\nAn afternoon on %s\n", d.url)
	for _, act := range []func(context.Context) error{d.arrive, d.plan, d.lake, d.evening, d.verify} {
		if err := act(ctx); err != nil {
			return err
		}
	}
	return nil
}

// home ends whatever still runs.
func (d *demo) home() {
	for _, p := range d.people {
		if p.Client != nil {
			p.leave()
		}
	}
}

func (d *demo) arrive(ctx context.Context) error {
	var all sync.WaitGroup
	errs := make([]error, len(cast))
	for i, user := range cast {
		all.Go(func() { errs[i] = d.people[user].come(ctx) })
	}
	all.Wait()
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	d.scene("ann, bob, cat, dan and eve come online")
	return d.pause(ctx)
}

func (d *demo) plan(ctx context.Context) error {
	created, err := d.people["ann"].CreateGroup(ctx, "Lake trip", "bob", "cat", "dan", "eve")
	if err != nil {
		return err
	}
	lake := &talk{name: "Lake trip", members: cast}
	lake.note(created)
	d.talks = append(d.talks, lake)
	d.scene("ann makes the group “Lake trip” of five")
	if err := d.group(ctx, lake, "ann", "Sun until eight. Who is in for the lake?"); err != nil {
		return err
	}
	if err := d.group(ctx, lake, "bob", "Me! I bring the boat 🚣"); err != nil {
		return err
	}
	if err := d.group(ctx, lake, "eve", "In. Leaving now, bad reception on the way"); err != nil {
		return err
	}
	if err := d.direct(ctx, "bob", "dan", "Can I borrow your pump?", "Sure, it is in the garage. Key under the pot."); err != nil {
		return err
	}
	return d.group(ctx, lake, "dan", "I will be there at four, with cake")
}

func (d *demo) lake(ctx context.Context) error {
	lake, eve := d.talks[0], d.people["eve"]
	eve.leave()
	d.scene("eve drives into the tunnel: her phone is offline")
	if err := d.pause(ctx); err != nil {
		return err
	}
	picture, err := landscape(color.RGBA{64, 142, 214, 255}, color.RGBA{255, 236, 179, 255}, 0.28)
	if err != nil {
		return err
	}
	if err := d.picture(ctx, lake, "cat", "ann", "lake.png", "Look at that water", picture); err != nil {
		return err
	}
	if err := d.group(ctx, lake, "bob", "The boat floats. So far.", "Correction: it floats if dan does not stand up"); err != nil {
		return err
	}
	if err := d.group(ctx, lake, "dan", "Cake is safe, I am wet"); err != nil {
		return err
	}
	if err := d.direct(ctx, "ann", "eve", "Are you all right? We keep you a piece."); err != nil {
		return err
	}
	if err := d.direct(ctx, "cat", "ann", "I have that on film 😂", "Do not. Post. It. (Post it.)"); err != nil {
		return err
	}
	if err := d.leak(ctx, lake); err != nil {
		return err
	}
	known := len(eve.seen[lake.id])
	if err := eve.come(ctx); err != nil {
		return err
	}
	if err := eve.wait(ctx, func() bool { return len(eve.seen[lake.id]) >= int(lake.last-lake.first)+1 }); err != nil {
		return err
	}
	d.scene("eve is back and catches up on %d entries of the group and a note from ann", len(eve.seen[lake.id])-known)
	return d.group(ctx, lake, "eve", "Tunnel survived. Is there cake left?")
}

func (d *demo) evening(ctx context.Context) error {
	lake := d.talks[0]
	if err := d.direct(ctx, "ann", "eve", "Just look behind the boat"); err != nil {
		return err
	}
	if err := d.direct(ctx, "eve", "ann", "Best piece. Thank you ❤️"); err != nil {
		return err
	}
	picture, err := landscape(color.RGBA{58, 32, 92, 255}, color.RGBA{255, 138, 76, 255}, 0.62)
	if err != nil {
		return err
	}
	if err := d.picture(ctx, lake, "dan", "eve", "sunset.png", "And this was the day", picture); err != nil {
		return err
	}
	d.scene("everybody types at once")
	if err := d.chorus(ctx, lake); err != nil {
		return err
	}
	return d.applause(ctx, lake)
}
