package faults

import (
	"encoding/json"
	"mime"
	"net/http"
)

// maxPlan is how long a plan may be, in bytes.
const maxPlan = 1 << 20

// ServeHTTP is the admin endpoint: GET answers with the plan in force and the [Count] of each rule, PUT replaces the plan,
// DELETE ends it. PUT insists on JSON, which a page of a foreign origin cannot send without being asked first (CORS), as it
// cannot send DELETE.
func (i *Injector) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		i.show(w)
	case http.MethodPut:
		if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind != "application/json" {
			http.Error(w, "send application/json", http.StatusUnsupportedMediaType)
			return
		}
		p, err := Read(http.MaxBytesReader(w, r.Body, maxPlan))
		if err == nil {
			err = i.Set(p)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		i.show(w)
	case http.MethodDelete:
		_ = i.Set(Plan{}) // nothing is wrong with no plan
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Allow", "GET, HEAD, PUT, DELETE")
		http.Error(w, "GET, PUT or DELETE", http.StatusMethodNotAllowed)
	}
}

func (i *Injector) show(w http.ResponseWriter) {
	plan, counts := i.state()
	w.Header().Set("Content-Type", "application/json")
	// The client is gone if it fails: nobody to tell.
	_ = json.NewEncoder(w).Encode(struct {
		Plan
		Counts []Count `json:"counts"`
	}{plan, counts})
}
