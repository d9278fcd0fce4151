package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math"
)

// Size of a picture in pixels.
const width, height = 480, 320

// landscape paints a sky that fades from top to horizon, a sun, and the lake that mirrors both. sun is its place from
// left to right, 0 to 1.
func landscape(top, horizon color.RGBA, sun float64) ([]byte, error) {
	picture := image.NewRGBA(image.Rect(0, 0, width, height))
	shore := height * 3 / 5
	x0, y0, radius := sun*width, float64(shore)*0.72, 34.0
	for y := range height {
		mirrored, dim := y, 1.0
		if y > shore {
			mirrored, dim = 2*shore-y, 0.72
		}
		for x := range width {
			wave := 0.0
			if y > shore {
				wave = 5 * math.Sin(float64(y)/2.2+3*math.Sin(float64(x)/41))
			}
			c := mix(top, horizon, float64(mirrored)/float64(shore))
			distance := math.Hypot(float64(x)+wave-x0, float64(mirrored)-y0)
			c = mix(color.RGBA{255, 249, 230, 255}, c, clamp((distance-radius)/8))
			c = mix(color.RGBA{255, 220, 150, 255}, c, clamp(0.55+distance/260))
			picture.SetRGBA(x, y, mix(color.RGBA{8, 18, 38, 255}, c, dim))
		}
	}
	var out bytes.Buffer
	err := png.Encode(&out, picture)
	return out.Bytes(), err
}

// mix is a at 0 and b at 1.
func mix(a, b color.RGBA, at float64) color.RGBA {
	at = clamp(at)
	between := func(x, y uint8) uint8 { return uint8(math.Round(float64(x) + (float64(y)-float64(x))*at)) }
	return color.RGBA{between(a.R, b.R), between(a.G, b.G), between(a.B, b.B), 255}
}

func clamp(x float64) float64 { return min(1, max(0, x)) }
