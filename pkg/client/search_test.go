package client_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
	"github.com/parley-im/parley/pkg/client"
	"github.com/parley-im/parley/pkg/client/clienttest"
	"github.com/parley-im/parley/pkg/wire"
)

func TestASearchYieldsPageAfterPage(t *testing.T) {
	play(t, func(t *scene) {
		asked := 0
		t.server.Fault = func(r clienttest.Request) clienttest.Fault {
			if r.Action == "search" {
				asked++
			}
			return clienttest.Fault{Cut: r.Action == "search" && r.Nth == 2} // also over a connection that breaks
		}
		for n := range 25 {
			t.server.Say("bob", "ann", fmt.Sprintf("lake %d", n))
			t.server.Say("bob", "ann", "nothing")
		}
		ann := t.connect("ann")
		var got []string
		pages := 0
		for page, err := range ann.Search(t.Context(), wire.Query{Words: "lake", From: "bob"}, 10) {
			if err != nil {
				t.Fatal(err)
			}
			pages++
			for _, h := range page.Hits {
				got = append(got, h.Entry.Body.Text)
			}
		}
		if pages != 3 || len(got) != 25 || got[0] != "lake 24" || got[24] != "lake 0" || asked != 4 {
			t.Errorf("%d pages, %d requests: %q", pages, asked, got)
		}
		asked = 0
		for page := range ann.Search(t.Context(), wire.Query{Words: "lake"}, 0) {
			if len(page.Hits) != chat.DefaultHits {
				t.Errorf("%d hits", len(page.Hits))
			}
			break
		}
		if asked != 1 {
			t.Errorf("%d requests for one page", asked)
		}
		after(time.Second)
	})
}

func TestASearchThatIsRefusedEndsWithTheError(t *testing.T) {
	play(t, func(t *scene) {
		ann := t.connect("ann", unchecked)
		canceled, cancel := context.WithCancel(t.Context())
		cancel()
		for _, test := range []struct {
			ctx   context.Context
			query wire.Query
			want  error
		}{
			{t.Context(), wire.Query{Words: "lake", In: chat.DirectID("x", "y")}, client.ErrForbidden},
			{t.Context(), wire.Query{Words: "..."}, &client.Error{Code: chat.Invalid}},
			{t.Context(), wire.Query{In: annAndBob}, &client.Error{Code: chat.Invalid}},
			{canceled, wire.Query{Words: "lake"}, context.Canceled},
		} {
			pages := 0
			for page, err := range ann.Search(test.ctx, test.query, 0) {
				if pages++; !errors.Is(err, test.want) || len(page.Hits) > 0 {
					t.Errorf("%+v: %+v, %v", test.query, page, err)
				}
			}
			if pages != 1 {
				t.Errorf("%+v: %d pages", test.query, pages)
			}
		}
	})
}
