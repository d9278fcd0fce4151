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
		return wire.Registered{Device: k.device}, nil
	case "unregister":
		delete(s.pushed, k.device)
		return wire.Registered{Device: k.device}, nil
	case "logout":
		return s.logout(k), nil
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
		return s.unwatch(k, r), nil
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

func (s *Server) send(k *socket, from chat.UserID, r wire.Send) (wire.Accepted, error) {
	id := r.To.Conversation
	if r.To.User != "" {
		id = chat.DirectID(from, r.To.User)
	}
	l, ok := s.logs[id]
	switch {
	case !ok && r.To.User == "", ok && !slices.Contains(l.members, from):
		return wire.Accepted{}, &chat.Error{Code: chat.Forbidden}
	case !ok:
		l = newLog(wire.Conversation{Conversation: id, Kind: chat.Direct, Size: 2}, "", []chat.UserID{from, r.To.User})
		if err := s.welcome(l, from, r.To.User); err != nil {
			return wire.Accepted{}, err
		}
	}
	e := wire.Entry{Event: chat.Message, ID: r.ID, From: from, Body: wire.Body{
		Text: r.Body.Text, Attachments: r.Body.Attachments, Reply: r.Body.Reply, Mentions: r.Body.Mentions, Everybody: r.Body.Everybody,
	}}
	if there, err := l.find(e, r.After); there != nil || err != nil {
		return accept(there, err)
	}
	if err := l.refers(from, r.Body); err != nil {
		return wire.Accepted{}, err
	}
	blocked, blocks := s.apart(l, from)
	if blocks {
		return wire.Accepted{}, chat.Errorf(chat.Forbidden, "you have blocked them")
	}
	s.logs[id] = l
	l.hidden[chat.Seq(len(l.entries)+1)] = blocked
	l.answered(from)
	return s.append(k, l, e), nil
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
	e = l.shown([]wire.Entry{e})[0]
	frame, _ := wire.Encode(e)
	for to := range s.socks {
		if to == k || !slices.Contains(l.members, to.user) || to.user != e.From && (l.hidden[e.Seq] || l.request == to.user) {
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

// role of a member: who made a group owns it.
func (l *log) role(user chat.UserID) chat.Role {
	if user == l.owner {
		return chat.Owner
	}
	return chat.Member
}

func (s *Server) sync(user chat.UserID, r wire.Sync) wire.Synced {
	out := wire.Synced{Conversations: []wire.Missed{}}
	left := 100 // entries in one frame
	for _, c := range r.Cursors {
		l, ok := s.logs[c.Conversation]
		if !ok || !slices.Contains(l.members, user) {
			out.Conversations = append(out.Conversations, wire.Missed{Conversation: c.Conversation, Gone: true})
			continue
		}
		rest := l.entries[min(int(c.After), len(l.entries)):]
		n := min(left, len(rest))
		left -= n
		out.More = out.More || n < len(rest)
		if n > 0 {
			out.Conversations = append(out.Conversations, wire.Missed{
				Conversation: c.Conversation, Head: chat.Seq(len(l.entries)), Epoch: l.conversation.Epoch, Entries: l.to(user, rest[:n]),
			})
		}
	}
	return out
}

func (s *Server) history(user chat.UserID, r wire.History) (wire.Page, error) {
	l, ok := s.logs[r.Conversation]
	if !ok || !slices.Contains(l.members, user) {
		return wire.Page{}, &chat.Error{Code: chat.Forbidden}
	}
	end := len(l.entries)
	if r.Before != nil {
		end = min(end, int(*r.Before)-1)
	}
	limit := chat.DefaultHistory
	if r.Limit != nil {
		limit = *r.Limit
	}
	from := max(0, end-limit)
	return wire.Page{Entries: append([]wire.Entry{}, l.to(user, l.entries[from:end])...), Head: chat.Seq(len(l.entries)), More: from > 0}, nil
}

func (s *Server) list(user chat.UserID, r wire.Conversations) wire.Listed {
	out := wire.Listed{Conversations: []wire.Conversation{}}
	var ids []chat.ConversationID
	for id, l := range s.logs {
		if id > r.Next && slices.Contains(l.members, user) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	limit := min(len(ids), 10)
	for _, id := range ids[:limit] {
		l := s.logs[id]
		line := l.conversation
		line.Head = chat.Seq(len(l.entries))
		line.Last = &l.to(user, l.entries[len(l.entries)-1:])[0]
		line.Request = l.request == user
		if line.Role = l.role(user); line.Kind == chat.Direct {
			line.Peer = l.other(user)
		}
		out.Conversations = append(out.Conversations, line)
	}
	if limit < len(ids) {
		out.Next = ids[limit-1]
	}
	return out
}

func (s *Server) members(user chat.UserID, r wire.Members) (wire.MemberList, error) {
	l, ok := s.logs[r.Conversation]
	if !ok || !slices.Contains(l.members, user) {
		return wire.MemberList{}, &chat.Error{Code: chat.Forbidden}
	}
	out := wire.MemberList{Members: []wire.MemberLine{}}
	sorted := slices.Sorted(slices.Values(l.members))
	for _, m := range sorted {
		shown := wire.FromShown(s.presence(m), time.Now())
		out.Members = append(out.Members, wire.MemberLine{User: m, Role: l.role(m), Presence: shown.Status, Seen: shown.Seen})
	}
	return out, nil
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
