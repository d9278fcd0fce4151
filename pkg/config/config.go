// Package config reads the environment of a function. Everything is checked when the function starts, so that a missing or
// misspelt setting fails the deployment and not the first message; errors name the variable.
package config

import (
	"fmt"
	"log/slog"
	"net/url"
	"strconv"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
)

// Env reads variables and collects what is wrong with them.
type Env struct {
	lookup func(string) (string, bool)
	errs   []string
}

// New returns an environment read through lookup, os.LookupEnv in a function.
func New(lookup func(string) (string, bool)) *Env { return &Env{lookup: lookup} }

// Err returns everything that was wrong, or nil.
func (e *Env) Err() error {
	if len(e.errs) == 0 {
		return nil
	}
	return fmt.Errorf("config: %s", strings.Join(e.errs, "; "))
}

// What Lambda itself sets (Lambda guide, "Defined runtime environment variables").
const (
	functionName = "AWS_LAMBDA_FUNCTION_NAME"
	memorySize   = "AWS_LAMBDA_FUNCTION_MEMORY_SIZE"
)

// Function is the name of the function in topology: its deployed name begins with that of the system and the stage.
func (e *Env) Function() string {
	name := e.optional(functionName)
	return name[strings.LastIndex(name, "-")+1:]
}

// Stage is the deployment that the function belongs to, "local" on a laptop.
func (e *Env) Stage() string {
	name := strings.TrimPrefix(e.optional(functionName), topology.Name+"-")
	stage, deployed := strings.CutSuffix(name, "-"+e.Function())
	if !deployed {
		return "local"
	}
	return stage
}

// Memory is the function's in MB.
func (e *Env) Memory() int {
	memory, err := strconv.Atoi(e.optional(memorySize))
	if err != nil {
		return 128 // the least that there is
	}
	return memory
}

// Resource returns where a granted resource is: a table's name, a topic's ARN, a queue's URL.
func (e *Env) Resource(r topology.Resource) string { return e.required(r.EnvName()) }

// Issuer is whose tokens are accepted.
func (e *Env) Issuer() string { return e.required(topology.EnvIssuer) }

// Audience is the audience that a token must be for.
func (e *Env) Audience() string { return e.required(topology.EnvAudience) }

// KeySet is the URL of the issuer's keys.
func (e *Env) KeySet() string {
	value := e.required(topology.EnvJWKS)
	if u, err := url.Parse(value); value != "" && (err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")) {
		e.errs = append(e.errs, topology.EnvJWKS+" is not a URL")
	}
	return value
}

// Origins are the browser origins that may connect.
func (e *Env) Origins() []string { return split(e.optional(topology.EnvOrigins)) }

// EdgeKeys are what a handshake has to come with one of, if there are any.
func (e *Env) EdgeKeys() []string { return split(e.optional(topology.EnvEdgeKeys)) }

// PushApplications maps a push platform to the ARN of its SNS platform application.
func (e *Env) PushApplications() map[string]string {
	applications := map[string]string{}
	for _, pair := range split(e.optional(topology.Push.EnvName())) {
		platform, arn, ok := strings.Cut(pair, "=")
		if !ok || !strings.HasPrefix(arn, "arn:") {
			e.errs = append(e.errs, topology.Push.EnvName()+" is not platform=arn,platform=arn")
			continue
		}
		applications[platform] = arn
	}
	return applications
}

// VapidPublic is the key that browsers subscribe with, "" if they are not notified.
func (e *Env) VapidPublic() string { return e.optional(topology.EnvVapidPublic) }

// VapidSubject is whom push services write to.
func (e *Env) VapidSubject() string { return e.required(topology.EnvVapidSubject) }

// PushHosts are push services besides those that are known.
func (e *Env) PushHosts() []string { return split(e.optional(topology.EnvPushHosts)) }

// Wrong notes that a variable does not have a value that works.
func (e *Env) Wrong(name string, why error) {
	e.errs = append(e.errs, fmt.Sprintf("%s: %v", name, why))
}

// Epoch is when the table of conversations was restored from a backup, 0 if never.
func (e *Env) Epoch() chat.Epoch {
	value := e.optional(topology.EnvEpoch)
	if value == "" {
		return 0
	}
	n, err := strconv.ParseInt(value, 10, 64)
	if err != nil || n < 1 {
		e.errs = append(e.errs, topology.EnvEpoch+" is not a time in Unix seconds")
	}
	return chat.Epoch(n)
}

// LogLevel is info unless set otherwise.
func (e *Env) LogLevel() slog.Level {
	var level slog.Level
	if value := e.optional(topology.EnvLogLevel); value != "" {
		if err := level.UnmarshalText([]byte(value)); err != nil {
			e.errs = append(e.errs, topology.EnvLogLevel+" is not debug, info, warn or error")
		}
	}
	return level
}

// Traces are where traces go, "" for nowhere, and which share of them is kept.
func (e *Env) Traces() (endpoint string, rate float64) {
	endpoint = e.optional(topology.EnvTraces)
	if u, err := url.Parse(endpoint); endpoint != "" && (err != nil || u.Host == "" || (u.Scheme != "https" && u.Scheme != "http")) {
		e.errs = append(e.errs, topology.EnvTraces+" is not a URL")
	}
	if value := e.optional(topology.EnvTraceRate); value != "" {
		var err error
		if rate, err = strconv.ParseFloat(value, 64); err != nil || rate < 0 || rate > 1 {
			e.errs = append(e.errs, topology.EnvTraceRate+" is not a number from 0 to 1")
		}
	}
	return endpoint, rate
}

func (e *Env) required(name string) string {
	value := e.optional(name)
	if value == "" {
		e.errs = append(e.errs, name+" is not set")
	}
	return value
}

func (e *Env) optional(name string) string {
	value, _ := e.lookup(name)
	return value
}

func split(list string) []string {
	var out []string
	for _, item := range strings.Split(list, ",") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}
