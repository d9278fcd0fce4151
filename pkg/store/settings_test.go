package store_test

import (
	"testing"

	"github.com/parley-im/parley/pkg/chat"
)

func TestSettingsAreChangedOneByOne(t *testing.T) {
	sessions := newSessions(t)
	yes := true
	change := func(c chat.SettingsChange, want chat.Settings) {
		t.Helper()
		got, err := sessions.ChangeSettings(t.Context(), "ann", c, epoch)
		if err != nil || got != want {
			t.Errorf("%+v, %v; want %+v", got, err, want)
		}
		read, err := sessions.Sessions(t.Context(), []chat.UserID{"ann"})
		if err != nil || read[0].Settings != want {
			t.Errorf("read are %+v, %v; want %+v", read[0].Settings, err, want)
		}
	}
	change(chat.SettingsChange{}, chat.Settings{})
	change(chat.SettingsChange{Seen: chat.Nobody}, chat.Settings{Seen: chat.Nobody})
	change(chat.SettingsChange{Private: &yes}, chat.Settings{Seen: chat.Nobody, Private: true})
	change(chat.SettingsChange{Messages: chat.Contacts, Groups: chat.Everyone},
		chat.Settings{Seen: chat.Nobody, Messages: chat.Contacts, Groups: chat.Everyone, Private: true})
	yes = false
	change(chat.SettingsChange{Private: &yes}, chat.Settings{Seen: chat.Nobody, Messages: chat.Contacts, Groups: chat.Everyone})
}
