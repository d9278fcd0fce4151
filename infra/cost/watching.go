package main

import "github.com/parley-im/parley/pkg/meter"

// alarmed is how many metrics the alarms of a stage watch: an alarm that computes with ten costs as much as ten.
const alarmed = 54

// watching is what it costs to watch a stage with alarms, in dollars a month, whatever is said there: CloudWatch takes it for each metric that
// has values all month. It is the most, for a stage in which everything happens in every hour.
func watching() []line {
	const metric, alarm, anomaly, dashboard = 0.30, 0.10, 0.30, 3 // dollars a month (CloudWatch pricing, us-east-1)
	metrics := float64(meter.Metrics())
	return []line{
		{"cloudwatch metrics, at the most", metrics, metrics * metric},
		{"cloudwatch alarms, by metric", alarmed, (alarmed-1)*alarm + anomaly}, // one learns what is usual
		{"cloudwatch dashboard", 1, dashboard},
	}
}
