package main

import (
	"context"
	"fmt"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// event prints what the client delivers. What is printed is read.
func (l *lines) event(e client.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	defer l.expire()
	close(l.changed)
	l.changed = make(chan struct{})
	switch e := e.(type) {
	case client.State:
		line := "* " + e.Phase.String()
		if e.Reason != nil && e.Phase == client.Disconnected {
			line += ": " + explain(e.Reason)
		}
		l.write(line)
	case client.CaughtUp:
		l.rooms.list(e.Conversations)
		l.rooms.stood(e, l.client)
		l.write("* caught up")
		l.sending.Go(l.refresh)
		select {
		case <-l.caught:
		default:
			close(l.caught)
		}
	case client.Hides:
		l.rooms.hidden(e)
	case client.Cleared:
		l.rooms.clear(e)
	case client.Timers:
		l.rooms.started(e)
	case client.Slowed:
		if text := slow(e.Until, time.Now()); text != "" {
			l.write("* " + text)
		}
	case client.Gone:
		if r := l.rooms.gone(e.Conversation); r != nil {
			delete(l.acked, r)
			if l.open == r {
				l.open = nil
			}
			l.write(fmt.Sprintf("* you are not in %s any more", r.title()))
		}
		l.mark(e.Conversation, 0)
	case client.Restarted:
		l.rooms.restart(e.Conversation)
		delete(l.acked, l.rooms.get(e.Conversation))
		l.mark(e.Conversation, 0)
	case client.NotSent:
		l.write("* " + unsent(e))
	case client.Typing:
		l.typing(e, time.Now())
	case client.Presence:
		line := wire.MemberLine{User: e.User, Presence: e.Status, Seen: e.Seen}
		l.write("* " + whoLines([]wire.MemberLine{line}, time.Now())[0])
	case client.Receipt, client.Preferred, client.Unread, client.Silenced:
		l.rooms.stood(e, l.client)
	case client.Entry:
		r := l.rooms.add(e.Entry)
		l.client.MarkRead(e.Conversation, e.Seq)
		if arrives(e.Entry, l.rooms.me) && r.name == "" {
			l.sending.Go(l.list)
		}
		if e.Event != chat.Hidden {
			l.write(fmt.Sprintf("[%s] %d %s: %s", r.title(), e.Seq, e.From, tells(e.Entry)))
		}
		l.mark(e.Conversation, e.Seq)
	}
}

// list asks what there is, for the names of groups whose beginning is not shown.
func (l *lines) list() {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	conversations, err := l.client.Conversations(ctx)
	if err != nil {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rooms.list(conversations)
}

func (l *lines) mark(id chat.ConversationID, seq chat.Seq) {
	if err := l.marks.show(id, seq); err != nil {
		l.write("* " + explain(err))
	}
}

func (l *lines) print(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.write(fmt.Sprintf(format, args...))
}

// write prints a line under the lock. If nobody reads it, there is nobody to tell.
func (l *lines) write(line string) { _, _ = fmt.Fprintln(l.out, line) }
