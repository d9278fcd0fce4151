package main

import (
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// gutter is what stands before a text: the time, the name, and spaces.
const gutter, nameSize = 18, 10

// transcript remembers how the entries of a room look at some width, so that drawing a long one again costs little.
type transcript struct {
	width int
	drawn map[chat.Seq][]string
}

// lines draws all that was fetched of a room: its entries with the days between them, and what is on its way.
func (s *screen) lines(r *room) []string {
	_, width := s.sizes()
	width -= 2
	if r.drawn.width != width || r.drawn.drawn == nil {
		r.drawn = transcript{width, map[chat.Seq][]string{}}
	}
	var out []string
	day := ""
	for _, e := range r.entries {
		at, _ := wire.ParseTime(e.At)
		at = at.In(s.now().Location())
		if d := at.Format("Monday, 2 January 2006"); d != day {
			day = d
			out = append(out, lipgloss.PlaceHorizontal(width, lipgloss.Center, dim.Render("── "+d+" ──")))
		}
		drawn, ok := r.drawn.drawn[e.Seq]
		if !ok {
			drawn = s.draw(at, string(e.From), says(e), width, e.Event != chat.Message)
			r.drawn.drawn[e.Seq] = drawn
		}
		out = append(out, drawn...)
	}
	for _, o := range r.outgoing {
		text := cleanLines(o.text)
		mark := dim.Render("  …")
		if o.failed != nil {
			mark = bad.Render("  not sent: " + explain(o.failed))
		}
		drawn := s.draw(time.Time{}, string(s.rooms.me), text, width, true)
		drawn[len(drawn)-1] = strings.TrimRight(drawn[len(drawn)-1], " ") + mark
		out = append(out, drawn...)
	}
	return out
}

// draw renders one message; faint is for what nobody said, or not yet.
func (s *screen) draw(at time.Time, from string, text []string, width int, faint bool) []string {
	when := "     "
	if !at.IsZero() {
		when = at.Format("15:04")
	}
	style := colour(from)
	if from == string(s.rooms.me) {
		style = good
	}
	head := dim.Render(when) + "  " + style.Render(fit(from, nameSize)) + " "
	var out []string
	for _, paragraph := range text {
		for line := range strings.SplitSeq(wrap(paragraph, max(10, width-gutter)), "\n") {
			line = strings.TrimRight(line, " ")
			if faint {
				line = dim.Render(line)
			}
			if len(out) > 0 {
				head = strings.Repeat(" ", gutter)
			}
			out = append(out, head+line)
		}
	}
	return out
}

// wrap breaks a line between words, and words that are too long.
func wrap(line string, width int) string { return lipgloss.NewStyle().Width(width).Render(line) }
