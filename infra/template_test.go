package main

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-cdk-go/awscdk/v2"
	"github.com/aws/jsii-runtime-go"

	"github.com/parley-im/parley/pkg/topology"
)

// template is a synthesized stack with each intrinsic function rendered as text, so that assertions read as data:
// {"Ref": "A"} is ${A}, {"Fn::GetAtt": ["A", "Arn"]} is ${A.Arn}, and a join is what it joins.
type template struct {
	raw       []byte
	Resources map[string]resource
	Outputs   map[string]struct{ Value string }
	Rules     map[string]any
}

type resource struct {
	Type                string
	Properties          map[string]any
	DeletionPolicy      string
	UpdateReplacePolicy string
	UpdatePolicy        map[string]any
}

// vapidKey is a public key, of RFC 8291.
const vapidKey = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"

// settings are a deployer's, each different from its default.
func settings() map[string]any {
	return map[string]any{
		"issuer":   "https://issuer.example.com",
		"audience": "chat",
		"jwksUrl":  "https://keys.example.com/jwks.json",
		"origins":  "https://app.example.com,http://localhost:8080",
		"pushApplications": "apns=arn:aws:sns:eu-west-1:123456789012:app/APNS/parley," +
			"fcm=arn:aws:sns:eu-west-1:123456789012:app/GCM/parley",
		"vapidPublicKey": vapidKey,
		"vapidSubject":   "mailto:ops@example.com",
		"pushHosts":      "push.example.com,.push.example.org",
		"alarmEmail":     "ops@example.com",
		"web":            "off",
	}
}

// everything is what a deployer may have besides.
func everything() map[string]any {
	const certificate = "arn:aws:acm:us-east-1:123456789012:certificate/01234567-89ab-cdef-0123-456789abcdef"
	return map[string]any{
		"issuer": "cognito", "jwksUrl": "", "kms": "tables,media,topics,queues", "accessLog": "true", "traces": "0.01",
		"web": "testdata/web", "webDomain": "app.example.org", "webCertificate": certificate,
		"edge": "true", "edgeKey": "2", "domain": "chat.example.org", "certificate": certificate,
		"webAcl": "arn:aws:wafv2:us-east-1:123456789012:global/webacl/parley-prod/01234567-89ab-cdef-0123-456789abcdef",
	}
}

// production is the template of stage prod, synthesized once for all tests.
var production = sync.OnceValues(func() (template, error) { return synthesizeWith(settings()) })

func productionTemplate(t *testing.T) template {
	t.Helper()
	p, err := production()
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// templateOf synthesizes with other settings than production's: a value of nil removes a setting.
func templateOf(t *testing.T, changes map[string]any) template {
	t.Helper()
	s := settings()
	maps.Copy(s, changes)
	result, err := synthesizeWith(s)
	if err != nil {
		t.Fatal(err)
	}
	return result
}

// synthesizeWith does what the CDK CLI does and returns the template.
func synthesizeWith(changes map[string]any) (result template, err error) {
	return result, assemble(changes, func(app awscdk.App, stack string) error {
		app.Synth(nil)
		raw, err := os.ReadFile(filepath.Join(*app.Outdir(), stack+".template.json"))
		if err != nil {
			return err
		}
		result, err = parse(raw)
		return err
	})
}

// assemble puts the app together as the CDK CLI has it done: with the context of cdk.json and changes on top, the code of the
// functions in place, and a folder for the result.
func assemble(changes map[string]any, use func(app awscdk.App, stack string) error) error {
	folder, err := os.MkdirTemp("", "parley-infra-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(folder)
	for _, f := range topology.Functions {
		if err := os.WriteFile(filepath.Join(folder, f.Name+".zip"), []byte(f.Name), 0o644); err != nil {
			return err
		}
	}
	file, err := os.ReadFile("../cdk.json")
	if err != nil {
		return err
	}
	var cdk struct{ Context map[string]any }
	if err := json.Unmarshal(file, &cdk); err != nil {
		return err
	}
	maps.Copy(cdk.Context, changes)
	cdk.Context["zips"] = folder

	out := filepath.Join(folder, "out")
	app := awscdk.NewApp(&awscdk.AppProps{
		Context: &cdk.Context, Outdir: &out, AnalyticsReporting: jsii.Bool(false), TreeMetadata: jsii.Bool(false),
	})
	if err := addStage(app); err != nil {
		return err
	}
	name := "Parley-" + cdk.Context["stage"].(string)
	if cdk.Context["firewall"] == "true" {
		name += "-firewall"
	}
	return use(app, name)
}

func parse(raw []byte) (template, error) {
	var tree any
	if err := json.Unmarshal(raw, &tree); err != nil {
		return template{}, err
	}
	plain, err := json.Marshal(render(tree))
	if err != nil {
		return template{}, err
	}
	result := template{raw: raw}
	return result, json.Unmarshal(plain, &result)
}

// render replaces intrinsic functions by text.
func render(value any) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = render(value[i])
		}
	case map[string]any:
		for key, inner := range value {
			value[key] = render(inner)
		}
		if len(value) != 1 {
			return value
		}
		switch {
		case value["Ref"] != nil:
			return "${" + value["Ref"].(string) + "}"
		case value["Fn::GetAtt"] != nil:
			return "${" + join(value["Fn::GetAtt"].([]any), ".") + "}"
		case value["Fn::Sub"] != nil:
			return value["Fn::Sub"]
		case value["Fn::Join"] != nil:
			args := value["Fn::Join"].([]any)
			return join(args[1].([]any), args[0].(string))
		case value["Fn::Split"] != nil:
			return value["Fn::Split"].([]any)[1] // what is selected of it is named by the whole
		case value["Fn::Select"] != nil:
			return value["Fn::Select"].([]any)[1]
		}
	}
	return value
}

func join(parts []any, separator string) string {
	texts := make([]string, len(parts))
	for i, part := range parts {
		texts[i] = part.(string)
	}
	return strings.Join(texts, separator)
}

// all gives the properties of every resource of a type, by logical id.
func all[P any](t *testing.T, in template, kind string) map[string]P {
	t.Helper()
	found := map[string]P{}
	for id, r := range in.Resources {
		if r.Type != kind {
			continue
		}
		encoded, err := json.Marshal(r.Properties)
		if err != nil {
			t.Fatal(err)
		}
		var properties P
		if err := json.Unmarshal(encoded, &properties); err != nil {
			t.Fatalf("%s: %v", id, err)
		}
		found[id] = properties
	}
	return found
}

// named gives the logical id of the resource of a type whose property has the value.
func (in template) named(t *testing.T, kind, property, value string) string {
	t.Helper()
	for id, r := range in.Resources {
		if r.Type == kind && r.Properties[property] == value {
			return id
		}
	}
	t.Fatalf("no %s has %s %s", kind, property, value)
	return ""
}

// only gives the logical id of the one resource of a type.
func (in template) only(t *testing.T, kind string) string {
	t.Helper()
	var ids []string
	for id, r := range in.Resources {
		if r.Type == kind {
			ids = append(ids, id)
		}
	}
	if len(ids) != 1 {
		t.Fatalf("%d of %s, want one", len(ids), kind)
	}
	return ids[0]
}

// The ids of what topology names, in the stage prod.
func (in template) table(t *testing.T, name string) string {
	return in.named(t, "AWS::DynamoDB::GlobalTable", "TableName", "parley-prod-"+name)
}

func (in template) function(t *testing.T, name string) string {
	return in.named(t, "AWS::Lambda::Function", "FunctionName", "parley-prod-"+name)
}

// alias gives the id of the alias under which a function is invoked.
func (in template) alias(t *testing.T, name string) string {
	return in.named(t, "AWS::Lambda::Alias", "FunctionName", "${"+in.function(t, name)+"}")
}

func (in template) queue(t *testing.T, name string) string {
	return in.named(t, "AWS::SQS::Queue", "QueueName", "parley-prod-"+name)
}

func (in template) topic(t *testing.T, name string) string {
	return in.named(t, "AWS::SNS::Topic", "TopicName", "parley-prod-"+name)
}
