package client

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// The methods in this file wait for a connection if there is none and repeat the request until it has an answer. They
// fail with an *Error, ErrClosed, or the cause of ctx.

// Conversations lists all conversations of the user in the order of their ids.
func (c *Client) Conversations(ctx context.Context) ([]wire.Conversation, error) {
	all, err := c.listed(ctx, "")
	return all.Conversations, err
}

// Members lists all members of a conversation in the order of their ids, and whether they are online now.
func (c *Client) Members(ctx context.Context, conversation chat.ConversationID) ([]wire.MemberLine, error) {
	var all []wire.MemberLine
	limit := chat.MaxPage
	for next := chat.UserID(""); ; {
		ref := c.calls.ref()
		var page wire.MemberList
		err := c.ask(ctx, ref, wire.Members{
			Head: wire.Head{Action: "members", Ref: ref}, Conversation: conversation, Next: next, Limit: &limit,
		}, &page)
		all = append(all, page.Members...)
		if err != nil || page.Next == "" {
			return all, err
		}
		next = page.Next
	}
}

// History returns up to limit entries before a seq, oldest first; the newest ones if before is 0. A limit of 0 is
// chat.DefaultHistory. The page may be shorter than limit although there is More. It does not change what Handle gets.
func (c *Client) History(ctx context.Context, conversation chat.ConversationID, before chat.Seq, limit int) (wire.Page, error) {
	ref := c.calls.ref()
	frame := wire.History{Head: wire.Head{Action: "history", Ref: ref}, Conversation: conversation}
	if before > 0 {
		frame.Before = &before
	}
	if limit > 0 {
		frame.Limit = &limit
	}
	var page wire.Page
	err := c.ask(ctx, ref, frame, &page)
	return page, err
}

// Register asks that this device be notified of what arrives while the user has no connection. platform is one of
// wire.Platforms, but that of browsers, and token what that platform calls the device. Registering again replaces the token.
func (c *Client) Register(ctx context.Context, platform, token string) error {
	ref := c.calls.ref()
	frame := wire.Register{Head: wire.Head{Action: "register", Ref: ref}, Platform: platform, Token: token}
	return c.ask(ctx, ref, frame, new(wire.Registered))
}

// RegisterBrowser asks the same for a browser that has subscribed with the deployment's public key.
func (c *Client) RegisterBrowser(ctx context.Context, s wire.Subscription) error {
	ref := c.calls.ref()
	frame := wire.Register{Head: wire.Head{Action: "register", Ref: ref}, Platform: chat.Web, Subscription: &s}
	return c.ask(ctx, ref, frame, new(wire.Registered))
}

// Unregister asks that this device be notified no more.
func (c *Client) Unregister(ctx context.Context) error {
	ref := c.calls.ref()
	return c.ask(ctx, ref, wire.Unregister{Head: wire.Head{Action: "unregister", Ref: ref}}, new(wire.Registered))
}
