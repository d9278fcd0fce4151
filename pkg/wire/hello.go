package wire

import "github.com/parley-im/parley/pkg/chat"

// Hello asks what a client should know of the server before anything else.
type Hello struct {
	Head
}

func (r *Hello) check() error { return r.Head.check() }

// Welcome is the answer to Hello.
type Welcome struct {
	User chat.UserID `json:"user"`
	// Device is empty if the connection named none.
	Device chat.DeviceID `json:"device,omitzero"`
	// Now is the time of the server, and Expires when the token does that the connection was opened with.
	Now     string `json:"now"`
	Expires string `json:"expires"`
	// Limits are all that are published, by their names; times in seconds.
	Limits map[string]int64 `json:"limits"`
	// Version of the server, for reports of errors.
	Version string `json:"version"`
}
