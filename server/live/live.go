// Package live keeps each screen up to date: boards, cursors, frames.
//
// The engine hands over changed tiles; the hub keeps one board a cockpit and
// wakes the screens that watch it. A screen is a socket and, for each cockpit
// that it watches, a cursor: the state (epoch, seq) that it has. When it is
// woken and its socket is free, it takes one frame with what changed since; so
// a slow screen gets fewer and larger frames with the newest values, and there
// is no queue that could grow. Messages are encoded once per (cockpit, from,
// seq), whole frames once per set of messages, and their bytes are shared.
package live

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"citydeck/cockpits/board"
	"citydeck/cockpits/tile"
)

// Cockpit is what the hub knows of a cockpit: its id, and its definition's hash.
type Cockpit struct {
	ID     string
	Layout string
}

// Config is what the hub must know beforehand.
type Config struct {
	Cockpits  []Cockpit // with the tree itself, "*"
	Build     string    // hash of the embedded screens
	Demo      bool
	Anonymous string   // "viewer" or "none": what who has no credentials may do
	Origins   []string // foreign origins whose pages may connect, "https://host[:port]"

	Tick         time.Duration // how often frames go out; default 100 ms
	MaxTick      time.Duration // how far that stretches under load; default 1 s
	WriteTimeout time.Duration // after which a frame that can't be written closes its screen; default 5 s
	SendBuffer   int           // bytes that the kernel may hold for a screen; default 32 KiB

	Screens       int // sockets in all; default 12,000
	PerAddress    int // sockets of one address, loopback free; default 500
	Handshakes    int // a minute and address, loopback free; default 600
	Subscriptions int // of one socket; default 64

	// Admit says what who asks may see; false: nobody known asks. Nil: by Anonymous.
	Admit func(*http.Request) (sees func(cockpit string) bool, known bool)
	Now   func() time.Time
}

func (c *Config) fill() {
	or := func(v *int, otherwise int) {
		if *v <= 0 {
			*v = otherwise
		}
	}
	lasting := func(v *time.Duration, otherwise time.Duration) {
		if *v <= 0 {
			*v = otherwise
		}
	}
	lasting(&c.Tick, 100*time.Millisecond)
	lasting(&c.MaxTick, time.Second)
	lasting(&c.WriteTimeout, 5*time.Second)
	or(&c.SendBuffer, 32<<10)
	or(&c.Screens, 12_000)
	or(&c.PerAddress, 500)
	or(&c.Handshakes, 600)
	or(&c.Subscriptions, 64)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Admit == nil {
		c.Admit = anonymous(c.Anonymous)
	}
}

// Hub holds all boards and all screens.
type Hub struct {
	cfg      Config
	log      *slog.Logger
	met      *metrics
	cockpits map[string]*cockpit // never changed after New
	list     []*cockpit
	editions atomic.Uint64 // the last edition's id
	ready    atomic.Bool
	beat     atomic.Pointer[beat]
	beats    atomic.Uint64
	look     chan struct{} // of 1: something is due
	rested   chan struct{} // of 1: the round's frames are out
	round    round
	joined   joined
	pulse    pulse
	visitors visitors

	mu      sync.Mutex
	screens map[*screen]struct{} // guarded by mu
	taken   int                  // guarded by mu: places, with those of handshakes under way
	state   lifetime             // guarded by mu
	moving  sync.WaitGroup       // each screen's two goroutines; added to under mu
}

type lifetime int

const (
	created lifetime = iota
	running
	stopped
)

// cockpit is what is published of a cockpit, and who watches it.
type cockpit struct {
	id     string
	index  int
	layout string       // owned by the caller of Publish
	epoch  string       // owned by the caller of Publish
	board  *board.Board // owned by the caller of Publish
	newest atomic.Pointer[edition]
	seen   uint64 // the edition that the last round announced; owned by Run

	mu       sync.Mutex
	watchers []*cursor // guarded by mu
}

// New makes a hub. Nothing runs before Run.
func New(cfg Config, log *slog.Logger, reg prometheus.Registerer) *Hub {
	cfg.fill()
	h := &Hub{
		cfg: cfg, log: log,
		cockpits: make(map[string]*cockpit, len(cfg.Cockpits)),
		look:     make(chan struct{}, 1),
		rested:   make(chan struct{}, 1),
		screens:  make(map[*screen]struct{}),
		visitors: newVisitors(cfg.PerAddress, cfg.Handshakes),
	}
	h.met = newMetrics(reg)
	for i, c := range cfg.Cockpits {
		cp := &cockpit{id: c.ID, index: i, layout: c.Layout, epoch: newEpoch(), board: &board.Board{}}
		h.cockpits[c.ID] = cp
		h.list = append(h.list, cp)
	}
	return h
}

func newEpoch() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// Publish takes a cockpit's changed tiles, each complete; at the first call all
// of them, in the definition's order. They must not be changed afterwards. It
// never waits for a screen. One goroutine calls Publish and Replace.
func (h *Hub) Publish(cockpit string, at int64, tiles []tile.Tile) {
	c := h.cockpits[cockpit]
	if c == nil {
		return
	}
	next := c.board.Publish(at, tiles)
	if next == c.board {
		return
	}
	c.board = next
	c.newest.Store(&edition{
		id: h.editions.Add(1), cockpit: c.id, epoch: c.epoch, layout: c.layout,
		board: next, encodes: &h.met.encodes,
	})
}

// Replace begins anew with a changed definition. The next Publish must bring
// all tiles; then every screen that watches the cockpit gets a snapshot of a new epoch.
func (h *Hub) Replace(c Cockpit) {
	if cp := h.cockpits[c.ID]; cp != nil {
		cp.layout, cp.epoch, cp.board = c.Layout, newEpoch(), &board.Board{}
	}
}

// Beat takes the district's sign of life; it goes out with the next Flush.
func (h *Hub) Beat(b tile.Beat) {
	if b.Sources.Silent == nil {
		b.Sources.Silent = []string{}
	}
	h.beat.Store(&beat{n: h.beats.Add(1), Beat: b})
}

// Flush ends a round: whoever has something new is woken. It never waits.
func (h *Hub) Flush() { signal(h.look) }

// Ready says that the first snapshots may go out: who waits for one is answered.
func (h *Hub) Ready() {
	h.ready.Store(true)
	h.mu.Lock()
	defer h.mu.Unlock()
	for s := range h.screens {
		signal(s.wake)
	}
}

// Tiles is the newest state of a cockpit's tiles; false before the first.
func (h *Hub) Tiles(cockpit string) ([]tile.Tile, bool) {
	c := h.cockpits[cockpit]
	if c == nil {
		return nil, false
	}
	e := c.newest.Load()
	if e == nil {
		return nil, false
	}
	newest := e.board.Snapshot()
	tiles := make([]tile.Tile, len(newest))
	for i, t := range newest {
		tiles[i] = *t
	}
	return tiles, true
}

// Run serves the screens until ctx ends; then it says goodbye to all of them in
// parallel, and cuts off after a second who doesn't answer.
func (h *Hub) Run(ctx context.Context) error {
	h.mu.Lock()
	h.state = running
	h.mu.Unlock()
	h.loop(ctx)
	h.stop()
	return nil
}

// goodbye is for how long a closing handshake is waited for.
const goodbye = time.Second

func (h *Hub) stop() {
	h.mu.Lock()
	h.state = stopped
	for s := range h.screens {
		s.end(closing{code: statusGoingAway, reason: "the server stops"})
	}
	h.mu.Unlock()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		h.moving.Wait()
	}()
	cut := time.NewTimer(goodbye)
	defer cut.Stop()
	select {
	case <-gone:
		return
	case <-cut.C:
	}
	h.mu.Lock()
	for s := range h.screens {
		s.cut()
	}
	h.mu.Unlock()
	<-gone
}

// signal says "look" to who has not looked since the last time.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
