package objects_test

import (
	"maps"
	"net/http"
	"testing"
	"time"
)

func TestAnObjectIsKeptForAsLongAsItsFirstMessageLasts(t *testing.T) {
	day := 24 * time.Hour
	for _, test := range []struct {
		life time.Duration
		tag  string
	}{{5 * time.Second, "days-2"}, {day, "days-2"}, {day + 1, "days-8"}, {90 * day, "days-91"}, {180 * day, "days-181"}, {200 * day, "kept"}} {
		o, key := newObjects(endpoint), key(t)
		upload := sign(t, o, key)
		if status := put(t, upload.URL, upload.Headers, content); status != http.StatusOK {
			t.Fatal(status)
		}
		for _, life := range []time.Duration{test.life, 3 * day} { // a second message does not take it from the first
			if err := o.KeepFor(t.Context(), key, life); err != nil {
				t.Fatal(err)
			}
		}
		if got := tags(t, key); !maps.Equal(got, map[string]string{"state": test.tag}) {
			t.Errorf("for %v the tags are %v", test.life, got)
		}
		if err := o.Keep(t.Context(), key); err != nil {
			t.Fatal(err)
		}
		if err := o.KeepFor(t.Context(), key, test.life); err != nil {
			t.Fatal(err)
		}
		if got := tags(t, key); !maps.Equal(got, map[string]string{"state": "kept"}) {
			t.Errorf("kept for ever and for %v, the tags are %v", test.life, got)
		}
	}
	o := newObjects(endpoint)
	if err := o.KeepFor(t.Context(), key(t)+"x", day); err == nil {
		t.Error("what is not there was kept")
	}
}
