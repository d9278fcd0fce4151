package console

import (
	"embed"
	"encoding/json"
	"io/fs"
	"net"
	"net/http"
	"strconv"

	"github.com/parley-im/parley/clients/web"
)

//go:embed page
var files embed.FS

// policy lets the page load its own script and style, ask its own server and nothing else.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// Handler serves the page at /console and what it shows at /dev/console: a [Snapshot], below tables/ what they hold and below
// traces/ what the functions sent to [TracesPath].
// It answers only those who call it by a name of this machine, so that no web page can read it through a name of its own
// that leads here.
func (c *Console) Handler() http.Handler {
	mux := http.NewServeMux()
	page, err := fs.Sub(files, "page")
	if err != nil { // the folder is in the binary: cannot happen
		panic(err)
	}
	mux.HandleFunc("GET /console", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, page, "console.html") })
	mux.HandleFunc("GET /console/tokens.css", func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/css; charset=utf-8")
		_, _ = w.Write(web.Tokens) // the client is gone: nobody to tell
	})
	mux.Handle("GET /console/", http.StripPrefix("/console/", http.FileServerFS(page)))
	mux.HandleFunc("GET /dev/console", func(w http.ResponseWriter, r *http.Request) {
		after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64) // all of it otherwise
		writeJSON(w, c.Snapshot(after))
	})
	mux.HandleFunc("GET /dev/console/tables/{table}", c.serveTable)
	mux.HandleFunc("GET /dev/console/traces", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, c.Traces()) })
	mux.HandleFunc("GET /dev/console/traces/{trace}", func(w http.ResponseWriter, r *http.Request) { writeJSON(w, c.Spans(r.PathValue("trace"))) })
	mux.HandleFunc("POST "+TracesPath, c.serveTraces)
	return guarded(mux)
}

func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if host, _, err := net.SplitHostPort(r.Host); err != nil || host != "127.0.0.1" && host != "localhost" {
			http.Error(w, "the console is for this machine", http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
		next.ServeHTTP(w, r)
	})
}

func writeJSON(w http.ResponseWriter, value any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(value) // the client is gone: nobody to tell
}
