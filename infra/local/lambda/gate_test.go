package lambda_test

import (
	"bufio"
	"net"
	"strings"
	"testing"
	"time"
)

// gate is the other side of the functions that connect to the address in GATE. A connection proves that a function runs,
// its end that the process is gone.
type gate struct {
	net.Listener
	t *testing.T
}

func newGate(t *testing.T) gate {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return gate{listener, t}
}

// env is the variable that tells a function where the gate is.
func (g gate) env() string { return "GATE=" + g.Addr().String() }

// arrival waits for the next function and returns the line it sends.
func (g gate) arrival() (conn net.Conn, line string) {
	g.t.Helper()
	conn = g.accept()
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err != nil {
		g.t.Fatal(err)
	}
	return conn, strings.TrimSpace(line)
}

func (g gate) accept() net.Conn {
	g.t.Helper()
	if err := g.Listener.(*net.TCPListener).SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		g.t.Fatal(err)
	}
	conn, err := g.Accept()
	if err != nil {
		g.t.Fatal("no function arrived: ", err)
	}
	g.t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// wantGone waits until the process at the other end has ended.
func wantGone(t *testing.T, conn net.Conn) {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 4096)
	for {
		if _, err := conn.Read(buffer); err != nil {
			if timeout, ok := err.(net.Error); ok && timeout.Timeout() {
				t.Fatal("the process lives on")
			}
			return
		}
	}
}
