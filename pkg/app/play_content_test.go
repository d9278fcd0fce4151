package app

import (
	"fmt"

	"github.com/parley-im/parley/pkg/chat"
)

// content is between two people of its own: ann and fay, who are connected.
func (l *ledger) content() {
	l.connect("fay")
	direct := chat.DirectID("ann", "fay")
	send := func(more string) {
		l.send("ann", "send", fmt.Sprintf(`,"id":%q,"after":0%s`, l.id(), more))
	}
	for range 2 {
		send(`,"to":{"user":"fay"},"body":{"text":"see you at the harbour"}`)
	}
	l.count("pin", "", l.change("ann", "pin", string(direct), ""))
	l.count("pins", "one", func() { l.send("ann", "pins", fmt.Sprintf(`,"conversation":%q`, direct)) })
	l.count("hide", "one", func() { l.send("ann", "hide", fmt.Sprintf(`,"conversation":%q,"seqs":[1]`, direct)) })
	l.count("send", "that repeats a message", func() {
		send(fmt.Sprintf(`,"to":{"user":"fay"},"body":{"forward":{"conversation":%q,"seq":2}}`, direct))
	})
	l.count("send", "that disappears", func() { send(`,"to":{"user":"fay"},"body":{"text":"the code is 7351"},"expires":60`) })
	l.count("history", "of messages that disappear", func() { l.send("ann", "history", fmt.Sprintf(`,"conversation":%q,"limit":3`, direct)) })
	thread := func() {
		send(fmt.Sprintf(`,"to":{"thread":{"conversation":%q,"seq":2}},"body":{"text":"at eight?"}`, direct))
	}
	l.count("send", "the first in a thread", thread)
	id := chat.ThreadID(direct, 2)
	l.count("send", "in a thread of two", l.say(string(id)))
	l.count("send", "in a thread of two, shown in the parent", func() {
		l.send("ann", "send", fmt.Sprintf(`,"id":%q,"to":{"conversation":%q},"in_parent":true,"body":{"text":"at eight it is"}`, l.id(), id))
	})
	l.count("threads", "one", func() { l.send("ann", "threads", fmt.Sprintf(`,"conversation":%q,"roots":[2]`, direct)) })
	l.count("follow", "", func() { l.send("fay", "follow", fmt.Sprintf(`,"conversation":%q`, id)) })
}
