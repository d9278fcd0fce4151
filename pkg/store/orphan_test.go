package store_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"
	"github.com/guregu/dynamo/v2/dynamodbiface"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

// halting stops before it writes an entry.
type halting struct {
	dynamodbiface.DynamoDBAPI
	halts bool
}

func (h *halting) PutItem(ctx context.Context, in *dynamodb.PutItemInput, opts ...func(*dynamodb.Options)) (*dynamodb.PutItemOutput, error) {
	key, _ := in.Item["item"].(*types.AttributeValueMemberS)
	if h.halts && key != nil && strings.HasPrefix(key.Value, "M#") {
		return nil, errors.New("killed")
	}
	return h.DynamoDBAPI.PutItem(ctx, in, opts...)
}

// A try that wrote what disappears and not its entry does not count: the time begins with the try that is stored.
func TestWhatDisappearsLastsFromTheTryThatWasStored(t *testing.T) {
	api := &halting{DynamoDBAPI: dynamodbtest.Start(t), halts: true}
	now := epoch
	log := store.NewConversations(dynamo.NewFromIface(api), topology.Conversations.Name, topology.ConversationsByUser.Name).
		At(func() time.Time { return now })
	e := chat.Entry{
		Conversation: chat.DirectID("ann", "bob"), Seq: 1, Kind: chat.Message, ID: "1", From: "ann", At: now,
		Body: chat.Body{Text: "soon gone"}, Timer: chat.Timer{After: 10 * time.Second, From: chat.SinceSent},
	}
	if _, wrote, err := log.Put(t.Context(), e); wrote || err == nil {
		t.Fatal(wrote, err)
	}
	api.halts, now = false, now.Add(11*time.Second)
	e.At = now
	if _, wrote, err := log.Put(t.Context(), e); !wrote || err != nil {
		t.Fatal(wrote, err)
	}
	stored, _, err := log.Entry(t.Context(), e.Conversation, 1)
	if err != nil {
		t.Fatal(err)
	}
	shown := []chat.Entry{stored}
	if err := log.Fill(t.Context(), shown); err != nil || shown[0].State.Expired || shown[0].Body.Text != "soon gone" {
		t.Errorf("%+v, %v", shown[0], err)
	}
	e.Body.Text = "something else"
	if _, _, err := log.Put(t.Context(), e); err == nil || chat.AsError(err).Code != chat.Conflict {
		t.Errorf("the same message says something else: %v", err)
	}
}
