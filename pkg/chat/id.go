package chat

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
)

// The ids are distinct types, so that one cannot be passed for another.
type (
	// UserID is the subject of a verified token.
	UserID string
	// DeviceID tells the devices of a user apart; the client chooses it.
	DeviceID string
	// ConversationID is "d_", "g_" or "t_" and 26 characters, derived from what makes the conversation unique.
	ConversationID string
	// MessageID is a lower-case UUID made by the client for one thing it wants to say.
	MessageID string
	// ConnectionID is API Gateway's name of a socket.
	ConnectionID string
	// MediaID is "m_" and 26 characters, made by the server for one upload.
	MediaID string
)

// The shapes of ids, as published in events/schema.
const (
	UserPattern         = `^[A-Za-z0-9][A-Za-z0-9._@:|+-]{0,127}$`
	DevicePattern       = `^[A-Za-z0-9_-]{1,64}$`
	ConversationPattern = `^[dgt]_[a-z2-7]{26}$`
	MessagePattern      = `^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`
	MediaPattern        = `^m_[a-z2-7]{26}$`
)

var (
	userShape         = regexp.MustCompile(UserPattern)
	deviceShape       = regexp.MustCompile(DevicePattern)
	conversationShape = regexp.MustCompile(ConversationPattern)
	messageShape      = regexp.MustCompile(MessagePattern)
	mediaShape        = regexp.MustCompile(MediaPattern)
)

// Valid reports whether the id has the published shape.
func (id UserID) Valid() bool { return userShape.MatchString(string(id)) }

// Valid reports whether the id has the published shape.
func (id DeviceID) Valid() bool { return deviceShape.MatchString(string(id)) }

// Valid reports whether the id has the published shape.
func (id ConversationID) Valid() bool { return conversationShape.MatchString(string(id)) }

// IsThread reports whether the id has the shape of a thread's.
func (id ConversationID) IsThread() bool { return id.Valid() && strings.HasPrefix(string(id), "t_") }

// Valid reports whether the id has the published shape.
func (id MessageID) Valid() bool { return messageShape.MatchString(string(id)) }

// Valid reports whether the id has the published shape.
func (id MediaID) Valid() bool { return mediaShape.MatchString(string(id)) }

// DirectID is the id of the conversation between two people, whoever writes first. So two first messages at once make
// one conversation, and no index of pairs is needed.
func DirectID(a, b UserID) ConversationID {
	if b < a {
		a, b = b, a
	}
	return ConversationID("d_" + digest("direct", string(a), string(b)))
}

// GroupID is the id of the group that a user creates under a client id. So creating it again, after a lost
// acknowledgement, finds the same group.
func GroupID(creator UserID, id MessageID) ConversationID {
	return ConversationID("g_" + digest("group", string(creator), string(id)))
}

// ThreadID is the id of the thread about a message, so that two who begin it at once begin the same.
func ThreadID(parent ConversationID, root Seq) ConversationID {
	return ConversationID("t_" + digest("thread", string(parent), strconv.FormatUint(uint64(root), 10)))
}

// FollowUp is the id of what follows from a message or a change elsewhere, so that it is made once, however often that is sent.
func (id MessageID) FollowUp() MessageID {
	sum := sha256.Sum256([]byte("follow-up\x00" + id))
	h := hex.EncodeToString(sum[:16])
	return MessageID(h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:])
}

// NewMediaID makes an id from 16 random bytes or more.
func NewMediaID(random []byte) MediaID {
	return MediaID("m_" + digest("media", string(random)))
}

// digest is 130 bits of SHA-256 over the parts in lower-case base32: short, unguessable without the parts, and made of
// characters that need no escaping anywhere. No id holds the separator.
func digest(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "\x00")))
	return strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:26])
}

// MediaKey is the object key of an upload. The owner is part of it, hashed, so that a message can only attach what its
// own sender uploaded and no lookup is needed to check that.
func MediaKey(owner UserID, id MediaID) string {
	return digest("owner", string(owner)) + "/" + string(id)
}
