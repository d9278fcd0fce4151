package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/topology"
)

var update = flag.Bool("update", false, "write testdata/template.golden.json anew")

// The golden shows a reviewer what a change of topology or of the CDK does to the deployment. What it must be is said by
// the other tests.
func TestTemplateIsTheGoldenOne(t *testing.T) {
	asset := regexp.MustCompile(`[0-9a-f]{64}\.zip`)
	var got bytes.Buffer
	if err := json.Indent(&got, asset.ReplaceAll(productionTemplate(t).raw, []byte("ASSET.zip")), "", " "); err != nil {
		t.Fatal(err)
	}
	got.WriteByte('\n')
	golden := filepath.Join("testdata", "template.golden.json")
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("the template changed, first in line %s\nrun go test ./infra -update and look at the diff", difference(got.String(), string(want)))
	}
}

// difference shows the first line in which two texts differ.
func difference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range min(len(g), len(w)) {
		if g[i] != w[i] {
			return fmt.Sprintf("%d:\n got %s\nwant %s", i+1, g[i], w[i])
		}
	}
	return fmt.Sprintf("%d, where one of them ends", min(len(g), len(w))+1)
}

func TestTemplateHasNoErrorsForCfnLint(t *testing.T) {
	lint, err := exec.LookPath("cfn-lint")
	if err != nil {
		t.Skip("cfn-lint is not on PATH; CI has it")
	}
	for name, stack := range map[string]template{
		"as it is": productionTemplate(t), "everything": templateOf(t, everything()), "firewall": templateOf(t, map[string]any{"firewall": "true"}),
		"a first one": templateOf(t, map[string]any{"stage": "dev", "alarmEmail": "", "web": "testdata/web", "issuer": "cognito", "jwksUrl": ""}),
	} {
		path := filepath.Join(t.TempDir(), "template.json")
		if err := os.WriteFile(path, stack.raw, 0o644); err != nil {
			t.Fatal(err)
		}
		if out, err := exec.Command(lint, "--format", "parseable", "--non-zero-exit-code", "error", path).CombinedOutput(); err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

func TestProdOutlivesItsStackAndOtherStagesDoNot(t *testing.T) {
	for stage, want := range map[string]struct {
		policy    string
		protected bool
	}{
		"prod": {"Retain", true},
		"dev":  {"Delete", false},
	} {
		stack := templateOf(t, map[string]any{"stage": stage})
		for id, r := range stack.Resources {
			switch r.Type {
			case "AWS::DynamoDB::GlobalTable", "AWS::S3::Bucket":
				if r.DeletionPolicy != want.policy || r.UpdateReplacePolicy != want.policy {
					t.Errorf("%s: %s is %s on delete and %s on replacement", stage, id, r.DeletionPolicy, r.UpdateReplacePolicy)
				}
			case "AWS::Logs::LogGroup":
				if r.DeletionPolicy != "Delete" {
					t.Errorf("%s: %s is %s on delete", stage, id, r.DeletionPolicy)
				}
			}
		}
		for id, table := range all[tableProperties](t, stack, "AWS::DynamoDB::GlobalTable") {
			if table.Replicas[0].DeletionProtectionEnabled != want.protected {
				t.Errorf("%s: deletion protection of %s is %v", stage, id, !want.protected)
			}
		}
	}
}

// Two stages of one account must not meet: whatever has a fixed name has the stage in it.
func TestStagesShareNoName(t *testing.T) {
	stack := templateOf(t, map[string]any{"stage": "dev"})
	for id, r := range stack.Resources {
		for _, property := range []string{"FunctionName", "TableName", "TopicName", "QueueName", "LogGroupName", "BucketName", "RoleName"} {
			name, ok := r.Properties[property].(string)
			if ok && !strings.Contains(name, "${") && !strings.Contains(name, topology.Name+"-dev-") {
				t.Errorf("%s is called %s", id, name)
			}
		}
	}
	if url := stack.Outputs["WebSocketUrl"].Value; !strings.HasSuffix(url, "/dev") {
		t.Errorf("clients connect to %s", url)
	}
}

func TestOutputsSayWhereThingsAre(t *testing.T) {
	stack := productionTemplate(t)
	for id, want := range map[string]string{
		"WebSocketUrl":       "wss://${" + stack.only(t, "AWS::ApiGatewayV2::Api") + "}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod",
		"ConversationsTable": "${" + stack.table(t, "conversations") + "}",
		"SessionsTable":      "${" + stack.table(t, "sessions") + "}",
		"MediaBucket":        "${" + stack.only(t, "AWS::S3::Bucket") + "}",
		"OfflineTopic":       "${" + stack.topic(t, "offline") + "}",
		"Issuer":             "https://issuer.example.com",
	} {
		if got := stack.Outputs[id].Value; got != want {
			t.Errorf("%s is %s, want %s", id, got, want)
		}
	}
}

func TestWhatIsBilledCarriesTheTagsOfTheBill(t *testing.T) {
	billed := map[string]bool{
		"AWS::ApiGatewayV2::Api": true, "AWS::ApiGatewayV2::Stage": true, "AWS::DynamoDB::GlobalTable": true,
		"AWS::Lambda::Function": true, "AWS::Logs::LogGroup": true, "AWS::S3::Bucket": true, "AWS::SNS::Topic": true,
		"AWS::SQS::Queue": true,
	}
	for id, r := range productionTemplate(t).Resources {
		if !billed[r.Type] {
			continue
		}
		tags := r.Properties["Tags"]
		if replicas, ok := r.Properties["Replicas"].([]any); ok {
			tags = replicas[0].(map[string]any)["Tags"]
		}
		got := map[string]any{}
		switch tags := tags.(type) {
		case map[string]any:
			got = tags
		case []any:
			for _, tag := range tags {
				tag := tag.(map[string]any)
				got[tag["Key"].(string)] = tag["Value"]
			}
		}
		if got["app"] != "parley" || got["stage"] != "prod" {
			t.Errorf("%s has the tags %v", id, tags)
		}
	}
}

func TestTemplateHoldsNothingThatLooksLikeASecret(t *testing.T) {
	secret := regexp.MustCompile(`AKIA[0-9A-Z]{16}|-----BEGIN|eyJ[A-Za-z0-9_-]{10,}|(?i)"[a-z_]*(password|secret|api_?key|private_?key|access_?key|token)[a-z_]*":\s*"`)
	for _, stack := range []template{productionTemplate(t), templateOf(t, with(everything(), "issuer", "https://issuer.example.com"))} {
		if found := secret.Find(stack.raw); found != nil {
			t.Errorf("the template holds %s", found)
		}
	}
	for _, planted := range []string{`"DB_PASSWORD": "x"`, `"k": "AKIAABCDEFGHIJKLMNOP"`, `"jwt": "eyJhbGciOiJSUzI1NiJ9.x"`} {
		if !secret.MatchString(planted) {
			t.Errorf("the search would miss %s", planted)
		}
	}
}

func TestWithoutAnIssuerTheStackSynthesizesAndIsRefusedByCloudFormation(t *testing.T) {
	if rule := productionTemplate(t).Rules["IssuerIsSet"]; rule != nil {
		t.Errorf("refused although the issuer is set: %v", rule)
	}
	rule, ok := templateOf(t, map[string]any{"issuer": "", "jwksUrl": ""}).Rules["IssuerIsSet"].(map[string]any)
	if !ok {
		t.Fatal("no rule refuses it")
	}
	assertion := rule["Assertions"].([]any)[0].(map[string]any)
	sides := assertion["Assert"].(map[string]any)["Fn::Equals"].([]any)
	if sides[0] == sides[1] {
		t.Errorf("the rule holds: %v", sides)
	}
	if message := assertion["AssertDescription"].(string); !strings.Contains(message, "-c issuer=") {
		t.Errorf("the message is %q", message)
	}
}
