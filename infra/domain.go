package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/jsii-runtime-go"
)

// addDomain gives the stage a name of the deployer's, if there is one and no edge has it. Their DNS points it at the output DomainTarget.
func (d *deployment) addDomain(stage awsapigatewayv2.IStage) {
	if d.domain == "" || d.edge {
		return
	}
	group := d.group("Domain")
	name := awsapigatewayv2.NewDomainName(group, jsii.String("Name"), &awsapigatewayv2.DomainNameProps{
		DomainName:     jsii.String(d.domain),
		Certificate:    awscertificatemanager.Certificate_FromCertificateArn(group, jsii.String("Certificate"), jsii.String(d.certificate)),
		SecurityPolicy: awsapigatewayv2.SecurityPolicy_TLS_1_2,
	})
	awsapigatewayv2.NewApiMapping(group, jsii.String("Mapping"), &awsapigatewayv2.ApiMappingProps{
		Api: d.api, DomainName: name, Stage: stage,
	})
	if d.lock {
		d.api.Node().DefaultChild().(awsapigatewayv2.CfnApi).SetDisableExecuteApiEndpoint(jsii.Bool(true))
	}
	d.output("DomainUrl", "where clients connect once DNS knows the domain", jsii.String("wss://"+d.domain))
	d.output("DomainTarget", "what the domain is an alias of", name.RegionalDomainName())
}

// posts is where functions reach connections: at the API's own name, and through the domain where that name is closed. A domain
// leads to the stage, so its path is not the stage's (aws-sdk-net #1860).
func (d *deployment) posts() *string {
	if d.lock {
		return jsii.String("https://" + d.domain)
	}
	return d.url("https")
}
