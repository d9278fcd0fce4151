package apigateway

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/http"
)

// errFrameTooBig is what reading a socket returns once its client has begun a frame over the limit.
var errFrameTooBig = errors.New("frame too big")

const opClose = 0x8

// frame is the header of one WebSocket frame, as far as it matters here.
type frame struct {
	opcode byte
	length uint64 // of the payload on the wire: of the compressed one if the frame is compressed
}

// frameScanner finds the frame headers in a byte stream that arrives in pieces (RFC 6455, section 5.2).
type frameScanner struct {
	header  [14]byte
	have    int    // bytes of header so far
	payload uint64 // bytes of the current frame's payload still to come
}

// next reads p up to the end of the next frame header and returns how many bytes that took. It reports false if p ended
// before.
func (s *frameScanner) next(p []byte) (n int, f frame, ok bool) {
	if s.payload >= uint64(len(p)) {
		s.payload -= uint64(len(p))
		return len(p), frame{}, false
	}
	n = int(s.payload)
	s.payload = 0
	for n < len(p) {
		s.header[s.have] = p[n]
		s.have++
		n++
		if size, length := parseFrameHeader(s.header[:s.have]); size == s.have {
			s.have = 0
			s.payload = length
			return n, frame{opcode: s.header[0] & 0xf, length: length}, true
		}
	}
	return n, frame{}, false
}

// parseFrameHeader returns the size of the header that begins with b and, once b holds all of it, the length it announces.
// The size is only a lower bound while b holds less than two bytes.
func parseFrameHeader(b []byte) (size int, length uint64) {
	if len(b) < 2 {
		return 2, 0
	}
	size = 2
	if b[1]&0x80 != 0 {
		size += 4 // the mask
	}
	length = uint64(b[1] & 0x7f)
	switch length {
	case 126:
		if size += 2; len(b) == size {
			length = uint64(binary.BigEndian.Uint16(b[2:]))
		}
	case 127:
		if size += 8; len(b) == size {
			length = binary.BigEndian.Uint64(b[2:])
		}
	}
	return size, length
}

// frameConn is the connection of a socket. It watches the frames that the client sends, because the WebSocket library
// shows messages only and the service's limit is on frames. It passes on what comes before a frame that is too big, fails
// once, and from then on swallows what the client sends up to its close frame: the closing handshake can be made, and the client
// is not reset while it still reads.
type frameConn struct {
	net.Conn
	ahead   []byte // read by the HTTP server already
	scanner frameScanner
	limit   uint64

	tooBig   bool // a frame was over the limit
	reported bool // errFrameTooBig was returned
	closed   bool // the client's close frame came after that
}

// Read is called by one goroutine at a time: the WebSocket library holds a lock.
func (c *frameConn) Read(p []byte) (int, error) {
	for {
		if c.tooBig && !c.reported {
			c.reported = true
			return 0, errFrameTooBig
		}
		if c.closed {
			return 0, io.EOF
		}
		n, err := c.receive(p)
		if keep := c.watch(p[:n]); keep > 0 || err != nil || (!c.tooBig && n == 0) {
			return keep, err
		}
	}
}

func (c *frameConn) receive(p []byte) (int, error) {
	if len(c.ahead) > 0 {
		n := copy(p, c.ahead)
		c.ahead = c.ahead[n:]
		return n, nil
	}
	return c.Conn.Read(p)
}

// watch scans p and returns how much of it comes before the first frame that is too big.
func (c *frameConn) watch(p []byte) (keep int) {
	for done := 0; done < len(p); {
		headerBegan := done
		if c.scanner.have == 0 {
			headerBegan += int(min(c.scanner.payload, uint64(len(p)-done)))
		}
		n, f, ok := c.scanner.next(p[done:])
		done += n
		switch {
		case ok && c.tooBig && f.opcode == opClose:
			c.closed = true
		case ok && !c.tooBig && f.length > c.limit:
			c.tooBig = true
			keep = headerBegan
		case !c.tooBig:
			keep = done
		}
	}
	return keep
}

// frameHijacker gives the WebSocket library a frameConn, and buffers smaller than those of the HTTP server: most connections
// are idle most of the time, and a large message bypasses them anyway.
type frameHijacker struct {
	http.ResponseWriter
	limit int
	conn  *frameConn
}

// Hijack implements http.Hijacker.
func (h *frameHijacker) Hijack() (net.Conn, *bufio.ReadWriter, error) {
	conn, rw, err := http.NewResponseController(h.ResponseWriter).Hijack()
	if err != nil {
		return nil, nil, err
	}
	ahead, _ := rw.Peek(rw.Reader.Buffered()) // cannot fail: it is buffered
	h.conn = &frameConn{Conn: conn, ahead: append([]byte(nil), ahead...), limit: uint64(h.limit)}
	const readBuffer, writeBuffer = 2048, 1024
	return h.conn, bufio.NewReadWriter(bufio.NewReaderSize(h.conn, readBuffer), bufio.NewWriterSize(h.conn, writeBuffer)), nil
}
