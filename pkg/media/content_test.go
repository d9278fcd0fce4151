package media_test

import (
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/wire"
)

func TestAForwardedFileIsItsFirstOwners(t *testing.T) {
	r := newRig(t)
	c := r.said(t, 2)
	forwarded := attachment(7)
	forwarded.Owner = "eve"
	e := chat.Entry{Conversation: c, Seq: 4, Kind: chat.Message, ID: "4", From: "ann", Body: chat.Body{Forwarded: true, Attachments: []chat.Attachment{forwarded}}}
	if _, wrote, err := r.Log.Put(t.Context(), e); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	got, err := r.Download(t.Context(), as("bob"), wire.Download{Conversation: c, Seq: new(chat.Seq(4)), Media: id(7)})
	if want := "https://s3.example.com/" + chat.MediaKey("eve", id(7)); err != nil || got.URL != want {
		t.Errorf("%+v, %v; want %s", got, err, want)
	}
}

func TestI20TheFilesOfWhatIsDueAreNotGivenOut(t *testing.T) {
	r := newRig(t)
	now := epoch
	r.Log = r.Log.(*store.Conversations).At(func() time.Time { return now })
	c := r.said(t, 2)
	e := chat.Entry{
		Conversation: c, Seq: 4, Kind: chat.Message, ID: "4", From: "ann", At: now,
		Timer: chat.Timer{After: time.Minute, From: chat.SinceSent}, Body: chat.Body{Attachments: []chat.Attachment{attachment(7)}},
	}
	if _, wrote, err := r.Log.Put(t.Context(), e); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	download := func() error {
		_, err := r.Download(t.Context(), as("bob"), wire.Download{Conversation: c, Seq: new(chat.Seq(4)), Media: id(7)})
		return err
	}
	if err := download(); err != nil {
		t.Error(err)
	}
	now = now.Add(time.Minute)
	wantCode(t, download(), chat.NotFound)
}

func TestFilesOfWhatDisappearsAreKeptForItsTime(t *testing.T) {
	r := newRig(t)
	o := r.bucket.upload("ann", id(1))
	if err := r.CheckFor(t.Context(), "ann", []chat.Attachment{attachment(1)}, time.Hour); err != nil || !o.kept || o.life != time.Hour {
		t.Errorf("%+v, %v", o, err)
	}
	wantCode(t, r.CheckFor(t.Context(), "ann", []chat.Attachment{attachment(2)}, time.Hour), chat.MediaMissing)
}
