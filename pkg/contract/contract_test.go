package contract_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/parley-im/parley/events"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/contract"
)

func validator(t *testing.T) *contract.Validator {
	t.Helper()
	v, err := contract.New()
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func sample(t *testing.T, name string) string {
	t.Helper()
	data, err := fs.ReadFile(events.FS, "samples/"+name+".json")
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestRequestSaysWhichSchemaAndWhere(t *testing.T) {
	v := validator(t)
	for name, test := range map[string]struct {
		frame string
		says  []string // nothing if the frame is fine
	}{
		"a frame of the contract": {sample(t, "send"), nil},
		"ping":                    {`{"action":"ping"}`, nil},
		"unknown member":          {`{"action":"unregister","ref":"1","reff":"2"}`, []string{"unregister", "reff"}},
		"missing member":          {`{"action":"unregister"}`, []string{"unregister", "ref"}},
		"wrong type inside":       {`{"action":"send","ref":"1","id":"018f7d9b-3c1a-7b2e-9d4f-0a1b2c3d4e5f","to":{"user":7},"body":{"text":"hi"}}`, []string{"send", "/to/user"}},
		"null":                    {`{"action":"conversations","ref":"1","limit":null}`, []string{"conversations", "/limit"}},
		"unknown action":          {`{"action":"sing","ref":"1"}`, []string{`"sing"`}},
		"an event is no action":   {sample(t, "message"), []string{`""`}},
		"an event name as action": {`{"action":"pong"}`, []string{`"pong"`}},
		"no action":               {`{"ref":"1"}`, []string{`""`}},
		"action of another type":  {`{"action":7}`, []string{`""`}},
		"member twice":            {`{"action":"ping","action":"ping"}`, []string{"twice"}},
		"not an object":           {`["ping"]`, []string{"not an object"}},
		"not JSON":                {`ping`, []string{"not JSON"}},
		"two values":              {`{"action":"ping"} {"action":"ping"}`, []string{"not JSON"}},
		"invalid UTF-8":           {"{\"action\":\"ping\",\"ref\":\"\xff\"}", []string{"not JSON"}},
		"longer than a frame":     {`{"action":"ping"` + strings.Repeat(" ", chat.MaxFrame) + `}`, []string{"longer"}},
	} {
		t.Run(name, func(t *testing.T) { says(t, v.Request([]byte(test.frame)), test.says) })
	}
}

func TestEventIsCheckedByItsNameAndTheActionItAnswers(t *testing.T) {
	v := validator(t)
	for name, test := range map[string]struct {
		frame, action string
		says          []string
	}{
		"message":                       {sample(t, "message"), "", nil},
		"reply to what was asked":       {sample(t, "reply.sync"), "sync", nil},
		"reply to something":            {sample(t, "reply.sync"), "", nil},
		"error instead of a reply":      {sample(t, "error"), "send", nil},
		"gateway's own error":           {sample(t, "gateway"), "send", nil},
		"reply to another action":       {sample(t, "reply.sync"), "send", []string{"reply.send", "/result"}},
		"reply to nothing known":        {`{"event":"reply","ref":"1","result":{"x":1}}`, "", []string{"any action"}},
		"reply to an action without":    {`{"event":"reply","ref":"1","result":{}}`, "ping", []string{"reply.ping"}},
		"unknown event":                 {`{"event":"sung"}`, "", []string{`"sung"`}},
		"a request is no event":         {sample(t, "send"), "", []string{"gateway"}},
		"an action as event":            {`{"event":"send"}`, "", []string{`"send"`}},
		"neither event nor gateway":     {`{"message":"hi"}`, "", []string{"gateway", "connectionId"}},
		"unknown member in an event":    {`{"event":"pong","ref":"1"}`, "", []string{"pong", "ref"}},
		"temporary without retry_after": {`{"event":"error","code":"limited","message":"x"}`, "", []string{"error", "retry_after"}},
		"permanent with retry_after":    {`{"event":"error","code":"invalid","message":"x","retry_after":1}`, "", []string{"error", "retry_after"}},
		"unknown code":                  {`{"event":"error","code":"tired","message":"x"}`, "", []string{"error", "/code"}},
		"a code of the action's own":    {`{"event":"error","ref":"1","code":"behind","message":"x"}`, "send", nil},
		"a code that any may answer":    {`{"event":"error","ref":"1","code":"invalid","message":"x"}`, "settings", nil},
		"a code of another action":      {`{"event":"error","ref":"1","code":"behind","message":"x"}`, "settings", []string{"settings", `"behind"`}},
		"not JSON":                      {`pong`, "", []string{"not JSON"}},
	} {
		t.Run(name, func(t *testing.T) { says(t, v.Event([]byte(test.frame), test.action), test.says) })
	}
}

func says(t *testing.T, err error, parts []string) {
	t.Helper()
	switch {
	case err == nil && parts != nil:
		t.Fatalf("accepted, want an error with %q", parts)
	case err != nil && parts == nil:
		t.Fatalf("refused: %v", err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
}
