package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/issuer"
	"github.com/parley-im/parley/pkg/auth"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/session"
)

const (
	issuerURL = "https://login.example.com"
	origin    = "https://app.example.com"
	methodARN = "arn:aws:execute-api:eu-central-1:123456789012:gy415nuibc/prod/$connect"
)

// gate is the authorizer with an issuer of its own.
type gate struct {
	issuer  *issuer.Issuer
	server  *httptest.Server
	handler any
	logs    *bytes.Buffer
}

func newGate(t *testing.T) *gate {
	t.Helper()
	i, err := issuer.Open(t.TempDir(), issuerURL, "parley", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	g := &gate{issuer: i, server: httptest.NewServer(http.HandlerFunc(i.ServeKeys))}
	t.Cleanup(g.server.Close)
	p, logs := newParts()
	g.logs = logs
	g.handler = authorize(&auth.Authorizer{
		Issuer: issuerURL, Audience: "parley", Origins: []string{origin}, Keys: auth.NewKeys(g.server.URL, g.server.Client(), time.Now),
	}, p.logger)
	return g
}

func (g *gate) token(t *testing.T, c issuer.Claims) string {
	t.Helper()
	token, err := g.issuer.Token(c)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// browser and native are the events of AWS with a token in them.
func browser(t *testing.T, token string) map[string]any {
	v := payload(t, "authorizer.browser")
	at(v, "headers")["Sec-WebSocket-Protocol"] = "parley.v1, bearer." + token
	return v
}

func native(t *testing.T, token string) map[string]any {
	v := payload(t, "authorizer.native")
	at(v, "headers")["Authorization"] = "Bearer " + token
	return v
}

// decide invokes the authorizer.
func (g *gate) decide(t *testing.T, event map[string]any) (map[string]any, error) {
	t.Helper()
	out, err := invoke(t, g.handler, event)
	if err != nil {
		return nil, err
	}
	var v map[string]any
	if err := json.Unmarshal(out, &v); err != nil {
		t.Fatal(err)
	}
	return v, nil
}

func policyOf(effect string) any {
	return map[string]any{
		"Version": "2012-10-17",
		"Statement": []any{map[string]any{
			"Effect": effect, "Action": []any{"execute-api:Invoke"}, "Resource": []any{methodARN},
		}},
	}
}

func TestAGoodTokenGetsAPolicyForItsHandshake(t *testing.T) {
	g := newGate(t)
	token := g.token(t, issuer.Claims{User: "ann", ExpiresIn: 600})
	for name, event := range map[string]map[string]any{"browser": browser(t, token), "native": native(t, token)} {
		before := time.Now()
		got, err := g.decide(t, event)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got["principalId"] != "ann" || !reflect.DeepEqual(got["policyDocument"], policyOf("Allow")) {
			t.Errorf("%s: %v", name, got)
		}
		// API Gateway hands on texts, so texts are what is given.
		values := at(got, "context")
		expires, _ := values["expires"].(string)
		seconds, err := strconv.ParseInt(expires, 10, 64)
		if err != nil || len(values) != 3 || values["user"] != "ann" || values["device"] != "phone-1" {
			t.Errorf("%s: context %v", name, values)
		}
		if left := time.Unix(seconds, 0).Sub(before); left < 9*time.Minute || left > 11*time.Minute {
			t.Errorf("%s: it expires in %v", name, left)
		}
	}
	if g.logs.Len() > 0 {
		t.Errorf("logs %s", g.logs)
	}
}

// What the authorizer says is what the other functions understand.
func TestTheContextIsWhatIdentityReads(t *testing.T) {
	g := newGate(t)
	got, err := g.decide(t, native(t, g.token(t, issuer.Claims{User: "auth0|ann@example.com"})))
	if err != nil {
		t.Fatal(err)
	}
	var r request
	r.RequestContext.ConnectionID, r.RequestContext.Authorizer = "1", at(got, "context")
	who, err := identity(r)
	if err != nil || who.User != "auth0|ann@example.com" || who.Device != "phone-1" || time.Until(who.Expires) < 50*time.Minute {
		t.Errorf("%+v, %v", who, err)
	}
}

func TestHeadersInAnyCase(t *testing.T) {
	g := newGate(t)
	event := native(t, g.token(t, issuer.Claims{User: "ann"}))
	headers := map[string]any{}
	for name, value := range at(event, "headers") {
		headers[strings.ToLower(name)] = value
	}
	event["headers"] = headers
	if got, err := g.decide(t, event); err != nil || got["principalId"] != "ann" {
		t.Errorf("%v, %v", got, err)
	}
	headers["origin"] = "https://evil.example.com"
	if got, err := g.decide(t, event); err != nil || !reflect.DeepEqual(got["policyDocument"], policyOf("Deny")) {
		t.Errorf("a foreign origin in lower case: %v, %v", got, err)
	}
}

func TestAForeignOriginGetsAPolicyThatDenies(t *testing.T) {
	g := newGate(t)
	event := browser(t, g.token(t, issuer.Claims{User: "ann"}))
	at(event, "headers")["Origin"] = "https://evil.example.com"
	got, err := g.decide(t, event)
	if err != nil || !reflect.DeepEqual(got["policyDocument"], policyOf("Deny")) {
		t.Errorf("%v, %v", got, err)
	}
	if values, ok := got["context"].(map[string]any); got["principalId"] == "ann" || ok && len(values) > 0 {
		t.Errorf("it says who is denied: %v", got)
	}
}

func TestABadTokenIsTheOneErrorThatBecomesA401(t *testing.T) {
	g := newGate(t)
	other, err := issuer.Open(t.TempDir(), issuerURL, "parley", time.Now)
	if err != nil {
		t.Fatal(err)
	}
	foreign, err := other.Token(issuer.Claims{User: "ann"})
	if err != nil {
		t.Fatal(err)
	}
	good := g.token(t, issuer.Claims{User: "ann"})
	noDevice := native(t, good)
	noDevice["queryStringParameters"] = map[string]any{"device": "not a device"}
	for name, event := range map[string]map[string]any{
		"expired":          native(t, g.token(t, issuer.Claims{User: "ann", ExpiresIn: -60})),
		"another audience": browser(t, g.token(t, issuer.Claims{User: "ann", Audience: "other"})),
		"another issuer's": native(t, foreign),
		"no user id":       native(t, g.token(t, issuer.Claims{User: canary + " with spaces"})),
		"garbage":          browser(t, canary),
		"none":             native(t, ""),
		"a bad device":     noDevice,
	} {
		got, err := g.decide(t, event)
		if err == nil || err.Error() != "Unauthorized" || got != nil {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, secret := range append(strings.Split(good, ".")[1:], foreign, canary, "bearer.", "evil") {
		if strings.Contains(g.logs.String(), secret) {
			t.Errorf("the logs hold %s: %s", secret, g.logs)
		}
	}
	if lines := strings.Count(g.logs.String(), `"level":"INFO"`); lines != 7 {
		t.Errorf("%d refusals are logged: %s", lines, g.logs)
	}
}

// A client must not throw its token away because the issuer does not answer: 500, not 401.
func TestAnIssuerThatDoesNotAnswerIsNotARefusal(t *testing.T) {
	g := newGate(t)
	token := g.token(t, issuer.Claims{User: "ann"})
	g.server.Close()
	got, err := g.decide(t, native(t, token))
	if err == nil || err.Error() == "Unauthorized" || got != nil {
		t.Errorf("%v, %v", got, err)
	}
	if !strings.Contains(g.logs.String(), `"level":"ERROR"`) || strings.Contains(g.logs.String(), token) {
		t.Errorf("logs %s", g.logs)
	}
}

// port lets register stand for all of chat.Sessions and chat.Presences.
type port interface {
	chat.Sessions
	chat.Presences
}

// register notes who comes and goes.
type register struct {
	port
	did []string
	err error
}

func (r *register) Connect(_ context.Context, user chat.UserID, c chat.Connection) (chat.Session, error) {
	r.did = append(r.did, "connect "+string(user)+" "+string(c.Device)+" "+string(c.ID))
	return chat.Session{User: user, Connections: []chat.Connection{c}}, r.err
}

func (r *register) Leave(_ context.Context, user chat.UserID, _ time.Time, id chat.ConnectionID) (chat.Session, error) {
	r.did = append(r.did, "leave "+string(user)+" "+string(id))
	return chat.Session{User: user}, r.err
}

// Announce implements session.Board.
func (r *register) Announce(context.Context, chat.Shown, chat.Session) {}

func TestConnectAnswersTheSubprotocolAndNothingElse(t *testing.T) {
	r := &register{}
	out, err := invoke(t, connect(&session.Keeper{Sessions: r, Presences: r, Board: r, Now: time.Now}), payload(t, "connect"))
	if err != nil {
		t.Fatal(err)
	}
	var got response
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	// The client offered its token in the same list.
	want := map[string]string{"Sec-WebSocket-Protocol": "parley.v1"}
	if got.StatusCode != http.StatusOK || !reflect.DeepEqual(got.Headers, want) || len(got.MultiValueHeaders) > 0 || got.Body != "" {
		t.Errorf("%+v", got)
	}
	if want := []string{"connect ann phone-1 R1kmxc2VNjMCFIA="}; !slices.Equal(r.did, want) {
		t.Errorf("did %v", r.did)
	}
}

func TestAConnectionThatIsNotRecordedIsNotMade(t *testing.T) {
	down := errors.New("down")
	k := &session.Keeper{Sessions: &register{err: down}, Now: time.Now}
	if _, err := invoke(t, connect(k), payload(t, "connect")); !errors.Is(err, down) {
		t.Error(err)
	}
	event := payload(t, "connect")
	delete(at(event, "requestContext"), "authorizer")
	r := &register{}
	out, err := invoke(t, connect(&session.Keeper{Sessions: r, Presences: r, Board: r, Now: time.Now}), event)
	if err != nil || !strings.Contains(string(out), `"statusCode":401`) || len(r.did) != 0 {
		t.Errorf("without an identity: %s, %v, did %v", out, err, r.did)
	}
}

func TestDisconnectForgetsTheConnection(t *testing.T) {
	r := &register{}
	handler := disconnect(&session.Keeper{Sessions: r, Presences: r, Board: r, Now: time.Now})
	event := payload(t, "disconnect")
	if _, err := invoke(t, handler, event); err != nil || !slices.Equal(r.did, []string{"leave ann R1kmxc2VNjMCFIA="}) {
		t.Errorf("%v, did %v", err, r.did)
	}
	// Also when the token has expired meanwhile: that is often why.
	expire(event, time.Now().Add(-time.Hour))
	if _, err := invoke(t, handler, event); err != nil || len(r.did) != 2 {
		t.Errorf("%v, did %v", err, r.did)
	}
	delete(at(event, "requestContext"), "authorizer")
	if _, err := invoke(t, handler, event); err != nil || len(r.did) != 2 {
		t.Errorf("without an identity: %v, did %v", err, r.did)
	}
}
