package webpush

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// life is how long a push service keeps a notification for a browser that is not running: as long as those of phones.
const life = 7 * 24 * time.Hour

// Message is what the service worker gets: the arguments of showNotification.
type Message struct {
	Title string `json:"title"`
	Body  string `json:"body"`
	// Tag is that of the notification: one replaces the other of the same conversation.
	Tag  chat.ConversationID `json:"tag"`
	Data Data                `json:"data"`
}

// Data is what a click leads to.
type Data struct {
	Conversation chat.ConversationID `json:"conversation"`
	Seq          chat.Seq            `json:"seq"`
}

const (
	// overhead is what encryption adds: salt, record size, key and its length, the end of the text, and the tag (RFC 8188 §2).
	overhead = 16 + 4 + 1 + 65 + 1 + 16
	// largest is the record that every push service takes (RFC 8030 §7.2).
	largest = 4096
)

// payload renders a notification and says how large its record is, in bytes: one of three sizes, so that its length tells
// nothing of the text, and most cost a quarter of the largest to transfer.
func payload(n chat.Notification) (message []byte, record uint32, err error) {
	m := Message{Tag: n.Conversation, Data: Data{n.Conversation, n.Seq}}
	m.Title, m.Body = n.Words()
	if message, err = json.Marshal(m); err != nil {
		return nil, 0, fmt.Errorf("webpush: encode: %w", err)
	}
	for record = 1024; record < largest && len(message)+overhead > int(record); {
		record *= 2
	}
	return message, record, nil
}

// topic names a conversation in the 32 characters that there are (RFC 8030 §5.4): of those that wait for a browser only the
// newest is kept.
func topic(id chat.ConversationID) string {
	sum := sha256.Sum256([]byte(id))
	return base64.RawURLEncoding.EncodeToString(sum[:24])
}
