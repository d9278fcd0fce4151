package store_test

import (
	"encoding/json"
	"maps"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

type attribute map[string]json.RawMessage

// decode reads the form in which DynamoDB itself writes items as JSON.
func decode(t testing.TB, a attribute) types.AttributeValue {
	t.Helper()
	for kind, raw := range a {
		switch kind {
		case "S":
			return &types.AttributeValueMemberS{Value: parsed[string](t, raw)}
		case "N":
			return &types.AttributeValueMemberN{Value: parsed[string](t, raw)}
		case "BOOL":
			return &types.AttributeValueMemberBOOL{Value: parsed[bool](t, raw)}
		case "L":
			list := &types.AttributeValueMemberL{}
			for _, a := range parsed[[]attribute](t, raw) {
				list.Value = append(list.Value, decode(t, a))
			}
			return list
		case "M":
			return &types.AttributeValueMemberM{Value: decodeAll(t, parsed[map[string]attribute](t, raw))}
		}
		t.Fatalf("an attribute of type %s", kind)
	}
	return nil
}

func parsed[T any](t testing.TB, raw json.RawMessage) (v T) {
	t.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func decodeAll(t testing.TB, of map[string]attribute) map[string]types.AttributeValue {
	t.Helper()
	item := map[string]types.AttributeValue{}
	for name, a := range of {
		item[name] = decode(t, a)
	}
	return item
}

// old is a DynamoDB that holds what earlier versions stored.
func old(t testing.TB) (*dynamodb.Client, *store.Conversations, *store.Sessions) {
	t.Helper()
	raw, err := os.ReadFile("testdata/items.json")
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Versions []struct {
			Conversations, Sessions []map[string]attribute
		}
	}
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	client := dynamodbtest.Start(t)
	for _, version := range file.Versions {
		for table, items := range map[string][]map[string]attribute{
			topology.Conversations.Name: version.Conversations, topology.Sessions.Name: version.Sessions,
		} {
			for _, item := range items {
				_, err := client.PutItem(t.Context(), &dynamodb.PutItemInput{TableName: aws.String(table), Item: decodeAll(t, item)})
				if err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	db := dynamo.NewFromIface(client)
	return client, store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name), store.NewSessions(db, topology.Sessions.Name)
}

const (
	oldDirect chat.ConversationID = "d_ug4pu57g7t2snlkdcbx2lidciz"
	oldGroup  chat.ConversationID = "g_cpndevkylxwwkv4lzhtyfscsk6"
)

func TestWhatEarlierVersionsStoredIsRead(t *testing.T) {
	_, log, sessions := old(t)
	tail, ok, err := log.Tail(t.Context(), oldDirect, chat.Strong)
	if err != nil || !ok || tail.Head != 7 || tail.Conversation.Peer("ann") != "bob" || tail.Conversation.Epoch != 0 {
		t.Fatalf("%+v, %v, %v", tail, ok, err)
	}
	if place := tail.Conversation.Members["bob"]; place != (chat.Place{Role: chat.Member}) {
		t.Errorf("bob is %+v", place)
	}
	entries := must[[]chat.Entry](t)(log.After(t.Context(), oldDirect, 0, 10, chat.Strong))
	var kinds []chat.EntryKind
	for i, e := range entries {
		kinds = append(kinds, e.Kind)
		if e.Seq != chat.Seq(i+1) || e.At.UnixMilli() != 1795299780123+int64(e.Seq) || !e.Pace.Calm() {
			t.Errorf("%+v", e)
		}
	}
	if want := []chat.EntryKind{chat.Message, chat.Message, chat.Message, chat.Edited, chat.Message, chat.Deleted, chat.Reacted}; !slices.Equal(kinds, want) {
		t.Fatalf("%v, want %v", kinds, want)
	}
	if e := entries[1]; len(e.Body.Attachments) != 1 || e.Body.Attachments[0].Size != 482113 {
		t.Errorf("%+v", e)
	}
	if e := entries[2]; e.State.Version != 1 || e.Body.Reply != 1 || e.Body.Mentions[0] != "bob" || !slices.Equal(e.State.Reactions["bob"], []string{"👍"}) {
		t.Errorf("%+v", e)
	}
	if e := entries[4]; !e.State.Deleted || e.Body.Text != "" {
		t.Errorf("%+v", e)
	}

	tail, _, err = log.Tail(t.Context(), oldGroup, chat.Strong)
	want := map[chat.UserID]chat.Place{"ann": {Role: chat.Owner}, "bob": {Role: chat.Member}, "cat": {Role: chat.Guest, From: 2}}
	if c := tail.Conversation; err != nil || !maps.Equal(c.Members, want) || c.Rules != 2 || c.Setup.Slow != 30*time.Second || c.Setup.History != chat.FromStart {
		t.Errorf("%+v, %v", tail.Conversation, err)
	}
	for user, place := range want {
		if got, ok, err := log.Member(t.Context(), oldGroup, user); err != nil || !ok || got != place {
			t.Errorf("%s is %+v, %v", user, got, err)
		}
	}
	found := must[[]chat.Session](t)(sessions.Sessions(t.Context(), []chat.UserID{"ann"}))
	if s := found[0]; len(s.Connections) != 1 || s.Connections[0].Device != "phone" || len(s.Endpoints) != 1 || s.Endpoints[0].Platform != "fcm" {
		t.Errorf("%+v", s)
	}
}

func TestASubscriptionThatAnEarlierVersionStoredIsRead(t *testing.T) {
	_, _, sessions := old(t)
	found := must[[]chat.Session](t)(sessions.Sessions(t.Context(), []chat.UserID{"bob"}))
	e := found[0].Endpoints[0]
	s, owner, ok, err := sessions.Subscription(t.Context(), e.ID)
	if err != nil || !ok || e.Platform != chat.Web || owner != (chat.Holder{User: "bob", Device: e.Device}) || s.Endpoint != "https://push.example.com/1" || len(s.P256DH) != 87 || len(s.Auth) != 22 {
		t.Errorf("%+v of %+v, %v, %v", s, owner, ok, err)
	}
}

// later is an attribute that this version does not know: a newer one has written it.
const later = "later"

// mark gives an item the attribute of a newer version, and marked reports whether it still has it.
func mark(t testing.TB, client *dynamodb.Client, id chat.ConversationID, key string) (marked func() bool) {
	t.Helper()
	table := aws.String(topology.Conversations.Name)
	keys := map[string]types.AttributeValue{
		"conversation": &types.AttributeValueMemberS{Value: string(id)}, "item": &types.AttributeValueMemberS{Value: key},
	}
	_, err := client.UpdateItem(t.Context(), &dynamodb.UpdateItemInput{
		TableName: table, Key: keys, UpdateExpression: aws.String("SET " + later + " = :v"),
		ConditionExpression:       aws.String("attribute_exists(conversation)"),
		ExpressionAttributeValues: map[string]types.AttributeValue{":v": &types.AttributeValueMemberN{Value: "1"}},
	})
	if err != nil {
		t.Fatal(err)
	}
	return func() bool {
		got, err := client.GetItem(t.Context(), &dynamodb.GetItemInput{TableName: table, Key: keys, ConsistentRead: aws.Bool(true)})
		if err != nil {
			t.Fatal(err)
		}
		return got.Item[later] != nil
	}
}

// While a deployment moves from one version to the next both run, so the older one meets what the newer one wrote.
func TestWhatANewerVersionAddedIsKeptExceptByADeletion(t *testing.T) {
	client, log, _ := old(t)
	message, member, head := mark(t, client, oldDirect, "M#0000000000000001"), mark(t, client, oldGroup, "A#bob"), mark(t, client, oldGroup, "Z#head")
	add := func(id chat.ConversationID, seq chat.Seq, kind chat.EntryKind, c ...chat.Change) {
		t.Helper()
		e := entry(id, seq, "")
		e.Kind = kind
		if _, wrote, err := log.Commit(t.Context(), e, c...); err != nil || !wrote {
			t.Fatalf("%s at %d: %v, %v", kind, seq, wrote, err)
		}
	}
	add(oldDirect, 8, chat.Edited, chat.Change{Seq: 1, Rewrite: &chat.Rewrite{Text: "hello", At: epoch}})
	add(oldDirect, 9, chat.Reacted, chat.Change{Seq: 1, React: &chat.Reaction{User: "bob", Marks: []string{"🎉"}}})
	add(oldDirect, 10, chat.Reacted, chat.Change{Seq: 1, React: &chat.Reaction{User: "bob"}})
	if !message() {
		t.Error("edits and reactions drop what they do not know")
	}
	tail := must[chat.Tail](t)(tailOf(t, log, oldGroup))
	c := tail.Conversation
	c.Setup.Name, c.Setup.Announce, c.Setup.Slow = "Rowing", false, 0
	add(oldGroup, 3, chat.Ranked, chat.Change{Rank: &chat.Seat{User: "bob", Place: chat.Place{Role: chat.Admin}}}, chat.Change{Header: &chat.Header{Conversation: c, Was: 2}})
	if !member() || !head() {
		t.Errorf("a header or a member is replaced as a whole: %v, %v", head(), member())
	}
	tail = must[chat.Tail](t)(tailOf(t, log, oldGroup))
	if c := tail.Conversation; c.Setup.Name != "Rowing" || c.Setup.Announce || c.Setup.Slow != 0 || c.Rules != 3 || c.Setup.History != chat.FromStart {
		t.Errorf("the header says %+v", c)
	}
	e, _, err := log.Entry(t.Context(), oldDirect, 1)
	if err != nil {
		t.Fatal(err)
	}
	add(oldDirect, 11, chat.Deleted, chat.Change{Seq: 1, Erase: &e})
	if message() {
		t.Error("a deletion leaves what it does not know, which may be content")
	}
}

func tailOf(t testing.TB, log chat.Log, id chat.ConversationID) (chat.Tail, error) {
	tail, _, err := log.Tail(t.Context(), id, chat.Strong)
	return tail, err
}

// An epoch is set by a tool and must outlive every change of its conversation.
func TestAHeaderKeepsItsEpoch(t *testing.T) {
	_, log, _ := old(t)
	tail := must[chat.Tail](t)(tailOf(t, log, oldGroup))
	c := tail.Conversation
	c.Epoch = 1795299780
	e := entry(oldGroup, 3, "")
	e.Kind = chat.Changed
	commit(t, log, e, chat.Change{Header: &chat.Header{Conversation: c, Was: 2}})
	if tail := must[chat.Tail](t)(tailOf(t, log, oldGroup)); tail.Conversation.Epoch != 1795299780 {
		t.Errorf("%+v", tail.Conversation)
	}
}
