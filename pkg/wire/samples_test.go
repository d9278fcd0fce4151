package wire

import (
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/events"
	"github.com/parley-im/parley/pkg/chat"
)

// requests makes an empty request of each action that a function answers.
var requests = map[string]func() Request{
	"hello":         func() Request { return new(Hello) },
	"send":          func() Request { return new(Send) },
	"edit":          func() Request { return new(Edit) },
	"delete":        func() Request { return new(Delete) },
	"react":         func() Request { return new(React) },
	"pin":           func() Request { return new(Pin) },
	"hide":          func() Request { return new(Hide) },
	"follow":        func() Request { return new(Follow) },
	"pins":          func() Request { return new(Pins) },
	"threads":       func() Request { return new(Threads) },
	"create":        func() Request { return new(Create) },
	"add":           func() Request { return new(Add) },
	"remove":        func() Request { return new(Remove) },
	"leave":         func() Request { return new(Leave) },
	"role":          func() Request { return new(Rank) },
	"change":        func() Request { return new(Amend) },
	"invite":        func() Request { return new(Invite) },
	"invites":       func() Request { return new(Invites) },
	"revoke":        func() Request { return new(Revoke) },
	"preview":       func() Request { return new(Preview) },
	"join":          func() Request { return new(Join) },
	"sync":          func() Request { return new(Sync) },
	"history":       func() Request { return new(History) },
	"conversations": func() Request { return new(Conversations) },
	"members":       func() Request { return new(Members) },
	"receipts":      func() Request { return new(Receipts) },
	"seen":          func() Request { return new(Seen) },
	"mark":          func() Request { return new(Mark) },
	"prefs":         func() Request { return new(Prefs) },
	"explain":       func() Request { return new(Explain) },
	"search":        func() Request { return new(Search) },
	"upload":        func() Request { return new(Upload) },
	"download":      func() Request { return new(Download) },
	"register":      func() Request { return new(Register) },
	"unregister":    func() Request { return new(Unregister) },
	"draft":         func() Request { return new(SetDraft) },
	"drafts":        func() Request { return new(Drafts) },
	"schedule":      func() Request { return new(Schedule) },
	"unschedule":    func() Request { return new(Unschedule) },
	"scheduled":     func() Request { return new(ListScheduled) },
	"profile":       func() Request { return new(Profile) },
	"profiles":      func() Request { return new(Profiles) },
	"contact":       func() Request { return new(Contact) },
	"contacts":      func() Request { return new(Contacts) },
	"block":         func() Request { return new(Block) },
	"unblock":       func() Request { return new(Unblock) },
	"blocked":       func() Request { return new(Blocked) },
	"muted":         func() Request { return new(Muted) },
	"mute":          func() Request { return new(Mute) },
	"settings":      func() Request { return new(Settings) },
	"accept":        func() Request { return new(Accept) },
	"logout":        func() Request { return new(Logout) },
	"typing":        func() Request { return new(Typing) },
	"watch":         func() Request { return new(Watch) },
	"unwatch":       func() Request { return new(Unwatch) },
	"status":        func() Request { return new(SetStatus) },
}

// samples reads the published frames by name.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	names, err := fs.Glob(events.FS, "samples/*.json")
	if err != nil {
		t.Fatal(err)
	}
	frames := map[string][]byte{}
	for _, name := range names {
		frame, err := events.FS.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		frames[strings.TrimSuffix(path.Base(name), ".json")] = frame
	}
	return frames
}

// requestSamples are those that a function decodes.
func requestSamples(t testing.TB) map[string][]byte {
	t.Helper()
	frames := samples(t)
	for name := range frames {
		if action, _, _ := strings.Cut(name, "."); requests[action] == nil {
			delete(frames, name)
		}
	}
	return frames
}

// value is a frame as plain JSON, for comparison.
func value(t testing.TB, frame []byte) any {
	t.Helper()
	var v any
	if err := json.Unmarshal(frame, &v); err != nil {
		t.Fatalf("%v in %s", err, frame)
	}
	return v
}

func TestRequestSamplesDecodeAndEncodeToThemselves(t *testing.T) {
	seen := map[string]bool{}
	for name, frame := range requestSamples(t) {
		action, _, _ := strings.Cut(name, ".")
		seen[action] = true
		v := requests[action]()
		if err := Decode(frame, v); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		encoded, err := Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(value(t, encoded), value(t, frame)) {
			t.Errorf("%s became %s", name, encoded)
		}
	}
	for action := range requests {
		if !seen[action] {
			t.Errorf("%s has no sample", action)
		}
	}
}

func at(s string) time.Time {
	moment, err := ParseTime(s)
	if err != nil {
		panic(err)
	}
	// Rendering must not depend on the zone in which a time is kept.
	return moment.In(time.FixedZone("", 5*3600))
}

// frames is what the server says for each sample of an event.
func eventFrames() map[string]any {
	const (
		sending  = chat.MessageID("018f7d9b-3c1a-7b2e-9d4f-0a1b2c3d4e5f")
		pictured = chat.MessageID("018f7d9b-9f00-7a11-8b22-c33d44e55f66")
		grouping = chat.MessageID("018f7d9c-52c0-7c4e-8f0a-6b1d2e3f4a5b")
		name     = "Sailing 2027 ⛵"
		checksum = "qnT2/QO/aL5+D0vQbK5hpyq4AltQ0AiI8+EGjyIGdGM="
	)
	direct, group := chat.DirectID("bob", "ann"), chat.GroupID("ann", grouping)
	media := chat.NewMediaID([]byte("sample-sample-16"))
	signed := "https://parley-media.s3.eu-central-1.amazonaws.com/" + chat.MediaKey("ann", media) +
		"?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Date=20261121T222300Z&X-Amz-Expires=300" +
		"&X-Amz-Signature=af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"
	hi := chat.Entry{
		Conversation: direct, Seq: 42, Kind: chat.Message, ID: sending, From: "ann", To: "bob",
		At: at("2026-11-21T22:23:00.123Z"), Body: chat.Body{Text: "hi"},
	}
	picture := chat.Entry{
		Conversation: direct, Seq: 43, Kind: chat.Message, ID: pictured, From: "ann", To: "bob",
		At: at("2026-11-21T22:24:09.000Z"), Body: chat.Body{
			Text:        "look 📷 — taken an hour ago",
			Attachments: []chat.Attachment{{Media: media, Name: "harbour at dusk.jpg", Type: "image/jpeg", Size: 482113}},
		},
	}
	created := chat.Entry{
		Conversation: group, Seq: 1, Kind: chat.Created, ID: grouping, From: "ann",
		At: at("2026-11-21T22:29:59.999Z"), Body: chat.Body{Name: name, Size: 3},
	}
	charts := chat.Entry{
		Conversation: group, Seq: 2, Kind: chat.Message, ID: "018f7d9d-0001-7d3c-a5b6-778899aabbcc", From: "bob",
		At: at("2026-11-21T22:30:00.500Z"), Body: chat.Body{Text: "Who brings the charts?"},
	}
	lastPicture, lastCharts := FromEntry(picture), FromEntry(charts)
	expires := Time(at("2026-11-21T22:28:00.000Z"))
	ann := MemberLine{User: "ann", Role: chat.Owner, Presence: Online}
	return map[string]any{
		"message":            FromEntry(hi),
		"message.attachment": FromEntry(picture),
		"message.group":      FromEntry(charts),
		"created":            FromEntry(created),
		"error":              NewError("7", &chat.Error{Code: chat.Forbidden}),
		"error.invalid":      NewError("7", chat.Errorf(chat.Invalid, "to: exactly one of user, conversation and thread")),
		"error.temporary":    NewError("7", &chat.Error{Code: chat.Limited, RetryAfter: 1500 * time.Millisecond}),
		"error.connection":   NewError("", &chat.Error{Code: chat.Replaced}),
		"reply.send":         NewReply("7", Accepted{direct, 42, sending, Time(hi.At)}),
		"reply.create":       NewReply("c1", Accepted{group, 1, grouping, Time(created.At)}),
		"reply.sync": NewReply("s1", Synced{[]Missed{
			{Conversation: direct, Head: 43, Entries: []Entry{FromEntry(hi), FromEntry(picture)}},
			{Conversation: group, Head: 2, Epoch: 1795299780, From: 1, Entries: []Entry{FromEntry(created)}},
			{Conversation: chat.GroupID("bob", grouping), Gone: true},
		}, true}),
		"reply.sync.nothing": NewReply("s3", Synced{}),
		"reply.history":      NewReply("h1", Page{[]Entry{FromEntry(hi), FromEntry(picture)}, 43, true}),
		"reply.conversations": NewReply("l1", Listed{Conversations: []Conversation{
			{Own: directOwn(), Conversation: direct, Kind: chat.Direct, Peer: "bob", Size: 2, Head: 43, Last: &lastPicture, Draft: &Begun{"On the way, and", "2026-11-21T22:25:00.000Z"}, Role: chat.Member, Can: chat.Conversation{Kind: chat.Direct}.Capabilities(chat.Member)},
			{Own: groupOwn(), Conversation: group, Kind: chat.Group, Name: name, Size: 3, Head: 2, Epoch: 1795299780, Last: &lastCharts, From: 2, Role: chat.Guest,
				Can: chat.Conversation{}.Capabilities(chat.Guest), Picture: media, Announce: true, Slow: 30, History: chat.FromStart},
		}, Next: group, Since: "2026-11-21T22:30:00.000Z"}),
		"reply.conversations.end": NewReply("l2", Listed{}),
		"reply.members": NewReply("m1", MemberList{Members: []MemberLine{
			ann,
			{"bob", chat.Member, Offline, Time(at("2026-11-20T09:00:00.250Z"))},
			{User: "chloe@example.com", Role: chat.Guest, Presence: Unknown},
		}}),
		"reply.members.next": NewReply("m2", MemberList{[]MemberLine{ann}, "ann"}),
		"reply.upload": NewReply("u1", Signed{media, signed, map[string]string{
			"Content-Type": "image/jpeg", "X-Amz-Checksum-Sha256": checksum, "If-None-Match": "*",
		}, expires}),
		"reply.download": NewReply("d1", Location{signed, expires}),
		"reply.hello": NewReply("1", Welcome{
			User: "ann", Device: "phone-1", Now: Time(at("2026-11-21T22:20:00.000Z")), Expires: Time(at("2026-11-21T23:20:00.000Z")),
			Limits:  map[string]int64{"MaxFrame": chat.MaxFrame, "MaxText": chat.MaxText, "UserRate": chat.UserRate, "UserBurst": chat.UserBurst},
			Version: "2026.11.21-3f2a91c",
		}),
		"reply.register":   NewReply("r1", Registered{"phone-1"}),
		"reply.unregister": NewReply("r2", Registered{"phone-1"}),
	}
}

func TestEventSamplesAreWhatTheServerSays(t *testing.T) {
	said := eventFrames()
	maps.Copy(said, changeFrames())
	maps.Copy(said, peopleFrames())
	maps.Copy(said, memberFrames())
	maps.Copy(said, standingFrames())
	maps.Copy(said, contentFrames())
	maps.Copy(said, groupFrames())
	maps.Copy(said, searchFrames())
	maps.Copy(said, laterFrames())
	maps.Copy(said, presenceFrames())
	for name, v := range said {
		want, ok := samples(t)[name]
		if !ok {
			t.Errorf("%s has no sample", name)
			continue
		}
		got, err := Encode(v)
		if err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(value(t, got), value(t, want)) {
			t.Errorf("%s is said as %s", name, got)
		}
	}
	// What API Gateway says by itself: see topology.MockRoutes and aws.md §1.5.
	byGateway := map[string]bool{"pong": true, "gateway": true, "ping": true, "ping.ref": true}
	for name := range samples(t) {
		action, _, _ := strings.Cut(name, ".")
		if requests[action] == nil && said[name] == nil && !byGateway[name] {
			t.Errorf("nobody says the sample %s", name)
		}
	}
}

func TestContentSaysTheSameToTheDomainAndBack(t *testing.T) {
	for _, name := range []string{"send.attachment", "send.reply"} {
		var sent Send
		if err := Decode(samples(t)[name], &sent); err != nil {
			t.Fatal(err)
		}
		entry := FromEntry(chat.Entry{Body: sent.Body.Domain()})
		if got, want := encoded(entry.Body), encoded(sent.Body); !reflect.DeepEqual(value(t, []byte(got)), value(t, []byte(want))) {
			t.Errorf("%s: %s became %s", name, want, got)
		}
	}
}
