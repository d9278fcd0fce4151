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
		case skipped(r):
			continue
		case !written(r):
			apart = true
			continue
		}
		if apart && b.Len() > 0 {
			b.WriteByte(' ')
		}
		apart = false
		if r = lower(r); r <= unicode.MaxASCII {
			b.WriteByte(byte(r))
		} else if plain, ok := plain[r]; ok {
			b.WriteString(plain)
		} else {
			b.WriteRune(r)
		}
	}
	return norm.NFC.String(b.String())
}

// skipped reports whether a character makes no difference.
func skipped(r rune) bool {
	return r > unicode.MaxASCII && (accent(r) || unicode.In(r, unicode.Cf, unicode.Variation_Selector))
}

// written reports whether a character is part of a word.
func written(r rune) bool {
	if r <= unicode.MaxASCII {
		return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9' || unicode.IsSymbol(r)
	}
	return unicode.In(r, unicode.L, unicode.N, unicode.M, unicode.S)
}

// lower makes a letter small by way of the capital, which letters share that only differ by their place: ς and σ.
func lower(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

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
