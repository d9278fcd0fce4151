package main

import (
	"maps"
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/topology"
)

type functionProperties struct {
	Architectures                []string
	Code                         struct{ S3Key string }
	Description                  string
	Environment                  struct{ Variables map[string]string }
	Handler                      string
	Layers                       []string
	LoggingConfig                struct{ LogFormat, LogGroup, SystemLogLevel string }
	MemorySize                   int
	ReservedConcurrentExecutions int
	Role                         string
	Runtime                      string
	Timeout                      int
	TracingConfig                any
	VpcConfig                    any
}

func TestEveryFunctionIsDeployedAsTopologySays(t *testing.T) {
	stack := productionTemplate(t)
	functions := all[functionProperties](t, stack, "AWS::Lambda::Function")
	if len(functions) != len(topology.Functions) {
		t.Errorf("%d functions, topology lists %d", len(functions), len(topology.Functions))
	}
	code := map[string]bool{}
	for _, f := range topology.Functions {
		got := functions[stack.function(t, f.Name)]
		if !slices.Equal(got.Architectures, []string{"arm64"}) || got.Runtime != "provided.al2023" || got.Handler != "bootstrap" {
			t.Errorf("%s runs %s of %s on %v", f.Name, got.Handler, got.Runtime, got.Architectures)
		}
		if got.MemorySize != f.Memory || got.Timeout != int(f.Timeout.Seconds()) || got.ReservedConcurrentExecutions != f.Concurrency {
			t.Errorf("%s has %d MB, %d s, concurrency %d; want %d MB, %v, %d", f.Name,
				got.MemorySize, got.Timeout, got.ReservedConcurrentExecutions, f.Memory, f.Timeout, f.Concurrency)
		}
		if got.Description != f.About {
			t.Errorf("%s is described as %q", f.Name, got.Description)
		}
		if got.TracingConfig != nil || got.VpcConfig != nil || got.Layers != nil {
			t.Errorf("%s has tracing %v, VPC %v, layers %v", f.Name, got.TracingConfig, got.VpcConfig, got.Layers)
		}
		code[got.Code.S3Key] = true
	}
	if len(code) != len(topology.Functions) {
		t.Errorf("%d functions share %d zips", len(topology.Functions), len(code))
	}
}

func TestEveryFunctionLogsToAGroupOfItsOwnThatForgets(t *testing.T) {
	stack := productionTemplate(t)
	functions := all[functionProperties](t, stack, "AWS::Lambda::Function")
	groups := all[struct {
		LogGroupName    string
		RetentionInDays int
	}](t, stack, "AWS::Logs::LogGroup")
	if len(groups) != len(topology.Functions) {
		t.Errorf("%d log groups for %d functions", len(groups), len(topology.Functions))
	}
	for _, f := range topology.Functions {
		group := stack.named(t, "AWS::Logs::LogGroup", "LogGroupName", "/aws/lambda/parley-prod-"+f.Name)
		got := functions[stack.function(t, f.Name)].LoggingConfig
		if got.LogGroup != "${"+group+"}" || got.LogFormat != "JSON" || got.SystemLogLevel != "WARN" {
			t.Errorf("%s logs as %+v", f.Name, got)
		}
		if days := groups[group].RetentionInDays; days != 14 {
			t.Errorf("%s keeps its log %d days", f.Name, days)
		}
	}
}

func TestEnvironmentIsWhatGrantsAndSettingsNeed(t *testing.T) {
	stack := productionTemplate(t)
	api := stack.only(t, "AWS::ApiGatewayV2::Api")
	settings := map[string]string{
		"PARLEY_ISSUER":           "https://issuer.example.com",
		"PARLEY_AUDIENCE":         "chat",
		"PARLEY_JWKS_URL":         "https://keys.example.com/jwks.json",
		"PARLEY_PUSH_HOSTS":       "push.example.com,.push.example.org",
		"PARLEY_VAPID_PUBLIC_KEY": vapidKey,
		"PARLEY_VAPID_SUBJECT":    "mailto:ops@example.com",
		"PARLEY_ORIGINS":          "https://app.example.com,http://localhost:8080",
	}
	functions := all[functionProperties](t, stack, "AWS::Lambda::Function")
	for _, f := range topology.Functions {
		want := map[string]string{}
		for _, name := range f.Env {
			want[name] = settings[name]
		}
		for _, g := range f.Grants {
			switch on := g.On.(type) {
			case topology.Table:
				want[on.Env] = "${" + stack.table(t, on.Name) + "}"
			case topology.Index, topology.DeadLetters:
			case topology.Topic:
				want[on.Env] = "${" + stack.topic(t, on.Name) + "}" // Ref of a topic is its ARN
			case topology.Queue:
				want[on.Env] = "${" + stack.queue(t, on.Name) + "}" // Ref of a queue is its URL
			case topology.Bucket:
				want[on.Env] = "${" + stack.only(t, "AWS::S3::Bucket") + "}"
			case topology.Connections:
				want["AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"] =
					"https://${" + api + "}.execute-api.${AWS::Region}.${AWS::URLSuffix}/prod"
			case topology.Parameter:
				want["PARLEY_VAPID_PARAMETER"] = "/parley/prod/vapid"
			case topology.PushApplications:
				want["PARLEY_PUSH_APPLICATIONS"] = "apns=arn:aws:sns:eu-west-1:123456789012:app/APNS/parley," +
					"fcm=arn:aws:sns:eu-west-1:123456789012:app/GCM/parley"
			default:
				t.Fatalf("%s is granted a %T", f.Name, on)
			}
		}
		if got := functions[stack.function(t, f.Name)].Environment.Variables; !maps.Equal(got, want) {
			t.Errorf("%s has the environment\n%v, want\n%v", f.Name, got, want)
		}
	}
}
