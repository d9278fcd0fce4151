package app

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/config"
	"github.com/parley-im/parley/pkg/topology"
)

// built are the constructors that the mains name.
var built = map[string]func(*Parts) any{
	"authorizer": Authorizer, "connect": Connect, "disconnect": Disconnect, "message": Message, "group": Group, "fanout": Fanout,
	"sync": Sync, "search": Search, "signal": Signal, "presence": Presence, "grace": Grace, "media": Media, "devices": Devices, "people": People,
	"push": Push, "default": Default,
	"drafts": Drafts, "tick": Tick,
}

// granted is the environment that a function gets: where its resources are, and its settings.
func granted(f topology.Function) map[string]string {
	env := map[string]string{}
	for _, name := range f.Env {
		env[name] = "https://example.com"
	}
	for _, g := range f.Grants {
		if name := g.On.EnvName(); name != "" {
			env[name] = "fcm=arn:aws:sns:eu-central-1:123456789012:app/GCM/parley"
		}
	}
	return env
}

// within gives those of the variables that there are the values of others.
func within(vars, others map[string]string) map[string]string {
	for name, value := range others {
		if _, ok := vars[name]; ok {
			vars[name] = value
		}
	}
	return vars
}

func TestEveryFunctionIsMadeOfWhatItIsGranted(t *testing.T) {
	w := newWeb(t)
	for _, f := range topology.Functions {
		build := built[f.Name]
		if build == nil {
			t.Errorf("nothing builds %s", f.Name)
			continue
		}
		vars := within(granted(f), w.vars)
		used := map[string]bool{}
		start := func(lookup func(string) (string, bool)) (*Parts, any) {
			p, _ := newParts()
			p.env, p.aws = config.New(lookup), w.configure(aws.Config{Region: "eu-central-1"})
			return p, build(p)
		}
		p, handler := start(func(name string) (string, bool) {
			used[name] = true
			value, ok := vars[name]
			return value, ok
		})
		if err := p.env.Err(); err != nil {
			t.Errorf("%s needs what it is not granted: %v", f.Name, err)
		}
		if reflect.TypeOf(handler).Kind() != reflect.Func {
			t.Errorf("%s is a %T", f.Name, handler)
		}
		for name := range vars {
			// What feeds a function is read by Lambda in its name.
			if !used[name] && (f.Queue == nil || name != f.Queue.EnvName()) {
				t.Errorf("%s is told %s and does not ask for it", f.Name, name)
			}
		}
		// Without its environment it does not start.
		if p, _ := start(func(string) (string, bool) { return "", false }); len(vars) > 0 && p.env.Err() == nil {
			t.Errorf("%s starts without %v", f.Name, vars)
		}
	}
}

func TestEveryMainRunsItsFunction(t *testing.T) {
	for _, f := range topology.Functions {
		text, err := os.ReadFile(filepath.Join("..", "..", "functions", f.Name, "main.go"))
		if err != nil {
			t.Fatal(err)
		}
		if want := "app.Run(app." + strings.ToUpper(f.Name[:1]) + f.Name[1:] + ")"; !strings.Contains(string(text), want) {
			t.Errorf("%s: no %s in %s", f.Name, want, text)
		}
	}
}

// A frame without members is refused by the action that reads it, and unknown where there is no such action.
func TestEveryFunctionServesItsRoutesAndNoOthers(t *testing.T) {
	var routes []string
	for _, f := range topology.Functions {
		for _, route := range f.Routes {
			if !strings.HasPrefix(route, "$") {
				routes = append(routes, route)
			}
		}
	}
	for _, f := range topology.Functions {
		if len(f.Routes) == 0 || strings.HasPrefix(f.Routes[0], "$") && f.Routes[0] != topology.RouteDefault {
			continue
		}
		vars := granted(f)
		p, _ := newParts()
		p.env, p.aws = config.New(func(name string) (string, bool) { value, ok := vars[name]; return value, ok }), aws.Config{Region: "eu-central-1"}
		handler := built[f.Name](p)
		for _, route := range routes {
			want := chat.UnknownAction
			if slices.Contains(f.Routes, route) {
				want = chat.Invalid
			}
			if !topology.Responds(route) && slices.Contains(f.Routes, route) {
				continue // see TestASilentRouteAnswersNothingAndPostsItsErrors
			}
			if a := ask(t, handler, frame(t, route, `{"action":"`+route+`"}`)); a.Code != want {
				t.Errorf("%s on %s: %+v, want %s", f.Name, route, a, want)
			}
		}
	}
}
