// Package pkg_test keeps the direction of imports: README, "Three rules of the layout".
package pkg_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/parley-im/parley/"

// rule forbids packages below From to depend on packages below To. Prefixes end at a path element; a To without the module is
// anybody's.
type rule struct {
	from, to string
	except   []string
	why      string
}

var adapters = []string{
	"pkg/store", "pkg/connections", "pkg/notices", "pkg/shards", "pkg/objects", "pkg/endpoints", "pkg/webpush",
}

func rules() []rule {
	all := []rule{
		{from: "functions", to: "github.com/aws/aws-cdk-go", why: "what is deployed must not carry what deploys it"},
		{from: "functions", to: module + "infra", why: "a function must not know where it runs"},
		{from: "functions", to: module + "pkg/contract", why: "schemas are checked in tests; functions read strictly by themselves"},
		{from: "functions", to: module + "pkg/client", why: "the client is for those who call"},
		{from: "functions", to: "github.com/santhosh-tekuri/jsonschema", why: "schemas are checked in tests"},
		{from: "pkg", to: module + "infra", why: "the product must not depend on how it is run"},
		{from: "pkg", to: module + "functions", why: "mains are the end of the line"},
		{from: "infra/local", to: "github.com/aws/aws-cdk-go", why: "the local stack starts in milliseconds and needs no Node"},
		{from: "clients", to: module + "infra", why: "clients are for every deployment"},
		{from: "clients/web", to: "github.com", why: "it says how the app is served to whoever serves it: the standard library only"},
		{from: "clients", to: "github.com/aws", why: "clients speak the protocol of Parley and nothing else"},
		{from: "pkg/client", to: "github.com/aws", why: "the client speaks the protocol of Parley and nothing else"},
		{from: "pkg/chat", to: module, why: "the vocabulary depends on nothing"},
		{from: "pkg/chat", to: "github.com", why: "the vocabulary uses the standard library only"},
		{from: "pkg/topology", to: module, why: "everything is derived from it"},
		{from: "pkg/topology", to: "github.com", why: "it is read by the stack, by functions and by CDK: the standard library only"},
		{from: "infra/local/apigateway", to: module, except: []string{"infra/local/clock", "infra/local/sigv4"}, why: "stand-ins are for others as well"},
		{from: "infra/local/lambda", to: module, except: []string{"infra/local/clock", "infra/local/child"}, why: "stand-ins are for others as well"},
		{from: "infra/local/events", to: module, except: []string{"infra/local/clock"}, why: "stand-ins are for others as well"},
		{from: "infra/local/sns", to: module, except: []string{"infra/local/clock", "infra/local/sigv4", "infra/local/state"}, why: "stand-ins are for others as well"},
		{from: "infra/local/ssm", to: module, except: []string{"infra/local/sigv4"}, why: "stand-ins are for others as well"},
		{from: "infra/local/pushservice", to: module, why: "what encrypts must not be what decrypts in tests"},
		{from: "infra/local/sqs", to: module, except: []string{"infra/local/clock", "infra/local/sigv4", "infra/local/state"}, why: "stand-ins are for others as well"},
		{from: "infra/local/state", to: module, except: []string{"infra/local/clock"}, why: "stand-ins are for others as well"},
		{from: "pkg/trace", to: module, why: "it knows the SDK's requests and Lambda's events, not what they are about"},
	}
	for _, from := range adapters {
		for _, to := range adapters {
			if from != to {
				all = append(all, rule{from: from, to: module + to, why: "adapters know the vocabulary, not each other"})
			}
		}
	}
	for _, useCase := range []string{"pkg/send", "pkg/standing", "pkg/deliver", "pkg/read", "pkg/search", "pkg/session", "pkg/media", "pkg/push", "pkg/auth", "pkg/draft", "pkg/schedule"} {
		all = append(all, rule{from: useCase, to: "github.com/aws", why: "use cases reach AWS through the ports of pkg/chat"})
		all = append(all, rule{from: useCase, to: "go.opentelemetry.io", why: "invocations and requests are traced from outside"})
		for _, adapter := range adapters {
			all = append(all, rule{from: useCase, to: module + adapter, why: "use cases reach AWS through the ports of pkg/chat"})
		}
	}
	return all
}

func TestImportsGoOneWay(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-json=ImportPath,Deps,Standard", "./...")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	type listed struct {
		ImportPath string
		Deps       []string
	}
	used := map[int]bool{}
	d := json.NewDecoder(strings.NewReader(string(out)))
	for {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		for i, r := range rules() {
			if !below(p.ImportPath, module+r.from) {
				continue
			}
			used[i] = true
			for _, dep := range p.Deps {
				if below(dep, r.to) && !below(dep, module+r.from) && !allowed(dep, r.except) {
					t.Errorf("%s depends on %s: %s", p.ImportPath, dep, r.why)
				}
			}
		}
	}
	for i, r := range rules() {
		if !used[i] {
			t.Errorf("no package is below %s: the rule %q guards nothing", r.from, r.why)
		}
	}
}

func below(path, prefix string) bool {
	prefix = strings.TrimSuffix(prefix, "/")
	return path == prefix || strings.HasPrefix(path, prefix+"/")
}

func allowed(dep string, except []string) bool {
	for _, e := range except {
		if below(dep, module+e) {
			return true
		}
	}
	return false
}
