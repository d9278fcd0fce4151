package signal_test

import (
	"maps"
	"testing"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/wire"
)

// Besides the frame in. There is no reply.
func TestWhatTypingCosts(t *testing.T) {
	meter := dynamodbtest.NewMeter(dynamodbtest.Start(t))
	r := newRig(t, meter)
	direct, group, large := r.direct(), r.group(4), r.group(101)
	r.connect("bob")
	r.connect("m0")
	for name, test := range map[string]struct {
		act   func() error
		want  map[string]float64
		posts int
	}{
		"between two": {func() error { return r.types("ann", direct, wire.Text) }, map[string]float64{"Query": 0.5, "BatchGetItem": 0.5}, 1},
		// A session and a relation each.
		"in a group of 4": {func() error { return r.types("ann", group, wire.Text) }, map[string]float64{"Query": 0.5, "BatchGetItem": 4.5}, 1},
		// The header of 101 members takes 4 KB and more.
		"in one that is too large": {func() error { return r.types("ann", large, wire.Text) }, map[string]float64{"Query": 0.5}, 0},
	} {
		meter.Take()
		clear(r.posted)
		if err := test.act(); err != nil {
			t.Fatal(err)
		}
		if got := meter.Take(); !maps.Equal(got, test.want) || len(r.posted) != test.posts {
			t.Errorf("%s: %v and %d posts, want %v and %d", name, got, len(r.posted), test.want, test.posts)
		}
	}
}
