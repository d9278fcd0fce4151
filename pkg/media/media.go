// Package media lets members exchange files without the files passing through any function. The uploader gets a URL that
// accepts exactly the bytes that were announced, once; a message may attach an upload of its own sender once it is there;
// a download URL is given to members of the conversation whose entry carries the attachment, and works for minutes.
//
// The object's key follows from (owner, media id), so no table of uploads is needed.
package media

import (
	"cmp"
	"context"
	"crypto/rand"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Media signs uploads and downloads and checks attachments.
type Media struct {
	Objects chat.Objects
	Log     chat.Log
	// Standings say what somebody has cleared, which they do not download any more.
	Standings chat.Standings
	// People and Profiles are needed for the pictures of profiles.
	People   chat.People
	Profiles chat.Profiles
}

// Upload allows the caller to put one file. Nothing is stored until it is.
func (m *Media) Upload(ctx context.Context, who chat.Identity, q wire.Upload) (wire.Signed, error) {
	random := make([]byte, 16)
	rand.Read(random)
	id := chat.NewMediaID(random)
	upload, err := m.Objects.SignUpload(ctx, chat.MediaKey(who.User, id), q.Type, q.Size, q.SHA256)
	if err != nil {
		return wire.Signed{}, err
	}
	return wire.Signed{Media: id, URL: upload.URL, Headers: upload.Headers, Expires: wire.Time(upload.Expires)}, nil
}

// Download allows a member to get one attachment of one entry, or anybody to get the picture of a profile.
func (m *Media) Download(ctx context.Context, who chat.Identity, q wire.Download) (wire.Location, error) {
	if q.User != "" {
		return m.profilePicture(ctx, who, q)
	}
	tail, err := chat.Enter(ctx, m.Log, q.Conversation, who.User, chat.Eventual)
	if err != nil {
		return wire.Location{}, err
	}
	if q.Seq == nil {
		return m.groupPicture(ctx, tail, who.User, q)
	}
	if err := chat.StepOverCleared(ctx, m.Standings, who.User, &tail); err != nil {
		return wire.Location{}, err
	}
	// The entry is read strongly, even if the tail shows it: what was deleted is not given out.
	e, _, err := m.Log.Entry(ctx, q.Conversation, *q.Seq)
	if err != nil {
		return wire.Location{}, err
	}
	found := []chat.Entry{e}
	if err := chat.Join(ctx, m.Log, q.Conversation, found); err != nil {
		return wire.Location{}, err
	}
	for _, a := range found[0].For(who.User, tail.Place).Body.Attachments {
		if a.Media == q.Media {
			return m.locate(ctx, cmp.Or(a.Owner, e.From), a)
		}
	}
	return wire.Location{}, &chat.Error{Code: chat.NotFound}
}

// locate signs the URL of an upload.
func (m *Media) locate(ctx context.Context, owner chat.UserID, a chat.Attachment) (wire.Location, error) {
	url, expires, err := m.Objects.SignDownload(ctx, chat.MediaKey(owner, a.Media), a.Name, a.Type)
	return wire.Location{URL: url, Expires: wire.Time(expires.UTC().Truncate(time.Second))}, err
}

// Check implements send.Attachments with one HEAD and one tagging request per attachment.
func (m *Media) Check(ctx context.Context, owner chat.UserID, attachments []chat.Attachment) error {
	return m.check(ctx, owner, attachments, m.Objects.Keep)
}

// CheckFor implements send.Attachments with one HEAD and two tagging requests per attachment.
func (m *Media) CheckFor(ctx context.Context, owner chat.UserID, attachments []chat.Attachment, life time.Duration) error {
	return m.check(ctx, owner, attachments, func(ctx context.Context, key string) error { return m.Objects.KeepFor(ctx, key, life) })
}

func (m *Media) check(ctx context.Context, owner chat.UserID, attachments []chat.Attachment, keep func(context.Context, string) error) error {
	group, ctx := errgroup.WithContext(ctx)
	for _, a := range attachments {
		group.Go(func() error {
			key := chat.MediaKey(owner, a.Media)
			contentType, size, ok, err := m.Objects.Stat(ctx, key)
			switch {
			case err != nil:
				return err
			case !ok || contentType != a.Type || size != a.Size:
				return &chat.Error{Code: chat.MediaMissing}
			}
			return keep(ctx, key)
		})
	}
	return group.Wait()
}
