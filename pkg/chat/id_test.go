package chat_test

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/parley-im/parley/pkg/chat"
)

func TestTheShapesOfIDs(t *testing.T) {
	digest := strings.Repeat("a", 26)
	tests := map[string]struct {
		valid     func(string) bool
		good, bad []string
	}{
		"user": {
			func(s string) bool { return chat.UserID(s).Valid() },
			[]string{"a", "7", "ann@example.com", "auth0|5f7c8e", "a:b+c-d_e.f", "A" + strings.Repeat("x", 127)},
			[]string{"", ".ann", "@ann", "-", "ann smith", "ann/bob", "ann#1", "änn", "ann\n", "\nann", "ann\x00", "A" + strings.Repeat("x", 128)},
		},
		"device": {
			func(s string) bool { return chat.DeviceID(s).Valid() },
			[]string{"1", "-", "phone_1-A", strings.Repeat("x", 64)},
			[]string{"", "phone 1", "phone.1", "phone\n", "phöne", strings.Repeat("x", 65)},
		},
		"conversation": {
			func(s string) bool { return chat.ConversationID(s).Valid() },
			[]string{"d_" + digest, "g_abcdefghijklmnopqrstuvwxyz", "g_234567" + digest[6:]},
			[]string{"", digest, "m_" + digest, "d_" + digest[1:], "d_" + digest + "a", "D_" + digest, "d_" + strings.ToUpper(digest), "d_0189" + digest[4:], "d_" + digest + "\n"},
		},
		"message": {
			func(s string) bool { return chat.MessageID(s).Valid() },
			[]string{"018f7d9b-3c1a-7b2e-9d4f-0a1b2c3d4e5f", "00000000-0000-0000-0000-000000000000"},
			[]string{"", "018F7D9B-3C1A-7B2E-9D4F-0A1B2C3D4E5F", "018f7d9b3c1a7b2e9d4f0a1b2c3d4e5f", "{018f7d9b-3c1a-7b2e-9d4f-0a1b2c3d4e5f}", "018f7d9b-3c1a-7b2e-9d4f-0a1b2c3d4e5g", "018f7d9b-3c1a-7b2e-9d4f-0a1b2c3d4e5f\n"},
		},
		"media": {
			func(s string) bool { return chat.MediaID(s).Valid() },
			[]string{"m_" + digest},
			[]string{"", "d_" + digest, "m_" + digest[1:], "m_../" + digest[3:], "m_" + digest + "/x", "m_" + digest + "\n"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			for _, s := range test.good {
				if !test.valid(s) {
					t.Errorf("%q is refused", s)
				}
			}
			for _, s := range test.bad {
				if test.valid(s) {
					t.Errorf("%q is accepted", s)
				}
			}
		})
	}
}

var users = rapid.Map(rapid.StringMatching(chat.UserPattern), func(s string) chat.UserID { return chat.UserID(s) })

func TestTheIDOfADirectConversationIsThatOfItsPair(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := users.Draw(t, "a"), users.Draw(t, "b"), users.Draw(t, "c")
		id := chat.DirectID(a, b)
		if id != chat.DirectID(b, a) {
			t.Fatal("it depends on who writes first")
		}
		if !id.Valid() || !strings.HasPrefix(string(id), "d_") {
			t.Fatalf("%q is not the id of a direct conversation", id)
		}
		if c != b && id == chat.DirectID(a, c) {
			t.Fatalf("%s has the same conversation with %s and with %s", a, b, c)
		}
	})
}

// Pairs whose texts run into each other if they are only joined.
func TestPairsDoNotRunIntoEachOther(t *testing.T) {
	seen := map[chat.ConversationID][2]chat.UserID{}
	for _, pair := range [][2]chat.UserID{{"ab", "c"}, {"a", "bc"}, {"abc", ""}, {"a:b", "c"}, {"a", "b:c"}, {"a|b", "c"}, {"a", "b|c"}} {
		id := chat.DirectID(pair[0], pair[1])
		if other, taken := seen[id]; taken {
			t.Errorf("%v and %v have one conversation", pair, other)
		}
		seen[id] = pair
	}
}

func TestTheIDOfAGroupFollowsFromItsCreatorAndTheirID(t *testing.T) {
	messages := rapid.Map(rapid.StringMatching(chat.MessagePattern), func(s string) chat.MessageID { return chat.MessageID(s) })
	rapid.Check(t, func(t *rapid.T) {
		creator, other := users.Draw(t, "creator"), users.Draw(t, "other")
		id, second := messages.Draw(t, "id"), messages.Draw(t, "second")
		group := chat.GroupID(creator, id)
		if !group.Valid() || !strings.HasPrefix(string(group), "g_") || group != chat.GroupID(creator, id) {
			t.Fatalf("%q", group)
		}
		if other != creator && group == chat.GroupID(other, id) {
			t.Fatal("two creators who chose the same id share a group")
		}
		if second != id && group == chat.GroupID(creator, second) {
			t.Fatal("two ids of a creator are one group")
		}
	})
}

func TestTheKeyOfAnUploadIsItsOwnersAlone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		owner, other := users.Draw(t, "owner"), users.Draw(t, "other")
		media := chat.NewMediaID(rapid.SliceOfN(rapid.Byte(), 16, 32).Draw(t, "random"))
		if !media.Valid() {
			t.Fatalf("%q is not a media id", media)
		}
		key := chat.MediaKey(owner, media)
		if other != owner && key == chat.MediaKey(other, media) {
			t.Fatal("two owners share a key")
		}
		if !strings.HasSuffix(key, "/"+string(media)) || strings.Count(key, "/") != 1 || strings.Contains(key, "..") {
			t.Fatalf("key %q", key)
		}
		// A short name could be in base32 by chance.
		if len(owner) > 4 && strings.Contains(key, string(owner)) {
			t.Fatalf("the key %q says who the owner is", key)
		}
	})
}

func TestOtherRandomBytesAreAnotherMedium(t *testing.T) {
	if chat.NewMediaID([]byte("0123456789abcdef")) == chat.NewMediaID([]byte("0123456789abcdeg")) {
		t.Error("two uploads would meet under one key")
	}
}

func TestIDsThatAreStoredNeverChange(t *testing.T) {
	// Whoever changes how ids are made loses every conversation and every file that is there.
	if id := chat.DirectID("ann", "bob"); id != "d_ug4pu57g7t2snlkdcbx2lidciz" {
		t.Errorf("direct %s", id)
	}
	if id := chat.GroupID("ann", "018f7d9b-3c1a-7b2e-9d4f-0a1b2c3d4e5f"); id != "g_56kikga232cjevphh42qvr4pod" {
		t.Errorf("group %s", id)
	}
	if key := chat.MediaKey("ann", "m_abcdefghijklmnopqrstuvwxyz"); key != "s7ohit5xs7qzkjxwti4p66jeoy/m_abcdefghijklmnopqrstuvwxyz" {
		t.Errorf("key %s", key)
	}
}
