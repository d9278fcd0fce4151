package wire

import (
	"crypto/sha256"
	"encoding/base64"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/parley-im/parley/pkg/chat"
)

func invalid(what string) error { return chat.Errorf(chat.Invalid, "%s", what) }

func (h Head) check() error {
	if n := utf8.RuneCountInString(h.Ref); n < 1 || n > chat.MaxRef {
		return invalid("ref: 1 to 64 characters")
	}
	return nil
}

// checkIn checks a request that is about a conversation.
func (h Head) checkIn(id chat.ConversationID) error {
	if err := h.check(); err != nil {
		return err
	}
	if !id.Valid() {
		return invalid("conversation: not a conversation id")
	}
	return nil
}

func (r *Send) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if err := r.To.checkSend(); err != nil {
		return err
	}
	switch {
	case !r.ID.Valid():
		return invalid("id: a lower-case UUID")
	case r.After != nil && *r.After > chat.MaxSeq:
		return invalid("after: not a seq")
	}
	if r.Expires != nil {
		if err := checkTimer("expires", *r.Expires); err != nil {
			return err
		}
	}
	if r.Body.Forward != nil {
		return r.Body.checkForward()
	}
	return r.Body.check()
}

func (c Content) check() error {
	switch {
	case c.Forward != nil:
		return invalid("body.forward: only in send")
	case c.Text == "" && len(c.Attachments) == 0:
		return invalid("body: a text, attachments, or both")
	case utf8.RuneCountInString(c.Text) > chat.MaxText:
		return chat.Errorf(chat.TooLarge, "body.text: at most %d characters", chat.MaxText)
	case c.Attachments != nil && len(c.Attachments) == 0:
		return invalid("body.attachments: at least one, or leave it out")
	case len(c.Attachments) > chat.MaxAttachments:
		return chat.Errorf(chat.TooLarge, "body.attachments: at most %d", chat.MaxAttachments)
	case c.Reply > chat.MaxSeq:
		return invalid("body.reply: a seq of at least 1")
	}
	if err := c.Regard.check(); err != nil {
		return err
	}
	seen := map[chat.MediaID]bool{}
	for _, a := range c.Attachments {
		if !a.Media.Valid() || seen[a.Media] {
			return invalid("body.attachments.media: a media id, each once")
		}
		seen[a.Media] = true
		if err := checkFile(a.Name, a.Type, a.Size); err != nil {
			return err
		}
	}
	return nil
}

func (r Regard) check() error {
	switch {
	case r.Mentions != nil && len(r.Mentions) == 0:
		return invalid("body.mentions: at least one, or leave it out")
	case len(r.Mentions) > chat.MaxMentions:
		return chat.Errorf(chat.TooLarge, "body.mentions: at most %d", chat.MaxMentions)
	}
	if !eachOnce(r.Mentions) {
		return invalid("body.mentions: user ids, each once")
	}
	return nil
}

func (r Change) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	switch {
	case !r.ID.Valid():
		return invalid("id: a lower-case UUID")
	case !r.Conversation.Valid():
		return invalid("conversation: not a conversation id")
	case r.Seq < 1 || r.Seq > chat.MaxSeq:
		return invalid("seq: a seq of at least 1")
	case r.After != nil && *r.After > chat.MaxSeq:
		return invalid("after: not a seq")
	}
	return nil
}

func (r *Edit) check() error {
	if err := r.Change.check(); err != nil {
		return err
	}
	if r.Body == nil {
		return invalid("body: required")
	}
	if utf8.RuneCountInString(r.Body.Text) > chat.MaxText {
		return chat.Errorf(chat.TooLarge, "body.text: at most %d characters", chat.MaxText)
	}
	return r.Body.check()
}

func (r *Delete) check() error { return r.Change.check() }

func (r *React) check() error {
	if err := r.Change.check(); err != nil {
		return err
	}
	switch {
	case r.Reactions != nil && len(r.Reactions) == 0:
		return invalid("reactions: at least one, or leave it out")
	case len(r.Reactions) > chat.MaxReactions:
		return chat.Errorf(chat.TooLarge, "reactions: at most %d", chat.MaxReactions)
	}
	seen := map[string]bool{}
	for _, mark := range r.Reactions {
		if utf8.RuneCountInString(mark) > chat.MaxReaction || hasControl(mark) || strings.ContainsFunc(mark, unicode.IsSpace) || seen[mark] {
			return invalid("reactions: emoji, each once")
		}
		seen[mark] = true
	}
	return nil
}

func (r *Create) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	switch {
	case !r.ID.Valid():
		return invalid("id: a lower-case UUID")
	case !validName(r.Name):
		return invalid("name: 1 to 100 characters, no control characters")
	case len(r.Members) < 1:
		return invalid("members: at least one")
	case len(r.Members) > chat.MaxMembers:
		return chat.Errorf(chat.TooLarge, "members: at most %d", chat.MaxMembers)
	}
	if !eachOnce(r.Members) {
		return invalid("members: user ids, each once")
	}
	if !validSlow(r.Slow) {
		return invalid("slow: 0 to 3600 seconds")
	}
	if r.Timer != nil {
		if err := r.Timer.check(); err != nil {
			return err
		}
	}
	return checkHistory(r.History)
}

func (r *Sync) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if len(r.Cursors) < 1 || len(r.Cursors) > chat.MaxCursors {
		return invalid("cursors: 1 to 50")
	}
	seen := map[chat.ConversationID]bool{}
	for _, c := range r.Cursors {
		if !c.Conversation.Valid() || seen[c.Conversation] {
			return invalid("cursors.conversation: a conversation id, each once")
		}
		seen[c.Conversation] = true
		if c.After > chat.MaxSeq {
			return invalid("cursors.after: not a seq")
		}
	}
	return nil
}

func (r *History) check() error {
	if err := r.checkIn(r.Conversation); err != nil {
		return err
	}
	switch {
	case r.Before != nil && (*r.Before < 1 || *r.Before > chat.MaxSeq):
		return invalid("before: a seq of at least 1")
	}
	return checkLimit(r.Limit, chat.MaxHistory)
}

func (r *Conversations) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	if r.Next != "" && !r.Next.Valid() {
		return invalid("next: not from an earlier page")
	}
	if _, err := ParseTime(r.Since); r.Since != "" && err != nil {
		return invalid("since: not from an earlier list")
	}
	return checkLimit(r.Limit, chat.MaxPage)
}

func (r *Members) check() error {
	if err := r.checkIn(r.Conversation); err != nil {
		return err
	}
	switch {
	case r.Next != "" && !r.Next.Valid():
		return invalid("next: not from an earlier page")
	}
	return checkLimit(r.Limit, chat.MaxPage)
}

func (r *Upload) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	// The length is checked too because the decoder ignores line breaks.
	sum, err := base64.StdEncoding.Strict().DecodeString(r.SHA256)
	if err != nil || len(sum) != sha256.Size || len(r.SHA256) != base64.StdEncoding.EncodedLen(sha256.Size) {
		return invalid("sha256: base64 of 32 bytes")
	}
	return checkFile(r.Name, r.Type, r.Size)
}

func (r *Download) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	switch {
	case r.User != "" && !r.User.Valid():
		return invalid("user: not a user id")
	case r.User != "" && (r.Conversation != "" || r.Seq != nil):
		return invalid("user: without conversation and seq")
	case r.User == "" && !r.Conversation.Valid():
		return invalid("conversation: not a conversation id")
	case r.User == "" && r.Seq != nil && (*r.Seq < 1 || *r.Seq > chat.MaxSeq):
		return invalid("seq: a seq of at least 1")
	case !r.Media.Valid():
		return invalid("media: not a media id")
	}
	return nil
}

func (r *Register) check() error {
	if err := r.Head.check(); err != nil {
		return err
	}
	switch {
	case !Platforms[r.Platform]:
		return invalid("platform: fcm, apns, apns_sandbox or web")
	case r.Platform == chat.Web && r.Token != "":
		return invalid("token: not of the platform web")
	case r.Platform == chat.Web:
		return r.Subscription.check()
	case r.Subscription != nil:
		return invalid("subscription: only of the platform web")
	case r.Token == "" || len(r.Token) > chat.MaxToken:
		return invalid("token: 1 to 4096 characters")
	}
	for _, c := range r.Token {
		if c <= ' ' || c > '~' {
			return invalid("token: printable ASCII without spaces")
		}
	}
	return nil
}

// eachOnce reports whether these are user ids, each once.
func eachOnce(users []chat.UserID) bool {
	seen := map[chat.UserID]bool{}
	for _, user := range users {
		if !user.Valid() || seen[user] {
			return false
		}
		seen[user] = true
	}
	return true
}

// check looks at the lengths; what the members mean is for the adapter to say.
func (s *Subscription) check() error {
	switch {
	case s == nil:
		return invalid("subscription: needed for the platform web")
	case s.Endpoint == "" || len(s.Endpoint) > chat.MaxPushURL:
		return invalid("subscription.endpoint: a URL of at most 1024 characters")
	case len(s.Keys.P256DH) != 87 || !isBase64URL(s.Keys.P256DH):
		return invalid("subscription.keys.p256dh: 87 characters of base64url")
	case len(s.Keys.Auth) != 22 || !isBase64URL(s.Keys.Auth):
		return invalid("subscription.keys.auth: 22 characters of base64url")
	}
	for _, c := range s.Endpoint {
		if c <= ' ' || c > '~' {
			return invalid("subscription.endpoint: printable ASCII without spaces")
		}
	}
	return nil
}

func isBase64URL(s string) bool {
	return strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_") == ""
}

func checkLimit(limit *int, most int) error {
	if limit != nil && (*limit < 1 || *limit > most) {
		return chat.Errorf(chat.Invalid, "limit: 1 to %d", most)
	}
	return nil
}

func checkFile(name, contentType string, size int64) error {
	switch n := utf8.RuneCountInString(name); {
	case n < 1 || n > chat.MaxFileName || hasControl(name) || strings.ContainsAny(name, `/\`):
		return invalid("name: a file name of 1 to 255 characters")
	case !chat.MediaTypes[contentType]:
		return invalid("type: not an allowed media type")
	case size < 1:
		return invalid("size: at least 1")
	case size > chat.MaxUpload:
		return chat.Errorf(chat.TooLarge, "size: at most %d bytes", chat.MaxUpload)
	}
	return nil
}

func validName(name string) bool {
	n := utf8.RuneCountInString(name)
	return 1 <= n && n <= chat.MaxName && !hasControl(name)
}

func hasControl(s string) bool { return strings.ContainsFunc(s, unicode.IsControl) }
