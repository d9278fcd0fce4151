package app

import (
	"encoding/json"
	"fmt"
)

// govern goes through every change of a group, among few members and among as many as a header holds.
func (l *ledger) govern() {
	for _, n := range []int{10, 200} {
		var members []string
		for i := range n - 2 { // one is to be added
			members = append(members, fmt.Sprintf("m%04d", i))
		}
		list, err := json.Marshal(members)
		if err != nil {
			l.t.Fatal(err)
		}
		var group struct{ Conversation string }
		made := l.send("ann", "create", fmt.Sprintf(`,"id":%q,"name":"all","members":%s`, l.id(), list))
		if err := json.Unmarshal(made, &group); err != nil {
			l.t.Fatal(err)
		}
		in := fmt.Sprintf(`,"conversation":%q`, group.Conversation)
		among := fmt.Sprintf("in a group of %d", n)
		change := func(user, action, more string) {
			l.count(action, among, func() { l.send(user, action, fmt.Sprintf(`,"id":%q%s%s`, l.id(), in, more)) })
		}
		l.connect("zoe")
		change("ann", "add", `,"users":["zoe"]`)
		change("ann", "role", `,"users":["zoe"],"role":"admin"`)
		change("ann", "change", `,"setup":{"name":"most"}`)
		change("ann", "remove", `,"users":["zoe"]`)
		var link struct{ Code, Invite string }
		l.count("invite", among, func() {
			if err := json.Unmarshal(l.send("ann", "invite", in), &link); err != nil {
				l.t.Fatal(err)
			}
		})
		l.count("invites", "one, "+among, func() { l.send("ann", "invites", in) })
		l.count("preview", among, func() { l.send("zoe", "preview", fmt.Sprintf(`,"code":%q`, link.Code)) })
		l.count("join", among, func() { l.send("zoe", "join", fmt.Sprintf(`,"id":%q,"code":%q`, l.id(), link.Code)) })
		l.count("revoke", among, func() { l.send("ann", "revoke", fmt.Sprintf(`%s,"invite":%q`, in, link.Invite)) })
		change("zoe", "leave", "")
		l.send("ann", "change", fmt.Sprintf(`,"id":%q%s,"setup":{"slow":1}`, l.id(), in))
		l.count("send", "in slow mode, "+among, func() {
			l.send("m0001", "send", fmt.Sprintf(`,"id":%q,"to":{"conversation":%q},"body":{"text":"see you"}`, l.id(), group.Conversation))
		})
	}
}
