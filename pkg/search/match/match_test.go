package match

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWhatAQueryFinds(t *testing.T) {
	for _, test := range []struct {
		name, query, text string
		found             bool
	}{
		{"a word", "lake", "the lake trip", true},
		{"the beginning of a word", "lak", "the lake trip", true},
		{"the first word", "the", "the lake trip", true},
		{"not the middle of a word", "ake", "the lake trip", false},
		{"not the end of a word", "trip", "the roundtrip", false},
		{"a later word that begins so", "trip", "roundtrip or trips", true},
		{"all words, in any order", "trip lake", "the lake trip", true},
		{"not only some of the words", "trip sea", "the lake trip", false},
		{"a word twice", "lake lake", "the lake trip", true},
		{"in another case", "LaKe", "THE lAKE TRIP", true},
		{"accents that are not typed", "cafe", "dans les Cafés", true},
		{"accents that the text lacks", "café", "the cafe", true},
		{"accents as characters of their own", "caf\u00e9", "cafe\u0301", true},
		{"umlaut", "uber", "über", true},
		{"sharp s", "strasse", "Straße", true},
		{"sharp s in capitals", "straße", "STRASSE", true},
		{"o with a stroke", "smorrebrod", "Smørrebrød", true},
		{"l with a stroke", "lodz", "Łódź", true},
		{"sigma at the end", "οδοσ", "ΟΔΟΣ, οδός", true},
		{"Turkish dotless i", "isik", "IŞIK ışık", true},
		{"Cyrillic io", "елка", "Ёлка", true},
		{"Vietnamese", "duong", "Đường", true},
		{"full width", "abc", "ＡＢＣ", true},
		{"half width kana", "カタカナ", "ｶﾀｶﾅ", true},
		{"ligature", "office", "oﬃce", true},
		{"Hebrew points", "שלום", "שָׁלוֹם", true},
		{"Arabic vowels", "محمد", "مُحَمَّد", true},
		{"a phrase", `"lake trip"`, "the Lake, trip!", true},
		{"a phrase in another order", `"trip lake"`, "the lake trip", false},
		{"a phrase with something between", `"the trip"`, "the lake trip", false},
		{"the last word of a phrase is whole", `"lake tri"`, "the lake trip", false},
		{"one whole word", `"lak"`, "the lake trip", false},
		{"a phrase and a word", `"lake trip" th`, "the lake trip", true},
		{"typographic quotes", "“lake trip”", "the lake trip", true},
		{"a quote that is not closed", `"lake tri`, "the trip to the lake", true},
		{"a second quote that is not closed", `"the lake" "tri`, "the lake trip", true},
		{"words that are joined by a sign", "e-mail", "my E-Mail address", true},
		{"words joined by a sign follow each other", "e-mail", "mail e", false},
		{"a part of an address", "example", "https://docs.example.com/a", true},
		{"an address", "docs.example.com/a", "see https://docs.example.com/abc", true},
		{"a file name", "harbour", "2026_harbour-dusk.jpg", true},
		{"a number", "42", "room 42b", true},
		{"not the middle of a number", "42", "142", false},
		{"a name after an at sign", "bob", "@bob: look", true},
		{"symbols", "c++", "we write C++ here", true},
		{"behind a symbol", "5", "it is $5", true},
		{"an emoji", "👍", "ok👍🏽", true},
		{"an emoji with a selector", "❤", "I ❤️ it", true},
		{"another emoji", "👎", "ok👍", false},
		{"a soft hyphen in the text", "cooperation", "co\u00adoperation", true},
		{"Devanagari keeps its vowels", "की", "का", false},
		{"Devanagari by its beginning", "हिन्", "हिन्दी", true},

		// Complaints of users of other systems: words of scripts without spaces are not found, or only from the beginning.
		{"Chinese from the beginning", "搜索", "搜索功能不能用中文", true},
		{"Chinese in the middle", "中文", "搜索功能不能用中文", true},
		{"one Chinese character", "能", "搜索功能不能用中文", true},
		{"Chinese characters in another order", "文中", "搜索功能不能用中文", false},
		{"Chinese words apart", "中文 搜索", "搜索功能不能用中文", true},
		{"Chinese with a character between", "搜功", "搜索功能不能用中文", false},
		{"a Chinese phrase", `"功能"`, "搜索功能不能用中文", true},
		{"Japanese in the middle", "京タ", "東京タワーに行った", true},
		{"Japanese from inside kana", "ワー", "東京タワーに行った", true},
		{"Japanese with a long vowel at the beginning", "ーに", "東京タワーに行った", true},
		{"voiced kana are other letters", "か", "がっこう", false},
		{"voiced kana from two characters", "が", "か\u3099っこう", true},
		{"Latin inside Japanese", "go", "私はGoを書く", true},
		{"Latin inside Japanese by its beginning", "gola", "私はGolangを書く", true},
		{"not the middle of Latin inside Japanese", "lang", "私はGolangを書く", false},
		{"Japanese behind Latin", "Goを", "私はGoを書く", true},
		{"Korean with what is joined to it", "검색", "검색이 안 돼요", true},
		{"Korean in the middle", "검색", "한국어검색", true},
		{"Thai in the middle", "ภาษา", "ค้นหาภาษาไทย", true},
		{"Thai with a vowel of two parts", "น้ำ", "ดื่มน้ำเย็น", true},
		{"Khmer in the middle", "ខ្មែរ", "ភាសាខ្មែរ", true},
		{"a number inside Chinese", "2026", "在2026年", true},
		{"not the middle of a number inside Chinese", "26", "在2026年", false},
		{"ideographic space", "東京\u3000大阪", "大阪と東京", true},
	} {
		words, ok := Parse(test.query)
		if !ok {
			t.Errorf("%s: nothing to look for in %q", test.name, test.query)
			continue
		}
		if found := words.In(test.text); found != test.found {
			t.Errorf("%s: %q in %q: %v", test.name, test.query, test.text, found)
		}
	}
}

func TestWordsAreFoundInAnyOfTheTextsAndPhrasesInOne(t *testing.T) {
	texts := []string{"look at this", "harbour at dusk.jpg"}
	for query, found := range map[string]bool{"look dusk": true, `"at dusk"`: true, `"this harbour"`: false, "look dawn": false} {
		words, _ := Parse(query)
		if words.In(texts...) != found {
			t.Errorf("%s: %v", query, !found)
		}
	}
	if words, _ := Parse("look"); words.In() {
		t.Error("found in nothing")
	}
	if !(Words{}).In() || !(Words{}).In("x") {
		t.Error("nothing is looked for, so nothing is missing")
	}
}

func TestAQueryOfNothingThatCouldBeFound(t *testing.T) {
	for _, query := range []string{"", " ", "...", `""`, `"`, `" " ?!`, "\u200b", "\u0301"} {
		if words, ok := Parse(query); ok {
			t.Errorf("%q looks for %+v", query, words)
		}
	}
}

func FuzzWhatIsSaidIsFound(f *testing.F) {
	for _, text := range []string{"the lake trip", "Straße ΟΔΟΣ ışık", "東京タワーに行った", "ค้นหาภาษาไทย", "ok👍🏽 C++", "ﷺ", "\ufffd", "ｶﾞ か\u3099", "İ", "a\u0301\u0345"} {
		f.Add(text, 0, 1)
	}
	f.Fuzz(func(t *testing.T, text string, word, end int) {
		if !utf8.ValidString(text) {
			return // no frame has it
		}
		folded := fold(text)
		if again := fold(folded); again != folded {
			t.Fatalf("%q folds to %q and then to %q", text, folded, again)
		}
		words := strings.Fields(folded)
		for _, w := range words {
			if looked, ok := Parse(w); !ok || !looked.In(text) {
				t.Errorf("%q is not found in %q", w, text)
			}
		}
		if len(words) > 0 {
			// Any beginning of any word, and all of it as a phrase.
			runes := []rune(words[uint(word)%uint(len(words))])
			begin := string(runes[:1+uint(end)%uint(len(runes))])
			if looked, ok := Parse(begin); ok && !looked.In(text) && fold(begin) == begin {
				t.Errorf("%q is not found in %q", begin, text)
			}
			if looked, ok := Parse(`"` + folded + `"`); !ok || !looked.In(text) {
				t.Errorf("%q is not found in itself", text)
			}
		}
	})
}
