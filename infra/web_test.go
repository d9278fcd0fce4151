package main

import (
	"encoding/json"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"

	"github.com/parley-im/parley/clients/web"
	"github.com/parley-im/parley/pkg/topology"
)

func withWeb(t *testing.T, changes map[string]any) template {
	t.Helper()
	all := map[string]any{"web": "testdata/web"}
	for key, value := range changes {
		all[key] = value
	}
	return templateOf(t, all)
}

// at walks into properties: names of members, and numbers of items.
func at(t *testing.T, value any, path ...any) any {
	t.Helper()
	for _, step := range path {
		switch step := step.(type) {
		case string:
			value = value.(map[string]any)[step]
		case int:
			value = value.([]any)[step]
		}
		if value == nil {
			t.Fatalf("nothing at %v", path)
		}
	}
	return value
}

// site gives the id of the bucket of the web app.
func (in template) site(t *testing.T) string {
	t.Helper()
	for id, r := range in.Resources {
		if r.Type == "AWS::S3::Bucket" && strings.HasPrefix(id, "Web") {
			return id
		}
	}
	t.Fatal("there is no bucket of the web app")
	return ""
}

func TestTheWebAppIsReadByItsDistributionAlone(t *testing.T) {
	stack := withWeb(t, nil)
	site, distribution := stack.site(t), stack.only(t, "AWS::CloudFront::Distribution")
	if blocked := at(t, stack.Resources[site].Properties, "PublicAccessBlockConfiguration"); fmt.Sprint(blocked) !=
		"map[BlockPublicAcls:true BlockPublicPolicy:true IgnorePublicAcls:true RestrictPublicBuckets:true]" {
		t.Errorf("%v", blocked)
	}
	for _, r := range stack.Resources {
		if r.Type != "AWS::S3::BucketPolicy" || r.Properties["Bucket"] != "${"+site+"}" {
			continue
		}
		for _, s := range at(t, r.Properties, "PolicyDocument", "Statement").([]any) {
			s := s.(map[string]any)
			condition, _ := json.Marshal(s["Condition"])
			principal, _ := json.Marshal(s["Principal"])
			if s["Effect"] == "Allow" && strings.Contains(string(principal), "cloudfront") && !strings.Contains(string(condition), distribution) {
				t.Errorf("every distribution may: %v", s)
			}
			if s["Effect"] == "Allow" && string(principal) == `"*"` {
				t.Errorf("everybody may: %v", s)
			}
		}
	}
	config := at(t, stack.Resources[distribution].Properties, "DistributionConfig")
	behaviour := at(t, config, "DefaultCacheBehavior").(map[string]any)
	if at(t, config, "HttpVersion") != "http2and3" || behaviour["ViewerProtocolPolicy"] != "redirect-to-https" || behaviour["Compress"] != true {
		t.Errorf("%v", config)
	}
	if at(t, config, "Origins", 0, "OriginAccessControlId") == "" {
		t.Error("no origin access control")
	}
}

// What a browser is told on AWS is what the local stack tells it, and to come back by https only.
func TestTheHeadersOfTheWebAppAreThoseOfTheLocalStack(t *testing.T) {
	stack := withWeb(t, map[string]any{"webConnect": "https://tokens.example.com"})
	config := at(t, stack.Resources[stack.only(t, "AWS::CloudFront::ResponseHeadersPolicy")].Properties, "ResponseHeadersPolicyConfig")
	security := at(t, config, "SecurityHeadersConfig")
	got := map[string]string{
		"Content-Security-Policy": at(t, security, "ContentSecurityPolicy", "ContentSecurityPolicy").(string),
		"Referrer-Policy":         at(t, security, "ReferrerPolicy", "ReferrerPolicy").(string),
		"X-Content-Type-Options":  "nosniff",
	}
	at(t, security, "ContentTypeOptions")
	for _, item := range at(t, config, "CustomHeadersConfig", "Items").([]any) {
		got[at(t, item, "Header").(string)] = at(t, item, "Value").(string)
	}
	want := web.Headers(web.Origins{
		Connect: []string{
			"wss://${" + stack.only(t, "AWS::ApiGatewayV2::Api") + "}.execute-api.${AWS::Region}.${AWS::URLSuffix}",
			"https://tokens.example.com", "https://issuer.example.com",
		},
		Media: []string{"https://s3.${AWS::Region}.${AWS::URLSuffix}"},
	})
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%v\nwant\n%v", got, want)
	}
	if hsts := at(t, security, "StrictTransportSecurity"); at(t, hsts, "AccessControlMaxAgeSec") != 31536000.0 || at(t, hsts, "IncludeSubdomains") != true {
		t.Errorf("%v", hsts)
	}
	for name := range got {
		if len(got[name]) > 1783 { // CloudFront quotas, "Maximum length of a header value"
			t.Errorf("%s is too long", name)
		}
	}
}

func TestPathsThatAreNoFilesAreViews(t *testing.T) {
	node, err := exec.LookPath("node")
	if err != nil {
		t.Skip("node is not on the PATH")
	}
	for uri, want := range map[string]string{
		"/": "/index.html", "/c/d_1": "/index.html", "/c/d_1/t/7": "/index.html", "/join": "/index.html", "/a.b/c": "/index.html",
		"/index.html": "/index.html", "/assets/app-1.js": "/assets/app-1.js", "/assets/gone.js": "/assets/gone.js", "/config.json": "/config.json",
	} {
		script := views + `; console.log(handler({request: {uri: process.argv[1]}}).uri)`
		out, err := exec.Command(node, "-e", script, uri).CombinedOutput()
		if got := strings.TrimSpace(string(out)); err != nil || got != want {
			t.Errorf("%s leads to %s, want %s (%v)", uri, got, want, err)
		}
	}
}

func TestTheOriginOfTheWebAppMayConnectAndUpload(t *testing.T) {
	stack := withWeb(t, nil)
	origin := "https://${" + stack.only(t, "AWS::CloudFront::Distribution") + ".DomainName}"
	env := at(t, stack.Resources[stack.function(t, "authorizer")].Properties, "Environment", "Variables").(map[string]any)
	if got := strings.Split(env[topology.EnvOrigins].(string), ","); !slices.Contains(got, origin) || len(got) != 3 {
		t.Errorf("%v may connect", got)
	}
	for id, r := range stack.Resources {
		if r.Type != "AWS::S3::Bucket" || strings.HasPrefix(id, "Web") {
			continue
		}
		if got := at(t, r.Properties, "CorsConfiguration", "CorsRules", 0, "AllowedOrigins").([]any); !slices.Contains(got, any(origin)) {
			t.Errorf("%v may upload", got)
		}
	}
	if stack.Outputs["WebUrl"].Value != origin {
		t.Errorf("%v", stack.Outputs["WebUrl"])
	}
}

func TestTheAppIsKeptAsLongAsItsNamesSay(t *testing.T) {
	stack := withWeb(t, nil)
	seen := map[string]bool{}
	for _, r := range stack.Resources {
		if r.Type != "Custom::CDKBucketDeployment" {
			continue
		}
		control := at(t, r.Properties, "SystemMetadata", "cache-control").(string)
		seen[control] = true
		if r.Properties["Prune"] != false || r.Properties["DestinationBucketName"] != "${"+stack.site(t)+"}" {
			t.Errorf("%v", r.Properties)
		}
		if n := len(at(t, r.Properties, "SourceObjectKeys").([]any)); (control == "no-cache") != (n == 2) {
			t.Errorf("%d sources are %s", n, control)
		}
	}
	if len(seen) != 2 || !seen[web.CacheControl("index.html")] || !seen[web.CacheControl("assets/app-1.js")] {
		t.Errorf("%v", seen)
	}
}

func TestEveryFileOfTheAppIsUploadedOnce(t *testing.T) {
	s := settings()
	s["web"] = "testdata/web"
	err := assemble(s, func(app awscdk.App, _ string) error {
		app.Synth(nil)
		var uploads []string
		for _, name := range []string{"index.html", "config.json", "assets/app-1.js"} {
			found, err := filepath.Glob(filepath.Join(*app.Outdir(), "asset.*", filepath.FromSlash(name)))
			if err != nil || len(found) != 1 {
				t.Fatalf("%s is in %v (%v)", name, found, err)
			}
			uploads = append(uploads, strings.TrimSuffix(found[0], filepath.FromSlash(name)))
		}
		if uploads[0] == uploads[2] {
			t.Error("the page is kept for a year")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The app gets the addresses of its own stage.
func TestTheAppIsToldWhereItsStageIs(t *testing.T) {
	stack := withWeb(t, map[string]any{"issuer": "cognito", "jwksUrl": ""})
	pool, client := stack.only(t, "AWS::Cognito::UserPool"), stack.only(t, "AWS::Cognito::UserPoolClient")
	var markers []string
	for _, r := range stack.Resources {
		if all, ok := r.Properties["SourceMarkers"].([]any); ok && r.Type == "Custom::CDKBucketDeployment" {
			for _, some := range all {
				for _, value := range some.(map[string]any) {
					markers = append(markers, fmt.Sprint(value))
				}
			}
		}
	}
	for _, want := range []string{"${" + pool + ".ProviderURL}", "${" + client + "}", "${" + stack.only(t, "AWS::ApiGatewayV2::Api") + "}"} {
		if !strings.Contains(strings.Join(markers, " "), want) {
			t.Errorf("config.json has no %s: %v", want, markers)
		}
	}
	r := stack.Resources[client].Properties
	origin := stack.Outputs["WebUrl"].Value
	if fmt.Sprint(r["CallbackURLs"]) != "["+origin+"/ "+origin+"]" || fmt.Sprint(r["AllowedOAuthFlows"]) != "[code]" || r["GenerateSecret"] != false {
		t.Errorf("%v", r)
	}
	if policy := string(stack.raw); !strings.Contains(policy, ".amazoncognito.com") {
		t.Error("the page may not ask where it signs in")
	}
}

// What uploads the app may write there and nowhere else, and its log goes with the stack.
func TestWhatUploadsTheAppTouchesNothingElse(t *testing.T) {
	stack := withWeb(t, map[string]any{"stage": "dev", "alarmEmail": ""})
	for id, r := range stack.Resources {
		if r.Type != "AWS::IAM::Policy" {
			continue
		}
		for _, s := range at(t, r.Properties, "PolicyDocument", "Statement").([]any) {
			text, _ := json.Marshal(at(t, s, "Resource"))
			for _, resource := range strings.Split(strings.Trim(string(text), `[]"`), `","`) {
				if !strings.Contains(resource, stack.site(t)) && !strings.Contains(resource, "cdk-") {
					t.Errorf("%s: %s", id, resource)
				}
			}
		}
	}
	kept := 0
	for id, r := range stack.Resources {
		if r.Type == "AWS::Logs::LogGroup" && r.DeletionPolicy != "Delete" {
			t.Errorf("%s stays", id)
		}
		if r.Type == "AWS::Logs::LogGroup" && strings.HasPrefix(id, "Leftovers") {
			kept++
		}
	}
	if kept != 1 {
		t.Errorf("%d logs of what empties buckets are the stack's", kept)
	}
}

func TestAnAppThatIsNotBuiltSaysHow(t *testing.T) {
	s := settings()
	s["web"] = t.TempDir()
	if _, err := synthesizeWith(s); err == nil || !strings.Contains(err.Error(), "make web") || !strings.Contains(err.Error(), "web=off") {
		t.Errorf("%v", err)
	}
	for id, r := range productionTemplate(t).Resources {
		if strings.HasPrefix(r.Type, "AWS::CloudFront") {
			t.Errorf("%s is there although the app is off", id)
		}
	}
}
