package console

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/parley-im/parley/infra/local/apigateway"
	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/infra/local/lambda"
	"github.com/parley-im/parley/infra/local/sqs"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
)

// shown is a console of a stack that is idle.
func shown(t *testing.T) *Console {
	t.Helper()
	functions, err := lambda.New(lambda.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = functions.Close(context.Background()) })
	api, err := apigateway.New(apigateway.API{ID: "a", Stage: "s", Region: "us-east-1", Account: "000000000000"}, nil, apigateway.Options{})
	if err != nil {
		t.Fatal(err)
	}
	queues, err := sqs.New(sqs.Config{Region: "us-east-1", Account: "000000000000", Queues: []sqs.Queue{{Name: "q"}, {Name: "q-dead"}}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := queues.Send("q-dead", "given up", nil); err != nil {
		t.Fatal(err)
	}
	c := newConsole()
	c.Show(Parts{Lambda: functions, API: api, SQS: queues, Tables: dynamodbtest.Start(t), Notifications: func() []Notification {
		all := make([]Notification, 2*maxNotifications)
		all[len(all)-1].User = "bob"
		return all
	}})
	return c
}

func get(c *Console, url string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	c.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, url, nil))
	return w
}

const here = "http://127.0.0.1:8080"

func TestThePageLoadsNothingFromElsewhere(t *testing.T) {
	c := newConsole()
	for path, kind := range map[string]string{"/console": "text/html", "/console/console.js": "text/javascript", "/console/console.css": "text/css", "/console/tokens.css": "text/css"} {
		w := get(c, here+path)
		if w.Code != http.StatusOK || !strings.HasPrefix(w.Header().Get("Content-Type"), kind) {
			t.Errorf("%s: %d, %s", path, w.Code, w.Header().Get("Content-Type"))
		}
		got := w.Header().Get("Content-Security-Policy")
		for _, directive := range []string{"default-src 'none'", "script-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"} {
			if !strings.Contains(got, directive) {
				t.Errorf("%s: the policy %q lacks %s", path, got, directive)
			}
		}
		if strings.Contains(got, "unsafe") || w.Header().Get("X-Content-Type-Options") != "nosniff" || w.Header().Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s: %v", path, w.Header())
		}
		for _, foreign := range []string{"//cdn", "https://", "innerHTML", " style=", "onclick="} {
			if strings.Contains(w.Body.String(), foreign) {
				t.Errorf("%s has %s in it", path, foreign)
			}
		}
	}
}

func TestOnlyThisMachineIsAnswered(t *testing.T) {
	c := shown(t)
	for url, want := range map[string]int{
		here + "/dev/console": 200, "http://localhost:9080/dev/console": 200,
		"http://evil.example:8080/dev/console": 403, "http://evil.example:8080/console": 403, "http://127.0.0.1.evil.example:8080/dev/console": 403,
	} {
		if got := get(c, url).Code; got != want {
			t.Errorf("%s: %d, want %d", url, got, want)
		}
	}
	for _, method := range []string{http.MethodPost, http.MethodPut, http.MethodDelete} {
		w := httptest.NewRecorder()
		c.Handler().ServeHTTP(w, httptest.NewRequest(method, here+"/dev/console", nil))
		if w.Code != http.StatusMethodNotAllowed {
			t.Errorf("%s: %d", method, w.Code)
		}
	}
}

func TestASnapshotHasAllThatThePageShows(t *testing.T) {
	c := shown(t)
	var s map[string]any
	if err := json.Unmarshal(get(c, here+"/dev/console?after=x").Body.Bytes(), &s); err != nil {
		t.Fatal(err)
	}
	want := []string{"actions", "at", "connections", "functions", "invocations", "logs", "notifications", "outcomes", "points", "prices",
		"queues", "recent", "region", "since", "tables"}
	if got := slices.Sorted(maps.Keys(s)); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	for _, list := range []string{"actions", "functions", "invocations", "logs", "notifications", "points", "queues", "tables"} {
		if _, ok := s[list].([]any); !ok {
			t.Errorf("%s is %v, not a list", list, s[list])
		}
	}
	snapshot := c.Snapshot(0)
	if q := snapshot.Queues; len(q) != 2 || q[0].Dead || !q[1].Dead || q[1].Visible != 1 {
		t.Errorf("%+v", q)
	}
	if n := snapshot.Notifications; len(n) != maxNotifications || n[0].User != "bob" {
		t.Errorf("%d notifications, the newest of %q", len(n), n[0].User)
	}
}

func TestATableIsBrowsedAPageAtATime(t *testing.T) {
	c := shown(t)
	table := "conversations"
	for n := range maxItems + 5 {
		_, err := c.parts.Tables.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: &table, Item: map[string]types.AttributeValue{
			"conversation": &types.AttributeValueMemberS{Value: "d_1"}, "item": &types.AttributeValueMemberS{Value: string(rune('A' + n))},
			"n":      &types.AttributeValueMemberN{Value: "7"},
			"nested": &types.AttributeValueMemberM{Value: map[string]types.AttributeValue{"token": &types.AttributeValueMemberS{Value: "secret"}}},
			"list":   &types.AttributeValueMemberL{Value: []types.AttributeValue{&types.AttributeValueMemberBOOL{Value: true}, &types.AttributeValueMemberNULL{Value: true}}},
		}})
		if err != nil {
			t.Fatal(err)
		}
	}
	read := func(query string, into any) {
		t.Helper()
		w := get(c, here+"/dev/console/tables/"+table+query)
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatalf("%s: %d, %s", query, w.Code, w.Body)
		}
	}
	var keys []string
	if read("", &keys); !slices.Equal(keys, []string{"d_1"}) {
		t.Error(keys)
	}
	var first, second Partition
	read("?key=d_1&order=up", &first)
	if len(first.Items) != maxItems || first.Items[0]["item"] != "A" || first.Next == "" {
		t.Fatalf("%d items, next %q", len(first.Items), first.Next)
	}
	text, err := json.Marshal(first.Items[0])
	if want := `{"conversation":"d_1","item":"A","list":[true,null],"n":7,"nested":{"token":"hidden"}}`; err != nil || string(text) != want {
		t.Errorf("%s, want %s", text, want)
	}
	if read("?key=d_1&order=up&after="+first.Next, &second); len(second.Items) != 5 || second.Next != "" {
		t.Errorf("%d items on the second page, next %q", len(second.Items), second.Next)
	}
	var none Partition
	if read("?key=nobody", &none); none.Items == nil || len(none.Items) != 0 {
		t.Errorf("%+v", none)
	}
	if got := get(c, here+"/dev/console/tables/users").Code; got != http.StatusNotFound {
		t.Errorf("a table that is not there: %d", got)
	}
	out, err := c.parts.Tables.Scan(t.Context(), &dynamodb.ScanInput{TableName: &table, Select: types.SelectCount, ConsistentRead: aws.Bool(true)})
	if err != nil || out.Count != maxItems+5 {
		t.Errorf("%d items are left, %v", out.Count, err)
	}
}
