package absences_test

import (
	"context"
	"errors"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssqs "github.com/aws/aws-sdk-go-v2/service/sqs"

	"github.com/parley-im/parley/infra/local/clock"
	"github.com/parley-im/parley/infra/local/sqs"
	"github.com/parley-im/parley/pkg/absences"
	"github.com/parley-im/parley/pkg/chat"
)

func newQueue(t *testing.T, c clock.Clock) (*sqs.Service, *absences.Queue) {
	t.Helper()
	server := httptest.NewUnstartedServer(nil)
	service, err := sqs.New(sqs.Config{
		Region: "eu-central-1", Account: "000000000000", BaseURL: "http://" + server.Listener.Addr().String(),
		Queues: []sqs.Queue{{Name: "grace", VisibilityTimeout: time.Minute}}, Clock: c,
	})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = service
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	client := awssqs.New(awssqs.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(), Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("local", "secret", ""),
	})
	return service, absences.New(client, service.URL("grace"))
}

func TestZ2AnAbsenceComesWhenTheGraceIsOver(t *testing.T) {
	fake := clock.NewFake(time.Date(2026, 11, 21, 22, 23, 0, 0, time.UTC))
	service, queue := newQueue(t, fake)
	want := chat.Absence{User: "chloe@example.com", Left: fake.Now().UnixMilli()}
	if err := queue.Hand(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	receive := func() []sqs.Message {
		messages, err := service.Receive(t.Context(), "grace", 10, 0)
		if err != nil {
			t.Fatal(err)
		}
		return messages
	}
	fake.Advance(chat.Grace - time.Millisecond)
	if messages := receive(); len(messages) != 0 {
		t.Errorf("before that: %v", messages)
	}
	fake.Advance(time.Millisecond)
	messages := receive()
	if len(messages) != 1 {
		t.Fatalf("%d messages", len(messages))
	}
	if got, err := absences.Read(messages[0].Body); err != nil || got != want {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAQueueThatDoesNotAnswerIsTemporary(t *testing.T) {
	_, queue := newQueue(t, clock.Real{})
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("no"))
	if err := queue.Hand(ctx, chat.Absence{User: "ann"}); err == nil || chat.AsError(err).Code != chat.Unavailable {
		t.Error(err)
	}
}

func TestWhatIsNoAbsenceIsAnError(t *testing.T) {
	for _, text := range []string{"", "null and void", "[]", `{"user":7}`} {
		if a, err := absences.Read(text); err == nil {
			t.Errorf("%q is read as %+v", text, a)
		}
	}
}
