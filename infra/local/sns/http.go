package sns

import (
	"bytes"
	"encoding/xml"
	"io"
	"net/http"
	"net/url"
)

// maxRequest is larger than any batch of legal size can become by percent-encoding.
const maxRequest = 8 * MaxMessageSize

const namespace = "http://sns.amazonaws.com/doc/2010-03-31/"

// operation acts on a request and returns its result element, or nil when it has none.
type operation func(form) (any, error)

// table holds every operation under its Action.
func (s *Service) table() map[string]operation {
	return map[string]operation{
		"Publish":                            s.publish,
		"PublishBatch":                       s.publishBatch,
		"CreatePlatformEndpoint":             s.createPlatformEndpoint,
		"GetEndpointAttributes":              s.getEndpointAttributes,
		"SetEndpointAttributes":              s.setEndpointAttributes,
		"DeleteEndpoint":                     s.deleteEndpoint,
		"ListEndpointsByPlatformApplication": s.listEndpoints,
		"ListPlatformApplications":           s.listPlatformApplications,
		"GetPlatformApplicationAttributes":   s.getPlatformApplicationAttributes,
		"SetPlatformApplicationAttributes":   s.setPlatformApplicationAttributes,
		"ListTopics":                         s.listTopics,
		"GetTopicAttributes":                 s.getTopicAttributes,
		"Subscribe":                          s.subscribe,
		"Unsubscribe":                        s.unsubscribe,
		"ListSubscriptionsByTopic":           s.listSubscriptionsByTopic,
	}
}

// ServeHTTP answers one call of the AWS Query protocol.
func (s *Service) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := newUUID()
	w.Header().Set("x-amzn-RequestId", id)
	w.Header().Set("Content-Type", "text/xml")
	action, out, err := s.call(w, r)
	var body []byte
	status := http.StatusOK
	if err == nil {
		body, err = encodeResult(action, out, id)
	}
	if err != nil {
		e := asError(err)
		if e.Code == InternalError {
			s.log.ErrorContext(r.Context(), "sns request failed", "action", action, "error", err)
		}
		status = e.Code.status()
		body = encodeError(e, id)
	}
	w.WriteHeader(status)
	// A client that left meanwhile has no use for the error of writing to it.
	_, _ = w.Write(body)
}

func (s *Service) call(w http.ResponseWriter, r *http.Request) (action string, out any, err error) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxRequest))
	if err != nil {
		return "", nil, failf(InvalidParameter, "The request body could not be read.")
	}
	if err := s.authorize(r, body); err != nil {
		return "", nil, err
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return "", nil, failf(InvalidParameter, "The request body is not form-encoded.")
	}
	in := form(values)
	action = in.get("Action")
	do := s.operations[action]
	if do == nil || r.Method != http.MethodPost {
		return action, nil, failf(InvalidAction, "Could not find operation %s for version %s", action, in.get("Version"))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	out, err = do(in)
	return action, out, err
}

type metadata struct {
	RequestID string `xml:"RequestId"`
}

// encodeResult renders <ActionResponse><ActionResult>…</ActionResult><ResponseMetadata>…</ResponseMetadata></ActionResponse>.
func encodeResult(action string, result any, requestID string) ([]byte, error) {
	var b bytes.Buffer
	e := xml.NewEncoder(&b)
	response := xml.StartElement{
		Name: xml.Name{Local: action + "Response"},
		Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: namespace}},
	}
	if err := e.EncodeToken(response); err != nil {
		return nil, err
	}
	if result != nil {
		if err := e.EncodeElement(result, xml.StartElement{Name: xml.Name{Local: action + "Result"}}); err != nil {
			return nil, err
		}
	}
	if err := e.EncodeElement(metadata{requestID}, xml.StartElement{Name: xml.Name{Local: "ResponseMetadata"}}); err != nil {
		return nil, err
	}
	if err := e.EncodeToken(response.End()); err != nil {
		return nil, err
	}
	err := e.Close()
	return b.Bytes(), err
}

func encodeError(e *Error, requestID string) []byte {
	blame := "Sender"
	if e.Code == InternalError {
		blame = "Receiver"
	}
	type fault struct {
		Type    string
		Code    Code
		Message string
	}
	// Structs of strings always encode.
	body, _ := xml.Marshal(struct {
		XMLName   xml.Name `xml:"ErrorResponse"`
		Namespace string   `xml:"xmlns,attr"`
		Error     fault
		RequestID string `xml:"RequestId"`
	}{Namespace: namespace, Error: fault{blame, e.Code, e.Message}, RequestID: requestID})
	return body
}
