package stack

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/parley-im/parley/pkg/webpush"
)

// vapid is the key pair that notifications of browsers are signed with, both in base64url.
type vapid struct {
	Private string `json:"private"`
	Public  string `json:"public"`
}

// openVapid reads the pair in the data folder, or makes it, so that subscriptions outlive a restart.
func openVapid(dir string) (pair vapid, err error) {
	file := filepath.Join(dir, "vapid.json")
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		if pair.Private, pair.Public, err = webpush.NewKeys(); err != nil {
			return pair, fmt.Errorf("vapid: %w", err)
		}
		if text, err = json.Marshal(pair); err != nil {
			return pair, fmt.Errorf("vapid: %w", err)
		}
		return pair, os.WriteFile(file, text, 0o600)
	}
	if err == nil {
		err = json.Unmarshal(text, &pair)
	}
	if err != nil {
		return pair, fmt.Errorf("vapid: %s: %w", file, err)
	}
	return pair, nil
}
