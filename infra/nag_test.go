package main

import (
	"maps"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/assertions"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdklabs/cdk-nag-go/cdknag/v2"
)

// accepted are the rules of AwsSolutions that the stack does not follow, each with its reason.
var accepted = map[string]string{
	"AwsSolutions-APIG1": "an access log costs a tenth of storing a message for each frame; the stage's own metrics and the meter " +
		"say the same, and functions log what fails",
	"AwsSolutions-APIG4": "API Gateway authorizes WebSockets on $connect and nowhere else; every other route gets what the authorizer said",
	"AwsSolutions-IAM5": "objects, connections and endpoints have no name before they are there: the wildcard is the last part of " +
		"an ARN that names bucket, stage and application; grants_test.go compares each with topology",
	"AwsSolutions-CFR1": "people write to each other from everywhere",
	"AwsSolutions-CFR2": "the app is files that everybody may have; who wants a firewall before it passes webAcl",
	"AwsSolutions-CFR3": "a log of who opened the app is a log of people, which nobody asked for; CloudFront counts requests and errors",
	"AwsSolutions-CFR4": "the certificate of cloudfront.net comes with its own policy; with webDomain it is TLS 1.2 of 2021",
	"AwsSolutions-COG2": "people choose whether they want a second factor; an issuer of one's own may demand it",
	"AwsSolutions-COG3": "threat protection is a plan of Cognito with a price for each user, which is the deployer's to choose",
	"AwsSolutions-SMG4": "a new key has to be known to the authorizer before CloudFront sends it: a deployment with the next edgeKey does both in order",
	"AwsSolutions-IAM4": "the function that CloudFormation uploads the app with may write its log, which AWS's policy says; it is the CDK's, " +
		"runs during deployments and never sees people's data",
	"AwsSolutions-L1": "the runtime of the function that uploads the app is the CDK's choice, and newer with each version of it",
	"AwsSolutions-S1": "every access to the bucket is by an URL that a function signed for a member, for five minutes; who needs " +
		"a log of them turns on CloudTrail's data events",
	"AwsSolutions-SQS3": "offline-dead is the dead-letter queue of a subscription and of a function, which the rule does not see",
}

func TestAwsSolutionsFindsNothingThatWeHaveNoReasonFor(t *testing.T) {
	for name, changes := range map[string]map[string]any{
		"as it is": {}, "everything": everything(), "a web app of cloudfront.net": {"web": "testdata/web"}, "firewall": {"firewall": "true"},
	} {
		t.Run(name, func(t *testing.T) { nag(t, changes) })
	}
}

func nag(t *testing.T, changes map[string]any) {
	s := settings()
	maps.Copy(s, changes)
	err := assemble(s, func(app awscdk.App, name string) error {
		stack := app.Node().FindChild(&name).(awscdk.Stack)
		var suppressions []*cdknag.NagPackSuppression
		for rule, reason := range accepted {
			suppressions = append(suppressions, &cdknag.NagPackSuppression{Id: jsii.String(rule), Reason: jsii.String(reason)})
		}
		cdknag.NagSuppressions_AddStackSuppressions(stack, &suppressions, jsii.Bool(true))
		awscdk.Aspects_Of(app).Add(cdknag.NewAwsSolutionsChecks(&cdknag.NagPackProps{Reports: jsii.Bool(false)}), nil)
		found, rules := assertions.Annotations_FromStack(stack), assertions.Match_StringLikeRegexp(jsii.String("AwsSolutions-.*"))
		messages := *found.FindError(jsii.String("*"), rules)
		for _, message := range append(messages, *found.FindWarning(jsii.String("*"), rules)...) {
			t.Errorf("%s: %v", *message.Id, message.Entry.Data) //nolint:staticcheck,nolintlint // the type that replaces it is not in the Go modules; found or not, as the cache will have it
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
