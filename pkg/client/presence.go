package client

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Presence tells that somebody whom the user watches is present in another way than was known.
type Presence struct{ wire.PresenceLine }

func (Presence) event() {}

// watch is whom the user watches, and what is known of them.
type watch struct {
	mu    sync.Mutex
	known map[chat.UserID]wire.PresenceLine // a zero Status if nothing is
	away  bool                              // nobody is at this device
}

// Watch watches people from now on, over all connections, and returns their presence. When it changes Handle gets a Presence.
// It waits and fails like the methods of reads.go; what was watched before stays so.
func (c *Client) Watch(ctx context.Context, users ...chat.UserID) ([]wire.PresenceLine, error) {
	c.watch.add(users)
	var all []wire.PresenceLine
	for some := range slices.Chunk(users, chat.MaxWatch) {
		lines, err := c.watchSome(ctx, some)
		if err != nil {
			return all, err
		}
		c.watch.learn(lines)
		all = append(all, c.watch.of(some)...) // an event that overtook the reply is newer
	}
	return all, nil
}

// Unwatch watches people no longer.
func (c *Client) Unwatch(ctx context.Context, users ...chat.UserID) error {
	c.watch.remove(users)
	for some := range slices.Chunk(users, chat.MaxWatch) {
		ref := c.calls.ref()
		err := c.ask(ctx, ref, wire.Unwatch{Head: wire.Head{Action: "unwatch", Ref: ref}, Users: some}, new(wire.Unwatched))
		if err != nil {
			return err
		}
	}
	return nil
}

// SetStatus chooses how present the user is on all devices: chat.Busy or chat.Invisible, for some time or, if that is 0, until
// something else is chosen; or chat.Online, which ends that. It waits and fails like the methods of reads.go.
func (c *Client) SetStatus(ctx context.Context, status chat.Presence, last time.Duration) (wire.Chosen, error) {
	frame := wire.SetStatus{Status: status}
	if last > 0 {
		seconds := int(last / time.Second)
		frame.For = &seconds
	}
	if status == chat.Online {
		c.watch.setAway(false)
	}
	return c.setStatus(ctx, frame)
}

// SetAway tells whether anybody is at this device; a program calls it when nobody has touched it for some minutes, and when
// somebody does again. It holds over all connections.
func (c *Client) SetAway(ctx context.Context, away bool) error {
	c.watch.setAway(away)
	_, err := c.setStatus(ctx, awayFrame(away))
	return err
}

func awayFrame(away bool) wire.SetStatus {
	if away {
		return wire.SetStatus{Status: chat.Away}
	}
	return wire.SetStatus{Status: chat.Online, Scope: wire.ScopeDevice}
}

func (c *Client) setStatus(ctx context.Context, frame wire.SetStatus) (chosen wire.Chosen, err error) {
	ref := c.calls.ref()
	frame.Head = wire.Head{Action: "status", Ref: ref}
	err = c.ask(ctx, ref, frame, &chosen)
	return chosen, err
}

// Logout ends what this device has on the server: its notifications and its connections, without Grace. Run returns nil
// after it. If it fails, the device is still logged in.
func (c *Client) Logout(ctx context.Context) error {
	ref := c.calls.ref()
	err := c.ask(ctx, ref, wire.Logout{Head: wire.Head{Action: "logout", Ref: ref}}, new(wire.LoggedOut))
	if err == nil {
		c.end(ErrClosed)
	}
	return err
}

func (c *Client) watchSome(ctx context.Context, users []chat.UserID) ([]wire.PresenceLine, error) {
	ref := c.calls.ref()
	var result wire.Watched
	err := c.ask(ctx, ref, wire.Watch{Head: wire.Head{Action: "watch", Ref: ref}, Users: users}, &result)
	return result.Presences, err
}

// resume tells a new connection what the server kept for the one before. What has changed in between is news.
func (c *Client) resume(s *socket) {
	ctx, cancel := context.WithCancel(s.ctx)
	defer cancel()
	users, away := c.watch.state()
	if away {
		if _, err := c.setStatus(ctx, awayFrame(true)); err != nil {
			return
		}
	}
	for some := range slices.Chunk(users, chat.MaxWatch) {
		lines, err := c.watchSome(ctx, some)
		if err != nil {
			c.log.Info("presence not watched", "error", err)
			return
		}
		c.presences(lines)
	}
}

// presences takes what the server tells and passes on what is new.
func (c *Client) presences(lines []wire.PresenceLine) {
	for _, line := range c.watch.learn(lines) {
		c.queue.push(Presence{line})
	}
}

func (w *watch) add(users []chat.UserID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.known == nil {
		w.known = map[chat.UserID]wire.PresenceLine{}
	}
	for _, user := range users {
		if _, ok := w.known[user]; !ok {
			w.known[user] = wire.PresenceLine{}
		}
	}
}

func (w *watch) remove(users []chat.UserID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, user := range users {
		delete(w.known, user)
	}
}

// learn returns those lines of people who are watched that say something new. What is older than what is known is dropped.
func (w *watch) learn(lines []wire.PresenceLine) (news []wire.PresenceLine) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, line := range lines {
		known, ok := w.known[line.User]
		if !ok || line.At < known.At {
			continue
		}
		w.known[line.User] = line
		if known.At = line.At; known != line {
			news = append(news, line)
		}
	}
	return news
}

// of is what is known of people.
func (w *watch) of(users []chat.UserID) []wire.PresenceLine {
	w.mu.Lock()
	defer w.mu.Unlock()
	lines := make([]wire.PresenceLine, len(users))
	for i, user := range users {
		lines[i] = w.known[user]
	}
	return lines
}

func (w *watch) setAway(away bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.away = away
}

// state is what a new connection needs to be told.
func (w *watch) state() (users []chat.UserID, away bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Sorted(maps.Keys(w.known)), w.away
}
