package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// chatter has the members say so many things, the same each time.
func (g *group) chatter(ctx context.Context, members []chat.UserID, count int) error {
	random := rand.New(rand.NewPCG(1, 2))
	who := members[0]
	for n := 1; n <= count; n++ {
		if random.IntN(3) == 0 { // people say a few things in a row
			who = members[random.IntN(len(members))]
		}
		if _, err := g.say(ctx, who, content(random, n, g.head)); err != nil {
			return fmt.Errorf("message %d: %w", n, err)
		}
	}
	return nil
}

var words = strings.Fields(`tide harbour sail rope wind anchor chart north buoy deck keel mast storm calm gull
	lantern compass ferry pier wave coast island current signal crew morning tomorrow maybe certainly coffee`)

// content is a text of one word to some lines, now and then with a link, with emoji, or as an answer to what was said before.
func content(random *rand.Rand, n int, last chat.Seq) (c wire.Content) {
	text := fmt.Sprintf("%d:", n)
	for range 1 + random.IntN(8)*random.IntN(8) {
		text += " " + words[random.IntN(len(words))]
		if random.IntN(40) == 0 {
			text += "\n"
		}
	}
	switch random.IntN(20) {
	case 0:
		text += " https://example.com/" + words[random.IntN(len(words))]
	case 1:
		text += " ⛵️🌊"
	case 2:
		if last > 50 {
			c.Reply = last - chat.Seq(random.IntN(40))
		}
	}
	c.Text = strings.TrimSpace(text)
	return c
}
