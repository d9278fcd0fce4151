package objects_test

import (
	"maps"
	"mime"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/objects"
)

func TestKeepTakesAnObjectFromThoseThatAreCollected(t *testing.T) {
	o, key := newObjects(endpoint), key(t)
	upload := sign(t, o, key)
	if status := put(t, upload.URL, upload.Headers, content); status != http.StatusOK {
		t.Fatal(status)
	}
	for range 2 { // a resend keeps it again
		if err := o.Keep(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		if got := tags(t, key); !maps.Equal(got, map[string]string{"state": "kept"}) {
			t.Errorf("tags %v", got)
		}
	}
	if err := o.Keep(t.Context(), key+"x"); err == nil {
		t.Error("what is not there was kept")
	}
}

func TestADownloadIsSavedUnderItsNameAndNeverShown(t *testing.T) {
	o, key := newObjects(endpoint), key(t)
	upload := sign(t, o, key)
	if status := put(t, upload.URL, upload.Headers, content); status != http.StatusOK {
		t.Fatal(status)
	}
	for _, name := range []string{
		"a.png", "a b.png", `"quoted".png`, `back\slash`, "semi;colon.png", `x"; filename="evil.html`, "100%.png", "naïve 😀.png", "日本語.pdf",
		"<b>.png", "a=b&c.png", "'single'.png", "\u202egnp.exe", ".htaccess", strings.Repeat("ü", chat.MaxFileName), "line\r\nSet-Cookie: a=b",
	} {
		location, expires, err := o.SignDownload(t.Context(), key, name, "image/png")
		if err != nil {
			t.Fatal(err)
		}
		if left := time.Until(expires); left > chat.DownloadTime || left < chat.DownloadTime-time.Minute {
			t.Errorf("%q expires in %v", name, left)
		}
		response, body := get(t, location)
		if response.StatusCode != http.StatusOK || body != content || response.Header.Get("Content-Type") != "image/png" {
			t.Errorf("%q: %d, %d bytes of %s", name, response.StatusCode, len(body), response.Header.Get("Content-Type"))
		}
		disposition, parameters, err := mime.ParseMediaType(response.Header.Get("Content-Disposition"))
		if err != nil || disposition != "attachment" || parameters["filename"] != name || len(parameters) != 1 {
			t.Errorf("%q: %q, %v, %v", name, response.Header.Get("Content-Disposition"), parameters, err)
		}
		if response.Header.Get("Set-Cookie") != "" {
			t.Errorf("%q became a header", name)
		}
	}
}

func TestADownloadURLReadsOnly(t *testing.T) {
	o, key := newObjects(endpoint), key(t)
	location, _, err := o.SignDownload(t.Context(), key, "a.png", "image/png")
	if err != nil {
		t.Fatal(err)
	}
	if status := put(t, location, nil, "mine"); status != http.StatusForbidden {
		t.Errorf("status %d", status)
	}
	if response, _ := get(t, location+"&response-content-type=text%2Fhtml"); response.StatusCode == http.StatusOK {
		t.Errorf("status %d", response.StatusCode)
	}
}

// answering is S3 with one answer.
func answering(t *testing.T, status int) *objects.Objects {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	t.Cleanup(server.Close)
	return newObjects(server.URL)
}

// Functions may read objects but not list the bucket, and then S3 says 403 of what is not there (API_HeadObject).
func TestWhatMayNotBeListedIsNotThere(t *testing.T) {
	for _, status := range []int{http.StatusNotFound, http.StatusForbidden} {
		if _, _, ok, err := answering(t, status).Stat(t.Context(), "k"); ok || err != nil {
			t.Errorf("%d: %v, %v", status, ok, err)
		}
	}
}

func TestWhatS3CallsItsOwnFaultIsTemporary(t *testing.T) {
	for status, want := range map[int]chat.Code{500: chat.Unavailable, 503: chat.Unavailable, 400: chat.Internal} {
		o := answering(t, status)
		if _, _, _, err := o.Stat(t.Context(), "k"); err == nil || chat.AsError(err).Code != want {
			t.Errorf("stat, %d: %v", status, err)
		}
		if err := o.Keep(t.Context(), "k"); err == nil || chat.AsError(err).Code != want {
			t.Errorf("keep, %d: %v", status, err)
		}
	}
}
