package acceptance

import (
	"maps"
	"testing"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/pkg/chat"
)

// Not in parallel: the gateway counts for everybody.
func TestAMessageBetweenTwoPeopleCostsWhatTheDesignSays(t *testing.T) {
	needLocal(t, "counts requests of functions")
	ann, bob := person(t, "ann"), person(t, "bob")
	phone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	bobsPhone.gets(phone.says(to(bob), "the first makes the conversation"))

	calls := parley.tap.record(t, string(ann.ID), string(bob.ID), string(chat.DirectID(ann.ID, bob.ID)))
	before := parley.local.API.Usage()
	bobsPhone.gets(phone.says(to(bob), "the second is like all that follow"))
	after := parley.local.API.Usage()

	made := map[string]int{}
	for _, c := range calls() {
		made[c.Service+" "+c.Operation]++
	}
	want := map[string]int{"dynamodb Query": 1, "dynamodb PutItem": 1, "dynamodb BatchGetItem": 1, "apigateway POST": 1}
	if !maps.Equal(made, want) {
		t.Errorf("the functions made %v, want %v", made, want)
	}
	for name, count := range map[string]func(apigateway.Usage) apigateway.Traffic{
		"in":   func(u apigateway.Usage) apigateway.Traffic { return u.Inbound["send"] },
		"ack":  func(u apigateway.Usage) apigateway.Traffic { return u.Outbound["send"] },
		"post": func(u apigateway.Usage) apigateway.Traffic { return u.Posts },
	} {
		messages := count(after).Messages - count(before).Messages
		if units := count(after).Units - count(before).Units; messages != 1 || units != 1 {
			t.Errorf("%s: %d frames billed as %d, want one", name, messages, units)
		}
	}
}
