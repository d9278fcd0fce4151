package client_test

import (
	"bytes"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

func TestAFileIsUploadedSentAndDownloaded(t *testing.T) {
	play(t, func(t *scene) {
		ann, bob := t.connect("ann"), t.connect("bob")
		content := bytes.Repeat([]byte("Parley!"), 20_000)
		var last, total int64
		attachment, err := ann.Upload(t.Context(), client.File{
			Name: "notes.txt", Type: "text/plain", Content: bytes.NewReader(content),
			Progress: func(sent, of int64) { last, total = sent, of },
		})
		if err != nil {
			t.Fatal(err)
		}
		size := int64(len(content))
		if attachment.Name != "notes.txt" || attachment.Type != "text/plain" || attachment.Size != size || last != size || total != size {
			t.Errorf("attachment %+v, sent %d of %d", attachment, last, total)
		}
		accepted, err := ann.Send(t.Context(), client.ToUser("bob"), wire.Content{Attachments: []wire.Attachment{attachment}})
		if err != nil {
			t.Fatal(err)
		}
		body, err := bob.Download(t.Context(), accepted.Conversation, accepted.Seq, attachment.Media)
		if err != nil {
			t.Fatal(err)
		}
		defer body.Close()
		if got, err := io.ReadAll(body); err != nil || !bytes.Equal(got, content) {
			t.Errorf("downloaded %d bytes, %v", len(got), err)
		}
	})
}

func TestAnUploadThatTheServerDoesNotAllowIsRefused(t *testing.T) {
	play(t, func(t *scene) {
		_, err := t.connect("ann", unchecked).Upload(t.Context(), client.File{Name: "x.html", Type: "text/html", Content: strings.NewReader("<")})
		if !errors.Is(err, &client.Error{Code: chat.Invalid}) {
			t.Errorf("refused with %v", err)
		}
	})
}

// changing is a file that is written to while it is uploaded.
type changing struct {
	*strings.Reader
	seeks int
}

func (c *changing) Seek(offset int64, whence int) (int64, error) {
	c.seeks++
	c.Reset(strings.Repeat("b", c.Len()+int(c.Size())))
	return c.Reader.Seek(offset, whence)
}

func TestAnUploadThatFailsIsTriedAgainAndItsErrorDoesNotHoldTheURL(t *testing.T) {
	play(t, func(t *scene) {
		file := &changing{Reader: strings.NewReader("aaaa")}
		_, err := t.connect("ann").Upload(t.Context(), client.File{Name: "a.txt", Type: "text/plain", Content: file})
		if err == nil || !strings.Contains(err.Error(), "SignatureDoesNotMatch") || strings.Contains(err.Error(), "http") {
			t.Errorf("failed with %v", err)
		}
		if file.seeks != 3 {
			t.Errorf("tried %d times", file.seeks)
		}
	})
}

func TestAFileThatIsNotThereCannotBeDownloaded(t *testing.T) {
	play(t, func(t *scene) {
		_, err := t.connect("ann").Download(t.Context(), annAndBob, 1, "m_aaaaaaaaaaaaaaaaaaaaaaaaaa")
		if err == nil || !strings.Contains(err.Error(), "404") || strings.Contains(err.Error(), "http") {
			t.Errorf("failed with %v", err)
		}
	})
}
