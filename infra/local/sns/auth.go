package sns

import (
	"net/http"
	"strings"
)

// authorize requires a Signature Version 4 header with our access key, region and service; whether the signature is right is
// for the Verify of the Config to say.
func (s *Service) authorize(r *http.Request) error {
	header := r.Header.Get("Authorization")
	if header == "" {
		return failf(MissingAuthenticationToken, "Request is missing Authentication Token")
	}
	fields, ok := strings.CutPrefix(header, "AWS4-HMAC-SHA256 ")
	if !ok {
		return failf(SignatureDoesNotMatch, "Authorization header requires the algorithm AWS4-HMAC-SHA256.")
	}
	part := map[string]string{}
	for field := range strings.SplitSeq(fields, ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(field), "=")
		part[name] = value
	}
	scope := strings.Split(part["Credential"], "/") // key / date / region / service / aws4_request
	if len(scope) != 5 || part["SignedHeaders"] == "" || part["Signature"] == "" {
		return failf(SignatureDoesNotMatch, "Authorization header requires 'Credential', 'SignedHeaders' and 'Signature' parameters.")
	}
	if s.cfg.AccessKey != "" && scope[0] != s.cfg.AccessKey {
		return failf(InvalidClientTokenID, "The security token included in the request is invalid.")
	}
	if scope[2] != s.cfg.Region || scope[3] != "sns" || scope[4] != "aws4_request" {
		return failf(SignatureDoesNotMatch, "Credential should be scoped to %s/sns/aws4_request.", s.cfg.Region)
	}
	if s.cfg.Verify == nil {
		return nil
	}
	if err := s.cfg.Verify(r); err != nil {
		return failf(SignatureDoesNotMatch, "%v", err)
	}
	return nil
}
