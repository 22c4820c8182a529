package auth

import (
	"context"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// queues lets those who try the same name from the same address in one after
// the other: each sees how the one before fared.
type queues struct {
	mu    sync.Mutex
	lines map[string]*line // guarded by mu
}

type line struct {
	sync.Mutex
	waiting int
}

// abreast is how many may wait behind one another.
const abreast = 50

func (q *queues) enter(key string) (leave func(), err error) {
	q.mu.Lock()
	if q.lines == nil {
		q.lines = make(map[string]*line)
	}
	l := q.lines[key]
	if l == nil {
		l = &line{}
		q.lines[key] = l
	}
	if l.waiting >= abreast {
		q.mu.Unlock()
		return nil, errBusy
	}
	l.waiting++
	q.mu.Unlock()
	l.Lock()
	return func() {
		l.Unlock()
		q.mu.Lock()
		defer q.mu.Unlock()
		if l.waiting--; l.waiting == 0 {
			delete(q.lines, key)
		}
	}, nil
}

// An address may try to sign in so often a minute; this machine is free of it.
const triesAMinute = 100

// crowded refuses an address from which too many sign in.
func (a *Auth) crowded(address string) error {
	if ip, err := netip.ParseAddr(address); err != nil || ip.Unmap().IsLoopback() {
		return nil
	}
	if wait, ok := a.pace.allow("sign in "+address, a.cfg.Now(), triesAMinute/60.0, triesAMinute); !ok {
		return &fault.Fault{Kind: fault.TooMany, Reason: "too many sign in from your address", After: wait}
	}
	return nil
}

// tried is what is known of a name's attempts from an address. Names that
// nobody has are counted as well; the key tells neither name nor address.
func (a *Auth) tried(ctx context.Context, name, address string) (account.Attempts, error) {
	tries, err := a.keep.Attempts(ctx, a.keep.MAC("attempts", name+"\n"+address))
	if err != nil {
		return tries, err
	}
	now := a.now()
	if tries.Locked(now) {
		return tries, &fault.Fault{Kind: fault.TooMany, Reason: "too many wrong passwords: try again later",
			After: time.Duration(tries.Until-now) * time.Millisecond}
	}
	if tries.Until > 0 || now-tries.Since > a.cfg.LockFor.Milliseconds() {
		tries = account.Attempts{Key: tries.Key}
	}
	return tries, nil
}

// missed counts a failure; the one too many locks.
func (a *Auth) missed(ctx context.Context, tries account.Attempts) error {
	if tries.Failed == 0 {
		tries.Since = a.now()
	}
	if tries.Failed++; tries.Failed >= a.cfg.LockAfter {
		tries.Until = a.now() + a.cfg.LockFor.Milliseconds()
		a.failed.WithLabelValues("locked").Inc()
	}
	return a.keep.SetAttempts(ctx, tries)
}

// paces bounds how often something may be done in somebody's name.
type paces struct {
	mu sync.Mutex
	of map[string]*rate.Limiter // guarded by mu
}

// most names are remembered; beyond, all are forgotten.
const most = 100_000

// Allow tells whether a name may do it once more now: burst at once, then a
// second's share. Otherwise it says when.
func (p *paces) allow(name string, now time.Time, perSecond float64, burst int) (time.Duration, bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.of == nil || len(p.of) >= most {
		p.of = make(map[string]*rate.Limiter)
	}
	l := p.of[name]
	if l == nil {
		l = rate.NewLimiter(rate.Limit(perSecond), burst)
		p.of[name] = l
	}
	r := l.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return wait, false
	}
	return 0, true
}
