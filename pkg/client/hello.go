package client

import (
	"maps"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// skewed is from which difference of the clocks on that is worth a line: what the user is shown as "a minute ago" is wrong.
const skewed = time.Minute

// limits are those that the server has published on the newest connection.
type limits struct {
	mu        sync.Mutex
	published map[string]int64
}

// Limits are those that the server has published on this or an earlier connection, by their names in events/limits.json;
// times are in seconds. It is empty before the first answer, and with a server that publishes none.
func (c *Client) Limits() map[string]int64 {
	c.limits.mu.Lock()
	defer c.limits.mu.Unlock()
	return maps.Clone(c.limits.published)
}

// limit is the published value of a limit, or the one that this client was built with if none is published.
func (l *limits) limit(name string, built int) int {
	l.mu.Lock()
	defer l.mu.Unlock()
	if published, ok := l.published[name]; ok {
		return int(published)
	}
	return built
}

// greet says hello on a new connection before anything else and waits for the answer beside everything else: nothing depends
// on it, so it is not said twice.
func (c *Client) greet(s *socket) {
	ref := c.calls.ref()
	frame, err := wire.Encode(wire.Hello{Head: wire.Head{Action: "hello", Ref: ref}})
	if err != nil {
		return // a frame of two names always encodes
	}
	call := c.calls.begin(ref, s)
	said := time.Now()
	if s.write(frame) != nil {
		c.calls.end(ref)
		return // the connection is lost, and who serves it knows
	}
	c.spawn(func() {
		defer c.calls.end(ref)
		result, err := c.answered(c.life, s, call)
		var w wire.Welcome
		if err == nil {
			err = decode(result, &w)
		}
		if err != nil {
			c.log.Info("hello not answered", "reason", err)
			return
		}
		c.welcome(w, said)
	})
}

func (c *Client) welcome(w wire.Welcome, said time.Time) {
	c.limits.mu.Lock()
	c.limits.published = w.Limits
	c.limits.mu.Unlock()
	now, err := wire.ParseTime(w.Now)
	if early, late := said.Sub(now), time.Until(now); err == nil && max(early, late) > skewed {
		c.log.Warn("the clock of this machine is wrong", "behind", max(early, late) == late, "by", max(early, late))
	}
}

// allows checks content against the limits of the server where they may be narrower than those that this client was built
// with. Wider ones do not help: the client cannot know what else has changed.
func (l *limits) allows(content wire.Content) error {
	if most := l.limit("MaxText", chat.MaxText); utf8.RuneCountInString(content.Text) > most {
		return chat.Errorf(chat.TooLarge, "body.text: at most %d characters", most)
	}
	if most := l.limit("MaxAttachments", chat.MaxAttachments); len(content.Attachments) > most {
		return chat.Errorf(chat.TooLarge, "body.attachments: at most %d", most)
	}
	if most := l.limit("MaxMentions", chat.MaxMentions); len(content.Mentions) > most {
		return chat.Errorf(chat.TooLarge, "body.mentions: at most %d", most)
	}
	return nil
}
