package clienttest

import (
	"crypto/sha256"
	"io"
	"net/http"

	"github.com/parley-im/parley/pkg/chat"
)

// transfer is the object store: it takes exactly what was signed, once.
func (s *Server) transfer(w http.ResponseWriter, r *http.Request) {
	content, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	o, ok := s.media[chat.MediaID(r.PathValue("id"))]
	if !ok || (r.Method == http.MethodGet) != o.uploaded {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	if r.Method == http.MethodGet {
		w.Header().Set("Content-Type", o.kind)
		_, _ = w.Write(o.content)
		return
	}
	sum := sha256.Sum256(content)
	if r.Header.Get("Content-Type") != o.kind || r.Header.Get("X-Amz-Checksum-Sha256") != o.sha256 ||
		digest(sum[:]) != o.sha256 || r.ContentLength != o.size {
		w.WriteHeader(http.StatusForbidden)
		_, _ = io.WriteString(w, "<Error><Code>SignatureDoesNotMatch</Code></Error>")
		return
	}
	o.content, o.uploaded = content, true
}
