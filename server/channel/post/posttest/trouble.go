// Package posttest is the trouble that fakes of providers can make: drop, delay, fail.
package posttest

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"sync"
	"time"
)

// Act is what happens to one request.
type Act struct {
	Drop   bool          // the connection ends without an answer, nothing was done
	Lose   bool          // it is done, and the answer is lost
	Delay  time.Duration // before it is done; ends early when the client goes
	Status int           // answered instead of doing it
	Retry  string        // as Retry-After
}

// Trouble stands before a fake. The zero Trouble makes none.
type Trouble struct {
	mu     sync.Mutex
	count  int
	next   []Act // guarded by mu
	always Act   // guarded by mu
	every  int   // guarded by mu; 0: never
	each   Act   // guarded by mu
}

// Next sets what happens to the requests that come next, one each.
func (t *Trouble) Next(acts ...Act) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.next = append(t.next, acts...)
}

// Always sets what happens to all requests; the zero Act heals.
func (t *Trouble) Always(a Act) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.always = a
}

// Every sets what happens to each nth request.
func (t *Trouble) Every(n int, a Act) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.every, t.each = n, a
}

// Count is how many requests came, whatever became of them.
func (t *Trouble) Count() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.count
}

func (t *Trouble) act() Act {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.count++
	switch {
	case len(t.next) > 0:
		a := t.next[0]
		t.next = t.next[1:]
		return a
	case t.every > 0 && t.count%t.every == 0:
		return t.each
	}
	return t.always
}

// Before puts the trouble before a fake.
func (t *Trouble) Before(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		a := t.act()
		if a.Delay > 0 {
			body, _ := io.ReadAll(r.Body) // until then nobody sees that the client has gone
			r.Body = io.NopCloser(bytes.NewReader(body))
			timer := time.NewTimer(a.Delay)
			defer timer.Stop()
			select {
			case <-timer.C:
			case <-r.Context().Done():
				return
			}
		}
		if a.Lose {
			h.ServeHTTP(httptest.NewRecorder(), r)
		}
		switch {
		case a.Drop || a.Lose:
			panic(http.ErrAbortHandler)
		case a.Status != 0:
			w.Header().Set("Retry-After", a.Retry)
			w.WriteHeader(a.Status)
		default:
			h.ServeHTTP(w, r)
		}
	})
}

// Fast bounds requests in a sliding span of time.
type Fast struct {
	Most int // in a span; 0: no limit
	Span time.Duration

	mu   sync.Mutex
	seen []time.Time // guarded by mu
}

// Takes tells whether one more is within the bound at now.
func (f *Fast) Takes(now time.Time) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	for len(f.seen) > 0 && !f.seen[0].After(now.Add(-f.Span)) {
		f.seen = f.seen[1:]
	}
	if f.Most > 0 && len(f.seen) >= f.Most {
		return false
	}
	f.seen = append(f.seen, now)
	return true
}

// Milliseconds reads a time as providers write it, in a query or a body.
func Milliseconds(text string) time.Time {
	ms, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return time.UnixMilli(ms)
}
