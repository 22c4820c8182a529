package post

import (
	"sync"
	"time"
)

// Robots shares messages out among several robots, so that none is asked for
// more than it may say in a minute.
type Robots struct {
	perMinute int
	perSecond int // 0: as many as in a minute

	mu   sync.Mutex
	next int         // guarded by mu
	busy []time.Time // guarded by mu: until when a robot is silent
	said [][]time.Time
}

// NewRobots makes n robots of one limit.
func NewRobots(n, perMinute int) *Robots {
	return &Robots{perMinute: perMinute, busy: make([]time.Time, n), said: make([][]time.Time, n)}
}

// Slower makes robots that also say no more than so many in any second.
func (r *Robots) Slower(perSecond int) *Robots {
	r.perSecond = perSecond
	return r
}

// Take finds a robot with room at now, in turn; else how long none has any.
func (r *Robots) Take(now time.Time) (robot int, wait time.Duration, found bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for range r.busy {
		i := r.next
		r.next = (r.next + 1) % len(r.busy)
		free := r.free(i, now)
		if free <= 0 {
			r.said[i] = append(r.said[i], now)
			return i, 0, true
		}
		if wait == 0 || free < wait {
			wait = free
		}
	}
	return 0, wait, false
}

// free is how long a robot has no room.
func (r *Robots) free(i int, now time.Time) time.Duration {
	for len(r.said[i]) > 0 && now.Sub(r.said[i][0]) > time.Minute {
		r.said[i] = r.said[i][1:]
	}
	wait := r.busy[i].Sub(now)
	if len(r.said[i]) >= r.perMinute {
		wait = max(wait, r.said[i][0].Add(time.Minute).Sub(now)+time.Millisecond)
	}
	if n := len(r.said[i]); r.perSecond > 0 && n >= r.perSecond {
		wait = max(wait, r.said[i][n-r.perSecond].Add(time.Second).Sub(now)+time.Millisecond)
	}
	return wait
}

// Silence keeps a robot out until then: its provider has had too much of it.
func (r *Robots) Silence(robot int, until time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.busy[robot] = until
}
