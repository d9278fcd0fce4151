package send_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// pictures knows which pictures exist.
type pictures map[chat.MediaID]bool

func (p pictures) ReleasePicture(_ context.Context, _ chat.ConversationID, s chat.Setup) error {
	delete(p, s.Picture)
	return nil
}

func (p pictures) CheckPicture(_ context.Context, _ chat.ConversationID, _ chat.UserID, picture chat.MediaID) error {
	if !p[picture] {
		return &chat.Error{Code: chat.MediaMissing}
	}
	return nil
}

func (p pictures) Picture(_ context.Context, s chat.Setup) (wire.Location, error) {
	return wire.Location{URL: "https://s3.example.com/" + string(s.Picture)}, nil
}

// groups is a rig for groups: real tables, and counters for ids.
type groups struct {
	*rig
	*send.Groups
	t     testing.TB
	store *store.Conversations
	n     int
}

func newGroups(t testing.TB) *groups {
	t.Helper()
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	conversations := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	g := &groups{t: t, store: conversations, n: 1000}
	g.rig = newRigOn(db)
	g.Groups = &send.Groups{Sender: g.rig.Sender, Gate: conversations, Pictures: pictures{}}
	return g
}

// found makes a group of ann, who owns it, and others.
func (g *groups) found(members ...chat.UserID) chat.ConversationID {
	g.t.Helper()
	e, err := g.rig.Create(g.t.Context(), as("ann"), wire.Create{ID: g.id(), Name: "friends", Members: members})
	if err != nil {
		g.t.Fatal(err)
	}
	return e.Conversation
}

func (g *groups) id() chat.MessageID { g.n++; return id(g.n) }

func (g *groups) govern(c chat.ConversationID) wire.Govern {
	return wire.Govern{ID: g.id(), Conversation: c}
}

func (g *groups) say(user chat.UserID, c chat.ConversationID, words string) (chat.Entry, error) {
	return g.rig.Send(g.t.Context(), as(user), wire.Send{ID: g.id(), To: wire.Target{Conversation: c}, Body: wire.Content{Text: words}})
}

func (g *groups) add(by chat.UserID, c chat.ConversationID, users ...chat.UserID) (wire.Governed, error) {
	return g.Add(g.t.Context(), as(by), wire.Add{Govern: g.govern(c), Users: users})
}

func (g *groups) remove(by chat.UserID, c chat.ConversationID, ban bool, users ...chat.UserID) (wire.Governed, error) {
	return g.Remove(g.t.Context(), as(by), wire.Remove{Govern: g.govern(c), Users: users, Ban: ban})
}

func (g *groups) leave(user chat.UserID, c chat.ConversationID) (wire.Governed, error) {
	return g.Leave(g.t.Context(), as(user), wire.Leave{Govern: g.govern(c)})
}

func (g *groups) rank(by chat.UserID, c chat.ConversationID, role chat.Role, users ...chat.UserID) (wire.Governed, error) {
	return g.Rank(g.t.Context(), as(by), wire.Rank{Govern: g.govern(c), Users: users, Role: role})
}

func (g *groups) amend(by chat.UserID, c chat.ConversationID, s wire.Amendment) (wire.Governed, error) {
	return g.Amend(g.t.Context(), as(by), wire.Amend{Govern: g.govern(c), Setup: &s})
}

func (g *groups) join(user chat.UserID, code chat.InviteCode) (wire.Governed, error) {
	return g.Join(g.t.Context(), as(user), wire.Join{ID: g.id(), Code: code})
}

func (g *groups) invite(by chat.UserID, c chat.ConversationID, uses int) wire.Invited {
	g.t.Helper()
	q := wire.Invite{Conversation: c}
	if uses > 0 {
		q.MaxUses = &uses
	}
	i, err := g.Invite(g.t.Context(), as(by), q)
	if err != nil {
		g.t.Fatal(err)
	}
	return i
}

// head is the header as it is, after checking that it agrees with the members' items.
func (g *groups) head(c chat.ConversationID) chat.Conversation {
	g.t.Helper()
	tail, ok, err := g.store.Tail(g.t.Context(), c, chat.Strong)
	if err != nil || !ok {
		g.t.Fatal(ok, err)
	}
	var seats []chat.Seat
	for after := chat.UserID(""); ; {
		page, err := g.store.Members(g.t.Context(), c, after, chat.Shard, chat.Strong)
		if err != nil {
			g.t.Fatal(err)
		}
		if seats = append(seats, page...); len(page) < chat.Shard {
			break
		}
		after = page[len(page)-1].User
	}
	head := tail.Conversation
	if head.Size != len(seats) {
		g.t.Errorf("the header counts %d members, there are %d", head.Size, len(seats))
	}
	if tail.Outdated() {
		g.t.Errorf("the header has the rules %d, the last entry %d", head.Rules, tail.Last.Rules)
	}
	owners := 0
	for _, seat := range seats {
		if !head.Large() && head.Members[seat.User] != seat.Place {
			g.t.Errorf("%s is %+v in the header and %+v as an item", seat.User, head.Members[seat.User], seat.Place)
		}
		if seat.Role == chat.Owner {
			owners++
		}
	}
	if owners != min(1, len(seats)) {
		g.t.Errorf("%d owners among %d members", owners, len(seats))
	}
	return head
}

func (g *groups) last(c chat.ConversationID) chat.Entry {
	g.t.Helper()
	entries := g.entries(g.t, c)
	return entries[len(entries)-1]
}

// must fails the test unless a change was made.
func (g *groups) must(out wire.Governed, err error) wire.Governed {
	g.t.Helper()
	if err != nil || out.Unchanged || out.Seq == 0 {
		g.t.Fatalf("%+v, %v", out, err)
	}
	return out
}

func (g *groups) unchanged(out wire.Governed, err error) {
	g.t.Helper()
	if err != nil || !out.Unchanged || out.Seq != 0 || out.Conversation == "" {
		g.t.Errorf("%+v, %v; want nothing to have changed", out, err)
	}
}

func (g *groups) refused(code chat.Code) func(wire.Governed, error) {
	return func(_ wire.Governed, err error) {
		g.t.Helper()
		wantCode(g.t, err, code)
	}
}

func crowd(prefix string, n int) (users []chat.UserID) {
	for i := range n {
		users = append(users, chat.UserID(fmt.Sprintf("%s%03d", prefix, i)))
	}
	return users
}

func sameUsers(a []chat.UserID, b ...chat.UserID) bool {
	a = slices.Clone(a)
	slices.Sort(a)
	slices.Sort(b)
	return slices.Equal(a, b)
}
