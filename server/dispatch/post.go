package dispatch

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/plan"
)

// How letters are sent.
const (
	atOnce  = 32               // letters of one channel under way
	longest = 30 * time.Second // the longest wait before the next try
	patient = 20 * time.Second // how long one try may take
)

// NotConfigured is why a message by a channel that nobody set up fails.
const NotConfigured = "not_configured"

// post is what is on its way.
type post struct {
	mu     sync.Mutex
	flying map[string]bool // guarded by mu: messages that a lane has
	lanes  map[string]*lane
}

// lane is one channel's queue, the most urgent first. One that merges says what
// is due of one command once, for everybody whom it is for.
type lane struct {
	kind    string
	channel Channel
	merge   bool
	limit   *rate.Limiter
	work    chan struct{} // of 1: something is queued

	mu    sync.Mutex
	queue []parcel // guarded by mu
}

type parcel struct {
	command, message string
	about            string // what it says: those that say the same can be merged
	urgent           bool
	due              int64
	tries            int
}

func (p *post) fill(cfg Config) {
	p.flying, p.lanes = map[string]bool{}, map[string]*lane{}
	for kind, c := range cfg.Channels {
		limit := rate.NewLimiter(rate.Inf, 1)
		if n := cfg.Rates[kind].PerSecond; n > 0 {
			limit = rate.NewLimiter(rate.Limit(n), 1)
		}
		p.lanes[kind] = &lane{kind: kind, channel: c, merge: cfg.Rates[kind].Merge, limit: limit, work: make(chan struct{}, 1)}
	}
}

// take notes that a lane has a message; false: one has it already.
func (p *post) take(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.flying[id] {
		return false
	}
	p.flying[id] = true
	return true
}

func (p *post) done(id string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.flying, id)
}

// put queues a letter: the end and the correction overtake all others.
func (l *lane) put(p parcel) {
	l.mu.Lock()
	i := slices.IndexFunc(l.queue, func(q parcel) bool { return p.urgent && !q.urgent || p.urgent == q.urgent && p.due < q.due })
	if i < 0 {
		i = len(l.queue)
	}
	l.queue = slices.Insert(l.queue, i, p)
	l.mu.Unlock()
	select {
	case l.work <- struct{}{}:
	default:
	}
}

func (l *lane) next() (parcel, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.queue) == 0 {
		return parcel{}, false
	}
	p := l.queue[0]
	l.queue = l.queue[1:]
	return p, true
}

// same takes what is queued of the same command and says the same.
func (l *lane) same(p parcel) (list []parcel) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.queue = slices.DeleteFunc(l.queue, func(q parcel) bool {
		is := q.command == p.command && q.about == p.about
		if is {
			list = append(list, q)
		}
		return is
	})
	return list
}

// due hands out what is to be sent of a command, and says what became of what
// needs no channel. The lock is held.
func (d *Desk) due(h *held) []command.Intent {
	var known []command.Intent
	for _, m := range h.state.Due(d.now()) {
		r := command.Receipt{Who: command.Who{By: "channel:" + m.Channel}, Message: m.ID, State: string(command.Sent)}
		lane := d.post.lanes[m.Channel]
		switch {
		case h.state.Exercise || m.Channel == plan.App:
			known = append(known, r)
		case lane == nil:
			r.State, r.Detail = command.Failing, NotConfigured
			known = append(known, r)
		case d.post.take(m.ID):
			urgent := m.Purpose == command.ForStandDown || m.Purpose == command.ForCorrection
			lane.put(parcel{command: h.id, message: m.ID, about: string(m.Purpose) + m.Text, urgent: urgent, due: m.Due})
		}
	}
	return known
}

// run sends what is queued until ctx ends, and waits for what is under way.
func (d *Desk) drive(ctx context.Context, l *lane) {
	var under sync.WaitGroup
	defer under.Wait()
	places := make(chan struct{}, atOnce)
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.work:
		}
		for {
			if l.limit.Wait(ctx) != nil {
				return
			}
			p, some := l.next()
			if !some {
				break
			}
			places <- struct{}{}
			under.Go(func() {
				d.send(ctx, l, p)
				<-places
			})
		}
	}
}

// letter makes a message ready; false: it lost its sense meanwhile.
func (d *Desk) letter(ctx context.Context, p parcel) (*command.Letter, bool) {
	if d.ledger.Incomplete() != nil {
		return nil, false
	}
	var l *command.Letter
	err := d.Look(ctx, p.command, func(s *command.State) error {
		m, found := s.Message(p.message)
		if !found || m.State != command.Queued || s.Exercise || s.Phase == command.Held || s.Phase == command.Finished {
			return nil
		}
		link := ""
		if m.Audience == plan.Responders && d.cfg.Link != nil {
			link = d.cfg.Link(s.ID, m.To, m.ID)
		}
		to, _ := s.Recipient(m.ID, link)
		l = &command.Letter{Message: m, To: to, Command: s.ID, Link: link, Exercise: s.Exercise}
		return nil
	})
	return l, err == nil && l != nil
}

func (d *Desk) send(ctx context.Context, l *lane, p parcel) {
	letter, sensible := d.letter(ctx, p)
	if !sensible {
		d.post.done(p.message)
		return
	}
	load := []parcel{p}
	if l.merge { // the letter is made after the round that made this one due: the others are queued by now
		load = d.gather(ctx, l, p, letter)
	}
	state, detail := string(command.Sent), ""
	if letter.To.Address == "" && !l.merge {
		state, detail = command.Failing, "no_address"
	} else {
		one, end := context.WithTimeout(ctx, patient)
		err := l.channel.Send(one, letter)
		end()
		var no *command.Refusal
		switch {
		case err == nil:
		case ctx.Err() != nil:
			return // it stays queued: the next start sends it again
		case errors.As(err, &no) && !no.Again:
			state, detail = command.Failing, no.Detail
		default:
			for _, p := range load {
				d.again(ctx, l, p, no)
			}
			return
		}
	}
	become := make([]command.Intent, len(load))
	for i, p := range load {
		become[i] = command.Receipt{Who: command.Who{By: "channel:" + l.kind}, Message: p.message, State: state, Detail: detail}
	}
	d.receive(ctx, load, become)
}

// gather takes what says the same as a parcel out of its lane, and has the
// letter speak to all of them. It answers whom it is for.
func (d *Desk) gather(ctx context.Context, l *lane, p parcel, letter *command.Letter) []parcel {
	load := []parcel{p}
	for _, same := range l.same(p) {
		if _, sensible := d.letter(ctx, same); !sensible {
			d.post.done(same.message)
			continue
		}
		load = append(load, same)
	}
	_ = d.Look(ctx, p.command, func(s *command.State) error { // it was there a moment ago: the letter is made
		letter.To.Zh, letter.To.En = s.Together(&letter.Message, len(load))
		letter.To.Name, letter.Link = "", ""
		return nil
	})
	return load
}

// again queues a letter anew after a while, twice as long each time.
func (d *Desk) again(ctx context.Context, l *lane, p parcel, no *command.Refusal) {
	wait := min(time.Second<<min(p.tries, 5), longest)
	if no != nil {
		wait = max(wait, no.After)
	}
	p.tries++
	time.AfterFunc(wait, func() {
		if ctx.Err() == nil {
			l.put(p)
		}
	})
}

// receive puts what became of letters on record, as often as it takes.
func (d *Desk) receive(ctx context.Context, load []parcel, become []command.Intent) {
	err := d.learn(ctx, load[0].command, become)
	if err == nil || settled(err) || ctx.Err() != nil {
		for _, p := range load {
			d.post.done(p.message)
		}
		return
	}
	d.log.Error("what became of a message is not on record", "command", load[0].command, "message", load[0].message, "error", err)
	time.AfterFunc(time.Second, func() {
		if ctx.Err() == nil {
			d.receive(ctx, load, become)
		}
	})
}

// learn carries what became of letters out, in one transaction.
func (d *Desk) learn(ctx context.Context, id string, become []command.Intent) error {
	h, err := d.find(id)
	if err != nil {
		return err
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return d.carry(ctx, h, become, nil)
}
