package search

import (
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"strconv"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// position is in a conversation, below a seq: 1 is its very beginning, from where a search goes on in the conversation that
// follows, and 0 its end.
type position struct {
	conversation chat.ConversationID
	before       chat.Seq
}

// seal renders a position as the next of a page. It ends with a digest of the position, the user and the query, so that one of
// another search is known as a mistake. It is no secret, and making one up gains nothing: who may see what is checked at
// every page. It has at most 60 characters.
func (p position) seal(user chat.UserID, q wire.Query) string {
	said := fmt.Sprintf("%s.%d", p.conversation, p.before)
	sum := sha256.Sum256([]byte(strings.Join(append([]string{
		said, string(user), q.Words, string(q.From), string(q.In), q.Before, q.After,
	}, q.Has...), "\x00")))
	return said + "." + strings.ToLower(base32.StdEncoding.EncodeToString(sum[:])[:13])
}

// resume reads the next of a page; "" is the beginning. Errors: invalid.
func resume(next string, user chat.UserID, q wire.Query) (position, error) {
	if next == "" {
		return position{}, nil
	}
	conversation, rest, _ := strings.Cut(next, ".")
	seq, _, _ := strings.Cut(rest, ".")
	before, err := strconv.ParseUint(seq, 10, 64)
	p := position{chat.ConversationID(conversation), chat.Seq(before)}
	if err != nil || p.seal(user, q) != next || q.In != "" && q.In != p.conversation {
		return position{}, chat.Errorf(chat.Invalid, "next: not from an earlier page of this search")
	}
	return p, nil
}
