package sns

import (
	"fmt"
	"slices"
	"strconv"
)

// Application is a platform application: the credentials of one app at one push service.
type Application struct {
	Platform string // "GCM" (Firebase), "APNS" or "APNS_SANDBOX"
	Name     string
}

type application struct {
	Application
	arn     string
	enabled bool
}

func (s *Service) addApplication(a Application) error {
	if !slices.Contains([]string{"GCM", "APNS", "APNS_SANDBOX"}, a.Platform) {
		return fmt.Errorf("platform %q is not GCM, APNS or APNS_SANDBOX", a.Platform)
	}
	if !validName(a.Name) {
		return fmt.Errorf("a name has 1 to 256 letters, digits, hyphens and underscores")
	}
	arn := s.ApplicationARN(a)
	if s.application(arn) != nil {
		return fmt.Errorf("is there twice")
	}
	s.applications = append(s.applications, &application{Application: a, arn: arn, enabled: true})
	return nil
}

func (s *Service) application(arn string) *application {
	i := slices.IndexFunc(s.applications, func(a *application) bool { return a.arn == arn })
	if i < 0 {
		return nil
	}
	return s.applications[i]
}

// findApplication returns the one that PlatformApplicationArn names, NotFound, or what checkARN has against it.
func (s *Service) findApplication(in form) (*application, error) {
	arn := in.get("PlatformApplicationArn")
	if err := s.checkARN("PlatformApplicationArn", arn, in.get("Action")); err != nil {
		return nil, err
	}
	if a := s.application(arn); a != nil {
		return a, nil
	}
	return nil, failf(NotFound, "PlatformApplication does not exist")
}

func (a *application) attributes() map[string]string {
	return map[string]string{"Enabled": strconv.FormatBool(a.enabled)}
}

func (s *Service) listPlatformApplications(in form) (any, error) {
	applications, next, err := page(s.applications, in)
	if err != nil {
		return nil, err
	}
	type member struct {
		ARN        string `xml:"PlatformApplicationArn"`
		Attributes xmlMap
	}
	var out struct {
		Applications []member `xml:"PlatformApplications>member"`
		NextToken    string   `xml:",omitempty"`
	}
	out.NextToken = next
	for _, a := range applications {
		out.Applications = append(out.Applications, member{a.arn, newXMLMap(a.attributes())})
	}
	s.bill("ListPlatformApplications", 0)
	return out, nil
}

func (s *Service) getPlatformApplicationAttributes(in form) (any, error) {
	a, err := s.findApplication(in)
	if err != nil {
		return nil, err
	}
	s.bill("GetPlatformApplicationAttributes", 0)
	return attributesResult{newXMLMap(a.attributes())}, nil
}

// setPlatformApplicationAttributes takes Enabled; the credentials that can be set besides have no meaning here.
func (s *Service) setPlatformApplicationAttributes(in form) (any, error) {
	a, err := s.findApplication(in)
	if err != nil {
		return nil, err
	}
	if enabled, ok := in.settings()["Enabled"]; ok {
		if a.enabled, err = parseEnabled(enabled); err != nil {
			return nil, err
		}
		s.state.Changed()
	}
	s.bill("SetPlatformApplicationAttributes", 0)
	return nil, nil
}

func parseEnabled(value string) (bool, error) {
	enabled, err := strconv.ParseBool(value)
	if err != nil {
		return false, failf(InvalidParameter, "Invalid parameter: Attributes Reason: Invalid value for attribute: Enabled: must be true or false")
	}
	return enabled, nil
}
