package store

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

// The watchers of a user are an item of the sessions table under a key that no user has:
//
//	user = w#<user>, w → {<user>#<device> → {c, t}, or without a device <connection> → {u, t}}, expires
//
// They are in a map because the size of a map can be a condition, which bounds them whoever comes at the same time.
const watchersPrefix = "w#"

// watcherItem has short names and repeats nothing, because every watcher makes the next one cost more.
type watcherItem struct {
	User       string `dynamo:"u,omitempty"`
	Connection string `dynamo:"c,omitempty"`
	Until      int64  `dynamo:"t"` // seconds
}

// newWatcher returns the key of a watcher, which no other can have, and the rest.
func newWatcher(w chat.Watcher) (key string, item watcherItem) {
	if w.Device == "" {
		return string(w.Connection), watcherItem{User: string(w.User), Until: w.Until.Unix()}
	}
	return string(w.User) + "#" + string(w.Device), watcherItem{Connection: string(w.Connection), Until: w.Until.Unix()}
}

func (i watcherItem) watcher(key string) chat.Watcher {
	w := chat.Watcher{Until: time.Unix(i.Until, 0).UTC()}
	if user, device, ok := strings.Cut(key, "#"); ok {
		w.User, w.Device, w.Connection = chat.UserID(user), chat.DeviceID(device), chat.ConnectionID(i.Connection)
	} else {
		w.User, w.Connection = chat.UserID(i.User), chat.ConnectionID(key)
	}
	return w
}

type watchersItem struct {
	Key      string                 `dynamo:"user,hash"`
	Watchers map[string]watcherItem `dynamo:"w"`
}

// Watch implements chat.Watchers with one conditional UpdateItem; with two for the first watcher of a user and when those
// whose time is over have to give way.
func (s *Sessions) Watch(ctx context.Context, user chat.UserID, w chat.Watcher, now time.Time) (added bool, err error) {
	defer wrap(&err, "watch")
	id, item := newWatcher(w)
	add := func() *dynamo.Update {
		return s.watchers(user).SetExpr("'w'.$ = ?", id, item).Set("expires", w.Until.Unix())
	}
	there, added, err := try(ctx, add().If("attribute_exists('w') AND (attribute_exists('w'.$) OR size('w') < ?)", id, chat.MaxWatchers))
	if added || err != nil {
		return added, err
	}
	if there.Watchers == nil {
		there, added, err = try(ctx, s.watchers(user).Set("w", map[string]watcherItem{id: item}).Set("expires", w.Until.Unix()).
			If("attribute_not_exists('w')"))
		if added || err != nil {
			return added, err
		}
	}
	update, gone := add(), 0
	for other, i := range there.Watchers {
		if i.Until <= now.Unix() && other != id {
			update, gone = update.RemoveExpr("'w'.$", other), gone+1
		}
	}
	if len(there.Watchers)-gone >= chat.MaxWatchers {
		return false, nil
	}
	_, added, err = try(ctx, update.If("attribute_exists('w') AND size('w') < ?", chat.MaxWatchers+gone))
	return added, err
}

// try makes an update, or returns what is there if its condition does not hold.
func try(ctx context.Context, update *dynamo.Update) (there watchersItem, made bool, err error) {
	err = update.IncludeItemInCondCheckFail(true).Run(ctx)
	made = err == nil
	item, err := orThere(nil, err)
	if item == nil || err != nil {
		return there, made, err
	}
	return there, false, dynamo.UnmarshalItem(item, &there)
}

// atOnce is how many watchers one update removes: an expression has at most 4 KB.
const atOnce = 50

// Unwatch implements chat.Watchers with one conditional UpdateItem for each fifty.
func (s *Sessions) Unwatch(ctx context.Context, user chat.UserID, watchers ...chat.Watcher) (err error) {
	defer wrap(&err, "unwatch")
	for some := range slices.Chunk(watchers, atOnce) {
		update := s.watchers(user)
		for _, w := range some {
			key, item := newWatcher(w)
			if update = update.RemoveExpr("'w'.$", key); item.Connection == "" {
				update = update.If("attribute_exists('w'.$)", key)
			} else {
				update = update.If("'w'.$.'c' = ?", key, item.Connection)
			}
		}
		if _, _, err := try(ctx, update); err != nil {
			return err
		}
	}
	return nil
}

// Watchers implements chat.Watchers with one GetItem.
func (s *Sessions) Watchers(ctx context.Context, user chat.UserID) (all []chat.Watcher, err error) {
	defer wrap(&err, "watchers")
	var item watchersItem
	err = s.table.Get("user", watchersPrefix+string(user)).Consistent(true).One(ctx, &item)
	for key, w := range item.Watchers {
		all = append(all, w.watcher(key))
	}
	slices.SortFunc(all, func(a, b chat.Watcher) int { return strings.Compare(string(a.Connection), string(b.Connection)) })
	return all, ignoreNotFound(err)
}

func (s *Sessions) watchers(user chat.UserID) *dynamo.Update {
	return s.table.Update("user", watchersPrefix+string(user))
}
