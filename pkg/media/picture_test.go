package media_test

import (
	"fmt"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

func TestAPictureIsOnesOwnImage(t *testing.T) {
	r := newRig(t)
	good := r.bucket.upload("ann", id(20))
	r.bucket.upload("ann", id(21)).contentType = "text/plain"
	r.bucket.upload("ann", id(22)).size = chat.MaxPicture + 1
	r.bucket.upload("bob", id(23))
	if err := r.CheckPicture(t.Context(), "g_1", "ann", id(20)); err != nil || !good.kept || good.use != "g_1" {
		t.Errorf("kept %v, %v", good.kept, err)
	}
	for n, code := range map[byte]chat.Code{21: chat.Invalid, 22: chat.TooLarge, 23: chat.MediaMissing, 24: chat.MediaMissing} {
		wantCode(t, r.CheckPicture(t.Context(), "g_1", "ann", id(n)), code)
	}
}

func TestMembersDownloadThePictureThatTheirGroupHasNow(t *testing.T) {
	r := newRig(t)
	r.bucket.upload("bob", id(20))
	c := r.said(t, 2)
	tail, _, err := r.Log.Tail(t.Context(), c, chat.Strong)
	if err != nil {
		t.Fatal(err)
	}
	head := tail.Conversation
	head.Setup.Picture, head.Setup.PictureBy = id(20), "bob"
	e := chat.Entry{Conversation: c, Seq: 4, Kind: chat.Changed, ID: "4", From: "bob", At: epoch, Rules: 4}
	if _, wrote, err := r.Log.Commit(t.Context(), e, chat.Change{Header: &chat.Header{Conversation: head}}); err != nil || !wrote {
		t.Fatal(wrote, err)
	}
	got, err := r.Download(t.Context(), as("ann"), wire.Download{Conversation: c, Media: id(20)})
	if err != nil || got.URL != "https://s3.example.com/"+chat.MediaKey("bob", id(20)) {
		t.Errorf("%+v, %v", got, err)
	}
	if last := r.bucket.signed[len(r.bucket.signed)-1]; last != fmt.Sprint("get ", chat.MediaKey("bob", id(20)), " picture image/png") {
		t.Errorf("signed %s", last)
	}
	_, err = r.Download(t.Context(), as("ann"), wire.Download{Conversation: c, Media: id(21)})
	wantCode(t, err, chat.NotFound)
	_, err = r.Download(t.Context(), as("eve"), wire.Download{Conversation: c, Media: id(20)})
	wantCode(t, err, chat.Forbidden)
}
