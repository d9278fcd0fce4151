package apigateway_test

import (
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/apigateway"
)

func TestAPIThatCannotBeDeployedIsRefused(t *testing.T) {
	tests := map[string]func(*apigateway.API){
		"no stage":           func(a *apigateway.API) { a.Stage = "" },
		"bad expression":     func(a *apigateway.API) { a.RouteSelectionExpression = "$request" },
		"reserved key":       func(a *apigateway.API) { a.Routes[0].Key = "$send" },
		"empty key":          func(a *apigateway.API) { a.Routes[0].Key = "" },
		"duplicate key":      func(a *apigateway.API) { a.Routes = append(a.Routes, a.Routes[0]) },
		"no integration":     func(a *apigateway.API) { a.Routes[0].Function = "" },
		"two integrations":   func(a *apigateway.API) { a.Routes[0].Mock = &apigateway.Mock{} },
		"timeout too long":   func(a *apigateway.API) { a.Routes[0].Timeout = 30 * time.Second },
		"timeout too short":  func(a *apigateway.API) { a.Routes[0].Timeout = time.Millisecond },
		"identity source":    func(a *apigateway.API) { a.Authorizer.IdentitySources = []string{"$request.header.X"} },
		"unnamed identity":   func(a *apigateway.API) { a.Authorizer.IdentitySources = []string{"route.request.header."} },
		"authorizer without": func(a *apigateway.API) { a.Authorizer.Function = "" },
	}
	for name, change := range tests {
		a := api("send")
		a.Authorizer = &apigateway.Authorizer{Function: "authorizer"}
		change(&a)
		if _, err := apigateway.New(a, nil, apigateway.Options{}); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
