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
		for _, life := range []time.Duration{test.life, test.life} { // a resend
			if err := o.KeepFor(t.Context(), key, life); err != nil {
				t.Fatal(err)
			}
		}
		if got := tags(t, key); !maps.Equal(got, map[string]string{"state": test.tag}) {
			t.Errorf("for %v the tags are %v", test.life, got)
		}
		// A second message that lasts for another time must not lose it to the first.
		for _, life := range []time.Duration{3 * day, 60 * day} {
			if err := o.KeepFor(t.Context(), key, life); err != nil {
				t.Fatal(err)
			}
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

func TestAnObjectIsLetGoWithItsOnlyUse(t *testing.T) {
	o := newObjects(endpoint)
	for name, test := range map[string]struct {
		marks func(key string) []error
		tag   string
	}{
		"one use": {func(key string) []error { return []error{o.KeepAs(t.Context(), key, "g_1")} }, "pending"},
		"the same use twice": {func(key string) []error {
			return []error{o.KeepAs(t.Context(), key, "g_1"), o.KeepAs(t.Context(), key, "g_1")}
		}, "pending"},
		"another use": {func(key string) []error { return []error{o.KeepAs(t.Context(), key, "profile")} }, "profile"},
		"two uses": {func(key string) []error {
			return []error{o.KeepAs(t.Context(), key, "g_1"), o.KeepAs(t.Context(), key, "profile")}
		}, "kept"},
		"a message, too":   {func(key string) []error { return []error{o.KeepAs(t.Context(), key, "g_1"), o.Keep(t.Context(), key)} }, "kept"},
		"a message before": {func(key string) []error { return []error{o.Keep(t.Context(), key), o.KeepAs(t.Context(), key, "g_1")} }, "kept"},
		"a message for a while": {func(key string) []error {
			return []error{o.KeepFor(t.Context(), key, time.Hour), o.KeepAs(t.Context(), key, "g_1")}
		}, "kept"},
		"none": {func(string) []error { return nil }, "pending"},
	} {
		key := key(t)
		upload := sign(t, o, key)
		if status := put(t, upload.URL, upload.Headers, content); status != http.StatusOK {
			t.Fatal(status)
		}
		for _, err := range append(test.marks(key), o.Release(t.Context(), key, "g_1"), o.Release(t.Context(), key, "g_1")) {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if got := tags(t, key); !maps.Equal(got, map[string]string{"state": test.tag}) {
			t.Errorf("%s: the tags are %v, want %s", name, got, test.tag)
		}
	}
	if err := o.Release(t.Context(), key(t)+"x", "g_1"); err != nil {
		t.Errorf("what is not there: %v", err)
	}
}
