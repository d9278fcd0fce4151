package chat_test

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parley-im/parley/pkg/chat"
)

// declared reads the codes from the source: a list kept by hand would forget the one that the table forgot.
func declared(t *testing.T) []chat.Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []chat.Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); !ok || kind.Name != "Code" {
			return true
		}
		for _, value := range spec.Values {
			text, err := strconv.Unquote(value.(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, chat.Code(text))
		}
		return true
	})
	return codes
}

func TestEveryCodeHasOnePolicy(t *testing.T) {
	codes := declared(t)
	if len(codes) < 10 {
		t.Fatalf("found only %v", codes)
	}
	policies := map[chat.Code]int{}
	for _, p := range chat.Policies {
		policies[p.Code]++
		if !slices.Contains(codes, p.Code) {
			t.Errorf("%s has a policy and no constant", p.Code)
		}
	}
	for _, code := range codes {
		if policies[code] != 1 {
			t.Errorf("%s has %d policies", code, policies[code])
		}
		if !regexp.MustCompile(`^[a-z]+(_[a-z]+)*$`).MatchString(string(code)) {
			t.Errorf("%s is not in lower case", code)
		}
	}
}

func TestAPolicyTellsAClientAllItNeeds(t *testing.T) {
	for _, p := range chat.Policies {
		if p.Text == "" || p.Advice == "" {
			t.Errorf("%s: text %q, advice %q", p.Code, p.Text, p.Advice)
		}
		if p.Temporary != (p.RetryAfter > 0) {
			t.Errorf("%s: temporary %v, retry after %v", p.Code, p.Temporary, p.RetryAfter)
		}
	}
}

func TestAnUnknownCodeIsTreatedAsInternal(t *testing.T) {
	if p := chat.PolicyOf("no_such_code"); p.Code != chat.Internal {
		t.Errorf("%+v", p)
	}
}

func TestWhatIsNotForTheClientIsHidden(t *testing.T) {
	const secret = "dial tcp 10.0.0.7: password hunter2"
	told := chat.Errorf(chat.Forbidden, "only %s may", "owners")
	tests := map[string]struct {
		err  error
		code chat.Code
		text string
	}{
		"an internal error":       {errors.New(secret), chat.Internal, chat.PolicyOf(chat.Internal).Text},
		"nil":                     {nil, chat.Internal, chat.PolicyOf(chat.Internal).Text},
		"a port's error":          {fmt.Errorf("%s: %w", secret, chat.ErrGone), chat.Internal, chat.PolicyOf(chat.Internal).Text},
		"one that is told":        {told, chat.Forbidden, "only owners may"},
		"one that is wrapped":     {fmt.Errorf("%s: %w", secret, told), chat.Forbidden, "only owners may"},
		"one among others":        {fmt.Errorf("%s: %w: %w", secret, &chat.Error{Code: chat.Unavailable}, errors.New(secret)), chat.Unavailable, chat.PolicyOf(chat.Unavailable).Text},
		"one that is joined":      {errors.Join(errors.New(secret), &chat.Error{Code: chat.Limited}), chat.Limited, chat.PolicyOf(chat.Limited).Text},
		"one without a format":    {chat.Errorf(chat.NotFound, ""), chat.NotFound, chat.PolicyOf(chat.NotFound).Text},
		"one of no known code":    {&chat.Error{Code: "new"}, "new", chat.PolicyOf(chat.Internal).Text},
		"one with a percent sign": {chat.Errorf(chat.Invalid, "%s", "100% sure"), chat.Invalid, "100% sure"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got := chat.AsError(test.err)
			if got.Code != test.code || got.Text() != test.text {
				t.Errorf("%s %q, want %s %q", got.Code, got.Text(), test.code, test.text)
			}
			if strings.Contains(got.Error(), "hunter2") {
				t.Errorf("it tells %q", got.Error())
			}
		})
	}
}

func TestHowLongToWait(t *testing.T) {
	for name, test := range map[string]struct {
		err  *chat.Error
		want time.Duration
	}{
		"by the policy":    {&chat.Error{Code: chat.Internal}, 2 * time.Second},
		"by the error":     {&chat.Error{Code: chat.Limited, RetryAfter: time.Minute}, time.Minute},
		"never: it is not": {&chat.Error{Code: chat.Forbidden}, 0},
	} {
		if got := test.err.After(); got != test.want {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
