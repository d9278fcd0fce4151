package people

import (
	"context"
	"strings"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// profilePicture is what a picture is kept as.
const profilePicture = "profile"

// Profile replaces the caller's profile and tells their other devices. Everybody else reads it when they show it. The picture
// must be an image that the caller has uploaded; it is kept from then on, and the one before let go. It costs one write, a session, with
// a picture one HEAD and up to two tagging requests of S3, and two for the one before.
func (k *Keeper) Profile(ctx context.Context, who chat.Identity, q wire.Profile) (wire.ProfileLine, error) {
	p := chat.Profile{User: who.User, Name: q.Name, About: q.About, Picture: q.Picture}
	if q.Picture != "" {
		key := chat.MediaKey(who.User, q.Picture)
		contentType, _, ok, err := k.Objects.Stat(ctx, key)
		switch {
		case err != nil:
			return wire.ProfileLine{}, err
		case !ok || !strings.HasPrefix(contentType, "image/"):
			return wire.ProfileLine{}, chat.Errorf(chat.MediaMissing, "picture: not an uploaded image")
		}
		if err := k.Objects.KeepAs(ctx, key, profilePicture); err != nil {
			return wire.ProfileLine{}, err
		}
		p.Type = contentType
	}
	p, was, err := k.Profiles.PutProfile(ctx, p)
	if err == nil && was.Picture != "" && was.Picture != p.Picture {
		err = k.Objects.Release(ctx, chat.MediaKey(who.User, was.Picture), profilePicture)
	}
	if err != nil {
		return wire.ProfileLine{}, err
	}
	line := wire.FromProfile(p)
	return line, k.tell(ctx, who, wire.ProfileChanged{Event: wire.EventProfile, ProfileLine: line})
}

// room is what the lines of an answer may take, in bytes, so that with the reply around it, at most 460, it fits a frame.
const room = chat.MaxFrame - 512

// ProfilesOf returns what users show to the caller: somebody who has blocked the caller shows no more than a name. It costs
// one read unit for each.
func (k *Keeper) ProfilesOf(ctx context.Context, who chat.Identity, q wire.Profiles) (wire.ProfileList, error) {
	list := wire.ProfileList{Profiles: []wire.ProfileLine{}}
	profiles, err := k.Profiles.Profiles(ctx, q.Users)
	if err != nil {
		return list, err
	}
	relations, err := k.People.Toward(ctx, q.Users, who.User)
	if err != nil {
		return list, err
	}
	left := room
	for i, p := range profiles {
		if !relations[i].Blocked.IsZero() {
			p.About, p.Picture = "", ""
		}
		line := wire.FromProfile(p)
		frame, err := wire.Encode(line)
		if err != nil {
			return list, err
		}
		if left -= len(frame) + 1; left < 0 {
			break
		}
		list.Profiles = append(list.Profiles, line)
	}
	return list, nil
}
