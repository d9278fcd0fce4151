package store

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// ChangeSettings implements chat.Sessions with one UpdateItem: each setting is an attribute of its own, so that two devices
// that change different ones at once do not undo each other's choice.
func (s *Sessions) ChangeSettings(ctx context.Context, user chat.UserID, change chat.SettingsChange, at time.Time) (settings chat.Settings, err error) {
	defer wrap(&err, "change settings")
	update := s.table.Update("user", string(user)).Set("expires", at.Add(chat.SessionRetention).Unix())
	for _, audience := range []struct {
		name  string
		value chat.Audience
	}{{"seen", change.Seen}, {"messages", change.Messages}, {"groups", change.Groups}} {
		if audience.value != "" {
			update = update.SetExpr("$ = ?", settingPrefix+audience.name, string(audience.value))
		}
	}
	if change.Private != nil {
		update = update.SetExpr("$ = ?", settingPrefix+"private", *change.Private)
	}
	var item dynamo.Item
	if err := update.Value(ctx, &item); err != nil {
		return settings, err
	}
	session, err := newSession(item)
	return session.Settings, err
}

// setting reads one.
func setting(settings *chat.Settings, name string, value types.AttributeValue) error {
	switch name {
	case "seen":
		return dynamo.Unmarshal(value, &settings.Seen)
	case "messages":
		return dynamo.Unmarshal(value, &settings.Messages)
	case "groups":
		return dynamo.Unmarshal(value, &settings.Groups)
	default:
		return dynamo.Unmarshal(value, &settings.Private)
	}
}
