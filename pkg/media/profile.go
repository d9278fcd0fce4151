package media

import (
	"context"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// profilePicture allows anybody whom the user has not blocked to get the picture that is in the user's profile now. It costs a
// profile (0.5 read units) and a relation (1).
func (m *Media) profilePicture(ctx context.Context, who chat.Identity, q wire.Download) (wire.Location, error) {
	profiles, err := m.Profiles.Profiles(ctx, []chat.UserID{q.User})
	if err != nil {
		return wire.Location{}, err
	}
	p := profiles[0]
	if p.Picture != q.Media {
		return wire.Location{}, &chat.Error{Code: chat.NotFound}
	}
	r, err := m.People.Relation(ctx, q.User, who.User, chat.Strong)
	switch {
	case err != nil:
		return wire.Location{}, err
	case !r.Blocked.IsZero():
		return wire.Location{}, &chat.Error{Code: chat.NotFound} // as if there were none: a block is not told
	}
	return m.locate(ctx, q.User, chat.Attachment{Media: p.Picture, Name: "picture", Type: p.Type})
}
