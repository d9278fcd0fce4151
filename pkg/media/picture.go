package media

import (
	"context"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// CheckPicture implements send.Pictures with one HEAD and up to two tagging requests.
func (m *Media) CheckPicture(ctx context.Context, group chat.ConversationID, owner chat.UserID, picture chat.MediaID) error {
	key := chat.MediaKey(owner, picture)
	contentType, size, ok, err := m.Objects.Stat(ctx, key)
	switch {
	case err != nil:
		return err
	case !ok:
		return chat.Errorf(chat.MediaMissing, "picture: not uploaded")
	case !strings.HasPrefix(contentType, "image/"):
		return chat.Errorf(chat.Invalid, "picture: not an image")
	case size > chat.MaxPicture:
		return chat.Errorf(chat.TooLarge, "picture: at most %d bytes", chat.MaxPicture)
	}
	return m.Objects.KeepAs(ctx, key, string(group))
}

// ReleasePicture implements send.Pictures with two tagging requests.
func (m *Media) ReleasePicture(ctx context.Context, group chat.ConversationID, s chat.Setup) error {
	return m.Objects.Release(ctx, chat.MediaKey(s.PictureBy, s.Picture), string(group))
}

// Picture implements send.Pictures with one HEAD request.
func (m *Media) Picture(ctx context.Context, s chat.Setup) (wire.Location, error) {
	key := chat.MediaKey(s.PictureBy, s.Picture)
	contentType, _, ok, err := m.Objects.Stat(ctx, key)
	if err == nil && !ok {
		err = &chat.Error{Code: chat.NotFound}
	}
	if err != nil {
		return wire.Location{}, err
	}
	url, expires, err := m.Objects.SignDownload(ctx, key, "picture", contentType)
	return wire.Location{URL: url, Expires: wire.Time(expires.UTC().Truncate(time.Second))}, err
}

// groupPicture allows a member to get the picture that the group has now.
func (m *Media) groupPicture(ctx context.Context, tail chat.Tail, user chat.UserID, q wire.Download) (wire.Location, error) {
	if tail.Conversation.Setup.Picture != q.Media { // an eventual read may lack the newest
		var err error
		if tail, err = chat.Enter(ctx, m.Log, q.Conversation, user, chat.Strong); err != nil {
			return wire.Location{}, err
		}
	}
	if tail.Conversation.Setup.Picture != q.Media {
		return wire.Location{}, &chat.Error{Code: chat.NotFound}
	}
	return m.Picture(ctx, tail.Conversation.Setup)
}
