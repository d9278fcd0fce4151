package apigateway

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"sync/atomic"
	"time"
)

// idBytes is the size of every id: 11 bytes are 16 characters of padded URL-safe base64 (aws.md 1.4).
const idBytes = 11

// idTail is the end that the ids of a connection's messages share with the id of the connection (aws.md 1.4). It covers the
// last four bytes in the recorded events.
type idTail [4]byte

// idSource makes ids that are unique within a process: four bytes of time, three of a counter, four of tail.
type idSource struct{ counter atomic.Uint32 }

func newIDSource() *idSource {
	var seed [4]byte
	rand.Read(seed[:]) // never fails, see crypto/rand
	s := &idSource{}
	s.counter.Store(binary.BigEndian.Uint32(seed[:]))
	return s
}

// newTail returns a random tail.
func newTail() (t idTail) {
	rand.Read(t[:])
	return t
}

// next returns a new id that ends with tail. The recorded ids grow by one about every 100 ms in their first five characters.
func (s *idSource) next(now time.Time, tail idTail) string {
	var id [idBytes]byte
	binary.BigEndian.PutUint32(id[0:], uint32(now.UnixMilli()/100)) // wraps after 13 years
	count := s.counter.Add(1)
	id[4], id[5], id[6] = byte(count>>16), byte(count>>8), byte(count)
	copy(id[7:], tail[:])
	return base64.URLEncoding.EncodeToString(id[:])
}

// wellFormedID reports whether s could be the id of a connection; the service answers 400 if not and 410 if it is of none.
func wellFormedID(s string) bool {
	raw, err := base64.URLEncoding.DecodeString(s)
	return err == nil && len(raw) == idBytes
}
