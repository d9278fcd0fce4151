package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// The sort keys of the conversations table, in their order.
const (
	memberPrefix = "A#"
	entryPrefix  = "M#"
	headKey      = "Z#head"
)

func memberKey(user chat.UserID) string { return memberPrefix + string(user) }

// entryKey pads to the digits of chat.MaxSeq, so that keys sort as numbers do.
func entryKey(seq chat.Seq) string { return fmt.Sprintf("%s%016d", entryPrefix, seq) }

func seqOf(key string) (chat.Seq, error) {
	n, err := strconv.ParseUint(strings.TrimPrefix(key, entryPrefix), 10, 64)
	return chat.Seq(n), err
}

// headItem is the header.
type headItem struct {
	Conversation string               `dynamo:"conversation,hash"`
	Item         string               `dynamo:"item,range"`
	Kind         chat.Kind            `dynamo:"kind"`
	Name         string               `dynamo:"name,omitempty"`
	Creator      string               `dynamo:"creator"`
	Created      int64                `dynamo:"created"`
	Size         int                  `dynamo:"size"`
	Members      map[string]chat.Role `dynamo:"members,omitempty"`
}

func newHead(c chat.Conversation) headItem {
	h := headItem{
		Conversation: string(c.ID), Item: headKey, Kind: c.Kind, Name: c.Name,
		Creator: string(c.Creator), Created: c.Created.UnixMilli(), Size: c.Size,
	}
	if c.Members != nil {
		h.Members = make(map[string]chat.Role, len(c.Members))
		for user, role := range c.Members {
			h.Members[string(user)] = role
		}
	}
	return h
}

func (h headItem) conversation() chat.Conversation {
	c := chat.Conversation{
		ID: chat.ConversationID(h.Conversation), Kind: h.Kind, Name: h.Name,
		Creator: chat.UserID(h.Creator), Created: time.UnixMilli(h.Created).UTC(), Size: h.Size,
	}
	if h.Members != nil {
		c.Members = make(map[chat.UserID]chat.Role, len(h.Members))
		for user, role := range h.Members {
			c.Members[chat.UserID(user)] = role
		}
	}
	return c
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
	Name         string           `dynamo:"name,omitempty"`
	Size         int              `dynamo:"size,omitempty"`
}

type attachmentItem struct {
	Media string `dynamo:"media"`
	Name  string `dynamo:"name"`
	Type  string `dynamo:"type"`
	Size  int64  `dynamo:"size"`
}

func newEntry(e chat.Entry) entryItem {
	item := entryItem{
		Conversation: string(e.Conversation), Item: entryKey(e.Seq), Kind: e.Kind, ID: string(e.ID),
		From: string(e.From), To: string(e.To), At: e.At.UnixMilli(),
		Text: e.Body.Text, Name: e.Body.Name, Size: e.Body.Size,
	}
	for _, a := range e.Body.Attachments {
		item.Files = append(item.Files, attachmentItem{string(a.Media), a.Name, a.Type, a.Size})
	}
	return item
}

func (i entryItem) entry() (chat.Entry, error) {
	seq, err := seqOf(i.Item)
	if err != nil {
		return chat.Entry{}, fmt.Errorf("entry %s of %s: %w", i.Item, i.Conversation, err)
	}
	e := chat.Entry{
		Conversation: chat.ConversationID(i.Conversation), Seq: seq, Kind: i.Kind, ID: chat.MessageID(i.ID),
		From: chat.UserID(i.From), To: chat.UserID(i.To), At: time.UnixMilli(i.At).UTC(),
		Body: chat.Body{Text: i.Text, Name: i.Name, Size: i.Size},
	}
	for _, f := range i.Files {
		e.Body.Attachments = append(e.Body.Attachments, chat.Attachment{
			Media: chat.MediaID(f.Media), Name: f.Name, Type: f.Type, Size: f.Size,
		})
	}
	return e, nil
}

func entries(items []entryItem) ([]chat.Entry, error) {
	out := make([]chat.Entry, len(items))
	for i, item := range items {
		e, err := item.entry()
		if err != nil {
			return nil, err
		}
		out[i] = e
	}
	return out, nil
}

// memberItem is a member. "user" is the index's key: only members have it.
type memberItem struct {
	Conversation string    `dynamo:"conversation,hash"`
	Item         string    `dynamo:"item,range"`
	User         string    `dynamo:"user"`
	Role         chat.Role `dynamo:"role"`
	Joined       chat.Seq  `dynamo:"joined"`
}
