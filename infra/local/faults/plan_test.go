package faults_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/faults"
)

func TestAPlanIsReadAsItIsWritten(t *testing.T) {
	want := faults.Plan{Seed: 1<<53 - 1, Rules: []faults.Rule{
		{Fault: "ack.late", Probability: 0.25, Skip: 1, Times: 2, Function: "message", Operation: "send", Delay: faults.Duration(250 * time.Millisecond)},
		{Fault: "post.gone", Probability: 1},
	}}
	text, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := faults.Read(bytes.NewReader(text)); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%s is read as %+v, %v", text, got, err)
	}
	if short := `{"fault":"post.gone","probability":1}`; !strings.Contains(string(text), `"delay":"250ms"`) || !strings.Contains(string(text), short) {
		t.Errorf("written as %s", text)
	}
}

func TestWhatIsWrongWithAPlanIsSaid(t *testing.T) {
	for text, says := range map[string]string{
		`{"rules":[{"fault":"post.lost","probability":1}]}`:               `rule 0: no fault "post.lost": there are disconnect.lost, `,
		`{"rules":[{"probability":1}]}`:                                   `rule 0: no fault ""`,
		`{"rules":[{"fault":"post.gone"}]}`:                               "rule 0: post.gone: probability 0 is not above 0 and at most 1",
		`{"rules":[{"fault":"post.gone","probability":1.01}]}`:            "probability 1.01",
		`{"rules":[{"fault":"post.gone","probability":-1}]}`:              "probability -1",
		`{"rules":[{"fault":"post.gone","probability":1,"times":-1}]}`:    "times -1",
		`{"rules":[{"fault":"post.gone","probability":1,"skip":-1}]}`:     "skip -1",
		`{"rules":[{"fault":"post.gone","probability":1,"delay":"1s"}]}`:  "post.gone: takes no delay",
		`{"rules":[{"fault":"ack.late","probability":1,"delay":"-1s"}]}`:  "delay -1s is negative",
		`{"rules":[{"fault":"ack.late","probability":1,"delay":"soon"}]}`: "invalid duration",
		`{"rules":[{"fault":"post.gone","probability":1,"odds":1}]}`:      `unknown field "odds"`,
		`{"seed":-1}`: "seed",
		`{} {}`:       "something follows",
		``:            "EOF",
		`{"rules":[{"fault":"post.gone","probability":1},{"fault":"ack.lost"}]}`: "rule 1: ack.lost",
	} {
		_, err := faults.Read(strings.NewReader(text))
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q in it", text, err, says)
		}
	}
	injector := faults.New(slog.New(slog.DiscardHandler))
	if err := injector.Set(faults.Plan{Seed: 1, Rules: []faults.Rule{{Fault: "nonsense"}}}); err == nil || injector.Plan().Seed != 0 {
		t.Errorf("a bad plan is set: %v, %+v", err, injector.Plan())
	}
}

func TestASeedThatWasNotGivenIsRandomAndSaid(t *testing.T) {
	var log bytes.Buffer
	injector := faults.New(slog.New(slog.NewTextHandler(&log, nil)))
	seen := map[uint64]bool{}
	for range 3 {
		if err := injector.Set(faults.Plan{Rules: []faults.Rule{{Fault: "post.gone", Probability: 1}}}); err != nil {
			t.Fatal(err)
		}
		seed := injector.Plan().Seed
		if seed == 0 || seed >= 1<<53 {
			t.Errorf("seed %d", seed)
		}
		if !strings.Contains(log.String(), fmt.Sprintf("seed=%d ", seed)) {
			t.Errorf("the seed %d is not in the log: %s", seed, log.String())
		}
		seen[seed] = true
	}
	if len(seen) != 3 {
		t.Errorf("seeds %v", seen)
	}
}
