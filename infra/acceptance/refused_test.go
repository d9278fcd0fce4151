package acceptance

import (
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/coder/websocket"
	"github.com/go-json-experiment/json"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// bad is a frame and why it is refused. In it BOB is somebody, TALK a conversation with him, OTHERS one of other people,
// NOWHERE one that does not exist and ID a new id.
type bad struct {
	name, frame string
	code        chat.Code
}

// send is a frame of the action send with what follows its id.
func send(rest string) string { return `{"action":"send","ref":"r","id":"ID",` + rest + `}` }

// many is n copies of a text, in which # is the number of the copy, separated by commas.
func many(n int, text string) string {
	all := make([]string, n)
	for i := range all {
		all[i] = strings.ReplaceAll(text, "#", fmt.Sprint(i))
	}
	return strings.Join(all, ",")
}

// files are n attachments.
func files(n int) string {
	all := make([]string, n)
	for i := range all {
		all[i] = `{"media":"m_aaaaaaaaaaaaaaaaaaaaaaaaa` + string(rune('a'+i)) + `","name":"a.jpg","type":"image/jpeg","size":1}`
	}
	return strings.Join(all, ",")
}

const hi = `"body":{"text":"hi"}`

var badFrames = []bad{
	{"not JSON", `hello`, chat.BadFrame},
	{"an array", `["send"]`, chat.BadFrame},
	{"a string", `"send"`, chat.BadFrame},
	{"nothing", ` `, chat.BadFrame},
	{"cut short", `{"action":"send","ref":"r"`, chat.BadFrame},
	{"two frames in one", `{"action":"send","ref":"r"}{"action":"send","ref":"r"}`, chat.BadFrame},
	{"no action", `{"ref":"r"}`, chat.UnknownAction},
	{"an unknown action", `{"action":"sing","ref":"r"}`, chat.UnknownAction},
	{"an action in capitals", `{"action":"SEND","ref":"r"}`, chat.UnknownAction},
	{"an action that is a number", `{"action":7,"ref":"r"}`, chat.UnknownAction},
	{"a route of the gateway", `{"action":"$connect","ref":"r"}`, chat.UnknownAction},

	{"no ref", `{"action":"send","id":"ID","to":{"user":"BOB"},` + hi + `}`, chat.Invalid},
	{"an empty ref", `{"action":"send","ref":"","id":"ID","to":{"user":"BOB"},` + hi + `}`, chat.Invalid},
	{"a long ref", `{"action":"send","ref":"` + strings.Repeat("r", 65) + `","id":"ID","to":{"user":"BOB"},` + hi + `}`, chat.Invalid},
	{"no id", `{"action":"send","ref":"r","to":{"user":"BOB"},` + hi + `}`, chat.Invalid},
	{"an id that is no UUID", `{"action":"send","ref":"r","id":"1","to":{"user":"BOB"},` + hi + `}`, chat.Invalid},
	{"an upper-case UUID", `{"action":"send","ref":"r","id":"018F7D9B-3C1A-7B2E-9D4F-0A1B2C3D4E5F","to":{"user":"BOB"},` + hi + `}`, chat.Invalid},
	{"no to", send(hi), chat.Invalid},
	{"no body", send(`"to":{"user":"BOB"}`), chat.Invalid},
	{"an extra member", send(`"to":{"user":"BOB"},"urgent":true,` + hi), chat.Invalid},
	{"somebody else's name", send(`"to":{"user":"BOB"},"from":"BOB",` + hi), chat.Invalid},
	{"an extra member inside", send(`"to":{"user":"BOB"},"body":{"text":"hi","html":"hi"}`), chat.Invalid},
	{"a member twice", send(`"to":{"user":"BOB"},"body":{"text":"hi","text":"ho"}`), chat.Invalid},
	{"a member in capitals", send(`"to":{"user":"BOB"},"Body":{"text":"hi"}`), chat.Invalid},
	{"null", send(`"to":{"user":"BOB"},"after":null,` + hi), chat.Invalid},
	{"a text that is null", send(`"to":{"user":"BOB"},"body":{"text":null}`), chat.Invalid},
	{"a text that is a number", send(`"to":{"user":"BOB"},"body":{"text":7}`), chat.Invalid},
	{"a to that is a string", send(`"to":"BOB",` + hi), chat.Invalid},
	{"a negative after", send(`"to":{"user":"BOB"},"after":-1,` + hi), chat.Invalid},
	{"half an after", send(`"to":{"user":"BOB"},"after":0.5,` + hi), chat.Invalid},
	{"an after that is too large", send(`"to":{"user":"BOB"},"after":9007199254740992,` + hi), chat.Invalid},
	{"to nobody", send(`"to":{},` + hi), chat.Invalid},
	{"to a person and a conversation", send(`"to":{"user":"BOB","conversation":"TALK"},` + hi), chat.Invalid},
	{"to oneself", send(`"to":{"user":"ANN"},` + hi), chat.Invalid},
	{"to what is no user id", send(`"to":{"user":"bob smith"},` + hi), chat.Invalid},
	{"to what is no conversation id", send(`"to":{"conversation":"d_1"},` + hi), chat.Invalid},
	{"an empty body", send(`"to":{"user":"BOB"},"body":{}`), chat.Invalid},
	{"an empty text", send(`"to":{"user":"BOB"},"body":{"text":""}`), chat.Invalid},
	{"a text of 16,001 characters", send(`"to":{"user":"BOB"},"body":{"text":"` + strings.Repeat("x", chat.MaxText+1) + `"}`), chat.TooLarge},
	{"a text that no frame can deliver", send(`"to":{"user":"BOB"},"body":{"text":"` + strings.Repeat("é", 15_950) + `"}`), chat.TooLarge},
	{"no attachment", send(`"to":{"user":"BOB"},"body":{"attachments":[]}`), chat.Invalid},
	{"11 attachments", send(`"to":{"user":"BOB"},"body":{"attachments":[` + files(11) + `]}`), chat.TooLarge},
	{"an attachment twice", send(`"to":{"user":"BOB"},"body":{"attachments":[` + files(1) + `,` + files(1) + `]}`), chat.Invalid},
	{"an attachment that was never uploaded", send(`"to":{"user":"BOB"},"body":{"attachments":[` + files(1) + `]}`), chat.MediaMissing},
	{"a conversation that one is not in", send(`"to":{"conversation":"OTHERS"},` + hi), chat.Forbidden},
	{"a conversation that does not exist", send(`"to":{"conversation":"NOWHERE"},` + hi), chat.Forbidden},

	{"a group of nobody", `{"action":"create","ref":"r","id":"ID","name":"n","members":[]}`, chat.Invalid},
	{"a group of oneself", `{"action":"create","ref":"r","id":"ID","name":"n","members":["ANN"]}`, chat.Invalid},
	{"a member twice in a group", `{"action":"create","ref":"r","id":"ID","name":"n","members":["BOB","BOB"]}`, chat.Invalid},
	{"1,001 members", `{"action":"create","ref":"r","id":"ID","name":"n","members":[` + many(1001, `"u#"`) + `]}`, chat.TooLarge},
	{"a long name of a group", `{"action":"create","ref":"r","id":"ID","name":"` + strings.Repeat("n", 101) + `","members":["BOB"]}`, chat.Invalid},
	{"a line break in the name of a group", `{"action":"create","ref":"r","id":"ID","name":"a\nb","members":["BOB"]}`, chat.Invalid},

	{"no cursor", `{"action":"sync","ref":"r","cursors":[]}`, chat.Invalid},
	{"51 cursors", `{"action":"sync","ref":"r","cursors":[` + many(51, `{"conversation":"d_aaaaaaaaaaaaaaaaaaaaaaaaaa","after":#}`) + `]}`, chat.Invalid},
	{"a conversation twice", `{"action":"sync","ref":"r","cursors":[{"conversation":"TALK","after":0},{"conversation":"TALK","after":1}]}`, chat.Invalid},
	{"a cursor of nothing", `{"action":"sync","ref":"r","cursors":[{"after":0}]}`, chat.Invalid},
	{"a history of no entries", `{"action":"history","ref":"r","conversation":"TALK","limit":0}`, chat.Invalid},
	{"a history of 201 entries", `{"action":"history","ref":"r","conversation":"TALK","limit":201}`, chat.Invalid},
	{"a history before the first", `{"action":"history","ref":"r","conversation":"TALK","before":0}`, chat.Invalid},
	{"a history of others", `{"action":"history","ref":"r","conversation":"OTHERS"}`, chat.Forbidden},
	{"a list of 101", `{"action":"conversations","ref":"r","limit":101}`, chat.Invalid},
	{"a list after nothing", `{"action":"conversations","ref":"r","next":"x"}`, chat.Invalid},
	{"members by the 101", `{"action":"members","ref":"r","conversation":"TALK","limit":101}`, chat.Invalid},
	{"members of others", `{"action":"members","ref":"r","conversation":"OTHERS"}`, chat.Forbidden},

	{"an upload of a script", upload("a.html", "text/html", 1, sum), chat.Invalid},
	{"an upload of nothing", upload("a.jpg", "image/jpeg", 0, sum), chat.Invalid},
	{"an upload above 100 MB", upload("a.jpg", "image/jpeg", chat.MaxUpload+1, sum), chat.TooLarge},
	{"an upload of a path", upload("../a.jpg", "image/jpeg", 1, sum), chat.Invalid},
	{"a sha256 that is hex", upload("a.jpg", "image/jpeg", 1, strings.Repeat("0", 64)), chat.Invalid},
	{"a sha256 that is short", upload("a.jpg", "image/jpeg", 1, "AAAA"), chat.Invalid},
	{"a download of seq 0", `{"action":"download","ref":"r","conversation":"TALK","seq":0,"media":"m_aaaaaaaaaaaaaaaaaaaaaaaaaa"}`, chat.Invalid},
	{"a download of what is not there", `{"action":"download","ref":"r","conversation":"TALK","seq":1,"media":"m_aaaaaaaaaaaaaaaaaaaaaaaaaa"}`, chat.NotFound},
	{"a download from an entry that is not there", `{"action":"download","ref":"r","conversation":"TALK","seq":9,"media":"m_aaaaaaaaaaaaaaaaaaaaaaaaaa"}`, chat.NotFound},

	{"an unknown platform", `{"action":"register","ref":"r","platform":"pager","token":"t"}`, chat.Invalid},
	{"no token", `{"action":"register","ref":"r","platform":"fcm"}`, chat.Invalid},
	{"a token with a space", `{"action":"register","ref":"r","platform":"fcm","token":"a b"}`, chat.Invalid},
	{"a browser without a subscription", `{"action":"register","ref":"r","platform":"web"}`, chat.Invalid},
	{"a browser with a token", `{"action":"register","ref":"r","platform":"web","token":"t",` + subscription("https://fcm.googleapis.com/a") + `}`, chat.Invalid},
	{"a phone with a subscription", `{"action":"register","ref":"r","platform":"fcm","token":"t",` + subscription("https://fcm.googleapis.com/a") + `}`, chat.Invalid},
	{"a browser at an address inside", `{"action":"register","ref":"r","platform":"web",` + subscription("https://169.254.169.254/latest/meta-data") + `}`, chat.Invalid},
	{"a browser at another service of this machine", `{"action":"register","ref":"r","platform":"web",` + subscription("http://127.0.0.1:1/") + `}`, chat.Invalid},
	{"a browser whose key is no point", `{"action":"register","ref":"r","platform":"web",` + strings.Replace(subscription("https://fcm.googleapis.com/a"), "BCVx", "BAAA", 1) + `}`, chat.Invalid},
	{"a subscription with its time of expiry", `{"action":"register","ref":"r","platform":"web",` + strings.Replace(subscription("https://fcm.googleapis.com/a"), `"keys"`, `"expirationTime":1,"keys"`, 1) + `}`, chat.Invalid},
	{"a URL of 1,025 characters", `{"action":"register","ref":"r","platform":"web",` + subscription("https://fcm.googleapis.com/"+strings.Repeat("a", 998)) + `}`, chat.Invalid},
	{"a token of 4,097 characters", `{"action":"register","ref":"r","platform":"fcm","token":"` + strings.Repeat("t", 4097) + `"}`, chat.Invalid},
}

// subscription is a member of a frame. Its keys are those of RFC 8291.
func subscription(endpoint string) string {
	return `"subscription":{"endpoint":"` + endpoint + `","keys":{"p256dh":"BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4","auth":"BTBZMqHH6r4Tts7J_aSIgg"}}`
}

const sum = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA="

func upload(name, kind string, size int, sha256 string) string {
	return fmt.Sprintf(`{"action":"upload","ref":"r","name":%q,"type":%q,"size":%d,"sha256":%q}`, name, kind, size, sha256)
}

// scene is a conversation of two people, before somebody misbehaves in it.
type scene struct {
	phone    *device
	ann, bob *user
	talk     chat.ConversationID
	others   chat.ConversationID
}

func newScene(t *testing.T) scene {
	t.Helper()
	ann, bob, carl := person(t, "ann"), person(t, "bob"), person(t, "carl")
	phone := ann.connect("phone")
	talk := phone.says(to(bob), "everything is fine").Conversation
	others := carl.connect("phone").says(to(bob), "nobody else's business").Conversation
	return scene{phone: phone, ann: ann, bob: bob, talk: talk, others: others}
}

// everything is what the device can see: what a refused frame must not change.
func (s scene) everything() any {
	s.phone.t.Helper()
	return []any{s.phone.list(), s.phone.catchesUp(s.talk, 0)}
}

func (s scene) fill(frame string) string {
	return strings.NewReplacer(
		"ANN", string(s.ann.ID), "BOB", string(s.bob.ID), "TALK", string(s.talk), "OTHERS", string(s.others),
		"NOWHERE", string(chat.DirectID("no", "body")), `"ID"`, `"`+string(newID())+`"`,
	).Replace(frame)
}

// answers sends any text and returns the first frame that comes then, which should be an error, and not that the device is
// too fast.
func (d *device) answers(text string) frame {
	d.t.Helper()
	for {
		before := d.remembers()
		d.sendRaw(text)
		f := d.hearsAfter(before, "an answer to "+text, func(frame) bool { return true })
		if !d.limited(refusal{f}) {
			return f
		}
	}
}

func TestABadFrameGetsItsCodeAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	before := s.everything()
	for _, b := range badFrames {
		t.Run(b.name, func(t *testing.T) {
			frame := s.fill(b.frame)
			answer := s.phone.answers(frame)
			if answer.Code != b.code {
				t.Errorf("%s, want %s", answer.raw, b.code)
			}
			if want := wire.Ref([]byte(frame)); answer.Ref != want {
				t.Errorf("the answer is to %q, the question was %q", answer.Ref, want)
			}
			if after := s.everything(); !reflect.DeepEqual(after, before) {
				t.Errorf("there was %+v, now there is %+v", before, after)
			}
		})
	}
}

func TestAConversationOfOthersLooksLikeOneThatDoesNotExist(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	for action, frame := range map[string]string{
		"send":     send(`"to":{"conversation":"WHERE"},` + hi),
		"history":  `{"action":"history","ref":"r","conversation":"WHERE"}`,
		"members":  `{"action":"members","ref":"r","conversation":"WHERE"}`,
		"download": `{"action":"download","ref":"r","conversation":"WHERE","seq":1,"media":"m_aaaaaaaaaaaaaaaaaaaaaaaaaa"}`,
	} {
		others := s.phone.answers(s.fill(strings.ReplaceAll(frame, "WHERE", "OTHERS")))
		nowhere := s.phone.answers(s.fill(strings.ReplaceAll(frame, "WHERE", "NOWHERE")))
		if string(others.raw) != string(nowhere.raw) || others.Code != chat.Forbidden {
			t.Errorf("%s: %s and %s", action, others.raw, nowhere.raw)
		}
	}
	for _, where := range []string{"OTHERS", "NOWHERE"} {
		got := s.phone.answers(s.fill(`{"action":"sync","ref":"r","cursors":[{"conversation":"` + where + `","after":0}]}`))
		want := s.fill(`{"event":"reply","ref":"r","result":{"conversations":[{"conversation":"` + where + `","gone":true}],"more":false}}`)
		if string(got.raw) != want {
			t.Errorf("sync of %s: %s", where, got.raw)
		}
	}
}

func TestAFrameThatTheGatewayDoesNotTakeEndsItsConnection(t *testing.T) {
	t.Parallel()
	s := newScene(t)
	before := s.everything()
	large, err := json.Marshal(s.phone.message(to(s.bob), strings.Repeat("x", 33<<10)))
	if err != nil {
		t.Fatal(err)
	}
	small, err := json.Marshal(s.phone.message(to(s.bob), "hi"))
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]struct {
		kind  websocket.MessageType
		frame []byte
		code  websocket.StatusCode
	}{
		"33 KB":     {websocket.MessageText, large, websocket.StatusMessageTooBig},
		"binary":    {websocket.MessageBinary, small, websocket.StatusUnsupportedData},
		"not UTF-8": {websocket.MessageText, []byte("{\"action\":\"send\",\"ref\":\"\xff\"}"), websocket.StatusInvalidFramePayloadData},
	} {
		t.Run(name, func(t *testing.T) {
			if f.code == websocket.StatusInvalidFramePayloadData {
				needLocal(t, "no source says how API Gateway answers this")
			}
			tablet := s.ann.connect("tablet")
			_ = tablet.conn.Write(t.Context(), f.kind, f.frame) // it may be closed before the end of it
			if code := tablet.ends(); code != f.code {
				t.Errorf("closed with %d, want %d", code, f.code)
			}
			if after := s.everything(); !reflect.DeepEqual(after, before) {
				t.Errorf("there was %+v, now there is %+v", before, after)
			}
		})
	}
}
