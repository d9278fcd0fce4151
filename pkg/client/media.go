package client

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// uploadTries is how often a PUT is tried, each time with a new signature.
const uploadTries = 3

// File is something to upload.
type File struct {
	// Name is shown to the recipients, without a path.
	Name string
	// Type is one of chat.MediaTypes.
	Type string
	// Content is read twice: for its digest and to send it. Up to chat.MaxUpload bytes, at least one.
	Content io.ReadSeeker
	// Progress is called with the bytes sent so far and their total; nil if nobody cares. A new attempt begins at 0.
	Progress func(sent, total int64)
}

// Upload stores a file and returns the attachment to put into a message. Only this user can attach it, and what is not
// attached soon is collected.
func (c *Client) Upload(ctx context.Context, f File) (wire.Attachment, error) {
	digest := sha256.New()
	size, err := io.Copy(digest, f.Content)
	if err != nil {
		return wire.Attachment{}, fmt.Errorf("upload %s: %w", f.Name, err)
	}
	if most := c.limits.limit("MaxUpload", chat.MaxUpload); size > int64(most) {
		return wire.Attachment{}, newError(chat.TooLarge, "size: at most %d bytes", most)
	}
	request := wire.Upload{Name: f.Name, Type: f.Type, Size: size, SHA256: base64.StdEncoding.EncodeToString(digest.Sum(nil))}
	var wait backoff
	for try := 1; ; try++ {
		request.Head = wire.Head{Action: "upload", Ref: c.calls.ref()}
		var signed wire.Signed
		if err := c.ask(ctx, request.Ref, request, &signed); err != nil {
			return wire.Attachment{}, err
		}
		if err = c.put(ctx, signed, f, size); err == nil {
			return wire.Attachment{Media: signed.Media, Name: f.Name, Type: f.Type, Size: size}, nil
		}
		if try == uploadTries || ctx.Err() != nil {
			return wire.Attachment{}, fmt.Errorf("upload %s: %w", f.Name, err)
		}
		if err := c.pause(ctx, wait.next(0)); err != nil {
			return wire.Attachment{}, err
		}
	}
}

func (c *Client) put(ctx context.Context, signed wire.Signed, f File, size int64) error {
	if _, err := f.Content.Seek(0, io.SeekStart); err != nil {
		return err
	}
	body := &counted{Reader: f.Content, total: size, progress: f.Progress}
	request, err := http.NewRequestWithContext(ctx, http.MethodPut, signed.URL, io.NopCloser(body))
	if err != nil {
		return withoutURL(err)
	}
	request.ContentLength = size
	for name, value := range signed.Headers {
		request.Header.Set(name, value)
	}
	response, err := c.http.Do(request)
	if err != nil {
		return withoutURL(err)
	}
	defer func() { _ = response.Body.Close() }()
	return expectOK(response)
}

// Download opens an attachment of an entry. The caller closes it.
func (c *Client) Download(ctx context.Context, conversation chat.ConversationID, seq chat.Seq, media chat.MediaID) (io.ReadCloser, error) {
	return c.download(ctx, wire.Download{Head: c.head("download"), Conversation: conversation, Seq: &seq, Media: media})
}

// DownloadPicture opens the picture of a group, which its line in the list and its "changed" entries name.
func (c *Client) DownloadPicture(ctx context.Context, conversation chat.ConversationID, picture chat.MediaID) (io.ReadCloser, error) {
	return c.download(ctx, wire.Download{Head: c.head("download"), Conversation: conversation, Media: picture})
}

func (c *Client) download(ctx context.Context, q wire.Download) (io.ReadCloser, error) {
	var location wire.Location
	if err := c.ask(ctx, q.Ref, q, &location); err != nil {
		return nil, err
	}
	media := q.Media
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, location.URL, nil)
	if err != nil {
		return nil, fmt.Errorf("download %s: %w", media, withoutURL(err))
	}
	response, err := c.http.Do(request)
	if err != nil {
		return nil, fmt.Errorf("download %s: %w", media, withoutURL(err))
	}
	if err := expectOK(response); err != nil {
		_ = response.Body.Close()
		return nil, fmt.Errorf("download %s: %w", media, err)
	}
	return response.Body, nil
}

// expectOK is what the object store says when it does not do what was asked. Its XML names a code.
func expectOK(r *http.Response) error {
	if r.StatusCode == http.StatusOK {
		return nil
	}
	body, _ := io.ReadAll(io.LimitReader(r.Body, 4096))
	_, code, _ := strings.Cut(string(body), "<Code>")
	code, _, _ = strings.Cut(code, "</Code>")
	return fmt.Errorf("the object store answered %s %s", r.Status, code)
}

// withoutURL keeps a signed URL, which is as good as a key, out of messages and logs.
func withoutURL(err error) error {
	if e, ok := errors.AsType[*url.Error](err); ok {
		return e.Err
	}
	return err
}

// counted reports how far a Reader is read.
type counted struct {
	io.Reader
	sent, total int64
	progress    func(sent, total int64)
}

func (r *counted) Read(p []byte) (int, error) {
	n, err := r.Reader.Read(p)
	if r.sent += int64(n); r.progress != nil && n > 0 {
		r.progress(r.sent, r.total)
	}
	return n, err
}
