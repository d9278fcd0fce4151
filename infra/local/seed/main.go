// Seed fills a running local stack with a group conversation, by the code that the functions run and faster than any client
// may: its clock is set back and moves on by itself, so the rates that a group has are kept and nobody waits. What it asks for is
// checked as frames are. Members are told nothing: their clients find it in their list. Either it makes up messages,
//
//	seed -dynamodb http://127.0.0.1:8083 -members ann,bob -messages 10000
//
// and prints the group's id, or it does what the standard input says, see script.go.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
)

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "seed:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("seed", flag.ContinueOnError)
	address := flags.String("dynamodb", "http://127.0.0.1:8083", "the DynamoDB of the stack")
	names := flags.String("members", "ann,bob", "who is in the group, its owner first; nobody whom any of them has blocked")
	title := flags.String("name", "The long one", "name of the group")
	count := flags.Int("messages", 10_000, "how many messages to make up")
	script := flags.Bool("script", false, "do what the standard input says instead")
	if err := flags.Parse(args); err != nil {
		return err
	}
	members, err := users(*names)
	if err != nil {
		return err
	}
	var steps []step
	if *script {
		if steps, err = read(os.Stdin); err != nil {
			return err
		}
		*count = 2 * len(steps) // a step takes up to two entries
	}
	g, err := begin(ctx, *address, *title, members, *count)
	if err != nil {
		return err
	}
	if *script {
		return g.play(ctx, steps, os.Stdout)
	}
	if err := g.chatter(ctx, members, *count); err != nil {
		return err
	}
	fmt.Println(g.id)
	return nil
}

func users(names string) (all []chat.UserID, err error) {
	for name := range strings.SplitSeq(names, ",") {
		if !chat.UserID(name).Valid() {
			return nil, fmt.Errorf("members: %q is no user id", name)
		}
		all = append(all, chat.UserID(name))
	}
	if len(all) < 2 {
		return nil, errors.New("members: somebody besides the owner")
	}
	return all, nil
}
