package crew

import (
	"context"
	"errors"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"time"
)

// person is one responder: who he is, and what he has seen.
type person struct {
	*crew
	client
	task   task
	chance *rand.Rand
	seen   map[string]string    // by household: what he found
	signed map[string]time.Time // by unit: when to try again; zero: done
	mute   bool                 // his telephone lies at home
	unable bool
	slow   bool // answers long after a deputy was called
	kept   []report
	away   time.Time // without a network until then
	count  int
}

// How people are; of a thousand.
const (
	silent  = 40
	cannot  = 30
	late    = 30
	offline = 15 // at a door: the network goes for a while
	muddled = 8  // reports something else first
)

func newPerson(c *crew, t task) *person {
	sum := fnv.New64a()
	_, _ = sum.Write([]byte(t.Responder))
	p := &person{
		crew: c, task: t, client: client{base: c.boss.base, http: c.boss.http}, seen: map[string]string{}, signed: map[string]time.Time{},
		chance: rand.New(rand.NewPCG(c.cfg.Seed, sum.Sum64())), //nolint:gosec // play
	}
	switch n := p.chance.IntN(1000); {
	case n < silent:
		p.mute = true
	case n < silent+cannot:
		p.unable = true
	case n < silent+cannot+late:
		p.slow = true
	}
	return p
}

// about is a time that is mostly so long, sometimes much longer.
func (p *person) about(d time.Duration) time.Duration {
	return time.Duration(float64(d) * math.Exp(0.4*p.chance.NormFloat64()))
}

// live is what a responder does from the first buzz to the last signature.
func (p *person) live(ctx context.Context) {
	if p.mute || !p.answer(ctx) || p.unable {
		return
	}
	if !p.pause(ctx, p.about(50*time.Second)) { // the way there
		return
	}
	for ctx.Err() == nil {
		doors, err := p.doors(ctx)
		if status(err) == http.StatusUnauthorized || status(err) == http.StatusForbidden {
			return // the command is over
		}
		worked := false
		for _, d := range doors {
			if d.ours(p.task.ID) && !out(d.State) {
				worked = true
				if !p.visit(ctx, d) {
					return
				}
			}
		}
		p.replay(ctx)
		p.sign(ctx, doors)
		if !worked {
			select {
			case <-ctx.Done():
			case <-time.After(max(5*p.glance(), time.Second/2)):
			}
		}
	}
}

// answer opens the link and says whether he comes.
func (p *person) answer(ctx context.Context) bool {
	first := p.about(12 * time.Second)
	if p.slow {
		first = p.about(100 * time.Second)
	}
	if !p.pause(ctx, first) || p.post(ctx, "/session/link", map[string]any{"code": p.task.code()}, nil) != nil {
		return false
	}
	word := "yes"
	if p.unable {
		word = "cannot"
	}
	return p.insist(ctx, func() error {
		return p.post(ctx, "/commands/"+p.id+"/tasks/"+p.task.ID+"/acknowledgement", map[string]any{"answer": word}, nil)
	})
}

// insist tries again while the server is away; false: it has refused, or ctx ended.
func (p *person) insist(ctx context.Context, do func() error) bool {
	for {
		err := do()
		if err == nil {
			return true
		}
		if s := status(err); s != 0 && s < http.StatusInternalServerError && s != http.StatusTooManyRequests {
			return false
		}
		if !p.pause(ctx, 5*time.Second) {
			return false
		}
	}
}

func status(err error) int {
	var r *refusal
	if errors.As(err, &r) {
		return r.Status
	}
	return 0
}

// door is a household as his page shows it.
type door struct {
	ID, Estate, Building, Unit, State string
	Needs                             []string
	Task, Helper                      *string
}

func (d *door) ours(task string) bool { return d.Task != nil && *d.Task == task }

func (d *door) unit() string {
	return url.PathEscape(d.Estate) + "/" + url.PathEscape(d.Building) + "/" + url.PathEscape(d.Unit)
}

func out(state string) bool { return state == "left" || state == "empty" || state == "helped" }

func (p *person) doors(ctx context.Context) ([]door, error) {
	var list []door
	err := p.get(ctx, "/commands/"+p.id+"/households", &list)
	return list, err
}

// sign closes every unit of his in which all doors that he sees are done; the
// server knows of the others.
func (p *person) sign(ctx context.Context, doors []door) {
	open := map[string]bool{}
	for _, d := range doors {
		open[d.unit()] = open[d.unit()] || !out(p.found(d))
	}
	for unit, is := range open {
		if next, tried := p.signed[unit]; is || len(p.kept) > 0 || tried && (next.IsZero() || time.Now().Before(next)) {
			continue
		}
		p.signed[unit] = time.Time{}
		if p.post(ctx, "/commands/"+p.id+"/units/"+unit+"/signature", nil, nil) != nil {
			p.signed[unit] = time.Now().Add(p.real(p.about(20 * time.Second))) // somebody else is still at a door there
		}
	}
}

// found is what he knows of a door.
func (p *person) found(d door) string {
	if s, seen := p.seen[d.ID]; seen {
		return s
	}
	return d.State
}
