package main

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// help lists what can be typed.
const help = `/to bob [text]       talk to bob
/group name a b c    make a group; "two words" in quotes
/add a b, /remove a  let members into a group, or put them out; /ban a for good
/role admin a b      make members admin, moderator, member or guest; owner hands the group over
/rename name, /icon path|none, /announce on|off, /slow seconds|off, /history joined|start
/invite [uses]       make a link into the group; /links lists them, /revoke id ends one
/join code           join by a link; /leave leaves the group
@bob                 in a text: bob is to notice it
/reply n text        answer message n
/edit [n] text       change message n, or your last one
/delete [n]          remove it for everybody
/later 10m text      say it later; /scheduled lists what waits, /unschedule n takes it back
/react [n] 👍        react to message n, or the last one; again: take it back
/forward n bob       repeat message n to bob
/thread n [text]     go to the thread about message n, or begin it
/also text           in a thread: say it where the thread is, too
/unfollow            hear no more of this thread
/pin [n], /unpin [n] pin a message for everybody, or take it off
/pins                what is pinned
/hide [n], /clear    hide a message, or all that was said, from yourself only
/brief 60 text       a message that disappears after 60 seconds
/timer 1h [read]     what is said from now on disappears after that, or once it was read; /timer off
/numbers             show the numbers of messages, or hide them
/file path [text]    send a file
/save n [path]       save the attachment numbered n
/search words        find messages; from:bob in:here has:media before:2026-11-01
/who                 who is here; /seen [n] who has read a message
/unread [n]          count from message n on as unread; /explain says why it is as much
/top, /archive       first in the list, or away; again: not
/status busy [min]   how others see you: online, away, busy, invisible
/name Ann            what others see you as; /picture path
/contact bob [name]  keep bob under a name, or "-" to forget; /contacts
/block [bob]         nothing more from bob, who is not told; /unblock, /blocked
/mute [bob] [8h]     no notifications from bob, or from here; /mute mentions, /unmute, /muted
/settings            who may see and do what; messages=contacts private=yes
/accept              let in a stranger who wrote
/limits              what the server allows
//text               a text that begins with a slash
/help                this
/quit, Ctrl-C        leave
/logout              leave, and be notified no more
Tab, ↑, ↓            other conversations
PgUp, PgDn           older and newer messages
Esc                  clear, or dismiss what failed`

// command is a line that was typed: a name without the slash, or "say".
type command struct {
	name string
	args []string
	// rest is the text of say, or what follows the first argument; all is what follows the name.
	rest, all string
}

// usage says how many arguments a command needs at least.
var usage = map[string]struct {
	least int
	form  string
}{
	"to": {1, "/to user [text]"}, "group": {2, "/group name member …"}, "file": {1, "/file path [text]"},
	"reply": {2, "/reply n text"}, "edit": {1, "/edit [n] text"}, "delete": {0, "/delete [n]"}, "react": {1, "/react [n] 👍"},
	"forward": {2, "/forward n user"}, "thread": {1, "/thread n [text]"}, "also": {1, "/also text"}, "unfollow": {}, "pin": {0, "/pin [n]"},
	"unpin": {0, "/unpin [n]"}, "pins": {}, "hide": {0, "/hide [n]"}, "brief": {2, "/brief seconds text"},
	"timer": {1, "/timer 1h [read], or /timer off"},
	"add":   {1, "/add user …"}, "remove": {1, "/remove user …"}, "ban": {1, "/ban user …"}, "leave": {},
	"role": {2, "/role admin|moderator|member|guest|owner user …"}, "rename": {1, "/rename name"},
	"icon": {1, "/icon path, or /icon none"}, "announce": {1, "/announce on|off"}, "slow": {1, "/slow seconds|off"},
	"history": {1, "/history joined|start"}, "invite": {}, "links": {}, "revoke": {1, "/revoke id"}, "join": {1, "/join code"},
	"later": {2, "/later 10m text"}, "scheduled": {}, "unschedule": {1, "/unschedule n"},
	"numbers": {}, "save": {1, "/save n [path]"}, "search": {1, "/search words from:user in:here has:media before:2026-11-01"}, "who": {},
	"seen": {0, "/seen [n]"}, "unread": {0, "/unread [n]"}, "top": {}, "archive": {}, "clear": {}, "explain": {},
	"status": {1, "/status online|away|busy|invisible [minutes]"}, "limits": {}, "logout": {}, "help": {}, "quit": {},
	"name": {1, "/name Ann"}, "picture": {1, "/picture path"}, "contact": {1, "/contact user [name]"}, "contacts": {},
	"block": {0, "/block [user]"}, "unblock": {0, "/unblock [user]"}, "blocked": {}, "accept": {},
	"mute": {0, "/mute [user] [8h] [mentions]"}, "unmute": {0, "/unmute [user]"}, "muted": {},
	"settings": {0, "/settings [seen|messages|groups=everyone|contacts|nobody] [private=yes|no]"},
}

// read reads a line. A text that begins with a slash is written with two.
func read(line string) (command, error) {
	if text, ok := strings.CutPrefix(line, "//"); ok {
		return command{name: "say", rest: "/" + text}, nil
	}
	if !strings.HasPrefix(line, "/") {
		return command{name: "say", rest: line}, nil
	}
	name, rest, _ := strings.Cut(line[1:], " ")
	want, ok := usage[name]
	if !ok {
		return command{}, fmt.Errorf("there is no /%s; try /help", clean(name))
	}
	c := command{name: name, all: strings.TrimSpace(rest)}
	for rest = c.all; rest != ""; {
		var word string
		word, rest = cutWord(rest)
		c.args = append(c.args, word)
		if len(c.args) == 1 {
			c.rest = rest
		}
	}
	if len(c.args) < want.least {
		return c, fmt.Errorf("it is %s", want.form)
	}
	return c, nil
}

// cutWord cuts the first word off; one in double quotes may hold spaces.
func cutWord(s string) (word, rest string) {
	if quoted, ok := strings.CutPrefix(s, `"`); ok {
		if word, rest, ok := strings.Cut(quoted, `"`); ok {
			return word, strings.TrimSpace(rest)
		}
	}
	word, rest, _ = strings.Cut(s, " ")
	return word, strings.TrimSpace(rest)
}

// text is what a command would send.
func (c command) text() string {
	if c.name == "edit" || c.name == "reply" {
		_, rest := c.numbered()
		return rest
	}
	return c.rest
}

// peer is whom /to names: somebody else.
func (c command) peer(me chat.UserID) (chat.UserID, error) {
	ids, err := users(c.args[:1])
	switch {
	case err != nil:
		return "", err
	case ids[0] == me:
		return "", errors.New("that is you; name somebody else")
	}
	return ids[0], nil
}

// users reads names.
func users(names []string) ([]chat.UserID, error) {
	var ids []chat.UserID
	for _, n := range names {
		id := chat.UserID(strings.TrimSuffix(strings.TrimPrefix(n, "@"), ","))
		if !id.Valid() {
			return nil, fmt.Errorf("%q is no user", clean(n))
		}
		ids = append(ids, id)
	}
	return ids, nil
}

// attachment finds the one that is numbered n in a room, among what was fetched.
func attachment(r *room, n string) (chat.Seq, wire.Attachment, error) {
	for _, e := range r.now.Messages() {
		for i, a := range e.Body.Attachments {
			if number(e, i) == n || i == 0 && strconv.FormatUint(uint64(e.Seq), 10) == n {
				return e.Seq, a, nil
			}
		}
	}
	return 0, wire.Attachment{}, fmt.Errorf("there is no attachment %s here", clean(n))
}
