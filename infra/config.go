package main

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/parley-im/parley/pkg/topology"
)

// config is what a deployer chooses, from the context: cdk.json, or -c key=value on the command line.
type config struct {
	// stage names the deployment (context "stage", default prod). Stages of one account share nothing.
	stage string
	// issuer is the `iss` of valid tokens, an https URL, or "cognito" for a user pool that the stack makes (context "issuer").
	// Empty synthesizes and does not deploy.
	issuer string
	// audience is the `aud` of valid tokens (context "audience", default parley).
	audience string
	// jwks is the URL of the issuer's keys (context "jwksUrl", default <issuer>/.well-known/jwks.json).
	jwks string
	// origins are the web origins that may connect and upload (context "origins", separated by commas, default none).
	origins []string
	// push are the SNS platform applications (context "pushApplications", platform=ARN pairs separated by commas,
	// default none).
	push []pushApplication
	// vapidKey is the public key that browsers subscribe with and vapidSubject whom push services write to, a mailto: or https: URL
	// (contexts "vapidPublicKey" and "vapidSubject", default none: then browsers are not notified). The private key is in the
	// parameter /parley/<stage>/vapid; `make vapid` makes the pair.
	vapidKey, vapidSubject string
	// pushHosts are push services besides those that are known, host names or with a dot before it all hosts below one (context
	// "pushHosts", separated by commas, default none).
	pushHosts []string
	// domain is a name of the deployer's for the WebSocket API, and certificate the ARN of its certificate in the same region, or
	// with an edge in us-east-1 (contexts "domain" and "certificate", default none).
	domain, certificate string
	// lock closes the API's own address, so that only the domain leads to it (context "lock", default false).
	lock bool
	// edge puts CloudFront before the WebSocket API, and webACL is the firewall of it and of the web app, an ARN of WAF in us-east-1
	// (contexts "edge", default false, and "webAcl", default none). edgeKey counts the secrets between CloudFront and the authorizer: the
	// next number is a new one (context "edgeKey", default 1).
	edge    bool
	edgeKey int
	webACL  string
	// firewall deploys such a firewall and nothing else (context "firewall", default false).
	firewall bool
	// web is the folder of the built web app, or "off" for none (context "web", default clients/web/dist). webDomain and webCertificate
	// are a name of the deployer's for it, and the ARN of its certificate in us-east-1; webConnect are origins besides the issuer's
	// that the app signs in at, where tokens come from another host (contexts of these names, default none).
	web, webDomain, webCertificate string
	webConnect                     []string
	// accessLog has API Gateway write a line for each frame that comes in (context "accessLog", default false).
	accessLog bool
	// traces is the share of messages that are traced, 0 to 1 (context "traces", default 0).
	traces float64
	// reserve keeps concurrency apart, so that a storm of connects cannot take that of sends (context "reserve", default
	// true in prod). An account whose quota is still 10 cannot: AWS leaves 100 unreserved.
	reserve bool
	// alarmEmail is who hears of alarms (context "alarmEmail", default nobody: then there are none).
	alarmEmail string
	// canary sends a tenth of the invocations to what is deployed, for ten minutes, and turns back if an alarm rings meanwhile
	// (context "canary", default true in prod with an alarmEmail). Without it everything moves at once.
	canary bool
	// conversations is a table of conversations that was restored from a backup, which functions use instead of the stack's own,
	// and epoch the time of that in Unix seconds (contexts "conversations" and "epoch", default none; infra/runbook/restore.md).
	conversations, epoch string
	// kms are the classes of data that get a key of the customer's each (context "kms", some of tables, media, topics and queues
	// separated by commas, default none).
	kms []string
	// zips is the folder of the functions' code, one <name>.zip each (context "zips", default build/functions).
	zips string
}

// pushApplication is an SNS platform application of the deployer's, under the name that devices give their platform.
type pushApplication struct{ platform, arn string }

// endpoints is the ARN pattern of what is registered in the application.
func (a pushApplication) endpoints() string {
	return strings.Replace(a.arn, ":app/", ":endpoint/", 1) + "/*"
}

var (
	// A stage is part of the URL, of the stack's name and of a function's name, of which the strictest is this.
	validStage       = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)
	validDomain      = regexp.MustCompile(`^[a-z0-9-]+(\.[a-z0-9-]+)+$`)
	validACL         = regexp.MustCompile(`^arn:aws[a-z-]*:wafv2:us-east-1:[0-9]{12}:global/webacl/[A-Za-z0-9_-]+/[0-9a-f-]+$`)
	validCertificate = regexp.MustCompile(`^arn:aws[a-z-]*:acm:[a-z0-9-]+:[0-9]{12}:certificate/[0-9a-f-]+$`)
	validEmail       = regexp.MustCompile(`^[^@\s]+@[^@\s]+\.[^@\s]+$`)
	validTable       = regexp.MustCompile(`^[A-Za-z0-9_.-]{3,255}$`)
	validEpoch       = regexp.MustCompile(`^[1-9][0-9]{9}$`)
	// The uncompressed point of P-256 begins with the byte 4.
	validVapidKey    = regexp.MustCompile(`^B[A-Za-z0-9_-]{86}$`)
	validSubject     = regexp.MustCompile(`^(mailto:[^@\s]+@[^@\s]+\.[^@\s]+|https://[^\s]+)$`)
	validPushHost    = regexp.MustCompile(`^\.?[a-z0-9-]+(\.[a-z0-9-]+)*\.[a-z][a-z0-9-]*$`)
	validApplication = regexp.MustCompile(`^arn:aws[a-z-]*:sns:[a-z0-9-]+:[0-9]{12}:app/[A-Z_]+/[A-Za-z0-9_.-]+$`)
)

// loadConfig reads the context through lookup, which returns nil for a key that is not set. Its errors name the key.
func loadConfig(lookup func(key string) any) (config, error) {
	var failed, err error
	text := func(key, fallback string) string {
		switch value := lookup(key).(type) {
		case nil:
			return fallback
		case string:
			if value == "" {
				return fallback
			}
			return value
		default:
			failed = fmt.Errorf("context %s: want a string, got %T", key, value)
			return fallback
		}
	}
	c := config{
		stage:    text("stage", "prod"),
		issuer:   text("issuer", ""),
		audience: text("audience", topology.Name),
		zips:     text("zips", "build/functions"),

		alarmEmail: text("alarmEmail", ""), domain: text("domain", ""), certificate: text("certificate", ""),
		origins: list(text("origins", "")), conversations: text("conversations", ""), epoch: text("epoch", ""),
		kms: list(text("kms", "")), pushHosts: list(text("pushHosts", "")),
		vapidKey: text("vapidPublicKey", ""), vapidSubject: text("vapidSubject", ""),
		webACL: text("webAcl", ""), web: text("web", "clients/web/dist"), webConnect: list(text("webConnect", "")),
		webDomain: text("webDomain", ""), webCertificate: text("webCertificate", ""),
	}
	choice := func(key string, fallback bool) bool {
		switch value := text(key, ""); value {
		case "":
			return fallback
		case "true", "false":
			return value == "true"
		default:
			failed = fmt.Errorf("context %s: true or false", key)
			return fallback
		}
	}
	c.reserve = choice("reserve", c.production())
	c.lock, c.edge, c.firewall, c.accessLog = choice("lock", false), choice("edge", false), choice("firewall", false), choice("accessLog", false)
	if c.traces, err = strconv.ParseFloat(text("traces", "0"), 64); err != nil || c.traces < 0 || c.traces > 1 {
		return config{}, errors.New("context traces: a number from 0 to 1")
	}
	if c.edgeKey, err = strconv.Atoi(text("edgeKey", "1")); err != nil || c.edgeKey < 1 {
		return config{}, errors.New("context edgeKey: a number from 1")
	}
	c.canary = choice("canary", c.production() && c.alarmEmail != "")
	keys := ""
	if c.issuer != "" {
		keys = strings.TrimSuffix(c.issuer, "/") + "/.well-known/jwks.json"
	}
	c.jwks = text("jwksUrl", keys)
	pairs := list(text("pushApplications", ""))
	if failed != nil {
		return config{}, failed
	}
	for _, pair := range pairs {
		platform, arn, _ := strings.Cut(pair, "=")
		c.push = append(c.push, pushApplication{platform, arn})
	}
	return c, c.validate()
}

// list splits at commas, and gives none for the empty string.
func list(text string) []string {
	var items []string
	for item := range strings.SplitSeq(text, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func (c config) validate() error {
	if !validStage.MatchString(c.stage) {
		return fmt.Errorf("context stage: %q is not a lower-case name of up to 20 letters, digits and hyphens", c.stage)
	}
	for _, set := range []struct{ key, url string }{{"issuer", c.issuer}, {"jwksUrl", c.jwks}} {
		if c.issuer == cognito {
			continue // the user pool says
		}
		if u, err := url.Parse(set.url); set.url != "" && (err != nil || u.Scheme != "https" || u.Host == "") {
			return fmt.Errorf("context %s: %q is not an https URL", set.key, set.url)
		}
	}
	for _, origin := range c.origins {
		if !isOrigin(origin) {
			return fmt.Errorf("context origins: %q is not an origin such as https://app.example.com", origin)
		}
	}
	if (c.domain == "") != (c.certificate == "") {
		return errors.New("context domain and certificate: both or neither")
	}
	if err := c.validateEdge(); err != nil {
		return err
	}
	if c.domain != "" && (!validDomain.MatchString(c.domain) || !validCertificate.MatchString(c.certificate)) {
		return fmt.Errorf("context domain: %q and the certificate %q are not a host name and an ARN of ACM", c.domain, c.certificate)
	}
	if c.alarmEmail != "" && !validEmail.MatchString(c.alarmEmail) {
		return fmt.Errorf("context alarmEmail: %q is not an address", c.alarmEmail)
	}
	if c.canary && c.alarmEmail == "" {
		return errors.New("context canary: needs alarmEmail, because alarms turn it back")
	}
	if (c.conversations == "") != (c.epoch == "") {
		return errors.New("context conversations and epoch: both or neither")
	}
	if c.conversations != "" && (!validTable.MatchString(c.conversations) || !validEpoch.MatchString(c.epoch)) {
		return fmt.Errorf("context conversations: %q and the epoch %q are not a table and a time in Unix seconds", c.conversations, c.epoch)
	}
	for i, class := range c.kms {
		if !slices.Contains(dataClasses, class) || slices.Contains(c.kms[:i], class) {
			return fmt.Errorf("context kms: %q is not one of %s, each once", class, strings.Join(dataClasses, ", "))
		}
	}
	if (c.vapidKey == "") != (c.vapidSubject == "") {
		return errors.New("context vapidPublicKey and vapidSubject: both or neither")
	}
	if c.vapidKey != "" && (!validVapidKey.MatchString(c.vapidKey) || !validSubject.MatchString(c.vapidSubject)) {
		return fmt.Errorf("context vapidPublicKey: %q and the subject %q are not a public key of make vapid and a mailto: or https: URL", c.vapidKey, c.vapidSubject)
	}
	for _, host := range c.pushHosts {
		if !validPushHost.MatchString(host) { // no address, so nothing inside of the cloud
			return fmt.Errorf("context pushHosts: %q is not a host name", host)
		}
	}
	seen := map[string]bool{}
	for _, a := range c.push {
		if a.platform == "" || seen[a.platform] || !validApplication.MatchString(a.arn) {
			return fmt.Errorf("context pushApplications: %q is not a platform and the ARN of its SNS platform application", a.platform+"="+a.arn)
		}
		seen[a.platform] = true
	}
	return nil
}

// validateEdge checks what is before the API and the web app.
func (c config) validateEdge() error {
	switch {
	case c.lock && (c.domain == "" || c.edge):
		return errors.New("context lock: needs a domain that leads to the API, without an edge between")
	case c.edge && (c.domain == "" || c.webACL == ""):
		return errors.New("context edge: needs domain, certificate and webAcl; make firewall STAGE=… makes the last")
	case c.edge && !strings.Contains(c.certificate, ":acm:"+firewallRegion+":"):
		return fmt.Errorf("context certificate: CloudFront takes certificates of %s only", firewallRegion)
	case c.webACL != "" && !validACL.MatchString(c.webACL):
		return fmt.Errorf("context webAcl: %q is not the ARN of a global web ACL", c.webACL)
	case (c.webDomain == "") != (c.webCertificate == ""):
		return errors.New("context webDomain and webCertificate: both or neither")
	case c.webDomain != "" && (!validDomain.MatchString(c.webDomain) || !validCertificate.MatchString(c.webCertificate) ||
		!strings.Contains(c.webCertificate, ":acm:"+firewallRegion+":")):
		return fmt.Errorf("context webDomain: %q and the certificate %q are not a host name and an ARN of ACM in %s", c.webDomain, c.webCertificate, firewallRegion)
	}
	for _, origin := range c.webConnect {
		if !isOrigin(origin) {
			return fmt.Errorf("context webConnect: %q is not an origin such as https://login.example.com", origin)
		}
	}
	return nil
}

// isOrigin reports whether a text is the origin of one host, without a path.
func isOrigin(text string) bool {
	u, err := url.Parse(text)
	return err == nil && u.Host != "" && text == u.Scheme+"://"+u.Host && !strings.ContainsAny(text, "*; ,")
}

// off is the value of the context key "web" that leaves the web app out.
const off = "off"

// findWeb fails when the web app has not been built yet, and says how to.
func (c config) findWeb() error {
	if c.web == off {
		return nil
	}
	if _, err := os.Stat(filepath.Join(c.web, "index.html")); err != nil {
		return fmt.Errorf("the web app is not built, run make web, or leave it out with -c web=off: %w", err)
	}
	return nil
}

// findZips fails when the code of a function has not been built yet, and says how to.
func (c config) findZips() error {
	for _, f := range topology.Functions {
		if _, err := os.Stat(c.zip(f.Name)); err != nil {
			return fmt.Errorf("the code of function %s is not built, run make zips: %w", f.Name, err)
		}
	}
	return nil
}

// zip is the path of a function's code.
func (c config) zip(function string) string { return filepath.Join(c.zips, function+".zip") }

// production reports whether the stage holds data that must outlive its stack.
func (c config) production() bool { return c.stage == "prod" }

// setting is the value of a variable that a function reads besides those of its resources.
func (c config) setting(env string) string {
	switch env {
	case topology.EnvIssuer:
		return c.issuer
	case topology.EnvAudience:
		return c.audience
	case topology.EnvJWKS:
		return c.jwks
	case topology.EnvEpoch:
		return c.epoch
	case topology.EnvVapidPublic:
		return c.vapidKey
	case topology.EnvVapidSubject:
		return c.vapidSubject
	case topology.EnvPushHosts:
		return strings.Join(c.pushHosts, ",")
	case topology.EnvOrigins:
		return strings.Join(c.origins, ",")
	}
	panic("topology names the setting " + env + ", which infra has no value for")
}

// parameter is the name of a parameter of this stage, or nothing if the deployer has not chosen to make it.
func (c config) parameter(p topology.Parameter) string {
	if c.vapidKey == "" {
		return ""
	}
	return "/" + topology.Name + "/" + c.stage + "/" + p.Name
}

// pushApplications is the push platforms as functions read them.
func (c config) pushApplications() string {
	var pairs []string
	for _, a := range c.push {
		pairs = append(pairs, a.platform+"="+a.arn)
	}
	return strings.Join(pairs, ",")
}
