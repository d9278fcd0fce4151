package main

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/wire"
)

// Looks.
var (
	dim    = lipgloss.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: "245", Dark: "243"})
	bold   = lipgloss.NewStyle().Bold(true)
	good   = lipgloss.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: "28", Dark: "78"})
	bad    = lipgloss.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: "124", Dark: "203"})
	busy   = lipgloss.NewStyle().Foreground(lipgloss.AdaptiveColor{Light: "130", Dark: "214"})
	chosen = lipgloss.NewStyle().Bold(true).Background(lipgloss.AdaptiveColor{Light: "254", Dark: "236"})
	badge  = lipgloss.NewStyle().Bold(true).Foreground(lipgloss.Color("231")).Background(lipgloss.AdaptiveColor{Light: "25", Dark: "62"})
	names  = []lipgloss.AdaptiveColor{
		{Light: "25", Dark: "75"}, {Light: "90", Dark: "176"}, {Light: "130", Dark: "215"},
		{Light: "30", Dark: "80"}, {Light: "125", Dark: "211"}, {Light: "64", Dark: "149"},
	}
)

// Sizes in cells.
const (
	narrow   = 60 // below it the list is not shown
	listSize = 24
	// around are the lines beside the messages: title, rule, rule, input, status.
	around = 5
)

// View draws the screen.
func (s *screen) View() string {
	if s.width < 20 || s.height < around+3 {
		return "the window is too small"
	}
	list, width := s.sizes()
	body := s.messages(width)
	if list > 0 {
		rows := s.list(list)
		for i := range body {
			body[i] = rows[i] + dim.Render("│") + body[i]
		}
	}
	s.input.Width = s.width - 4
	return strings.Join(append(body, s.rule(), s.input.View(), s.status()), "\n")
}

// rule parts the messages from the input, and tells who is typing.
func (s *screen) rule() string {
	text := ""
	if s.open != nil {
		if who := typing(s.open.now.Typists(s.now())); who != "" {
			text = fit("── "+who+" ", min(s.width, lipgloss.Width(who)+4))
		}
	}
	return dim.Render(text + strings.Repeat("─", s.width-lipgloss.Width(text)))
}

// sizes are the widths of the list and the messages.
func (s *screen) sizes() (list, messages int) {
	if s.width < narrow {
		return 0, s.width
	}
	return listSize, s.width - listSize - 1
}

// page is how many lines of messages are seen at once.
func (s *screen) page() int { return max(1, s.height-around-s.panelSize()) }

func (s *screen) panelSize() int {
	if strings.Contains(s.notice, "\n") {
		return strings.Count(s.notice, "\n") + 2
	}
	return 0
}

// list draws the conversations, scrolled so that the open one is seen.
func (s *screen) list(width int) []string {
	rows := make([]string, 0, s.height)
	rows = append(rows, fit(bold.Render(" "+s.called.name(s.rooms.me)), width), dim.Render(strings.Repeat("─", width)))
	space := s.height - around
	all := s.rooms.sorted()
	for i, r := range all {
		if r == s.open && i >= space {
			all = all[i-space+1:]
			break
		}
	}
	for _, r := range all[:min(space, len(all))] {
		rows = append(rows, s.row(r, width))
	}
	for len(rows) < s.height-3 {
		rows = append(rows, strings.Repeat(" ", width))
	}
	return rows
}

func (s *screen) row(r *room, width int) string {
	mark := dim.Render("·")
	switch {
	case r.peer == "":
		mark = dim.Render("#")
	case r.presence(s.now()) == wire.Online:
		mark = good.Render("●")
	case r.presence(s.now()) == wire.Away:
		mark = busy.Render("◐")
	case r.presence(s.now()) == wire.Busy:
		mark = bad.Render("●")
	case r.presence(s.now()) == wire.Offline:
		mark = dim.Render("○")
	}
	count := ""
	unread := r.stands.unread
	if unread.Count > 0 || unread.More {
		count = badge.Render(" " + number99(unread) + " ")
	}
	if unread.Mentions > 0 {
		count = busy.Render("@") + count
	}
	if r.draft != "" && r != s.open {
		count = dim.Render("✎") + count
	}
	style := lipgloss.NewStyle()
	switch {
	case r == s.open:
		style = chosen
	case count != "":
		style = bold
	}
	title := width - 4 - lipgloss.Width(count)
	return " " + mark + " " + style.Render(fit(r.title(), title)) + count + " "
}

// messages draws the open room: a title, a rule, and the lines that are scrolled to.
func (s *screen) messages(width int) []string {
	rule := dim.Render(strings.Repeat("─", width))
	space := s.page()
	if s.open == nil {
		return s.withPanel(append([]string{fit(" Parley", width), rule}, fill(welcome, width, space)...), width)
	}
	rows := []string{fit(" "+bold.Render(s.open.title())+"  "+dim.Render(s.about(s.open)), width), rule}
	lines := s.lines(s.open)
	end := max(min(len(lines), space), len(lines)-s.scroll)
	lines = lines[max(0, end-space):end]
	for range space - len(lines) {
		rows = append(rows, strings.Repeat(" ", width))
	}
	for _, l := range lines {
		rows = append(rows, fit(" "+l, width))
	}
	return s.withPanel(rows, width)
}

const welcome = `Tab opens a conversation,
/to bob begins one with bob,
/group trip bob cat makes a group,
/help tells the rest.`

// withPanel puts a notice of several lines below the messages.
func (s *screen) withPanel(rows []string, width int) []string {
	if s.panelSize() == 0 {
		return rows
	}
	rows = append(rows, dim.Render("╌"+strings.Repeat("╌", width-1)))
	for line := range strings.SplitSeq(s.notice, "\n") {
		rows = append(rows, fit(" "+line, width))
	}
	return rows[:min(len(rows), s.height-3)]
}

// about tells who is in a room.
func (s *screen) about(r *room) string {
	if r.request {
		return "a stranger: answer, /accept or /block"
	}
	if r.peer != "" {
		switch p := r.presence(s.now()); p {
		case wire.Online, wire.Away, wire.Busy:
			return string(p)
		case wire.Offline:
			return since(r.line.Seen, s.now())
		default:
			return ""
		}
	}
	var here []string
	for _, m := range r.members {
		if (m.Presence == wire.Online || m.Presence == wire.Away || m.Presence == wire.Busy) && m.User != s.rooms.me {
			here = append(here, s.called.name(m.User))
		}
	}
	switch {
	case len(r.members) == 0:
		return ""
	case len(here) == 0:
		return fmt.Sprintf("%d members, nobody else online", len(r.members))
	default:
		return fmt.Sprintf("%d members, online: %s", len(r.members), strings.Join(here, ", "))
	}
}

// status tells how the connection is, and what happened last.
func (s *screen) status() string {
	var left string
	notice := s.notice
	switch s.state.Phase {
	case client.Connecting:
		left = busy.Render("◌ connecting")
	case client.Connected:
		left = good.Render("● connected")
		if !s.caughtUp {
			left = busy.Render("◌ catching up")
		}
		notice = cmp.Or(notice, slow(s.slowed, s.now()))
	case client.Disconnected:
		wait := s.state.Retry.Sub(s.now()).Seconds()
		left = bad.Render(fmt.Sprintf("○ offline, reconnecting in %.0f s", max(0, math.Ceil(wait))))
		notice = cmp.Or(notice, cause(s.state.Reason))
	case client.Closed:
		left = bad.Render("○ offline: " + explain(s.state.Reason))
	}
	if s.panelSize() > 0 {
		notice = "Esc closes this"
	} else if s.scroll > 0 && notice == "" {
		notice = "PgDn for what is newer"
	}
	return fit(" "+left+"  "+dim.Render(notice), s.width)
}

// cause is the last part of an error, which for the network is the one that says something.
func cause(err error) string {
	text := explain(err)
	return strings.TrimSpace(text[strings.LastIndex(text, ": ")+1:])
}

// fit makes a line exactly width cells wide.
func fit(line string, width int) string {
	if missing := width - lipgloss.Width(line); missing >= 0 {
		return line + strings.Repeat(" ", missing)
	}
	short := lipgloss.NewStyle().MaxWidth(width - 1).Render(line)
	return short + "…" + strings.Repeat(" ", max(0, width-1-lipgloss.Width(short)))
}

// fill centres a text in space lines.
func fill(text string, width, space int) []string {
	block := lipgloss.Place(width, space, lipgloss.Center, lipgloss.Center, dim.Render(text))
	return strings.Split(block, "\n")[:space]
}

// colour is that of a name, always the same.
func colour(name string) lipgloss.Style {
	h := fnv.New32a()
	_, _ = h.Write([]byte(name))
	return lipgloss.NewStyle().Foreground(names[h.Sum32()%uint32(len(names))])
}
