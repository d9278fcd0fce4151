package acceptance

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awsdynamodb "github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/infra/local/stack"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
)

func TestAThousandMessagesLater(t *testing.T) {
	needLocal(t, "writes a thousand messages faster than anybody may")
	t.Parallel()
	ann, bob := person(t, "ann"), person(t, "bob")
	annsPhone, bobsPhone := ann.connect("phone"), bob.connect("phone")
	seen := annsPhone.says(to(bob), "the last that bob sees before he goes")
	bobsPhone.gets(seen)
	bobsPhone.hangUp()
	missed := annsPhone.message(to(bob), "the first that he misses")
	acked := annsPhone.sends(missed)
	write(t, seen.Conversation, ann.ID, acked.Seq, chat.MaxResend-1)
	head := seen.Seq + chat.MaxResend

	t.Run("a device that was away catches up exactly", func(t *testing.T) {
		tablet := bob.connect("tablet")
		said := map[chat.MessageID]bool{}
		for _, e := range tablet.catchesUp(seen.Conversation, seen.Seq) { // complains of a gap and of a frame above 32 KB
			said[e.ID] = true
		}
		if len(said) != chat.MaxResend {
			t.Errorf("caught up on %d different messages, want %d", len(said), chat.MaxResend)
		}
		if page := tablet.syncs(seen.Conversation, seen.Seq); !page.More || page.Conversations[0].Head != head {
			t.Errorf("the first page says more=%t and head %d, which is %d", page.More, page.Conversations[0].Head, head)
		}
	})
	t.Run("a resend is the same message", func(t *testing.T) {
		if got := annsPhone.sends(annsPhone.again(missed, seen.Seq)); got != acked {
			t.Errorf("acknowledged as %+v, was %+v", got, acked)
		}
	})
	t.Run("a resend from further behind must sync first", func(t *testing.T) {
		if code := annsPhone.refused(annsPhone.again(missed, seen.Seq-1)); code != chat.Behind {
			t.Errorf("refused as %s", code)
		}
	})
	if got := annsPhone.list()[0].Head; got != head {
		t.Errorf("the log ends at %d, want %d", got, head)
	}
}

// write puts n messages into a conversation straight through the table: nobody may write so many in so short a time.
func write(t *testing.T, id chat.ConversationID, from chat.UserID, after chat.Seq, n int) {
	t.Helper()
	log := store.NewConversations(dynamo.NewFromIface(awsdynamodb.New(awsdynamodb.Options{
		Region: stack.Region, BaseEndpoint: aws.String(parley.local.DynamoDB.URL()), HTTPClient: parley.web,
		Credentials: credentials.NewStaticCredentialsProvider(stack.AccessKey, stack.SecretKey, ""),
	})), topology.Conversations.Name, topology.ConversationsByUser.Name)
	for i := range n {
		e := chat.Entry{
			Conversation: id, Seq: after + chat.Seq(i+1), Kind: chat.Message, ID: newID(), From: from,
			At: time.Now().Truncate(time.Millisecond), Body: chat.Body{Text: fmt.Sprint("number ", i)},
		}
		if _, wrote, err := log.Put(t.Context(), e); !wrote || err != nil {
			t.Fatalf("entry %d: wrote=%t, %v", e.Seq, wrote, err)
		}
	}
}
