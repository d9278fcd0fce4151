// Seed fills a running local stack with one long group conversation, by the code that the functions run and faster than any
// client may: its clock is set back and moves on by itself, so the rates that a group has are kept and nobody waits.
// It prints the conversation's id. Members are told nothing: their clients find it in their list.
//
//	seed -dynamodb http://127.0.0.1:8083 -members ann,bob -messages 10000
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/send"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}

// pace is how far apart messages are: below one each second nobody is limited.
const pace = 40 * time.Second

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("seed", flag.ContinueOnError)
	address := flags.String("dynamodb", "http://127.0.0.1:8083", "the DynamoDB of the stack")
	names := flags.String("members", "ann,bob", "who is in the group, its owner first; nobody whom any of them has blocked")
	title := flags.String("name", "The long one", "name of the group")
	count := flags.Int("messages", 10_000, "how many messages")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var members []chat.UserID
	for name := range strings.SplitSeq(*names, ",") {
		if !chat.UserID(name).Valid() {
			return fmt.Errorf("members: %q is no user id", name)
		}
		members = append(members, chat.UserID(name))
	}
	if len(members) < 2 {
		return errors.New("members: somebody besides the owner")
	}
	db := dynamo.New(aws.Config{
		Region: stack.Region, BaseEndpoint: address,
		Credentials: credentials.NewStaticCredentialsProvider(stack.AccessKey, stack.SecretKey, ""),
	})
	at := time.Now().Add(-time.Duration(*count+1) * pace)
	log := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	s := &send.Sender{
		Log: log, Standings: log, Directs: log, Deliver: nobody{}, Attachments: files{}, Now: func() time.Time { return at },
		People: store.NewPeople(db, topology.People.Name), Sessions: store.NewSessions(db, topology.Sessions.Name),
	}
	random := rand.New(rand.NewPCG(1, 2)) // the same texts each time
	made, err := s.Create(ctx, chat.Identity{User: members[0]}, wire.Create{ID: id(), Name: *title, Members: members[1:]})
	if err != nil {
		return err
	}
	who := members[0]
	for after := made.Seq; after <= chat.Seq(*count); after++ {
		at = at.Add(pace)
		if random.IntN(3) == 0 { // people say a few things in a row
			who = members[random.IntN(len(members))]
		}
		_, err := s.Send(ctx, chat.Identity{User: who}, wire.Send{
			ID: id(), To: wire.Target{Conversation: made.Conversation}, After: &after, Body: content(random, after),
		})
		if err != nil {
			return fmt.Errorf("message %d: %w", after, err)
		}
	}
	fmt.Println(made.Conversation)
	return nil
}

// nobody is told: there is no connection that this could be posted to.
type nobody struct{}

func (nobody) Deliver(context.Context, chat.Conversation, chat.Entry, chat.ConnectionID) error {
	return nil
}

// files are none: nothing that is said here attaches any.
type files struct{}

func (files) Check(context.Context, chat.UserID, []chat.Attachment) error { return nil }

func (files) CheckFor(context.Context, chat.UserID, []chat.Attachment, time.Duration) error {
	return nil
}

func id() chat.MessageID {
	a, b := rand.Uint64(), rand.Uint64()
	return chat.MessageID(fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", a>>32, a>>16&0xffff, a&0xfff, b>>52, b&0xffffffffffff))
}

var words = strings.Fields(`tide harbour sail rope wind anchor chart north buoy deck keel mast storm calm gull
	lantern compass ferry pier wave coast island current signal crew morning tomorrow maybe certainly coffee`)

// content is a text of one word to some lines, now and then with a link, a picture sign or an answer to what was said before.
func content(random *rand.Rand, after chat.Seq) wire.Content {
	var b strings.Builder
	fmt.Fprintf(&b, "%d:", after)
	for range 1 + random.IntN(8)*random.IntN(8) {
		b.WriteString(" " + words[random.IntN(len(words))])
		if random.IntN(40) == 0 {
			b.WriteByte('\n')
		}
	}
	c := wire.Content{}
	switch random.IntN(20) {
	case 0:
		b.WriteString(" https://example.com/" + words[random.IntN(len(words))])
	case 1:
		b.WriteString(" ⛵️🌊")
	case 2:
		c.Reply = max(2, after-chat.Seq(random.IntN(50)))
		if after < c.Reply {
			c.Reply = 0
		}
	}
	c.Text = strings.TrimSpace(b.String())
	return c
}
