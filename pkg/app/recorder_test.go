package app

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
)

// recorder is an HTTP client that notes the IAM action of each request of one function.
type recorder struct {
	mu      sync.Mutex
	client  http.Client
	actions map[string]bool
}

func (r *recorder) note(action string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.actions[action] = true
}

// on is an action on a table, or on an index if its name follows.
func on(table, action string) string { return action + " on " + table }

// Do implements the HTTP client of the SDK.
func (r *recorder) Do(q *http.Request) (*http.Response, error) {
	var body []byte
	if q.Body != nil {
		var err error
		if body, err = io.ReadAll(q.Body); err != nil {
			return nil, err
		}
		q.Body = io.NopCloser(bytes.NewReader(body))
	}
	_, operation, _ := strings.Cut(q.Header.Get("X-Amz-Target"), ".")
	switch target := q.Header.Get("X-Amz-Target"); {
	case strings.HasSuffix(target, ".TransactWriteItems"): // allowed is what the items do (DynamoDB guide, IAM and transactions)
		var transaction struct{ TransactItems []map[string]any }
		if err := json.Unmarshal(body, &transaction); err != nil {
			return nil, err
		}
		for _, item := range transaction.TransactItems {
			for kind, change := range item {
				table, _ := change.(map[string]any)["TableName"].(string)
				r.note(on(table, "dynamodb:"+strings.TrimSuffix(kind, "Item")+"Item"))
			}
		}
	case strings.HasPrefix(target, "DynamoDB_"):
		var in struct {
			TableName, IndexName string
			RequestItems         map[string]any
		}
		if err := json.Unmarshal(body, &in); err != nil {
			return nil, err
		}
		if in.TableName != "" {
			r.note(on(in.TableName+in.IndexName, "dynamodb:"+operation))
		}
		for table := range in.RequestItems {
			r.note(on(table, "dynamodb:"+operation))
		}
	case strings.HasPrefix(target, "AmazonSSM"):
		r.note("ssm:" + operation)
	case strings.HasPrefix(target, "AmazonSQS"):
		r.note("sqs:" + operation)
	case q.Method == http.MethodPost:
		form, _ := url.ParseQuery(string(body))
		r.note("sns:" + form.Get("Action"))
	case q.Method == http.MethodHead:
		r.note("s3:GetObject")
	case q.URL.Query().Has("tagging"):
		r.note("s3:" + map[string]string{http.MethodGet: "GetObjectTagging", http.MethodPut: "PutObjectTagging"}[q.Method])
	default:
		r.note(q.Method + " " + q.URL.Path)
	}
	return r.client.Do(q)
}
