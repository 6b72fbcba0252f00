package main

import (
	"fmt"
	"math/rand/v2"
	"net/http"
	"time"
)

// shop answers requests the way its settings say.
type shop struct {
	settings Settings
	started  time.Time
	ending   <-chan struct{}
}

// newShop is the whole application as one handler; every answer names version, slot and Pod in its header. Streams end
// when ending is closed.
func newShop(settings Settings, started time.Time, ending <-chan struct{}) http.Handler {
	s := shop{settings, started, ending}
	routes := http.NewServeMux()
	routes.HandleFunc("GET /{$}", s.home)
	routes.HandleFunc("GET /healthz", s.healthz)
	routes.HandleFunc("GET /ready", s.ready)
	routes.HandleFunc("GET /slow", s.slow)
	routes.HandleFunc("GET /stream", s.stream)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Version", settings.Version)
		w.Header().Set("X-Slot", settings.Slot)
		w.Header().Set("X-Pod", settings.Pod)
		routes.ServeHTTP(w, r)
	})
}

func (s shop) home(w http.ResponseWriter, r *http.Request) {
	if !wait(r, s.settings.Delay) {
		return
	}
	if s.settings.Lie || rand.Float64() < s.settings.FailShare {
		http.Error(w, "cannot read the catalogue", http.StatusInternalServerError)
		return
	}
	s.line(w, s.settings.greeting())
}

// healthz says that the process runs; it keeps silent about everything it needs.
func (s shop) healthz(w http.ResponseWriter, _ *http.Request) {
	fmt.Fprintln(w, "ok")
}

func (s shop) ready(w http.ResponseWriter, _ *http.Request) {
	age := time.Since(s.started)
	switch {
	case age < s.settings.ReadyAfter:
		http.Error(w, fmt.Sprintf("warming up for another %s", (s.settings.ReadyAfter-age).Round(time.Second)), http.StatusServiceUnavailable)
	case s.settings.Flap > 0 && (age/s.settings.Flap)%2 == 1:
		http.Error(w, "catalogue is being reindexed", http.StatusServiceUnavailable)
	default:
		fmt.Fprintln(w, "ready")
	}
}

// slow answers once, after ?for=<duration>.
func (s shop) slow(w http.ResponseWriter, r *http.Request) {
	duration, err := time.ParseDuration(r.URL.Query().Get("for"))
	if err != nil || duration < 0 {
		http.Error(w, "for: expected a duration such as ?for=5s", http.StatusBadRequest)
		return
	}
	if wait(r, duration) {
		s.line(w, "that took "+duration.String())
	}
}

// stream sends a line each 100 ms until the client leaves or the server stops; a whole stream ends with "end".
func (s shop) stream(w http.ResponseWriter, r *http.Request) {
	control := http.NewResponseController(w)
	for n := 1; ; n++ {
		s.line(w, fmt.Sprintf("line %d", n))
		if control.Flush() != nil {
			return
		}
		select {
		case <-time.After(100 * time.Millisecond):
		case <-s.ending:
			fmt.Fprintln(w, "end")
			return
		case <-r.Context().Done():
			return
		}
	}
}

func (s shop) line(w http.ResponseWriter, text string) {
	fmt.Fprintf(w, "%s version=%s slot=%s pod=%s\n", text, s.settings.Version, s.settings.Slot, s.settings.Pod)
}

// wait is false when the client has left before the time is over.
func wait(r *http.Request, duration time.Duration) bool {
	if duration <= 0 {
		return true
	}
	select {
	case <-time.After(duration):
		return true
	case <-r.Context().Done():
		return false
	}
}
