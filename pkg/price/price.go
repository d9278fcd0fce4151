// Package price is what AWS charges for each unit that Parley uses: one table for each region and date, with the source of
// every figure. It imports only the standard library; the meter, the tests of cost and the calculator read it.
//
// Prices are on-demand, without free tiers and volume discounts, so that a figure is what the next million costs a stage
// that has grown out of the former and not yet into the latter.
package price

import (
	"fmt"
	"time"
)

// Unit is something that AWS bills, counted as AWS counts it.
type Unit string

// The units.
const (
	// Frame is a WebSocket message of API Gateway: each started 32 KB in either direction.
	Frame Unit = "frames"
	// ConnectionMinute is a minute of an open WebSocket.
	ConnectionMinute Unit = "connection_minutes"
	// Request is an invocation of a Lambda, and Compute its time in GB-seconds on arm64.
	Request Unit = "requests"
	Compute Unit = "gb_seconds"
	// ReadUnit and WriteUnit are DynamoDB's, on demand.
	ReadUnit  Unit = "read_units"
	WriteUnit Unit = "write_units"
	// Publish is an SNS request of up to 64 KB, and Push a notification handed to a push platform.
	Publish Unit = "publishes"
	Push    Unit = "pushes"
	// QueueRequest is an SQS request of up to 64 KB.
	QueueRequest Unit = "queue_requests"
	// ObjectWrite is an S3 PUT, POST, COPY or LIST, and ObjectRead a GET or anything else.
	ObjectWrite Unit = "object_writes"
	ObjectRead  Unit = "object_reads"
	// LogByte is a byte that CloudWatch Logs takes in.
	LogByte Unit = "log_bytes"
)

// Part of the bill that a unit belongs to.
type Part string

// The parts.
const (
	Gateway  Part = "gateway"
	Lambda   Part = "lambda"
	DynamoDB Part = "dynamodb"
	SNS      Part = "sns"
	SQS      Part = "sqs"
	S3       Part = "s3"
	Logs     Part = "logs"
)

// Parts are all of them.
var Parts = []Part{Gateway, Lambda, DynamoDB, SNS, SQS, S3, Logs}

// Rate is the price of a unit.
type Rate struct {
	Unit Unit
	Part Part
	// Dollars for Per units, as the price list states them.
	Dollars, Per float64
	// Source is where the figure is from.
	Source string
}

// One is the price of one unit in dollars.
func (r Rate) One() float64 { return r.Dollars / r.Per }

// Table is the price list of a region since a date.
type Table struct {
	Region string
	Since  time.Time
	Rates  []Rate
}

// Tables are the price lists, the newest of each region last.
var Tables = []Table{{
	Region: "us-east-1", Since: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC),
	Rates: []Rate{
		{Frame, Gateway, 1, 1e6, "API Gateway pricing, WebSocket APIs, first billion messages, metered in 32 KB"},
		{ConnectionMinute, Gateway, 0.25, 1e6, "API Gateway pricing, WebSocket APIs, connection minutes"},
		{Request, Lambda, 0.20, 1e6, "Lambda pricing, requests"},
		{Compute, Lambda, 0.0000133334, 1, "Lambda pricing, arm64, first 7.5 billion GB-seconds"},
		{ReadUnit, DynamoDB, 0.125, 1e6, "DynamoDB on-demand pricing, since 2024-11"},
		{WriteUnit, DynamoDB, 0.625, 1e6, "DynamoDB on-demand pricing, since 2024-11"},
		{Publish, SNS, 0.50, 1e6, "SNS pricing, API requests"},
		{Push, SNS, 0.50, 1e6, "SNS pricing, mobile push notifications"},
		{QueueRequest, SQS, 0.40, 1e6, "SQS pricing, standard queues"},
		{ObjectWrite, S3, 0.005, 1e3, "S3 pricing, Standard, PUT, COPY, POST, LIST"},
		{ObjectRead, S3, 0.0004, 1e3, "S3 pricing, Standard, GET and all others"},
		{LogByte, Logs, 0.50, 1e9, "CloudWatch pricing, log ingestion"},
	},
}}

// Of returns the price list of a region that is in force at a time. There is an error if none is known.
func Of(region string, at time.Time) (Table, error) {
	var found Table
	for _, t := range Tables {
		if t.Region == region && !at.Before(t.Since) {
			found = t
		}
	}
	if found.Region == "" {
		return found, fmt.Errorf("price: no prices of %s are known for %s", region, at.Format(time.DateOnly))
	}
	return found, nil
}

// Rate returns the rate of a unit; ok is false if the table has none.
func (t Table) Rate(u Unit) (r Rate, ok bool) {
	for _, r := range t.Rates {
		if r.Unit == u {
			return r, true
		}
	}
	return Rate{}, false
}

// Bill is how many of each unit were used.
type Bill map[Unit]float64

// Add adds another bill to this one.
func (b Bill) Add(o Bill) {
	for unit, n := range o {
		b[unit] += n
	}
}

// Cost is what a bill comes to in dollars, all of it and by part.
func (t Table) Cost(b Bill) (total float64, parts map[Part]float64) {
	parts = map[Part]float64{}
	for _, r := range t.Rates { // in their order, so that sums do not depend on that of a map
		dollars := b[r.Unit] * r.One()
		total += dollars
		parts[r.Part] += dollars
	}
	return total, parts
}
