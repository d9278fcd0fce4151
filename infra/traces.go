package main

import (
	"fmt"
	"strconv"

	"github.com/aws/aws-cdk-go/awscdk/v2/awsiam"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// traceSettings tell a function where its traces go, and how many: to the OTLP endpoint of X-Ray, which needs no collector beside the
// function. They are none by default, because the endpoint takes nothing before Transaction Search is turned on in the
// account (CloudWatch guide, "OTLP endpoints").
func (d *deployment) traceSettings() map[string]*string {
	if d.traces == 0 {
		return nil
	}
	return map[string]*string{
		topology.EnvTraces:    jsii.String(fmt.Sprintf("https://xray.%s.%s/v1/traces", *d.stack.Region(), *d.stack.UrlSuffix())),
		topology.EnvTraceRate: jsii.String(strconv.FormatFloat(d.traces, 'f', -1, 64)),
	}
}

// traceStatements let a function send them. X-Ray knows no resources. AWS's policy for its own exporter has the last of the actions;
// the OTLP endpoint has been seen to ask for the others.
func (d *deployment) traceStatements() []awsiam.PolicyStatement {
	if d.traces == 0 {
		return nil
	}
	return []awsiam.PolicyStatement{allow([]string{"xray:PutSpans", "xray:PutSpansForIndexing", "xray:PutTraceSegments"}, "*")}
}
