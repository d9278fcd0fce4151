package apigateway_test

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/infra/local/apigateway"
)

// aws.md 1.1, 2 and 5.1.10: a message is billed per started 32 KB in each direction, and a connection by its time.
func TestUsageIsWhatTheServiceWouldBill(t *testing.T) {
	const kb = 1024
	connect, connects := records()
	disconnect, disconnects := records()
	a := mocks("ping")
	a.Routes = append(a.Routes, api("$connect", "$disconnect", "large").Routes...)
	a.Routes = append(a.Routes, apigateway.Route{Key: "oneway", Mock: &apigateway.Mock{Body: "dropped"}})
	a.Routes[3].Response = true
	r := serve(t, a, map[string]handler{
		"$connect": connect, "$disconnect": disconnect, "large": ok(strings.Repeat("x", 64*kb+1)),
	})
	first := r.dial()
	id := contextOf(t, next(t, connects), "connectionId")
	r.clock.Advance(time.Minute)
	second := r.dial()
	next(t, connects)

	first.send(`{"action":"ping"}`)
	first.receive()
	first.fragments([]byte(`{"action":"ping","x":"`+strings.Repeat("x", 32*kb)+`"}`), 32*kb)
	first.receive()
	first.send(`{"action":"large"}`)
	first.receive()
	first.send(`{"action":"oneway"}`)
	first.send(`{"action":"none"}`)
	errorFrame(t, first.receive())
	for _, size := range []int{0, 32 * kb, 32*kb + 1} {
		r.post(id, strings.Repeat("x", size))
		first.receive()
	}
	r.post("R1kmxc2VNjMCFIA=", "x") // gone: not billed

	r.clock.Advance(2 * time.Minute)
	second.socket.CloseNow()
	next(t, disconnects)
	r.clock.Advance(3 * time.Minute)

	got := r.gateway.Usage()
	want := apigateway.Usage{
		Connects: 2, Disconnects: 1, ConnectionTime: 6*time.Minute + 2*time.Minute,
		Inbound:     map[string]apigateway.Traffic{"ping": {Messages: 2, Units: 3}, "large": {Messages: 1, Units: 1}, "oneway": {Messages: 1, Units: 1}},
		Outbound:    map[string]apigateway.Traffic{"ping": {Messages: 2, Units: 2}, "large": {Messages: 1, Units: 3}},
		Posts:       apigateway.Traffic{Messages: 3, Units: 4},
		ErrorFrames: 1,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}
