package topology

import "time"

// What a function that hands entries to people needs: who is connected, the posts, the notices, the pruning of dead
// connections.
var delivery = []Grant{
	{Sessions, []string{"dynamodb:BatchGetItem", "dynamodb:UpdateItem"}},
	{Posts, []string{"POST", "GET"}}, // GET asks whether a 410 is true
	{Offline, []string{"sns:Publish"}},
	{Grace, []string{"sqs:SendMessage"}}, // whose last connection turned out to be dead
}

// storm is how many connects are served at once: at 20 ms each, ten times the 500 a second that an account may open
// (API Gateway quotas). Everybody who lost their connection in the same moment comes back in the same moment, and must not
// take the concurrency of those who are talking.
const storm = 100

// What a function that appends entries needs, besides delivering them.
var sending = append([]Grant{
	{Conversations, []string{
		"dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem",
	}},
	// Whether a first message or a new member is welcome, how many conversations a user begins, the draft of what is sent.
	{People, []string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}},
	{Media, []string{"s3:GetObject", "s3:GetObjectTagging", "s3:PutObjectTagging"}},
	{Fanout, []string{"sqs:SendMessage"}},
}, delivery...)

// Functions lists every Lambda. infra creates them, pkg/app wires them, the local stack runs them.
var Functions = []Function{
	{
		Name: "authorizer", About: "decides on $connect: token and origin",
		Authorizer: true,
		Env:        []string{EnvIssuer, EnvAudience, EnvJWKS, EnvOrigins},
		Memory:     256, Timeout: 5 * time.Second,
		Concurrency: storm,
	},
	{
		Name: "connect", About: "records a connection and answers the subprotocol",
		Routes: []string{RouteConnect},
		Grants: []Grant{
			{Sessions, []string{"dynamodb:GetItem", "dynamodb:UpdateItem"}}, // GetItem for those who watch
			{People, []string{"dynamodb:BatchGetItem"}},
			{Posts, []string{"POST", "GET", "DELETE"}}, // the oldest of too many connections is told and closed
		},
		Memory: 256, Timeout: 5 * time.Second,
		Concurrency: storm,
	},
	{
		Name: "disconnect", About: "forgets a connection",
		Routes: []string{RouteDisconnect},
		Grants: []Grant{{Sessions, []string{"dynamodb:UpdateItem"}}, {Grace, []string{"sqs:SendMessage"}}},
		Memory: 256, Timeout: 5 * time.Second,
	},
	{
		Name: "message", About: "appends to conversations and hands each entry to its members",
		Routes: []string{"send", "create", "edit", "delete", "react", "pin", "hide", "follow"},
		Grants: sending,
		// 512 MB buys 0.3 of a vCPU, which is what the TLS of a fan-out needs.
		Memory: 512, Timeout: 15 * time.Second,
	},
	{
		Name: "group", About: "changes who is in a group and what it is like",
		Routes: []string{"add", "remove", "leave", "role", "change", "invite", "invites", "revoke", "preview", "join"},
		Grants: append([]Grant{
			{Conversations, []string{
				"dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:PutItem", "dynamodb:UpdateItem",
				"dynamodb:DeleteItem", "dynamodb:ConditionCheckItem",
			}},
			{People, []string{"dynamodb:BatchGetItem"}},                                     // who has blocked whom, who is whose contact
			{Media, []string{"s3:GetObject", "s3:GetObjectTagging", "s3:PutObjectTagging"}}, // a picture is kept, the one before let go
			{Fanout, []string{"sqs:SendMessage"}},
		}, delivery...),
		Memory: 512, Timeout: 15 * time.Second,
	},
	{
		Name: "fanout", About: "hands one entry to one shard of a large conversation",
		Queue: &Fanout,
		Grants: append([]Grant{
			{Conversations, []string{"dynamodb:Query", "dynamodb:BatchGetItem"}},
			{Fanout, []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl"}},
		}, delivery...),
		Memory: 512, Timeout: 20 * time.Second,
	},
	{
		Name: "sync", About: "reads: what was missed, history, conversations, members, who has seen what",
		Routes: []string{"sync", "history", "conversations", "members", "seen", "explain", "pins", "threads"},
		Grants: []Grant{
			{Conversations, []string{"dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem"}},
			{ConversationsByUser, []string{"dynamodb:Query"}},
			{Sessions, []string{"dynamodb:BatchGetItem"}},
			{People, []string{"dynamodb:BatchGetItem", "dynamodb:Query"}}, // who may see whom, and whom the caller does not want to hear; drafts
		},
		Memory: 512, Timeout: 15 * time.Second,
	},
	{
		Name: "drafts", About: "keeps what is not said yet: drafts and scheduled messages",
		Routes: []string{"draft", "drafts", "schedule", "unschedule", "scheduled"},
		Grants: []Grant{
			{People, []string{"dynamodb:Query", "dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:DeleteItem"}},
			{Conversations, []string{"dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem"}},
			{Media, []string{"s3:GetObject", "s3:GetObjectTagging", "s3:PutObjectTagging"}}, // what is attached is kept until it is sent
			{Sessions, []string{"dynamodb:BatchGetItem", "dynamodb:UpdateItem"}},
			{Posts, []string{"POST", "GET"}}, // to the caller's other devices
		},
		Memory: 256, Timeout: 15 * time.Second,
	},
	{
		Name: "tick", About: "sends scheduled messages when they are due",
		Rule:   &Tick,
		Grants: append([]Grant{{PeopleByDue, []string{"dynamodb:Query"}}}, sending...),
		// The next minute has an invocation of its own, so this one is over by then.
		Memory: 512, Timeout: 55 * time.Second,
	},
	{
		Name: "search", About: "finds messages in the conversations of whoever asks",
		Routes: []string{"search"},
		Grants: []Grant{
			{Conversations, []string{"dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem"}},
			{ConversationsByUser, []string{"dynamodb:Query"}},
		},
		// 512 MB: a request reads and folds up to some megabytes of text.
		Memory: 512, Timeout: 15 * time.Second,
	},
	{
		Name: "signal", About: "passes on who is typing and how far members are, and keeps what they chose",
		Routes: []string{"typing", "receipts", "mark", "prefs"},
		Grants: []Grant{
			{Conversations, []string{"dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"}},
			{Sessions, []string{"dynamodb:BatchGetItem"}},
			{People, []string{"dynamodb:BatchGetItem"}}, // who has blocked whom
			{Posts, []string{"POST", "GET"}},
		},
		Memory: 512, Timeout: 10 * time.Second,
	},
	{
		Name: "presence", About: "shows who is there to those who watch",
		Routes: []string{"watch", "unwatch", "status"},
		Grants: []Grant{
			{Sessions, []string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"}},
			{People, []string{"dynamodb:BatchGetItem"}},
			{Posts, []string{"POST", "GET"}},
		},
		Memory: 256, Timeout: 10 * time.Second,
	},
	{
		Name: "grace", About: "tells that somebody is offline who did not come back",
		Queue: &Grace,
		Grants: []Grant{
			{Sessions, []string{"dynamodb:GetItem", "dynamodb:UpdateItem"}},
			{People, []string{"dynamodb:BatchGetItem"}},
			{Posts, []string{"POST", "GET"}},
			{Grace, []string{"sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ChangeMessageVisibility", "sqs:GetQueueUrl"}},
		},
		Memory: 256, Timeout: 10 * time.Second,
	},
	{
		Name: "media", About: "signs uploads and downloads",
		Routes: []string{"upload", "download"},
		Grants: []Grant{
			{Conversations, []string{"dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem"}},
			{People, []string{"dynamodb:GetItem", "dynamodb:BatchGetItem"}},
			{Media, []string{"s3:PutObject", "s3:PutObjectTagging", "s3:GetObject"}},
		},
		Memory: 256, Timeout: 10 * time.Second,
	},
	{
		Name: "devices", About: "registers a device for notifications, and logs it out",
		Routes: []string{"register", "unregister", "logout"},
		Grants: []Grant{
			{Sessions, []string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}}, // DeleteItem for a browser's subscription
			{People, []string{"dynamodb:BatchGetItem"}},
			{Posts, []string{"POST", "GET", "DELETE"}}, // those who watch are told, other connections of the device closed
			{Push, []string{"sns:CreatePlatformEndpoint", "sns:GetEndpointAttributes", "sns:SetEndpointAttributes", "sns:DeleteEndpoint"}},
		},
		Env:    []string{EnvVapidPublic, EnvPushHosts},
		Memory: 256, Timeout: 10 * time.Second,
	},
	{
		Name: "people", About: "keeps profiles, contacts, settings, blocks and mutes",
		Routes: []string{
			"profile", "profiles", "contact", "contacts", "block", "unblock", "blocked", "mute", "muted", "settings", "accept",
		},
		Grants: []Grant{
			{People, []string{"dynamodb:Query", "dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"}},
			{Conversations, []string{"dynamodb:Query", "dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"}},
			{Sessions, []string{"dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem"}}, // GetItem for those who watch
			{Media, []string{"s3:GetObject", "s3:GetObjectTagging", "s3:PutObjectTagging"}},
			{Posts, []string{"POST", "GET"}},
		},
		Memory: 256, Timeout: 10 * time.Second,
	},
	{
		Name: "push", About: "notifies the devices of members who are offline",
		Topic: &Offline,
		Grants: []Grant{
			{Sessions, []string{"dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:GetItem", "dynamodb:DeleteItem"}}, // the last two for subscriptions
			{Conversations, []string{"dynamodb:GetItem", "dynamodb:BatchGetItem"}},
			{People, []string{"dynamodb:BatchGetItem"}},
			{Push, []string{"sns:Publish", "sns:DeleteEndpoint"}},
			{Vapid, []string{"ssm:GetParameter"}},             // nobody else can sign as this deployment
			{Offline.DeadLetter, []string{"sqs:SendMessage"}}, // what fails three times is kept, not dropped
		},
		Env:    []string{EnvVapidPublic, EnvVapidSubject, EnvPushHosts},
		Memory: 256, Timeout: 20 * time.Second,
	},
	{
		// What is greeted and what no route takes need the same: nothing. So both are here.
		Name: "default", About: "answers hello, and frames that name no known action",
		Routes: []string{RouteDefault, "hello"},
		Memory: 128, Timeout: 5 * time.Second,
	},
}
