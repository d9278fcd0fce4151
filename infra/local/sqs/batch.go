package sqs

// maxBatch is how many entries a batch can have.
const maxBatch = 10

type entry interface{ id() string }

// batchResult reports each entry of a batch by itself, since some may fail in a call that succeeds.
type batchResult[R any] struct {
	Successful []R
	Failed     []failedEntry
}

type failedEntry struct {
	ID          string `json:"Id"`
	Code        Code
	Message     string
	SenderFault bool
}

// checkBatch refuses a batch as a whole.
func checkBatch[E entry](entries []E) error {
	if len(entries) == 0 {
		return failf(EmptyBatchRequest, "The batch request doesn't contain any entries.")
	}
	if n := len(entries); n > maxBatch {
		return failf(TooManyEntriesInBatchRequest, "Maximum number of entries per request are %d. You have sent %d.", maxBatch, n)
	}
	seen := map[string]bool{}
	for _, e := range entries {
		if !validName(e.id()) {
			return failf(InvalidBatchEntryID, "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.")
		}
		if seen[e.id()] {
			return failf(BatchEntryIdsNotDistinct, "Id %s repeated.", e.id())
		}
		seen[e.id()] = true
	}
	return nil
}

func eachEntry[E entry, R any](entries []E, do func(E) (R, error)) batchResult[R] {
	out := batchResult[R]{Successful: []R{}, Failed: []failedEntry{}}
	for _, e := range entries {
		r, err := do(e)
		if err != nil {
			refused := asError(err)
			out.Failed = append(out.Failed, failedEntry{ID: e.id(), Code: refused.Code, Message: refused.Message, SenderFault: true})
			continue
		}
		out.Successful = append(out.Successful, r)
	}
	return out
}
