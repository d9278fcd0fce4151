package sqs

import (
	"net/http"
	"time"

	"github.com/parley-im/parley/infra/local/sigv4"
)

// refusals are the codes of this service for what can be wrong with a signature.
var refusals = map[sigv4.Kind]Code{
	sigv4.Missing:    MissingAuthenticationToken,
	sigv4.Incomplete: SignatureDoesNotMatch,
	sigv4.Unknown:    InvalidClientTokenID,
	sigv4.Invalid:    SignatureDoesNotMatch,
}

// authorize lets in who signed the request with a key that the Config knows. The age of a signature goes by the machine's
// clock, because the signer's does.
func (s *Service) authorize(r *http.Request, body []byte) error {
	if s.verifier == nil {
		return nil
	}
	if wrong := s.verifier.Verify(r, body, time.Now()); wrong != nil {
		return failf(refusals[wrong.Kind], "%s", wrong.Message)
	}
	return nil
}
