package apigateway

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"testing"
)

// clientFrame encodes a masked frame whose mask is zero.
func clientFrame(opcode byte, fin bool, size int) []byte {
	b := []byte{opcode}
	if fin {
		b[0] |= 0x80
	}
	switch {
	case size < 126:
		b = append(b, 0x80|byte(size))
	case size < 1<<16:
		b = binary.BigEndian.AppendUint16(append(b, 0x80|126), uint16(size))
	default:
		b = binary.BigEndian.AppendUint64(append(b, 0x80|127), uint64(size))
	}
	return append(b, make([]byte, 4+size)...)
}

// pieces is a connection that yields a stream in pieces of at most size bytes.
type pieces struct {
	net.Conn
	stream []byte
	size   int
}

func (p *pieces) Read(b []byte) (int, error) {
	if len(p.stream) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.stream[:min(p.size, len(p.stream))])
	p.stream = p.stream[n:]
	return n, nil
}

// aws.md 1.1: a frame of 32 KB is the largest. What was complete before a larger one still counts, and the client's close frame
// ends what is swallowed after it.
func TestFrameConnStopsBeforeTheFrameThatIsTooBig(t *testing.T) {
	const limit = 32 * 1024
	allowed := bytes.Join([][]byte{
		clientFrame(1, true, 0), clientFrame(1, false, 125), clientFrame(9, true, 3), clientFrame(0, true, 126), clientFrame(1, true, limit),
	}, nil)
	stream := bytes.Join([][]byte{allowed, clientFrame(1, true, limit+1), clientFrame(1, true, 5), clientFrame(8, true, 2), []byte("more")}, nil)
	for _, size := range []int{1, 2, 7, 1000, 2048, len(stream)} {
		conn := &frameConn{Conn: &pieces{stream: bytes.Clone(stream), size: size}, limit: limit}
		got, err := io.ReadAll(conn)
		// Part of the header of the large frame may have been passed on: nobody can act on it.
		if !errors.Is(err, errFrameTooBig) || !bytes.HasPrefix(got, allowed) || len(got) > len(allowed)+9 {
			t.Errorf("pieces of %d: read %d bytes and %v, want %d and %v", size, len(got), err, len(allowed), errFrameTooBig)
		}
		if rest, err := io.ReadAll(conn); len(rest) != 0 || err != nil {
			t.Errorf("pieces of %d: read %d bytes and %v after the failure, want the end", size, len(rest), err)
		}
	}
}

func TestFrameConnYieldsWhatWasReadAhead(t *testing.T) {
	whole := clientFrame(1, true, 10)
	conn := &frameConn{Conn: &pieces{stream: whole[4:], size: 100}, ahead: whole[:4], limit: 10}
	if got, err := io.ReadAll(conn); err != nil || !bytes.Equal(got, whole) {
		t.Errorf("read %x, %v; want %x", got, err, whole)
	}
}

// FuzzFrameScanner checks that the frames found do not depend on how the stream is cut.
func FuzzFrameScanner(f *testing.F) {
	f.Add(clientFrame(1, true, 5), uint8(1))
	f.Add(append(clientFrame(1, false, 130), clientFrame(0, true, 70000)[:20]...), uint8(13))
	f.Add([]byte{0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0}, uint8(3))
	f.Add([]byte{0x89, 0x00, 0x88, 0x02}, uint8(2))
	f.Fuzz(func(t *testing.T, stream []byte, cut uint8) {
		whole, pieces := scan(stream, len(stream)), scan(stream, int(cut)+1)
		if len(whole) != len(pieces) {
			t.Fatalf("%d frames in one piece, %d in pieces of %d", len(whole), len(pieces), cut)
		}
		for i := range whole {
			if whole[i] != pieces[i] {
				t.Errorf("frame %d is %v in one piece and %v in pieces of %d", i, whole[i], pieces[i], cut)
			}
		}
	})
}

func scan(stream []byte, size int) (frames []frame) {
	var s frameScanner
	for len(stream) > 0 {
		piece := stream[:min(size, len(stream))]
		stream = stream[len(piece):]
		for len(piece) > 0 {
			n, f, ok := s.next(piece)
			if ok {
				frames = append(frames, f)
			}
			piece = piece[n:]
		}
	}
	return frames
}
