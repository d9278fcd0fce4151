package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"golang.org/x/sync/errgroup"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
)

// The attributes of a header that the tool touches (package store).
const (
	headKey = "Z#head"
	epoch   = "epoch"
)

// raiser gives every conversation of a table a new epoch. It reads the index of members, which names every conversation and
// holds a fraction of what the table does, a page at a time, and changes the headers of a page at once before it goes on to the
// next. Raising is idempotent: a header that has the epoch, or a later one, stays.
type raiser struct {
	db    *dynamodb.Client
	table string
	epoch chat.Epoch
	// page is how many members are read at a time, and workers how many headers are written at once.
	page, workers int
	// done is told after each page how many headers were raised so far, and from where to go on.
	done func(raised int64, next string)
}

// raise goes through the table from a place that done has told, or from the beginning for "".
func (r raiser) raise(ctx context.Context, from string) error {
	start, err := parsePlace(from)
	if err != nil {
		return err
	}
	var raised atomic.Int64
	for seen := map[string]bool{}; ; {
		page, err := r.db.Scan(ctx, &dynamodb.ScanInput{
			TableName: aws.String(r.table), IndexName: aws.String(topology.ConversationsByUser.Name),
			ProjectionExpression: aws.String("conversation"), Limit: aws.Int32(int32(r.page)), ExclusiveStartKey: start,
		})
		if err != nil {
			return fmt.Errorf("read %s: %w", r.table, err)
		}
		group, groupCtx := errgroup.WithContext(ctx)
		group.SetLimit(r.workers)
		clear(seen)
		for _, item := range page.Items {
			id, ok := item["conversation"].(*types.AttributeValueMemberS)
			if !ok || seen[id.Value] {
				continue
			}
			seen[id.Value] = true
			group.Go(func() error {
				wrote, err := r.write(groupCtx, id.Value)
				if wrote {
					raised.Add(1)
				}
				return err
			})
		}
		if err := group.Wait(); err != nil {
			return err
		}
		start = page.LastEvaluatedKey
		r.done(raised.Load(), place(start))
		if start == nil {
			return nil
		}
	}
}

// write raises one header, which costs one write unit per started KB. A conversation without one does not exist.
func (r raiser) write(ctx context.Context, conversation string) (wrote bool, err error) {
	_, err = r.db.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: aws.String(r.table),
		Key: map[string]types.AttributeValue{
			topology.Conversations.PartitionKey: &types.AttributeValueMemberS{Value: conversation},
			topology.Conversations.SortKey:      &types.AttributeValueMemberS{Value: headKey},
		},
		UpdateExpression:          aws.String("SET #epoch = :epoch"),
		ConditionExpression:       aws.String("attribute_exists(created) AND (attribute_not_exists(#epoch) OR #epoch < :epoch)"),
		ExpressionAttributeNames:  map[string]string{"#epoch": epoch},
		ExpressionAttributeValues: map[string]types.AttributeValue{":epoch": &types.AttributeValueMemberN{Value: fmt.Sprint(r.epoch)}},
	})
	if _, refused := errors.AsType[*types.ConditionalCheckFailedException](err); refused {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("raise %s: %w", conversation, err)
	}
	return true, nil
}

// place renders where a scan stands in one word; all of its attributes are strings.
func place(key map[string]types.AttributeValue) string {
	if key == nil {
		return ""
	}
	names := map[string]string{}
	for name, value := range key {
		if s, ok := value.(*types.AttributeValueMemberS); ok {
			names[name] = s.Value
		}
	}
	raw, _ := json.Marshal(names) // strings always can
	return base64.RawURLEncoding.EncodeToString(raw)
}

func parsePlace(text string) (map[string]types.AttributeValue, error) {
	if text == "" {
		return nil, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(text)
	var names map[string]string
	if err == nil {
		err = json.Unmarshal(raw, &names)
	}
	if err != nil {
		return nil, fmt.Errorf("%q is not a place that this tool has told: %w", text, err)
	}
	key := map[string]types.AttributeValue{}
	for name, value := range names {
		key[name] = &types.AttributeValueMemberS{Value: value}
	}
	return key, nil
}
