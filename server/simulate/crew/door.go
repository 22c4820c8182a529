package crew

import (
	"context"
	"fmt"
	"net/url"
	"time"
)

// report is what was seen at a door, kept until the server has it.
type report struct {
	ID        string `json:"id"`
	State     string `json:"state"`
	At        int64  `json:"at"`
	household string
}

// visit goes to a door and reports what comes of it; false: ctx ended.
func (p *person) visit(ctx context.Context, d door) bool {
	if p.chance.IntN(1000) < offline {
		p.away = time.Now().Add(p.real(p.about(40 * time.Second)))
	}
	if d.State == "pending" || d.State == "notified" {
		if !p.pause(ctx, p.about(6*time.Second)) {
			return false
		}
		p.report(ctx, d.ID, "knocked")
	}
	if !p.pause(ctx, p.about(24*time.Second)) {
		return false
	}
	state := p.outcome(d)
	if p.chance.IntN(1000) < muddled && out(state) { // the wrong button, and the right one after it
		p.report(ctx, d.ID, "no_answer")
		if !p.pause(ctx, p.about(4*time.Second)) {
			return false
		}
	}
	if state == "need_help" || state == "helped" {
		if state == "need_help" {
			p.report(ctx, d.ID, state)
		}
		if !p.pause(ctx, p.about(60*time.Second)) { // a wheelchair on the stairs
			return false
		}
		state = "helped"
	}
	p.report(ctx, d.ID, state)
	p.seen[d.ID] = state
	return true
}

// outcome is what a door turns out to be. Who refused or didn't open is asked
// again, and does then.
func (p *person) outcome(d door) string {
	n := p.chance.IntN(100)
	switch {
	case len(d.Needs) > 0 && n < 40:
		return "need_help"
	case len(d.Needs) > 0:
		return "helped"
	case p.seen[d.ID] == "refused" || d.State == "refused":
		return "left"
	case p.seen[d.ID] == "no_answer" || d.State == "no_answer":
		return "empty"
	case n < 4:
		return "refused"
	case n < 11:
		return "no_answer"
	case n < 20:
		return "empty"
	}
	return "left"
}

// report says what was seen, at once or, without a network, later with the time
// at which it was seen.
func (p *person) report(ctx context.Context, household, state string) {
	p.count++
	p.kept = append(p.kept, report{ID: fmt.Sprintf("%s-%d-%d", p.task.Responder, p.count, p.chance.Uint32()), State: state, At: time.Now().UnixMilli(), household: household})
	p.replay(ctx)
}

// replay sends what is kept, in its order.
func (p *person) replay(ctx context.Context) {
	for len(p.kept) > 0 && !time.Now().Before(p.away) && ctx.Err() == nil {
		r := p.kept[0]
		err := p.post(ctx, "/commands/"+p.id+"/households/"+url.PathEscape(r.household)+"/reports", r, nil)
		if s := status(err); err != nil && (s == 0 || s >= 500 || s == 429) {
			return // later
		}
		p.kept = p.kept[1:]
		if err == nil {
			p.mu.Lock()
			p.reports++
			p.mu.Unlock()
		}
	}
}
