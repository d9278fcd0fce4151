package send_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/wire"
)

// Whatever people do to a group, with reads that lag and answers that are lost and asked for again, the header, the members'
// items and the log tell the same, and there is one owner.
func TestTheLogTellsWhoIsInAGroup(t *testing.T) {
	for seed := range uint64(20) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			g := newGroups(t)
			r := rand.New(rand.NewPCG(seed, 0))
			people := append(crowd("u", 7), "ann")
			pick := func() chat.UserID { return people[r.IntN(len(people))] }
			c := g.found("u000", "u001", "u002")
			roles := map[chat.UserID]chat.Role{"ann": chat.Owner, "u000": chat.Member, "u001": chat.Member, "u002": chat.Member}
			code := g.invite("ann", c, 0).Code
			ranks := []chat.Role{chat.Owner, chat.Admin, chat.Admin, chat.Moderator, chat.Member, chat.Guest}
			done := 0
			for range 60 {
				who, govern := as(pick()), g.govern(c)
				after := g.last(c).Seq
				govern.After = &after
				act := g.draw(r, who, govern, pick, ranks, code)
				g.log.lag, g.log.losePut = chat.Seq(r.IntN(3)), r.IntN(4) == 0
				out, err := act()
				if g.log.losePut = false; err != nil && chat.AsError(err).Code == chat.Internal {
					out, err = act() // its answer was lost
				}
				if err != nil && chat.PolicyOf(chat.AsError(err).Code).Temporary {
					t.Fatal(err)
				}
				if err == nil && !out.Unchanged {
					done++
				}
				g.log.lag = 0
				if g.head(c).Size == 0 {
					break
				}
			}
			ids := map[chat.UserID]map[chat.MessageID]bool{}
			for _, e := range g.entries(t, c) {
				if ids[e.From] == nil {
					ids[e.From] = map[chat.MessageID]bool{}
				}
				if ids[e.From][e.ID] {
					t.Errorf("%s of %s is there twice", e.ID, e.From)
				}
				ids[e.From][e.ID] = true
				replay(t, roles, e)
			}
			head := g.head(c)
			got := map[chat.UserID]chat.Role{}
			for user, place := range head.Members {
				got[user] = place.Role
			}
			if !maps.Equal(got, roles) {
				t.Errorf("the header has %v, the log tells of %v", got, roles)
			}
			if done < 3 && head.Size > 0 {
				t.Errorf("only %d changes", done)
			}
		})
	}
}

// draw chooses something to do.
func (g *groups) draw(r *rand.Rand, who chat.Identity, govern wire.Govern, pick func() chat.UserID, ranks []chat.Role, code chat.InviteCode) func() (wire.Governed, error) {
	ctx := g.t.Context()
	users := []chat.UserID{pick(), pick()}
	slices.Sort(users)
	users = slices.Compact(users)
	switch r.IntN(10) {
	case 0, 1:
		return func() (wire.Governed, error) { return g.Add(ctx, who, wire.Add{Govern: govern, Users: users}) }
	case 2:
		ban := r.IntN(2) == 0
		return func() (wire.Governed, error) {
			return g.Remove(ctx, who, wire.Remove{Govern: govern, Users: users, Ban: ban})
		}
	case 3:
		return func() (wire.Governed, error) { return g.Leave(ctx, who, wire.Leave{Govern: govern}) }
	case 4, 5:
		return func() (wire.Governed, error) {
			return g.Join(ctx, who, wire.Join{ID: govern.ID, Code: code})
		}
	case 6:
		name := fmt.Sprint("name ", r.IntN(5))
		return func() (wire.Governed, error) {
			return g.Amend(ctx, who, wire.Amend{Govern: govern, Setup: &wire.Amendment{Name: &name}})
		}
	case 7:
		return func() (wire.Governed, error) {
			e, err := g.rig.Send(ctx, who, wire.Send{ID: govern.ID, To: wire.Target{Conversation: govern.Conversation}, After: govern.After, Body: wire.Content{Text: "hi"}})
			return wire.Governed{Seq: e.Seq}, err
		}
	default:
		role := ranks[r.IntN(len(ranks))]
		return func() (wire.Governed, error) {
			return g.Rank(ctx, who, wire.Rank{Govern: govern, Users: users[:1], Role: role})
		}
	}
}

// replay applies an entry to what is known of a group, as a client could.
func replay(t *testing.T, roles map[chat.UserID]chat.Role, e chat.Entry) {
	t.Helper()
	if _, in := roles[e.From]; !in && e.Kind != chat.Joined {
		t.Errorf("%d: %s %s and is no member", e.Seq, e.From, e.Kind)
	}
	switch e.Kind {
	case chat.Added:
		for _, user := range e.Body.Users {
			roles[user] = chat.Member
		}
	case chat.Joined:
		roles[e.From] = chat.Member
	case chat.Removed:
		for _, user := range e.Body.Users {
			if !roles[e.From].Above(roles[user]) {
				t.Errorf("%d: %s, %s, removed %s, %s", e.Seq, e.From, roles[e.From], user, roles[user])
			}
			delete(roles, user)
		}
	case chat.Left:
		delete(roles, e.From)
		for _, user := range e.Body.Users {
			roles[user] = e.Body.Role
		}
	case chat.Ranked:
		for _, user := range e.Body.Users {
			if !roles[e.From].Above(roles[user]) {
				t.Errorf("%d: %s, %s, ranked %s, %s", e.Seq, e.From, roles[e.From], user, roles[user])
			}
			roles[user] = e.Body.Role
		}
		if e.Body.Role == chat.Owner {
			roles[e.From] = chat.Admin
		}
	case chat.Message:
		if roles[e.From] == chat.Guest {
			t.Errorf("%d: %s is a guest and speaks", e.Seq, e.From)
		}
	default:
	}
}
