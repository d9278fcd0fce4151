package sns

import (
	"slices"
	"strconv"
)

// maxUserData is the limit of CustomUserData in bytes (API_CreatePlatformEndpoint: "less than 2KB").
const maxUserData = 2048

// endpoint is one app on one device.
type endpoint struct {
	ARN         string
	Application string // ARN
	Token       string
	UserData    string `json:",omitempty"`
	Enabled     bool
}

func (e *endpoint) attributes() map[string]string {
	m := map[string]string{"Enabled": strconv.FormatBool(e.Enabled), "Token": e.Token}
	if e.UserData != "" {
		m["CustomUserData"] = e.UserData
	}
	return m
}

// set changes what attributes name, or nothing when one of them is wrong.
func (e *endpoint) set(attributes map[string]string) error {
	changed := *e
	for name, value := range attributes {
		var err error
		switch name {
		case "Enabled":
			changed.Enabled, err = parseEnabled(value)
		case "Token":
			if changed.Token = value; value == "" {
				err = failf(InvalidParameter, "Invalid parameter: Token Reason: cannot be empty")
			}
		case "CustomUserData":
			if changed.UserData = value; len(value) >= maxUserData {
				err = failf(InvalidParameter, "Invalid parameter: CustomUserData Reason: must be at most %d bytes long in UTF-8 encoding", maxUserData-1)
			}
		default:
			err = failf(InvalidParameter, "Invalid parameter: Attributes Reason: Invalid attribute name: %s", name)
		}
		if err != nil {
			return err
		}
	}
	*e = changed
	return nil
}

func (s *Service) endpoint(arn string) *endpoint {
	i := slices.IndexFunc(s.endpoints, func(e *endpoint) bool { return e.ARN == arn })
	if i < 0 {
		return nil
	}
	return s.endpoints[i]
}

func (s *Service) endpointByToken(application, token string) *endpoint {
	i := slices.IndexFunc(s.endpoints, func(e *endpoint) bool { return e.Application == application && e.Token == token })
	if i < 0 {
		return nil
	}
	return s.endpoints[i]
}

// tokenTaken is the refusal whose sentence applications parse for the ARN; its wording is that of AWS.
func tokenTaken(e *endpoint) error {
	return failf(InvalidParameter, "Invalid parameter: Token Reason: Endpoint %s already exists with the same Token, but different attributes.", e.ARN)
}

// createPlatformEndpoint returns the endpoint that has the token already if its attributes are those asked for. An Enabled that is
// not asked for does not count, so the ARN that comes back may be of a disabled endpoint, as on AWS (developer guide, "Creating a
// platform endpoint").
func (s *Service) createPlatformEndpoint(in form) (any, error) {
	a, err := s.findApplication(in)
	if err != nil {
		return nil, err
	}
	attributes := in.settings()
	attributes["Token"] = in.get("Token")
	if _, ok := in["CustomUserData"]; ok {
		attributes["CustomUserData"] = in.get("CustomUserData")
	}
	wanted := &endpoint{ARN: s.arn("endpoint/" + a.Platform + "/" + a.Name + "/" + newUUID()), Application: a.arn, Enabled: true}
	if err := wanted.set(attributes); err != nil {
		return nil, err
	}
	made := s.endpointByToken(a.arn, wanted.Token)
	if made == nil {
		made = wanted
		s.endpoints = append(s.endpoints, made)
		s.state.Changed()
	}
	_, enabledAsked := attributes["Enabled"]
	if made.UserData != wanted.UserData || enabledAsked && made.Enabled != wanted.Enabled {
		return nil, tokenTaken(made)
	}
	s.bill("CreatePlatformEndpoint", 0)
	return struct {
		ARN string `xml:"EndpointArn"`
	}{made.ARN}, nil
}

// findEndpoint returns the one that EndpointArn names, NotFound, or what checkARN has against it.
func (s *Service) findEndpoint(in form) (*endpoint, error) {
	arn := in.get("EndpointArn")
	if err := s.checkARN("EndpointArn", arn, in.get("Action")); err != nil {
		return nil, err
	}
	if e := s.endpoint(arn); e != nil {
		return e, nil
	}
	return nil, failf(NotFound, "Endpoint does not exist")
}

func (s *Service) getEndpointAttributes(in form) (any, error) {
	e, err := s.findEndpoint(in)
	if err != nil {
		return nil, err
	}
	s.bill("GetEndpointAttributes", 0)
	return attributesResult{newXMLMap(e.attributes())}, nil
}

func (s *Service) setEndpointAttributes(in form) (any, error) {
	e, err := s.findEndpoint(in)
	if err != nil {
		return nil, err
	}
	attributes := in.settings()
	if other := s.endpointByToken(e.Application, attributes["Token"]); other != nil && other != e {
		return nil, tokenTaken(other)
	}
	if err := e.set(attributes); err != nil {
		return nil, err
	}
	s.state.Changed()
	s.bill("SetEndpointAttributes", 0)
	return nil, nil
}

// deleteEndpoint succeeds for an endpoint that is gone already (API_DeleteEndpoint: "This action is idempotent").
func (s *Service) deleteEndpoint(in form) (any, error) {
	arn := in.get("EndpointArn")
	if err := s.checkARN("EndpointArn", arn, "DeleteEndpoint"); err != nil {
		return nil, err
	}
	s.endpoints = slices.DeleteFunc(s.endpoints, func(e *endpoint) bool { return e.ARN == arn })
	s.state.Changed()
	s.bill("DeleteEndpoint", 0)
	return nil, nil
}

func (s *Service) listEndpoints(in form) (any, error) {
	a, err := s.findApplication(in)
	if err != nil {
		return nil, err
	}
	var ours []*endpoint
	for _, e := range s.endpoints {
		if e.Application == a.arn {
			ours = append(ours, e)
		}
	}
	endpoints, next, err := page(ours, in)
	if err != nil {
		return nil, err
	}
	type member struct {
		ARN        string `xml:"EndpointArn"`
		Attributes xmlMap
	}
	var out struct {
		Endpoints []member `xml:"Endpoints>member"`
		NextToken string   `xml:",omitempty"`
	}
	out.NextToken = next
	for _, e := range endpoints {
		out.Endpoints = append(out.Endpoints, member{e.ARN, newXMLMap(e.attributes())})
	}
	s.bill("ListEndpointsByPlatformApplication", 0)
	return out, nil
}
