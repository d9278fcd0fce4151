package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// fails stores a scheduled message to a conversation that there is not, as if its sender had been a member.
func (c *cloud) fails(id string) {
	c.t.Helper()
	s := store.NewSchedule(dynamo.NewFromIface(dynamodb.New(dynamodb.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(c.database), Credentials: credentials.NewStaticCredentialsProvider("local", "secret", ""),
	})), topology.People.Name, topology.PeopleByDue.Name)
	_, wrote, err := s.AddScheduled(c.t.Context(), chat.Scheduled{
		User: "ann", ID: chat.MessageID(id), Conversation: chat.GroupID("eve", chat.MessageID(id)), Body: chat.Body{Text: "hi"}, At: time.Now(),
	})
	if err != nil || !wrote {
		c.t.Fatal(wrote, err)
	}
}

// Locally nobody checks permissions; on AWS what is not granted is refused.
func TestFunctionsDoNothingThatTheyAreNotGranted(t *testing.T) {
	c := newCloud(t)
	c.ask("presence", "eve", "watch", `,"users":["ann","bob","dan"]`)
	for _, user := range []string{"ann", "bob"} {
		for range 2 { // their connections are gone by then, so that posts find out
			event := payload(t, "connect")
			c.as(event, user)
			c.do("connect", event)
		}
	}
	for i := range chat.MaxConnections {
		event := payload(t, "connect")
		c.as(event, "dan")
		at(event, "requestContext")["connectionId"] = fmt.Sprint("dan-", i)
		c.do("connect", event)
	}
	event := payload(t, "connect")
	c.as(event, "dan")
	c.do("connect", event)
	c.do("disconnect", func() any { event := payload(t, "disconnect"); c.as(event, "dan"); return event }())

	message := func(n int) string { return fmt.Sprintf("018f0000-0000-7000-8000-%012d", n) }
	var crowd []string
	for i := range 250 {
		crowd = append(crowd, fmt.Sprint("m", i))
	}
	members, err := json.Marshal(crowd)
	if err != nil {
		t.Fatal(err)
	}
	small := chat.GroupID("ann", chat.MessageID(message(5)))
	direct, large := chat.DirectID("ann", "bob"), chat.GroupID("ann", chat.MessageID(message(1)))
	c.ask("devices", "bob", "register", `,"platform":"fcm","token":"token"`)
	c.ask("message", "ann", "create", fmt.Sprintf(`,"id":%q,"name":"all","members":%s`, message(1), members))
	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"conversation":%q},"body":{"text":"hi"}`, message(2), large))
	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"text":"hi"}`, message(3)))
	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"after":0,"body":{"text":"hi"}`, message(4)))
	c.ask("message", "ann", "create", fmt.Sprintf(`,"id":%q,"name":"few","members":["m0","m1","m2"]`, message(5)))
	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"text":"hi"},"expires":60`, message(905)))
	c.ask("message", "ann", "edit", fmt.Sprintf(`,"id":%q,"conversation":%q,"seq":3,"body":{"text":"ho"}`, message(906), direct))
	c.ask("message", "ann", "pin", fmt.Sprintf(`,"id":%q,"conversation":%q,"seq":3`, message(907), direct))
	c.ask("message", "ann", "delete", fmt.Sprintf(`,"id":%q,"conversation":%q,"seq":3`, message(908), direct))
	c.ask("message", "ann", "hide", fmt.Sprintf(`,"conversation":%q,"seqs":[1]`, direct))
	for n, id := range []chat.ConversationID{direct, large} {
		c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"thread":{"conversation":%q,"seq":2}},"body":{"text":"hi"}`, message(910+n), id))
		for _, off := range []bool{true, false} {
			c.ask("message", "ann", "follow", fmt.Sprintf(`,"conversation":%q,"off":%t`, chat.ThreadID(id, 2), off))
		}
		c.ask("sync", "ann", "pins", fmt.Sprintf(`,"conversation":%q`, id))
		c.ask("sync", "ann", "threads", fmt.Sprintf(`,"conversation":%q,"roots":[2]`, id))
		c.ask("sync", "ann", "history", fmt.Sprintf(`,"conversation":%q`, chat.ThreadID(id, 2)))
	}
	for _, seq := range []int{1, 2} {
		share, err := json.Marshal(chat.Share{Conversation: large, Seq: chat.Seq(seq), Users: []chat.UserID{"bob", "m1"}})
		if err != nil {
			t.Fatal(err)
		}
		c.do("fanout", events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: string(share)}}})
	}
	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"text":"hi"},"draft":true`, message(5)))
	in := func(d time.Duration) string { return wire.Time(time.Now().Add(d)) }
	c.ask("drafts", "bob", "draft", fmt.Sprintf(`,"to":{"conversation":%q},"body":{"text":"hi"}`, direct))
	c.ask("drafts", "ann", "draft", fmt.Sprintf(`,"to":{"conversation":%q},"body":{"text":"hi"}`, large))
	c.ask("drafts", "ann", "draft", `,"to":{"user":"bob"}`)
	c.ask("drafts", "ann", "drafts", "")
	for n, to := range []string{`"user":"bob"`, `"user":"eva"`, fmt.Sprintf(`"conversation":%q`, large)} {
		c.ask("drafts", "ann", "schedule", fmt.Sprintf(`,"id":%q,"to":{%s},"body":{"text":"hi"},"at":%q`, message(10+n), to, in(time.Hour)))
	}
	c.ask("drafts", "ann", "schedule", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"text":"hi"},"at":%q,"replace":true`, message(10), in(time.Minute)))
	c.ask("drafts", "ann", "schedule", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"text":"hi"},"at":%q`, message(20), in(time.Hour)))
	c.ask("drafts", "ann", "unschedule", fmt.Sprintf(`,"id":%q`, message(20)))
	c.ask("drafts", "ann", "schedule", fmt.Sprintf(`,"id":%q,"to":{"user":"bob"},"body":{"attachments":[{"media":"m_caaaaaaaaaaaaaaaaaaaaaaaaa","name":"a.png","type":"image/png","size":1}]},"at":%q`, message(22), in(time.Hour)))
	c.ask("drafts", "ann", "scheduled", "")
	c.fails(message(21))
	tick := payload(t, "tick")
	tick["time"] = time.Now().Add(2 * time.Hour).Format(time.RFC3339)
	c.do("tick", tick)
	for _, id := range []chat.ConversationID{direct, large} {
		c.ask("signal", "bob", "receipts", fmt.Sprintf(`,"cursors":[{"conversation":%q,"read":1}]`, id))
		c.ask("signal", "ann", "mark", fmt.Sprintf(`,"conversation":%q,"seq":1`, id))
		c.ask("signal", "ann", "prefs", fmt.Sprintf(`,"conversation":%q,"pinned":true`, id))
		c.ask("sync", "ann", "explain", fmt.Sprintf(`,"conversation":%q`, id))
		c.ask("sync", "ann", "seen", fmt.Sprintf(`,"conversation":%q,"seq":2`, id))
		c.ask("sync", "ann", "sync", fmt.Sprintf(`,"cursors":[{"conversation":%q,"after":0}]`, id))
		c.ask("sync", "ann", "history", fmt.Sprintf(`,"conversation":%q`, id))
		c.ask("sync", "ann", "members", fmt.Sprintf(`,"conversation":%q`, id))
	}
	thread := chat.ThreadID(large, 2)
	for action, members := range map[string]string{
		"mark": `,"conversation":%q,"seq":1`, "prefs": `,"conversation":%q,"pinned":true`, "receipts": `,"cursors":[{"conversation":%q,"read":1}]`,
		"typing": `,"conversation":%q,"kind":"text"`,
	} {
		c.ask("signal", "ann", action, fmt.Sprintf(members, thread))
	}
	c.ask("people", "ann", "mute", fmt.Sprintf(`,"conversation":%q`, thread))
	c.ask("sync", "ann", "conversations", "")
	c.ask("search", "ann", "search", `,"query":"hi"`)
	c.ask("search", "m1", "search", fmt.Sprintf(`,"from":"ann","in":%q,"before":"2026-11-21T00:00:00.000Z"`, large)) // looks for that time
	c.ask("media", "ann", "upload", `,"name":"a.png","type":"image/png","size":5,"sha256":"47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="`)

	picture := string(chat.NewMediaID([]byte("a picture of ann")))
	c.ask("people", "ann", "profile", fmt.Sprintf(`,"name":"Ann","picture":%q`, chat.NewMediaID([]byte("the one before"))))
	c.ask("people", "ann", "profile", fmt.Sprintf(`,"name":"Ann","picture":%q`, picture))
	c.ask("people", "bob", "profiles", `,"users":["ann"]`)
	c.ask("media", "bob", "download", fmt.Sprintf(`,"user":"ann","media":%q`, picture))
	c.ask("people", "bob", "contact", `,"user":"ann","name":"Annie"`)
	c.ask("people", "bob", "contacts", "")
	c.ask("people", "bob", "contact", `,"user":"ann","remove":true`)
	c.ask("people", "bob", "settings", `,"messages":"contacts"`)
	c.ask("people", "bob", "mute", fmt.Sprintf(`,"conversation":%q`, direct))
	c.ask("people", "bob", "mute", fmt.Sprintf(`,"conversation":%q,"off":true`, direct))
	c.ask("people", "m1", "mute", fmt.Sprintf(`,"conversation":%q`, large))
	c.ask("people", "bob", "accept", fmt.Sprintf(`,"conversation":%q`, direct))
	c.ask("people", "bob", "block", `,"user":"cat"`)
	c.ask("people", "bob", "blocked", "")
	c.ask("people", "bob", "muted", "")
	c.ask("message", "cat", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"m1"},"body":{"text":"hi"}`, message(5)))

	notice := payload(t, "push")
	at(notice["Records"].([]any)[0].(map[string]any), "Sns")["Message"] = fmt.Sprintf(`{"conversation":%q,"seq":1,"users":["fay"]}`, chat.DirectID("ann", "fay"))
	c.ask("signal", "ann", "typing", fmt.Sprintf(`,"conversation":%q,"kind":"text"`, direct))
	c.ask("signal", "m0", "typing", fmt.Sprintf(`,"conversation":%q,"kind":"text"`, small)) // asks who has blocked whom
	c.ask("signal", "ann", "typing", `,"conversation":"d_aaaaaaaaaaaaaaaaaaaaaaaaaa","kind":"text"`)
	c.arrive("dan", "dan-10")
	c.arrive("dan", "dan-gone")
	c.ask("presence", "eve", "watch", `,"users":["dan"]`)
	c.ask("presence", "dan", "status", `,"status":"busy","for":60`)
	c.ask("presence", "dan", "status", `,"status":"away"`)
	c.ask("presence", "eve", "unwatch", `,"users":["ann"]`)
	c.do("disconnect", func() any {
		event := payload(t, "disconnect")
		c.as(event, "dan")
		at(event, "requestContext")["connectionId"] = "dan-10"
		return event
	}())
	absences := []string{`{"user":"dan","left":1}`, `{"user":"bob","left":1}`}
	for _, absence := range absences {
		c.do("grace", events.SQSEvent{Records: []events.SQSMessage{{MessageId: "1", Body: absence}}})
	}
	c.ask("devices", "dan", "logout", "")

	c.ask("message", "ann", "send", fmt.Sprintf(`,"id":%q,"to":{"user":"fay"},"body":{"text":"hi"}`, message(920)))
	browser, endpoint := c.web.register(t, "fay")
	for _, user := range []string{"eve", "fay"} { // who takes it over
		c.ask("devices", user, "register", browser)
	}
	c.do("push", notice)
	if got := c.web.service.Notifications(); len(got) != 1 || got[0].User != "fay" {
		t.Errorf("browsers show %v", got)
	}
	c.web.service.Unsubscribe(endpoint)
	c.do("push", notice)
	c.ask("devices", "fay", "register", browser)
	c.ask("devices", "fay", "unregister", "")
	c.ask("devices", "fay", "register", `,"platform":"fcm","token":"token-fay"`)
	c.do("push", notice)
	c.forget()
	c.do("push", notice)
	c.ask("devices", "bob", "register", `,"platform":"fcm","token":"token"`)
	c.ask("devices", "cat", "register", `,"platform":"fcm","token":"token"`) // takes it over
	c.ask("devices", "bob", "register", `,"platform":"fcm","token":"token-2"`)
	c.ask("devices", "bob", "unregister", "")

	for n, id := range []chat.ConversationID{small, large} {
		c.govern(id, 10*n+10, message)
	}

	for _, f := range topology.Functions {
		granted := map[string]bool{}
		for _, g := range f.Grants {
			for _, action := range g.Actions {
				switch table := g.On.(type) {
				case topology.Table:
					action = on(table.Name, action)
				case topology.Index:
					action = on(table.Table+table.Name, action)
				}
				granted[action] = true
			}
		}
		r := c.recorders[f.Name]
		if r == nil {
			if len(f.Grants) > 0 {
				t.Errorf("%s was not tried", f.Name)
			}
			continue
		}
		for _, action := range slices.Sorted(maps.Keys(r.actions)) {
			if !granted[action] {
				t.Errorf("%s does %s and is not granted it", f.Name, action)
			}
		}
		if f.Name == "push" { // the only one whose every permission is needed here, because each is for one kind of device
			for action := range granted {
				if !r.actions[action] && !strings.HasPrefix(action, "sqs:") { // Lambda itself keeps what fails
					t.Errorf("push never does %s", action)
				}
			}
		}
		if len(r.actions) == 0 && f.Name != "media" {
			t.Errorf("%s did nothing", f.Name)
		}
	}
}
