package topology

import (
	"strconv"
	"time"
)

// Table is a DynamoDB table: on demand, encrypted, with point-in-time recovery.
type Table struct {
	Name         string
	PartitionKey string
	SortKey      string // "" for none
	TTL          string // the attribute that holds the expiry in Unix seconds
	Indexes      []Index
	Env          string
}

// EnvName is the variable that holds the table's name.
func (t Table) EnvName() string { return t.Env }

// Index is a global secondary index that projects only keys. Both its keys are strings.
type Index struct {
	Table        string
	Name         string
	PartitionKey string
	SortKey      string
}

// EnvName is "": an index has the same name in every deployment.
func (i Index) EnvName() string { return "" }

// Topic is a standard SNS topic that invokes a function.
type Topic struct {
	Name string
	// DeadLetter is the queue for what could not be handed to the function, and for what the function gave up.
	DeadLetter DeadLetters
	Env        string
}

// EnvName is the variable that holds the topic's ARN.
func (t Topic) EnvName() string { return t.Env }

// DeadLetters is a standard SQS queue that people read, not functions.
type DeadLetters struct{ Name string }

// EnvName is "": nothing is told of it, because Lambda itself writes to it in the name of the function.
func (d DeadLetters) EnvName() string { return "" }

// Queue is a standard SQS queue that feeds a function.
type Queue struct {
	Name string
	// DeadLetter is the queue for what the function failed at too often.
	DeadLetter DeadLetters
	// Visibility must be at least six times the timeout of the function it feeds (Lambda guide, "Using Lambda with SQS").
	Visibility time.Duration
	// MaxReceives is how often a message is tried before it goes to the dead-letter queue.
	MaxReceives int
	// Batch is how many messages one invocation gets at most.
	Batch int
	Env   string
}

// EnvName is the variable that holds the queue's URL.
func (q Queue) EnvName() string { return q.Env }

// Rule is an EventBridge rule on a schedule. It invokes a function asynchronously, at least once each time, within the
// minute that it is for. It is no resource that can be granted.
type Rule struct {
	Name string
	// Every is the rate, in whole minutes.
	Every time.Duration
}

// Bucket is a private S3 bucket.
type Bucket struct {
	Name string
	// Pending is the tag, as key and value, of an object that no message names yet; such objects go after PendingDays.
	PendingKey, PendingValue string
	PendingDays              int
	// Lives are after how many days objects go that messages name which disappear. They carry the tag PendingKey=days-<n>.
	Lives [5]int
	Env   string
}

// Life is the tag of objects that are needed for some time from now on, and were uploaded up to PendingDays ago; "" if that is
// longer than all Lives.
func (b Bucket) Life(d time.Duration) string {
	for _, days := range b.Lives {
		if d <= time.Duration(days-b.PendingDays)*24*time.Hour {
			return LifeTag(days)
		}
	}
	return ""
}

// LifeTag is the value of the tag of objects that go after some days.
func LifeTag(days int) string { return "days-" + strconv.Itoa(days) }

// EnvName is the variable that holds the bucket's name.
func (b Bucket) EnvName() string { return b.Env }

// Connections is the management API of the WebSocket stage (POST, GET and DELETE on @connections).
type Connections struct{ Env string }

// EnvName is the variable that the AWS SDK itself reads for this service's endpoint, stage included.
func (c Connections) EnvName() string { return c.Env }

// PushApplications are the SNS platform applications that the deployer owns, one per push platform.
type PushApplications struct{ Env string }

// EnvName is the variable that holds platform=ARN pairs separated by commas, or nothing.
func (p PushApplications) EnvName() string { return p.Env }

// Parameter is a SecureString of SSM's Parameter Store, which the deployer makes: no template can.
type Parameter struct {
	Name string
	Env  string
}

// EnvName is the variable that holds the parameter's name, empty in a deployment without it.
func (p Parameter) EnvName() string { return p.Env }

// What exists. Functions refer to these values in their grants.
var (
	// Conversations holds each conversation's members, log and header in one partition: see pkg/store.
	Conversations = Table{
		Name: "conversations", PartitionKey: "conversation", SortKey: "item", TTL: "expires",
		Indexes: []Index{ConversationsByUser}, Env: "PARLEY_CONVERSATIONS_TABLE",
	}
	// ConversationsByUser lists the conversations of a user: only member items carry the attribute "user".
	ConversationsByUser = Index{Table: "conversations", Name: "by-user", PartitionKey: "user", SortKey: "conversation"}
	// Sessions holds one item per user: live connections, last seen, push endpoint of each device; and another for who watches
	// that user.
	Sessions = Table{Name: "sessions", PartitionKey: "user", TTL: "expires", Env: "PARLEY_SESSIONS_TABLE"}
	// People holds what each user keeps for themselves: see pkg/store.
	People = Table{Name: "people", PartitionKey: "user", SortKey: "item", TTL: "expires", Indexes: []Index{PeopleByDue}, Env: "PARLEY_PEOPLE_TABLE"}
	// PeopleByDue lists scheduled messages by the time when they are due: only those that wait carry the attribute "timer", and
	// it is the same for all. So one query finds them, and as many can be written in a second as one partition takes: 1,000.
	PeopleByDue = Index{Table: "people", Name: "by-due", PartitionKey: "timer", SortKey: "fires"}
	// Offline carries one notice per message to the push function, for all members without a live connection.
	Offline = Topic{Name: "offline", DeadLetter: DeadLetters{"offline-dead"}, Env: "PARLEY_OFFLINE_TOPIC"}
	// Fanout carries shards of members of conversations that are too large to post to in the send itself.
	Fanout = Queue{
		Name: "fanout", DeadLetter: DeadLetters{"fanout-dead"}, Visibility: 2 * time.Minute, MaxReceives: 5, Batch: 1,
		Env: "PARLEY_FANOUT_QUEUE",
	}
	// Tick looks for what is due each minute, the finest that a rule can.
	Tick = Rule{Name: "tick", Every: time.Minute}
	// Grace carries people whose last connection has left, each for as long as they may be gone unnoticed.
	Grace = Queue{
		Name: "grace", DeadLetter: DeadLetters{"grace-dead"}, Visibility: time.Minute, MaxReceives: 5, Batch: 10,
		Env: "PARLEY_GRACE_QUEUE",
	}
	// Media holds what messages attach. Its lives are a day, a week, a month and three, which messages may last that disappear,
	// and half a year, if the timer of three months begins after three; each and the day that an upload may wait.
	Media = Bucket{Name: "media", PendingKey: "state", PendingValue: "pending", PendingDays: 1, Lives: [5]int{2, 8, 31, 91, 181}, Env: "PARLEY_MEDIA_BUCKET"}
	// Posts is how functions reach connections.
	Posts = Connections{Env: "AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI"}
	// Push is where device tokens are registered.
	Push = PushApplications{Env: "PARLEY_PUSH_APPLICATIONS"}
	// Vapid is the private key that notifications of browsers are signed with. `make vapid` makes it.
	Vapid = Parameter{Name: "vapid", Env: "PARLEY_VAPID_PARAMETER"}
)

// Tables lists every table.
var Tables = []Table{Conversations, Sessions, People}
