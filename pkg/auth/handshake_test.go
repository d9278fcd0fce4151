package auth_test

import (
	"errors"
	"testing"

	"github.com/parley-im/parley/pkg/auth"
)

// verdict of a handshake.
type verdict string

const (
	allowed       verdict = "allowed"
	refused       verdict = "refused"
	foreignOrigin verdict = "foreign origin"
)

func judge(t *testing.T, r *rig, h auth.Handshake) verdict {
	t.Helper()
	_, err := r.Authorize(t.Context(), h)
	no, ok := errors.AsType[*auth.Refused](err)
	switch {
	case err == nil:
		return allowed
	case !ok:
		t.Fatal(err)
	case no.Origin:
		return foreignOrigin
	}
	return refused
}

func TestWhereTheTokenMayBe(t *testing.T) {
	token := ec().sign(t, nil, claims(nil))
	other := newEC("ec-1").sign(t, nil, claims(nil))
	for name, test := range map[string]struct {
		handshake auth.Handshake
		want      verdict
	}{
		"header":                            {auth.Handshake{Authorization: "Bearer " + token, Protocols: "parley.v1"}, allowed},
		"header in lower case":              {auth.Handshake{Authorization: "bearer " + token, Protocols: "parley.v1"}, allowed},
		"header with spaces":                {auth.Handshake{Authorization: "Bearer   " + token + " ", Protocols: "parley.v1"}, allowed},
		"header of a browser":               {auth.Handshake{Authorization: "Bearer " + token, Protocols: "parley.v1", Origin: origin}, allowed},
		"subprotocol":                       {auth.Handshake{Protocols: "parley.v1, bearer." + token, Origin: origin}, allowed},
		"subprotocol without a space":       {auth.Handshake{Protocols: "parley.v1,bearer." + token, Origin: origin}, allowed},
		"subprotocol first":                 {auth.Handshake{Protocols: "bearer." + token + ",  parley.v1", Origin: origin}, allowed},
		"subprotocol beside a Basic header": {auth.Handshake{Authorization: "Basic YTpi", Protocols: "parley.v1, bearer." + token, Origin: origin}, allowed},
		"subprotocol without an origin":     {auth.Handshake{Protocols: "parley.v1, bearer." + token}, refused},
		"nowhere":                           {auth.Handshake{Protocols: "parley.v1", Origin: origin}, refused},
		"header without a scheme":           {auth.Handshake{Authorization: token, Protocols: "parley.v1"}, refused},
		"header of another scheme":          {auth.Handshake{Authorization: "Basic " + token, Protocols: "parley.v1"}, refused},
		"an empty header":                   {auth.Handshake{Authorization: "Bearer ", Protocols: "parley.v1"}, refused},
		"two in the header":                 {auth.Handshake{Authorization: "Bearer " + token + " " + token, Protocols: "parley.v1"}, refused},
		"an empty subprotocol":              {auth.Handshake{Protocols: "parley.v1, bearer.", Origin: origin}, refused},
		"a bad header hides a good one":     {auth.Handshake{Authorization: "Bearer " + other, Protocols: "parley.v1, bearer." + token, Origin: origin}, refused},
		"no subprotocol":                    {auth.Handshake{Authorization: "Bearer " + token}, refused},
		"only the token":                    {auth.Handshake{Protocols: "bearer." + token, Origin: origin}, refused},
		"another version":                   {auth.Handshake{Authorization: "Bearer " + token, Protocols: "parley.v2"}, refused},
		"a longer version":                  {auth.Handshake{Authorization: "Bearer " + token, Protocols: "parley.v11"}, refused},
		"a version in other letters":        {auth.Handshake{Authorization: "Bearer " + token, Protocols: "Parley.v1"}, refused},
		"this version among others":         {auth.Handshake{Authorization: "Bearer " + token, Protocols: "mqtt, parley.v2, parley.v1"}, allowed},
	} {
		t.Run(name, func(t *testing.T) {
			if got := judge(t, newRig(t), test.handshake); got != test.want {
				t.Errorf("%s, want %s", got, test.want)
			}
		})
	}
}

func TestOriginsAreComparedExactly(t *testing.T) {
	token := ec().sign(t, nil, claims(nil))
	for _, foreign := range []string{
		"https://evil.example.com", "null", "https://app.example.com.evil.com", "https://evil-app.example.com", "https://app.example.co",
		"http://app.example.com", "https://app.example.com:8443", "https://app.example.com/", "https://APP.example.com",
		"https://app.example.com@evil.com", "https://evil.com#https://app.example.com", " https://app.example.com",
		"https://app.example.com, https://evil.com", "https://evil.com, https://app.example.com", "https://app.example.com\x00", "*", "file://",
	} {
		r := newRig(t)
		// A good token changes nothing, wherever it is: a page may have been given one.
		for _, h := range []auth.Handshake{
			{Authorization: "Bearer " + token, Protocols: "parley.v1", Origin: foreign},
			{Protocols: "parley.v1, bearer." + token, Origin: foreign},
		} {
			if got := judge(t, r, h); got != foreignOrigin {
				t.Errorf("%q: %s", foreign, got)
			}
		}
		if n := r.requests.Load(); n != 0 {
			t.Errorf("%q: %d requests to the issuer", foreign, n)
		}
	}
}

func TestWhichOriginsAreOnTheList(t *testing.T) {
	token := ec().sign(t, nil, claims(nil))
	for _, test := range []struct {
		list   []string
		origin string
		want   verdict
	}{
		{nil, origin, foreignOrigin},
		{[]string{"https://a.example", "https://b.example"}, "https://b.example", allowed},
		{[]string{"https://a.example", "https://b.example"}, "https://c.example", foreignOrigin},
		{[]string{"*"}, "https://anything.example", allowed},
		{[]string{"*"}, "null", allowed},
		{[]string{"https://*.example.com"}, "https://a.example.com", foreignOrigin}, // a star is a star only alone
	} {
		r := newRig(t)
		r.Origins = test.list
		if got := judge(t, r, auth.Handshake{Protocols: "parley.v1, bearer." + token, Origin: test.origin}); got != test.want {
			t.Errorf("%q on %v: %s, want %s", test.origin, test.list, got, test.want)
		}
	}
}

// Even if every origin may connect, one must be there when the token is where browsers put it.
func TestEveryOriginIsNotNoOrigin(t *testing.T) {
	r := newRig(t)
	r.Origins = []string{"*", ""}
	if got := judge(t, r, auth.Handshake{Protocols: "parley.v1, bearer." + ec().sign(t, nil, claims(nil))}); got != refused {
		t.Error(got)
	}
}
