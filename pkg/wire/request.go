package wire

import "github.com/parley-im/parley/pkg/chat"

// Head is what every request begins with.
type Head struct {
	// Action is the route key.
	Action string `json:"action"`
	// Ref is repeated in the answer. The client chooses it; 1 to 64 characters.
	Ref string `json:"ref"`
}

// Target is whom a message is for: exactly one of a person, a conversation, and the thread about a message.
type Target struct {
	User         chat.UserID         `json:"user,omitzero"`
	Conversation chat.ConversationID `json:"conversation,omitzero"`
	// Thread begins with the first message that is sent to it.
	Thread *Place `json:"thread,omitzero"`
}

// Send says something.
type Send struct {
	Head
	ID chat.MessageID `json:"id"`
	To Target         `json:"to"`
	// After is the last seq of the conversation that the client knew when it first tried, 0 if none. It is what makes a
	// repetition known as one, so every attempt should carry it, the first as well: that one may come late, behind a second.
	After *chat.Seq `json:"after,omitzero"`
	Body  Content   `json:"body"`
	// Draft forgets the caller's draft in the conversation, which this was. Without it the draft stays.
	Draft bool `json:"draft,omitzero"`
	// Expires is after how many seconds the message disappears; by default when those of the conversation do.
	Expires *int `json:"expires,omitzero"`
	// InParent shows a message of a thread in the conversation that the thread is in, too.
	InParent bool `json:"in_parent,omitzero"`
}

// Content is the body of a message: a text, attachments, or both; or else another message, which is repeated.
type Content struct {
	Text        string       `json:"text,omitzero"`
	Attachments []Attachment `json:"attachments,omitzero"`
	// Reply is the seq of the message that this one answers.
	Reply chat.Seq `json:"reply,omitzero"`
	Regard
	// Forward is the message to repeat. Its text and attachments are copied, and nothing else.
	Forward *Place `json:"forward,omitzero"`
}

// Place is where a message is.
type Place struct {
	Conversation chat.ConversationID `json:"conversation"`
	Seq          chat.Seq            `json:"seq"`
}

// Regard names members who are to notice a message.
type Regard struct {
	Mentions []chat.UserID `json:"mentions,omitzero"`
	// Everybody mentions all members. Only moderators of a group and those above them can.
	Everybody bool `json:"everybody,omitzero"`
}

// Attachment names an upload.
type Attachment struct {
	Media chat.MediaID `json:"media"`
	Name  string       `json:"name"`
	Type  string       `json:"type"`
	Size  int64        `json:"size"`
}

// Change is what all changes of a message have in common.
type Change struct {
	Head
	ID           chat.MessageID      `json:"id"`
	Conversation chat.ConversationID `json:"conversation"`
	// Seq is the message that is to change.
	Seq chat.Seq `json:"seq"`
	// After marks a resend, as in Send.
	After *chat.Seq `json:"after,omitzero"`
}

// Edit replaces the text and the mentions of the caller's own message.
type Edit struct {
	Change
	// Body is required; a pointer, because an empty one, which leaves only attachments, is another thing than none.
	Body *Revision `json:"body"`
}

// Revision is what a message says from now on. Without text, only attachments are left.
type Revision struct {
	Text string `json:"text,omitzero"`
	Regard
}

// Delete removes a message for everybody.
type Delete struct {
	Change
}

// React sets all that the caller has on a message; without reactions it takes them back.
type React struct {
	Change
	Reactions []string `json:"reactions,omitzero"`
}

// Create makes a group of the caller and members.
type Create struct {
	Head
	ID      chat.MessageID `json:"id"`
	Name    string         `json:"name"`
	Members []chat.UserID  `json:"members"`
	// What else is chosen for it; Amend changes it later.
	Announce bool             `json:"announce,omitzero"`
	History  *chat.Visibility `json:"history,omitzero"`
	// Slow is in seconds.
	Slow  *int   `json:"slow,omitzero"`
	Timer *Timer `json:"timer,omitzero"`
}

// Sync asks for what was said in conversations after a seq of each.
type Sync struct {
	Head
	Cursors []Cursor `json:"cursors"`
}

// Cursor is how far a device has a conversation.
type Cursor struct {
	Conversation chat.ConversationID `json:"conversation"`
	After        chat.Seq            `json:"after"`
}

// History asks for a page of older entries: those before a seq, or the newest.
type History struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
	Before       *chat.Seq           `json:"before,omitzero"`
	Limit        *int                `json:"limit,omitzero"`
}

// Conversations asks for a page of the caller's conversations: all, or with Since those that have changed since then.
type Conversations struct {
	Head
	Since string              `json:"since,omitzero"`
	Next  chat.ConversationID `json:"next,omitzero"`
	Limit *int                `json:"limit,omitzero"`
}

// Members asks for a page of a conversation's members and whether they are online.
type Members struct {
	Head
	Conversation chat.ConversationID `json:"conversation"`
	Next         chat.UserID         `json:"next,omitzero"`
	Limit        *int                `json:"limit,omitzero"`
}

// Upload asks where to PUT a file.
type Upload struct {
	Head
	Name   string `json:"name"`
	Type   string `json:"type"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Download asks where to GET an attachment of an entry, the picture of a group, which has no Seq,
// or the picture in a user's profile.
type Download struct {
	Head
	User         chat.UserID         `json:"user,omitzero"`
	Conversation chat.ConversationID `json:"conversation,omitzero"`
	Seq          *chat.Seq           `json:"seq,omitzero"`
	Media        chat.MediaID        `json:"media"`
}

// Register asks that this device be notified while its user is not connected.
type Register struct {
	Head
	Platform string `json:"platform"`
	// Token is a phone's, and Subscription a browser's.
	Token        string        `json:"token,omitempty"`
	Subscription *Subscription `json:"subscription,omitempty"`
}

// Subscription is the PushSubscription of a browser.
type Subscription struct {
	Endpoint string           `json:"endpoint"`
	Keys     SubscriptionKeys `json:"keys"`
}

// SubscriptionKeys are a browser's, in base64url without padding.
type SubscriptionKeys struct {
	P256DH string `json:"p256dh"`
	Auth   string `json:"auth"`
}

// Address is what the platform calls the device.
func (r Register) Address() chat.Address {
	a := chat.Address{Platform: r.Platform, Token: r.Token}
	if s := r.Subscription; s != nil {
		a.Subscription = chat.Subscription{Endpoint: s.Endpoint, P256DH: s.Keys.P256DH, Auth: s.Keys.Auth}
	}
	return a
}

// Unregister asks that this device be notified no more.
type Unregister struct {
	Head
}

// Platforms are the push platforms that a device can register with.
var Platforms = map[string]bool{"fcm": true, "apns": true, "apns_sandbox": true, chat.Web: true}
