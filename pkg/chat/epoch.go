package chat

import "time"

// Epoch tells two logs apart that had the same conversation one after the other: the one before a backup was restored, and the
// one since. What a device knows of another epoch is void, because a log that lost entries gives their numbers again.
//
// It is the time of the restore in Unix seconds, so that no two restores share one, and 0 before any.
type Epoch int64

// Time is the time of the restore; long ago if there was none.
func (e Epoch) Time() time.Time { return time.Unix(int64(e), 0) }
