package chat

import (
	"context"
	"fmt"
	"time"
)

// Web is the platform of browsers: Web Push (RFC 8030). The others are those of SNS.
const Web = "web"

// Endpoint is where a device is notified while its user has no connection.
type Endpoint struct {
	Device   DeviceID
	Platform string
	// ID is the ARN of the SNS platform endpoint, or under which id a browser's subscription is kept.
	ID    string
	Since time.Time
}

// Address is what a platform calls a device.
type Address struct {
	Platform string
	// Token is what Apple or Google call a phone.
	Token string
	// Subscription is how a browser is reached, if the platform is Web.
	Subscription Subscription
}

// Subscription is what a browser tells of itself to whoever wants to notify it (Push API, PushSubscription).
type Subscription struct {
	// Endpoint is the URL that its push service gave it. Whoever knows it and signs with the right key can notify.
	Endpoint string
	// P256DH is its public key and Auth its secret, both in base64url without padding (RFC 8291).
	P256DH, Auth string
}

// Holder is whose device an endpoint is.
type Holder struct {
	User   UserID   `json:"user"`
	Device DeviceID `json:"device"`
}

// Endpoints reaches devices through the push platforms.
type Endpoints interface {
	// Register makes or enables the endpoint of an address and gives it to the owner. An address belongs to one owner: if
	// another had it until now, release is called first, and if that fails nothing changes hands.
	Register(ctx context.Context, a Address, owner Holder, release func(ctx context.Context, before Holder, id string) error) (id string, err error)
	// Remove deletes an endpoint. Removing what is not there is no error.
	Remove(ctx context.Context, id string) error
	// Push notifies one device. ErrGone means that the platform does not know it any more, ErrRefused that trying again is in vain.
	Push(ctx context.Context, e Endpoint, n Notification) error
}

// Subscriptions keeps the subscriptions of browsers.
type Subscriptions interface {
	// Subscription returns what is kept under an id and whose it is, strongly; found is false if nothing is.
	Subscription(ctx context.Context, id string) (s Subscription, owner Holder, found bool, err error)
	// PutSubscription keeps it until then, in place of what was there.
	PutSubscription(ctx context.Context, id string, s Subscription, owner Holder, until time.Time) error
	// RemoveSubscription forgets it. Removing what is not there is no error.
	RemoveSubscription(ctx context.Context, id string) error
}

// Notification is what a device shows of an entry.
type Notification struct {
	Conversation ConversationID
	Seq          Seq
	Kind         EntryKind
	// From is what the sender is called, and Title the group, or empty.
	From  string
	Title string
	// Preview is the beginning of the text, and Attachments how many there are.
	Preview     string
	Attachments int
}

// Words are the two lines that every platform shows.
func (n Notification) Words() (title, text string) {
	text = n.Preview
	switch {
	case n.Kind == Created, n.Kind == Added:
		text = "You are in a new group"
	case text == "" && n.Attachments == 0:
		text = "A new message"
	case text == "" && n.Attachments == 1:
		text = "📎 an attachment"
	case text == "":
		text = fmt.Sprintf("📎 %d attachments", n.Attachments)
	}
	if n.Title == "" {
		return n.From, text
	}
	return n.Title, n.From + ": " + text
}
