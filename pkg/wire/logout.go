package wire

import "github.com/parley-im/parley/pkg/chat"

// Logout ends what this device has: its connections and its notifications.
type Logout struct {
	Head
}

// LoggedOut is the result of logout. The client closes the connection when it has it.
type LoggedOut struct {
	// Device that was logged out; absent if the connection was made without one.
	Device chat.DeviceID `json:"device,omitzero"`
}
