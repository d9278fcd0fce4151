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
	Blocked      []string             `dynamo:"blocked,set,omitempty"`
	Request      string               `dynamo:"request,omitempty"`
}

func newHead(c chat.Conversation) headItem {
	h := headItem{
		Conversation: string(c.ID), Item: headKey, Kind: c.Kind, Name: c.Name,
		Creator: string(c.Creator), Created: c.Created.UnixMilli(), Size: c.Size, Request: string(c.Request),
	}
	for user := range c.Blocked {
		h.Blocked = append(h.Blocked, string(user))
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
		Creator: chat.UserID(h.Creator), Created: time.UnixMilli(h.Created).UTC(), Size: h.Size, Request: chat.UserID(h.Request),
	}
	for _, user := range h.Blocked {
		if c.Blocked == nil {
			c.Blocked = map[chat.UserID]bool{}
		}
		c.Blocked[chat.UserID(user)] = true
	}
	if h.Members != nil {
		c.Members = make(map[chat.UserID]chat.Role, len(h.Members))
		for user, role := range h.Members {
			c.Members[chat.UserID(user)] = role
		}
	}
	return c
}

// memberItem is a member. "user" is the index's key: only members have it.
type memberItem struct {
	Conversation string    `dynamo:"conversation,hash"`
	Item         string    `dynamo:"item,range"`
	User         string    `dynamo:"user"`
	Role         chat.Role `dynamo:"role"`
}
