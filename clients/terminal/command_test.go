package main

import (
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestRead(t *testing.T) {
	for line, want := range map[string]command{
		"hello  there":              {name: "say", rest: "hello  there"},
		"//etc/passwd":              {name: "say", rest: "/etc/passwd"},
		"/to bob":                   {name: "to", args: []string{"bob"}},
		"/to  bob  how are  you":    {name: "to", args: []string{"bob", "how", "are", "you"}, rest: "how are  you"},
		`/group "Book club" bob`:    {name: "group", args: []string{"Book club", "bob"}, rest: "bob"},
		`/group "unfinished bob`:    {name: "group", args: []string{`"unfinished`, "bob"}, rest: "bob"},
		`/file "my notes.txt" look`: {name: "file", args: []string{"my notes.txt", "look"}, rest: "look"},
		"/who":                      {name: "who"},
	} {
		got, err := read(line)
		if err != nil || got.name != want.name || got.rest != want.rest || !slices.Equal(got.args, want.args) {
			t.Errorf("%s: %+v, %v", line, got, err)
		}
	}
	for _, line := range []string{"/", "/dance", "/to", "/group x", "/save", "/file ", "/edit", "/reply 3", "/react"} {
		if c, err := read(line); err == nil {
			t.Errorf("%s: %+v", line, c)
		}
	}
}

func TestAttachmentsAreNumberedByTheirEntry(t *testing.T) {
	a, b, c := wire.Attachment{Name: "a"}, wire.Attachment{Name: "b"}, wire.Attachment{Name: "c"}
	r := newRooms("ann").get("g_1")
	r.append(wire.Entry{Event: chat.Message, Seq: 3, Body: wire.Body{Attachments: []wire.Attachment{a}}})
	r.append(wire.Entry{Event: chat.Message, Seq: 4, Body: wire.Body{Attachments: []wire.Attachment{b, c}}})
	for n, want := range map[string]string{"3": "a", "4": "b", "4.1": "b", "4.2": "c"} {
		if _, got, err := attachment(r, n); err != nil || got.Name != want {
			t.Errorf("%s is %s, %v", n, got.Name, err)
		}
	}
	for _, n := range []string{"5", "3.2", "4.3", "x"} {
		if _, got, err := attachment(r, n); err == nil {
			t.Errorf("%s is %s", n, got.Name)
		}
	}
}
