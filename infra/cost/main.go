// Package main is the calculator: what a load costs a month, by line of the bill, from the operations that the tests count
// (operations.json, written by pkg/app's TestWhatActionsUse), and what the same load costs with other designs on the same
// gateway. Run it with `make cost`.
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/parley-im/parley/pkg/price"
)

func main() { os.Exit(run(os.Args[1:], os.Stdout, os.Stderr)) }

func run(args []string, stdout, stderr io.Writer) int {
	l := load{days: 30}
	flags := flag.NewFlagSet("cost", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Float64Var(&l.users, "users", 10_000, "users")
	flags.Float64Var(&l.messages, "messages", 20, "messages that each sends a day")
	flags.Float64Var(&l.groups, "groups", 0.3, "share of messages that go to groups")
	flags.Float64Var(&l.size, "size", 10, "members of a group")
	flags.Float64Var(&l.online, "online", 4, "hours a day that each user is connected")
	flags.Float64Var(&l.sessions, "sessions", 8, "connections that each user makes a day")
	flags.Float64Var(&l.media, "media", 0.05, "share of messages with an attachment")
	flags.Float64Var(&l.bytes, "bytes", 500_000, "bytes of an attachment")
	flags.Float64Var(&l.push, "push", -1, "share of recipients whose phone a message rings; if it is negative, it follows from the hours online")
	held := flags.Bool("quotas", false, "say instead how much one account holds by default, and which quota to raise first")
	region := flags.String("region", "us-east-1", "region whose prices count")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *held {
		b, err := loadBook()
		if err == nil {
			err = printQuotas(stdout, b)
		}
		if err != nil {
			_, _ = fmt.Fprintln(stderr, err)
			return 1
		}
		return 0
	}
	table, err := price.Of(*region, time.Now())
	if err == nil {
		err = l.print(stdout, table)
	}
	if err != nil {
		_, _ = fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// print writes the bill.
func (l load) print(w io.Writer, table price.Table) error {
	b, err := loadBook()
	if err != nil {
		return err
	}
	used := l.bill(b)
	var lines []line
	for _, rate := range table.Rates {
		if n := used[rate.Unit]; n > 0 {
			lines = append(lines, line{string(rate.Part) + " " + string(rate.Unit), n, n * rate.One()})
		}
	}
	lines = append(append(lines, l.storage()...), watching()...)
	sent := l.users * l.messages * l.days
	total := 0.0
	_, err = fmt.Fprintf(w, "%.0f users, %.0f messages a month, prices of %s since %s\n\n",
		l.users, sent, table.Region, table.Since.Format(time.DateOnly))
	for _, line := range lines {
		if err == nil {
			_, err = fmt.Fprintf(w, "%-32s %16.0f  $%10.2f\n", line.name, line.amount, line.dollars)
		}
		total += line.dollars
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%-32s %16s  $%10.2f   $%.2f per million messages, $%.4f per user\n\nmessages alone, on the same gateway:\n",
		"a month", "", total, total/sent*1e6, total/l.users)
	if err != nil {
		return err
	}
	connected := l.users * l.online / 24
	mine := price.Bill{}
	mine.Add(times(1-l.groups, b.of("send", "to one person")))
	mine.Add(times(l.groups, groupSend(b, l.size, 1)))
	return compare(w, table, l, mine, connected)
}

// compare prints what a million messages cost here and elsewhere, functions' time left out.
func compare(w io.Writer, table price.Table, l load, mine price.Bill, connected float64) error {
	cost := func(b price.Bill) float64 { dollars, _ := table.Cost(b); return dollars * 1e6 }
	_, err := fmt.Fprintf(w, "%-40s $%14.2f per million messages\n", "Parley", cost(mine))
	for _, p := range peers {
		bill := times(1-l.groups, p.message(2, connected))
		bill.Add(times(l.groups, p.message(l.size, connected)))
		if err == nil {
			_, err = fmt.Fprintf(w, "%-40s $%14.2f  %s\n", p.name, cost(bill), p.about)
		}
	}
	return err
}
