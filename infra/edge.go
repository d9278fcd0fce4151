package main

import (
	"fmt"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awssecretsmanager"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// addEdgeKeys creates the secrets by which the authorizer knows that a handshake came through CloudFront: the one that CloudFront
// sends, and the one before it, so that a new one can be put in place while connections are made. Each deployment with the
// next number of edgeKey retires the oldest.
//
// Functions and CloudFront are told the value by reference, which CloudFormation resolves: it is in no template. Who may read
// the configuration of the distribution or of the authorizer can see it; what it lets them do is go around the firewall.
func (d *deployment) addEdgeKeys() {
	if !d.edge {
		return
	}
	group := d.group("EdgeKeys")
	for n := d.edgeKey; n > 0 && n > d.edgeKey-2; n-- {
		secret := awssecretsmanager.NewSecret(group, jsii.String(fmt.Sprintf("Key%d", n)), &awssecretsmanager.SecretProps{
			SecretName:  jsii.String(fmt.Sprintf("%s-%d", *d.name("edge"), n)),
			Description: jsii.String("what CloudFront says to the authorizer"),
			GenerateSecretString: &awssecretsmanager.SecretStringGenerator{
				PasswordLength: jsii.Number(40), ExcludePunctuation: jsii.Bool(true),
			},
			RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
		})
		d.edgeKeys = append(d.edgeKeys, *secret.SecretValue().UnsafeUnwrap())
	}
}

// addEdge puts CloudFront before the WebSocket API under the deployer's domain, with their firewall, which sees handshakes: what
// follows on a connection is no request any more. The authorizer refuses who comes another way.
func (d *deployment) addEdge() {
	if !d.edge {
		return
	}
	group := d.group("Edge")
	origin := awscloudfrontorigins.NewHttpOrigin(jsii.String(d.apiHost()), &awscloudfrontorigins.HttpOriginProps{
		OriginPath: jsii.String("/" + d.stage), ProtocolPolicy: awscloudfront.OriginProtocolPolicy_HTTPS_ONLY,
		CustomHeaders: &map[string]*string{topology.EdgeHeader: jsii.String(d.edgeKeys[0])},
	})
	distribution := awscloudfront.NewDistribution(group, jsii.String("Distribution"), &awscloudfront.DistributionProps{
		// With the number of the key in it a new one changes the distribution, and CloudFormation resolves the value anew.
		Comment:     jsii.String(fmt.Sprintf("%s, key %d", *d.name("edge"), d.edgeKey)),
		DomainNames: jsii.Strings(d.domain), WebAclId: jsii.String(d.webACL),
		Certificate:            awscertificatemanager.Certificate_FromCertificateArn(group, jsii.String("Certificate"), jsii.String(d.certificate)),
		MinimumProtocolVersion: awscloudfront.SecurityPolicyProtocol_TLS_V1_2_2021,
		// A WebSocket begins with a request of HTTP/1.1.
		HttpVersion: awscloudfront.HttpVersion_HTTP1_1,
		DefaultBehavior: &awscloudfront.BehaviorOptions{
			Origin: origin, ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_HTTPS_ONLY,
			AllowedMethods: awscloudfront.AllowedMethods_ALLOW_GET_HEAD(),
			CachePolicy:    awscloudfront.CachePolicy_CACHING_DISABLED(),
			// API Gateway knows itself by its own host name; all else that a client says goes on.
			OriginRequestPolicy: awscloudfront.OriginRequestPolicy_ALL_VIEWER_EXCEPT_HOST_HEADER(),
			Compress:            jsii.Bool(false),
		},
	})
	distribution.Node().AddDependency(d.decider()) // a new key is sent when it is known
	d.output("DomainUrl", "where clients connect once DNS knows the domain", jsii.String("wss://"+d.domain))
	d.output("DomainTarget", "what the domain is an alias of", distribution.DistributionDomainName())
}

// knownEdgeKeys are those that the authorizer accepts, nothing without an edge.
func (d *deployment) knownEdgeKeys() string { return strings.Join(d.edgeKeys, ",") }
