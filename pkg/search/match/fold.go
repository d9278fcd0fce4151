package match

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// fold makes texts that readers take for the same the same: no difference of case, width or accent, and one space for
// whatever separates words.
func fold(s string) string {
	var b strings.Builder
	b.Grow(len(s))
	apart := false
	for _, r := range norm.NFKD.String(s) {
		switch {
		case accent(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
			continue
		case !unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.S):
			apart = true
			continue
		}
		if apart && b.Len() > 0 {
			b.WriteByte(' ')
		}
		apart = false
		// By way of the capital, which letters share that only differ by their place: ς and σ.
		r = unicode.ToLower(unicode.ToUpper(r))
		if plain, ok := plain[r]; ok {
			b.WriteString(plain)
		} else {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// accent reports whether a character only tells how the letter before it sounds: accents of Latin, Greek and Cyrillic
// letters, and the points of Hebrew and Arabic, which most people do not write. Marks of other scripts make another letter.
func accent(r rune) bool {
	switch {
	case r < 0x300:
		return false
	case r <= 0x36f, r >= 0x591 && r <= 0x5c7, r >= 0x64b && r <= 0x65f, r == 0x670:
		return unicode.Is(unicode.M, r)
	default:
		return false
	}
}

// plain are letters that Unicode does not take apart and keyboards elsewhere do not have. It is never changed.
var plain = map[rune]string{
	'ß': "ss", 'æ': "ae", 'œ': "oe", 'ø': "o", 'đ': "d", 'ð': "d", 'ł': "l", 'ħ': "h", 'þ': "th",
}
