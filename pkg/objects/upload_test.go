package objects_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/objects"
)

func TestAnUploadIsFoundAsItWasAnnounced(t *testing.T) {
	o, key := newObjects(endpoint), key(t)
	if _, _, ok, err := o.Stat(t.Context(), key); ok || err != nil {
		t.Fatalf("before: %v, %v", ok, err)
	}
	upload := sign(t, o, key)
	if left := time.Until(upload.Expires); left > chat.UploadTime || left < chat.UploadTime-time.Minute {
		t.Errorf("expires in %v", left)
	}
	if _, _, ok, err := o.Stat(t.Context(), key); ok || err != nil {
		t.Fatalf("signing alone made something: %v, %v", ok, err)
	}
	if status := put(t, upload.URL, upload.Headers, content); status != http.StatusOK {
		t.Fatalf("status %d", status)
	}
	contentType, size, ok, err := o.Stat(t.Context(), key)
	if err != nil || !ok || contentType != "image/png" || size != int64(len(content)) {
		t.Errorf("%s, %d bytes, %v, %v", contentType, size, ok, err)
	}
	if got := tags(t, key); !maps.Equal(got, map[string]string{"state": "pending"}) {
		t.Errorf("tags %v", got)
	}
}

// The client must send what was signed, so it must be told all of it, in names that fetch and every other client take.
func TestTheHeadersToSend(t *testing.T) {
	upload := sign(t, newObjects(endpoint), key(t))
	want := map[string]string{
		"content-type": "image/png", "content-length": fmt.Sprint(len(content)), "x-amz-checksum-sha256": sum(content),
		"if-none-match": "*", "x-amz-tagging": "state=pending",
	}
	if !maps.Equal(upload.Headers, want) {
		t.Errorf("headers %v, want %v", upload.Headers, want)
	}
	u, err := url.Parse(upload.URL)
	if err != nil {
		t.Fatal(err)
	}
	signed := strings.Split(u.Query().Get("X-Amz-SignedHeaders"), ";")
	if len(signed) != len(want)+1 { // and the host
		t.Errorf("signed %v", signed)
	}
	for _, name := range signed {
		if _, ok := want[name]; !ok && name != "host" {
			t.Errorf("%s is signed, and nobody says so", name)
		}
	}
	if got := u.Query().Get("X-Amz-Expires"); got != fmt.Sprint(chat.UploadTime.Seconds()) {
		t.Errorf("expires after %s s", got)
	}
}

func TestOnlyTheAnnouncedBytesAreAccepted(t *testing.T) {
	other := "\x89PNG THESE are all the bytes"
	without := func(name string) func(map[string]string) { return func(h map[string]string) { delete(h, name) } }
	with := func(name, value string) func(map[string]string) { return func(h map[string]string) { h[name] = value } }
	for name, test := range map[string]struct {
		body   string
		change func(headers map[string]string)
	}{
		"other bytes of the same length":      {other, func(map[string]string) {}},
		"other bytes and their checksum":      {other, with("x-amz-checksum-sha256", sum(other))},
		"other bytes and no checksum":         {other, without("x-amz-checksum-sha256")},
		"more":                                {content + "!", func(map[string]string) {}},
		"less":                                {content[1:], func(map[string]string) {}},
		"nothing":                             {"", func(map[string]string) {}},
		"more, and their checksum":            {content + "!", with("x-amz-checksum-sha256", sum(content+"!"))},
		"another type":                        {content, with("content-type", "text/html")},
		"a type with a parameter":             {content, with("content-type", "image/png; charset=utf-8")},
		"no type":                             {content, without("content-type")},
		"another tag":                         {content, with("x-amz-tagging", "state=kept")},
		"one tag more":                        {content, with("x-amz-tagging", "state=pending&a=b")},
		"no tag":                              {content, without("x-amz-tagging")},
		"no protection of what is there":      {content, without("if-none-match")},
		"another protection of what is there": {content, with("if-none-match", `"etag"`)},
		"no checksum":                         {content, without("x-amz-checksum-sha256")},
	} {
		t.Run(name, func(t *testing.T) {
			o, key := newObjects(endpoint), key(t)
			upload := sign(t, o, key)
			test.change(upload.Headers)
			if status := put(t, upload.URL, upload.Headers, test.body); status < 400 || status > 499 {
				t.Errorf("status %d", status)
			}
			if _, _, ok, err := o.Stat(t.Context(), key); ok || err != nil {
				t.Errorf("something is there: %v, %v", ok, err)
			}
		})
	}
}

func TestAURLIsForItsKeyAndMethod(t *testing.T) {
	o, key := newObjects(endpoint), key(t)
	upload := sign(t, o, key)
	if status := put(t, strings.Replace(upload.URL, key, key+"x", 1), upload.Headers, content); status != http.StatusForbidden {
		t.Errorf("another key: %d", status)
	}
	if status := put(t, strings.Replace(upload.URL, "X-Amz-Expires=300", "X-Amz-Expires=3000", 1), upload.Headers, content); status != http.StatusForbidden {
		t.Errorf("more time: %d", status)
	}
	if response, _ := get(t, upload.URL); response.StatusCode != http.StatusForbidden {
		t.Errorf("reading: %d", response.StatusCode)
	}
}

func TestASecondUploadIsRefusedAndTheFirstStays(t *testing.T) {
	o, key := newObjects(endpoint), key(t)
	upload := sign(t, o, key)
	if status := put(t, upload.URL, upload.Headers, content); status != http.StatusOK {
		t.Fatal(status)
	}
	if err := o.Keep(t.Context(), key); err != nil {
		t.Fatal(err)
	}
	if status := put(t, upload.URL, upload.Headers, content); status != http.StatusPreconditionFailed {
		t.Errorf("status %d, want 412", status)
	}
	again, err := o.SignUpload(t.Context(), key, "text/plain", 5, sum("other"))
	if err != nil {
		t.Fatal(err)
	}
	if status := put(t, again.URL, again.Headers, "other"); status != http.StatusPreconditionFailed {
		t.Errorf("under another signature: status %d, want 412", status)
	}
	if got := tags(t, key); got["state"] != "kept" {
		t.Errorf("tags %v", got)
	}
}

// signedAgo signs in a bubble whose clock was set back: the SDK signs by the time of the machine.
func signedAgo(t *testing.T, ago time.Duration, f func(*objects.Objects)) {
	t.Helper()
	then := time.Now().Add(-ago)
	synctest.Test(t, func(*testing.T) {
		<-time.After(time.Until(then)) // from the beginning of the bubble's time, which is past
		f(newObjects(endpoint))
	})
}

func TestAURLWorksForItsTimeAndNoLonger(t *testing.T) {
	for _, test := range []struct {
		name string
		ago  time.Duration
		want int
	}{
		{"nearly over", chat.UploadTime - 30*time.Second, http.StatusOK},
		{"over", chat.UploadTime + 5*time.Second, http.StatusForbidden},
	} {
		key := key(t)
		var upload chat.Upload
		signedAgo(t, test.ago, func(o *objects.Objects) { upload = sign(t, o, key) })
		if status := put(t, upload.URL, upload.Headers, content); status != test.want {
			t.Errorf("upload, %s: %d, want %d", test.name, status, test.want)
		}
		if late := time.Since(upload.Expires) > 0; late != (test.want != http.StatusOK) {
			t.Errorf("%s: it is said to expire %v", test.name, upload.Expires)
		}
	}
	uploaded := key(t)
	upload := sign(t, newObjects(endpoint), uploaded)
	if status := put(t, upload.URL, upload.Headers, content); status != http.StatusOK {
		t.Fatal(status)
	}
	var download string
	signedAgo(t, chat.DownloadTime+5*time.Second, func(o *objects.Objects) {
		download, _, _ = o.SignDownload(t.Context(), uploaded, "a.png", "image/png")
	})
	if response, _ := get(t, download); response.StatusCode != http.StatusForbidden {
		t.Errorf("download: %d", response.StatusCode)
	}
}
