package store

import (
	"context"

	"github.com/guregu/dynamo/v2"

	"github.com/parley-im/parley/pkg/chat"
)

type profileItem struct {
	User    string `dynamo:"user,hash"`
	Item    string `dynamo:"item,range"`
	Name    string `dynamo:"name,omitempty"`
	About   string `dynamo:"about,omitempty"`
	Picture string `dynamo:"picture,omitempty"`
	Type    string `dynamo:"type,omitempty"`
	Version int    `dynamo:"version"`
}

func (i profileItem) profile() chat.Profile {
	return chat.Profile{
		User: chat.UserID(i.User), Name: i.Name, About: i.About, Picture: chat.MediaID(i.Picture), Type: i.Type, Version: i.Version,
	}
}

// PutProfile implements chat.Profiles with one UpdateItem.
func (p *People) PutProfile(ctx context.Context, profile chat.Profile) (now, was chat.Profile, err error) {
	defer wrap(&err, "put profile")
	update := p.table.Update("user", string(profile.User)).Range("item", profileKey).Add("version", 1)
	for _, attribute := range []struct{ name, value string }{
		{"name", profile.Name}, {"about", profile.About}, {"picture", string(profile.Picture)}, {"type", profile.Type},
	} {
		if attribute.value == "" {
			update = update.Remove(attribute.name)
		} else {
			update = update.Set(attribute.name, attribute.value)
		}
	}
	var item profileItem
	if err := ignoreNotFound(update.OldValue(ctx, &item)); err != nil {
		return now, was, err
	}
	now, was = profile, item.profile()
	now.Version = was.Version + 1
	return now, was, nil
}

// Profiles implements chat.Profiles with one BatchGetItem per hundred.
func (p *People) Profiles(ctx context.Context, users []chat.UserID) (all []chat.Profile, err error) {
	defer wrap(&err, "profiles of %d users", len(users))
	keys := make([]dynamo.Keyed, len(users))
	for i, user := range users {
		keys[i] = dynamo.Keys{string(user), profileKey}
	}
	var items []profileItem
	if err := p.batch(ctx, keys, &items); err != nil {
		return nil, err
	}
	found := make(map[string]profileItem, len(items))
	for _, item := range items {
		found[item.User] = item
	}
	for _, user := range users {
		profile := found[string(user)].profile()
		profile.User = user
		all = append(all, profile)
	}
	return all, nil
}
