package main

import "github.com/parley-im/parley/pkg/price"

// peer is another way to build this on the same gateway: what a message costs there, from reading its source.
type peer struct {
	name, about string
	// message is what a message to n members uses while all connections of the account number connected.
	message func(n, connected float64) price.Bill
}

// scan is a Scan of a table of connections: each takes about 200 bytes, and 8 KB are a read unit.
func scan(connected float64) float64 { return max(0.5, connected*200/8192) }

var peers = []peer{
	{"aws-samples/simple-websockets-chat-app", "no rooms, nothing stored: scans all connections and posts to each", func(_, connected float64) price.Bill {
		return price.Bill{price.Frame: 1 + connected, price.Request: 1, price.ReadUnit: scan(connected)}
	}},
	{"aws-samples/websocket-chat-application", "stores, then scans all connections and posts to each, whatever the channel", func(_, connected float64) price.Bill {
		return price.Bill{price.Frame: 1 + connected, price.Request: 1, price.WriteUnit: 1, price.ReadUnit: scan(connected)}
	}},
	{"aws-lambda-graphql", "an event table, its stream, a second function, a query of subscriptions", func(n, _ float64) price.Bill {
		return price.Bill{price.Frame: 1 + n, price.Request: 2, price.WriteUnit: 1, price.ReadUnit: 1 + n/50}
	}},
	{"fehmianac/serverless-chat-api", "an item for each member of each message, written and rewritten", func(n, _ float64) price.Bill {
		return price.Bill{price.Frame: n, price.Request: 3 + n, price.WriteUnit: 3 + 5*n, price.ReadUnit: 4 + n, price.QueueRequest: 3 * n, price.Publish: 1}
	}},
}
