// Package ssm stands in for the Parameter Store of AWS Systems Manager, as far as functions use it: GetParameter of
// SecureStrings, in the AWS JSON 1.1 protocol.
package ssm

import (
	"encoding/json"
	"io"
	"net/http"
	"time"

	"github.com/parley-im/parley/infra/local/sigv4"
)

// maxRequest is far above the size of any request, in bytes.
const maxRequest = 64 << 10

// Config says what there is.
type Config struct {
	Region, Account string
	// Secret returns the secret key of an access key; nil lets everybody in.
	Secret func(accessKey string) (string, bool)
	// Parameters are the values of SecureStrings by name.
	Parameters map[string]string
}

// Service answers requests. It is safe for concurrent use.
type Service struct {
	cfg      Config
	since    time.Time
	verifier *sigv4.Verifier
}

// New returns a service with its parameters.
func New(cfg Config) *Service {
	s := &Service{cfg: cfg, since: time.Now()}
	if cfg.Secret != nil {
		s.verifier = sigv4.New(cfg.Region, "ssm", cfg.Secret)
	}
	return s
}

// failure is an exception as the protocol tells it.
type failure struct {
	Type    string `json:"__type"`
	Message string `json:"message"`
}

// parameter is one in an answer (SSM API reference, Parameter).
type parameter struct {
	ARN, DataType, Name, Type, Value string
	LastModifiedDate                 float64
	Version                          int
}

// ServeHTTP answers one request.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/x-amz-json-1.1")
	found, wrong := s.get(w, r)
	if wrong != nil {
		w.WriteHeader(http.StatusBadRequest)
		_ = json.NewEncoder(w).Encode(wrong) // a caller that left has no use for the error of writing to it
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]*parameter{"Parameter": found})
}

func (s *Service) get(w http.ResponseWriter, r *http.Request) (*parameter, *failure) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return nil, &failure{"SerializationException", ""}
	}
	if s.verifier != nil {
		if wrong := s.verifier.Verify(r, body, time.Now()); wrong != nil {
			return nil, &failure{string(wrong.Kind), wrong.Message}
		}
	}
	if r.Method != http.MethodPost || r.Header.Get("X-Amz-Target") != "AmazonSSM.GetParameter" {
		return nil, &failure{"UnknownOperationException", ""}
	}
	var in struct {
		Name           string
		WithDecryption bool
	}
	if json.Unmarshal(body, &in) != nil || in.Name == "" {
		return nil, &failure{"SerializationException", ""}
	}
	value, ok := s.cfg.Parameters[in.Name]
	if !ok {
		return nil, &failure{"ParameterNotFound", ""}
	}
	if !in.WithDecryption {
		value = "encrypted" // AWS gives out the ciphertext, of which nobody here has a use either
	}
	return &parameter{
		ARN:  "arn:aws:ssm:" + s.cfg.Region + ":" + s.cfg.Account + ":parameter" + in.Name,
		Name: in.Name, Type: "SecureString", DataType: "text", Value: value, Version: 1,
		LastModifiedDate: float64(s.since.UnixMilli()) / 1000,
	}, nil
}
