// Package client is the Go client of Parley. It keeps a connection, sends messages until they are acknowledged, and hands
// every entry of every conversation to the program exactly once and in order, however bad the network is.
//
//	c, err := client.New(client.Options{
//		URL:    "wss://example.execute-api.eu-central-1.amazonaws.com/live",
//		User:   "ann",
//		Token:  func(ctx context.Context) (string, error) { return signIn(ctx) },
//		Handle: func(e client.Event) { … },
//	})
//	go c.Run(ctx)
//	accepted, err := c.Send(ctx, client.ToUser("bob"), client.Text("hi"))
//
// Messages are changed by Edit, Delete and React (change.go); those changes are entries like all others, and a Room
// (room.go) adds them up to what a program shows. Search (search.go) ranges over the messages that fit a query. What is not said
// yet is kept by the server for all devices: SetDraft (draft.go) and Schedule (schedule.go).
// Who is in a group and what it is like is changed by Add, Remove, Ban, Leave, SetRole, Change and Join (group.go); those
// changes are entries, too.
//
// What a user shows of themselves and decides about others is in people.go: profiles, contacts, settings, blocks and mutes.
//
// What is only of the moment, who is typing (typing.go) and who is there (presence.go), comes as events of its own.
//
// What comes in flows through four small parts: the socket reads frames (socket.go), the inbox puts entries into the
// order of their seq and notices what is missing (inbox.go), the follower fetches that (follow.go), and the dispatcher
// calls Handle and tells the Store how far it got (dispatch.go). What goes out waits in the outbox, one lane per
// conversation (outbox.go), and becomes a request that is repeated until it has an answer (request.go). Run (run.go) keeps
// a connection open underneath and replaces it before the gateway cuts it; on each it says hello first, which tells the
// limits of the server (hello.go). What the server finds too fast goes out later by itself.
//
// The promises rest on three rules of the protocol: entries of a conversation are numbered without gaps; a message keeps
// its id however often it is resent; and an acknowledgement says where in the log the message is.
package client
