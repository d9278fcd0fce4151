// Package match decides whether texts have the words that somebody looks for. It needs no index: it looks at the text as it
// is now.
//
// A word is found by its beginning, whatever its case and accents: "caf" finds "Cafés". In scripts that are written without
// spaces, such as Chinese, Japanese and Thai, in Korean, which joins words, and among symbols, a word may begin anywhere, so
// what is looked for is found in the middle: "京" finds "東京タワー". All words of a query must be found.
package match

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words is what is looked for. The zero value looks for nothing and finds it everywhere.
type Words struct{ terms []term }

// term is a folded word, or several that must follow each other.
type term struct {
	text string
	// whole means that its end must be the end of a word, too.
	whole bool
}

// Parse reads a query: words between spaces, and phrases in double quotes, whose words follow each other and end where the
// phrase does. A quote that is not closed counts as a space. It returns ok=false if there is nothing in it that could be found.
func Parse(query string) (w Words, ok bool) {
	for query != "" {
		outside, rest, _ := cutQuote(query)
		inside, after, closed := cutQuote(rest)
		if !closed {
			outside, inside, after = outside+" "+rest, "", ""
		}
		for word := range strings.FieldsSeq(outside) {
			w.add(word, false)
		}
		w.add(inside, true)
		query = after
	}
	return w, len(w.terms) > 0
}

func (w *Words) add(text string, whole bool) {
	if text = fold(text); text != "" {
		w.terms = append(w.terms, term{text, whole})
	}
}

// cutQuote cuts at the first double quote, also one that a phone made typographic.
func cutQuote(s string) (before, after string, found bool) {
	i := strings.IndexAny(s, `"“”„`)
	if i < 0 {
		return s, "", false
	}
	_, size := utf8.DecodeRuneInString(s[i:])
	return s[:i], s[i+size:], true
}

// In reports whether each of the words is in one of the texts.
func (w Words) In(texts ...string) bool {
	if len(w.terms) == 0 {
		return true
	}
	folded := make([]string, len(texts))
	for i, text := range texts {
		folded[i] = fold(text)
	}
	for _, t := range w.terms {
		found := false
		for _, text := range folded {
			found = found || t.in(text)
		}
		if !found {
			return false
		}
	}
	return true
}

// in reports whether a folded text has the term.
func (t term) in(text string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], t.text)
		if i < 0 {
			return false
		}
		at := from + i
		if boundary(text, at) && (!t.whole || boundary(text, at+len(t.text))) {
			return true
		}
		_, size := utf8.DecodeRuneInString(text[at:])
		from = at + size
	}
}

// boundary reports whether a word of a folded text may begin or end at a place.
func boundary(text string, at int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:at])
	after, _ := utf8.DecodeRuneInString(text[at:])
	return at == 0 || at == len(text) || before == ' ' || after == ' ' || joined(before) || joined(after)
}

// prolonged is the Japanese mark of a long vowel, which belongs to two scripts and so to none.
const prolonged = 'ー'

// joined reports whether words that have this character may begin and end anywhere.
func joined(r rune) bool {
	if r < utf8.RuneSelf {
		return unicode.IsSymbol(r)
	}
	return r == prolonged || unicode.IsSymbol(r) || unicode.In(r,
		unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo, unicode.Yi,
		unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar, unicode.Tibetan, unicode.Javanese, unicode.Balinese)
}
