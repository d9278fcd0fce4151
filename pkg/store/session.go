package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// A session is one item whose live connections and endpoints are attributes of their own:
//
//	user, seen, expires, s#<setting>, c#<connection id> → {device, since, expires, away}, e#<device> → {platform, arn, since},
//	left → {at, idle}, status → {presence, until}, hidden
//
// So every change is one UpdateItem that needs neither a read nor an existing map, and two changes at once never meet.
const (
	connectionPrefix = "c#"
	endpointPrefix   = "e#"
	settingPrefix    = "s#"
)

type connectionItem struct {
	Device  string `dynamo:"device"`
	Since   int64  `dynamo:"since"`
	Expires int64  `dynamo:"expires,omitempty"`
	Away    bool   `dynamo:"away,omitempty"`
}

func newConnection(c chat.Connection) connectionItem {
	item := connectionItem{Device: string(c.Device), Since: c.Since.UnixMilli(), Away: c.Away}
	if !c.Expires.IsZero() {
		item.Expires = c.Expires.UnixMilli()
	}
	return item
}

func (i connectionItem) connection(id string) chat.Connection {
	c := chat.Connection{ID: chat.ConnectionID(id), Device: chat.DeviceID(i.Device), Since: time.UnixMilli(i.Since).UTC(), Away: i.Away}
	if i.Expires != 0 {
		c.Expires = time.UnixMilli(i.Expires).UTC()
	}
	return c
}

type endpointItem struct {
	Platform string `dynamo:"platform"`
	ARN      string `dynamo:"arn"`
	Since    int64  `dynamo:"since"`
}

// Connect implements chat.Sessions with one UpdateItem, which returns what was there before.
func (s *Sessions) Connect(ctx context.Context, user chat.UserID, c chat.Connection) (session chat.Session, err error) {
	defer wrap(&err, "connect")
	added := newConnection(c)
	var item dynamo.Item
	err = s.table.Update("user", string(user)).
		SetExpr("$ = ?", connectionPrefix+string(c.ID), added).
		Set("seen", c.Since.UnixMilli()).
		Set("expires", c.Since.Add(chat.SessionRetention).Unix()).
		Remove("left").
		OldValue(ctx, &item)
	if ignoreNotFound(err) != nil {
		return session, err
	}
	if session, err = newSession(item); err != nil {
		return session, err
	}
	session = session.Without(c.ID)
	session.User, session.LastSeen = user, time.UnixMilli(added.Since).UTC()
	session.Connections = append(session.Connections, added.connection(string(c.ID)))
	sortConnections(session)
	return session, nil
}

// Disconnect implements chat.Sessions with one UpdateItem.
func (s *Sessions) Disconnect(ctx context.Context, user chat.UserID, at time.Time, connections ...chat.ConnectionID) (err error) {
	defer wrap(&err, "disconnect")
	return s.forget(user, connections).Set("left", leftItem{At: at.UnixMilli()}).
		Set("expires", at.Add(chat.SessionRetention).Unix()).Run(ctx)
}

// forget is an update that removes connections.
func (s *Sessions) forget(user chat.UserID, connections []chat.ConnectionID) *dynamo.Update {
	update := s.table.Update("user", string(user))
	for _, id := range connections {
		update = update.RemoveExpr("$", connectionPrefix+string(id))
	}
	return update
}

// Sessions implements chat.Sessions with one BatchGetItem per hundred users.
func (s *Sessions) Sessions(ctx context.Context, users []chat.UserID) ([]chat.Session, error) {
	return s.sessions(ctx, users, chat.Eventual)
}

func (s *Sessions) sessions(ctx context.Context, users []chat.UserID, read chat.Read) (sessions []chat.Session, err error) {
	defer wrap(&err, "sessions of %d users", len(users))
	if len(users) == 0 {
		return nil, nil
	}
	keys := make([]dynamo.Keyed, len(users))
	for i, user := range users {
		keys[i] = dynamo.Keys{string(user)}
	}
	var items []dynamo.Item
	if err := s.table.Batch("user").Get(keys...).Consistent(bool(read)).All(ctx, &items); err != nil && ignoreNotFound(err) != nil {
		return nil, err
	}
	found := make(map[chat.UserID]chat.Session, len(items))
	for _, item := range items {
		session, err := newSession(item)
		if err != nil {
			return nil, err
		}
		found[session.User] = session
	}
	for _, user := range users {
		session, ok := found[user]
		if !ok {
			session = chat.Session{User: user}
		}
		sessions = append(sessions, session)
	}
	return sessions, nil
}

// PutEndpoint implements chat.Sessions with one UpdateItem.
func (s *Sessions) PutEndpoint(ctx context.Context, user chat.UserID, e chat.Endpoint) (was chat.Session, err error) {
	defer wrap(&err, "put endpoint")
	var item dynamo.Item
	err = s.table.Update("user", string(user)).
		SetExpr("$ = ?", endpointPrefix+string(e.Device), endpointItem{e.Platform, e.ID, e.Since.UnixMilli()}).
		Set("expires", e.Since.Add(chat.SessionRetention).Unix()).
		OldValue(ctx, &item)
	if ignoreNotFound(err) != nil {
		return was, err
	}
	return newSession(item)
}

// RemoveEndpoint implements chat.Sessions with one UpdateItem.
func (s *Sessions) RemoveEndpoint(ctx context.Context, user chat.UserID, e chat.Endpoint) (removed bool, err error) {
	defer wrap(&err, "remove endpoint")
	name := endpointPrefix + string(e.Device)
	err = s.table.Update("user", string(user)).RemoveExpr("$", name).If("$.'arn' = ?", name, e.ID).Run(ctx)
	if dynamo.IsCondCheckFailed(err) {
		return false, nil
	}
	return err == nil, err
}

// newSession reads an item. Connections and endpoints come oldest first.
func newSession(item dynamo.Item) (chat.Session, error) {
	var session chat.Session
	for name, value := range item {
		switch {
		case name == "user":
			session.User = chat.UserID(value.(*types.AttributeValueMemberS).Value)
		case name == "seen":
			var ms int64
			if err := dynamo.Unmarshal(value, &ms); err != nil {
				return session, err
			}
			session.LastSeen = time.UnixMilli(ms).UTC()
		case name == "left", name == "status", name == "hidden":
			if err := readPresence(&session, name, value); err != nil {
				return session, err
			}
		case strings.HasPrefix(name, settingPrefix):
			if err := setting(&session.Settings, strings.TrimPrefix(name, settingPrefix), value); err != nil {
				return session, err
			}
		case strings.HasPrefix(name, connectionPrefix):
			var c connectionItem
			if err := dynamo.Unmarshal(value, &c); err != nil {
				return session, err
			}
			session.Connections = append(session.Connections, c.connection(strings.TrimPrefix(name, connectionPrefix)))
		case strings.HasPrefix(name, endpointPrefix):
			var e endpointItem
			if err := dynamo.Unmarshal(value, &e); err != nil {
				return session, err
			}
			session.Endpoints = append(session.Endpoints, chat.Endpoint{
				Device:   chat.DeviceID(strings.TrimPrefix(name, endpointPrefix)),
				Platform: e.Platform, ID: e.ARN, Since: time.UnixMilli(e.Since).UTC(),
			})
		}
	}
	sortConnections(session)
	slices.SortFunc(session.Endpoints, func(a, b chat.Endpoint) int { return a.Since.Compare(b.Since) })
	return session, nil
}

func sortConnections(s chat.Session) {
	slices.SortFunc(s.Connections, func(a, b chat.Connection) int { return a.Since.Compare(b.Since) })
}
