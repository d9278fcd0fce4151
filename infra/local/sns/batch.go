package sns

// maxBatch is how many messages a batch can have (API_PublishBatch).
const maxBatch = 10

type published struct {
	ID        string `xml:"Id"`
	MessageID string `xml:"MessageId"`
}

type failedEntry struct {
	ID          string `xml:"Id"`
	Code        Code
	Message     string
	SenderFault bool
}

// publishBatch publishes to a topic; each message succeeds or fails by itself.
func (s *Service) publishBatch(in form) (any, error) {
	topicARN := in.get("TopicArn")
	if _, err := s.findTopic(topicARN, "Publish"); err != nil {
		return nil, err
	}
	entries := in.items("PublishBatchRequestEntries.member")
	size, err := checkBatch(in, entries)
	if err != nil {
		return nil, err
	}
	var out struct {
		Successful []published   `xml:"Successful>member"`
		Failed     []failedEntry `xml:"Failed>member"`
	}
	for _, prefix := range entries {
		entryID, messageID := in.get(prefix+"Id"), newUUID()
		p, err := readPublication(in, prefix)
		if err == nil {
			err = s.publishTo(topicARN, messageID, p)
		}
		if err != nil {
			refused := asError(err)
			out.Failed = append(out.Failed, failedEntry{entryID, refused.Code, refused.Message, true})
			continue
		}
		out.Successful = append(out.Successful, published{entryID, messageID})
	}
	s.bill("PublishBatch", size)
	return out, nil
}

// checkBatch refuses a batch as a whole, or returns its size in bytes.
func checkBatch(in form, entries []string) (size int, err error) {
	if len(entries) == 0 {
		return 0, failf(EmptyBatchRequest, "The batch request doesn't contain any entries.")
	}
	if n := len(entries); n > maxBatch {
		return 0, failf(TooManyEntriesInBatchRequest, "The batch request contains more entries than permissible: %d, at most %d.", n, maxBatch)
	}
	seen := map[string]bool{}
	for _, prefix := range entries {
		id := in.get(prefix + "Id")
		if !validName(id) || len(id) > 80 {
			return 0, failf(InvalidBatchEntryID, "The Id of a batch entry in a batch request doesn't abide by the specification.")
		}
		if seen[id] {
			return 0, failf(BatchEntryIdsNotDistinct, "Two or more batch entries in the request have the same Id.")
		}
		seen[id] = true
		size += len(in.get(prefix + "Message"))
		attributes, err := in.attributes(prefix)
		if err == nil { // an entry with a bad attribute fails by itself later
			size += attributesSize(attributes)
		}
	}
	if size > MaxMessageSize {
		return 0, failf(BatchRequestTooLong, "The length of all the messages put together is more than the limit of %d bytes.", MaxMessageSize)
	}
	return size, nil
}
