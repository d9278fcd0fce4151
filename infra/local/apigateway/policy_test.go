package apigateway

import (
	"encoding/json"
	"strings"
	"testing"
)

const arn = "arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/local/$connect"

// aws.md 1.2: the policy of an authorizer must cover the ARN of $connect; a Deny overrides.
func TestPolicyDecision(t *testing.T) {
	allow := func(resource string) string {
		return `{"Effect":"Allow","Action":"execute-api:Invoke","Resource":"` + resource + `"}`
	}
	deny := strings.Replace(allow(arn), "Allow", "Deny", 1)
	tests := []struct {
		name, statements string
		want             bool
	}{
		{"exact resource", allow(arn), true},
		{"any resource", allow("*"), true},
		{"any route of the stage", allow("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/local/*"), true},
		{"one character", allow("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/loca?/$connect"), true},
		{"a question mark is one character", allow(arn + "?"), false},
		{"another stage", allow("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/$connect"), false},
		{"another route", allow("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/local/send"), false},
		{"REST-shaped resource (powertools #5800)", allow("arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/local/*/*"), false},
		{"resource is case sensitive", allow(strings.ToUpper(arn)), false},
		{"lists", `{"Effect":"Allow","Action":["x:y","execute-api:Invoke"],"Resource":["nothing","` + arn + `"]}`, true},
		{"wildcard action", `{"Effect":"Allow","Action":"execute-api:*","Resource":"*"}`, true},
		{"action ignores case", `{"Effect":"Allow","Action":"EXECUTE-API:invoke","Resource":"*"}`, true},
		{"another action", `{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*"}`, false},
		{"deny", deny, false},
		{"deny after allow", allow("*") + "," + deny, false},
		{"deny before allow", deny + "," + allow("*"), false},
		{"deny of something else", allow("*") + "," + strings.Replace(deny, arn, "other", 1), true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var p policy
			if err := json.Unmarshal([]byte(`{"Version":"2012-10-17","Statement":[`+test.statements+`]}`), &p); err != nil {
				t.Fatal(err)
			}
			got, err := p.allows("execute-api:Invoke", arn)
			if err != nil || got != test.want {
				t.Errorf("got %v, %v; want %v", got, err, test.want)
			}
		})
	}
}

func TestPolicyThatCannotBeEvaluatedIsAnError(t *testing.T) {
	for _, statements := range []string{
		``,
		`{"Effect":"allow","Action":"*","Resource":"*"}`,
		`{"Effect":"Allow","Resource":"*"}`,
		`{"Effect":"Allow","Action":"*"}`,
		`{"Effect":"Allow","Action":"*","Resource":"*","Condition":{}}`,
		`{"Effect":"Allow","Action":"*","NotResource":"*"}`,
	} {
		var p policy
		if err := json.Unmarshal([]byte(`{"Statement":[`+statements+`]}`), &p); err != nil {
			t.Fatal(err)
		}
		if ok, err := p.allows("execute-api:Invoke", arn); err == nil || ok {
			t.Errorf("%s: got %v, %v; want an error", statements, ok, err)
		}
	}
}

func TestWildcard(t *testing.T) {
	tests := []struct {
		pattern, s string
		want       bool
	}{
		{"", "", true}, {"", "a", false}, {"*", "", true}, {"*", "abc", true}, {"**", "abc", true}, {"?", "", false},
		{"a*c", "abbc", true}, {"a*c", "abbcd", false}, {"*b*", "abc", true}, {"a*b*c", "aXbYbZc", true}, {"a?c", "abc", true},
		{"*a", "aab", false}, {"a*", "b", false}, {"*ab", "aaab", true},
	}
	for _, test := range tests {
		if got := wildcard(test.pattern, test.s); got != test.want {
			t.Errorf("wildcard(%q, %q) = %v", test.pattern, test.s, got)
		}
	}
}
