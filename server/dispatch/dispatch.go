// Package dispatch runs the command's way: decides, records, delivers, escalates.
//
// The Desk holds every open command folded in memory, each behind its own lock.
// Whatever somebody wants, or time brings, is decided on that state, written to
// the ledger in one transaction with who did it, and only then answered. The
// outbox is the ledger's: what is due is read from the state, sent, and its
// receipt comes back as one more intent. A restart reads the ledgers and goes on.
package dispatch

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/district"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
	"citydeck/cockpits/tile"
)

// Ledger keeps what was decided.
type Ledger interface {
	// AppendCommand returns once everything is on disk, or nothing; an error
	// that is no fault.Conflict leaves unknown which.
	AppendCommand(ctx context.Context, entries []command.Entry, key *command.Key, lines ...access.Line) error
	Commands(ctx context.Context) ([]string, error)
	Events(ctx context.Context, id string) ([]command.Event, error)
	// Incomplete says why nothing may be decided or sent, as what was decided
	// last may be missing; nil: it is whole.
	Incomplete() error
	// Pressed fails with fault.NotFound.
	Pressed(ctx context.Context, user, key string) (command.Key, error)
}

// Lists are who lives where, who can be called, and where people go.
type Lists interface {
	Households(ctx context.Context) ([]household.Household, error)
	Responders(ctx context.Context) ([]household.Responder, error)
	Shelters(ctx context.Context) ([]household.Shelter, error)
	// Revision moves on with each change of a list.
	Revision(ctx context.Context, table string) (int64, error)
}

// Channel is one way to reach a person. Its error is a *command.Refusal.
type Channel interface {
	Send(ctx context.Context, l *command.Letter) error
}

// Publisher shows commands to who watches them live. It never waits.
type Publisher interface {
	Raise(cockpit string)
	Publish(cockpit string, at int64, tiles []tile.Tile)
	Lower(cockpit string)
	Flush()
}

// Config is what the desk must know.
type Config struct {
	District *district.District   // at first; Redefine takes another
	Boards   Publisher            // nil: nobody watches
	Channels map[string]Channel   // by kind, those that are configured
	Rates    map[string]plan.Rate // of the same
	Link     func(command, responder, message string) string
	Now      func() time.Time
}

// Desk decides, records, delivers and escalates.
type Desk struct {
	cfg    Config
	ledger Ledger
	lists  Lists
	log    *slog.Logger
	wake   chan struct{} // of 1: something may be due

	pressing sync.Mutex // one press after the other: each sees what the one before holds

	mu       sync.Mutex
	open     map[string]*held // guarded by mu
	order    []string         // guarded by mu: the oldest first
	register *household.Register
	revision [3]int64
	by       *district.District // guarded by mu: whose areas the register counts by

	board board
	post  post
	is    atomic.Pointer[district.District]
}

// held is one command. Its lock is held from the decision until it is on disk.
type held struct {
	id    string
	mu    sync.Mutex
	state *command.State // guarded by mu; nil: to be read anew
}

// New makes a desk. Open reads what there is.
func New(cfg Config, ledger Ledger, lists Lists, log *slog.Logger) *Desk {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	rates := map[string]plan.Rate{plan.App: {Ready: true}}
	for kind, r := range cfg.Rates {
		if cfg.Channels[kind] != nil {
			r.Ready = true
			rates[kind] = r
		}
	}
	cfg.Rates = rates
	d := &Desk{cfg: cfg, ledger: ledger, lists: lists, log: log, wake: make(chan struct{}, 1), open: map[string]*held{}}
	d.board.fill()
	d.post.fill(cfg)
	d.is.Store(cfg.District)
	return d
}

// Open reads all commands.
func (d *Desk) Open(ctx context.Context) error {
	ids, err := d.ledger.Commands(ctx)
	if err != nil {
		return err
	}
	for _, id := range ids {
		h := &held{id: id}
		h.mu.Lock()
		err := d.fresh(ctx, h)
		h.mu.Unlock()
		if err != nil {
			return err
		}
		d.mu.Lock()
		d.open[id], d.order = h, append(d.order, id)
		d.mu.Unlock()
		d.board.mark(id)
	}
	return nil
}

// fresh reads a command from its ledger, where what is held may not be it.
func (d *Desk) fresh(ctx context.Context, h *held) error {
	if h.state != nil {
		return nil
	}
	events, err := d.ledger.Events(ctx, h.id)
	if err != nil {
		return err
	}
	s, err := command.Fold(events)
	if err == nil {
		h.state = s
	}
	return err
}

func (d *Desk) find(id string) (*held, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h, found := d.open[id]
	if !found {
		return nil, fault.New(fault.NotFound, "", "no such command")
	}
	return h, nil
}

func (d *Desk) all() []*held {
	d.mu.Lock()
	defer d.mu.Unlock()
	list := make([]*held, len(d.order))
	for i, id := range d.order {
		list[i] = d.open[id]
	}
	return list
}

// Look shows a command as it stands; nothing of it may be kept.
func (d *Desk) Look(ctx context.Context, id string, see func(*command.State) error) error {
	h, err := d.find(id)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := d.fresh(ctx, h); err != nil {
		return err
	}
	return see(h.state)
}

// IDs names all commands, the oldest first.
func (d *Desk) IDs() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.order)
}

// Events reads a command's ledger.
func (d *Desk) Events(ctx context.Context, id string) ([]command.Event, error) {
	if _, err := d.find(id); err != nil {
		return nil, err
	}
	return d.ledger.Events(ctx, id)
}

// Do carries an intent out: it is on disk when it returns, with the line that
// says who wanted it.
func (d *Desk) Do(ctx context.Context, id string, in command.Intent, lines ...access.Line) error {
	h, err := d.find(id)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := d.fresh(ctx, h); err != nil {
		return err
	}
	if in, err = d.completed(ctx, h.state, in); err != nil {
		return err
	}
	return d.carry(ctx, h, []command.Intent{in}, lines)
}

// carry decides intents one after the other and writes what they come down to.
// The lock is held. A fault of a single intent changes nothing; among several it
// leaves that one out.
func (d *Desk) carry(ctx context.Context, h *held, list []command.Intent, lines []access.Line) error {
	if err := d.fresh(ctx, h); err != nil {
		return err
	}
	e := command.Entry{Command: h.id, After: h.state.N}
	for _, in := range list {
		events, err := command.Decide(h.state, in, d.now())
		if err != nil && len(list) == 1 {
			return err
		}
		if err := d.apply(h, events); err != nil {
			return err
		}
		e.Events = append(e.Events, events...)
	}
	return d.keep(ctx, []*held{h}, []command.Entry{e}, nil, lines)
}

func (d *Desk) apply(h *held, events []command.Event) error {
	for i := range events {
		if err := h.state.Apply(events[i]); err != nil {
			h.state = nil
			return err
		}
	}
	return nil
}

// keep writes entries whose events are applied already. When that fails, what is
// true is what the ledger says: it is read anew.
func (d *Desk) keep(ctx context.Context, on []*held, entries []command.Entry, key *command.Key, lines []access.Line) error {
	some := false
	for i := range entries {
		entries[i].Until = d.until(on[i], entries[i].Events)
		some = some || len(entries[i].Events) > 0
	}
	if !some {
		entries = nil
		if len(lines) == 0 {
			return nil
		}
	}
	err := d.ledger.AppendCommand(context.WithoutCancel(ctx), entries, key, lines...)
	for _, h := range on {
		if err != nil {
			h.state = nil
		}
		d.board.mark(h.id)
	}
	d.poke()
	return err
}

// until is when what is personal is deleted, once the command stands down.
func (d *Desk) until(h *held, events []command.Event) int64 {
	for i := range events {
		if events[i].Kind == command.StoodDown || events[i].Kind == command.Lapsed {
			return events[i].ReceivedAt + h.state.Plan.Retention.Milliseconds()
		}
	}
	return 0
}

func (d *Desk) now() int64 { return d.cfg.Now().UnixMilli() }

func (d *Desk) poke() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// salt is random, for what is kept sealed; also part of a command's id.
func salt(n int) string {
	b := make([]byte, n)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// settled tells whether an error is the caller's to mend.
func settled(err error) bool {
	return err != nil && len(fault.All(err)) > 0 && !errors.Is(err, fault.Unavailable)
}
