package topology

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestEveryFunctionHasAFolderAndEveryFolderAFunction(t *testing.T) {
	entries, err := os.ReadDir(filepath.Join("..", "..", "functions"))
	if err != nil {
		t.Fatal(err)
	}
	var folders, names []string
	for _, e := range entries {
		folders = append(folders, e.Name())
	}
	for _, f := range Functions {
		names = append(names, f.Name)
	}
	slices.Sort(names)
	if !slices.Equal(folders, names) {
		t.Errorf("functions/ holds %v, topology lists %v", folders, names)
	}
}

func TestEveryRouteHasOneOwner(t *testing.T) {
	owner := map[string]string{}
	for key := range MockRoutes {
		owner[key] = "mock"
	}
	for _, f := range Functions {
		for _, key := range f.Routes {
			if was, ok := owner[key]; ok {
				t.Errorf("route %s belongs to %s and %s", key, was, f.Name)
			}
			owner[key] = f.Name
		}
	}
	for _, key := range []string{RouteConnect, RouteDisconnect, RouteDefault} {
		if owner[key] == "" {
			t.Errorf("no function serves %s", key)
		}
	}
}

func TestEveryFunctionHasOneTrigger(t *testing.T) {
	for _, f := range Functions {
		triggers := 0
		for _, has := range []bool{f.Authorizer, len(f.Routes) > 0, f.Topic != nil, f.Queue != nil, f.Rule != nil} {
			if has {
				triggers++
			}
		}
		if triggers != 1 {
			t.Errorf("%s has %d triggers", f.Name, triggers)
		}
	}
}

func TestTimeoutsFitWhatCallsThem(t *testing.T) {
	for _, f := range Functions {
		if len(f.Routes) > 0 && f.Timeout >= 29*time.Second {
			t.Errorf("%s: %v is not below the 29 s of an integration", f.Name, f.Timeout)
		}
		if f.Queue != nil && f.Queue.Visibility < 6*f.Timeout {
			t.Errorf("%s: visibility %v is below six timeouts of %v", f.Name, f.Queue.Visibility, f.Timeout)
		}
		if f.Rule != nil && (f.Rule.Every < time.Minute || f.Rule.Every%time.Minute != 0 || f.Timeout >= f.Rule.Every) {
			t.Errorf("%s: %v is not below a rate of %v, in whole minutes", f.Name, f.Timeout, f.Rule.Every)
		}
	}
}

// What nobody answers must be able to say what is wrong.
func TestSilentRoutesExistAndTheirFunctionCanPost(t *testing.T) {
	silent := map[string]bool{}
	for _, f := range Functions {
		for _, route := range f.Routes {
			if !SilentRoutes[route] {
				continue
			}
			silent[route] = true
			posts := slices.ContainsFunc(f.Grants, func(g Grant) bool { return g.On == Posts && slices.Contains(g.Actions, "POST") })
			if !posts || Responds(route) {
				t.Errorf("%s of %s: posts %v, responds %v", route, f.Name, posts, Responds(route))
			}
		}
	}
	if len(silent) != len(SilentRoutes) {
		t.Errorf("%v are served, %v are listed", silent, SilentRoutes)
	}
}

func TestGrantsNameNoWildcardAndNoScan(t *testing.T) {
	for _, f := range Functions {
		for _, g := range f.Grants {
			for _, action := range g.Actions {
				if strings.Contains(action, "*") || strings.HasSuffix(action, ":Scan") || strings.HasSuffix(action, ":DeleteTable") {
					t.Errorf("%s is granted %s", f.Name, action)
				}
			}
		}
	}
}

// Least privilege in one table: who may do what changes something, anywhere.
func TestWhoMayChangeWhat(t *testing.T) {
	want := map[string][]string{
		"dynamodb:PutItem":           {"drafts", "group", "message", "tick"},
		"dynamodb:DeleteItem":        {"devices", "drafts", "group", "message", "message", "people", "push", "tick", "tick"}, // from two tables
		"POST":                       {"connect", "devices", "drafts", "fanout", "grace", "group", "message", "people", "presence", "signal", "tick"},
		"DELETE":                     {"connect", "devices"},
		"s3:PutObject":               {"media"},
		"sqs:SendMessage":            {"disconnect", "fanout", "group", "group", "message", "message", "push", "tick", "tick"}, // to two queues
		"sns:CreatePlatformEndpoint": {"devices"},
		"ssm:GetParameter":           {"push"},
		"sns:Publish":                {"fanout", "group", "message", "push", "tick"},
	}
	got := map[string][]string{}
	for _, f := range Functions {
		for _, g := range f.Grants {
			for _, action := range g.Actions {
				got[action] = append(got[action], f.Name)
			}
		}
	}
	for action, functions := range want {
		slices.Sort(got[action])
		if !slices.Equal(got[action], functions) {
			t.Errorf("%s is granted to %v, want %v", action, got[action], functions)
		}
	}
}
