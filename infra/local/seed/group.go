package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/people"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// pace is how far apart entries are: below one each second nobody is limited.
const pace = 40 * time.Second

// group is the conversation that is filled.
type group struct {
	sender *send.Sender
	people *people.Keeper
	id     chat.ConversationID
	head   chat.Seq
	at     time.Time
}

// begin makes the group, so long ago that its newest entry will be of now.
func begin(ctx context.Context, address, title string, members []chat.UserID, entries int) (*group, error) {
	db := dynamo.New(aws.Config{
		Region: stack.Region, BaseEndpoint: &address,
		Credentials: credentials.NewStaticCredentialsProvider(stack.AccessKey, stack.SecretKey, ""),
	})
	g := &group{at: time.Now().Add(-time.Duration(entries+1) * pace)}
	now := func() time.Time { return g.at }
	log := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	keep, sessions := store.NewPeople(db, topology.People.Name), store.NewSessions(db, topology.Sessions.Name)
	g.sender = &send.Sender{
		Log: log, Standings: log, Directs: log, People: keep, Sessions: sessions, Deliver: nobody{}, Attachments: anything{}, Now: now,
	}
	g.people = &people.Keeper{Profiles: keep, Sessions: sessions, Now: now}
	made, err := g.create(ctx, title, members)
	g.id, g.head = made.Conversation, made.Seq
	return g, err
}

// create makes a group, this one or another.
func (g *group) create(ctx context.Context, title string, members []chat.UserID) (chat.Entry, error) {
	q, err := checked(wire.Create{Head: head("create"), ID: id(), Name: title, Members: members[1:]})
	if err != nil {
		return chat.Entry{}, err
	}
	return g.sender.Create(ctx, chat.Identity{User: members[0]}, q)
}

// say appends a message.
func (g *group) say(ctx context.Context, who chat.UserID, body wire.Content) (chat.Seq, error) {
	g.at = g.at.Add(pace)
	q, err := checked(wire.Send{Head: head("send"), ID: id(), To: wire.Target{Conversation: g.id}, After: &g.head, Body: body})
	if err != nil {
		return 0, err
	}
	e, err := g.sender.Send(ctx, chat.Identity{User: who}, q)
	if err == nil {
		g.head = e.Seq
	}
	return e.Seq, err
}

// react puts a mark on a message.
func (g *group) react(ctx context.Context, who chat.UserID, seq chat.Seq, mark string) error {
	g.at = g.at.Add(pace)
	q, err := checked(wire.React{
		Change: wire.Change{Head: head("react"), ID: id(), Conversation: g.id, Seq: seq, After: &g.head}, Reactions: []string{mark},
	})
	if err != nil {
		return err
	}
	e, err := g.sender.React(ctx, chat.Identity{User: who}, q)
	if err == nil {
		g.head = e.Seq
	}
	return err
}

// rename gives a person a name.
func (g *group) rename(ctx context.Context, who chat.UserID, name string) error {
	q, err := checked(wire.Profile{Head: head("profile"), Name: name})
	if err == nil {
		_, err = g.people.Profile(ctx, chat.Identity{User: who}, q)
	}
	return err
}

func head(action string) wire.Head { return wire.Head{Action: action, Ref: "1"} }

// checked is a request as a function would read it, or why it would be refused.
func checked[Q any, R interface {
	*Q
	wire.Request
}](q Q) (read Q, err error) {
	frame, err := wire.Encode(q)
	if err == nil {
		err = wire.Decode(frame, R(&read))
	}
	return read, err
}

// nobody is told: there is no connection that this could be posted to.
type nobody struct{}

func (nobody) Deliver(context.Context, chat.Conversation, chat.Entry, chat.ConnectionID) error {
	return nil
}

// anything can be attached: files that are not there show their names, and cannot be opened.
type anything struct{}

func (anything) Check(context.Context, chat.UserID, []chat.Attachment) error { return nil }

func (anything) CheckFor(context.Context, chat.UserID, []chat.Attachment, time.Duration) error {
	return nil
}

func id() chat.MessageID {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	return chat.MessageID(fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:]))
}
