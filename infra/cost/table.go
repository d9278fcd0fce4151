package main

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/parley-im/parley/pkg/price"
)

// markdown renders what was counted as a table, an action and a situation in each row. What it comes to is in dollars per
// million; the functions' time is not in it.
func (b book) markdown(prices price.Table) string {
	var out strings.Builder
	out.WriteString("| action | frames | reads | writes | invocations | else | $ per million |\n|---|---|---|---|---|---|---|\n")
	for _, o := range b {
		name := "`" + o.Action + "`"
		if o.Case != "" {
			name += " " + o.Case
		}
		dollars, _ := prices.Cost(o.Bill)
		fmt.Fprintf(&out, "| %s | %s | %s | %s | %s | %s | %.2f |\n", name, amount(o.Bill[price.Frame]), amount(o.Bill[price.ReadUnit]),
			amount(o.Bill[price.WriteUnit]), amount(o.Bill[price.Request]), others(o.Bill), dollars*1e6)
	}
	return out.String()
}

func amount(n float64) string {
	if n == 0 {
		return "–"
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// others are what few actions use.
func others(b price.Bill) string {
	var all []string
	for _, unit := range []struct {
		unit price.Unit
		name string
	}{
		{price.Publish, "SNS requests"}, {price.Push, "pushes"}, {price.QueueRequest, "SQS requests"},
		{price.ObjectWrite, "S3 writes"}, {price.ObjectRead, "S3 reads"},
	} {
		if n := b[unit.unit]; n > 0 {
			all = append(all, amount(n)+" "+unit.name)
		}
	}
	return strings.Join(all, ", ")
}
