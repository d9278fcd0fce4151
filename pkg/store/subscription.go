package store

import (
	"context"
	"errors"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// The subscription of a browser is an item of the sessions table under a key that no user has, beside the session and not in
// it, because every message reads the session and only a notification reads this:
//
//	user = b#<id>, endpoint, p256dh, auth, owner, device, expires
const subscriptionPrefix = "b#"

type subscriptionItem struct {
	Key      string `dynamo:"user,hash"`
	Endpoint string `dynamo:"endpoint"`
	P256DH   string `dynamo:"p256dh"`
	Auth     string `dynamo:"auth"`
	Owner    string `dynamo:"owner"`
	Device   string `dynamo:"device"`
}

// Subscription implements chat.Subscriptions with one GetItem.
func (s *Sessions) Subscription(ctx context.Context, id string) (sub chat.Subscription, owner chat.Holder, found bool, err error) {
	defer wrap(&err, "subscription")
	var item subscriptionItem
	err = s.table.Get("user", subscriptionPrefix+id).Consistent(true).One(ctx, &item)
	if errors.Is(err, dynamo.ErrNotFound) {
		return sub, owner, false, nil
	}
	sub = chat.Subscription{Endpoint: item.Endpoint, P256DH: item.P256DH, Auth: item.Auth}
	return sub, chat.Holder{User: chat.UserID(item.Owner), Device: chat.DeviceID(item.Device)}, err == nil, err
}

// PutSubscription implements chat.Subscriptions with one UpdateItem.
func (s *Sessions) PutSubscription(ctx context.Context, id string, sub chat.Subscription, owner chat.Holder, until time.Time) (err error) {
	defer wrap(&err, "put subscription")
	return s.table.Update("user", subscriptionPrefix+id).
		Set("endpoint", sub.Endpoint).Set("p256dh", sub.P256DH).Set("auth", sub.Auth).
		Set("owner", string(owner.User)).Set("device", string(owner.Device)).
		Set("expires", until.Unix()).Run(ctx)
}

// RemoveSubscription implements chat.Subscriptions with one DeleteItem.
func (s *Sessions) RemoveSubscription(ctx context.Context, id string) (err error) {
	defer wrap(&err, "remove subscription")
	return s.table.Delete("user", subscriptionPrefix+id).Run(ctx)
}
