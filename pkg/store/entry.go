package store

import (
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// reactionPrefix precedes a user in the attribute that holds what they have on a message: each user's is an attribute of its
// own, so that two who react at once do not meet.
const reactionPrefix = "r#"

// hidePrefix precedes a user who has hidden the message from themselves.
const hidePrefix = "h#"

// What a user sees alone of a message is in attributes of the user, too: what they edited it to, and what they have on it.
const (
	editedPrefix = "e#"
	markedPrefix = "m#"
)

// editedItem is what somebody who was blocked edited a message to.
type editedItem struct {
	Text      string   `dynamo:"text,omitempty"`
	Mentions  []string `dynamo:"mentions,omitempty"`
	Everybody bool     `dynamo:"everybody,omitempty"`
}

// entryItem is an entry. The size of the item decides what storing it costs, so names are short.
type entryItem struct {
	Conversation string           `dynamo:"conversation,hash"`
	Item         string           `dynamo:"item,range"`
	Kind         chat.EntryKind   `dynamo:"kind"`
	ID           string           `dynamo:"id"`
	From         string           `dynamo:"from"`
	To           string           `dynamo:"to,omitempty"`
	At           int64            `dynamo:"at"`
	Text         string           `dynamo:"text,omitempty"`
	Files        []attachmentItem `dynamo:"files,omitempty"`
	Reply        chat.Seq         `dynamo:"reply,omitempty"`
	Mentions     []string         `dynamo:"mentions,omitempty"`
	Everybody    bool             `dynamo:"everybody,omitempty"`
	Forwarded    bool             `dynamo:"forwarded,omitempty"`
	InParent     bool             `dynamo:"inparent,omitempty"`
	OfThread     string           `dynamo:"ofthread,omitempty"`
	Of           chat.Seq         `dynamo:"of,omitempty"`
	Off          bool             `dynamo:"off,omitempty"`
	Thread       string           `dynamo:"thread,omitempty"` // of a message the one about it
	Timer        int64            `dynamo:"timer,omitempty"`  // seconds: then what it says is in an item of its own
	TimerFrom    chat.Start       `dynamo:"timerFrom,omitempty"`
	Target       chat.Seq         `dynamo:"target,omitempty"`
	Reactions    []string         `dynamo:"reactions,omitempty"`
	Name         string           `dynamo:"name,omitempty"`
	Size         int              `dynamo:"size,omitempty"`
	Users        []string         `dynamo:"users,omitempty"`
	Role         chat.Role        `dynamo:"role,omitempty"`
	Setup        *amendmentItem   `dynamo:"setup,omitempty"`
	Rules        chat.Seq         `dynamo:"rules,omitempty"`
	Hidden       bool             `dynamo:"hidden,omitempty"`
	Unattended   bool             `dynamo:"unattended,omitempty"`
	// What became of it.
	Version   int      `dynamo:"version,omitempty"`
	Edited    int64    `dynamo:"edited,omitempty"`
	Deleted   bool     `dynamo:"deleted,omitempty"`
	Announced chat.Seq `dynamo:"announced,omitempty"`
	Shown     chat.Seq `dynamo:"shown,omitempty"`
	Hides     int      `dynamo:"hides,omitempty"` // how many users have hidden it
	paceItem
}

// paceItem is how fast the conversation went. What is slow leaves nothing: no level is below that of one entry, so 0 stands
// for one.
type paceItem struct {
	Heat chat.Level `dynamo:"heat,omitempty"`
	Flow chat.Level `dynamo:"flow,omitempty"`
	Own  chat.Level `dynamo:"own,omitempty"`
}

func newPace(p chat.Pace) paceItem {
	item := paceItem{Own: p.Own}
	if p.Heat > chat.OneEntry {
		item.Heat = p.Heat
	}
	if p.Flow > chat.OneEntry {
		item.Flow = p.Flow
	}
	return item
}

func (i paceItem) pace() chat.Pace {
	return chat.Pace{Heat: max(i.Heat, chat.OneEntry), Flow: max(i.Flow, chat.OneEntry), Own: i.Own}
}

type attachmentItem struct {
	Media string `dynamo:"media"`
	Name  string `dynamo:"name"`
	Type  string `dynamo:"type"`
	Size  int64  `dynamo:"size"`
	Owner string `dynamo:"owner,omitempty"`
}

// amendmentItem is what was changed of a group.
type amendmentItem struct {
	Name     *string          `dynamo:"name,omitempty"`
	Picture  *chat.MediaID    `dynamo:"picture,omitempty,allowempty"` // "" takes it away
	Announce *bool            `dynamo:"announce,omitempty"`
	Slow     *time.Duration   `dynamo:"slow,omitempty"`
	History  *chat.Visibility `dynamo:"history,omitempty"`
	Timer    *chat.Timer      `dynamo:"timer,omitempty"`
}

func newEntry(e chat.Entry) entryItem {
	item := entryItem{
		Conversation: string(e.Conversation), Item: entryKey(e.Seq), Kind: e.Kind, ID: string(e.ID),
		From: string(e.From), To: string(e.To), At: e.At.UnixMilli(),
		Off: e.Body.Off, Thread: string(e.Body.Thread), Target: e.Body.Target, Reactions: e.Body.Reactions, Name: e.Body.Name, Size: e.Body.Size,
		Users: names(e.Body.Users), Role: e.Body.Role, Setup: (*amendmentItem)(e.Body.Setup), Rules: e.Rules, Hidden: e.Hidden, Unattended: e.Unattended,
		paceItem: newPace(e.Pace), Version: e.State.Version,
	}
	if !e.State.Edited.IsZero() {
		item.Edited = e.State.Edited.UnixMilli()
	}
	if dies(e) {
		item.Timer, item.TimerFrom = seconds(e.Timer.After), e.Timer.From
		return item
	}
	item.Text, item.Reply, item.Mentions, item.Everybody = e.Body.Text, e.Body.Reply, names(e.Body.Mentions), e.Body.Everybody
	item.Forwarded, item.Files = e.Body.Forwarded, newFiles(e.Body.Attachments)
	item.InParent, item.OfThread, item.Of = e.Body.InParent, string(e.Body.Of.Conversation), e.Body.Of.Seq
	return item
}

func newFiles(attachments []chat.Attachment) []attachmentItem {
	var files []attachmentItem
	for _, a := range attachments {
		files = append(files, attachmentItem{string(a.Media), a.Name, a.Type, a.Size, string(a.Owner)})
	}
	return files
}

func filesOf(items []attachmentItem) []chat.Attachment {
	var attachments []chat.Attachment
	for _, f := range items {
		attachments = append(attachments, chat.Attachment{
			Media: chat.MediaID(f.Media), Name: f.Name, Type: f.Type, Size: f.Size, Owner: chat.UserID(f.Owner),
		})
	}
	return attachments
}

// entryOf reads an entry.
func entryOf(from dynamo.Item) (chat.Entry, error) {
	var i entryItem
	if err := dynamo.UnmarshalItem(from, &i); err != nil {
		return chat.Entry{}, fmt.Errorf("entry: %w", err)
	}
	seq, err := seqOf(i.Item)
	if err != nil {
		return chat.Entry{}, fmt.Errorf("entry %s of %s: %w", i.Item, i.Conversation, err)
	}
	e := chat.Entry{
		Conversation: chat.ConversationID(i.Conversation), Seq: seq, Kind: i.Kind, ID: chat.MessageID(i.ID),
		From: chat.UserID(i.From), To: chat.UserID(i.To), At: time.UnixMilli(i.At).UTC(),
		Body: chat.Body{
			Text: i.Text, Attachments: filesOf(i.Files), Reply: i.Reply, Mentions: users(i.Mentions), Everybody: i.Everybody,
			Forwarded: i.Forwarded, InParent: i.InParent, Of: chat.Reference{Conversation: chat.ConversationID(i.OfThread), Seq: i.Of}, Off: i.Off, Target: i.Target, Reactions: i.Reactions, Name: i.Name, Size: i.Size,
			Users: users(i.Users), Role: i.Role, Setup: (*chat.Amendment)(i.Setup),
		},
		Rules: i.Rules, Hidden: i.Hidden, Unattended: i.Unattended, Timer: timer(i.Timer, i.TimerFrom),
		State: chat.State{Version: i.Version, Deleted: i.Deleted, Announced: i.Announced, Shown: i.Shown},
		Pace:  i.pace(),
	}
	if i.Edited != 0 {
		e.State.Edited = time.UnixMilli(i.Edited).UTC()
	}
	e.Until = e.Timer.Until(e.At)
	if thread := chat.ConversationID(i.Thread); e.Kind == chat.Message {
		e.State.Thread = thread
	} else {
		e.Body.Thread = thread
	}
	return e, addMarks(&e.State, from)
}

// addMarks reads what users have put on a message, each in an attribute of their own.
func addMarks(state *chat.State, item dynamo.Item) error {
	for name, value := range item {
		if err := addAside(state, name, value); err != nil {
			return err
		}
		if user, ok := strings.CutPrefix(name, hidePrefix); ok {
			state.Hides = append(state.Hides, chat.UserID(user))
		}
		user, ok := strings.CutPrefix(name, reactionPrefix)
		if !ok {
			continue
		}
		var marks []string
		if err := dynamo.Unmarshal(value, &marks); err != nil {
			return fmt.Errorf("reactions: %w", err)
		}
		if state.Reactions == nil {
			state.Reactions = map[chat.UserID][]string{}
		}
		state.Reactions[chat.UserID(user)] = marks
	}
	return nil
}

// addAside reads what a user sees alone.
func addAside(state *chat.State, name string, value types.AttributeValue) error {
	editor, edited := strings.CutPrefix(name, editedPrefix)
	marker, marked := strings.CutPrefix(name, markedPrefix)
	if !edited && !marked {
		return nil
	}
	if state.Asides == nil {
		state.Asides = map[chat.UserID]chat.Aside{}
	}
	if marked {
		a := state.Asides[chat.UserID(marker)]
		a.User, a.Reacted = chat.UserID(marker), true
		err := dynamo.Unmarshal(value, &a.Marks)
		state.Asides[a.User] = a
		return err
	}
	var item editedItem
	err := dynamo.Unmarshal(value, &item)
	a := state.Asides[chat.UserID(editor)]
	a.User, a.Edited, a.Text, a.Mentions, a.Everybody = chat.UserID(editor), true, item.Text, users(item.Mentions), item.Everybody
	state.Asides[a.User] = a
	return err
}

func entries(items []dynamo.Item) ([]chat.Entry, error) {
	out := make([]chat.Entry, len(items))
	for i, item := range items {
		e, err := entryOf(item)
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

func names(users []chat.UserID) []string {
	var out []string
	for _, user := range users {
		out = append(out, string(user))
	}
	return out
}

func users(names []string) []chat.UserID {
	var out []chat.UserID
	for _, name := range names {
		out = append(out, chat.UserID(name))
	}
	return out
}
