package main

import (
	"context"
	"os"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
)

// recent is how many entries count as new in a conversation that this device has never shown. Older ones are history.
const recent = 50

// run is the program.
func run(ctx context.Context, args []string, in, out *os.File) error {
	s, err := parse(args, os.Getenv, os.UserConfigDir)
	if err != nil {
		return err
	}
	m, err := openMarks(s.state)
	if err != nil {
		return err
	}
	if isTerminal(in) && isTerminal(out) {
		return showScreen(ctx, s, m, in, out)
	}
	return talkInLines(ctx, s, m, in, out)
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// connect makes the client; handle gets its events.
func connect(s settings, m marks, handle func(client.Event)) (*client.Client, error) {
	return client.New(client.Options{
		URL: s.url, User: s.user, Token: s.token, Device: s.device, Store: m, Handle: handle, HTTPClient: s.http,
		Begin: func(_ chat.ConversationID, head chat.Seq) chat.Seq { return max(head, recent) - recent },
	})
}

// register asks for notifications if the settings say so. The token is one that the local stack understands.
func register(ctx context.Context, c *client.Client, s settings) error {
	if !s.push {
		return nil
	}
	return c.Register(ctx, "fcm", "terminal-"+string(s.user)+"-"+string(s.device))
}

// marks are the seqs up to which conversations were shown, in a file. They are also where the client begins: what it
// delivers is what is unread.
type marks struct{ file *client.FileStore }

func openMarks(path string) (marks, error) {
	file, err := client.OpenFileStore(path)
	return marks{file}, err
}

// Load returns the marks.
func (m marks) Load() (map[chat.ConversationID]chat.Seq, error) { return m.file.Load() }

// Save does nothing: that an entry has arrived does not mean that it was shown.
func (m marks) Save(map[chat.ConversationID]chat.Seq) error { return nil }

// show moves a mark.
func (m marks) show(id chat.ConversationID, seq chat.Seq) error {
	return m.file.Save(map[chat.ConversationID]chat.Seq{id: seq})
}
