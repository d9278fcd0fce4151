package console

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/parley-im/parley/pkg/topology"
)

// What one look into a table reads at most.
const (
	maxItems      = 25
	maxScanned    = 500
	maxPartitions = 100
)

// Partition is a page of the items of one.
type Partition struct {
	Items []map[string]any `json:"items"`
	// Next is the sort key that the next page begins after; "" on the last one.
	Next string `json:"next,omitempty"`
}

// serveTable answers with some of the partitions of a table or, if one is asked for, with a page of its items. What functions
// write is read, and none of it is changed.
func (c *Console) serveTable(w http.ResponseWriter, r *http.Request) {
	i := slices.IndexFunc(topology.Tables, func(t topology.Table) bool { return t.Name == r.PathValue("table") })
	if i < 0 {
		http.Error(w, "no such table", http.StatusNotFound)
		return
	}
	c.mu.Lock()
	client := c.parts.Tables
	c.mu.Unlock()
	b := browser{client, topology.Tables[i]}
	query := r.URL.Query()
	var found any
	var err error
	if key := query.Get("key"); key != "" {
		found, err = b.partition(r.Context(), key, query.Get("after"), query.Get("order") != "up")
	} else {
		found, err = b.partitions(r.Context())
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	writeJSON(w, found)
}

// browser looks into one table.
type browser struct {
	client *dynamodb.Client
	table  topology.Table
}

// partitions returns keys of some, in the order of the alphabet. It scans a part of the table, as nothing that is deployed may.
func (b browser) partitions(ctx context.Context) ([]string, error) {
	out, err := b.client.Scan(ctx, &dynamodb.ScanInput{
		TableName: &b.table.Name, Limit: aws.Int32(maxScanned), ProjectionExpression: aws.String("#p"),
		ExpressionAttributeNames: map[string]string{"#p": b.table.PartitionKey},
	})
	if err != nil {
		return nil, fmt.Errorf("partitions of %s: %w", b.table.Name, err)
	}
	keys := []string{}
	for _, item := range out.Items {
		if key, ok := item[b.table.PartitionKey].(*types.AttributeValueMemberS); ok {
			keys = append(keys, key.Value)
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	return keys[:min(len(keys), maxPartitions)], nil
}

// partition returns the items of one after a sort key, upwards or downwards.
func (b browser) partition(ctx context.Context, key, after string, down bool) (Partition, error) {
	text := func(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }
	in := &dynamodb.QueryInput{
		TableName: &b.table.Name, Limit: aws.Int32(maxItems), ScanIndexForward: aws.Bool(!down),
		KeyConditionExpression:    aws.String("#p = :p"),
		ExpressionAttributeNames:  map[string]string{"#p": b.table.PartitionKey},
		ExpressionAttributeValues: map[string]types.AttributeValue{":p": text(key)},
	}
	if after != "" && b.table.SortKey != "" {
		in.ExclusiveStartKey = map[string]types.AttributeValue{b.table.PartitionKey: text(key), b.table.SortKey: text(after)}
	}
	out, err := b.client.Query(ctx, in)
	if err != nil {
		return Partition{}, fmt.Errorf("items of %s: %w", b.table.Name, err)
	}
	p := Partition{Items: []map[string]any{}}
	for _, item := range out.Items {
		p.Items = append(p.Items, plainItem(item))
	}
	if last, ok := out.LastEvaluatedKey[b.table.SortKey].(*types.AttributeValueMemberS); ok {
		p.Next = last.Value
	}
	return p, nil
}

func plainItem(item map[string]types.AttributeValue) map[string]any {
	out := make(map[string]any, len(item))
	for name, value := range item {
		out[name] = plain(value)
		if strings.Contains(strings.ToLower(name), "token") { // none is kept today
			out[name] = "hidden"
		}
	}
	return out
}

// plain is a value as JSON has it.
func plain(value types.AttributeValue) any {
	switch v := value.(type) {
	case *types.AttributeValueMemberS:
		return v.Value
	case *types.AttributeValueMemberN:
		return json.Number(v.Value)
	case *types.AttributeValueMemberBOOL:
		return v.Value
	case *types.AttributeValueMemberM:
		return plainItem(v.Value)
	case *types.AttributeValueMemberL:
		list := make([]any, len(v.Value))
		for i := range v.Value {
			list[i] = plain(v.Value[i])
		}
		return list
	case *types.AttributeValueMemberSS:
		return v.Value
	case *types.AttributeValueMemberNS:
		return v.Value
	case *types.AttributeValueMemberB:
		return fmt.Sprintf("%d bytes", len(v.Value))
	default:
		return nil
	}
}
