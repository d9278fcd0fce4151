package events_test

import (
	"cmp"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

func TestErrorsAreThePolicies(t *testing.T) {
	type row struct {
		Code       chat.Code
		Text       string
		Temporary  bool
		RetryAfter float64 `json:"retry_after"`
		Advice     string
	}
	var got, want []row
	unmarshal(t, file(t, "errors.json"), &got)
	for _, p := range chat.Policies {
		want = append(want, row{p.Code, p.Text, p.Temporary, p.RetryAfter.Seconds(), p.Advice})
	}
	if !slices.Equal(got, want) {
		t.Errorf("errors.json says\n%+v\nchat.Policies\n%+v", got, want)
	}
}

func TestEveryCodeHasAPolicyAndTheSchemaKnowsWhichAreTemporary(t *testing.T) {
	var coded, permanent, temporary []string
	for name, value := range constants(t, "../pkg/chat/errors.go") {
		if text, ok := value.(*ast.BasicLit); ok && text.Kind == token.STRING {
			coded = append(coded, strings.Trim(text.Value, `"`))
		} else {
			t.Errorf("%s is not a code", name)
		}
	}
	for _, p := range chat.Policies {
		if p.Temporary != (p.RetryAfter > 0) {
			t.Errorf("%s: temporary is %v, retry after %v", p.Code, p.Temporary, p.RetryAfter)
		}
		if p.Temporary {
			temporary = append(temporary, string(p.Code))
		} else {
			permanent = append(permanent, string(p.Code))
		}
	}
	same(t, "codes and policies", coded, slices.Concat(permanent, temporary))
	same(t, "permanentCode", enum(t, "permanentCode"), permanent)
	same(t, "temporaryCode", enum(t, "temporaryCode"), temporary)
}

// A code that no test meets is one that nobody knows to be right.
func TestEveryErrorIsMetByATest(t *testing.T) {
	// Stories meet all but those for which the service itself has to fail.
	elsewhere := map[string]string{"Unavailable": "../pkg/app", "Internal": "../pkg/app"}
	for name := range constants(t, "../pkg/chat/errors.go") {
		folder := cmp.Or(elsewhere[name], "../infra/acceptance")
		tests, err := filepath.Glob(folder + "/*_test.go")
		if err != nil || len(tests) == 0 {
			t.Fatalf("%s: %v", folder, err)
		}
		met := regexp.MustCompile(`\bchat\.` + name + `\b`)
		if !slices.ContainsFunc(tests, func(file string) bool {
			text, err := os.ReadFile(file)
			return err == nil && met.Match(text)
		}) {
			t.Errorf("no test in %s meets %s", folder, name)
		}
	}
}

// limits are the constants of chat by name; durations in seconds.
var limits = map[string]int{
	"MaxFrame": chat.MaxFrame, "MaxText": chat.MaxText, "MaxMembers": chat.MaxMembers, "InlineMembers": chat.InlineMembers,
	"Shard": chat.Shard, "MaxName": chat.MaxName, "MaxAttachments": chat.MaxAttachments, "MaxFileName": chat.MaxFileName,
	"MaxUpload": chat.MaxUpload, "MaxMentions": chat.MaxMentions, "MaxReactions": chat.MaxReactions, "MaxReaction": chat.MaxReaction,
	"MaxKinds": chat.MaxKinds, "ShownReactors": chat.ShownReactors, "EditWindow": int(chat.EditWindow / time.Second),
	"DeleteWindow": int(chat.DeleteWindow / time.Second), "MaxEdits": chat.MaxEdits, "MaxRef": chat.MaxRef, "MaxToken": chat.MaxToken, "MaxCursors": chat.MaxCursors,
	"MaxHistory": chat.MaxHistory, "DefaultHistory": chat.DefaultHistory, "MaxPage": chat.MaxPage, "DefaultPage": chat.DefaultPage,
	"MaxQuery": chat.MaxQuery, "MaxHits": chat.MaxHits, "DefaultHits": chat.DefaultHits, "MaxScanned": chat.MaxScanned,
	"MaxTyping": chat.MaxTyping, "TypingTime": int(chat.TypingTime / time.Second), "MaxWatch": chat.MaxWatch, "MaxWatchers": chat.MaxWatchers,
	"MaxStatus": int(chat.MaxStatus / time.Second), "Grace": int(chat.Grace / time.Second),
	"MaxConnections": chat.MaxConnections, "MaxEndpoints": chat.MaxEndpoints, "MaxPushURL": chat.MaxPushURL, "MaxResend": chat.MaxResend,
	"UserRate": chat.UserRate, "UserBurst": chat.UserBurst, "ConversationRate": chat.ConversationRate, "ConversationBurst": chat.ConversationBurst,
	"FrameRate": chat.FrameRate, "FrameBurst": chat.FrameBurst, "BeginRate": chat.BeginRate, "BeginBurst": chat.BeginBurst,
	"UploadTime": int(chat.UploadTime / time.Second), "DownloadTime": int(chat.DownloadTime / time.Second),
	"ConnectionLife": int(chat.ConnectionLife / time.Second), "ConnectionMargin": int(chat.ConnectionMargin / time.Second),
	"MaxUsers": chat.MaxUsers, "MaxInvites": chat.MaxInvites, "InviteLife": int(chat.InviteLife / time.Second),
	"MaxInviteLife": int(chat.MaxInviteLife / time.Second), "MaxPicture": chat.MaxPicture,
	"DraftRetention": int(chat.DraftRetention / time.Second), "ShownDraft": chat.ShownDraft, "DraftPause": int(chat.DraftPause / time.Second),
	"MaxScheduled": chat.MaxScheduled, "MinSchedule": int(chat.MinSchedule / time.Second), "MaxSchedule": int(chat.MaxSchedule / time.Second),
	"ScheduleEvery": int(chat.ScheduleEvery / time.Second), "SchedulePatience": int(chat.SchedulePatience / time.Second),
	"ScheduleRetention": int(chat.ScheduleRetention / time.Second),
	"SessionRetention":  int(chat.SessionRetention / time.Second),
	"MaxSlow":           int(chat.MaxSlow / time.Second), "MaxChanges": chat.MaxChanges,
	"MaxReceipts": chat.MaxReceipts, "MaxLiveReceipts": chat.MaxLiveReceipts, "MaxUnread": chat.MaxUnread, "MaxCounted": chat.MaxCounted,
	"MaxChanged": chat.MaxChanged,
	"MaxHides":   chat.MaxHides, "ShownHides": chat.ShownHides, "MaxPins": chat.MaxPins, "MaxFollowers": chat.MaxFollowers,
	"MaxRoots": chat.MaxRoots, "MinTimer": int(chat.MinTimer / time.Second), "MaxTimer": int(chat.MaxTimer / time.Second),
	"MaxTimers": chat.MaxTimers, "UnreadLife": int(chat.UnreadLife / time.Second),
	"MaxDisplayName": chat.MaxDisplayName, "MaxAbout": chat.MaxAbout, "MaxProfiles": chat.MaxProfiles,
}

func TestLimitsAreTheConstants(t *testing.T) {
	var rows []struct {
		Name        string
		Value       int
		Unit, Above string
	}
	unmarshal(t, file(t, "limits.json"), &rows)
	var published []string
	for _, row := range rows {
		published = append(published, row.Name)
		if row.Value != limits[row.Name] {
			t.Errorf("%s is published as %d and is %d", row.Name, row.Value, limits[row.Name])
		}
		if row.Unit == "" || row.Above == "" {
			t.Errorf("%s has no unit or does not say what happens above it", row.Name)
		}
	}
	declared := slices.Collect(maps.Keys(constants(t, "../pkg/chat/limits.go")))
	same(t, "limits.json and limits.go", published, declared)
	same(t, "this test and limits.go", slices.Collect(maps.Keys(limits)), declared)
}

func TestSchemasHoldTheShapesAndLimitsOfChat(t *testing.T) {
	for at, want := range map[string]any{
		"common/definitions/userId/pattern":                              chat.UserPattern,
		"common/definitions/deviceId/pattern":                            chat.DevicePattern,
		"common/definitions/conversationId/pattern":                      chat.ConversationPattern,
		"common/definitions/messageId/pattern":                           chat.MessagePattern,
		"common/definitions/mediaId/pattern":                             chat.MediaPattern,
		"common/definitions/seq/maximum":                                 chat.MaxSeq,
		"common/definitions/position/maximum":                            chat.MaxSeq,
		"common/definitions/ref/maxLength":                               chat.MaxRef,
		"common/definitions/groupName/maxLength":                         chat.MaxName,
		"common/definitions/size/maximum":                                chat.MaxMembers,
		"common/definitions/fileName/maxLength":                          chat.MaxFileName,
		"common/definitions/fileSize/maximum":                            chat.MaxUpload,
		"common/definitions/text/maxLength":                              chat.MaxText,
		"common/definitions/attachments/maxItems":                        chat.MaxAttachments,
		"common/definitions/mentions/maxItems":                           chat.MaxMentions,
		"common/definitions/mark/maxLength":                              chat.MaxReaction,
		"common/definitions/marks/maxItems":                              chat.MaxReactions,
		"common/definitions/version/maximum":                             chat.MaxEdits,
		"common/definitions/reactions/maxItems":                          chat.MaxKinds,
		"common/definitions/slow/maximum":                                chat.MaxSlow / time.Second,
		"common/definitions/lifetime/minimum":                            chat.MinTimer / time.Second,
		"common/definitions/lifetime/maximum":                            chat.MaxTimer / time.Second,
		"common/definitions/hides/properties/seqs/maxItems":              chat.ShownHides,
		"common/definitions/pins/maximum":                                chat.MaxPins,
		"reply.pins/properties/result/properties/pins/maxItems":          chat.MaxPins,
		"hide/properties/seqs/maxItems":                                  chat.MaxHides,
		"timers/properties/messages/maxItems":                            chat.MaxTimers,
		"threads/properties/roots/maxItems":                              chat.MaxRoots,
		"common/definitions/threadConversation/properties/size/maximum":  chat.MaxFollowers,
		"common/definitions/reactions/items/properties/users/maxItems":   chat.ShownReactors,
		"common/definitions/named/maxItems":                              chat.MaxUsers,
		"common/definitions/inviteCode/pattern":                          chat.InviteCodePattern,
		"common/definitions/inviteId/pattern":                            chat.InvitePattern,
		"common/definitions/maxUses/maximum":                             chat.MaxMembers,
		"invite/properties/expires_in/maximum":                           chat.MaxInviteLife / time.Second,
		"reply.invites/properties/result/properties/invites/maxItems":    chat.MaxInvites,
		"create/properties/members/maxItems":                             chat.MaxMembers,
		"sync/properties/cursors/maxItems":                               chat.MaxCursors,
		"reply.sync/properties/result/properties/conversations/maxItems": chat.MaxCursors,
		"history/properties/limit/maximum":                               chat.MaxHistory,
		"reply.history/properties/result/properties/entries/maxItems":    chat.MaxHistory,
		"conversations/properties/limit/maximum":                         chat.MaxPage,
		"members/properties/limit/maximum":                               chat.MaxPage,
		"reply.members/properties/result/properties/members/maxItems":    chat.MaxPage,
		"common/definitions/displayName/maxLength":                       chat.MaxDisplayName,
		"common/definitions/about/maxLength":                             chat.MaxAbout,
		"profiles/properties/users/maxItems":                             chat.MaxProfiles,
		"common/definitions/searched/maxLength":                          chat.MaxQuery,
		"reply.search/properties/result/properties/hits/maxItems":        chat.MaxHits,
		"reply.search/properties/result/properties/scanned/maximum":      chat.MaxScanned,
		"common/definitions/pushToken/maxLength":                         chat.MaxToken,
		"common/definitions/subscription/properties/endpoint/maxLength":  chat.MaxPushURL,
		"event.typing/properties/for/const":                              int(chat.TypingTime / time.Second),
		"watch/properties/users/maxItems":                                chat.MaxWatch,
		"unwatch/properties/users/maxItems":                              chat.MaxWatch,
		"reply.watch/properties/result/properties/presences/maxItems":    chat.MaxWatch,
		"reply.watch/properties/result/properties/full/maxItems":         chat.MaxWatch,
		"drafts/properties/limit/maximum":                                chat.MaxPage,
		"scheduled/properties/limit/maximum":                             chat.MaxPage,

		"receipts/properties/cursors/maxItems":                                    chat.MaxReceipts,
		"receipt/properties/cursors/maxItems":                                     chat.MaxReceipts,
		"common/definitions/unread/properties/count/maximum":                      chat.MaxUnread,
		"reply.conversations/properties/result/properties/conversations/maxItems": chat.MaxChanged,
		"reply.seen/properties/result/properties/users/maxItems":                  chat.MaxMembers,
	} {
		got := lookup(t, at)
		if number, ok := got.(float64); ok {
			want = reflect.ValueOf(want).Convert(reflect.TypeFor[float64]()).Interface()
			got = number
		}
		if got != want {
			t.Errorf("%s is %v, want %v", at, got, want)
		}
	}
	same(t, "audience", enum(t, "audience"), []string{string(chat.Everyone), string(chat.Contacts), string(chat.Nobody)})
	same(t, "mediaType", enum(t, "mediaType"), slices.Collect(maps.Keys(chat.MediaTypes)))
}

// lookup follows a path of members that begins with the name of a schema.
func lookup(t *testing.T, at string) any {
	t.Helper()
	name, rest, _ := strings.Cut(at, "/")
	var v any
	unmarshal(t, file(t, "schema/"+name+".json"), &v)
	for part := range strings.SplitSeq(rest, "/") {
		members, _ := v.(map[string]any)
		v = members[part]
	}
	if v == nil {
		t.Errorf("there is no %s", at)
	}
	return v
}

func enum(t *testing.T, definition string) []string {
	t.Helper()
	var out []string
	values, _ := lookup(t, "common/definitions/"+definition+"/enum").([]any)
	for _, value := range values {
		out = append(out, value.(string))
	}
	return out
}

// constants returns the exported constants of a Go file with the expression of each.
func constants(t *testing.T, name string) map[string]ast.Expr {
	t.Helper()
	parsed, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]ast.Expr{}
	for _, declaration := range parsed.Decls {
		group, ok := declaration.(*ast.GenDecl)
		if !ok || group.Tok != token.CONST {
			continue
		}
		for _, spec := range group.Specs {
			values := spec.(*ast.ValueSpec)
			for i, name := range values.Names {
				if name.IsExported() {
					found[name.Name] = values.Values[i]
				}
			}
		}
	}
	return found
}

// same compares two sets.
func same(t *testing.T, what string, a, b []string) {
	t.Helper()
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		t.Errorf("%s differ:\n%v\n%v", what, a, b)
	}
}
