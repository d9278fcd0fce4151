package main

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parley-im/parley/pkg/topology"
)

type roleProperties struct {
	AssumeRolePolicyDocument struct {
		Statement []struct {
			Action    string
			Principal struct{ Service string }
		}
	}
	ManagedPolicyArns []string
	Policies          []struct {
		PolicyDocument struct{ Statement []statement }
	}
}

type statement struct {
	Effect    string
	Action    texts
	NotAction texts
	Resource  texts
	Condition any
}

// texts is a JSON string or a list of them.
type texts []string

func (x *texts) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, (*[]string)(x)); err == nil {
		return nil
	}
	*x = texts{""}
	return json.Unmarshal(data, &(*x)[0])
}

// permissions spells a role out: "action on resource", sorted.
func (r roleProperties) permissions(t *testing.T) []string {
	t.Helper()
	var pairs []string
	for _, policy := range r.Policies {
		for _, s := range policy.PolicyDocument.Statement {
			if s.Effect != "Allow" || s.NotAction != nil || s.Condition != nil {
				t.Errorf("unexpected statement %+v", s)
			}
			for _, action := range s.Action {
				for _, on := range s.Resource {
					pairs = append(pairs, action+" on "+on)
				}
			}
		}
	}
	slices.Sort(pairs)
	return pairs
}

// permissionsOf is what topology says that a function may do, worked out on its own and not with the code under test.
func permissionsOf(t *testing.T, stack template, f topology.Function) []string {
	t.Helper()
	group := stack.named(t, "AWS::Logs::LogGroup", "LogGroupName", "/aws/lambda/parley-prod-"+f.Name)
	pairs := []string{
		"logs:CreateLogStream on ${" + group + ".Arn}", // the attribute ends in :*, the group's streams
		"logs:PutLogEvents on ${" + group + ".Arn}",
	}
	for _, g := range f.Grants {
		for _, action := range g.Actions {
			switch on := g.On.(type) {
			case topology.Table:
				pairs = append(pairs, action+" on ${"+stack.table(t, on.Name)+".Arn}")
			case topology.Index:
				pairs = append(pairs, action+" on ${"+stack.table(t, on.Table)+".Arn}/index/"+on.Name)
			case topology.Topic:
				pairs = append(pairs, action+" on ${"+stack.topic(t, on.Name)+"}")
			case topology.Queue:
				pairs = append(pairs, action+" on ${"+stack.queue(t, on.Name)+".Arn}")
			case topology.DeadLetters:
				pairs = append(pairs, action+" on ${"+stack.queue(t, on.Name)+".Arn}")
			case topology.Bucket:
				pairs = append(pairs, action+" on ${"+stack.only(t, "AWS::S3::Bucket")+".Arn}/*")
			case topology.Connections:
				pairs = append(pairs, fmt.Sprintf(
					"execute-api:ManageConnections on arn:${AWS::Partition}:execute-api:${AWS::Region}:${AWS::AccountId}:${%s}/prod/%s/@connections/*",
					stack.only(t, "AWS::ApiGatewayV2::Api"), action))
			case topology.Parameter:
				pairs = append(pairs, action+" on arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/parley/prod/vapid")
			case topology.PushApplications:
				for _, platform := range []string{"APNS", "GCM"} {
					pairs = append(pairs,
						action+" on arn:aws:sns:eu-west-1:123456789012:app/"+platform+"/parley",
						action+" on arn:aws:sns:eu-west-1:123456789012:endpoint/"+platform+"/parley/*")
				}
			default:
				t.Fatalf("%s is granted a %T", f.Name, on)
			}
		}
	}
	slices.Sort(pairs)
	return pairs
}

// roleOf gives the role that a function runs as.
func roleOf(t *testing.T, stack template, function string) roleProperties {
	t.Helper()
	arn := all[functionProperties](t, stack, "AWS::Lambda::Function")[stack.function(t, function)].Role
	role, ok := all[roleProperties](t, stack, "AWS::IAM::Role")[strings.TrimSuffix(strings.TrimPrefix(arn, "${"), ".Arn}")]
	if !ok {
		t.Fatalf("%s runs as %s, which is no role of the stack", function, arn)
	}
	return role
}

func TestEveryFunctionMayDoWhatTopologyGrantsAndNothingElse(t *testing.T) {
	stack := productionTemplate(t)
	for _, f := range topology.Functions {
		got, want := roleOf(t, stack, f.Name).permissions(t), permissionsOf(t, stack, f)
		if !slices.Equal(got, want) {
			t.Errorf("%s may\n  %s\nwant\n  %s", f.Name, strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
	}
}

// A function that reads nothing and writes nothing keeps the test above honest: its permissions are written out.
func TestTheDefaultFunctionMayOnlyLog(t *testing.T) {
	for _, permission := range roleOf(t, productionTemplate(t), "default").permissions(t) {
		if !strings.HasPrefix(permission, "logs:") {
			t.Errorf("default may %s", permission)
		}
	}
}

func TestRolesBelongToFunctionsAndHaveNoOtherPolicies(t *testing.T) {
	stack := productionTemplate(t)
	for id, r := range stack.Resources {
		if r.Type == "AWS::IAM::Policy" || r.Type == "AWS::IAM::ManagedPolicy" || r.Type == "AWS::IAM::RolePolicy" {
			t.Errorf("%s is a policy outside of the roles", id)
		}
	}
	users := map[string]int{}
	for _, f := range all[functionProperties](t, stack, "AWS::Lambda::Function") {
		users[f.Role]++
	}
	for id, role := range all[roleProperties](t, stack, "AWS::IAM::Role") {
		trust := role.AssumeRolePolicyDocument.Statement
		if len(trust) == 1 && trust[0].Principal.Service == "codedeploy.amazonaws.com" {
			continue // see canary_test.go
		}
		if users["${"+id+".Arn}"] != 1 {
			t.Errorf("%d functions run as %s", users["${"+id+".Arn}"], id)
		}
		if len(role.ManagedPolicyArns) > 0 {
			t.Errorf("%s has the managed policies %v", id, role.ManagedPolicyArns)
		}
		if len(trust) != 1 || trust[0].Action != "sts:AssumeRole" || trust[0].Principal.Service != "lambda.amazonaws.com" {
			t.Errorf("%s may be assumed by %+v", id, trust)
		}
	}
}

func TestWildcardsStandOnlyWhereAWSKnowsNoName(t *testing.T) {
	stack := productionTemplate(t)
	reasons := map[string]string{
		".Arn}/*":         "objects get their keys from clients",
		"/@connections/*": "connections get their ids from the gateway",
		"/parley/*":       "endpoints get their ids from SNS",
	}
	used := map[string]bool{}
	for _, f := range topology.Functions {
		for _, permission := range roleOf(t, stack, f.Name).permissions(t) {
			action, on, _ := strings.Cut(permission, " on ")
			if strings.Contains(action, "*") {
				t.Errorf("%s may %s", f.Name, action)
			}
			rest := on
			for suffix := range reasons {
				if strings.HasSuffix(on, suffix) {
					rest = strings.TrimSuffix(on, suffix)
					used[suffix] = true
				}
			}
			if strings.Contains(rest, "*") {
				t.Errorf("%s may %s on %s", f.Name, action, on)
			}
		}
	}
	for suffix := range reasons {
		if !used[suffix] {
			t.Errorf("no permission ends in %s any more: take it out of the list", suffix)
		}
	}
}

func TestNothingIsAllowedInSNSApplicationsWhenThereAreNone(t *testing.T) {
	stack := templateOf(t, map[string]any{"pushApplications": ""})
	for _, function := range []string{"devices", "push"} {
		for _, permission := range roleOf(t, stack, function).permissions(t) {
			if strings.HasPrefix(permission, "sns:") {
				t.Errorf("%s may %s", function, permission)
			}
		}
	}
}

func TestNobodyMayReadAKeyThatThereIsNot(t *testing.T) {
	stack := templateOf(t, map[string]any{"vapidPublicKey": "", "vapidSubject": ""})
	for _, f := range topology.Functions {
		for _, permission := range roleOf(t, stack, f.Name).permissions(t) {
			if strings.HasPrefix(permission, "ssm:") {
				t.Errorf("%s may %s", f.Name, permission)
			}
		}
	}
	environment := all[functionProperties](t, stack, "AWS::Lambda::Function")[stack.function(t, "push")].Environment.Variables
	if name := environment[topology.Vapid.EnvName()]; name != "" {
		t.Errorf("push looks for the parameter %s", name)
	}
}
