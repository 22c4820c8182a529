package live

import (
	"net/netip"
	"sync"
	"time"
)

// visitors counts sockets and handshakes by address. Loopback is free: there
// stand proxies and tests, and who is there needs no network to do harm.
type visitors struct {
	most  int // sockets
	pace  float64
	burst float64

	mu    sync.Mutex
	seen  map[netip.Prefix]*visitor // guarded by mu
	swept time.Time                 // guarded by mu
}

// visitor is one address, or of IPv6 the 64 bits that one subscriber has.
type visitor struct {
	sockets int
	tokens  float64 // handshakes that it may make at once
	at      time.Time
}

// maxVisitors bounds the addresses that are remembered; those that did nothing
// for a while go first.
const maxVisitors = 1 << 16

func newVisitors(most, aMinute int) visitors {
	return visitors{
		most: most, pace: float64(aMinute) / 60, burst: float64(aMinute),
		seen: make(map[netip.Prefix]*visitor),
	}
}

// subscriber is the key of an address; false: it is free of limits.
func subscriber(address string) (netip.Prefix, bool) {
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().IsLoopback() {
		return netip.Prefix{}, false
	}
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return p, true
}

// knock notes a handshake. It says after what time to come back; 0: come in.
func (v *visitors) knock(address string, now time.Time) time.Duration {
	key, counted := subscriber(address)
	if !counted {
		return 0
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	who := v.seen[key]
	if who == nil {
		if len(v.seen) >= maxVisitors && !v.sweep(now) {
			return full
		}
		who = &visitor{tokens: v.burst, at: now}
		v.seen[key] = who
	}
	who.tokens = min(v.burst, who.tokens+v.pace*now.Sub(who.at).Seconds())
	who.at = now
	if who.tokens < 1 {
		return time.Duration((1 - who.tokens) / v.pace * float64(time.Second))
	}
	if who.sockets >= v.most {
		return full
	}
	who.tokens--
	return 0
}

// full is when to come back to an address that has all its sockets.
const full = 10 * time.Second

// sweep forgets who has no socket and may make all its handshakes again, at
// most once a second; false: that made no room. The caller holds mu.
func (v *visitors) sweep(now time.Time) bool {
	if now.Sub(v.swept).Abs() < time.Second {
		return false
	}
	v.swept = now
	for key, who := range v.seen {
		if who.sockets == 0 && who.tokens+v.pace*now.Sub(who.at).Seconds() >= v.burst {
			delete(v.seen, key)
		}
	}
	return len(v.seen) < maxVisitors
}

// count notes that a socket came (1) or went (-1).
func (v *visitors) count(address string, by int) {
	key, counted := subscriber(address)
	if !counted {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if who := v.seen[key]; who != nil {
		who.sockets += by
	}
}
