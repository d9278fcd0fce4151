package wire

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// Names of the frames that a client gets, in their member "event". Entries have their kind there.
const (
	EventReply = "reply"
	EventError = "error"
	EventPong  = "pong"
)

// Reply answers a request with its result, one of the types below.
type Reply struct {
	Event  string `json:"event"`
	Ref    string `json:"ref"`
	Result any    `json:"result"`
}

// NewReply makes the reply to the request with ref.
func NewReply(ref string, result any) Reply { return Reply{EventReply, ref, result} }

// Error refuses a request. Without ref it concerns the connection.
type Error struct {
	Event string    `json:"event"`
	Ref   string    `json:"ref,omitzero"`
	Code  chat.Code `json:"code"`
	// Message is for developers; programs go by Code.
	Message string `json:"message"`
	// RetryAfter in seconds; only temporary errors have it.
	RetryAfter float64 `json:"retry_after,omitzero"`
}

// NewError makes the frame for an error. What err says is only told if it is a *chat.Error.
func NewError(ref string, err error) Error {
	e := chat.AsError(err)
	return Error{EventError, ref, e.Code, e.Text(), e.After().Seconds()}
}

// MaxEntry is the size of a rendered entry in bytes. It leaves room for the reply around it, so that whatever was accepted
// can be synced. MaxContent is the size of one that was just written: it leaves room for what may become of it, which is at
// most a version, a time, and the reactions.
const (
	MaxEntry   = chat.MaxFrame - 1024
	MaxContent = MaxEntry - 5*1024
	// reactors is what the names of those who reacted may take of a frame, in bytes.
	reactors = 2048
)

// Entry is an element of a log, sent when it happens and in pages of sync and history, always in the same shape.
type Entry struct {
	Event        chat.EntryKind      `json:"event"`
	Conversation chat.ConversationID `json:"conversation"`
	Seq          chat.Seq            `json:"seq"`
	// ID, From and At are missing if the entry is hidden: then only its place is told.
	ID   chat.MessageID `json:"id,omitzero"`
	From chat.UserID    `json:"from,omitzero"`
	// To is the other one of a direct conversation.
	To   chat.UserID `json:"to,omitzero"`
	At   string      `json:"at,omitzero"`
	Body Body        `json:"body"`
	// Version counts the edits of a message, and Edited is the time of the last. Both also come with "edited".
	Version int    `json:"version,omitzero"`
	Edited  string `json:"edited,omitzero"`
	// Deleted means that the message is gone for everybody; only its place is left.
	Deleted bool `json:"deleted,omitzero"`
	// Expired means that the time of the message was over; only its place is left. Until is when that will be, and Timer how
	// that is found if it is not known yet.
	Expired bool   `json:"expired,omitzero"`
	Until   string `json:"until,omitzero"`
	Timer   *Timer `json:"timer,omitzero"`
	// Unattended means that the sender was not looking at the conversation, so that a message does not say what they have read.
	Unattended bool `json:"unattended,omitzero"`
	// Thread is the one about the message.
	Thread chat.ConversationID `json:"thread,omitzero"`
	// Reactions sums up what members have on the message, the most frequent first.
	Reactions []Reaction `json:"reactions,omitzero"`
}

// Body is what an entry says: Content for "message"; Name and Size for "created"; Target and what it says now for "edited";
// Target for "deleted"; Target and all that its sender now has on it for "reacted"; Users for "added" and "removed"; Users
// and Role for "ranked", and for "left" if the owner did: the one who is the owner now; Setup for "changed"; Target, and Off
// if it is no more, for "pinned"; Target and Thread for "threaded"; nothing for "joined" and "hidden".
type Body struct {
	Text        string        `json:"text,omitzero"`
	Attachments []Attachment  `json:"attachments,omitzero"`
	Reply       chat.Seq      `json:"reply,omitzero"`
	Mentions    []chat.UserID `json:"mentions,omitzero"`
	Everybody   bool          `json:"everybody,omitzero"`
	Forwarded   bool          `json:"forwarded,omitzero"`
	// InParent says of a message of a thread that it is shown in the parent, too; Of says there which message that is.
	InParent  bool          `json:"in_parent,omitzero"`
	Of        *Place        `json:"of,omitzero"`
	Off       bool          `json:"off,omitzero"`
	Target    chat.Seq      `json:"target,omitzero"`
	Reactions []string      `json:"reactions,omitzero"`
	Name      string        `json:"name,omitzero"`
	Size      int           `json:"size,omitzero"`
	Users     []chat.UserID `json:"users,omitzero"`
	Role      chat.Role     `json:"role,omitzero"`
	Setup     *Setup        `json:"setup,omitzero"`

	Thread chat.ConversationID `json:"thread,omitzero"`
}

// Setup is what was changed of a group; what is missing was not. An empty picture was taken away. Slow is in seconds.
type Setup struct {
	Name     *string          `json:"name,omitzero"`
	Picture  *chat.MediaID    `json:"picture,omitzero"`
	Announce *bool            `json:"announce,omitzero"`
	Slow     *int             `json:"slow,omitzero"`
	History  *chat.Visibility `json:"history,omitzero"`
	Timer    *Timer           `json:"timer,omitzero"`
}

func fromAmendment(a *chat.Amendment) *Setup {
	if a == nil {
		return nil
	}
	s := &Setup{Name: a.Name, Picture: a.Picture, Announce: a.Announce, History: a.History}
	if a.Slow != nil {
		seconds := int(a.Slow.Seconds())
		s.Slow = &seconds
	}
	if a.Timer != nil {
		s.Timer = FromTimer(*a.Timer)
	}
	return s
}

// Reaction is one mark on a message: how many have it, and some of them.
type Reaction struct {
	Mark  string        `json:"mark"`
	Count int           `json:"count"`
	Users []chat.UserID `json:"users"`
}

// Accepted is the result of send and create: where the entry is.
type Accepted struct {
	Conversation chat.ConversationID `json:"conversation"`
	Seq          chat.Seq            `json:"seq"`
	ID           chat.MessageID      `json:"id"`
	At           string              `json:"at"`
}

// Synced is the result of sync. More means: ask again with the new cursors.
type Synced struct {
	Conversations []Missed `json:"conversations"`
	More          bool     `json:"more"`
}

// Missed is what follows a cursor, without a gap. Entries end before Head if the frame was full.
type Missed struct {
	Conversation chat.ConversationID `json:"conversation"`
	Head         chat.Seq            `json:"head,omitzero"`
	// Epoch is that of the entries: what is known of a lower one is void, and the cursor with it.
	Epoch chat.Epoch `json:"epoch,omitzero"`
	// From is the first seq that the caller may see; absent for all. Nothing before it is ever told.
	From    chat.Seq `json:"from,omitzero"`
	Entries []Entry  `json:"entries,omitzero"`
	// Gone means that the caller is not a member, or not any more, or that there is no such conversation.
	Gone bool `json:"gone,omitzero"`
}

// Page is the result of history, oldest first. More means that there are older ones.
type Page struct {
	Entries []Entry  `json:"entries"`
	Head    chat.Seq `json:"head"`
	More    bool     `json:"more"`
}

// Listed is the result of conversations. Next asks for the page that follows.
type Listed struct {
	Conversations []Conversation      `json:"conversations"`
	Next          chat.ConversationID `json:"next,omitzero"`
	// Since asks later for what has changed from now on. Only the first page has it: keep it until the last one has come.
	Since string `json:"since,omitzero"`
	// Of is how many conversations the caller is in, of those that were looked at for this page; only with since. If the pages
	// count others than the client has, it was removed from one or put into one: it asks for all.
	Of *int `json:"of,omitzero"`
}

// Conversation is one line of the list.
type Conversation struct {
	Conversation chat.ConversationID `json:"conversation"`
	Kind         chat.Kind           `json:"kind"`
	// Name of a group; Peer, the other one, of a direct conversation.
	Name string      `json:"name,omitzero"`
	Peer chat.UserID `json:"peer,omitzero"`
	Size int         `json:"size"`
	// Head is the seq of the last entry, and Last that entry unless it did not fit.
	Head chat.Seq `json:"head"`
	// Epoch is when the log was restored from a backup; absent if never. What is known of a lower one is void.
	Epoch chat.Epoch `json:"epoch,omitzero"`
	Last  *Entry     `json:"last,omitzero"`
	// Request means that a stranger wrote it and waits: accept, answer, or block.
	Request bool `json:"request,omitzero"`
	// From is the first seq that the caller may see; absent for all.
	From chat.Seq `json:"from,omitzero"`
	// Role is the caller's, and Can what it allows here.
	Role chat.Role         `json:"role"`
	Can  []chat.Capability `json:"can,omitzero"`
	// What the members of a group have chosen for it. Slow is in seconds.
	Picture  chat.MediaID    `json:"picture,omitzero"`
	Announce bool            `json:"announce,omitzero"`
	Slow     int             `json:"slow,omitzero"`
	History  chat.Visibility `json:"history,omitzero"`
	// Timer makes what is sent from now on disappear.
	Timer *Timer `json:"timer,omitzero"`
	// Pins is how many messages are pinned, not before From. What was deleted, has expired or was hidden counts, which only
	// reading it would show: the action pins does.
	Pins int `json:"pins,omitzero"`
	// Hides are the messages that the caller has hidden from themselves.
	Hides *Hides `json:"hides,omitzero"`
	// Draft is how what the caller has begun to write here begins; absent if there is nothing.
	Draft *Begun `json:"draft,omitzero"`
	// Parent and Root are the conversation and the message in it that a thread is about.
	Parent chat.ConversationID `json:"parent,omitzero"`
	Root   chat.Seq            `json:"root,omitzero"`
	Own
}

// MemberList is the result of members. Next asks for the page that follows.
type MemberList struct {
	Members []MemberLine `json:"members"`
	Next    chat.UserID  `json:"next,omitzero"`
}

// MemberLine is one member.
type MemberLine struct {
	User     chat.UserID `json:"user"`
	Role     chat.Role   `json:"role"`
	Presence Presence    `json:"presence"`
	// Seen is when the user was last active; only of who is Offline or Away, if it is known and told.
	Seen string `json:"seen,omitzero"`
}

// Signed is the result of upload: PUT the file to URL with exactly these headers before Expires, then attach Media.
type Signed struct {
	Media   chat.MediaID      `json:"media"`
	URL     string            `json:"url"`
	Headers map[string]string `json:"headers"`
	Expires string            `json:"expires"`
}

// Location is the result of download.
type Location struct {
	URL     string `json:"url"`
	Expires string `json:"expires"`
}

// Registered is the result of register and unregister: the device that it is about.
type Registered struct {
	Device chat.DeviceID `json:"device"`
}

// timeLayout is RFC 3339 in UTC with exactly three decimals.
const timeLayout = "2006-01-02T15:04:05.000Z"

// Time renders a time.
func Time(t time.Time) string { return t.UTC().Format(timeLayout) }

// ParseTime reads a rendered time.
func ParseTime(s string) (time.Time, error) { return time.Parse(timeLayout, s) }

// FromEntry renders an entry.
func FromEntry(e chat.Entry) Entry {
	if e.Kind == chat.Hidden {
		return Entry{Event: e.Kind, Conversation: e.Conversation, Seq: e.Seq}
	}
	b := e.Body
	out := Entry{
		Event: e.Kind, Conversation: e.Conversation, Seq: e.Seq, ID: e.ID, From: e.From, To: e.To, At: Time(e.At),
		Body: Body{
			Text: b.Text, Attachments: fromAttachments(b.Attachments), Reply: b.Reply, Mentions: b.Mentions, Everybody: b.Everybody,
			Target: b.Target, Reactions: b.Reactions, Name: b.Name, Size: b.Size,
			Users: b.Users, Role: b.Role, Setup: fromAmendment(b.Setup), Forwarded: b.Forwarded, Off: b.Off, Thread: b.Thread,
		},
		Version: e.State.Version, Deleted: e.State.Deleted, Reactions: summary(e.State.Reactions),
		Expired: e.State.Expired, Unattended: e.Unattended, Thread: e.State.Thread,
	}
	out.Body.InParent = b.InParent
	if b.Of.Seq > 0 {
		out.Body.Of = &Place{b.Of.Conversation, b.Of.Seq}
	}
	switch {
	case !e.Until.IsZero():
		out.Until = Time(e.Until)
	case e.Timer.Set():
		out.Timer = FromTimer(e.Timer)
	}
	if !e.State.Edited.IsZero() {
		out.Edited = Time(e.State.Edited)
	}
	return out
}

// summary counts what users have on a message. Of more than MaxKinds, which people who react at once can bring about, it
// leaves out the rarest.
func summary(of map[chat.UserID][]string) []Reaction {
	byMark := map[string][]chat.UserID{}
	for user, marks := range of {
		for _, mark := range marks {
			byMark[mark] = append(byMark[mark], user)
		}
	}
	var all []Reaction
	for mark, users := range byMark {
		slices.Sort(users)
		all = append(all, Reaction{mark, len(users), users})
	}
	slices.SortFunc(all, func(a, b Reaction) int {
		return cmp.Or(b.Count-a.Count, strings.Compare(a.Mark, b.Mark))
	})
	all = all[:min(chat.MaxKinds, len(all))]
	left := reactors
	for i := range all {
		named := 0
		for _, user := range all[i].Users[:min(chat.ShownReactors, len(all[i].Users))] {
			if left -= len(user) + 3; left < 0 {
				break
			}
			named++
		}
		all[i].Users = all[i].Users[:named]
	}
	return all
}

func fromAttachments(attachments []chat.Attachment) []Attachment {
	var out []Attachment
	for _, a := range attachments {
		out = append(out, Attachment{a.Media, a.Name, a.Type, a.Size})
	}
	return out
}

// Domain is the body as the domain knows it.
func (c Content) Domain() chat.Body {
	body := chat.Body{Text: c.Text, Reply: c.Reply, Mentions: c.Mentions, Everybody: c.Everybody}
	for _, a := range c.Attachments {
		body.Attachments = append(body.Attachments, chat.Attachment{Media: a.Media, Name: a.Name, Type: a.Type, Size: a.Size})
	}
	return body
}
