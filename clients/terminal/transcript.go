package main

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// gutter is what stands before a text: the time, the name, and spaces; numberSize is what a number takes before that.
const gutter, nameSize, numberSize = 18, 10, 6

// transcript remembers how the messages of a room look at some width, so that drawing a long one again costs little.
type transcript struct {
	width   int
	numbers bool
	drawn   map[chat.Seq][]string
}

// redraw forgets how a message looks, and those that quote it.
func (t *transcript) redraw(seq chat.Seq, now *client.Room) {
	if len(t.drawn) == 0 {
		return
	}
	for _, m := range now.Messages() {
		if m.Seq == seq || m.Body.Reply == seq {
			delete(t.drawn, m.Seq)
		}
	}
}

// block is a message to be drawn.
type block struct {
	number chat.Seq // 0 if it has none yet
	at     time.Time
	from   string
	own    bool
	// quote and below are dimmed lines above and below the text.
	quote, below string
	text         []string
	faint        bool // nobody said it, or not yet
	noticed      bool // one is to notice it
	edited       bool
}

// lines draws all that was fetched of a room: its messages with the days between them, and what is on its way.
func (s *screen) lines(r *room) []string {
	_, width := s.sizes()
	width -= 2
	if r.drawn.width != width || r.drawn.numbers != s.numbers || r.drawn.drawn == nil {
		r.drawn = transcript{width, s.numbers, map[chat.Seq][]string{}}
	}
	var out []string
	var failed, waiting []*outgoing
	for _, o := range r.outgoing {
		if o.failed != nil {
			failed = append(failed, o)
		} else {
			waiting = append(waiting, o)
		}
	}
	slices.SortStableFunc(failed, func(a, b *outgoing) int { return cmp.Compare(a.after, b.after) })
	day := ""
	for _, e := range r.now.Messages() {
		at, _ := wire.ParseTime(e.At)
		at = at.In(s.now().Location())
		for len(failed) > 0 && failed[0].after < e.Seq {
			out = append(out, s.drawOutgoing(failed[0], width)...)
			failed = failed[1:]
		}
		if d := at.Format("Monday, 2 January 2006"); d != day {
			day = d
			out = append(out, lipgloss.PlaceHorizontal(width, lipgloss.Center, dim.Render("── "+d+" ──")))
		}
		drawn, ok := r.drawn.drawn[e.Seq]
		if !ok {
			tick := r.tick(e, s.rooms.me)
			drawn = s.draw(s.block(r, e, at), width-tickSize)
			drawn[len(drawn)-1] += tick
			r.drawn.drawn[e.Seq] = drawn
		}
		out = append(out, drawn...)
	}
	for _, o := range append(failed, waiting...) {
		out = append(out, s.drawOutgoing(o, width)...)
	}
	return out
}

// echoed is how many lines of a text that was not sent are shown.
const echoed = 3

// drawOutgoing renders what is on its way, or failed.
func (s *screen) drawOutgoing(o *outgoing, width int) []string {
	drawn := s.draw(block{from: s.called.name(s.rooms.me), own: true, text: cleanLines(o.text), faint: true}, width)
	if o.failed == nil {
		drawn[len(drawn)-1] += dim.Render("  …")
		return drawn
	}
	reason := "not sent: " + explain(o.failed)
	if len(drawn) > echoed {
		drawn, reason = drawn[:echoed], "… "+reason
	}
	if last := len(drawn) - 1; lipgloss.Width(drawn[last]+"  "+reason) <= width {
		drawn[last] += bad.Render("  " + reason)
		return drawn
	}
	indent := gutter
	if s.numbers {
		indent += numberSize
	}
	for line := range strings.SplitSeq(wrap(reason, max(10, width-indent)), "\n") {
		drawn = append(drawn, strings.Repeat(" ", indent)+bad.Render(strings.TrimRight(line, " ")))
	}
	return drawn
}

// block is how a message is to look.
func (s *screen) block(r *room, e wire.Entry, at time.Time) block {
	b := block{
		number: e.Seq, at: at, from: s.called.name(e.From), own: e.From == s.rooms.me, text: says(e), below: beside(r, e),
		faint: e.Event != chat.Message || e.Deleted || e.Expired, noticed: regards(e, s.rooms.me), edited: e.Version > 0,
	}
	if e.Body.Reply > 0 {
		b.quote = fmt.Sprintf("message %d", e.Body.Reply)
		if m, ok := r.now.Message(e.Body.Reply); ok {
			b.quote = s.called.name(m.From) + ": " + quote(m)
		}
	}
	return b
}

// draw renders one message.
func (s *screen) draw(b block, width int) []string {
	space := max(10, width-gutter)
	if s.numbers {
		space = max(10, space-numberSize)
	}
	var texts []string
	if b.quote != "" {
		texts = append(texts, dim.Render(strings.TrimRight(fit("▏"+b.quote, space), " ")))
	}
	for i, paragraph := range b.text {
		last := b.edited && i == len(b.text)-1
		if last {
			paragraph += " " + edited
		}
		wrapped := strings.Split(wrap(paragraph, space), "\n")
		for j, line := range wrapped {
			texts = append(texts, b.style(strings.TrimRight(line, " "), last && j == len(wrapped)-1))
		}
	}
	if b.below != "" {
		for line := range strings.SplitSeq(wrap(b.below, space), "\n") {
			texts = append(texts, dim.Render(strings.TrimRight(line, " ")))
		}
	}
	head := s.head(b)
	beside := " "
	if b.noticed {
		beside = busy.Render("▌")
	}
	var out []string
	for _, text := range texts {
		out = append(out, head+beside+text)
		head = strings.Repeat(" ", lipgloss.Width(head))
	}
	return out
}

// style colours a line of a text; the last one of an edited text ends with a remark.
func (b block) style(line string, remark bool) string {
	if text, ok := strings.CutSuffix(line, edited); ok && remark {
		return b.style(text, false) + dim.Render(edited)
	}
	switch {
	case b.faint:
		return dim.Render(line)
	case b.noticed:
		return busy.Render(line)
	default:
		return line
	}
}

// head is the gutter of the first line, but for its last cell.
func (s *screen) head(b block) string {
	number, when := "", "     "
	switch {
	case s.numbers && b.number > 0:
		number = dim.Render(fmt.Sprintf("%*d ", numberSize-1, b.number))
	case s.numbers:
		number = strings.Repeat(" ", numberSize)
	}
	if !b.at.IsZero() {
		when = b.at.Format("15:04")
	}
	style := colour(b.from)
	if b.own {
		style = good
	}
	return number + dim.Render(when) + "  " + style.Render(fit(b.from, nameSize))
}

// wrap breaks a line between words, and words that are too long.
func wrap(line string, width int) string { return lipgloss.NewStyle().Width(width).Render(line) }
