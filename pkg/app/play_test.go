package app

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// play goes through every action, in the situations that the README names.
func (l *ledger) play() {
	direct := string(chat.DirectID("ann", "bob"))
	l.count("connect", "", func() { l.connect("ann") })
	l.count("hello", "", func() { l.send("ann", "hello", "") })
	l.connect("bob")
	l.talk(direct)
	l.groups()
	l.govern()
	l.devices()
	l.media(direct)
	l.plans(direct)
	l.people(direct)
	l.reads(direct)
	l.signals(direct)
	l.content()
	// With the grace after it, in which somebody else is told.
	l.count("disconnect", "", func() { event := payload(l.t, "disconnect"); l.as(event, "ann"); l.invoke("disconnect", event) })
}

// say is a message in a conversation.
func (l *ledger) say(to string) func() {
	return func() {
		l.send("ann", "send", fmt.Sprintf(`,"id":%q,"to":{"conversation":%q},"body":{"text":"see you at the harbour"}`, l.id(), to))
	}
}

// change is a change of the second message.
func (l *ledger) change(user, action, conversation, more string) func() {
	return func() {
		l.send(user, action, fmt.Sprintf(`,"id":%q,"conversation":%q,"seq":2%s`, l.id(), conversation, more))
	}
}

func (l *ledger) talk(direct string) {
	first := l.id()
	begin := fmt.Sprintf(`,"id":%q,"after":0,"to":{"user":"bob"},"body":{"text":"hi"}`, first)
	l.count("send", "the first to a person", func() { l.send("ann", "send", begin) })
	l.count("send", "to one person", l.say(direct))
	l.count("edit", "", l.change("ann", "edit", direct, `,"body":{"text":"see you at the pier"}`))
	l.count("react", "", l.change("bob", "react", direct, `,"reactions":["+"]`))
	l.count("delete", "", l.change("ann", "delete", direct, ""))
	l.count("send", "a resend", func() { l.send("ann", "send", begin) })
}

func (l *ledger) groups() {
	for _, n := range []int{10, 200, 1000} {
		var members []string
		for i := range n - 1 {
			members = append(members, fmt.Sprintf("m%04d", i))
		}
		l.connect(members...)
		list, err := json.Marshal(members)
		if err != nil {
			l.t.Fatal(err)
		}
		var made struct{ Conversation string }
		l.count("create", fmt.Sprintf("%d members", n), func() {
			result := l.send("ann", "create", fmt.Sprintf(`,"id":%q,"name":"all","members":%s`, l.id(), list))
			if err := json.Unmarshal(result, &made); err != nil {
				l.t.Fatal(err)
			}
		})
		l.count("send", fmt.Sprintf("to a group of %d", n), l.say(made.Conversation))
	}
}

func (l *ledger) devices() {
	l.send("cat", "register", `,"platform":"fcm","token":"token"`)
	l.count("register", "", func() { l.send("dan", "register", `,"platform":"fcm","token":"token"`) })
	l.send("ann", "send", fmt.Sprintf(`,"id":%q,"after":0,"to":{"user":"cat"},"body":{"text":"hi"}`, l.id()))
	l.count("send", "to one person who is offline", l.say(string(chat.DirectID("ann", "cat"))))
	l.count("unregister", "", func() { l.send("dan", "unregister", "") })
	browser, _ := l.web.register(l.t, "cat")
	l.count("register", "a browser", func() { l.send("cat", "register", browser) }) // in place of the phone
	l.count("send", "to one person who is offline, with a browser", l.say(string(chat.DirectID("ann", "cat"))))
	l.count("unregister", "a browser", func() { l.send("cat", "unregister", "") })
	l.connect("eve")
	l.count("logout", "", func() { l.send("eve", "logout", "") })
}

// media: what a signed URL is used for is counted when it is signed, because the client's request is billed to the bucket.
func (l *ledger) media(direct string) {
	l.count("upload", "", func() {
		l.send("ann", "upload", `,"name":"a.png","type":"image/png","size":5,"sha256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="`)
	})
	media := chat.NewMediaID([]byte("sample-sample-16"))
	var sent struct{ Seq chat.Seq }
	l.count("send", "with an attachment", func() {
		result := l.send("ann", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"attachments":[{"media":%q,"name":"a.png","type":"image/png","size":5}]}`, l.id(), media))
		if err := json.Unmarshal(result, &sent); err != nil {
			l.t.Fatal(err)
		}
	})
	l.count("download", "", func() {
		l.send("bob", "download", fmt.Sprintf(`,"conversation":%q,"seq":%d,"media":%q`, direct, sent.Seq, media))
	})
}

func (l *ledger) plans(direct string) {
	draft := fmt.Sprintf(`,"to":{"conversation":%q}`, direct)
	l.count("draft", "", func() { l.send("ann", "draft", draft+`,"body":{"text":"see y"}`) })
	l.count("drafts", "one", func() { l.send("ann", "drafts", "") })
	l.count("send", "of what was a draft", func() {
		l.send("ann", "send", fmt.Sprintf(`,"id":%q,"to":{"conversation":%q},"draft":true,"body":{"text":"see you"}`, l.id(), direct))
	})
	plan := func(id string) {
		at := time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")
		l.send("ann", "schedule", fmt.Sprintf(`,"id":%q,"to":{"conversation":%q},"body":{"text":"happy birthday"},"at":%q`, id, direct, at))
	}
	id := l.id()
	l.count("schedule", "", func() { plan(id) })
	l.count("scheduled", "one", func() { l.send("ann", "scheduled", "") })
	l.count("unschedule", "", func() { l.send("ann", "unschedule", fmt.Sprintf(`,"id":%q`, id)) })
	plan(l.id())
	tick := payload(l.t, "tick")
	tick["time"] = time.Now().Add(2 * time.Hour).Format(time.RFC3339)
	l.count("tick", "that sends one message", func() { l.invoke("tick", tick) })
	l.count("tick", "with nothing to do", func() { l.invoke("tick", tick) })
}

func (l *ledger) people(direct string) {
	l.count("profile", "", func() { l.send("ann", "profile", `,"name":"Ann"`) })
	l.count("profiles", "two", func() { l.send("ann", "profiles", `,"users":["ann","bob"]`) })
	l.count("contact", "", func() { l.send("ann", "contact", `,"user":"bob","name":"Bobby"`) })
	l.count("contacts", "one", func() { l.send("ann", "contacts", "") })
	l.count("settings", "", func() { l.send("ann", "settings", `,"private":true`) })
	l.send("ann", "settings", `,"private":false`)
	l.count("mute", "a user", func() { l.send("ann", "mute", `,"user":"bob"`) })
	l.count("mute", "a conversation", func() { l.send("ann", "mute", fmt.Sprintf(`,"conversation":%q`, direct)) })
	l.count("muted", "one", func() { l.send("ann", "muted", "") })
	l.count("accept", "", func() { l.send("ann", "accept", fmt.Sprintf(`,"conversation":%q`, direct)) })
	l.count("block", "", func() { l.send("ann", "block", `,"user":"bob"`) })
	l.count("send", "to one person who has blocked the sender", func() {
		l.send("bob", "send", fmt.Sprintf(`,"id":%q,"to":{"conversation":%q},"body":{"text":"hi"}`, l.id(), direct))
	})
	l.count("blocked", "one", func() { l.send("ann", "blocked", "") })
	l.count("unblock", "", func() { l.send("ann", "unblock", `,"user":"bob"`) })
}

func (l *ledger) reads(direct string) {
	l.count("sync", "one conversation with news", func() { l.send("bob", "sync", fmt.Sprintf(`,"cursors":[{"conversation":%q,"after":3}]`, direct)) })
	l.count("history", "", func() { l.send("bob", "history", fmt.Sprintf(`,"conversation":%q`, direct)) })
	l.count("conversations", "one", func() { l.send("bob", "conversations", "") })
	l.count("members", "two", func() { l.send("bob", "members", fmt.Sprintf(`,"conversation":%q`, direct)) })
	l.count("conversations", "one, with nothing new since", func() {
		l.send("bob", "conversations", fmt.Sprintf(`,"since":%q`, time.Now().Add(time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")))
	})
	l.count("seen", "of one person", func() { l.send("ann", "seen", fmt.Sprintf(`,"conversation":%q,"seq":1`, direct)) })
	l.count("explain", "", func() { l.send("bob", "explain", fmt.Sprintf(`,"conversation":%q`, direct)) })
	l.count("search", "one conversation of a few messages", func() { l.send("bob", "search", `,"query":"birthday"`) })
}

func (l *ledger) signals(direct string) {
	l.count("typing", "to one person", func() { l.send("ann", "typing", fmt.Sprintf(`,"conversation":%q,"kind":"text"`, direct)) })
	l.count("typing", "to one person, with a receipt", func() {
		l.send("bob", "typing", fmt.Sprintf(`,"conversation":%q,"kind":"text","read":1`, direct))
	})
	read := func(user string, seq int) func() {
		return func() {
			l.send(user, "receipts", fmt.Sprintf(`,"cursors":[{"conversation":%q,"read":%d}]`, direct, seq))
		}
	}
	l.count("receipts", "to one person", read("bob", 2))
	l.count("receipts", "one that is stale", read("bob", 1))
	l.count("mark", "", func() { l.send("bob", "mark", fmt.Sprintf(`,"conversation":%q,"seq":2`, direct)) })
	l.count("prefs", "", func() { l.send("bob", "prefs", fmt.Sprintf(`,"conversation":%q,"pinned":true`, direct)) })
	l.count("prefs", "that clears", func() { l.send("bob", "prefs", fmt.Sprintf(`,"conversation":%q,"cleared":1`, direct)) })
	l.count("watch", "one person", func() { l.send("ann", "watch", `,"users":["bob"]`) })
	l.count("status", "with one who watches", func() { l.send("bob", "status", `,"status":"busy"`) })
	l.count("unwatch", "one person", func() { l.send("ann", "unwatch", `,"users":["bob"]`) })
}
