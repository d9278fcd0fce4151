package chat

import "slices"

// Role of a member, from most to least entitled.
type Role string

// The roles. A direct conversation has members only.
const (
	Owner     Role = "owner"
	Admin     Role = "admin"
	Moderator Role = "moderator"
	Member    Role = "member"
	Guest     Role = "guest"
)

// ranks are the roles from most to least entitled.
var ranks = []Role{Owner, Admin, Moderator, Member, Guest}

// Valid reports whether the role is one of the five.
func (r Role) Valid() bool { return slices.Contains(ranks, r) }

// Above reports whether r is more entitled than o. Nobody changes what is not below them.
func (r Role) Above(o Role) bool { return r.rank() < o.rank() }

// rank is 0 for the most entitled. What is no role is entitled to nothing.
func (r Role) rank() int {
	if i := slices.Index(ranks, r); i >= 0 {
		return i
	}
	return len(ranks)
}

// Place is what a member is in a conversation and from where on they may read it.
type Place struct {
	Role Role
	// From is the first seq that the member may see; 0 and 1 stand for all.
	From Seq
}

// Seat is a member and their place.
type Seat struct {
	User UserID
	Place
	// Since is the seq of the entry that made them a member, 0 if they were there from the beginning. The header does not
	// have it.
	Since Seq
}

// For returns the entry as a member with a place may see it: itself, with what they see alone, or Hidden with nothing but its place in
// the log. An
// edit is hidden with the message that it is about, so entries must have been joined.
func (e Entry) For(user UserID, place Place) Entry {
	hidden := e.Hidden && e.From != user || slices.Contains(e.State.Hides, user) ||
		e.Seq < place.From || e.Kind == Edited && e.Body.Target < place.From
	if a, ok := e.State.Asides[user]; ok && !hidden && e.Kind == Message && !e.State.Deleted && !e.State.Expired {
		return e.aside(a)
	}
	if !hidden {
		return e
	}
	return Entry{Conversation: e.Conversation, Seq: e.Seq, Kind: Hidden, Rules: e.Rules}
}

// Capability is something that a role may allow.
type Capability string

// The capabilities.
const (
	CanSend      Capability = "send"
	CanReact     Capability = "react"
	CanEverybody Capability = "mention_everybody"
	CanPin       Capability = "pin"
	CanErase     Capability = "delete_any"
	CanAdd       Capability = "add"
	CanInvite    Capability = "invite"
	CanRemove    Capability = "remove"
	CanChange    Capability = "change"
	CanRank      Capability = "rank"
	CanHandOver  Capability = "transfer"
)

// capabilities is the policy: the least role of a group that has each capability, in the order in which clients get them.
var capabilities = []struct {
	capability Capability
	least      Role
}{
	{CanSend, Member}, {CanReact, Guest}, {CanEverybody, Moderator}, {CanPin, Moderator}, {CanErase, Moderator},
	{CanAdd, Admin}, {CanInvite, Admin}, {CanRemove, Moderator}, {CanChange, Admin}, {CanRank, Admin}, {CanHandOver, Owner},
}

// direct are the capabilities of the two in a direct conversation.
var direct = []Capability{CanSend, CanReact, CanPin, CanChange}

// Can reports whether a member with a role has a capability in the conversation. Where only announcements are made, it
// takes a moderator to send.
func (c Conversation) Can(role Role, capability Capability) bool {
	switch c.Kind {
	case Direct:
		return slices.Contains(direct, capability)
	case Thread:
		return c.Within != nil && c.Within.Can(role, capability)
	case Group:
	}
	for _, policy := range capabilities {
		least := policy.least
		if policy.capability != capability {
			continue
		}
		if capability == CanSend && c.Setup.Announce {
			least = Moderator
		}
		return !least.Above(role)
	}
	return false
}

// Capabilities returns what a member with a role can do in the conversation.
func (c Conversation) Capabilities(role Role) []Capability {
	var can []Capability
	for _, policy := range capabilities {
		if c.Can(role, policy.capability) {
			can = append(can, policy.capability)
		}
	}
	return can
}
