package sns

import (
	"context"
	"time"
)

const (
	maxInbox    = 1000 // notifications kept, the newest
	watchBuffer = 64   // notifications a watcher may be behind before it misses the oldest
)

// Notification is what a phone would have got.
type Notification struct {
	MessageID   string // that Publish returned
	At          time.Time
	EndpointARN string
	Application string
	Platform    string // "GCM", "APNS" or "APNS_SANDBOX"
	Token       string
	UserData    string `json:",omitempty"` // CustomUserData of the endpoint
	Subject     string `json:",omitempty"`
	Message     string // the payload written for the platform, or else the text for all
	// Attributes of the message; the AWS.SNS.MOBILE ones are what SNS would turn into headers of the push service.
	Attributes map[string]Attribute `json:",omitempty"`
}

// Filter chooses notifications; an empty field lets in all.
type Filter struct {
	EndpointARN string
	Platform    string
	Token       string
	UserData    string
	Since       time.Time // those at this time or later
}

func (f Filter) lets(n Notification) bool {
	is := func(want, got string) bool { return want == "" || want == got }
	return is(f.EndpointARN, n.EndpointARN) && is(f.Platform, n.Platform) && is(f.Token, n.Token) && is(f.UserData, n.UserData) &&
		!n.At.Before(f.Since)
}

// Notifications returns those of the newest 1,000 that the filter lets in, oldest first.
func (s *Service) Notifications(f Filter) []Notification {
	s.mu.Lock()
	defer s.mu.Unlock()
	var chosen []Notification
	for _, n := range s.inbox {
		if f.lets(n) {
			chosen = append(chosen, n)
		}
	}
	return chosen
}

// Watch returns a channel of the notifications from now on. It is closed when ctx ends or the service is closed. Who reads too
// slowly misses the oldest, and never holds up a publish.
func (s *Service) Watch(ctx context.Context) <-chan Notification {
	ch := make(chan Notification, watchBuffer)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		close(ch)
		return ch
	}
	s.watchers[ch] = struct{}{}
	context.AfterFunc(ctx, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if _, open := s.watchers[ch]; open {
			delete(s.watchers, ch)
			close(ch)
		}
	})
	return ch
}

// receive puts n into the inbox and tells the watchers; the caller holds the lock.
func (s *Service) receive(n Notification) {
	s.inbox = append(s.inbox, n)
	if over := len(s.inbox) - maxInbox; over > 0 {
		s.inbox = append(s.inbox[:0], s.inbox[over:]...)
	}
	s.state.Changed()
	for ch := range s.watchers {
		if len(ch) == cap(ch) {
			select {
			case <-ch:
			default: // the reader was quicker
			}
		}
		ch <- n // has room: only this function, under the lock, fills it
	}
}
