package acceptance

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// photo is something to upload.
func photo() []byte {
	b := make([]byte, 20_000)
	rand.Read(b)
	return b
}

// offers asks where to put a JPEG.
func (d *device) offers(content []byte) wire.Signed {
	d.t.Helper()
	sum := sha256.Sum256(content)
	return ask[wire.Signed](d, wire.Upload{
		Head: d.head("upload"), Name: "lake.jpg", Type: "image/jpeg", Size: int64(len(content)),
		SHA256: base64.StdEncoding.EncodeToString(sum[:]),
	})
}

// attachment is how a message names an upload.
func attachment(id chat.MediaID, content []byte) wire.Attachment {
	return wire.Attachment{Media: id, Name: "lake.jpg", Type: "image/jpeg", Size: int64(len(content))}
}

// picture is a message with attachments.
func (d *device) picture(target wire.Target, attachments ...wire.Attachment) wire.Send {
	m := d.message(target, "")
	m.Body.Attachments = attachments
	return m
}

// put uploads content with the headers of the offer, changed by change, and returns the status.
func put(t *testing.T, offer wire.Signed, content []byte, change func(http.Header)) int {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPut, offer.URL, bytes.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range offer.Headers {
		request.Header.Set(name, value) // Content-Length is set from the body by itself
	}
	if change != nil {
		change(request.Header)
	}
	status, _ := fetch(t, request)
	return status
}

func fetch(t *testing.T, request *http.Request) (status int, body []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	response, err := parley.web.Do(request.WithContext(ctx))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if body, err = io.ReadAll(response.Body); err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, body
}

func TestAPhotoReachesTheMembersAndNobodyElse(t *testing.T) {
	t.Parallel()
	ann, bob, stranger := person(t, "ann"), person(t, "bob"), person(t, "stranger")
	phone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	lake := photo()
	offer := phone.offers(lake)
	if status := put(t, offer, lake, nil); status != http.StatusOK {
		t.Fatalf("the upload is answered %d", status)
	}

	ack := phone.sends(phone.picture(to(bob), attachment(offer.Media, lake)))
	got := bobsPhone.gets(ack)
	if len(got.Body.Attachments) != 1 || got.Body.Attachments[0] != attachment(offer.Media, lake) {
		t.Fatalf("bob gets %+v", got)
	}
	download := wire.Download{Conversation: ack.Conversation, Seq: &ack.Seq, Media: offer.Media}
	download.Head = bobsPhone.head("download")
	where := ask[wire.Location](bobsPhone, download)
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, where.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if status, body := fetch(t, request); status != http.StatusOK || !bytes.Equal(body, lake) {
		t.Errorf("the download is answered %d with %d bytes, sent were %d", status, len(body), len(lake))
	}

	outside := stranger.connect("phone")
	download.Head = outside.head("download")
	if code := outside.refused(download); code != chat.Forbidden {
		t.Errorf("a stranger's download: %s", code)
	}
	other := phone.says(to(bob), "no picture")
	download.Head, download.Seq = bobsPhone.head("download"), &other.Seq
	if code := bobsPhone.refused(download); code != chat.NotFound {
		t.Errorf("a download from an entry without it: %s", code)
	}
}

func TestAnUploadTakesOnlyWhatWasAnnouncedAndOnlyOnce(t *testing.T) {
	t.Parallel()
	phone := person(t, "ann").connect("phone")
	lake := photo()
	offer := phone.offers(lake)
	other := bytes.Clone(lake)
	other[0]++
	checksum := sha256.Sum256(other)
	for name, attempt := range map[string]struct {
		content []byte
		change  func(http.Header)
	}{
		"another length":            {lake[1:], nil},
		"another body":              {other, nil},
		"another body and checksum": {other, func(h http.Header) { h.Set("X-Amz-Checksum-Sha256", base64.StdEncoding.EncodeToString(checksum[:])) }},
		"another type":              {lake, func(h http.Header) { h.Set("Content-Type", "text/html") }},
		"no tag":                    {lake, func(h http.Header) { h.Del("X-Amz-Tagging") }},
		"permission to overwrite":   {lake, func(h http.Header) { h.Del("If-None-Match") }},
	} {
		if status := put(t, offer, attempt.content, attempt.change); status != http.StatusBadRequest && status != http.StatusForbidden {
			t.Errorf("%s: answered %d", name, status)
		}
	}
	if status := put(t, offer, lake, nil); status != http.StatusOK {
		t.Fatalf("what was announced: answered %d", status)
	}
	if status := put(t, offer, lake, nil); status != http.StatusPreconditionFailed {
		t.Errorf("a second time: answered %d", status)
	}
}

func TestAMessageAttachesOnlyItsSendersOwnFinishedUploads(t *testing.T) {
	t.Parallel()
	ann, bob, carl := person(t, "ann"), person(t, "bob"), person(t, "carl")
	phone, carlsPhone := ann.connect("phone"), carl.connect("phone")
	hello := phone.says(to(bob), "hello")
	lake := photo()
	finished, unfinished, carls := phone.offers(lake), phone.offers(lake), carlsPhone.offers(lake)
	for _, offer := range []wire.Signed{finished, carls} {
		if status := put(t, offer, lake, nil); status != http.StatusOK {
			t.Fatalf("an upload is answered %d", status)
		}
	}
	wrongSize, wrongType := attachment(finished.Media, lake[1:]), attachment(finished.Media, lake)
	wrongType.Type = "image/png"
	for name, a := range map[string]wire.Attachment{
		"not uploaded":       attachment(unfinished.Media, lake),
		"of another size":    wrongSize,
		"of another type":    wrongType,
		"of somebody else":   attachment(carls.Media, lake),
		"that nobody has":    attachment("m_"+"abcdefghijklmnopqrstuvwxyz", lake),
		"one good, one not ": attachment(unfinished.Media, lake),
	} {
		m := phone.picture(to(bob), a)
		if name == "one good, one not " {
			m.Body.Attachments = append(m.Body.Attachments, attachment(finished.Media, lake))
		}
		if code := phone.refused(m); code != chat.MediaMissing {
			t.Errorf("an attachment %s: %s", name, code)
		}
	}
	if log := phone.catchesUp(hello.Conversation, 0); len(log) != 1 {
		t.Errorf("the log is %+v", log)
	}
}
