// Partner is a person who uses the Go client at the end of a pipe, for tests in another language: it reads commands and prints events and
// answers, one JSON object on each line.
//
//	{"ref":1,"do":"say","user":"ann","text":"hi"}    {"ref":1,"seq":2,"conversation":"d_…"}
//	{"ref":2,"do":"react","conversation":"d_…","seq":2,"text":"👍"}
//
// Commands name a conversation, or a user for the conversation with them. See act for what can be done. Events have "event":
// those of entries are as the wire has them, and receipt, typing, presence, state.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdin, os.Stdout); err != nil && !errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "partner:", err)
		os.Exit(1)
	}
}

// patience is how long a command may take.
const patience = 20 * time.Second

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) error {
	flags := flag.NewFlagSet("partner", flag.ContinueOnError)
	url := flags.String("url", "ws://127.0.0.1:8081/local", "where to connect")
	tokens := flags.String("tokens", "http://127.0.0.1:8080/dev/token", "where tokens come from")
	user := flags.String("user", "bob", "who this is")
	if err := flags.Parse(args); err != nil {
		return err
	}
	p := &partner{out: json.NewEncoder(out)}
	p.out.SetEscapeHTML(false)
	c, err := client.New(client.Options{
		URL: *url, User: chat.UserID(*user), Token: client.TokenFrom(*tokens, chat.UserID(*user)), Handle: p.event,
	})
	if err != nil {
		return err
	}
	p.client = c
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	go func() {
		defer cancel() // the end of the input is the end
		p.read(ctx, in)
	}()
	err = c.Run(ctx)
	c.Close()
	p.work.Wait()
	return err
}

// partner is the person.
type partner struct {
	client *client.Client
	work   sync.WaitGroup
	mu     sync.Mutex // guards out
	out    *json.Encoder
}

// command is one line of the input.
type command struct {
	Ref          int                 `json:"ref"`
	Do           string              `json:"do"`
	User         chat.UserID         `json:"user"`
	Conversation chat.ConversationID `json:"conversation"`
	Seq          chat.Seq            `json:"seq"`
	Text         string              `json:"text"`
	File         string              `json:"file"`
	Type         string              `json:"type"`
	Name         string              `json:"name"`
	Users        []chat.UserID       `json:"users"`
}

// answer is what came of a command.
type answer struct {
	Ref          int                 `json:"ref"`
	Conversation chat.ConversationID `json:"conversation,omitzero"`
	Seq          chat.Seq            `json:"seq,omitzero"`
	Text         string              `json:"text,omitzero"`
	Code         string              `json:"code,omitzero"`
	Error        string              `json:"error,omitzero"`
}

// invite makes a link into a group, whose code is in the answer.
func (p *partner) invite(ctx context.Context, c command) (answer, error) {
	link, err := p.client.Invite(ctx, c.Conversation, 0, 0)
	return answer{Conversation: c.Conversation, Text: string(link.Code)}, err
}

func (p *partner) read(ctx context.Context, in io.Reader) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var c command
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			p.print(answer{Error: err.Error()})
			continue
		}
		p.work.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, patience)
			defer cancel()
			a, err := p.answer(ctx, c)
			a.Ref = c.Ref
			if err != nil {
				a.Error = err.Error()
			}
			if known, ok := errors.AsType[*client.Error](err); ok {
				a.Code = string(known.Code)
			}
			p.print(a)
		})
	}
}

func (p *partner) answer(ctx context.Context, c command) (answer, error) {
	if c.Do == "invite" {
		return p.invite(ctx, c)
	}
	accepted, err := p.act(ctx, c)
	return answer{Conversation: accepted.Conversation, Seq: accepted.Seq}, err
}

func (p *partner) act(ctx context.Context, c command) (accepted wire.Accepted, err error) {
	to := client.To(c.Conversation)
	if c.User != "" {
		to, c.Conversation = client.ToUser(c.User), chat.DirectID(p.client.User(), c.User)
	}
	accepted.Conversation = c.Conversation
	switch c.Do {
	case "say":
		return p.client.Send(ctx, to, client.Text(c.Text))
	case "reply":
		return p.client.Send(ctx, to, wire.Content{Text: c.Text, Reply: c.Seq})
	case "thread":
		return p.client.Send(ctx, client.ToThread(c.Conversation, c.Seq), client.Text(c.Text))
	case "file":
		return p.file(ctx, to, c)
	case "edit":
		return p.client.Edit(ctx, c.Conversation, c.Seq, wire.Revision{Text: c.Text})
	case "delete":
		return p.client.Delete(ctx, c.Conversation, c.Seq)
	case "react":
		return p.client.React(ctx, c.Conversation, c.Seq, c.Text)
	case "pin":
		return p.client.Pin(ctx, c.Conversation, c.Seq)
	case "group":
		return p.client.CreateGroup(ctx, c.Name, c.Users...)
	case "typing":
		p.client.Typing(c.Conversation, wire.Doing(c.Text))
		return accepted, nil
	case "read":
		p.client.MarkRead(c.Conversation, c.Seq)
		return accepted, nil
	case "accept":
		return accepted, p.client.Accept(ctx, c.Conversation)
	case "profile":
		_, err := p.client.SetProfile(ctx, c.Name, c.Text, "")
		return accepted, err
	case "admit": // whose first messages are no requests: everyone, contacts, nobody
		_, err := p.client.Settings(ctx, wire.Settings{Messages: chat.Audience(c.Text)})
		return accepted, err
	case "contact":
		return accepted, p.client.SetContact(ctx, c.User, c.Name)
	default:
		return accepted, fmt.Errorf("nobody can %q", c.Do)
	}
}

func (p *partner) file(ctx context.Context, to wire.Target, c command) (wire.Accepted, error) {
	f, err := os.Open(c.File)
	if err != nil {
		return wire.Accepted{}, err
	}
	defer f.Close()
	name := c.Name
	if name == "" {
		name = filepath.Base(c.File)
	}
	a, err := p.client.Upload(ctx, client.File{Name: name, Type: c.Type, Content: f})
	if err != nil {
		return wire.Accepted{}, err
	}
	return p.client.Send(ctx, to, wire.Content{Text: c.Text, Attachments: []wire.Attachment{a}})
}

// heard is an event that is no entry.
type heard struct {
	Event        string              `json:"event"`
	Conversation chat.ConversationID `json:"conversation,omitzero"`
	User         chat.UserID         `json:"user,omitzero"`
	Kind         string              `json:"kind,omitzero"`
	Read         chat.Seq            `json:"read,omitzero"`
	Delivered    chat.Seq            `json:"delivered,omitzero"`
}

func (p *partner) event(e client.Event) {
	switch e := e.(type) {
	case client.Entry:
		p.print(e.Entry)
	case client.Typing:
		p.print(heard{Event: "typing", Conversation: e.Conversation, User: e.User, Kind: string(e.Kind)})
	case client.Receipt:
		p.print(heard{Event: "receipt", Conversation: e.Conversation, User: e.User, Read: e.Read, Delivered: e.Delivered})
	case client.State:
		p.print(heard{Event: "state", Kind: e.Phase.String()})
	case client.CaughtUp:
		p.print(heard{Event: "caught up"})
	}
}

func (p *partner) print(line any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.out.Encode(line) // who reads it is gone: nobody to tell
}
