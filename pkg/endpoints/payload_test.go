package endpoints_test

import (
	"encoding/json"
	"maps"
	"strings"
	"testing"

	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/pkg/chat"
)

var conversation = chat.GroupID("ann", "1")

// arrived pushes a notice and returns what the phone gets.
func (r *rig) arrived(t *testing.T, platform string, n chat.Notification) sns.Notification {
	t.Helper()
	arn, _ := r.register(t, platform, "token", ann)
	if err := r.Push(t.Context(), endpoint(platform, arn), n); err != nil {
		t.Fatal(err)
	}
	all := r.sns.Notifications(sns.Filter{EndpointARN: arn})
	if len(all) == 0 {
		t.Fatal("nothing arrived")
	}
	return all[len(all)-1]
}

// fcm and apns are what an app reads.
type fcm struct {
	Message struct {
		Notification struct{ Title, Body string }
		Data         map[string]string
		Android      struct {
			CollapseKey  string `json:"collapse_key"`
			Notification struct{ Tag string }
		}
	} `json:"message"`
}

type apns struct {
	APS struct {
		Alert    struct{ Title, Body string }
		Sound    string
		ThreadID string `json:"thread-id"`
	} `json:"aps"`
	Parley map[string]string
}

func decode[T any](t *testing.T, text string) (v T) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func readFCM(t *testing.T, n sns.Notification) fcm {
	t.Helper()
	return decode[struct {
		V1 fcm `json:"fcmV1Message"`
	}](t, n.Message).V1
}

func TestWhatAPhoneShows(t *testing.T) {
	r := newRig(t)
	for _, test := range []struct {
		name        string
		notice      chat.Notification
		title, body string
	}{
		{"a person", chat.Notification{Kind: chat.Message, From: "bob", Preview: "hi"}, "bob", "hi"},
		{"a group", chat.Notification{Kind: chat.Message, From: "bob", Title: "friends", Preview: "hi"}, "friends", "bob: hi"},
		{"a picture", chat.Notification{Kind: chat.Message, From: "bob", Attachments: 1}, "bob", "📎 an attachment"},
		{"pictures", chat.Notification{Kind: chat.Message, From: "bob", Title: "friends", Attachments: 3}, "friends", "bob: 📎 3 attachments"},
		{"a picture with a text", chat.Notification{Kind: chat.Message, From: "bob", Preview: "look", Attachments: 1}, "bob", "look"},
		{"what disappears", chat.Notification{Kind: chat.Message, From: "bob", Title: "friends"}, "friends", "bob: A new message"},
		{"a new group", chat.Notification{Kind: chat.Created, From: "bob", Title: "friends"}, "friends", "bob: You are in a new group"},
		{"quotes and more", chat.Notification{Kind: chat.Message, From: "bob", Title: `"</script>` + "\u2028", Preview: "\\ \" \x00 naïve 😀"}, `"</script>` + "\u2028", "bob: \\ \" \x00 naïve 😀"},
	} {
		test.notice.Conversation, test.notice.Seq = conversation, chat.MaxSeq
		data := map[string]string{"conversation": string(conversation), "seq": "9007199254740991"}
		f := readFCM(t, r.arrived(t, "fcm", test.notice)).Message
		if f.Notification.Title != test.title || f.Notification.Body != test.body || !maps.Equal(f.Data, data) {
			t.Errorf("%s: FCM shows %+v", test.name, f)
		}
		if f.Android.CollapseKey != string(conversation) || f.Android.Notification.Tag != string(conversation) {
			t.Errorf("%s: FCM collapses by %+v", test.name, f.Android)
		}
		for _, platform := range []string{"apns", "apns_sandbox"} {
			a := decode[apns](t, r.arrived(t, platform, test.notice).Message)
			if a.APS.Alert.Title != test.title || a.APS.Alert.Body != test.body || a.APS.ThreadID != string(conversation) || a.APS.Sound == "" || !maps.Equal(a.Parley, data) {
				t.Errorf("%s: %s shows %+v", test.name, platform, a)
			}
		}
	}
}

// SNS takes every value of an attribute as it is; that they are named right, only a phone would tell (SNS guide, "Mobile push
// TTL" and "Mobile app attributes").
func TestP8HowLongAndInWhoseStead(t *testing.T) {
	r := newRig(t)
	const week = "604800"
	for platform, want := range map[string]map[string]string{
		"fcm": {"AWS.SNS.MOBILE.FCM.TTL": week},
		"apns": {
			"AWS.SNS.MOBILE.APNS.TTL": week, "AWS.SNS.MOBILE.APNS.PUSH_TYPE": "alert", "AWS.SNS.MOBILE.APNS.PRIORITY": "10",
			"AWS.SNS.MOBILE.APNS.COLLAPSE_ID": string(conversation),
		},
		"apns_sandbox": {
			"AWS.SNS.MOBILE.APNS_SANDBOX.TTL": week, "AWS.SNS.MOBILE.APNS.PUSH_TYPE": "alert", "AWS.SNS.MOBILE.APNS.PRIORITY": "10",
			"AWS.SNS.MOBILE.APNS.COLLAPSE_ID": string(conversation),
		},
	} {
		got := map[string]string{}
		for name, a := range r.arrived(t, platform, chat.Notification{Conversation: conversation, Seq: 1, From: "bob", Preview: "hi"}).Attributes {
			if a.DataType != "String" {
				t.Errorf("%s: %s is a %s", platform, name, a.DataType)
			}
			got[name] = a.StringValue
		}
		if !maps.Equal(got, want) {
			t.Errorf("%s: %v, want %v", platform, got, want)
		}
	}
	if len(conversation) > 64 {
		t.Error("Apple takes 64 bytes of a collapse id")
	}
}

// Apple and Google take 4 KB. The longest of everything must fit, in the characters that JSON makes longest.
func TestTheLongestNoticeFits(t *testing.T) {
	r := newRig(t)
	for name, character := range map[string]string{"ASCII": "x", "emoji": "😀", "control": "\x01", "markup": "<", "quotes": `"`, "separator": "\u2028"} {
		from := strings.Repeat(character, chat.MaxDisplayName)
		if len(from) < 128 {
			from = strings.Repeat("u", 128)
		}
		n := chat.Notification{
			Conversation: conversation, Seq: chat.MaxSeq, From: from, Kind: chat.Message,
			Title: strings.Repeat(character, chat.MaxName), Preview: strings.Repeat(character, 80), Attachments: chat.MaxAttachments,
		}
		for platform := range applications {
			if got := r.arrived(t, platform, n); len(got.Message) > 4096 {
				t.Errorf("%s: %s gets %d bytes", name, platform, len(got.Message))
			}
		}
	}
}
