package faults

import "time"

// Name of a fault.
type Name string

// stale is the fault for which answers are remembered.
const stale Name = "dynamodb.stale"

// Kind is a fault that there is.
type Kind struct {
	Name Name
	// Does is what happens, to whom.
	Does string
	// Imitates is where it is known from.
	Imitates string
	// Delay is what a rule's Delay is by default, and DelayIs what it means. 0: the fault takes none.
	Delay   time.Duration
	DelayIs string

	strikes func(event) bool
	// One of the three is set.
	invoke func(*invocation, strike)
	call   func(*call, strike)
	rule   func(fire func() error) error
}

// Catalogue lists every fault.
var Catalogue = []Kind{
	{
		Name: "disconnect.lost", Imitates: "F14, aws.md 1.6",
		Does:    "`$disconnect` is never invoked",
		strikes: disconnects, invoke: lose,
	},
	{
		Name: "disconnect.late", Imitates: "F14, aws.md 1.6",
		Does:  "`$disconnect` is invoked late",
		Delay: 2 * time.Second, DelayIs: "how late",
		strikes: disconnects, invoke: invokeLate,
	},
	{
		Name: "messages.reorder", Imitates: "F16, aws.md 1.5",
		Does:  "a message waits before its function is invoked, so that later ones of the connection overtake it",
		Delay: 100 * time.Millisecond, DelayIs: "below what the random wait stays",
		strikes: messages, invoke: invokeSometime,
	},
	{
		Name: "ack.lost", Imitates: "F2",
		Does:    "the function does its work, but what it returns to the sender of a message never arrives",
		strikes: messages, invoke: dropReply,
	},
	{
		Name: "ack.late", Imitates: "F4, aws.md 1.5",
		Does:  "what a function returns to the sender of a message arrives late",
		Delay: time.Second, DelayIs: "how late",
		strikes: messages, invoke: replyLate,
	},
	{
		Name: "lambda.throttle", Imitates: "F21",
		Does:    "a function is not invoked: no concurrency is left",
		strikes: invocations, invoke: throttleFunction,
	},
	{
		Name: "lambda.kill_before", Imitates: "F19",
		Does:    "the process that makes a call to AWS is killed before the service sees it",
		strikes: calls, call: killBefore,
	},
	{
		Name: "lambda.kill_after", Imitates: "F19, F2",
		Does:    "the process that makes a call to AWS is killed when the service has done its part, before the answer",
		strikes: calls, call: killAfter,
	},
	{
		Name: "post.half_open", Imitates: "F3, aws.md 1.7",
		Does:    "a post to a connection is answered by 200 and never arrives",
		strikes: posts, call: refuse(accepted),
	},
	{
		Name: "post.gone", Imitates: "F15, aws.md 1.7",
		Does:    "a post to a connection that lives is answered by 410 and never arrives",
		strikes: posts, call: refuse(gone),
	},
	{
		Name: "post.gone_delivered", Imitates: "F15, aws.md 1.7 (aws-sdk-js #3773)",
		Does:    "a post is answered by 410 although it arrives",
		strikes: posts, call: replace(gone),
	},
	{
		Name: "post.busy", Imitates: "F15, aws.md 1.7",
		Does:    "a post is answered by 429: the rate, or the client's buffer, is exhausted",
		strikes: posts, call: refuse(busy),
	},
	{
		Name: "post.error", Imitates: "F15",
		Does:    "a post is answered by 500 and never arrives",
		strikes: posts, call: refuse(postFailed),
	},
	{
		Name: "post.late", Imitates: "F4, F15",
		Does:  "a post is served late, or not at all if the function has hung up by then",
		Delay: time.Second, DelayIs: "how late",
		strikes: posts, call: serveLate,
	},
	{
		Name: "dynamodb.throttle", Imitates: "F23",
		Does:    "a request is refused by ProvisionedThroughputExceededException",
		strikes: requests("dynamodb"), call: refuse(tableThrottled),
	},
	{
		Name: "dynamodb.conflict", Imitates: "F23, aws.md 4.10, 4.11",
		Does:    "a write is refused by TransactionConflictException, which the SDK does not retry",
		strikes: writes, call: refuse(conflict),
	},
	{
		Name: stale, Imitates: "F23, aws.md 4.11",
		Does:  "an eventual read is answered as the identical one was before",
		Delay: time.Second, DelayIs: "how old the answer may be",
		strikes: remembered, call: answerAsBefore,
	},
	{
		Name: "dynamodb.unprocessed", Imitates: "F23, aws.md 4.10",
		Does:    "a BatchGetItem gets nothing and all its keys back as unprocessed",
		strikes: operation("dynamodb", "BatchGetItem"), call: unprocessed,
	},
	{
		Name: "dynamodb.error", Imitates: "F23",
		Does:    "a request is answered by 500 and does nothing",
		strikes: requests("dynamodb"), call: refuse(tableFailed),
	},
	{
		Name: "dynamodb.error_after_commit", Imitates: "F23",
		Does:    "a write is answered by 500 although it happened",
		strikes: writes, call: replace(tableFailed),
	},
	{
		Name: "s3.unavailable", Imitates: "F24",
		Does:    "a request is answered by 503 SlowDown",
		strikes: requests("s3"), call: refuse(slowDown),
	},
	{
		Name: "sns.endpoint_disabled", Imitates: "F25, aws.md 4.8",
		Does:    "a Publish to an endpoint is refused by EndpointDisabled",
		strikes: publishesToEndpoint, call: refuse(endpointDisabled),
	},
	{
		Name: "sns.throttle", Imitates: "F25",
		Does:    "a request is refused by Throttling: Rate exceeded",
		strikes: requests("sns"), call: refuse(topicThrottled),
	},
	{
		Name: "sns.duplicate", Imitates: "F20, F25",
		Does:    "a Publish happens twice",
		strikes: operation("sns", "Publish"), call: serveTwice,
	},
	{
		Name: "sqs.duplicate", Imitates: "F20",
		Does:    "a SendMessage or SendMessageBatch happens twice",
		strikes: sends, call: serveTwice,
	},
	{
		Name: "events.duplicate", Imitates: "F20",
		Does:    "a rule fires twice, at once",
		strikes: rules, rule: fireTwice,
	},
}
