package clienttest

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/topology"
	"github.com/parley-im/parley/pkg/wire"
)

// serve does what a frame asks and answers it.
func (s *Server) serve(k *socket, frame []byte) {
	var head wire.Head
	_ = json.Unmarshal(frame, &head)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nth[head.Action]++
	var f Fault
	if s.Fault != nil {
		f = s.Fault(Request{Action: head.Action, Ref: head.Ref, User: k.user, Device: k.device, Frame: frame, Nth: s.nth[head.Action]})
	}
	out := []byte(`{"event":"pong"}`)
	if head.Action != "ping" {
		var result any
		err := error(f.Refuse)
		if f.Refuse == nil {
			if (f.Ignore || f.Cut || f.Gateway) && !f.Forget {
				s.fail(k, f)
				return
			}
			result, err = s.do(k, head.Action, frame)
		}
		if err == nil && !topology.Responds(head.Action) {
			return
		}
		if err != nil {
			out, _ = wire.Encode(wire.NewError(head.Ref, err))
		} else {
			out, _ = wire.Encode(wire.NewReply(head.Ref, result))
		}
	}
	if f.Forget || f.Ignore {
		s.fail(k, f)
		return
	}
	k.write(out)
}

func (s *Server) fail(k *socket, f Fault) {
	switch {
	case f.Cut:
		_ = k.conn.CloseNow()
	case f.Gateway:
		k.write([]byte(`{"message":"Internal server error","connectionId":"R1kmxc2VNjMCFIA=","requestId":"R1knPH17NjMFftw="}`))
	}
}

func (s *Server) do(k *socket, action string, frame []byte) (any, error) {
	switch action {
	case "hello":
		var r wire.Hello
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return wire.Welcome{
			User: k.user, Device: k.device, Now: wire.Time(time.Now()), Expires: wire.Time(time.Now().Add(time.Hour)),
			Limits: s.limits(), Version: "test",
		}, nil
	case "send":
		var r wire.Send
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		accepted, err := s.send(k, k.user, r)
		if err == nil && r.Draft {
			delete(s.later.drafts, kept{k.user, accepted.Conversation})
		}
		return accepted, err
	case "edit":
		var r wire.Edit
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.change(k, chat.Edited, r.Change, *r.Body, nil)
	case "delete":
		var r wire.Delete
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.change(k, chat.Deleted, r.Change, wire.Revision{}, nil)
	case "react":
		var r wire.React
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.change(k, chat.Reacted, r.Change, wire.Revision{}, r.Reactions)
	case "pin", "hide", "follow", "pins", "threads":
		return s.keep(k, action, frame)
	case "create":
		var r wire.Create
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.create(k, r), nil
	case "sync":
		var r wire.Sync
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.sync(k.user, r), nil
	case "history":
		var r wire.History
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.history(k.user, r)
	case "conversations":
		var r wire.Conversations
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.list(k.user, r), nil
	case "members":
		var r wire.Members
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.members(k.user, r)
	case "search":
		var r wire.Search
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.search(k.user, r)
	case "upload":
		var r wire.Upload
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.sign(k.user, r), nil
	case "download":
		var r wire.Download
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return wire.Location{URL: s.base() + "/media/" + string(r.Media), Expires: wire.Time(time.Now().Add(chat.DownloadTime))}, nil
	case "register":
		var r wire.Register
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		s.pushed[k.device] = r.Token
		if r.Subscription != nil {
			s.pushed[k.device] = r.Subscription.Endpoint
		}
		return wire.Registered{Device: k.device}, nil
	case "unregister":
		delete(s.pushed, k.device)
		return wire.Registered{Device: k.device}, nil
	case "logout":
		return s.logout(k), nil
	case "receipts":
		var r wire.Receipts
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return nil, s.receipts(k, r)
	case "mark":
		var r wire.Mark
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.mark(k, r)
	case "prefs":
		var r wire.Prefs
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.prefs(k, r)
	case "seen":
		var r wire.Seen
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.seenBy(k.user, r)
	case "explain":
		var r wire.Explain
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.explain(k.user, r.Conversation)
	case "typing":
		var r wire.Typing
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return nil, s.typing(k, r)
	case "watch":
		var r wire.Watch
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.watch(k, r), nil
	case "unwatch":
		var r wire.Unwatch
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		k.unwatch(r)
		return wire.Unwatched{}, nil
	case "status":
		var r wire.SetStatus
		if err := wire.Decode(frame, &r); err != nil {
			return nil, err
		}
		return s.setStatus(k, r), nil
	}
	if result, ok, err := s.doPeople(k, action, frame); ok {
		return result, err
	}
	return s.doLater(k, action, frame)
}

func (s *Server) send(k *socket, from chat.UserID, r wire.Send) (wire.Sent, error) {
	id := r.To.Conversation
	if r.To.User != "" {
		id = chat.DirectID(from, r.To.User)
	}
	if r.To.Thread != nil {
		id = chat.ThreadID(r.To.Thread.Conversation, r.To.Thread.Seq)
	}
	l, ok := s.logs[id]
	switch {
	case !ok && r.To.Thread != nil:
		var err error
		if l, err = s.about(from, *r.To.Thread); err != nil {
			return wire.Sent{}, err
		}
	case !ok && r.To.User == "", ok && !l.admits(from):
		return wire.Sent{}, &chat.Error{Code: chat.Forbidden}
	case !ok:
		l = newLog(wire.Conversation{Conversation: id, Kind: chat.Direct, Size: 2}, "", []chat.UserID{from, r.To.User})
		if err := s.welcome(l, from, r.To.User); err != nil {
			return wire.Sent{}, err
		}
	}
	if !l.can(from, chat.CanSend) {
		return wire.Sent{}, &chat.Error{Code: chat.Forbidden}
	}
	e := wire.Entry{Event: chat.Message, ID: r.ID, From: from, Body: wire.Body{
		Text: r.Body.Text, Attachments: r.Body.Attachments, Reply: r.Body.Reply, Mentions: r.Body.Mentions, Everybody: r.Body.Everybody,
		InParent: r.InParent,
	}}
	if there, err := l.find(e, r.After); there != nil || err != nil {
		accepted, err := accept(there, err)
		if err != nil {
			return wire.Sent{}, err
		}
		return wire.Sent{Accepted: accepted, Until: there.Until, Timer: there.Timer}, nil
	}
	if err := l.refers(from, r.Body); err != nil {
		return wire.Sent{}, err
	}
	if r.InParent && l.parent == nil {
		return wire.Sent{}, &chat.Error{Code: chat.Invalid}
	}
	if r.Body.Forward != nil {
		if err := s.repeat(from, *r.Body.Forward, &e); err != nil {
			return wire.Sent{}, err
		}
	}
	switch timer := l.timer(); {
	case r.Expires != nil:
		e.Until = wire.Time(time.Now().Add(time.Duration(*r.Expires) * time.Second))
	case timer != nil && timer.From == chat.SinceSent:
		e.Until = wire.Time(time.Now().Add(time.Duration(timer.After) * time.Second))
	default:
		e.Timer = timer
	}
	blocked, blocks := s.apart(l, from)
	if blocks {
		return wire.Sent{}, chat.Errorf(chat.Forbidden, "you have blocked them")
	}
	s.logs[id] = l
	if l.parent != nil {
		s.tellThread(from, l, r.ID)
		l.follow(append(slices.Clone(r.Body.Mentions), from)...)
	}
	l.hidden[chat.Seq(len(l.entries)+1)] = blocked
	l.answered(from)
	sent := wire.Sent{Accepted: s.append(k, l, e), Until: e.Until, Timer: e.Timer}
	if r.InParent {
		s.show(l, sent.Seq)
	}
	return sent, nil
}

func (s *Server) create(k *socket, r wire.Create) wire.Accepted {
	id := chat.GroupID(k.user, r.ID)
	if l, ok := s.logs[id]; ok {
		e := l.entries[0]
		return wire.Accepted{Conversation: id, Seq: e.Seq, ID: e.ID, At: e.At}
	}
	members := r.Members
	if !slices.Contains(members, k.user) {
		members = append(members, k.user)
	}
	slices.Sort(members)
	l := newLog(wire.Conversation{Conversation: id, Kind: chat.Group, Name: r.Name, Size: len(members)}, k.user, members)
	l.conversation.Announce, l.conversation.Timer = r.Announce, r.Timer
	if r.Slow != nil {
		l.conversation.Slow = *r.Slow
	}
	if r.History != nil && *r.History != chat.SinceJoin {
		l.conversation.History = *r.History
	}
	s.logs[id] = l
	return s.append(k, l, wire.Entry{Event: chat.Created, ID: r.ID, From: k.user, Body: wire.Body{Name: r.Name, Size: len(members)}})
}

// append adds an entry and posts it to everybody's connections except the one it came by.
func (s *Server) append(k *socket, l *log, e wire.Entry) wire.Accepted {
	e.Conversation, e.Seq, e.At = l.conversation.Conversation, chat.Seq(len(l.entries)+1), wire.Time(time.Now())
	if l.conversation.Kind == chat.Direct {
		e.To = l.other(e.From)
	}
	l.entries = append(l.entries, e)
	e = l.shown(e.From, []wire.Entry{e})[0]
	frame, _ := wire.Encode(e)
	for to := range s.socks {
		gone := slices.Contains(e.Body.Users, to.user) || e.Event == chat.Left && e.From == to.user
		if to == k || !slices.Contains(l.members, to.user) && !gone || to.user != e.From && (l.hidden[e.Seq] || l.request == to.user) {
			continue
		}
		post := func() { to.write(frame) }
		if s.Post != nil {
			s.Post(to.user, to.device, e, post)
		} else {
			post()
		}
	}
	return wire.Accepted{Conversation: e.Conversation, Seq: e.Seq, ID: e.ID, At: e.At}
}

func (l *log) other(user chat.UserID) chat.UserID {
	return l.members[(slices.Index(l.members, user)+1)%2]
}

func (s *Server) sign(owner chat.UserID, r wire.Upload) wire.Signed {
	random := make([]byte, 16)
	_, _ = rand.Read(random) // never fails
	id := chat.NewMediaID(random)
	s.media[id] = &object{owner: owner, kind: r.Type, size: r.Size, sha256: r.SHA256}
	return wire.Signed{
		Media: id, URL: s.base() + "/media/" + string(id), Expires: wire.Time(time.Now().Add(chat.UploadTime)),
		Headers: map[string]string{"Content-Type": r.Type, "X-Amz-Checksum-Sha256": r.SHA256},
	}
}

func (s *Server) limits() map[string]int64 {
	if s.Limits != nil {
		return s.Limits
	}
	return map[string]int64{"MaxText": chat.MaxText}
}

func (s *Server) base() string {
	return "http" + strings.TrimSuffix(strings.TrimPrefix(s.URL, "ws"), "/local")
}

func uuid(a, b int) string { return fmt.Sprintf("%08x-0000-4000-8000-%012x", a, b) }

func digest(sum []byte) string { return base64.StdEncoding.EncodeToString(sum) }
