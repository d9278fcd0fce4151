package client_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

// connect makes a client of a user against the server of the examples.
func connect(server *clienttest.Server, user chat.UserID, handle func(client.Event)) *client.Client {
	c, err := client.New(client.Options{
		URL: server.URL, User: user, Handle: handle,
		Token: func(context.Context) (string, error) { return clienttest.Token(user), nil },
	})
	if err != nil {
		log.Fatal(err)
	}
	return c
}

func serve() *clienttest.Server {
	server, err := clienttest.Start()
	if err != nil {
		log.Fatal(err)
	}
	return server
}

func Example() {
	server := serve()
	defer server.Close()
	ctx := context.Background()

	// Bob answers whatever he is told. He may do so inside Handle.
	said := make(chan string)
	var bob *client.Client
	bob = connect(server, "bob", func(e client.Event) {
		if e, ok := e.(client.Entry); ok && e.From != "bob" {
			_, _ = bob.Send(ctx, client.To(e.Conversation), client.Text("you said "+e.Body.Text))
		}
	})
	go bob.Run(ctx)
	defer bob.Close()

	ann := connect(server, "ann", func(e client.Event) {
		if e, ok := e.(client.Entry); ok {
			said <- fmt.Sprintf("%d %s: %s", e.Seq, e.From, e.Body.Text)
		}
	})
	go ann.Run(ctx)
	defer ann.Close()

	go ann.Send(ctx, client.ToUser("bob"), client.Text("hi"))
	fmt.Println(<-said)
	fmt.Println(<-said)
	// Output:
	// 1 ann: hi
	// 2 bob: you said hi
}

func ExampleClient_Send() {
	server := serve()
	defer server.Close()
	ctx := context.Background()
	ann := connect(server, "ann", nil)
	go ann.Run(ctx)
	defer ann.Close()

	_, err := ann.Send(ctx, client.To(chat.DirectID("bob", "cat")), client.Text("let me in"))
	if e, ok := errors.AsType[*client.Error](err); ok {
		fmt.Println(e.Code, e.Temporary)
	}
	// Output: forbidden false
}

func ExampleClient_Queue() {
	server := serve()
	defer server.Close()
	ann := connect(server, "ann", nil)
	defer ann.Close()

	// Nothing is connected yet: a user interface shows the message as being sent.
	pending := ann.Queue(client.ToUser("bob"), client.Text("hi"))
	go ann.Run(context.Background())
	accepted, err := pending.Result()
	fmt.Println(accepted.Seq, accepted.ID == pending.ID, err)
	// Output: 1 true <nil>
}

func ExampleClient_Upload() {
	server := serve()
	defer server.Close()
	ctx := context.Background()
	ann := connect(server, "ann", nil)
	go ann.Run(ctx)
	defer ann.Close()

	menu, err := ann.Upload(ctx, client.File{Name: "menu.txt", Type: "text/plain", Content: bytes.NewReader([]byte("soup"))})
	if err != nil {
		log.Fatal(err)
	}
	_, err = ann.Send(ctx, client.ToUser("bob"), wire.Content{Text: "lunch?", Attachments: []wire.Attachment{menu}})
	fmt.Println(menu.Name, menu.Size, err)
	// Output: menu.txt 4 <nil>
}

func ExampleRoom() {
	server := serve()
	defer server.Close()
	ctx := context.Background()

	entries := make(chan client.Entry)
	bob := connect(server, "bob", func(e client.Event) {
		if e, ok := e.(client.Entry); ok {
			entries <- e
		}
	})
	go bob.Run(ctx)
	defer bob.Close()
	ann := connect(server, "ann", nil)
	go ann.Run(ctx)
	defer ann.Close()

	go func() {
		said, _ := ann.Send(ctx, client.ToUser("bob"), client.Text("see you at noon"))
		_, _ = ann.Edit(ctx, said.Conversation, said.Seq, wire.Revision{Text: "see you at one"})
		_, _ = ann.React(ctx, said.Conversation, said.Seq, "🍕")
	}()
	var room client.Room
	for range 3 {
		room.Apply((<-entries).Entry)
	}
	for _, m := range room.Messages() {
		fmt.Println(m.Body.Text, m.Version, m.Reactions)
	}
	// Output: see you at one 1 [{🍕 1 [ann]}]
}
