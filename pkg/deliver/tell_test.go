package deliver_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

func TestTheOtherDevicesOfOneUserAreTold(t *testing.T) {
	r := newRig()
	r.connect("ann", "ann-phone", "ann-laptop", "ann-old")
	r.connect("bob", "bob-phone")
	r.gateway.answers["ann-old"] = always(chat.ErrGone)
	r.people.connections["ann"] = append(r.people.connections["ann"], chat.Connection{ID: "ann-expired", Since: r.now, Expires: r.now.Add(-time.Second)})
	r.Tell(t.Context(), "ann", []byte(`{"event":"draft"}`), "ann-phone")
	if got, want := r.gateway.reached(), (connections{"ann-expired", "ann-laptop"}); !slices.Equal(got, want) {
		t.Errorf("reached %v, want %v", got, want)
	}
	if e := r.gateway.got["ann-laptop"][0]; e.Event != "draft" {
		t.Errorf("the laptop got %+v", e)
	}
	if e := r.gateway.got["ann-expired"][0]; e.Event != "error" {
		t.Errorf("the one that expired got %+v", e)
	}
	if got, want := r.people.of("ann"), (connections{"ann-phone", "ann-laptop"}); !slices.Equal(got, want) {
		t.Errorf("left are %v, want %v", got, want)
	}
	if len(r.topic.notices) != 0 {
		t.Errorf("notified %v", r.topic.notified())
	}
}

func TestThatNobodyCouldBeToldIsNoted(t *testing.T) {
	r := newRig()
	r.people.readErr = errors.New("throttled")
	r.Tell(t.Context(), "ann", []byte(`{"event":"draft"}`), "")
	if !strings.Contains(r.logs.String(), "throttled") {
		t.Errorf("logs %q", r.logs)
	}
}
