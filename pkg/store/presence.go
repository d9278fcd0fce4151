package store

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// leftItem is when the last connection left. Connect removes it in the update that adds a connection, and the end of the grace
// removes it on the condition that it is still the same: so of the two only one happens.
type leftItem struct {
	At   int64 `dynamo:"at"`
	Idle bool  `dynamo:"idle,omitempty"`
}

// statusItem is what was chosen by hand. When an invisibility began is an attribute of its own, "hidden", because choosing it
// again must not move that.
type statusItem struct {
	Presence chat.Presence `dynamo:"presence"`
	Until    int64         `dynamo:"until,omitempty"`
}

// readPresence reads one of the attributes above.
func readPresence(s *chat.Session, name string, value types.AttributeValue) error {
	switch name {
	case "left":
		var i leftItem
		err := dynamo.Unmarshal(value, &i)
		s.Left, s.Idle = millis(i.At), i.Idle
		return err
	case "status":
		var i statusItem
		err := dynamo.Unmarshal(value, &i)
		s.Status.Presence, s.Status.Until = i.Presence, millis(i.Until)
		return err
	default:
		var ms int64
		err := dynamo.Unmarshal(value, &ms)
		s.Status.Since = millis(ms)
		return err
	}
}

// Present implements chat.Presences with one BatchGetItem per hundred users.
func (s *Sessions) Present(ctx context.Context, users []chat.UserID) ([]chat.Session, error) {
	return s.sessions(ctx, users, chat.Strong)
}

// Leave implements chat.Presences with one conditional UpdateItem, or two if the connection was away.
func (s *Sessions) Leave(ctx context.Context, user chat.UserID, at time.Time, c chat.ConnectionID) (session chat.Session, err error) {
	defer wrap(&err, "leave")
	name := connectionPrefix + string(c)
	expires := at.Add(chat.SessionRetention).Unix()
	session, left, err := change(ctx, s.forget(user, []chat.ConnectionID{c}).
		Set("left", leftItem{At: at.UnixMilli()}).Set("seen", at.UnixMilli()).Set("expires", expires).
		If("attribute_exists($) AND attribute_not_exists($.'away')", name, name))
	if left || err != nil || len(session.Without(c).Connections) == len(session.Connections) {
		return session, err
	}
	session, _, err = change(ctx, s.forget(user, []chat.ConnectionID{c}).
		Set("left", leftItem{At: at.UnixMilli(), Idle: true}).Set("expires", expires).If("attribute_exists($)", name))
	return session, err
}

// Quit implements chat.Presences with one UpdateItem.
func (s *Sessions) Quit(ctx context.Context, user chat.UserID, at time.Time, connections ...chat.ConnectionID) (session chat.Session, err error) {
	defer wrap(&err, "quit")
	session, _, err = change(ctx, s.forget(user, connections).Remove("left").Set("seen", at.UnixMilli()).
		Set("expires", at.Add(chat.SessionRetention).Unix()))
	return session, err
}

// Lapse implements chat.Presences with one conditional UpdateItem.
func (s *Sessions) Lapse(ctx context.Context, user chat.UserID, left time.Time) (session chat.Session, err error) {
	defer wrap(&err, "lapse")
	var item dynamo.Item
	err = s.table.Update("user", string(user)).Remove("left").If("'left'.'at' = ?", left.UnixMilli()).
		IncludeItemInCondCheckFail(true).OldValue(ctx, &item)
	if item, err = orThere(item, err); err != nil {
		return session, err
	}
	session, err = newSession(item)
	session.User = user
	return session, err
}

// change makes an update and returns the session after it, or as it is if the condition of the update does not hold.
func change(ctx context.Context, update *dynamo.Update) (session chat.Session, changed bool, err error) {
	var item dynamo.Item
	err = update.IncludeItemInCondCheckFail(true).Value(ctx, &item)
	changed = err == nil
	if item, err = orThere(item, err); err != nil {
		return session, false, err
	}
	session, err = newSession(item)
	return session, changed, err
}

// orThere returns what is there, instead of the error, if the condition of an update does not hold.
func orThere(item dynamo.Item, err error) (dynamo.Item, error) {
	if failed, ok := errors.AsType[*types.ConditionalCheckFailedException](err); ok {
		return failed.Item, nil
	}
	return item, err
}

// SetStatus implements chat.Presences with one conditional UpdateItem.
func (s *Sessions) SetStatus(ctx context.Context, user chat.UserID, c chat.ConnectionID, status chat.Status, at time.Time) (before, after chat.Session, err error) {
	defer wrap(&err, "set status")
	name := connectionPrefix + string(c)
	update := s.table.Update("user", string(user)).RemoveExpr("$.'away'", name)
	if status.Presence == "" {
		update = update.Remove("status")
	} else {
		update = update.Set("status", statusItem{status.Presence, toMillis(status.Until)})
	}
	if status.Presence == chat.Invisible {
		update = update.SetIfNotExists("hidden", at.UnixMilli())
	} else {
		update = update.Remove("hidden")
	}
	if before, err = active(ctx, update, c, at); err != nil {
		return before, after, err
	}
	after = with(before, c, false, at)
	status.Since = before.Status.Since
	switch {
	case status.Presence != chat.Invisible:
		status.Since = time.Time{}
	case status.Since.IsZero():
		status.Since = after.LastSeen
	}
	after.Status = status
	return before, after, nil
}

// SetAway implements chat.Presences with one conditional UpdateItem.
func (s *Sessions) SetAway(ctx context.Context, user chat.UserID, c chat.ConnectionID, away bool, at time.Time) (before, after chat.Session, err error) {
	defer wrap(&err, "set away")
	name := connectionPrefix + string(c)
	update := s.table.Update("user", string(user))
	if away {
		update = update.SetExpr("$.'away' = ?", name, true)
	} else {
		update = update.RemoveExpr("$.'away'", name)
	}
	before, err = active(ctx, update, c, at)
	return before, with(before, c, away, at), err
}

// active makes an update by which a connection shows that its user is active, and returns the session before it.
func active(ctx context.Context, update *dynamo.Update, c chat.ConnectionID, at time.Time) (before chat.Session, err error) {
	var item dynamo.Item
	err = update.Remove("left").Set("seen", at.UnixMilli()).Set("expires", at.Add(chat.SessionRetention).Unix()).
		If("attribute_exists($)", connectionPrefix+string(c)).OldValue(ctx, &item)
	if dynamo.IsCondCheckFailed(err) {
		return before, chat.Errorf(chat.Forbidden, "this connection was logged out or has given way")
	}
	if err != nil {
		return before, err
	}
	return newSession(item)
}

// with is what active makes of a session.
func with(s chat.Session, id chat.ConnectionID, away bool, at time.Time) chat.Session {
	s.Connections = slices.Clone(s.Connections)
	for i := range s.Connections {
		if s.Connections[i].ID == id {
			s.Connections[i].Away = away
		}
	}
	s.LastSeen = time.UnixMilli(at.UnixMilli()).UTC()
	return s.Settled()
}
