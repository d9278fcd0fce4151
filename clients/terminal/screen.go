package main

import (
	"context"
	"os"
	"time"

	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// screen is the model of the terminal (tea.Model). Only Update changes it; what takes time runs in a tea.Cmd and comes
// back as one of the messages below.
type screen struct {
	ctx    context.Context
	client *client.Client
	marks  marks
	set    settings
	now    func() time.Time
	tell   func(tea.Msg) // from a command that is still running

	rooms    rooms
	called   called
	open     *room     // nil until one is chosen
	since    time.Time // when it was last asked who is in the rooms of the list
	caughtUp bool
	state    client.State
	slowed   time.Time // until when the server lets the user wait
	notice   string
	uploads  int // files that are on their way to the store
	input    textinput.Model

	width, height int
	scroll        int // lines between the end of the messages and the end of the window
	loading       bool
	numbers       bool      // the seqs of messages are shown
	leaving       bool      // it was tried to leave while something was on its way
	touched       time.Time // when the last key was
	away          bool      // others were told that nobody is here
}

// Messages.
type (
	// arrived is an event of the client.
	arrived struct{ event client.Event }
	// tick comes each second.
	tick struct{}
	// paged is a page of history.
	paged struct {
		room *room
		page wire.Page
		err  error
	}
	// present are the members of a room.
	present struct {
		room    *room
		members []wire.MemberLine
		err     error
	}
	// joined are the user's conversations, which were asked for because there is a new one.
	joined struct {
		conversations []wire.Conversation
		err           error
	}
	// decided is the outcome of a message.
	decided struct {
		room *room
		out  *outgoing
	}
	// uploaded is a file that can be attached, unless err says why not.
	uploaded struct {
		room       *room
		attachment wire.Attachment
		text       string
		err        error
	}
	// recalled are the drafts that were begun, and listed is what is scheduled.
	recalled []wire.Draft
	listed   []wire.Scheduled
	// found is what a search found.
	found struct {
		hits []wire.Hit
		more bool
		err  error
	}
	// noted is shown in the status line. What is seen of others is in presence.go.
	noted string
)

// refresh is how often presence is asked for.
const refresh = 60 * time.Second

// showScreen runs the program in a terminal until the user leaves.
func showScreen(ctx context.Context, s settings, m marks, in, out *os.File) error {
	var program *tea.Program
	c, err := connect(s, m, func(e client.Event) { program.Send(arrived{e}) })
	if err != nil {
		return err
	}
	model := newScreen(ctx, s, m, c)
	program = tea.NewProgram(model, tea.WithContext(ctx), tea.WithInput(in), tea.WithOutput(out), tea.WithAltScreen())
	model.tell = program.Send
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	_, err = program.Run()
	c.Close()
	<-ended
	if ctx.Err() != nil {
		return nil // asked to end by a signal
	}
	return err
}

func newScreen(ctx context.Context, s settings, m marks, c *client.Client) *screen {
	input := textinput.New()
	input.Placeholder = "write, or /help"
	input.Prompt = "› "
	input.Focus()
	return &screen{
		ctx: ctx, client: c, marks: m, set: s, now: time.Now, tell: func(tea.Msg) {},
		rooms: newRooms(s.user), called: called{profiles: map[chat.UserID]string{}}, input: input,
	}
}

// Init begins the clock and registers for notifications.
func (s *screen) Init() tea.Cmd {
	return tea.Batch(textinput.Blink, everySecond(), func() tea.Msg {
		if err := register(s.ctx, s.client, s.set); err != nil {
			return noted("no notifications: " + explain(err))
		}
		return nil
	})
}

func everySecond() tea.Cmd {
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return tick{} })
}
