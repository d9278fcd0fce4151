package sns

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
)

// pageSize is how many items a listing returns at most (API_ListTopics and its siblings).
const pageSize = 100

// page returns the part of items that the NextToken of in stands for, and the token of the part after it or nothing.
func page[T any](items []T, in form) (part []T, next string, err error) {
	start := 0
	if token := in.get("NextToken"); token != "" {
		plain, decodeErr := base64.StdEncoding.DecodeString(token)
		start, err = strconv.Atoi(string(plain))
		if decodeErr != nil || err != nil || start < 0 {
			return nil, "", failf(InvalidParameter, "Invalid parameter: NextToken")
		}
	}
	end := min(start+pageSize, len(items))
	if start = min(start, end); end < len(items) {
		next = base64.StdEncoding.EncodeToString([]byte(strconv.Itoa(end)))
	}
	return items[start:end], next, nil
}

// xmlMap is a map of strings as <entry><key/><value/></entry>.
type xmlMap struct {
	Entries []xmlEntry `xml:"entry"`
}

type xmlEntry struct {
	Key   string `xml:"key"`
	Value string `xml:"value"`
}

func newXMLMap(m map[string]string) xmlMap {
	var out xmlMap
	for _, key := range slices.Sorted(maps.Keys(m)) {
		out.Entries = append(out.Entries, xmlEntry{key, m[key]})
	}
	return out
}

type attributesResult struct {
	Attributes xmlMap
}
