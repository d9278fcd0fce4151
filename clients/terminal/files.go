package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"mime"
	"net/http"
	"os"
	"path/filepath"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// upload stores the file at path.
func upload(ctx context.Context, c *client.Client, path string, progress func(sent, total int64)) (wire.Attachment, error) {
	f, err := os.Open(expand(path))
	if err != nil {
		return wire.Attachment{}, err
	}
	defer func() { _ = f.Close() }()
	kind, err := mediaType(f)
	if err != nil {
		return wire.Attachment{}, err
	}
	return c.Upload(ctx, client.File{Name: filepath.Base(f.Name()), Type: kind, Content: f, Progress: progress})
}

// mediaType finds an allowed type by the name of a file, or else by its beginning.
func mediaType(f *os.File) (string, error) {
	kind, _, _ := strings.Cut(mime.TypeByExtension(filepath.Ext(f.Name())), ";")
	if chat.MediaTypes[kind] {
		return kind, nil
	}
	head := make([]byte, 512)
	n, err := io.ReadFull(f, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) && !errors.Is(err, io.EOF) {
		return "", err
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	if kind, _, _ = strings.Cut(http.DetectContentType(head[:n]), ";"); chat.MediaTypes[kind] {
		return kind, nil
	}
	return "application/octet-stream", nil
}

// save downloads an attachment to path, or under its own name into the folder that path is; "" is where the program was
// started. It never replaces a file. It returns the path of the new one.
func save(ctx context.Context, c *client.Client, id chat.ConversationID, seq chat.Seq, a wire.Attachment, path string) (string, error) {
	body, err := c.Download(ctx, id, seq, a.Media)
	if err != nil {
		return "", err
	}
	defer func() { _ = body.Close() }()
	f, err := create(place(path, a.Name))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, body)
	if err = errors.Join(err, f.Close()); err != nil {
		return "", errors.Join(err, os.Remove(f.Name()))
	}
	return f.Name(), nil
}

// place decides where an attachment goes. The name is a stranger's: only its last element counts, and it hides nothing.
func place(path, name string) string {
	path = expand(path)
	name = strings.TrimLeft(filepath.Base(strings.ReplaceAll(clean(name), `\`, "/")), ".-/")
	if name == "" {
		name = "attachment"
	}
	if path == "" {
		return name
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return filepath.Join(path, name)
	}
	return path
}

// create makes a new file, under another name if there is one already.
func create(path string) (*os.File, error) {
	extension := filepath.Ext(path)
	stem := strings.TrimSuffix(path, extension)
	for i := 1; ; i++ {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
		path = fmt.Sprintf("%s (%d)%s", stem, i, extension)
	}
}

// expand replaces a leading ~ by the user's home.
func expand(path string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		if home, err := os.UserHomeDir(); err == nil {
			return filepath.Join(home, rest)
		}
	}
	return path
}
