package media_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/guregu/dynamo/v2"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/media"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var epoch = time.Date(2026, 11, 21, 22, 23, 0, 987654321, time.UTC)

// object is what a bucket holds.
type object struct {
	contentType string
	size        int64
	kept        bool
	life        time.Duration
	use         string
}

// bucket is chat.Objects in memory. What S3 accepts is tested in pkg/objects.
type bucket struct {
	mu      sync.Mutex
	objects map[string]*object
	signed  []string
	statErr error
	keepErr error
}

func (b *bucket) SignUpload(_ context.Context, key, contentType string, size int64, sha256 string) (chat.Upload, error) {
	b.signed = append(b.signed, fmt.Sprint("put ", key, " ", contentType, " ", size, " ", sha256))
	return chat.Upload{URL: "https://s3.example.com/" + key, Headers: map[string]string{"content-type": contentType}, Expires: epoch}, b.statErr
}

func (b *bucket) SignDownload(_ context.Context, key, name, contentType string) (string, time.Time, error) {
	b.signed = append(b.signed, fmt.Sprint("get ", key, " ", name, " ", contentType))
	return "https://s3.example.com/" + key, epoch, b.statErr
}

func (b *bucket) Stat(_ context.Context, key string) (string, int64, bool, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	o, ok := b.objects[key]
	if !ok {
		return "", 0, false, b.statErr
	}
	return o.contentType, o.size, true, b.statErr
}

func (b *bucket) Keep(_ context.Context, key string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key].kept = true
	return b.keepErr
}

func (b *bucket) KeepFor(ctx context.Context, key string, life time.Duration) error {
	b.mu.Lock()
	b.objects[key].life = life
	b.mu.Unlock()
	return b.Keep(ctx, key)
}

func (b *bucket) KeepAs(ctx context.Context, key, use string) error {
	b.mu.Lock()
	b.objects[key].use = use
	b.mu.Unlock()
	return b.Keep(ctx, key)
}

func (b *bucket) Release(_ context.Context, key, use string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.objects[key].kept = b.objects[key].use != use
	return nil
}

// upload puts an object where its owner's upload would be.
func (b *bucket) upload(owner chat.UserID, id chat.MediaID) *object {
	o := &object{contentType: "image/png", size: 5}
	b.objects[chat.MediaKey(owner, id)] = o
	return o
}

type rig struct {
	*media.Media
	bucket *bucket
}

func newRig(t *testing.T) *rig {
	b := &bucket{objects: map[string]*object{}}
	db := dynamo.NewFromIface(dynamodbtest.Start(t))
	log := store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name)
	people := store.NewPeople(db, topology.People.Name)
	return &rig{&media.Media{Objects: b, Log: log, Standings: log, People: people, Profiles: people}, b}
}

func as(user chat.UserID) chat.Identity { return chat.Identity{User: user} }

// id makes a media id of one byte.
func id(n byte) chat.MediaID { return chat.NewMediaID([]byte{n}) }

func attachment(n byte) chat.Attachment {
	return chat.Attachment{Media: id(n), Name: fmt.Sprint(n, ".png"), Type: "image/png", Size: 5}
}

func wantCode(t *testing.T, err error, code chat.Code) {
	t.Helper()
	if err == nil || chat.AsError(err).Code != code {
		t.Errorf("error %v, want %s", err, code)
	}
}

func TestAnUploadIsSignedForTheCallerAlone(t *testing.T) {
	r := newRig(t)
	q := wire.Upload{Name: "a.png", Type: "image/png", Size: 5, SHA256: "sum"}
	seen := map[chat.MediaID]bool{}
	for range 20 {
		signed, err := r.Upload(t.Context(), as("ann"), q)
		if err != nil || !signed.Media.Valid() || seen[signed.Media] {
			t.Fatalf("%+v, %v", signed, err)
		}
		seen[signed.Media] = true
		key := chat.MediaKey("ann", signed.Media)
		if want := fmt.Sprint("put ", key, " image/png 5 sum"); r.bucket.signed[len(r.bucket.signed)-1] != want {
			t.Errorf("signed %v, want %s", r.bucket.signed, want)
		}
		if signed.URL != "https://s3.example.com/"+key || signed.Headers["content-type"] != "image/png" || signed.Expires != wire.Time(epoch) {
			t.Errorf("%+v", signed)
		}
	}
	r.bucket.statErr = errors.New("no credentials")
	if signed, err := r.Upload(t.Context(), as("ann"), q); !errors.Is(err, r.bucket.statErr) || signed.URL != "" {
		t.Errorf("%+v, %v", signed, err)
	}
}

func TestWhatIsUploadedAsItIsSaidIsKept(t *testing.T) {
	r := newRig(t)
	first, second, other := r.bucket.upload("ann", id(1)), r.bucket.upload("ann", id(2)), r.bucket.upload("ann", id(3))
	for range 2 { // a resend checks again
		if err := r.Check(t.Context(), "ann", []chat.Attachment{attachment(1), attachment(2)}); err != nil {
			t.Fatal(err)
		}
	}
	if !first.kept || !second.kept || other.kept {
		t.Errorf("kept %v, %v and %v", first.kept, second.kept, other.kept)
	}
	if err := r.Check(t.Context(), "ann", nil); err != nil {
		t.Errorf("nothing attached: %v", err)
	}
}

func TestAttachmentsThatAreNotThereAsTheyAreSaid(t *testing.T) {
	for name, test := range map[string]struct {
		owner  chat.UserID
		change func(*chat.Attachment)
	}{
		"of somebody else":        {"bob", func(*chat.Attachment) {}},
		"never uploaded":          {"ann", func(a *chat.Attachment) { a.Media = id(9) }},
		"of another type":         {"ann", func(a *chat.Attachment) { a.Type = "image/gif" }},
		"of a type in upper case": {"ann", func(a *chat.Attachment) { a.Type = "IMAGE/PNG" }},
		"larger":                  {"ann", func(a *chat.Attachment) { a.Size = 6 }},
		"smaller":                 {"ann", func(a *chat.Attachment) { a.Size = 4 }},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			o := r.bucket.upload("ann", id(1))
			r.bucket.upload(test.owner, id(2))
			a := attachment(1)
			test.change(&a)
			wantCode(t, r.Check(t.Context(), test.owner, []chat.Attachment{attachment(2), a}), chat.MediaMissing)
			if o.kept {
				t.Error("it is kept")
			}
		})
	}
}

func TestABucketThatDoesNotAnswerIsNotAMissingAttachment(t *testing.T) {
	down := fmt.Errorf("503: %w", &chat.Error{Code: chat.Unavailable})
	for name, broken := range map[string]func(*bucket){
		"stat": func(b *bucket) { b.statErr = down },
		"keep": func(b *bucket) { b.keepErr = down },
	} {
		r := newRig(t)
		r.bucket.upload("ann", id(1))
		broken(r.bucket)
		if err := r.Check(t.Context(), "ann", []chat.Attachment{attachment(1)}); chat.AsError(err).Code != chat.Unavailable {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// said makes a group of ann, bob and others, n members in all, in which ann attached 1, said something, and bob attached 2.
func (r *rig) said(t *testing.T, n int) chat.ConversationID {
	t.Helper()
	members := map[chat.UserID]chat.Place{"ann": {Role: chat.Owner}, "bob": {Role: chat.Member}}
	for i := range n - 2 {
		members[chat.UserID(fmt.Sprint("m", i))] = chat.Place{Role: chat.Member}
	}
	c := chat.Conversation{ID: chat.GroupID("ann", chat.MessageID(fmt.Sprint(n))), Kind: chat.Group, Creator: "ann", Created: epoch, Size: n}
	if n <= chat.InlineMembers {
		c.Members = members
	}
	if _, _, err := r.Log.Create(t.Context(), c, members); err != nil {
		t.Fatal(err)
	}
	for i, e := range []chat.Entry{
		{From: "ann", Body: chat.Body{Attachments: []chat.Attachment{attachment(3), attachment(1)}}},
		{From: "ann", Body: chat.Body{Text: "look"}},
		{From: "bob", Body: chat.Body{Attachments: []chat.Attachment{attachment(2)}}},
	} {
		e.Conversation, e.Seq, e.Kind, e.ID, e.At = c.ID, chat.Seq(i+1), chat.Message, chat.MessageID(fmt.Sprint(i)), epoch
		if _, _, err := r.Log.Put(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	return c.ID
}

func TestMembersDownloadWhatAnEntryAttaches(t *testing.T) {
	r := newRig(t)
	for _, n := range []int{2, 201} {
		c := r.said(t, n)
		for _, test := range []struct {
			user, owner chat.UserID
			seq         chat.Seq
			media       byte
		}{{"bob", "ann", 1, 1}, {"ann", "ann", 1, 3}, {"ann", "bob", 3, 2}} {
			got, err := r.Download(t.Context(), as(test.user), wire.Download{Conversation: c, Seq: &test.seq, Media: id(test.media)})
			key := chat.MediaKey(test.owner, id(test.media))
			want := wire.Location{URL: "https://s3.example.com/" + key, Expires: "2026-11-21T22:23:00.000Z"}
			if err != nil || got != want {
				t.Errorf("%+v, %v; want %+v", got, err, want)
			}
			if last := r.bucket.signed[len(r.bucket.signed)-1]; last != fmt.Sprint("get ", key, " ", test.media, ".png image/png") {
				t.Errorf("signed %s", last)
			}
		}
	}
}

func TestWhatSomebodyHasClearedIsNotDownloadedByThem(t *testing.T) {
	r := newRig(t)
	for _, n := range []int{2, 201} {
		c := r.said(t, n)
		upTo := chat.Seq(2)
		if _, err := r.Standings.Prefer(t.Context(), chat.Membership{Conversation: c, User: "bob"}, chat.Preference{Cleared: &upTo}, epoch); err != nil {
			t.Fatal(err)
		}
		get := func(user chat.UserID, seq chat.Seq, media byte) error {
			_, err := r.Download(t.Context(), as(user), wire.Download{Conversation: c, Seq: &seq, Media: id(media)})
			return err
		}
		wantCode(t, get("bob", 1, 1), chat.NotFound)
		for _, err := range []error{get("bob", 3, 2), get("ann", 1, 1)} {
			if err != nil {
				t.Error(err)
			}
		}
	}
}

func TestNobodyElseDownloads(t *testing.T) {
	r := newRig(t)
	small, large, nowhere := r.said(t, 2), r.said(t, 201), chat.GroupID("nobody", "1")
	for _, c := range []chat.ConversationID{small, large, nowhere} {
		for _, seq := range []chat.Seq{1, 3, 99} { // what is there and what is not look the same
			got, err := r.Download(t.Context(), as("eve"), wire.Download{Conversation: c, Seq: &seq, Media: id(1)})
			if want := (&chat.Error{Code: chat.Forbidden}); !reflect.DeepEqual(err, error(want)) || got != (wire.Location{}) {
				t.Errorf("%s %d: %+v, %v", c, seq, got, err)
			}
		}
	}
	if len(r.bucket.signed) != 0 {
		t.Errorf("signed %v", r.bucket.signed)
	}
}

func TestAMediumIsReachedThroughItsOwnEntryOnly(t *testing.T) {
	r := newRig(t)
	c := r.said(t, 2)
	r.bucket.upload("ann", id(9)) // uploaded and never attached
	for name, q := range map[string]wire.Download{
		"in another entry":      {Seq: new(chat.Seq(3)), Media: id(1)},
		"in one without":        {Seq: new(chat.Seq(2)), Media: id(1)},
		"never attached":        {Seq: new(chat.Seq(1)), Media: id(9)},
		"of an entry to come":   {Seq: new(chat.Seq(4)), Media: id(1)},
		"of the newest to be":   {Seq: new(chat.MaxSeq), Media: id(2)},
		"of another in the end": {Seq: new(chat.Seq(1)), Media: id(2)},
	} {
		q.Conversation = c
		got, err := r.Download(t.Context(), as("ann"), q)
		wantCode(t, err, chat.NotFound)
		if got != (wire.Location{}) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	if len(r.bucket.signed) != 0 {
		t.Errorf("signed %s", strings.Join(r.bucket.signed, ", "))
	}
}

// down is a log that does not answer.
type down struct {
	chat.Log
	err error
}

func (d down) Entry(context.Context, chat.ConversationID, chat.Seq) (chat.Entry, bool, error) {
	return chat.Entry{}, false, d.err
}

func TestALogThatDoesNotAnswerIsNotAMissingEntry(t *testing.T) {
	r := newRig(t)
	c := r.said(t, 2)
	err := errors.New("throttled")
	r.Log = down{r.Log, err}
	if _, got := r.Download(t.Context(), as("ann"), wire.Download{Conversation: c, Seq: new(chat.Seq(1)), Media: id(1)}); !errors.Is(got, err) {
		t.Error(got)
	}
}
