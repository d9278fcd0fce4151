// Package web is the app for browsers as it is served: the built files, the settings that they ask for, and the headers that
// come with them. The local stack serves them itself; what deploys to AWS reads the same table. The sources of the app are
// beside it, in TypeScript; npm run build writes dist.
//
// Start at [Handler]; headers.go is what a browser is told to allow.
package web

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net/http"
	"path"
	"strings"
)

//go:embed all:dist
var dist embed.FS

// Tokens is the style sheet of the design tokens: colours, distances and sizes, which the console shares with the app.
//
//go:embed src/design/tokens.css
var Tokens []byte

// index is the page of every path of the app.
const index = "index.html"

// Config is /config.json: what the app has to know of its deployment before it can sign anybody in.
type Config struct {
	// URL is where clients connect, wss://… with the stage.
	URL string `json:"url"`
	// Tokens is where POST {"user":"ann"} answers {"token":"…"}: on a developer's machine only.
	Tokens string `json:"tokens,omitempty"`
	// Issuer is the OpenID Connect issuer, ClientID what it calls the app (a public client, code flow with PKCE), and Scope
	// what is asked of it; "openid" if empty.
	Issuer   string `json:"issuer,omitempty"`
	ClientID string `json:"clientId,omitempty"`
	Scope    string `json:"scope,omitempty"`
	// VAPIDKey is the public key of web notifications (RFC 8292), unpadded base64url of the uncompressed point. Without one
	// the app does not offer them.
	VAPIDKey string `json:"vapidKey,omitempty"`
}

// Files are those of the app: all of them, or none if it was not built.
func Files() fs.FS {
	files, err := fs.Sub(dist, "dist")
	if err != nil { // the folder is in the binary: cannot happen
		panic(err)
	}
	return files
}

// Built is whether there is an app in this binary.
func Built() bool { return built(Files()) }

func built(files fs.FS) bool {
	_, err := fs.Stat(files, index)
	return err == nil
}

// Handler serves the app. Paths that are no file are views of the app and get its page; files of other names do not exist.
func Handler(c Config, o Origins) http.Handler { return handler(Files(), c, o) }

func handler(files fs.FS, c Config, o Origins) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, value := range Headers(o) {
			w.Header().Set(name, value)
		}
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			w.Header().Set("Allow", "GET, HEAD")
			http.Error(w, "the app is read only", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		w.Header().Set("Cache-Control", CacheControl(name))
		switch {
		case name == "config.json":
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(c) // the client is gone: nobody to tell
		case !built(files):
			http.Error(w, "The app is not built. Run `make local`, then start this again.", http.StatusServiceUnavailable)
		case isFile(files, name):
			serve(w, r, files, name)
		case path.Ext(name) == "":
			w.Header().Set("Cache-Control", CacheControl(index))
			serve(w, r, files, index)
		default:
			http.NotFound(w, r)
		}
	})
}

func isFile(files fs.FS, name string) bool {
	info, err := fs.Stat(files, name)
	return err == nil && !info.IsDir() && !strings.Contains("/"+name, "/.")
}

// serve answers with a file; index.html by its own name would be redirected to the folder.
func serve(w http.ResponseWriter, r *http.Request, files fs.FS, name string) {
	if name == index {
		text, err := fs.ReadFile(files, index)
		if err != nil {
			http.Error(w, "the app cannot be read", http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write(text) // the client is gone: nobody to tell
		return
	}
	if strings.HasSuffix(name, ".webmanifest") {
		w.Header().Set("Content-Type", "application/manifest+json")
	}
	http.ServeFileFS(w, r, files, name)
}
