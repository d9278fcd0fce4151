package wire

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

// groupFrames is what the server answers to those who govern groups.
func groupFrames() map[string]any {
	const id, expires = chat.MessageID("018f7d9e-0002-7d3c-a5b6-778899aabbcc"), "2026-11-29T03:00:00.000Z"
	group := chat.GroupID("ann", "018f7d9c-52c0-7c4e-8f0a-6b1d2e3f4a5b")
	done := Governed{Conversation: group, Seq: 7, ID: id, At: Time(at("2026-11-22T03:00:00.000Z"))}
	unchanged := Governed{Conversation: group, Unchanged: true}
	declined, refused := done, unchanged
	declined.Declined, refused.Declined = []chat.UserID{"eve"}, []chat.UserID{"eve"}
	code := chat.NewInviteCode(group, []byte("sample-sample-16"))
	invite := chat.Invite{ID: code.ID(), By: "ann", Created: at("2026-11-22T03:00:00.000Z"), Expires: at(expires)}
	used := invite
	used.Uses, used.Max = 3, 10
	picture := Location{"https://parley-media.s3.eu-central-1.amazonaws.com/" + chat.MediaKey("ann", chat.NewMediaID([]byte("sample-sample-16"))), expires}
	return map[string]any{
		"reply.add": NewReply("g1", done), "reply.add.declined": NewReply("g1", declined), "reply.add.unchanged": NewReply("g1", refused),
		"reply.remove": NewReply("g1", done), "reply.leave": NewReply("g1", done), "reply.leave.unchanged": NewReply("g1", unchanged),
		"reply.role": NewReply("g1", done), "reply.change": NewReply("g1", done), "reply.join": NewReply("j1", done),
		"reply.invite":  NewReply("i1", Invited{code, FromInvite(invite)}),
		"reply.invites": NewReply("i2", InviteList{[]InviteLine{FromInvite(used), FromInvite(invite)}}), "reply.invites.none": NewReply("i2", InviteList{[]InviteLine{}}),
		"reply.revoke":  NewReply("i3", Revoked{code.ID()}),
		"reply.preview": NewReply("j0", Previewed{group, "Sailing 2028", 3, nil}), "reply.preview.picture": NewReply("j0", Previewed{group, "Sailing 2028", 3, &picture}),
	}
}

func TestACodeSaysWhereItLeadsAndIsNotWhatIsStored(t *testing.T) {
	group := chat.GroupID("ann", "018f7d9c-52c0-7c4e-8f0a-6b1d2e3f4a5b")
	code := chat.NewInviteCode(group, []byte("random"))
	if !code.Valid() || !code.ID().Valid() || code.Conversation() != group || code.ID() == chat.NewInviteCode(group, []byte("other")).ID() {
		t.Errorf("%s, %s", code, code.ID())
	}
}
