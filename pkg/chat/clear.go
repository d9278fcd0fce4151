package chat

import "context"

// First is the first seq that the member looks at: what they may see, without what they have cleared.
func (s Standing) First() Seq {
	if s.Cleared == 0 {
		return s.From
	}
	return max(s.From, s.Cleared+1)
}

// StepOverCleared moves the places of a user in conversations behind what they have cleared there, for who only reads: to them
// it is as if they had come later. What they may do, and what others see of them, stays as it was. It costs half a read unit for each.
func StepOverCleared(ctx context.Context, standings Standings, user UserID, tails ...*Tail) error {
	var of []Membership
	at := map[ConversationID]*Tail{}
	for _, tail := range tails {
		if tail.Head > 0 {
			at[tail.Conversation.ID] = tail
			of = append(of, Membership{tail.Conversation.ID, user})
		}
	}
	own, err := standings.Standings(ctx, of)
	for _, s := range own {
		if tail := at[s.Conversation]; s.Cleared > 0 {
			tail.Place.From = max(tail.Place.From, s.First())
		}
	}
	return err
}
