package main

import (
	"math"

	"github.com/parley-im/parley/pkg/price"
)

// load is what a month looks like.
type load struct {
	// users, and the messages that each sends a day.
	users, messages float64
	// groups is the share of messages that go to groups, of size members.
	groups, size float64
	// online is how many hours a day each user is connected, in sessions connections a day.
	online, sessions float64
	// media is the share of messages with an attachment of bytes, which half of the recipients download.
	media, bytes float64
	// push is the share of recipients whom a message finds away, so that their phones ring; negative if it follows from online.
	push float64
	// days of the month.
	days float64
}

// What is assumed of a function's time: none of it is in operations.json, because it is another on each machine.
const (
	memory = 512.0 / 1024 // GB
	took   = 0.012        // seconds per invocation, of which a third is waiting for DynamoDB
	stored = 0.4e-6       // GB per message, with its attributes and the index of the table
)

// line is a line of the bill.
type line struct {
	name    string
	amount  float64
	dollars float64
}

// bill is what a month uses, from what each action was counted to use.
func (l load) bill(b book) price.Bill {
	all := price.Bill{}
	sent := l.users * l.messages * l.days
	direct, grouped := sent*(1-l.groups), sent*l.groups
	here := l.here()

	online, offline := b.of("send", "to one person"), b.of("send", "to one person who is offline")
	all.Add(times(direct*here, online))
	all.Add(times(direct*(1-here), offline))
	all.Add(times(grouped, groupSend(b, l.size, here)))
	attached := sent * l.media
	all.Add(times(attached, price.Bill{price.ObjectWrite: 2, price.ObjectRead: 1, price.Frame: 2, price.Request: 1}))
	all.Add(times(attached*0.5*(1+l.groups*(l.size-2)), b.of("download", "")))

	connections := l.users * l.sessions * l.days
	for _, action := range []string{"connect", "disconnect"} {
		all.Add(times(connections, b.of(action, "")))
	}
	all.Add(times(connections, b.of("conversations", "one")))
	all.Add(times(connections, b.of("sync", "one conversation with news")))
	all[price.Request] += connections // the authorizer
	all[price.ConnectionMinute] += l.users * l.online * 60 * l.days
	pings := l.users * l.online * 60 / 9 * l.days // below the ten minutes after which the gateway cuts an idle connection
	all[price.Frame] += 2 * pings
	all[price.Compute] = all[price.Request] * took * memory
	return all
}

// here is the chance that a message finds a recipient connected. People are awake when they are written to, so it may be more than
// their hours online alone say.
func (l load) here() float64 {
	if l.push >= 0 {
		return max(0, 1-l.push)
	}
	return min(l.online/24, 1)
}

// groupSend interpolates between the sizes that were counted.
func groupSend(b book, size, here float64) price.Bill {
	small, large := b.of("send", "to a group of 10"), b.of("send", "to a group of 200")
	low, high := 10.0, 200.0
	if size > high {
		small, large, low, high = large, b.of("send", "to a group of 1000"), high, 1000
	}
	out := price.Bill{}
	for _, bill := range []price.Bill{small, large} {
		for unit := range bill {
			out[unit] = max(0, small[unit]+(large[unit]-small[unit])*(size-low)/(high-low))
		}
	}
	alone, offline := b.of("send", "to one person"), b.of("send", "to one person who is offline")
	away := (size - 1) * (1 - here)
	for _, unit := range []price.Unit{price.Frame, price.ReadUnit, price.Push} { // for each who is away
		out[unit] += away * (offline[unit] - alone[unit])
	}
	if away > 0 { // one notice for each shard, and a publish for each device
		shards := math.Ceil(size / 200)
		out[price.Publish] += shards + away
		out[price.Request] += shards
	}
	return out
}

// storage is what is kept by the end of the month, in dollars a month: DynamoDB with recovery to any second, and S3.
func (l load) storage() []line {
	const table, recovery, objects = 0.25, 0.20, 0.023 // dollars per GB-month (DynamoDB and S3 pricing, us-east-1)
	messages := l.users * l.messages * l.days * stored
	files := l.users * l.messages * l.days * l.media * l.bytes / 1e9
	return []line{
		{"stored messages, GB of a month", messages, messages * (table + recovery)},
		{"stored media, GB of a month", files, files * objects},
	}
}
