package main

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// clean makes a text from somebody else safe to print on one line: no control characters, so that it cannot begin an
// escape sequence, and nothing that changes the direction of what follows.
func clean(text string) string { return strings.Join(cleanLines(text), " ") }

// cleanLines is clean for each line of a text.
func cleanLines(text string) []string {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\u2028", "\n", "\u2029", "\n", "\t", "    ").Replace(text)
	text = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, text)
	return strings.Split(text, "\n")
}

// says is what an entry says, in lines.
func says(e wire.Entry) []string {
	switch e.Event {
	case chat.Created:
		return []string{fmt.Sprintf("made the group “%s” of %d", clean(e.Body.Name), e.Body.Size)}
	case chat.Added, chat.Joined, chat.Removed, chat.Left, chat.Ranked, chat.Changed:
		return []string{governed(e)}
	case chat.Edited:
		return []string{fmt.Sprintf("edited %d: %s", e.Body.Target, clean(e.Body.Text))}
	case chat.Deleted:
		return []string{fmt.Sprintf("deleted %d", e.Body.Target)}
	case chat.Reacted:
		return []string{reaction(e.Body.Target, e.Body.Reactions)}
	case chat.Pinned:
		if e.Body.Off {
			return []string{fmt.Sprintf("took the pin off %d", e.Body.Target)}
		}
		return []string{fmt.Sprintf("pinned %d", e.Body.Target)}
	case chat.Threaded:
		return []string{fmt.Sprintf("began a thread about %d", e.Body.Target)}
	case chat.Hidden:
		return []string{"(hidden)"}
	case chat.Message:
	default:
		return []string{"(" + clean(string(e.Event)) + ")"}
	}
	if e.Deleted {
		return []string{gone}
	}
	if e.Expired {
		return []string{"message expired"}
	}
	var lines []string
	if e.Body.Forwarded {
		lines = append(lines, "↪ forwarded")
	}
	if e.Body.Text != "" {
		lines = append(lines, cleanLines(e.Body.Text)...)
	}
	for i, a := range e.Body.Attachments {
		lines = append(lines, fmt.Sprintf("📎 %s (%s)  /save %s", clean(a.Name), size(a.Size), number(e, i)))
	}
	return lines
}

// gone is shown in the place of what was deleted.
const gone = "message deleted"

// tells is what an entry says in one line.
func tells(e wire.Entry) string {
	line := strings.Join(says(e), " ")
	if e.Event != chat.Message {
		return line
	}
	if e.Body.Reply > 0 {
		line = fmt.Sprintf("to %d: %s", e.Body.Reply, line)
	}
	if e.Version > 0 {
		line += " " + edited
	}
	return line
}

// edited stands behind a text that was.
const edited = "(edited)"

// reaction is what somebody has on a message.
func reaction(target chat.Seq, marks []string) string {
	if len(marks) == 0 {
		return fmt.Sprintf("nothing on %d any more", target)
	}
	return fmt.Sprintf("%s on %d", clean(strings.Join(marks, " ")), target)
}

// reactions are the marks on a message and how many have them.
func reactions(e wire.Entry) string {
	var all []string
	for _, r := range e.Reactions {
		all = append(all, fmt.Sprintf("%s %d", clean(r.Mark), r.Count))
	}
	return strings.Join(all, "  ")
}

// quote is the first line of a message that is answered.
func quote(e wire.Entry) string {
	return append(says(e), "")[0]
}

// number is how an attachment is called in /save: the seq of its entry, and its place if there are several.
func number(e wire.Entry, i int) string {
	if len(e.Body.Attachments) == 1 {
		return fmt.Sprint(e.Seq)
	}
	return fmt.Sprintf("%d.%d", e.Seq, i+1)
}

// size renders a number of bytes.
func size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1_000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1000)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/1_000_000)
	}
}

// ago renders how long ago a rendered time was; "" if it is none.
func ago(at string, now time.Time) string {
	t, err := wire.ParseTime(at)
	if err != nil {
		return ""
	}
	switch d := now.Sub(t); {
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	default:
		return fmt.Sprintf("%d d ago", int(d.Hours()/24))
	}
}

// since is how somebody is offline; when they were seen is not always told.
func since(at string, now time.Time) string {
	if at == "" {
		return "offline"
	}
	return "offline, seen " + ago(at, now)
}

// whoLines tells of each member whether they are here.
func whoLines(members []wire.MemberLine, now time.Time) []string {
	var lines []string
	for _, m := range members {
		role := ""
		if m.Role != chat.Member {
			role = fmt.Sprintf(" (%s)", m.Role)
		}
		switch m.Presence {
		case wire.Online:
			lines = append(lines, fmt.Sprintf("%s is online%s", m.User, role))
		case wire.Away, wire.Busy, chat.Invisible:
			lines = append(lines, fmt.Sprintf("%s is %s%s", m.User, m.Presence, role))
		case wire.Offline:
			lines = append(lines, fmt.Sprintf("%s is %s%s", m.User, since(m.Seen, now), role))
		case wire.Unknown:
			lines = append(lines, fmt.Sprintf("%s was never here%s", m.User, role))
		}
	}
	return lines
}
