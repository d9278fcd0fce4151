// Package pace decides when a client tells what others want to know but nobody has to: how far the user is, and that the user is
// typing. Every frame saved is a frame nobody pays for, so what can wait waits for something to travel with.
//
// The types keep no clock and start nothing: whoever uses them says what time it is. They are safe for concurrent use.
package pace

import "time"

// Times of the rules. A conversation of two who read every message must not cost more than twice what its messages do, receipts
// and typing included: pkg/standing has the test that counts it, and these are what makes it so.
const (
	// Every is the least time between two frames of receipts: what is due by then rides in one.
	Every = time.Second
	// ReadDelay is how long a message has been read before a frame of its own says so. Most are answered by then, and whoever
	// types or answers has read.
	ReadDelay = 3 * time.Second
	// DeliveredDelay is how long a message has been there, unread, before a frame says so.
	DeliveredDelay = 2 * time.Second
	// GroupDelay is that in groups, where nobody hears of it live.
	GroupDelay = 10 * time.Second
	// Patience is how long a receipt waits at most while the other one goes on typing and saying more, or an answer is on its
	// way: one receipt then says it of all that came.
	Patience = 15 * time.Second
	// TypingEvery is how often others are told that the user is still typing: just before they would think it has ended.
	TypingEvery = 9 * time.Second
)
