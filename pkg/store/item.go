package store

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// The sort keys of the conversations table, in their order.
const (
	memberPrefix = "A#"
	bodyPrefix   = "B#"
	banPrefix    = "D#"
	invitePrefix = "I#"
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
	Creator      string               `dynamo:"creator"`
	Created      int64                `dynamo:"created"`
	Size         int                  `dynamo:"size"`
	Members      map[string]placeItem `dynamo:"members,omitempty"`
	Rules        chat.Seq             `dynamo:"rules,omitempty"`
	Pins         []chat.Seq           `dynamo:"pins,omitempty"`
	Parent       string               `dynamo:"parent,omitempty"`
	Root         chat.Seq             `dynamo:"root,omitempty"`
	Blocked      []string             `dynamo:"blocked,set,omitempty"`
	Request      string               `dynamo:"request,omitempty"`
	Accepted     int64                `dynamo:"accepted,omitempty"`
	Epoch        chat.Epoch           `dynamo:"epoch,omitempty"`
	setupItem
}

// setupItem is what a group's members have chosen.
type setupItem struct {
	Name      string          `dynamo:"name,omitempty"`
	Picture   string          `dynamo:"picture,omitempty"`
	PictureBy string          `dynamo:"pictureBy,omitempty"`
	Announce  bool            `dynamo:"announce,omitempty"`
	Slow      int64           `dynamo:"slow,omitempty"` // milliseconds
	History   chat.Visibility `dynamo:"history,omitempty"`
	Timer     int64           `dynamo:"timer,omitempty"` // seconds
	TimerFrom chat.Start      `dynamo:"timerFrom,omitempty"`
	Timed     bool            `dynamo:"timed,omitempty"`
}

// placeItem is a place in the header. The header is read for every message and has up to 200 of them, so an ordinary
// member's is empty.
type placeItem struct {
	Role chat.Role `dynamo:"r,omitempty"` // "" for member
	From chat.Seq  `dynamo:"f,omitempty"`
}

// UnmarshalDynamo also reads the first form of a place, which was the role alone.
func (i *placeItem) UnmarshalDynamo(value types.AttributeValue) error {
	if role, ok := value.(*types.AttributeValueMemberS); ok {
		*i = newPlace(chat.Place{Role: chat.Role(role.Value)})
		return nil
	}
	type plain placeItem
	return dynamo.Unmarshal(value, (*plain)(i))
}

func newPlace(p chat.Place) placeItem {
	if p.Role == chat.Member {
		p.Role = ""
	}
	return placeItem(p)
}

func (i placeItem) place() chat.Place {
	if i.Role == "" {
		i.Role = chat.Member
	}
	return chat.Place(i)
}

func newHead(c chat.Conversation) headItem {
	h := headItem{
		Conversation: string(c.ID), Item: headKey, Kind: c.Kind, Creator: string(c.Creator), Created: c.Created.UnixMilli(),
		Size: c.Size, Rules: c.Rules, Request: string(c.Request), Epoch: c.Epoch, Pins: c.Pins, Parent: string(c.Parent), Root: c.Root,
		setupItem: setupItem{
			Name: c.Setup.Name, Picture: string(c.Setup.Picture), PictureBy: string(c.Setup.PictureBy),
			Announce: c.Setup.Announce, Slow: c.Setup.Slow.Milliseconds(), History: c.Setup.History,
			Timer: seconds(c.Setup.Timer.After), TimerFrom: c.Setup.Timer.From, Timed: c.Setup.Timed,
		},
	}
	if !c.Accepted.IsZero() {
		h.Accepted = c.Accepted.UnixMilli()
	}
	for user := range c.Blocked {
		h.Blocked = append(h.Blocked, string(user))
	}
	if c.Members != nil {
		h.Members = make(map[string]placeItem, len(c.Members))
		for user, place := range c.Members {
			h.Members[string(user)] = newPlace(place)
		}
	}
	return h
}

func (h headItem) conversation() chat.Conversation {
	c := chat.Conversation{
		ID: chat.ConversationID(h.Conversation), Kind: h.Kind, Creator: chat.UserID(h.Creator),
		Created: time.UnixMilli(h.Created).UTC(), Size: h.Size, Rules: h.Rules, Request: chat.UserID(h.Request),
		Accepted: millis(h.Accepted), Pins: h.Pins, Parent: chat.ConversationID(h.Parent), Root: h.Root, Epoch: h.Epoch,
		Setup: chat.Setup{
			Name: h.Name, Picture: chat.MediaID(h.Picture), PictureBy: chat.UserID(h.PictureBy),
			Announce: h.Announce, Slow: time.Duration(h.Slow) * time.Millisecond, History: h.History,
			Timer: timer(h.Timer, h.TimerFrom), Timed: h.Timed,
		},
	}
	for _, user := range h.Blocked {
		if c.Blocked == nil {
			c.Blocked = map[chat.UserID]bool{}
		}
		c.Blocked[chat.UserID(user)] = true
	}
	if h.Members != nil || h.Kind == chat.Thread { // everybody may have stopped following
		c.Members = make(map[chat.UserID]chat.Place, len(h.Members))
		for user, place := range h.Members {
			c.Members[chat.UserID(user)] = place.place()
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
	From         chat.Seq  `dynamo:"from,omitempty"`
	Since        chat.Seq  `dynamo:"since,omitempty"`
	// Read is up to where the member has read.
	Read chat.Seq `dynamo:"read,omitempty"`
	// Spoke is when the member has last spoken in slow mode, in milliseconds, Said in which message and Tried at which seq.
	Spoke int64    `dynamo:"spoke,omitempty"`
	Said  string   `dynamo:"said,omitempty"`
	Tried chat.Seq `dynamo:"tried,omitempty"`
}

func newMember(id chat.ConversationID, s chat.Seat) memberItem {
	return memberItem{Conversation: string(id), Item: memberKey(s.User), User: string(s.User), Role: s.Role, From: s.From, Since: s.Since}
}

func (i memberItem) seat() chat.Seat {
	return chat.Seat{
		User: chat.UserID(strings.TrimPrefix(i.Item, memberPrefix)), Place: chat.Place{Role: i.Role, From: i.From}, Since: i.Since,
	}
}

func seconds(d time.Duration) int64 { return int64(d / time.Second) }

func timer(after int64, from chat.Start) chat.Timer {
	return chat.Timer{After: time.Duration(after) * time.Second, From: from}
}
