package sns

import (
	"encoding/json"
	"unicode/utf8"
)

// message is what was published: one text for all, or with MessageStructure json a text for each kind of subscriber.
type message struct {
	text string            // as it was sent
	by   map[string]string // by protocol or platform; nil without structure
}

// newMessage reads a message: InvalidParameter when it is empty or not what its structure says. Values that are not strings are
// ignored, and so are keys of things that do not exist here (API_Publish, "JSON-specific constraints").
func newMessage(text, structure string) (message, error) {
	switch {
	case text == "" || !utf8.ValidString(text):
		return message{}, failf(InvalidParameter, "Invalid parameter: Empty message")
	case structure == "":
		return message{text: text}, nil
	case structure != "json":
		return message{}, failf(InvalidParameter, "Invalid parameter: MessageStructure")
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		return message{}, failf(InvalidParameter, "Invalid parameter: Message Structure - JSON message body failed to parse")
	}
	m := message{text: text, by: map[string]string{}}
	for name, raw := range members {
		var value *string
		if json.Unmarshal(raw, &value) == nil && value != nil {
			m.by[name] = *value
		}
	}
	return m, nil
}

func (m message) size() int { return len(m.text) }

// lacksDefault reports whether m has a structure without the text that it must have for whoever is not named.
func (m message) lacksDefault() bool {
	_, ok := m.by["default"]
	return m.by != nil && !ok
}

// textFor returns the text for a protocol or platform and whether it was written for it alone.
func (m message) textFor(kind string) (text string, own bool) {
	if m.by == nil {
		return m.text, false
	}
	if text, own = m.by[kind]; own {
		return text, true
	}
	return m.by["default"], false
}

// maxPayload is what both Apple and Firebase take, in bytes.
const maxPayload = 4096

// checkPayload refuses what the push service of a platform would refuse: no JSON object, over 4 KB, or for Firebase's v1 API data
// that is not all strings (SNS developer guide, "Using Amazon SNS with FCM v1 payloads").
func checkPayload(platform, payload string) error {
	malformed := failf(InvalidParameter, "Invalid parameter: Message Reason: Invalid notification for protocol %s: Notification is malformed", platform)
	var object map[string]json.RawMessage
	if json.Unmarshal([]byte(payload), &object) != nil || object == nil {
		return malformed
	}
	if v1, ok := object["fcmV1Message"]; ok && platform == "GCM" {
		var fcm struct {
			Message *struct {
				Data map[string]*string `json:"data"`
			} `json:"message"`
		}
		if json.Unmarshal(v1, &fcm) != nil || fcm.Message == nil {
			return malformed
		}
		for _, value := range fcm.Message.Data {
			if value == nil {
				return malformed
			}
		}
		payload = string(v1)
	}
	if len(payload) > maxPayload {
		return failf(InvalidParameter, "Invalid parameter: Message Reason: Invalid notification for protocol %s: Notification is too long", platform)
	}
	return nil
}
