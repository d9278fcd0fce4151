package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// lines is the program without a terminal. It prints one line for each entry,
//
//	[bob] 12 ann: text
//	[bob] 13 bob: to 12: an answer
//	[bob] 14 ann: edited 12: another text
//	[bob] 15 bob: 👍 on 12
//
// with the conversation, the seq and the sender, the text's own lines joined by spaces; and lines that begin with "* "
// for everything else. It reads the same commands as the screen. At the end of its input it waits until what was written
// is acknowledged and what was missed is printed, and leaves; /quit leaves at once.
type lines struct {
	client *client.Client
	marks  marks

	mu    sync.Mutex // guards what follows
	out   io.Writer
	rooms rooms
	open  *room
	// acked is up to which seq what was written has been acknowledged; changed is closed and replaced at each event.
	acked   map[*room]chat.Seq
	changed chan struct{}
	// expiry is when messages disappear next; ended means that nothing is printed any more.
	expiry *time.Timer
	ended  bool

	sending sync.WaitGroup
	caught  chan struct{} // closed when it has caught up for the first time
}

// patience is how long a command may take.
const patience = 30 * time.Second

func talkInLines(ctx context.Context, s settings, m marks, in io.Reader, out io.Writer) error {
	l := &lines{
		marks: m, out: out, rooms: newRooms(s.user), acked: map[*room]chat.Seq{},
		caught: make(chan struct{}), changed: make(chan struct{}),
	}
	c, err := connect(s, m, l.event)
	if err != nil {
		return err
	}
	l.client = c
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		ended <- c.Run(ctx)
		cancel()
	}()
	if err := register(ctx, c, s); err != nil {
		l.print("* no notifications: %s", explain(err))
	}
	quit, err := l.read(ctx, in)
	if err == nil && !quit {
		await(ctx, l.caught)
		l.settle(ctx)
	}
	c.Close()
	l.sending.Wait() // now nothing is without an outcome
	l.mu.Lock()
	l.ended = true
	l.expire()
	l.mu.Unlock()
	if err := <-ended; err != nil && !errors.Is(err, context.Canceled) && !errors.Is(err, client.ErrClosed) {
		return err
	}
	return err
}

// read does what the input says until its end, until that is to quit, or until ctx ends.
func (l *lines) read(ctx context.Context, in io.Reader) (quit bool, err error) {
	typed := make(chan string)
	failed := make(chan error, 1)
	go func() { // ends with the process if the input never does
		scanner := bufio.NewScanner(in)
		scanner.Buffer(nil, 1<<20)
		for scanner.Scan() {
			select {
			case typed <- scanner.Text():
			case <-ctx.Done():
				return
			}
		}
		failed <- scanner.Err()
	}()
	for {
		select {
		case <-ctx.Done():
			return false, nil
		case err := <-failed:
			return false, err
		case line := <-typed:
			if strings.TrimSpace(line) == "" {
				continue
			}
			quit, err := l.do(ctx, line)
			if quit {
				return true, nil
			}
			if err != nil {
				l.print("* %s", explain(err))
			}
		}
	}
}

// settle waits until everything that was written has an outcome, and has been printed if it is stored.
func (l *lines) settle(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		l.sending.Wait()
		close(done)
	}()
	await(ctx, done)
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for ctx.Err() == nil {
		l.mu.Lock()
		printed, changed := true, l.changed
		for r, seq := range l.acked {
			n := len(r.entries)
			printed = printed && n > 0 && r.entries[n-1].Seq >= seq
		}
		l.mu.Unlock()
		if printed {
			return
		}
		await(ctx, changed)
	}
}

func await(ctx context.Context, done <-chan struct{}) {
	select {
	case <-done:
	case <-ctx.Done():
	}
}

func (l *lines) do(ctx context.Context, line string) (quit bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	c, err := read(line)
	if err != nil {
		return false, err
	}
	switch c.name {
	case "quit":
		return true, nil
	case "help":
		l.print("* %s", strings.ReplaceAll(help, "\n", "\n* "))
		return false, nil
	case "limits":
		l.print("* %s", strings.ReplaceAll(table(l.client.Limits()), "\n", "\n* "))
		return false, nil
	case "to":
		return false, l.to(c)
	case "group":
		return false, l.group(c)
	case "search":
		return false, l.search(ctx, c)
	case "numbers":
		l.print("* lines always have their numbers")
		return false, nil
	case "join":
		return false, l.govern(ctx, "", c)
	case "scheduled", "unschedule":
		return false, l.later(ctx, nil, c)
	case "status":
		text, err := chooses(ctx, c, l.client)
		if err == nil {
			l.print("* %s", text)
		}
		return false, err
	case "logout":
		return l.logout(ctx)
	}
	if manages[c.name] != nil {
		return false, l.manage(ctx, c)
	}
	r := l.current()
	if r == nil {
		return false, errors.New("say /to user first")
	}
	if err := l.meet(ctx, r, line); err != nil {
		return false, err
	}
	if stands[c.name] {
		l.settle(ctx)
		l.mu.Lock()
		copied := *r
		l.mu.Unlock()
		text, err := stand(ctx, l.client, &copied, c)
		if err == nil {
			l.print("* %s", text)
		}
		return false, err
	}
	if slices.Contains(governing, c.name) {
		return false, l.govern(ctx, r.id, c)
	}
	switch c.name {
	case "edit", "delete", "react", "pin", "unpin":
		return false, l.change(ctx, r, c)
	case "forward", "thread", "also", "unfollow", "pins", "hide", "brief", "timer":
		return false, l.content(ctx, r, c)
	case "reply":
		l.settle(ctx)
		l.mu.Lock()
		content, err := answer(c, r)
		l.mu.Unlock()
		if err != nil {
			return false, err
		}
		l.say(r, content)
	case "later":
		return false, l.later(ctx, r, c)
	case "file":
		a, err := upload(ctx, l.client, c.args[0], nil)
		if err != nil {
			return false, err
		}
		l.say(r, wire.Content{Text: c.rest, Attachments: []wire.Attachment{a}})
	case "save":
		return false, l.save(ctx, r, c)
	case "who":
		l.settle(ctx) // the group may only just be on its way
		members, err := l.client.Members(ctx, r.id)
		if err != nil {
			return false, err
		}
		l.print("* %s", strings.Join(whoLines(members, time.Now()), "\n* "))
		return false, l.watch(ctx, members)
	default:
		l.say(r, client.Text(c.rest))
	}
	return false, nil
}

func (l *lines) to(c command) error {
	user, err := c.peer(l.rooms.me)
	if err != nil {
		return err
	}
	l.mu.Lock()
	r := l.rooms.direct(user)
	l.open = r
	l.mu.Unlock()
	if c.rest != "" {
		l.say(r, client.Text(c.rest))
	}
	return nil
}

func (l *lines) group(c command) error {
	ids, err := users(c.args[1:])
	if err != nil {
		return err
	}
	p := l.client.QueueGroup(c.args[0], ids...)
	l.mu.Lock()
	r := l.rooms.get(p.Conversation)
	r.name, l.open = c.args[0], r
	l.mu.Unlock()
	l.report(p)
	l.sending.Go(func() {
		if _, err := p.Result(); err == nil {
			return
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		if l.rooms.drop(r); l.open == r {
			l.open = nil
		}
	})
	return nil
}

func (l *lines) save(ctx context.Context, r *room, c command) error {
	l.mu.Lock()
	seq, a, err := attachment(r, c.args[0])
	l.mu.Unlock()
	if err != nil {
		return err
	}
	path, err := save(ctx, l.client, r.id, seq, a, c.rest)
	if err == nil {
		l.print("* saved %s", clean(path))
	}
	return err
}

// change changes a message, which may only just be on its way.
func (l *lines) change(ctx context.Context, r *room, c command) error {
	l.settle(ctx)
	l.mu.Lock()
	o, err := change(c, r, l.rooms.me, l.client)
	l.mu.Unlock()
	if err == nil {
		l.report(o.pending)
	}
	return err
}

// govern changes a group, which may only just be on its way.
func (l *lines) govern(ctx context.Context, id chat.ConversationID, c command) error {
	l.settle(ctx)
	said, seq, err := govern(ctx, c, id, l.client)
	if err == nil {
		l.mu.Lock()
		if r := l.rooms.byID[id]; r != nil {
			l.acked[r] = max(l.acked[r], seq)
		}
		l.mu.Unlock()
	}
	if said != "" {
		l.print("* %s", strings.ReplaceAll(said, "\n", "\n* "))
	}
	return err
}

// meet asks who is in a group before one of them is mentioned.
func (l *lines) meet(ctx context.Context, r *room, line string) error {
	l.mu.Lock()
	known := r.peer != "" || r.members != nil
	l.mu.Unlock()
	if known || !strings.Contains(line, "@") {
		return nil
	}
	l.settle(ctx) // the group may only just be on its way
	members, err := l.client.Members(ctx, r.id)
	l.mu.Lock()
	defer l.mu.Unlock()
	r.members = members
	return err
}

func (l *lines) say(r *room, content wire.Content) {
	l.mu.Lock()
	to := r.target()
	content.Regard = r.regard(l.rooms.me, content.Text)
	l.mu.Unlock()
	l.report(l.client.Queue(to, content))
}

// report tells if a message is refused.
func (l *lines) report(p *client.Pending) {
	l.sending.Go(func() {
		accepted, err := p.Result()
		if err != nil {
			l.print("* not sent: %s", explain(err))
			return
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		r := l.rooms.get(p.Conversation)
		l.acked[r] = max(l.acked[r], accepted.Seq)
	})
}

func (l *lines) current() *room {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.open
}
