package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// step is something that a member does with a text; a script is a JSON array of them.
type step struct {
	// As is the member.
	As chat.UserID `json:"as"`
	// Do is one of say; file, to send a file of that name; name, to be called so; group, to make one of that name with With;
	// and react, to put the text on a message of one's own.
	Do   string      `json:"do"`
	Text string      `json:"text"`
	With chat.UserID `json:"with"`
}

// done is what came of a step: the seq of its message if it has one, and why it was refused. A reaction that is refused leaves
// the message that it was for.
type done struct {
	Seq     chat.Seq  `json:"seq,omitzero"`
	Refused chat.Code `json:"refused,omitzero"`
}

func read(in io.Reader) (steps []step, err error) {
	if err := json.NewDecoder(in).Decode(&steps); err != nil {
		return nil, fmt.Errorf("script: %w", err)
	}
	return steps, nil
}

// play takes the steps in their order and writes {"conversation":…,"done":[…]}, with as many results as steps. What is refused
// for what it says is a result; everything else ends it.
func (g *group) play(ctx context.Context, steps []step, out io.Writer) error {
	results := make([]done, len(steps))
	for i, s := range steps {
		seq, err := g.take(ctx, s)
		refusal, refused := errors.AsType[*chat.Error](err)
		results[i].Seq = seq
		switch {
		case refused:
			results[i].Refused = refusal.Code
		case err != nil:
			return fmt.Errorf("step %d: %w", i, err)
		}
	}
	return json.NewEncoder(out).Encode(struct {
		Conversation chat.ConversationID `json:"conversation"`
		Done         []done              `json:"done"`
	}{g.id, results})
}

func (g *group) take(ctx context.Context, s step) (chat.Seq, error) {
	switch s.Do {
	case "say":
		return g.say(ctx, s.As, wire.Content{Text: s.Text})
	case "file":
		random := make([]byte, 16)
		_, _ = rand.Read(random) // never fails
		return g.say(ctx, s.As, wire.Content{Attachments: []wire.Attachment{
			{Media: chat.NewMediaID(random), Name: s.Text, Type: "application/pdf", Size: 1},
		}})
	case "name":
		return 0, g.rename(ctx, s.As, s.Text)
	case "group":
		_, err := g.create(ctx, s.Text, []chat.UserID{s.As, s.With})
		return 0, err
	case "react":
		seq, err := g.say(ctx, s.As, wire.Content{Text: "reacted to"})
		if err != nil {
			return 0, err
		}
		return seq, g.react(ctx, s.As, seq, s.Text)
	default:
		return 0, fmt.Errorf("nobody can %q", s.Do)
	}
}
