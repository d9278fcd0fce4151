package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awswafv2"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// firewallRegion is where everything is that CloudFront uses (WAF guide, "How AWS WAF works with CloudFront").
const firewallRegion = "us-east-1"

// perAddress is how many requests one address may make in five minutes. A request is a handshake or a file of the web app: an
// office behind one address opens that many when it comes back from an outage.
const perAddress = 2000

// newFirewall is a stack of its own, because it is in another region than the stage may be: what passes to the stage's
// CloudFront distributions. It is deployed before the stage, which is told its ARN.
func newFirewall(app awscdk.App, c config) {
	stack := awscdk.NewStack(app, jsii.String("Parley-"+c.stage+"-firewall"), &awscdk.StackProps{
		Description: jsii.String("Parley, stage " + c.stage + ": what passes to CloudFront"),
		Env:         &awscdk.Environment{Region: jsii.String(firewallRegion)},
	})
	name := topology.Name + "-" + c.stage
	// No request is kept as a sample: its headers hold a token.
	seen := func(rule string) *awswafv2.CfnWebACL_VisibilityConfigProperty {
		return &awswafv2.CfnWebACL_VisibilityConfigProperty{
			CloudWatchMetricsEnabled: jsii.Bool(true), SampledRequestsEnabled: jsii.Bool(false), MetricName: jsii.String(name + rule),
		}
	}
	managed := func(priority float64, group string, count ...string) *awswafv2.CfnWebACL_RuleProperty {
		var overrides []any
		for _, rule := range count {
			overrides = append(overrides, &awswafv2.CfnWebACL_RuleActionOverrideProperty{
				Name: jsii.String(rule), ActionToUse: &awswafv2.CfnWebACL_RuleActionProperty{Count: map[string]any{}},
			})
		}
		return &awswafv2.CfnWebACL_RuleProperty{
			Name: jsii.String(group), Priority: jsii.Number(priority), VisibilityConfig: seen("-" + group),
			OverrideAction: &awswafv2.CfnWebACL_OverrideActionProperty{None: map[string]any{}},
			Statement: &awswafv2.CfnWebACL_StatementProperty{
				ManagedRuleGroupStatement: &awswafv2.CfnWebACL_ManagedRuleGroupStatementProperty{
					VendorName: jsii.String("AWS"), Name: jsii.String(group), RuleActionOverrides: overrides,
				},
			},
		}
	}
	acl := awswafv2.NewCfnWebACL(stack, jsii.String("Acl"), &awswafv2.CfnWebACLProps{
		Name: jsii.String(name), Scope: jsii.String("CLOUDFRONT"), VisibilityConfig: seen(""),
		DefaultAction: &awswafv2.CfnWebACL_DefaultActionProperty{Allow: map[string]any{}},
		Rules: []any{
			&awswafv2.CfnWebACL_RuleProperty{
				Name: jsii.String("rate"), Priority: jsii.Number(0), VisibilityConfig: seen("-rate"),
				Action: &awswafv2.CfnWebACL_RuleActionProperty{Block: map[string]any{}},
				Statement: &awswafv2.CfnWebACL_StatementProperty{
					RateBasedStatement: &awswafv2.CfnWebACL_RateBasedStatementProperty{Limit: jsii.Number(perAddress), AggregateKeyType: jsii.String("IP")},
				},
			},
			managed(1, "AWSManagedRulesAmazonIpReputationList"),
			managed(2, "AWSManagedRulesCommonRuleSet", "NoUserAgent_HEADER"), // no WebSocket client has to name itself
			managed(3, "AWSManagedRulesKnownBadInputsRuleSet"),
		},
	})
	awscdk.NewCfnOutput(stack, jsii.String("WebAcl"), &awscdk.CfnOutputProps{
		Description: jsii.String("pass it to the stage as -c webAcl="), Value: acl.AttrArn(),
	})
	tag(stack, c.stage)
}
