package wire

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

const (
	aUUID  = "018f7d9b-3c1a-7b2e-9d4f-0a1b2c3d4e5f"
	aGroup = "g_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	aMedia = "m_aaaaaaaaaaaaaaaaaaaaaaaaaa"
	aSum   = "qnT2/QO/aL5+D0vQbK5hpyq4AltQ0AiI8+EGjyIGdGM="
)

// frame makes a request of an action and the JSON of its other members, each behind a comma.
func frame(action, members string) string {
	return `{"action":"` + action + `","ref":"1"` + members + `}`
}

// encoded is the JSON of a value.
func encoded(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return string(data)
}

func text(s string) string {
	return frame("send", `,"id":"`+aUUID+`","to":{"user":"bob"},"body":{"text":`+encoded(s)+`}`)
}

func to(target string) string {
	return frame("send", `,"id":"`+aUUID+`","to":`+target+`,"body":{"text":"hi"}`)
}

func attachments(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"media":"m_%s","name":"a","type":"image/png","size":1}`, letters(i)))
	}
	return frame("send", `,"id":"`+aUUID+`","to":{"user":"bob"},"body":{"attachments":[`+strings.Join(list, ",")+`]}`)
}

func says(body string) string {
	return frame("send", `,"id":"`+aUUID+`","to":{"user":"bob"},"body":`+body)
}

// change is a request about an entry, with other members behind.
func change(action, members string) string {
	return frame(action, `,"id":"`+aUUID+`","conversation":"`+aGroup+`","seq":1`+members)
}

// listed is a member that lists n strings, none twice, of at least a length.
func listed(name string, n, length int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("%0*d", length, i))
	}
	return `"` + name + `":` + encoded(list)
}

func react(marks string) string { return change("react", `,"reactions":`+marks) }

// letters makes the n-th id of 26 letters.
func letters(n int) string {
	return strings.Repeat("a", 24) + string(rune('a'+n/26)) + string(rune('a'+n%26))
}

func create(name string, members int) string {
	var list []string
	for i := range members {
		list = append(list, fmt.Sprintf("u%d", i))
	}
	return frame("create", `,"id":"`+aUUID+`","name":`+encoded(name)+`,"members":`+encoded(list))
}

func cursors(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf(`{"conversation":"g_%s","after":0}`, letters(i)))
	}
	return frame("sync", `,"cursors":[`+strings.Join(list, ",")+`]`)
}

func upload(name, contentType string, size int, sum string) string {
	return frame("upload", `,"name":`+encoded(name)+`,"type":`+encoded(contentType)+`,"size":`+encoded(size)+`,"sha256":`+encoded(sum))
}

func file(name string) string { return upload(name, "image/png", 1, aSum) }

func register(platform, token string) string {
	return frame("register", `,"platform":`+encoded(platform)+`,"token":`+encoded(token))
}

func history(members string) string {
	return frame("history", `,"conversation":"`+aGroup+`"`+members)
}

func withRef(ref string) string {
	return strings.Replace(frame("unregister", ""), `"1"`, `"`+ref+`"`, 1)
}

// padded fills a frame with white space up to a length.
func padded(s string, length int) string { return s + strings.Repeat(" ", length-len(s)) }

// strict lists frames that must be told apart, with the code that refuses them; "" for those that are fine.
var strict = []struct {
	name  string
	frame string
	code  chat.Code
}{
	// Not one JSON object.
	{"nothing", ``, chat.BadFrame},
	{"white space", ` `, chat.BadFrame},
	{"array", `[{"action":"unregister","ref":"1"}]`, chat.BadFrame},
	{"string", `"unregister"`, chat.BadFrame},
	{"number", `1`, chat.BadFrame},
	{"null alone", `null`, chat.BadFrame},
	{"no JSON", `hello`, chat.BadFrame},
	{"cut off", `{"action":"unregister","ref":"1"`, chat.BadFrame},
	{"single quotes", `{'action':'unregister'}`, chat.BadFrame},
	{"comma at the end", `{"action":"unregister","ref":"1",}`, chat.BadFrame},
	{"comment", `{"action":"unregister","ref":"1"/**/}`, chat.BadFrame},
	{"second object behind", `{"action":"unregister","ref":"1"}{}`, chat.BadFrame},
	{"null behind", `{"action":"unregister","ref":"1"} null`, chat.BadFrame},
	{"letters behind", `{"action":"unregister","ref":"1"}x`, chat.BadFrame},
	{"byte order mark", "\ufeff" + `{"action":"unregister","ref":"1"}`, chat.BadFrame},
	{"invalid UTF-8", withRef("\xff"), chat.BadFrame},
	{"lone high surrogate", withRef(`\ud83d`), chat.BadFrame},
	{"lone low surrogate", withRef(`\udcf7`), chat.BadFrame},
	{"pair of surrogates", withRef(`\ud83d\udcf7`), ""},
	{"raw control character", withRef("\n"), chat.BadFrame},
	{"deep nesting that never closes", `{"action":` + strings.Repeat("[", 30_000), chat.BadFrame},
	{"deep nesting that closes", history(`,"limit":` + strings.Repeat("[", 5000) + strings.Repeat("]", 5000)), chat.Invalid},
	{"deep nesting in an unknown member", history(`,"x":` + strings.Repeat(`{"x":`, 2000) + "1" + strings.Repeat("}", 2000)), chat.Invalid},
	{"white space around", " \t\r\n" + frame("unregister", "") + "\n", ""},
	{"a frame of 32 KB", padded(frame("unregister", ""), chat.MaxFrame), ""},
	{"a byte more", padded(frame("unregister", ""), chat.MaxFrame+1), chat.TooLarge},
	{"33 KB", text(strings.Repeat("a", 33<<10)), chat.TooLarge},

	// Members.
	{"empty object", `{}`, chat.Invalid},
	{"unknown member", frame("unregister", `,"x":1`), chat.Invalid},
	{"unknown member inside", to(`{"user":"bob","x":1}`), chat.Invalid},
	{"member of another action", frame("unregister", `,"limit":1`), chat.Invalid},
	{"name of a Go field", frame("unregister", `,"Head":{}`), chat.Invalid},
	{"wrong case", history(`,"Limit":1`), chat.Invalid},
	{"wrong case inside", to(`{"User":"bob"}`), chat.Invalid},
	{"doubled member", frame("unregister", `,"ref":"1"`), chat.Invalid},
	{"doubled under an escape", frame("unregister", `,"r\u0065f":"1"`), chat.Invalid},
	{"doubled inside", to(`{"user":"bob","user":"bob"}`), chat.Invalid},
	{"doubled unknown", frame("unregister", `,"x":1,"x":1`), chat.Invalid},
	{"null for an optional member", history(`,"limit":null`), chat.Invalid},
	{"null for a required member", `{"action":"unregister","ref":null}`, chat.Invalid},
	{"null in a list", frame("create", `,"id":"`+aUUID+`","name":"n","members":["bob",null]`), chat.Invalid},
	{"null in an unknown member", frame("unregister", `,"x`+strings.Repeat("é", 99)+`":null`), chat.Invalid},
	{"no ref", `{"action":"unregister"}`, chat.Invalid},
	{"no conversation", frame("history", ""), chat.Invalid},
	{"no body", frame("send", `,"id":"`+aUUID+`","to":{"user":"bob"}`), chat.Invalid},

	// Types and numbers.
	{"number for a string", `{"action":"unregister","ref":1}`, chat.Invalid},
	{"boolean for a string", `{"action":"unregister","ref":true}`, chat.Invalid},
	{"object for a string", `{"action":"unregister","ref":{}}`, chat.Invalid},
	{"string for a number", history(`,"limit":"5"`), chat.Invalid},
	{"string for an object", to(`"bob"`), chat.Invalid},
	{"list for an object", to(`["bob"]`), chat.Invalid},
	{"object for a list", frame("sync", `,"cursors":{}`), chat.Invalid},
	{"string for a list", frame("create", `,"id":"`+aUUID+`","name":"n","members":"bob"`), chat.Invalid},
	{"fraction", history(`,"limit":1.5`), chat.Invalid},
	{"whole number as fraction", history(`,"limit":1.0`), chat.Invalid},
	{"exponent", history(`,"before":1e3`), chat.Invalid},
	{"negative limit", history(`,"limit":-1`), chat.Invalid},
	{"negative seq", history(`,"before":-1`), chat.Invalid},
	{"minus zero", frame("sync", `,"cursors":[{"conversation":"`+aGroup+`","after":-0}]`), chat.Invalid},
	{"leading zero", history(`,"limit":01`), chat.BadFrame},
	{"plus sign", history(`,"limit":+1`), chat.BadFrame},
	{"not a number", history(`,"limit":NaN`), chat.BadFrame},
	{"above 64 bits", history(`,"before":18446744073709551616`), chat.Invalid},
	{"huge", history(`,"before":1` + strings.Repeat("0", 400)), chat.Invalid},
	{"huge exponent", history(`,"limit":1e400`), chat.Invalid},
	{"largest seq", history(`,"before":9007199254740991`), ""},
	{"above the largest seq", history(`,"before":9007199254740992`), chat.Invalid},
	{"before zero", history(`,"before":0`), chat.Invalid},
	{"after zero", frame("sync", `,"cursors":[{"conversation":"`+aGroup+`","after":0}]`), ""},
	{"after absent", frame("sync", `,"cursors":[{"conversation":"`+aGroup+`"}]`), ""},
	{"seq zero", frame("download", `,"conversation":"`+aGroup+`","seq":0,"media":"`+aMedia+`"`), chat.Invalid},
	{"seq absent", frame("download", `,"conversation":"`+aGroup+`","media":"`+aMedia+`"`), ""},

	// Nothing is said by leaving it out.
	{"empty ref", withRef(""), chat.Invalid},
	{"empty text", text(""), chat.Invalid},
	{"empty text beside attachments", strings.Replace(attachments(1), `"body":{`, `"body":{"text":"",`, 1), chat.Invalid},
	{"no attachments in a list", frame("send", `,"id":"`+aUUID+`","to":{"user":"bob"},"body":{"text":"hi","attachments":[]}`), chat.Invalid},
	{"empty body", frame("send", `,"id":"`+aUUID+`","to":{"user":"bob"},"body":{}`), chat.Invalid},
	{"to nobody", to(`{}`), chat.Invalid},
	{"to an empty user", to(`{"user":""}`), chat.Invalid},
	{"to a conversation and an empty user", to(`{"conversation":"` + aGroup + `","user":""}`), chat.Invalid},
	{"to two", to(`{"conversation":"` + aGroup + `","user":"bob"}`), chat.Invalid},
	{"empty next", frame("conversations", `,"next":""`), chat.Invalid},
	{"empty next of members", frame("members", `,"conversation":"`+aGroup+`","next":""`), chat.Invalid},
	{"empty name", create("", 1), chat.Invalid},
	{"empty file name", file(""), chat.Invalid},
	{"empty token", register("fcm", ""), chat.Invalid},
	{"no members", create("n", 0), chat.Invalid},
	{"no cursors", cursors(0), chat.Invalid},

	// Ids.
	{"upper-case UUID", strings.Replace(text("hi"), aUUID, strings.ToUpper(aUUID), 1), chat.Invalid},
	{"UUID in braces", strings.Replace(text("hi"), aUUID, "{"+aUUID+"}", 1), chat.Invalid},
	{"id with a line break behind", to(`{"user":"bob\n"}`), chat.Invalid},
	{"user of 128 characters", to(`{"user":"` + strings.Repeat("a", 128) + `"}`), ""},
	{"user of 129 characters", to(`{"user":"` + strings.Repeat("a", 129) + `"}`), chat.Invalid},
	{"user with a space", to(`{"user":"bob smith"}`), chat.Invalid},
	{"conversation of another kind", to(`{"conversation":"x_aaaaaaaaaaaaaaaaaaaaaaaaaa"}`), chat.Invalid},
	{"member twice", frame("create", `,"id":"`+aUUID+`","name":"n","members":["bob","bob"]`), chat.Invalid},
	{"conversation twice", frame("sync", `,"cursors":[{"conversation":"`+aGroup+`","after":1},{"conversation":"`+aGroup+`","after":2}]`), chat.Invalid},
	{"media twice", strings.Replace(attachments(2), "m_"+letters(1), "m_"+letters(0), 1), chat.Invalid},

	// Limits and one more, in characters and not in bytes.
	{"ref of 64 characters", withRef(strings.Repeat("é", chat.MaxRef)), ""},
	{"ref of 65 characters", withRef(strings.Repeat("é", chat.MaxRef+1)), chat.Invalid},
	{"text of 16,000 characters", text(strings.Repeat("é", chat.MaxText)), ""},
	{"text of 16,001 characters", text(strings.Repeat("é", chat.MaxText+1)), chat.TooLarge},
	{"10 attachments", attachments(chat.MaxAttachments), ""},
	{"11 attachments", attachments(chat.MaxAttachments + 1), chat.TooLarge},
	{"group name of 100 characters", create(strings.Repeat("📷", chat.MaxName), 1), ""},
	{"group name of 101 characters", create(strings.Repeat("📷", chat.MaxName+1), 1), chat.Invalid},
	{"group name with a control character", create("a\u0085b", 1), chat.Invalid},
	{"1,000 members", create("n", chat.MaxMembers), ""},
	{"1,001 members", create("n", chat.MaxMembers+1), chat.TooLarge},
	{"50 cursors", cursors(chat.MaxCursors), ""},
	{"51 cursors", cursors(chat.MaxCursors + 1), chat.Invalid},
	{"history of 200", history(`,"limit":200`), ""},
	{"history of 201", history(`,"limit":201`), chat.Invalid},
	{"history of 0", history(`,"limit":0`), chat.Invalid},
	{"page of 100", frame("conversations", `,"limit":100`), ""},
	{"page of 101", frame("conversations", `,"limit":101`), chat.Invalid},
	{"page of 101 members", frame("members", `,"conversation":"`+aGroup+`","limit":101`), chat.Invalid},
	{"file name of 255 characters", file(strings.Repeat("é", chat.MaxFileName)), ""},
	{"file name of 256 characters", file(strings.Repeat("é", chat.MaxFileName+1)), chat.Invalid},
	{"file name with a slash", file("a/b"), chat.Invalid},
	{"file name with a backslash", file(`a\b`), chat.Invalid},
	{"file name with DEL", file("a\u007fb"), chat.Invalid},
	{"file of 100 MiB", upload("a", "image/png", chat.MaxUpload, aSum), ""},
	{"file of 100 MiB and a byte", upload("a", "image/png", chat.MaxUpload+1, aSum), chat.TooLarge},
	{"empty file", upload("a", "image/png", 0, aSum), chat.Invalid},
	{"type that may not be uploaded", upload("a", "text/html", 1, aSum), chat.Invalid},
	{"type in another case", upload("a", "image/PNG", 1, aSum), chat.Invalid},
	{"checksum without padding", upload("a", "image/png", 1, aSum[:43]), chat.Invalid},
	{"checksum with a line break inside", upload("a", "image/png", 1, aSum[:20]+"\n"+aSum[20:]), chat.Invalid},
	{"checksum with spare bits", upload("a", "image/png", 1, aSum[:42]+"N="), chat.Invalid},
	{"checksum in the URL alphabet", upload("a", "image/png", 1, "_"+aSum[1:]), chat.Invalid},
	{"checksum of 31 bytes", upload("a", "image/png", 1, aSum[:41]+"A=="), chat.Invalid},
	{"token of 4,096 characters", register("fcm", strings.Repeat("a", chat.MaxToken)), ""},
	{"token of 4,097 characters", register("fcm", strings.Repeat("a", chat.MaxToken+1)), chat.Invalid},
	{"token with a space", register("fcm", "a b"), chat.Invalid},
	{"token with DEL", register("fcm", "a\u007f"), chat.Invalid},
	{"token beyond ASCII", register("fcm", "é"), chat.Invalid},
	{"unknown platform", register("pager", "a"), chat.Invalid},
	{"platform in another case", register("FCM", "a"), chat.Invalid},

	// What a message says besides its text.
	{"reply", says(`{"text":"hi","reply":1}`), ""},
	{"reply to the largest seq", says(`{"text":"hi","reply":9007199254740991}`), ""},
	{"reply above the largest seq", says(`{"text":"hi","reply":9007199254740992}`), chat.Invalid},
	{"reply to nothing", says(`{"text":"hi","reply":0}`), ""},
	{"reply before the first", says(`{"text":"hi","reply":-1}`), chat.Invalid},
	{"nothing but a reply", says(`{"reply":1}`), chat.Invalid},
	{"nothing but mentions", says(`{"mentions":["bob"]}`), chat.Invalid},
	{"nothing but everybody", says(`{"everybody":true}`), chat.Invalid},
	{"everybody", says(`{"text":"hi","everybody":true}`), ""},
	{"not everybody", says(`{"text":"hi","everybody":false}`), ""},
	{"everybody as a number", says(`{"text":"hi","everybody":1}`), chat.Invalid},
	{"everybody as a string", says(`{"text":"hi","everybody":"true"}`), chat.Invalid},
	{"50 mentions", says(`{"text":"hi",` + listed("mentions", chat.MaxMentions, 128) + `}`), ""},
	{"51 mentions", says(`{"text":"hi",` + listed("mentions", chat.MaxMentions+1, 1) + `}`), chat.TooLarge},
	{"mention of 129 characters", says(`{"text":"hi",` + listed("mentions", 1, 129) + `}`), chat.Invalid},
	{"mention twice", says(`{"text":"hi","mentions":["bob","bob"]}`), chat.Invalid},
	{"no mentions in a list", says(`{"text":"hi","mentions":[]}`), chat.Invalid},
	{"target of an event", says(`{"text":"hi","target":1}`), chat.Invalid},
	{"name of an embedded type", says(`{"text":"hi","Regard":{}}`), chat.Invalid},

	// Changes.
	{"edit", change("edit", `,"body":{"text":"hi"}`), ""},
	{"edit without text", change("edit", `,"body":{}`), ""},
	{"edit without body", change("edit", ``), chat.Invalid},
	{"edit with an empty text", change("edit", `,"body":{"text":""}`), chat.Invalid},
	{"edit of 16,000 characters", change("edit", `,"body":{"text":"`+strings.Repeat("é", chat.MaxText)+`"}`), ""},
	{"edit of 16,001 characters", change("edit", `,"body":{"text":"`+strings.Repeat("é", chat.MaxText+1)+`"}`), chat.TooLarge},
	{"edit of the attachments", change("edit", `,"body":{"text":"hi","attachments":[]}`), chat.Invalid},
	{"edit of what it answers", change("edit", `,"body":{"text":"hi","reply":1}`), chat.Invalid},
	{"edit with 51 mentions", change("edit", `,"body":{`+listed("mentions", chat.MaxMentions+1, 1)+`}`), chat.TooLarge},
	{"edit with no mentions in a list", change("edit", `,"body":{"text":"hi","mentions":[]}`), chat.Invalid},
	{"edit for everybody", change("edit", `,"body":{"text":"hi","everybody":true}`), ""},
	{"delete", change("delete", ``), ""},
	{"delete with a body", change("delete", `,"body":{}`), chat.Invalid},
	{"delete of entry 0", strings.Replace(change("delete", ``), `"seq":1`, `"seq":0`, 1), chat.Invalid},
	{"delete of nothing", strings.Replace(change("delete", ``), `,"seq":1`, ``, 1), chat.Invalid},
	{"delete of several", strings.Replace(change("delete", ``), `"seq":1`, `"seq":[1,2]`, 1), chat.Invalid},
	{"delete above the largest seq", strings.Replace(change("delete", ``), `"seq":1`, `"seq":9007199254740992`, 1), chat.Invalid},
	{"delete without id", strings.Replace(change("delete", ``), `"id":"`+aUUID+`",`, ``, 1), chat.Invalid},
	{"delete without conversation", strings.Replace(change("delete", ``), `"conversation":"`+aGroup+`",`, ``, 1), chat.Invalid},
	{"delete with a person", strings.Replace(change("delete", ``), aGroup, "bob", 1), chat.Invalid},
	{"delete again", change("delete", `,"after":0`), ""},
	{"delete again above the largest seq", change("delete", `,"after":9007199254740992`), chat.Invalid},
	{"reaction", react(`["👍"]`), ""},
	{"reaction of one emoji in 10 characters", react(`["👩🏽\u200d❤\ufe0f\u200d💋\u200d👨🏿"]`), ""},
	{"reactions taken back", change("react", ``), ""},
	{"no reactions in a list", react(`[]`), chat.Invalid},
	{"empty reaction", react(`[""]`), chat.Invalid},
	{"10 reactions", change("react", `,`+listed("reactions", chat.MaxReactions, chat.MaxReaction)), ""},
	{"11 reactions", change("react", `,`+listed("reactions", chat.MaxReactions+1, 1)), chat.TooLarge},
	{"reaction of 16 characters", react(`["` + strings.Repeat("👍", chat.MaxReaction) + `"]`), ""},
	{"reaction of 17 characters", react(`["` + strings.Repeat("👍", chat.MaxReaction+1) + `"]`), chat.Invalid},
	{"reaction twice", react(`["👍","👍"]`), chat.Invalid},
	{"reaction twice under an escape", react(`["a","\u0061"]`), chat.Invalid},
	{"reaction with a space", react(`["a b"]`), chat.Invalid},
	{"reaction with a wide space", react(`["a\u3000b"]`), chat.Invalid},
	{"reaction with a line separator", react(`["a\u2028b"]`), chat.Invalid},
	{"reaction with a control character", react(`["a\u0000b"]`), chat.Invalid},
	{"reaction as a string", react(`"👍"`), chat.Invalid},
}

func TestDecodeIsStrict(t *testing.T) {
	for _, test := range strict {
		t.Run(test.name, func(t *testing.T) {
			err := Decode([]byte(test.frame), decodee(test.frame))
			if code := codeOf(t, err); code != test.code {
				t.Errorf("%q (%v), want %q", code, err, test.code)
			}
		})
	}
}

// decodee is the request that a frame says it is, or any if it does not.
func decodee(frame string) Request {
	for action, empty := range requests {
		if strings.Contains(frame, `"action":"`+action+`"`) {
			return empty()
		}
	}
	return new(Unregister)
}

// codeOf checks that an error is one that a client may see and returns its code; "" for nil.
func codeOf(t testing.TB, err error) chat.Code {
	t.Helper()
	if err == nil {
		return ""
	}
	e, ok := err.(*chat.Error)
	if !ok {
		t.Fatalf("%T is not a *chat.Error: %v", err, err)
	}
	if _, err := Encode(NewError("1", e)); err != nil {
		t.Errorf("the error cannot be told: %v", err)
	}
	return e.Code
}

func TestWhatIsWrongIsToldWithoutRepeatingIt(t *testing.T) {
	for name, test := range map[string]struct{ frame, says string }{
		"unknown member": {frame("unregister", `,"secret":1`), "there is a member that this action does not have"},
		"null member":    {frame("unregister", `,"secret":null`), "null is not allowed: leave the member out"},
		"empty string":   {text(""), "an empty string is not allowed: leave the member out"},
		"doubled member": {frame("unregister", `,"secret":1,"secret":1`), "a member is there twice"},
		"wrong type":     {to(`{"user":{"secret":1}}`), "to.user: wrong type"},
		"wrong type in a list": {
			frame("create", `,"id":"`+aUUID+`","name":"n","members":["bob",["secret"]]`), "members.1: wrong type",
		},
		"wrong type of a flag": {says(`{"text":"hi","everybody":"secret"}`), "body.everybody: wrong type"},
		"wrong reaction":       {react(`["secret secret"]`), "reactions: emoji, each once"},
		"wrong mention":        {says(`{"text":"hi","mentions":["secret secret"]}`), "body.mentions: user ids, each once"},
		"no mentions":          {says(`{"text":"hi","mentions":[]}`), "body.mentions: at least one, or leave it out"},
		"wrong value":          {to(`{"user":"secret secret"}`), "to.user: not a user id"},
	} {
		t.Run(name, func(t *testing.T) {
			err := Decode([]byte(test.frame), decodee(test.frame))
			if e, ok := err.(*chat.Error); !ok || e.Text() != test.says {
				t.Errorf("says %v, want %q", err, test.says)
			}
		})
	}
}
