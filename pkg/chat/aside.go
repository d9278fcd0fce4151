package chat

import "maps"

// Aside is what somebody who was blocked has made of a message that both have seen. Only they see it, so that they do not learn of the
// block when they load the message anew. It ends with the message, or when they do the same where it counts.
type Aside struct {
	User UserID
	// Text, Mentions and Everybody are what they edited it to, if Edited.
	Edited    bool
	Text      string
	Mentions  []UserID
	Everybody bool
	// Marks are all that they have on it, if Reacted.
	Reacted bool
	Marks   []string
}

// aside is the message as one sees it who has made something of it for themselves. The version stays: no other one counts on this.
func (e Entry) aside(a Aside) Entry {
	if a.Edited {
		e.Body.Text, e.Body.Mentions, e.Body.Everybody = a.Text, a.Mentions, a.Everybody
	}
	if a.Reacted {
		e.State.Reactions = maps.Clone(e.State.Reactions)
		if e.State.Reactions == nil {
			e.State.Reactions = map[UserID][]string{}
		}
		delete(e.State.Reactions, a.User)
		if len(a.Marks) > 0 {
			e.State.Reactions[a.User] = a.Marks
		}
	}
	return e
}

// takeEdits adds what users have edited a message to for themselves that is shown here.
func (s *State) takeEdits(of map[UserID]Aside) {
	s.Asides = maps.Clone(s.Asides)
	for user, a := range of {
		if !a.Edited {
			continue
		}
		if s.Asides == nil {
			s.Asides = map[UserID]Aside{}
		}
		own := s.Asides[user]
		a.Reacted, a.Marks = own.Reacted, own.Marks
		s.Asides[user] = a
	}
}
