// Package live keeps each screen up to date: boards, cursors, frames.
//
// The engine hands over changed tiles; the hub keeps one board a cockpit and
// goes round to the screens that watch it. A screen is a connection and, for
// each cockpit that it watches, a cursor: the state (epoch, seq) that it has.
// When a round comes by and its connection is free, it takes one frame with what
// changed since; so a slow screen gets fewer and larger frames with the newest
// values, and there is no queue that could grow. Messages are encoded once per
// (cockpit, from, seq), whole frames and their compressed form once per set of
// messages, and their bytes are shared.
package live

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/time/rate"

	"citydeck/cockpits/board"
	"citydeck/cockpits/tile"
)

// Hub holds all boards and all screens.
type Hub struct {
	cfg      Config
	log      *slog.Logger
	met      *metrics
	shelf    atomic.Pointer[shelf] // replaced by Redefine, Raise and Lower, one at a time
	shelving sync.Mutex
	editions atomic.Uint64 // the last edition's id
	ready    atomic.Bool
	all      atomic.Bool // everybody is due, not only who watches what changed
	beat     atomic.Pointer[beat]
	beats    atomic.Uint64
	look     chan struct{} // of 1: something is due
	round    round
	behind   behind
	joined   joined
	press    press
	pulse    pulse
	visitors visitors
	handed   *rate.Limiter // handshakes in all
	nibs     sync.Pool     // of *nib

	mu        sync.Mutex
	screens   []*screen // guarded by mu
	taken     int       // guarded by mu: places, with those of handshakes under way
	state     lifetime  // guarded by mu
	reclaimed time.Time // guarded by mu: when dead connections were last looked for
	moving    sync.WaitGroup
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
	raised bool         // no district defines it
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
		look: make(chan struct{}, 1),
	}
	h.met = newMetrics(reg)
	h.nibs.New = func() any { return newNib() }
	h.shelf.Store(new(shelf).with(cfg.Cockpits))
	h.visitors = newVisitors(cfg.PerAddress, cfg.PerViewer, cfg.Knocks)
	h.handed = rate.NewLimiter(rate.Limit(cfg.Handshakes), max(3*cfg.Screens, cfg.Handshakes))
	return h
}

func newEpoch() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

// Publish takes a cockpit's changed tiles, each complete; at the first call all
// of them, in the definition's order. They must not be changed afterwards. It
// never waits for a screen. One goroutine a cockpit calls Publish and Replace.
func (h *Hub) Publish(cockpit string, at int64, tiles []tile.Tile) {
	c := h.cockpit(cockpit)
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
	if cp := h.cockpit(c.ID); cp != nil {
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

// Flush ends a round of the engine: whoever has something new is told. It never waits.
func (h *Hub) Flush() { signal(h.look) }

// Ready says that the first snapshots may go out: who waits for one is answered.
func (h *Hub) Ready() {
	h.ready.Store(true)
	h.all.Store(true)
	signal(h.look)
}

// Tiles is the newest state of a cockpit's tiles; false before the first.
func (h *Hub) Tiles(cockpit string) ([]tile.Tile, bool) {
	c := h.cockpit(cockpit)
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
	h.log.Info("open files that a full house needs", "files", h.cfg.Screens+files, "allowed", openFiles(), "screens", h.cfg.Screens)
	h.mu.Lock()
	h.state = running
	h.mu.Unlock()
	var asking sync.WaitGroup
	asking.Go(func() { h.recheckAll(ctx) })
	h.loop(ctx)
	asking.Wait()
	h.stop()
	return nil
}

// goodbye is for how long a closing handshake is waited for.
const goodbye = time.Second

func (h *Hub) stop() {
	h.mu.Lock()
	h.state = stopped
	h.mu.Unlock()
	h.each(func(s *screen) { s.end(closing{code: statusGoingAway, reason: "the server stops"}) })
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		h.moving.Wait()
	}()
	cut := time.NewTimer(goodbye)
	defer cut.Stop()
	select {
	case <-gone:
	case <-cut.C:
		h.each((*screen).cut)
		<-gone
	}
}

// each does something to every screen that is there now.
func (h *Hub) each(do func(*screen)) {
	h.mu.Lock()
	screens := append([]*screen(nil), h.screens...)
	h.mu.Unlock()
	for _, s := range screens {
		do(s)
	}
}

// signal says "look" to who has not looked since the last time.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
