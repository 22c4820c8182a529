package live

import (
	"net/netip"
	"sync"
	"time"
)

// visitors counts connections and handshakes, of those who are not signed in by
// their address, of sessions and paired screens by their own: a whole street
// sits behind one address. Loopback is free: there stand proxies and tests, and
// who is there needs no network to do harm.
type visitors struct {
	most  [2]int // connections: of an address, of a session or paired screen
	pace  float64
	burst float64

	mu    sync.Mutex
	seen  map[key]*visitor // guarded by mu
	swept time.Time        // guarded by mu
}

// key is an address (of IPv6 the 64 bits that one subscriber has), or a
// viewer's id; neither: whoever it is, he is free of limits.
type key struct {
	address netip.Prefix
	id      string
}

// visitor is what stands under a key.
type visitor struct {
	connections int
	tokens      float64 // handshakes that it may make at once
	at          time.Time
}

// maxVisitors bounds the keys that are remembered; those that did nothing for a
// while go first.
const maxVisitors = 1 << 16

func newVisitors(perAddress, perViewer, aMinute int) visitors {
	return visitors{
		most: [2]int{perAddress, perViewer}, pace: float64(aMinute) / 60, burst: float64(aMinute),
		seen: make(map[key]*visitor),
	}
}

// keyOf says under which key somebody counts.
func keyOf(address string, v Viewer, known bool) key {
	if known && v.ID != "" {
		return key{id: v.ID}
	}
	a, err := netip.ParseAddr(address)
	if err != nil || a.Unmap().IsLoopback() {
		return key{}
	}
	a = a.Unmap().WithZone("")
	bits := a.BitLen()
	if a.Is6() {
		bits = 64
	}
	p, _ := a.Prefix(bits)
	return key{address: p}
}

// knock notes a handshake. It says after what time to come back (0: come in),
// and whether that is because there are too many connections already.
func (v *visitors) knock(k key, now time.Time) (retry time.Duration, crowded bool) {
	if k == (key{}) {
		return 0, false
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	who := v.seen[k]
	if who == nil {
		if len(v.seen) >= maxVisitors && !v.sweep(now) {
			return full, false
		}
		who = &visitor{tokens: v.burst, at: now}
		v.seen[k] = who
	}
	who.tokens = min(v.burst, who.tokens+v.pace*now.Sub(who.at).Seconds())
	who.at = now
	most := v.most[0]
	if k.id != "" {
		most = v.most[1]
	}
	switch {
	case who.tokens < 1:
		return time.Duration((1 - who.tokens) / v.pace * float64(time.Second)), false
	case who.connections >= most:
		return full, true
	}
	who.tokens--
	return 0, false
}

// full is when to come back to where there is no room.
const full = 10 * time.Second

// sweep forgets who has no connection and may make all its handshakes again, at
// most once a second; false: that made no room. The caller holds mu.
func (v *visitors) sweep(now time.Time) bool {
	if now.Sub(v.swept).Abs() < time.Second {
		return false
	}
	v.swept = now
	for k, who := range v.seen {
		if who.connections == 0 && who.tokens+v.pace*now.Sub(who.at).Seconds() >= v.burst {
			delete(v.seen, k)
		}
	}
	return len(v.seen) < maxVisitors
}

// count notes that a connection came (1) or went (-1).
func (v *visitors) count(k key, by int) {
	if k == (key{}) {
		return
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	if who := v.seen[k]; who != nil {
		who.connections += by
	}
}
