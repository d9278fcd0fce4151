package main

import (
	"bytes"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/price"
)

func bookOf(t *testing.T) book {
	t.Helper()
	b, err := loadBook()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestTheBillGrowsWithTheLoadAndWithNothingElse(t *testing.T) {
	b := bookOf(t)
	base := load{users: 1000, messages: 20, groups: 0.3, size: 10, online: 4, sessions: 8, media: 0.05, bytes: 1e6, push: -1, days: 30}
	cost := func(l load) float64 {
		dollars, _ := price.Tables[0].Cost(l.bill(b))
		for _, line := range l.storage() {
			dollars += line.dollars
		}
		return dollars
	}
	twice := base
	twice.users *= 2
	if got, want := cost(twice), 2*cost(base); math.Abs(got-want) > 1e-6*want {
		t.Errorf("twice the users cost %v, want %v", got, want)
	}
	for name, more := range map[string]func(*load){
		"messages": func(l *load) { l.messages *= 2 }, "groups": func(l *load) { l.groups = 0.9 }, "size": func(l *load) { l.size = 150 },
		"large": func(l *load) { l.size = 800 }, "sessions": func(l *load) { l.sessions *= 2 }, "media": func(l *load) { l.media *= 2 },
	} {
		l := base
		more(&l)
		if cost(l) <= cost(base) {
			t.Errorf("more %s cost %v, not more than %v", name, cost(l), cost(base))
		}
	}
	rings := func(push, online float64) float64 {
		l := base
		l.groups, l.push, l.online = 0, push, online
		return l.bill(b)[price.Push]
	}
	if most := rings(1, 4); rings(0, 4) != 0 || most == 0 || math.Abs(rings(0.3, 4)-0.3*most) > 1e-6*most || rings(-1, 12) != rings(0.5, 4) {
		t.Errorf("%v, %v and %v pushes", rings(0, 4), rings(0.3, 4), most)
	}
	for unit, n := range base.bill(b) {
		if n < 0 || math.IsNaN(n) {
			t.Errorf("%v %s", n, unit)
		}
	}
}

// Between what was counted a line is drawn, so at what was counted it is what was counted.
func TestAGroupOfACountedSizeCostsWhatWasCounted(t *testing.T) {
	b := bookOf(t)
	for size, situation := range map[float64]string{10: "to a group of 10", 200: "to a group of 200", 1000: "to a group of 1000"} {
		got, want := groupSend(b, size, 1), b.of("send", situation)
		for unit, n := range want {
			if math.Abs(got[unit]-n) > 1e-9 {
				t.Errorf("%v members use %v %s, counted %v", size, got[unit], unit, n)
			}
		}
	}
}

func TestTheCalculatorAddsUp(t *testing.T) {
	var out, errs bytes.Buffer
	if code := run([]string{"-users", "500", "-messages", "10"}, &out, &errs); code != 0 {
		t.Fatal(code, errs.String())
	}
	for _, want := range []string{"500 users, 150000 messages a month", "gateway frames", "stored media", "cloudwatch metrics", "per million messages", "Parley", "aws-samples"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("it does not say %q:\n%s", want, out.String())
		}
	}
	if regexp.MustCompile(`NaN|Inf|\$ *-`).MatchString(out.String()) {
		t.Error(out.String())
	}
	if code := run([]string{"-region", "moon-1"}, &out, &errs); code != 1 || !strings.Contains(errs.String(), "moon-1") {
		t.Errorf("%d, %s", code, errs.String())
	}
}
