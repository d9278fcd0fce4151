package soak

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/parley-im/parley/infra/local/faults"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// once lets a fault strike the first event of a function and an operation.
func once(name faults.Name, function, operation string) faults.Rule {
	return faults.Rule{Fault: name, Probability: 1, Times: 1, Function: function, Operation: operation}
}

// wantStruck checks how often each rule of the plan in force has struck.
func wantStruck(t *testing.T, want ...uint64) {
	t.Helper()
	for i, n := range want {
		if got := admin(t, "GET", nil); got.Counts[i].Injected != n {
			t.Errorf("%s has struck %d times of %d, want %d", got.Rules[i].Fault, got.Counts[i].Injected, got.Counts[i].Asked, n)
		}
	}
}

// says sends a text and waits for the acknowledgement.
func (d *device) says(to wire.Target, content wire.Content) wire.Accepted {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(d.t.Context(), patience)
	defer cancel()
	ack, err := d.Send(ctx, to, content)
	if err != nil {
		d.t.Fatalf("%s: %v", d.User(), err)
	}
	return ack
}

// has waits until the device was told n entries of a conversation and returns what they say.
func (d *device) has(id chat.ConversationID, n int) string {
	d.t.Helper()
	d.until(fmt.Sprint(n, " entries"), func() bool { return len(d.logs[id]) >= n })
	var texts []string
	for _, e := range d.log(id) {
		texts = append(texts, e.Body.Text)
	}
	return strings.Join(texts, ", ")
}

func TestAProcessKilledAtACallLeavesNoTrace(t *testing.T) {
	for name, rule := range map[string]faults.Rule{
		"before it stored":   once("lambda.kill_before", "message", "PutItem"),
		"after it stored":    once("lambda.kill_after", "message", "PutItem"),
		"before it posted":   once("lambda.kill_before", "message", "PostToConnection"),
		"after it posted":    once("lambda.kill_after", "message", "PostToConnection"),
		"before it notified": once("lambda.kill_before", "message", "Publish"),
	} {
		t.Run(name, func(t *testing.T) {
			ann, bob := connect(t, person("ann")).ready(), connect(t, person("bob")).ready()
			cat := person("cat")
			group, err := ann.CreateGroup(t.Context(), "three", bob.User(), cat)
			if err != nil {
				t.Fatal(err)
			}
			strike(t, 1, rule)
			ack := ann.says(client.To(group.Conversation), client.Text("once"))
			if ack.Seq != 2 {
				t.Errorf("acknowledged as %d", ack.Seq)
			}
			wantStruck(t, 1)
			heal(t)
			ann.says(client.To(group.Conversation), client.Text("and for all"))
			for _, d := range []*device{ann, bob} {
				if got := d.has(group.Conversation, 3); got != ", once, and for all" {
					t.Errorf("%s has %q", d.User(), got)
				}
			}
		})
	}
}

func TestWhatAPostLostIsThereWithTheNextEntry(t *testing.T) {
	ann, bob := connect(t, person("ann")).ready(), connect(t, person("bob")).ready()
	strike(t, 1, once("post.half_open", "message", ""))
	lost := ann.says(client.ToUser(bob.User()), client.Text("lost"))
	wantStruck(t, 1)
	ann.says(client.ToUser(bob.User()), client.Text("found"))
	if got := bob.has(lost.Conversation, 2); got != "lost, found" {
		t.Errorf("bob has %q", got)
	}
}

func TestAReplyThatIsLostIsAskedForAgainWhenTheConnectionBreaks(t *testing.T) {
	ann, bob := connect(t, person("ann")).ready(), connect(t, person("bob")).ready()
	strike(t, 1, once("ack.lost", "message", "send"))
	sending := ann.Queue(client.ToUser(bob.User()), client.Text("hello?"))
	bob.has(sending.Conversation, 1)
	ann.network.cut()
	if ack, err := sending.Result(); err != nil || ack.Seq != 1 {
		t.Errorf("acknowledged as %d, %v", ack.Seq, err)
	}
	wantStruck(t, 1)
}

func TestALargeRoomIsToldOnceAlthoughItsQueueDeliversTwice(t *testing.T) {
	ann, bob := connect(t, person("ann")).ready(), connect(t, person("bob")).ready()
	members := []chat.UserID{bob.User()}
	for range chat.InlineMembers {
		members = append(members, person("u"))
	}
	strike(t, 1, faults.Rule{Fault: "sqs.duplicate", Probability: 1}, faults.Rule{Fault: "sns.duplicate", Probability: 1})
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	room, err := ann.CreateGroup(ctx, "many", members...)
	if err != nil {
		t.Fatal(err)
	}
	ann.says(client.To(room.Conversation), client.Text("one"))
	ann.says(client.To(room.Conversation), client.Text("two"))
	if got := bob.has(room.Conversation, 3); got != ", one, two" {
		t.Errorf("bob has %q", got)
	}
	for _, count := range heal(t).Counts {
		if count.Injected == 0 || count.Injected != count.Asked {
			t.Errorf("struck %d of %d", count.Injected, count.Asked)
		}
	}
}

func TestAnAttachmentSurvivesABusyS3(t *testing.T) {
	ann, bob := connect(t, person("ann")).ready(), connect(t, person("bob")).ready()
	strike(t, 1, once("s3.unavailable", "", "PutObject"), once("s3.unavailable", "message", ""))
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	attachment, err := ann.Upload(ctx, client.File{Name: "a.png", Type: "image/png", Content: strings.NewReader("not really")})
	if err != nil {
		t.Fatal(err)
	}
	ack := ann.says(client.ToUser(bob.User()), wire.Content{Attachments: []wire.Attachment{attachment}})
	wantStruck(t, 1, 1)
	bob.has(ack.Conversation, 1)
}
