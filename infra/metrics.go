package main

import (
	"time"

	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudwatch"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/meter"
	"github.com/parley-im/parley/pkg/topology"
)

// period is how fine metrics are looked at.
const period = time.Minute

// Statistics by CloudWatch's names.
const (
	sum     = "Sum"
	maximum = "Maximum"
	samples = "SampleCount"
)

type dimensions map[string]*string

// metric is one of CloudWatch's, over a minute.
func metric(namespace, name, statistic string, d dimensions) awscloudwatch.Metric {
	all := map[string]*string(d)
	return awscloudwatch.NewMetric(&awscloudwatch.MetricProps{
		Namespace: jsii.String(namespace), MetricName: jsii.String(name), DimensionsMap: &all,
		Statistic: jsii.String(statistic), Period: seconds(period),
	})
}

// gateway is a metric of the WebSocket stage (API Gateway guide, "WebSocket API metrics").
func (d *deployment) gateway(name, statistic string) awscloudwatch.Metric {
	return metric("AWS/ApiGateway", name, statistic, dimensions{"ApiId": d.api.ApiId(), "Stage": jsii.String(d.stage)})
}

// lambda is a metric of a function.
func (d *deployment) lambda(function, name, statistic string) awscloudwatch.Metric {
	return metric("AWS/Lambda", name, statistic, dimensions{"FunctionName": d.name(function)})
}

// queue is the highest value of a metric of a queue.
func (d *deployment) queue(name, metricName string) awscloudwatch.Metric {
	return metric("AWS/SQS", metricName, maximum, dimensions{"QueueName": d.name(name)})
}

// table counts an event of a table.
func (d *deployment) table(name, metricName string) awscloudwatch.Metric {
	table := d.name(name)
	if name == topology.Conversations.Name && d.conversations != "" {
		table = jsii.String(d.conversations)
	}
	return metric("AWS/DynamoDB", metricName, sum, dimensions{"TableName": table})
}

// metered is a metric of Parley's own meter, of one class of actions.
func (d *deployment) metered(class, name, statistic string) awscloudwatch.Metric {
	return metric(meter.Namespace, name, statistic, dimensions{"stage": jsii.String(d.stage), "class": jsii.String(class)})
}

// happened is a metric of the meter that is the stage's alone.
func (d *deployment) happened(name, statistic string) awscloudwatch.Metric {
	return metric(meter.Namespace, name, statistic, dimensions{"stage": jsii.String(d.stage)})
}

// outcomes counts each of several.
func (d *deployment) outcomes(of ...meter.Outcome) (all []awscloudwatch.IMetric) {
	for _, o := range of {
		all = append(all, d.happened(string(o), sum))
	}
	return all
}

// math computes with metrics that an expression calls by name.
func math(expression, label string, of map[string]awscloudwatch.IMetric) awscloudwatch.MathExpression {
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: jsii.String(expression), Label: jsii.String(label), UsingMetrics: &of, Period: seconds(period),
	})
}

// total adds up what a search finds: metrics of all classes.
func (d *deployment) total(name, label string) awscloudwatch.MathExpression {
	search := `SUM(SEARCH('{` + meter.Namespace + `,stage,class} MetricName="` + name + `" stage="` + d.stage + `"', 'Sum'))`
	return awscloudwatch.NewMathExpression(&awscloudwatch.MathExpressionProps{
		Expression: jsii.String(search), Label: jsii.String(label), Period: seconds(period),
	})
}
