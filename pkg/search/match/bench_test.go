package match

import (
	"strings"
	"testing"
)

func BenchmarkIn(b *testing.B) {
	words, _ := Parse("lake 東京 cafe")
	for name, text := range map[string]string{
		"short": "Shall we meet at eight, where we met the last time?", "long": strings.Repeat("Who comes to the lake? ", 500),
		"chinese": strings.Repeat("搜索功能不能用中文", 200), "accents": strings.Repeat("Cafés à la crème, straße ", 200),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				words.In(text)
			}
		})
	}
}
