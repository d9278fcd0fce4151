package main

import (
	"github.com/aws/aws-cdk-go/awscdk/v2/awsapigatewayv2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/jsii-runtime-go"
)

// addDomain gives the stage a name of the deployer's, if there is one. Their DNS points it at the output DomainTarget.
// Functions keep to the API's own name: a domain does not serve @connections under the stage's path.
func (d *deployment) addDomain(stage awsapigatewayv2.IStage) {
	if d.domain == "" {
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
	d.output("DomainUrl", "where clients connect once DNS knows the domain", jsii.String("wss://"+d.domain))
	d.output("DomainTarget", "what the domain is an alias of", name.RegionalDomainName())
}
