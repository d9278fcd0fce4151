package fidelity_test

import (
	"context"
	"errors"
	"fmt"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/parley-im/parley/infra/fidelity"
	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/lambda"
)

// The account of the stand-in.
const (
	region    = "eu-west-1"
	account   = "123456789012"
	accessKey = "AKIALOCAL"
	secretKey = "local-secret"
)

// compile builds the actor.
func compile(path string) error {
	sources, err := os.ReadDir("actor")
	if err != nil {
		return err
	}
	for _, source := range sources {
		// The files that a test looks at are part of what go test caches its result by.
		if _, err := os.Stat("actor/" + source.Name()); err != nil {
			return err
		}
	}
	if out, err := exec.Command("go", "build", "-tags", "lambda.norpc", "-o", path, "./actor").CombinedOutput(); err != nil {
		return fmt.Errorf("build the actor: %w\n%s", err, out)
	}
	return nil
}

// local is both APIs on this machine, with the actor as a compiled function behind them.
type local struct {
	target
	functions *lambda.Service
	gateways  []*apigateway.Gateway
	servers   []*httptest.Server
}

// start serves the APIs by the clock; nil is the machine's.
func start(actor string, fake *clock.Fake) (_ *local, err error) {
	l := &local{target: target{
		actor: actor, clock: fake, region: region,
		credentials: credentials.NewStaticCredentialsProvider(accessKey, secretKey, ""),
	}}
	defer func() {
		if err != nil {
			err = errors.Join(err, l.close())
		}
	}()
	main, bare := httptest.NewUnstartedServer(nil), httptest.NewUnstartedServer(nil)
	l.servers = append(l.servers, main, bare)
	l.url, l.bare = address(main), address(bare)
	l.functions, err = lambda.New(
		lambda.Config{Region: region, Account: account, AccessKeyID: accessKey, SecretAccessKey: secretKey, Logs: os.Stderr},
		lambda.Function{
			Name: "actor", Binary: actor, Timeout: fidelity.ActorTimeout,
			Env: map[string]string{fidelity.EnvConnections: callback(l.url)},
		},
	)
	if err != nil {
		return nil, err
	}
	if err := l.serve(main, fidelity.Main); err != nil {
		return nil, err
	}
	return l, l.serve(bare, fidelity.Bare)
}

// address is what the clients of an API dial.
func address(s *httptest.Server) string {
	return "ws://" + s.Listener.Addr().String() + "/" + fidelity.Stage
}

func (l *local) serve(server *httptest.Server, api fidelity.API) error {
	described, err := describe(api)
	if err != nil {
		return err
	}
	options := apigateway.Options{Secret: secret}
	if l.clock != nil {
		options.Clock = l.clock
	}
	gateway, err := apigateway.New(described, l.invoke, options)
	if err != nil {
		return err
	}
	l.gateways = append(l.gateways, gateway)
	server.Config.Handler = gateway
	server.Start()
	return nil
}

// describe turns an API into one of the stand-in. The function that may not be invoked is one that does not exist.
func describe(api fidelity.API) (apigateway.API, error) {
	a := apigateway.API{
		ID: "a1b2c3d4e5", Stage: fidelity.Stage, Region: region, Account: account,
		RouteSelectionExpression: api.RouteSelection, StageVariables: api.StageVariables,
	}
	if api.IdentitySource != "" {
		a.Authorizer = &apigateway.Authorizer{Function: "actor", IdentitySources: []string{api.IdentitySource}}
	}
	for _, r := range api.Routes {
		route := apigateway.Route{Key: r.Key, Response: r.Response, Timeout: r.Timeout}
		switch {
		case r.Mock != "":
			route.Mock = &apigateway.Mock{Body: r.Mock}
		case r.Unpermitted:
			route.Function = "unpermitted"
		default:
			route.Function = "actor"
		}
		if r.Model != "" {
			valid, err := validator(r.Model)
			if err != nil {
				return a, fmt.Errorf("model of route %s: %w", r.Key, err)
			}
			route.Valid = valid
		}
		a.Routes = append(a.Routes, route)
	}
	return a, nil
}

func validator(model string) (func(string) bool, error) {
	schema, err := jsonschema.UnmarshalJSON(strings.NewReader(model))
	if err != nil {
		return nil, err
	}
	compiler := jsonschema.NewCompiler()
	if err := compiler.AddResource("model.json", schema); err != nil {
		return nil, err
	}
	compiled, err := compiler.Compile("model.json")
	if err != nil {
		return nil, err
	}
	return func(body string) bool {
		value, err := jsonschema.UnmarshalJSON(strings.NewReader(body))
		return err == nil && compiled.Validate(value) == nil
	}, nil
}

func (l *local) invoke(ctx context.Context, function string, payload []byte) (apigateway.Result, error) {
	result, err := l.functions.Invoke(ctx, function, payload)
	return apigateway.Result{Payload: result.Payload, FunctionError: result.FunctionError}, err
}

// close ends everything: first the sockets, among them those that an invocation holds on to.
func (l *local) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	var errs []error
	for _, g := range l.gateways {
		errs = append(errs, g.Close(ctx))
	}
	if l.functions != nil {
		errs = append(errs, l.functions.Close(ctx))
	}
	for _, s := range l.servers {
		s.Close()
	}
	return errors.Join(errs...)
}

// secret is what the stand-ins ask for the key of a signature.
func secret(key string) (string, bool) { return secretKey, key == accessKey }
