package web

import "strings"

// Origins are those, besides its own, that the app talks to.
type Origins struct {
	// Connect are where it connects and where it signs in: the WebSocket API, the OpenID Connect issuer.
	Connect []string
	// Media are where files are uploaded to and shown from.
	Media []string
}

// policy is what a browser lets the app do; {connect} and {media} stand for origins. The app has no inline script and no
// inline style, and what makes script from text is for the one policy that names the service worker.
var policy = []string{
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"img-src 'self' blob: data: {media}",
	"media-src 'self' blob: {media}",
	"connect-src 'self' {connect} {media}",
	"font-src 'self'",
	"manifest-src 'self'",
	"worker-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
	"require-trusted-types-for 'script'",
	"trusted-types parley",
}

// Policy is the Content-Security-Policy for these origins.
func Policy(o Origins) string {
	text := strings.Join(policy, "; ")
	text = strings.ReplaceAll(text, " {connect}", list(o.Connect))
	return strings.ReplaceAll(text, " {media}", list(o.Media))
}

func list(origins []string) string {
	if len(origins) == 0 {
		return ""
	}
	return " " + strings.Join(origins, " ")
}

// Headers come with every answer of the app.
func Headers(o Origins) map[string]string {
	return map[string]string{
		"Content-Security-Policy":      Policy(o),
		"X-Content-Type-Options":       "nosniff",
		"Referrer-Policy":              "no-referrer",
		"Cross-Origin-Opener-Policy":   "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin",
		"Permissions-Policy":           "camera=(), geolocation=(), payment=(), usb=(), microphone=(self)",
	}
}

// CacheControl is for how long a file may be kept: those in assets/ have a hash of their content in their name, all others
// are asked for each time.
func CacheControl(name string) string {
	if strings.HasPrefix(name, "assets/") {
		return "public, max-age=31536000, immutable"
	}
	return "no-cache"
}
