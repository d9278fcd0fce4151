package apigateway_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/coder/websocket"

	"github.com/parley-im/parley/infra/local/apigateway"
)

// benchGateway serves a on the machine's clock without throttles, and hands over the id of each connection.
func benchGateway(b *testing.B, a apigateway.API, o apigateway.Options) (*httptest.Server, <-chan string) {
	b.Helper()
	ids := make(chan string, 1)
	a.Routes = append(a.Routes, apigateway.Route{Key: "$connect", Function: "connect"})
	a.Limits.ConnectsPerSecond, a.Limits.RequestsPerSecond, a.Limits.RequestBurst = 1e6, 1e8, 1e8
	connect := func(_ context.Context, _ string, payload []byte) (apigateway.Result, error) {
		id := payload[bytes.Index(payload, []byte(`"connectionId":"`))+16:]
		ids <- string(id[:16])
		return apigateway.Result{Payload: []byte(`{"statusCode":200}`)}, nil
	}
	g, err := apigateway.New(a, connect, o)
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(g)
	b.Cleanup(func() {
		if err := g.Close(context.Background()); err != nil {
			b.Error(err)
		}
		server.Close()
	})
	return server, ids
}

// BenchmarkIdleConnection reports what an idle connection holds in the gateway's process: heap and stacks. The target is
// 10,000 with less than 30 KB each: run it with -benchtime 10000x. The clients are in a process of their own, because the two
// ends of so many sockets are more files than a process may open.
func BenchmarkIdleConnection(b *testing.B) {
	server, ids := benchGateway(b, api(), apigateway.Options{})
	before := inUse()
	hold(b, server.Listener.Addr().String(), b.N)
	for range b.N {
		<-ids
	}
	b.ReportMetric(float64(inUse()-before)/float64(b.N), "B/conn")
}

// holdEnv makes the test binary hold connections: an address and how many.
const holdEnv = "APIGATEWAY_HOLD"

// hold opens n connections from another process, which keeps them until the benchmark ends.
func hold(b *testing.B, address string, n int) {
	b.Helper()
	holder := exec.Command(os.Args[0], "-test.run=^TestHoldConnections$")
	holder.Env = append(os.Environ(), fmt.Sprintf("%s=%s %d", holdEnv, address, n))
	until, err := holder.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		_ = until.Close()
		_ = holder.Wait()
	})
}

// TestHoldConnections is the other process of BenchmarkIdleConnection.
func TestHoldConnections(t *testing.T) {
	var address string
	var n int
	if _, err := fmt.Sscan(os.Getenv(holdEnv), &address, &n); err != nil {
		t.Skip("only a part of BenchmarkIdleConnection")
	}
	for range n {
		rawDial(t, address)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
}

func inUse() uint64 {
	runtime.GC()
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc + m.StackInuse
}

// BenchmarkMockMessage is one message to a MOCK route and its route response. The target is 5,000 per second.
func BenchmarkMockMessage(b *testing.B) {
	a := api()
	a.Routes = []apigateway.Route{{Key: "ping", Mock: &apigateway.Mock{Body: `{"event":"pong"}`}, Response: true}}
	server, ids := benchGateway(b, a, apigateway.Options{})
	clients := make(chan *websocket.Conn, 64)
	for range cap(clients) {
		c, _, err := websocket.Dial(context.Background(), "ws"+server.URL[len("http"):]+"/local", nil)
		if err != nil {
			b.Fatal(err)
		}
		<-ids
		b.Cleanup(func() { c.CloseNow() })
		clients <- c
	}
	b.SetParallelism(cap(clients) / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		c := <-clients
		for pb.Next() {
			if err := c.Write(context.Background(), websocket.MessageText, []byte(`{"action":"ping"}`)); err != nil {
				b.Error(err)
				return
			}
			if _, _, err := c.Read(context.Background()); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "msg/s")
}

// BenchmarkPost is one signed POST to one of 1,000 connections, by HTTP and up to the client's socket. The target is 10,000
// per second on two cores.
func BenchmarkPost(b *testing.B) {
	const connections = 1000
	server, ids := benchGateway(b, api(), apigateway.Options{Secret: func(string) (string, bool) { return "secret", true }})
	var readers sync.WaitGroup
	headers := make([]http.Header, connections)
	targets := make([]*url.URL, connections)
	message := []byte(`{"event":"message","body":{"text":"hello"}}`)
	sum := sha256.Sum256(message)
	for i := range connections {
		conn := rawDial(b, server.Listener.Addr().String())
		readers.Go(func() { io.Copy(io.Discard, conn) })
		req, err := http.NewRequest(http.MethodPost, server.URL+"/local/@connections/"+url.QueryEscape(<-ids), bytes.NewReader(message))
		if err != nil {
			b.Fatal(err)
		}
		err = v4.NewSigner().SignHTTP(context.Background(), aws.Credentials{AccessKeyID: "key", SecretAccessKey: "secret"}, req,
			hex.EncodeToString(sum[:]), "execute-api", "eu-west-1", time.Now())
		if err != nil {
			b.Fatal(err)
		}
		headers[i], targets[i] = req.Header, req.URL
	}
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.Cleanup(client.CloseIdleConnections)
	var turn atomic.Int64
	b.SetParallelism(32 / runtime.GOMAXPROCS(0))
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			i := int(turn.Add(1)) % connections
			req := &http.Request{
				Method: http.MethodPost, URL: targets[i], Header: headers[i],
				Body: io.NopCloser(bytes.NewReader(message)), ContentLength: int64(len(message)),
			}
			resp, err := client.Do(req)
			if err != nil {
				b.Error(err)
				return
			}
			io.Copy(io.Discard, resp.Body)
			resp.Body.Close()
			if resp.StatusCode != http.StatusOK {
				b.Errorf("status %d", resp.StatusCode)
				return
			}
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}
