package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/interfaces/interfacesawslogs"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/meter"
	"github.com/parley-im/parley/pkg/price"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/trace"
)

type lines = []awscloudwatch.IMetric

// addDashboard creates the page that ops look at, what it costs first, and the queries that explain it.
func (d *deployment) addDashboard() {
	group := d.group("Dashboard")
	classes := append(slices.Compact(slices.Sorted(maps.Values(meter.Classes))), meter.Other)
	perClass := func(name, statistic string) lines {
		var all lines
		for _, class := range classes {
			all = append(all, d.metered(class, name, statistic))
		}
		return all
	}
	perFunction := func(name, statistic string) lines {
		var all lines
		for _, f := range topology.Functions {
			all = append(all, d.lambda(f.Name, name, statistic))
		}
		return all
	}
	var ages, dead, throttled lines
	for _, q := range granted[topology.Queue]() {
		ages = append(ages, d.queue(q.Name, "ApproximateAgeOfOldestMessage"))
		dead = append(dead, d.queue(q.DeadLetter.Name, "ApproximateNumberOfMessagesVisible"))
	}
	for _, t := range granted[topology.Topic]() {
		dead = append(dead, d.queue(t.DeadLetter.Name, "ApproximateNumberOfMessagesVisible"))
	}
	for _, t := range topology.Tables {
		throttled = append(throttled, d.table(t.Name, "ReadThrottleEvents"), d.table(t.Name, "WriteThrottleEvents"))
	}
	send := map[string]awscloudwatch.IMetric{"c": d.metered("send", "cost_microdollars", sum), "n": d.metered("send", "count", sum)}

	board := awscloudwatch.NewDashboard(group, jsii.String("Board"), &awscloudwatch.DashboardProps{DashboardName: jsii.String(topology.Name + "-" + d.stage)})
	row := func(widgets ...awscloudwatch.IWidget) { board.AddWidgets(widgets...) }
	row(
		graph("cost of a message, microdollars (= $ per million)", lines{
			math("c/MAX([1,n])", "a send", send),
		}, nil),
		graph("cost by class of actions, microdollars", perClass("cost_microdollars", sum), nil),
		graph("all of it", lines{d.total("cost_microdollars", "microdollars a minute")}, nil),
	)
	row(d.parts("send"), d.parts(""))
	row(
		graph("actions", perClass("count", sum), nil),
		graph("connections opened and closed, frames", lines{d.gateway("ConnectCount", sum), d.lambda("disconnect", "Invocations", sum)},
			lines{d.gateway("MessageCount", sum)}),
		graph("time of a send, ms", lines{d.metered("send", "took_ms", "p50"), d.metered("send", "took_ms", "p95"), d.metered("send", "took_ms", "p99")},
			lines{d.gateway("IntegrationLatency", "p99")}),
	)
	row(
		graph("errors of functions", perFunction("Errors", sum), lines{d.gateway("IntegrationError", sum), d.gateway("ExecutionError", sum)}),
		graph("throttled invocations", perFunction("Throttles", sum), lines{metric("AWS/Lambda", "ConcurrentExecutions", maximum, nil)}),
		graph("throttled requests to tables", throttled, nil),
	)
	row(
		graph("age of the oldest in a queue, s", ages, nil),
		graph("given up", dead, nil),
		graph("failed actions", perClass("failed", sum), nil),
	)
	row(
		graph("posts to connections by status", d.outcomes(meter.Posts...), nil),
		graph("notifications to phones and browsers", d.outcomes(meter.Pushes...), nil),
		graph("refused conditions (lost numbers among them), requests made again", d.outcomes(meter.Conflict), d.outcomes(meter.Retry)),
	)
	row(
		graph("errors that clients are told, by code", d.outcomes(meter.Errors...), nil),
		graph("cold starts", lines{d.happened(meter.StartMetric, samples)},
			lines{d.happened(meter.StartMetric, "p50"), d.happened(meter.StartMetric, "p99")}),
		graph("acknowledgements as the gateway sees them, ms", lines{
			d.gateway("IntegrationLatency", "p50"), d.gateway("IntegrationLatency", "p95"), d.gateway("IntegrationLatency", "p99"),
		}, nil),
	)
	d.addQueries()
}

// parts draws which part of the bill a class of actions makes, or all of them. The parts are no metrics, which would be paid for each
// month: the lines of the meter have them, and are read when somebody looks.
func (d *deployment) parts(class string) awscloudwatch.IWidget {
	title, filter, of := "all by part of the bill, microdollars", "ispresent(parts_microdollars)", ""
	if class != "" {
		title, filter, of = class+" by part of the bill, microdollars each", `class = "`+class+`" and ispresent(parts_microdollars)`, "/sum(count)"
	}
	var groups []string
	for _, f := range topology.Functions {
		groups = append(groups, "/aws/lambda/"+*d.name(f.Name))
	}
	var sums []string
	for _, part := range price.Parts {
		sums = append(sums, fmt.Sprintf("sum(parts_microdollars.%s)%s as %[1]s", part, of))
	}
	return awscloudwatch.NewLogQueryWidget(&awscloudwatch.LogQueryWidgetProps{
		Title: jsii.String(title), Width: jsii.Number(12), Height: jsii.Number(6), LogGroupNames: jsii.Strings(groups...),
		View:       awscloudwatch.LogQueryVisualizationType_STACKEDAREA,
		QueryLines: jsii.Strings("filter "+filter, "stats "+strings.Join(sums, ", ")+" by bin(5m)"),
	})
}

func graph(title string, left, right lines) awscloudwatch.GraphWidget {
	props := &awscloudwatch.GraphWidgetProps{Title: jsii.String(title), Width: jsii.Number(8), Height: jsii.Number(6), Left: &left}
	if right != nil {
		props.Right = &right
	}
	return awscloudwatch.NewGraphWidget(props)
}

// queries are what people ask of the logs, by name.
var queries = []struct{ name, fields, filter, stats, sort string }{
	{
		name: "what did it cost, by action", filter: "ispresent(parts_microdollars)",
		fields: "class, function, cost_microdollars / 1000000 as dollars, count, parts_microdollars.gateway, parts_microdollars.dynamodb, parts_microdollars.lambda",
		sort:   "dollars desc",
	},
	{
		name: "why was it slow", filter: "ispresent(took_ms)", fields: "@timestamp, class, function, took_ms, count", sort: "@timestamp desc",
	},
	{
		name: "cold starts, by function", filter: "ispresent(start_ms.0)",
		stats: "count(*) as times, avg(start_ms.0) as mean_ms, max(start_ms.0) as longest_ms by function", sort: "times desc",
	},
	{
		name: "what failed", filter: `level = "ERROR"`, stats: "count(*) as times by msg, route, error", sort: "times desc",
	},
	{
		name: "posts that failed", filter: `msg = "posts failed"`, stats: "sum(failed) as lost, sum(posts) as tried by bin(5m)", sort: "lost desc",
	},
}

// addQueries saves the queries over the logs of all functions.
func (d *deployment) addQueries() {
	group := d.group("Queries")
	var groups []interfacesawslogs.ILogGroupRef
	for _, f := range topology.Functions {
		groups = append(groups, d.functions[f.Name].LogGroup())
	}
	for _, q := range queries {
		query := &awslogs.QueryStringProps{FilterStatements: jsii.Strings(q.filter), Sort: jsii.String(q.sort), Limit: jsii.Number(100)}
		if q.fields != "" {
			query.Fields = jsii.Strings(q.fields)
		}
		if q.stats != "" {
			query.StatsStatements = jsii.Strings(q.stats)
		}
		awslogs.NewQueryDefinition(group, jsii.String(q.name), &awslogs.QueryDefinitionProps{
			QueryDefinitionName: jsii.String(topology.Name + "/" + d.stage + "/" + q.name),
			QueryString:         awslogs.NewQueryString(query), LogGroups: &groups,
		})
	}
	d.addTraceQueries()
}

// spans is where CloudWatch keeps the spans that X-Ray takes (CloudWatch guide, "Transaction Search").
const spans = "aws/spans"

// addTraceQueries saves the queries over traces, where there are any. A message is found by its place: conversation and number.
func (d *deployment) addTraceQueries() {
	if d.traces == 0 {
		return
	}
	group := d.group("TraceQueries")
	logs := []interfacesawslogs.ILogGroupRef{awslogs.LogGroup_FromLogGroupName(group, jsii.String("Spans"), jsii.String(spans))}
	own := "resource.attributes.deployment.environment.name = '" + d.stage + "' and ispresent(attributes." + trace.Conversation + ")"
	one := "attributes." + trace.Conversation + " = 'd_…'"
	for name, query := range map[string]*awslogs.QueryStringProps{
		"why was this message slow": {
			FilterStatements: jsii.Strings(own, one+" and attributes."+trace.Seq+" = '42'"),
			Fields:           jsii.Strings("@timestamp", "traceId", "name", "durationNano / 1000000 as ms", "attributes.faas.coldstart as cold"),
			Sort:             jsii.String("ms desc"), Limit: jsii.Number(100),
		},
		"what did this conversation cost": { // of what was sampled, so that all of it is estimated
			FilterStatements: jsii.Strings(own, one),
			StatsStatements: jsii.Strings(fmt.Sprintf("sum(attributes.%s) / 1000000 / %v as dollars, count(*) / %[2]v as messages by name",
				trace.Cost, d.traces)),
			Sort: jsii.String("dollars desc"),
		},
	} {
		awslogs.NewQueryDefinition(group, jsii.String(name), &awslogs.QueryDefinitionProps{
			QueryDefinitionName: jsii.String(topology.Name + "/" + d.stage + "/" + name),
			QueryString:         awslogs.NewQueryString(query), LogGroups: &logs,
		})
	}
}
