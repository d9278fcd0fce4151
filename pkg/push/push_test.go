package push_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awssns "github.com/aws/aws-sdk-go-v2/service/sns"
	"github.com/guregu/dynamo/v2"
	"go.uber.org/goleak"

	"github.com/parley-im/parley/infra/local/dynamodb/dynamodbtest"
	"github.com/parley-im/parley/infra/local/sns"
	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/endpoints"
	"github.com/parley-im/parley/pkg/push"
	"github.com/parley-im/parley/pkg/store"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a pusher over a real table and the stand-in for SNS.
type rig struct {
	*push.Pusher
	sns    *sns.Service
	client *awssns.Client
	logs   *bytes.Buffer
	now    time.Time
	meter  *dynamodbtest.Meter
	db     *dynamo.DB
	log    *store.Conversations
	people *store.People
	said   chat.Seq // by eve, in the group of all
}

// all is a group of whoever there is in a test.
var all = chat.GroupID("eve", "1")

// says appends something that eve says.
func (r *rig) says(t *testing.T, body chat.Body) chat.Seq {
	t.Helper()
	r.said++
	e := chat.Entry{Conversation: all, Seq: r.said, Kind: chat.Message, From: "eve", At: r.now, Body: body}
	if _, _, err := r.log.Put(t.Context(), e); err != nil {
		t.Fatal(err)
	}
	return r.said
}

func newRig(t *testing.T) *rig {
	t.Helper()
	gcm := sns.Application{Platform: "GCM", Name: "parley"}
	service, err := sns.New(sns.Config{Region: "eu-central-1", Account: "000000000000", Applications: []sns.Application{gcm}})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(service)
	t.Cleanup(func() {
		server.Close()
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	r := &rig{sns: service, logs: &bytes.Buffer{}, now: time.Date(2026, 11, 21, 22, 23, 0, 123e6, time.UTC)}
	r.client = awssns.New(awssns.Options{
		Region: "eu-central-1", BaseEndpoint: aws.String(server.URL), HTTPClient: server.Client(), Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("local", "secret", ""),
	})
	r.meter = dynamodbtest.NewMeter(dynamodbtest.Start(t))
	db := dynamo.NewFromIface(r.meter)
	r.db = db
	r.log, r.people = store.NewConversations(db, topology.Conversations.Name, topology.ConversationsByUser.Name), store.NewPeople(db, topology.People.Name)
	r.says(t, chat.Body{Text: "canary"})
	r.Pusher = &push.Pusher{
		Sessions:  store.NewSessions(db, topology.Sessions.Name),
		Endpoints: endpoints.New(r.client, map[string]string{"fcm": service.ApplicationARN(gcm)}),
		Log:       r.log, Stances: r.log, People: r.people, Profiles: r.people,
		Now: func() time.Time { return r.now }, Logger: slog.New(slog.NewTextHandler(r.logs, nil)),
	}
	return r
}

func as(user chat.UserID, device chat.DeviceID) chat.Identity {
	return chat.Identity{User: user, Device: device, Connection: "1"}
}

// register registers a device a second after the one before.
func (r *rig) register(t *testing.T, user chat.UserID, device chat.DeviceID, token string) {
	t.Helper()
	r.now = r.now.Add(time.Second)
	got, err := r.Register(t.Context(), as(user, device), wire.Register{Platform: "fcm", Token: token})
	if err != nil || got.Device != device {
		t.Fatal(got, err)
	}
}

func (r *rig) endpoints(t *testing.T, user chat.UserID) []chat.Endpoint {
	t.Helper()
	sessions, err := r.Sessions.Sessions(t.Context(), []chat.UserID{user})
	if err != nil {
		t.Fatal(err)
	}
	return sessions[0].Endpoints
}

func (r *rig) devices(t *testing.T, user chat.UserID) (devices []chat.DeviceID) {
	t.Helper()
	for _, e := range r.endpoints(t, user) {
		devices = append(devices, e.Device)
	}
	return devices
}

func (r *rig) wantDevices(t *testing.T, user chat.UserID, want ...chat.DeviceID) {
	t.Helper()
	if got := r.devices(t, user); !slices.Equal(got, want) {
		t.Errorf("%s has %v, want %v", user, got, want)
	}
}

func (r *rig) notify(t *testing.T, users ...chat.UserID) {
	t.Helper()
	if err := r.Notify(t.Context(), chat.Notice{Conversation: all, Seq: r.said, Users: users}); err != nil {
		t.Fatal(err)
	}
}

// wantTokens checks which phones rang.
func (r *rig) wantTokens(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, n := range r.sns.Notifications(sns.Filter{}) {
		got = append(got, n.Token)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("notified %v, want %v", got, want)
	}
}

func (r *rig) disable(t *testing.T, arn string) {
	t.Helper()
	_, err := r.client.SetEndpointAttributes(t.Context(), &awssns.SetEndpointAttributesInput{EndpointArn: &arn, Attributes: map[string]string{"Enabled": "false"}})
	if err != nil {
		t.Fatal(err)
	}
}

func TestEveryDeviceOfWhoIsNotConnectedIsNotified(t *testing.T) {
	r := newRig(t)
	r.register(t, "ann", "phone", "ann-1")
	r.register(t, "ann", "tablet", "ann-2")
	r.register(t, "bob", "phone", "bob-1")
	r.register(t, "cat", "phone", "cat-1")
	r.notify(t, "ann", "bob", "nobody")
	r.wantTokens(t, "ann-1", "ann-2", "bob-1")
}

func TestWhoHasConnectedMeanwhileIsLeftAlone(t *testing.T) {
	r := newRig(t)
	for _, user := range []chat.UserID{"ann", "bob", "cat"} {
		r.register(t, user, "phone", string(user))
	}
	for user, since := range map[chat.UserID]time.Time{
		"ann": r.now.Add(-time.Second),
		"bob": r.now.Add(-chat.ConnectionLife - chat.ConnectionMargin), // cannot exist any more
	} {
		if _, err := r.Sessions.Connect(t.Context(), user, chat.Connection{ID: "1", Since: since}); err != nil {
			t.Fatal(err)
		}
	}
	r.notify(t, "ann", "bob", "cat")
	r.wantTokens(t, "bob", "cat")
}

func TestP7ATokenNotifiesItsLastOwnerOnly(t *testing.T) {
	r := newRig(t)
	r.register(t, "ann", "phone", "shared")
	r.register(t, "ann", "tablet", "ann-2")
	r.register(t, "bob", "phone", "shared")
	r.wantDevices(t, "ann", "tablet")
	r.wantDevices(t, "bob", "phone")
	r.notify(t, "ann")
	r.wantTokens(t, "ann-2")
}

func TestAnAppThatWasInstalledAgainIsOneDevice(t *testing.T) {
	r := newRig(t)
	r.register(t, "ann", "first", "token")
	r.register(t, "ann", "second", "token")
	r.wantDevices(t, "ann", "second")
	r.notify(t, "ann")
	r.wantTokens(t, "token")
}

func TestRegisteringAgainIsOneDevice(t *testing.T) {
	r := newRig(t)
	for range 3 {
		r.register(t, "ann", "phone", "token")
	}
	r.wantDevices(t, "ann", "phone")
	r.register(t, "ann", "phone", "token-2") // platforms change tokens
	r.notify(t, "ann")
	r.wantTokens(t, "token-2")
}

// The old token of a device says nothing about the device any more.
func TestWhoTakesOverAnOldTokenTakesNothingElse(t *testing.T) {
	r := newRig(t)
	r.register(t, "ann", "phone", "old")
	r.register(t, "ann", "phone", "new")
	r.register(t, "bob", "phone", "old")
	r.wantDevices(t, "ann", "phone")
	r.notify(t, "ann", "bob")
	r.wantTokens(t, "new", "old")
}

func TestADeviceThatSaysNoNameCannotBeNotified(t *testing.T) {
	r := newRig(t)
	_, err := r.Register(t.Context(), as("ann", ""), wire.Register{Platform: "fcm", Token: "token"})
	if chat.AsError(err).Code != chat.Invalid {
		t.Errorf("register: %v", err)
	}
	if _, err := r.Unregister(t.Context(), as("ann", ""), wire.Unregister{}); chat.AsError(err).Code != chat.Invalid {
		t.Errorf("unregister: %v", err)
	}
	r.wantDevices(t, "ann")
}

func TestAboveTheLimitTheDeviceThatRegisteredFirstGivesWay(t *testing.T) {
	r := newRig(t)
	var want []chat.DeviceID
	for i := range chat.MaxEndpoints + 2 {
		device := chat.DeviceID(fmt.Sprintf("d%02d", i))
		r.register(t, "ann", device, "token-"+string(device))
		want = append(want, device)
	}
	r.wantDevices(t, "ann", want[2:]...)
	r.register(t, "ann", "d02", "token-d02") // so it is the youngest
	r.register(t, "ann", "new", "token-new")
	r.wantDevices(t, "ann", append(slices.Clone(want[4:]), "d02", "new")...)
	r.notify(t, "ann")
	if got := r.sns.Notifications(sns.Filter{}); len(got) != chat.MaxEndpoints {
		t.Errorf("%d devices were notified", len(got))
	}
}

func TestAPlatformThatIsNotSetUpRegistersNothing(t *testing.T) {
	r := newRig(t)
	_, err := r.Register(t.Context(), as("ann", "phone"), wire.Register{Platform: "apns", Token: "token"})
	if chat.AsError(err).Code != chat.Invalid {
		t.Error(err)
	}
	r.wantDevices(t, "ann")
}

func TestAnUnregisteredDeviceIsNotNotified(t *testing.T) {
	r := newRig(t)
	r.register(t, "ann", "phone", "ann-1")
	r.register(t, "ann", "tablet", "ann-2")
	for range 2 { // a resend
		got, err := r.Unregister(t.Context(), as("ann", "phone"), wire.Unregister{})
		if err != nil || got.Device != "phone" {
			t.Errorf("%+v, %v", got, err)
		}
	}
	r.wantDevices(t, "ann", "tablet")
	r.notify(t, "ann")
	r.wantTokens(t, "ann-2")
	r.register(t, "ann", "phone", "ann-1")
	r.wantDevices(t, "ann", "tablet", "phone")
}

func TestDevicesThatThePlatformGaveUpAreForgottenAndNoOthers(t *testing.T) {
	r := newRig(t)
	r.register(t, "ann", "disabled", "ann-1")
	r.register(t, "ann", "deleted", "ann-2")
	r.register(t, "ann", "phone", "ann-3")
	r.register(t, "bob", "phone", "bob-1")
	all := r.endpoints(t, "ann")
	r.disable(t, all[0].ID)
	if err := r.Endpoints.Remove(t.Context(), all[1].ID); err != nil {
		t.Fatal(err)
	}
	r.notify(t, "ann", "bob")
	r.wantTokens(t, "ann-3", "bob-1")
	r.wantDevices(t, "ann", "phone")
	r.wantDevices(t, "bob", "phone")
	if strings.Contains(r.logs.String(), "canary") {
		t.Errorf("logs %q", r.logs)
	}
}

// flaky fails to push to some endpoints and cannot remove any.
type flaky struct {
	chat.Endpoints
	pushErr map[chat.DeviceID]error
	mu      sync.Mutex
	pushed  []chat.DeviceID
}

func (f *flaky) Push(_ context.Context, e chat.Endpoint, _ chat.Notification) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.pushed = append(f.pushed, e.Device)
	return f.pushErr[e.Device]
}

func (f *flaky) Remove(context.Context, string) error { return errors.New("access denied") }

func TestADeviceThatCouldNotBeTriedDoesNotMakeTheOthersSoundTwice(t *testing.T) {
	r := newRig(t)
	for i := range 20 { // more than are notified at once
		r.register(t, "ann", chat.DeviceID(fmt.Sprintf("d%02d", i)), fmt.Sprint("token-", i))
	}
	down := errors.New("throttled")
	f := &flaky{Endpoints: r.Endpoints, pushErr: map[chat.DeviceID]error{"d00": down, "d01": chat.ErrGone}}
	r.Endpoints = f
	if err := r.Notify(t.Context(), chat.Notice{Conversation: all, Seq: 1, Users: []chat.UserID{"ann"}}); err != nil {
		t.Error(err)
	}
	if !strings.Contains(r.logs.String(), "devices not notified") {
		t.Errorf("logs %q", r.logs)
	}
	if len(f.pushed) != 20 {
		t.Errorf("%d devices were tried", len(f.pushed))
	}
	// What cannot be removed from the platform is forgotten all the same; what could not be tried is not.
	if devices := r.devices(t, "ann"); len(devices) != 19 || slices.Contains(devices, "d01") || !slices.Contains(devices, "d00") {
		t.Errorf("left %v", devices)
	}
	if !strings.Contains(r.logs.String(), "endpoint not removed") {
		t.Errorf("logs %q", r.logs)
	}
}

func TestANoticeThatReachedNoDeviceIsTriedAgain(t *testing.T) {
	r := newRig(t)
	r.register(t, "ann", "phone", "token")
	down := errors.New("throttled")
	r.Endpoints = &flaky{Endpoints: r.Endpoints, pushErr: map[chat.DeviceID]error{"phone": down}}
	if err := r.Notify(t.Context(), chat.Notice{Conversation: all, Seq: 1, Users: []chat.UserID{"ann"}}); !errors.Is(err, down) {
		t.Error(err)
	}
}
