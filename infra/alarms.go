package main

import (
	"fmt"
	"slices"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatchactions"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssns"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssnssubscriptions"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// alarm is something that people should look at. Its name is that of its page in infra/runbook.
type alarm struct {
	name, about string
	metric      awscloudwatch.IMetric
	// above is the value above which it is in alarm, for minutes in a row.
	above   float64
	minutes float64
	// turnsBack means that a deployment which is under way is undone.
	turnsBack bool
	// below turns it around, and then silence counts as well: something does not happen.
	below bool
}

// watched is how many functions one alarm watches: it can compute with ten metrics (CloudWatch quotas).
const watched = 5

// alarms are the deployment's: few, and each says that people are affected or soon will be.
func (d *deployment) alarms() []alarm {
	type of = map[string]awscloudwatch.IMetric
	alarms := []alarm{
		{
			name: "throttles", about: "Lambda refuses invocations: the concurrency of the account is used up",
			metric: metric("AWS/Lambda", "Throttles", sum, nil), above: 0, minutes: 3,
		},
		{
			name: "gateway-errors", turnsBack: true, about: "more than 1 % of frames end in an error of the gateway or of its integration",
			metric: math("100*(i+x)/MAX([1,m])", "errors, %", of{
				"i": d.gateway("IntegrationError", sum), "x": d.gateway("ExecutionError", sum), "m": d.gateway("MessageCount", sum),
			}), above: 1, minutes: 5,
		},
		{
			name: "latency", turnsBack: true, about: "one frame in a hundred takes more than two seconds",
			metric: d.gateway("IntegrationLatency", "p99"), above: 2000, minutes: 5,
		},
	}
	for _, f := range topology.Functions {
		if f.Rule != nil {
			alarms = append(alarms, alarm{
				name: f.Name, about: "the function " + f.Name + " is not invoked any more",
				metric: d.lambda(f.Name, "Invocations", sum), above: 1, minutes: 5, below: true,
			})
		}
	}
	for functions := range slices.Chunk(topology.Functions, watched) {
		metrics, failed, all := of{}, "0", "1"
		for i, f := range functions {
			e, n := fmt.Sprintf("e%d", i), fmt.Sprintf("n%d", i)
			metrics[e], metrics[n] = d.lambda(f.Name, "Errors", sum), d.lambda(f.Name, "Invocations", sum)
			failed, all = failed+"+"+e, all+"+"+n
		}
		alarms = append(alarms, alarm{
			name: "function-errors", turnsBack: true, about: "more than 1 % of the invocations of some functions end in an error",
			metric: math("100*("+failed+")/("+all+")", "errors, %", metrics), above: 1, minutes: 5,
		})
	}
	for _, q := range granted[topology.Queue]() {
		alarms = append(alarms,
			alarm{
				name: "queue-age", about: "entries of the queue " + q.Name + " wait for more than a minute",
				metric: d.queue(q.Name, "ApproximateAgeOfOldestMessage"), above: 60, minutes: 5,
			},
			alarm{
				name: "dead-letters", about: "what the queue " + q.Name + " carried was given up",
				metric: d.queue(q.DeadLetter.Name, "ApproximateNumberOfMessagesVisible"), above: 0, minutes: 1,
			})
	}
	for _, t := range granted[topology.Topic]() {
		alarms = append(alarms, alarm{
			name: "dead-letters", about: "what the topic " + t.Name + " carried was given up",
			metric: d.queue(t.DeadLetter.Name, "ApproximateNumberOfMessagesVisible"), above: 0, minutes: 1,
		})
	}
	for _, t := range topology.Tables {
		alarms = append(alarms, alarm{
			name: "table-throttles", about: "DynamoDB refuses requests to the table " + t.Name,
			metric: math("r+w", "throttled", of{"r": d.table(t.Name, "ReadThrottleEvents"), "w": d.table(t.Name, "WriteThrottleEvents")}),
			above:  0, minutes: 3,
		})
	}
	return alarms
}

// addAlarms creates the alarms and the topic that they are told on. A stage without an address for them has none: an alarm
// that nobody hears costs money and hides the others.
func (d *deployment) addAlarms() {
	if d.alarmEmail == "" {
		return
	}
	group := d.group("Alarms")
	topic := awssns.NewTopic(group, jsii.String("Topic"), &awssns.TopicProps{
		TopicName: d.name("alarms"), EnforceSSL: jsii.Bool(true),
	})
	topic.AddSubscription(awssnssubscriptions.NewEmailSubscription(jsii.String(d.alarmEmail), nil))
	action := awscloudwatchactions.NewSnsAction(topic)
	seen := map[string]int{}
	for _, a := range d.alarms() {
		seen[a.name]++
		id := a.name
		if seen[a.name] > 1 {
			id = fmt.Sprintf("%s-%d", a.name, seen[a.name])
		}
		comparison, missing := awscloudwatch.ComparisonOperator_GREATER_THAN_THRESHOLD, awscloudwatch.TreatMissingData_NOT_BREACHING
		if a.below {
			comparison, missing = awscloudwatch.ComparisonOperator_LESS_THAN_THRESHOLD, awscloudwatch.TreatMissingData_BREACHING
		}
		added := awscloudwatch.NewAlarm(group, jsii.String(id), &awscloudwatch.AlarmProps{
			AlarmName: d.name(id), AlarmDescription: jsii.String(a.about + " (infra/runbook/" + a.name + ".md)"),
			Metric: a.metric, Threshold: jsii.Number(a.above), ComparisonOperator: comparison,
			EvaluationPeriods: jsii.Number(a.minutes), DatapointsToAlarm: jsii.Number(a.minutes), TreatMissingData: missing,
		})
		added.AddAlarmAction(action)
		if a.turnsBack {
			d.watch = append(d.watch, added)
		}
	}
	// What a day usually costs is learned: a loop, an attack or a bug shows there first.
	awscloudwatch.NewAnomalyDetectionAlarm(group, jsii.String("cost"), &awscloudwatch.AnomalyDetectionAlarmProps{
		AlarmName:          d.name("cost"),
		AlarmDescription:   jsii.String("sending costs much more than it usually does at this time (infra/runbook/cost.md)"),
		Metric:             d.metered("send", "cost_microdollars", sum).With(&awscloudwatch.MetricOptions{Period: seconds(15 * period)}),
		StdDevs:            jsii.Number(4),
		EvaluationPeriods:  jsii.Number(2),
		ComparisonOperator: awscloudwatch.ComparisonOperator_GREATER_THAN_UPPER_THRESHOLD,
		TreatMissingData:   awscloudwatch.TreatMissingData_NOT_BREACHING,
	}).AddAlarmAction(action)
}
