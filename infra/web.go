package main

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscertificatemanager"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfront"
	"github.com/aws/aws-cdk-go/awscdk/v2/awscloudfrontorigins"
	"github.com/aws/aws-cdk-go/awscdk/v2/awslogs"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3assets"
	"github.com/aws/aws-cdk-go/awscdk/v2/awss3deployment"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/clients/web"
)

// hashed is the folder of the app whose files have a hash of their content in their names.
const hashed = "assets/"

// addWeb puts the web app behind CloudFront: a bucket that only the distribution reads, and the headers that the local stack sends
// as well (clients/web). From then on its origin may connect, upload and sign in.
func (d *deployment) addWeb() {
	if d.web == off {
		return
	}
	group := d.group("Web")
	d.site = awss3.NewBucket(group, jsii.String("Bucket"), &awss3.BucketProps{
		BlockPublicAccess: awss3.BlockPublicAccess_BLOCK_ALL(),
		ObjectOwnership:   awss3.ObjectOwnership_BUCKET_OWNER_ENFORCED,
		Encryption:        awss3.BucketEncryption_S3_MANAGED,
		EnforceSSL:        jsii.Bool(true),
		// In every stage: each deployment puts it there again.
		RemovalPolicy:     awscdk.RemovalPolicy_DESTROY,
		AutoDeleteObjects: jsii.Bool(true),
	})
	props := &awscloudfront.DistributionProps{
		Comment:           d.name("web"),
		DefaultRootObject: jsii.String("index.html"),
		HttpVersion:       awscloudfront.HttpVersion_HTTP2_AND_3,
		DefaultBehavior: &awscloudfront.BehaviorOptions{
			// To list is to be told 404 instead of 403 of what is not there.
			Origin: awscloudfrontorigins.S3BucketOrigin_WithOriginAccessControl(d.site, &awscloudfrontorigins.S3BucketOriginWithOACProps{
				OriginAccessLevels: &[]awscloudfront.AccessLevel{awscloudfront.AccessLevel_READ, awscloudfront.AccessLevel_LIST},
			}),
			ViewerProtocolPolicy: awscloudfront.ViewerProtocolPolicy_REDIRECT_TO_HTTPS,
			CachePolicy:          awscloudfront.CachePolicy_CACHING_OPTIMIZED(), // which goes by what the objects say
			Compress:             jsii.Bool(true),
			FunctionAssociations: &[]*awscloudfront.FunctionAssociation{{
				EventType: awscloudfront.FunctionEventType_VIEWER_REQUEST,
				Function: awscloudfront.NewFunction(group, jsii.String("Views"), &awscloudfront.FunctionProps{
					FunctionName: d.name("web-views"), Comment: jsii.String("a path that is no file is a view of the app"),
					Code: awscloudfront.FunctionCode_FromInline(jsii.String(views)), Runtime: awscloudfront.FunctionRuntime_JS_2_0(),
				}),
			}},
			ResponseHeadersPolicy: d.webHeaders(),
		},
	}
	if d.webACL != "" {
		props.WebAclId = jsii.String(d.webACL)
	}
	if d.webDomain != "" {
		props.DomainNames = jsii.Strings(d.webDomain)
		props.Certificate = awscertificatemanager.Certificate_FromCertificateArn(group, jsii.String("Certificate"), jsii.String(d.webCertificate))
		props.MinimumProtocolVersion = awscloudfront.SecurityPolicyProtocol_TLS_V1_2_2021
	}
	distribution := awscloudfront.NewDistribution(group, jsii.String("Distribution"), props)
	awscdk.Annotations_Of(distribution).AcknowledgeWarning(jsii.String("@aws-cdk/aws-cloudfront-origins:listBucketSecurityRisk"),
		jsii.String("the root is a page, and a query never reaches the bucket"))
	d.webURL = "https://" + *distribution.DistributionDomainName()
	if d.webDomain != "" {
		d.webURL = "https://" + d.webDomain
		d.output("WebTarget", "what the domain of the web app is an alias of", distribution.DistributionDomainName())
	}
	d.origins = append(d.origins, d.webURL)
	d.output("WebUrl", "where people open the web app", jsii.String(d.webURL))
}

// views answers every view of the app with its page. What has the name of a file stays what it is, so that a file that is not
// there is missed and not answered with a page.
const views = `function handler(event) {
  var request = event.request;
  if (!/\.[^/]+$/.test(request.uri)) request.uri = "/index.html";
  return request;
}`

// webHeaders are those of clients/web, and that browsers come back by https only.
func (d *deployment) webHeaders() awscloudfront.ResponseHeadersPolicy {
	all, yes := web.Headers(d.webOrigins()), jsii.Bool(true)
	security := &awscloudfront.ResponseSecurityHeadersBehavior{
		ContentSecurityPolicy: &awscloudfront.ResponseHeadersContentSecurityPolicy{
			ContentSecurityPolicy: jsii.String(all["Content-Security-Policy"]), Override: yes,
		},
		ContentTypeOptions: &awscloudfront.ResponseHeadersContentTypeOptions{Override: yes},
		ReferrerPolicy: &awscloudfront.ResponseHeadersReferrerPolicy{
			ReferrerPolicy: awscloudfront.HeadersReferrerPolicy_NO_REFERRER, Override: yes,
		},
		StrictTransportSecurity: &awscloudfront.ResponseHeadersStrictTransportSecurity{
			AccessControlMaxAge: awscdk.Duration_Days(jsii.Number(365)), IncludeSubdomains: yes, Override: yes,
		},
	}
	var custom []*awscloudfront.ResponseCustomHeader
	for _, name := range slices.Sorted(maps.Keys(all)) {
		switch name { // CloudFront takes these by themselves only
		case "Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy":
		default:
			custom = append(custom, &awscloudfront.ResponseCustomHeader{Header: jsii.String(name), Value: jsii.String(all[name]), Override: yes})
		}
	}
	return awscloudfront.NewResponseHeadersPolicy(d.group("WebHeaders"), jsii.String("Policy"), &awscloudfront.ResponseHeadersPolicyProps{
		ResponseHeadersPolicyName: d.name("web"), SecurityHeadersBehavior: security,
		CustomHeadersBehavior: &awscloudfront.ResponseCustomHeadersBehavior{CustomHeaders: &custom},
	})
}

// webOrigins are whom the app talks to. The bucket of media is named by S3's own host: its name would make bucket and
// distribution wait for each other, because each has to know the other.
func (d *deployment) webOrigins() web.Origins {
	connect := append([]string{d.socketOrigin()}, d.webConnect...)
	switch {
	case d.issuer == cognito:
		connect = append(connect, d.poolHost(), d.signInHost())
	case d.issuer != "":
		u, err := url.Parse(d.issuer)
		if err != nil { // validated
			panic(err)
		}
		connect = append(connect, u.Scheme+"://"+u.Host)
	}
	return web.Origins{Connect: connect, Media: []string{fmt.Sprintf("https://s3.%s.%s", *d.stack.Region(), *d.stack.UrlSuffix())}}
}

// addWebFiles uploads the app and the settings that it asks for. The page and the settings are asked for each time, what has a
// hash in its name never again. Files of earlier versions stay for the pages that are still open.
func (d *deployment) addWebFiles() {
	if d.web == off {
		return
	}
	group := d.group("WebFiles")
	logs := awslogs.NewLogGroup(group, jsii.String("Logs"), &awslogs.LogGroupProps{
		LogGroupName: d.name("web-upload"), Retention: awslogs.RetentionDays_TWO_WEEKS, RemovalPolicy: awscdk.RemovalPolicy_DESTROY,
	})
	upload := func(id, name string, only, but []string, more ...awss3deployment.ISource) awss3deployment.BucketDeployment {
		files := awss3deployment.Source_Asset(jsii.String(d.web), &awss3assets.AssetOptions{
			Exclude: jsii.Strings(append(but, only...)...), IgnoreMode: awscdk.IgnoreMode_GIT,
		})
		sources := append([]awss3deployment.ISource{files}, more...)
		return awss3deployment.NewBucketDeployment(group, jsii.String(id), &awss3deployment.BucketDeploymentProps{
			DestinationBucket: d.site, Sources: &sources, Prune: jsii.Bool(false), LogGroup: logs, MemoryLimit: jsii.Number(256),
			CacheControl: &[]awss3deployment.CacheControl{awss3deployment.CacheControl_FromString(jsii.String(web.CacheControl(name)))},
		})
	}
	assets := upload("Assets", hashed+"x", []string{"!/" + hashed + "**"}, []string{"/*", "!/" + strings.TrimSuffix(hashed, "/")})
	page := upload("Page", "index.html", nil, []string{"/" + hashed}, awss3deployment.Source_JsonData(jsii.String("config.json"), d.webConfig(), nil))
	page.Node().AddDependency(assets) // a page is there when what it loads is
}

// webConfig is what the app has to know of its deployment.
func (d *deployment) webConfig() map[string]any {
	config := map[string]any{"url": *d.socketURL(), "issuer": d.issuer, "clientId": d.audience}
	if d.vapidKey != "" {
		config["vapidKey"] = d.vapidKey
	}
	return config
}
