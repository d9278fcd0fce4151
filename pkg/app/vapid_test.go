package app

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"github.com/parley-im/parley/infra/local/pushservice"
	"github.com/parley-im/parley/infra/local/ssm"
	"github.com/parley-im/parley/pkg/config"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/webpush"
)

// web is what a deployment that notifies browsers has besides: a parameter, and browsers with a push service.
type web struct {
	parameters string // URL
	service    *pushservice.Service
	vars       map[string]string
}

func newWeb(t *testing.T) web {
	t.Helper()
	private, public, err := webpush.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	parameters := httptest.NewServer(ssm.New(ssm.Config{Region: "eu-central-1", Parameters: map[string]string{"/parley/local/vapid": private}}))
	t.Cleanup(parameters.Close)
	mux := http.NewServeMux()
	pushes := httptest.NewServer(mux)
	t.Cleanup(pushes.Close)
	service := pushservice.New(pushes.URL+"/push", public)
	mux.HandleFunc("POST /push/{id}", service.ServePush)
	return web{parameters.URL, service, map[string]string{
		topology.EnvVapidPublic: public, topology.EnvVapidSubject: "mailto:ops@example.com", topology.EnvPushHosts: pushes.URL,
		topology.Vapid.EnvName(): "/parley/local/vapid",
	}}
}

// register is the members of a frame that registers a new browser, and the URL of that.
func (w web) register(t *testing.T, user string) (members, endpoint string) {
	t.Helper()
	s, ok := w.service.Subscribe(user)
	if !ok {
		t.Fatal("no subscription")
	}
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	return `,"platform":"web","subscription":` + string(text), s.Endpoint
}

// A deployment whose keys do not fit must not come up: its phones would ring and its browsers stay silent.
func TestPushDoesNotStartWithKeysThatDoNotWork(t *testing.T) {
	good := newWeb(t)
	_, other, err := webpush.NewKeys()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ name, value, wrong string }{
		{"", "", ""},
		{topology.EnvVapidPublic, "", ""}, // browsers are not notified
		{topology.EnvVapidPublic, other, topology.Vapid.EnvName()},
		{topology.EnvVapidSubject, "", topology.EnvVapidSubject},
		{topology.EnvVapidSubject, "ops", topology.Vapid.EnvName()},
		{topology.EnvPushHosts, "localhost", topology.EnvPushHosts},
		{topology.Vapid.EnvName(), "/parley/other/vapid", topology.Vapid.EnvName()},
		{topology.Vapid.EnvName(), "", topology.Vapid.EnvName()},
	} {
		p, _ := newParts()
		vars := within(granted(pushFunction(t)), good.vars)
		vars[test.name] = test.value
		p.env = config.New(func(name string) (string, bool) { value, ok := vars[name]; return value, ok })
		p.aws = good.configure(aws.Config{Region: "eu-central-1"})
		Push(p)
		err := p.env.Err()
		if (err == nil) != (test.wrong == "") || err != nil && !strings.Contains(err.Error(), test.wrong) {
			t.Errorf("%s=%s: %v", test.name, test.value, err)
		}
	}
}

// Phones must ring although the store of the key is busy when the function starts, and browsers once it is not.
func TestPushStartsWhileTheStoreOfTheKeyIsBusy(t *testing.T) {
	for name, busy := range map[string]string{"throttled": "ThrottlingException", "down": "InternalServerError"} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			status := http.StatusBadRequest
			if busy == "InternalServerError" {
				status = http.StatusInternalServerError
			}
			w.WriteHeader(status)
			_, _ = w.Write([]byte(`{"__type":"` + busy + `"}`))
		}))
		t.Cleanup(server.Close)
		w := newWeb(t)
		p, logs := newParts()
		vars := within(granted(pushFunction(t)), w.vars)
		p.env = config.New(func(name string) (string, bool) { value, ok := vars[name]; return value, ok })
		w.parameters = server.URL
		p.aws = w.configure(aws.Config{Region: "eu-central-1"})
		Push(p)
		if err := p.env.Err(); err != nil || !strings.Contains(logs.String(), "private key not read yet") {
			t.Errorf("%s: %v, %s", name, err, logs)
		}
	}
}

// configure lets clients find the parameter.
func (w web) configure(cfg aws.Config) aws.Config {
	cfg.BaseEndpoint, cfg.Credentials = &w.parameters, credentials.NewStaticCredentialsProvider("local", "secret", "")
	cfg.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	return cfg
}

func pushFunction(t *testing.T) topology.Function {
	t.Helper()
	for _, f := range topology.Functions {
		if f.Name == "push" {
			return f
		}
	}
	t.Fatal("there is no function push")
	return topology.Function{}
}
