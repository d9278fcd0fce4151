package chat

import (
	"context"
	"maps"
	"slices"
)

// enclose reads the parent of a thread, strongly, because the thread's own log does not tell who was removed from it. What
// it leaves in c.Members are the followers who may see the root, with their roles in the parent. It returns false if there
// is no parent. It costs a query, and above InlineMembers in the parent a read unit for each follower.
func enclose(ctx context.Context, log Log, c *Conversation) (ok bool, err error) {
	parent, ok, err := log.Tail(ctx, c.Parent, Strong)
	if err != nil || !ok {
		return false, err
	}
	c.Within = &parent.Conversation
	c.Blocked, c.Request = parent.Conversation.Blocked, parent.Conversation.Request
	places := c.Within.Members
	if c.Within.Large() {
		if places, err = log.Places(ctx, c.Parent, slices.Collect(maps.Keys(c.Members))); err != nil {
			return false, err
		}
	}
	c.Members = c.followers(places)
	c.Size = len(c.Members)
	return true, nil
}

// followers are those who follow and have a place from which the root can be seen.
func (c Conversation) followers(places map[UserID]Place) map[UserID]Place {
	there := map[UserID]Place{}
	for user := range c.Members {
		if place, ok := places[user]; ok && place.From <= c.Root {
			there[user] = Place{Role: place.Role}
		}
	}
	return there
}

// About returns the header of a new thread about a message of c with its first followers, members of c.
func (c Conversation) About(root Seq, followers ...UserID) Conversation {
	t := Conversation{ID: ThreadID(c.ID, root), Kind: Thread, Parent: c.ID, Root: root, Within: &c, Members: map[UserID]Place{}}
	t.Blocked, t.Request = c.Blocked, c.Request
	for _, user := range followers {
		t.Members[user] = Place{Role: Member}
	}
	t.Size = len(t.Members)
	return t
}

// Title is what a group is called, or the group in which a thread is; "" between two people.
func (c Conversation) Title() string {
	if c.Within != nil {
		return c.Within.Setup.Name
	}
	return c.Setup.Name
}
