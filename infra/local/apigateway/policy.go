package apigateway

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

// policy is the part of an IAM policy document that an authorizer returns. Conditions and negated elements are refused
// rather than ignored, because ignoring them would let in whom the service keeps out.
type policy struct {
	Statement []statement
}

type statement struct {
	Effect       string
	Action       oneOrMany
	Resource     oneOrMany
	NotAction    json.RawMessage
	NotResource  json.RawMessage
	NotPrincipal json.RawMessage
	Condition    json.RawMessage
}

// oneOrMany is a string or a list of strings.
type oneOrMany []string

func (o *oneOrMany) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*o = oneOrMany{one}
		return nil
	}
	return json.Unmarshal(b, (*[]string)(o))
}

// allows evaluates the policy: at least one statement allows action on resource and none denies it.
func (p policy) allows(action, resource string) (bool, error) {
	if len(p.Statement) == 0 {
		return false, errors.New("policy has no statement")
	}
	allowed := false
	denied := false
	for _, s := range p.Statement {
		if s.NotAction != nil || s.NotResource != nil || s.NotPrincipal != nil || s.Condition != nil {
			return false, errors.New("policy has an element that is not supported: NotAction, NotResource, NotPrincipal or Condition")
		}
		if len(s.Action) == 0 || len(s.Resource) == 0 {
			return false, errors.New("policy statement lacks Action or Resource")
		}
		covers := s.Action.match(strings.ToLower(action), strings.ToLower) && s.Resource.match(resource, nil)
		switch s.Effect {
		case "Allow":
			allowed = allowed || covers
		case "Deny":
			denied = denied || covers
		default:
			return false, fmt.Errorf("policy effect %q is neither Allow nor Deny", s.Effect)
		}
	}
	return allowed && !denied, nil
}

// match reports whether one of the patterns matches s. fold, if any, is applied to the pattern: actions ignore case.
func (o oneOrMany) match(s string, fold func(string) string) bool {
	for _, pattern := range o {
		if fold != nil {
			pattern = fold(pattern)
		}
		if wildcard(pattern, s) {
			return true
		}
	}
	return false
}

// wildcard reports whether s matches pattern, in which * stands for any text and ? for any one byte.
func wildcard(pattern, s string) bool {
	star, mark := -1, 0
	p, i := 0, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0: // let the last * take one byte more
			p = star + 1
			mark++
			i = mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
