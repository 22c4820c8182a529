package crew

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
)

// view is what the crew reads of a command.
type view struct {
	State       string
	Total       int
	Households  map[string]int
	Tasks       map[string]int
	Milestones  map[string]*int64
	Unreachable []string
	Contested   int
	Signed      int
	Units       int
}

func (v *view) out() int {
	return v.Households["left"] + v.Households["empty"] + v.Households["helped"]
}

// task is what the crew reads of a task.
type task struct {
	ID, Responder, Link, State string
	Households, Helping        []string
}

// code is what a task's link ends with.
func (t *task) code() string {
	_, code, _ := strings.Cut(t.Link, "#")
	return code
}

// lead is the commander: he sends everybody who is called on his way, looks how
// it goes, and finds somebody for the doors of who doesn't answer.
func (c *crew) lead(ctx context.Context, people *sync.WaitGroup) (Result, error) {
	last, began := "", time.Now()
	for {
		var v view
		if err := c.boss.get(ctx, "/commands/"+c.id, &v); err != nil {
			return Result{Command: c.id}, err
		}
		r := Result{Command: c.id, Total: v.Total, Out: v.out(), Signed: v.Signed, Units: v.Units}
		if t0, t6 := v.Milestones["T0"], v.Milestones["T6"]; t0 != nil && t6 != nil {
			r.AllOut = time.Duration(*t6-*t0) * time.Millisecond
		}
		line := fmt.Sprintf("out %d of %d, signed %d of %d units, acknowledged %d, no answer %d, can't %d, contested %d",
			r.Out, r.Total, v.Signed, v.Units, v.Tasks["acknowledged"]+v.Tasks["done"], v.Tasks["no_answer"], v.Tasks["cannot"], v.Contested)
		if line != last {
			c.say("%6.1f s  %s", time.Since(began).Seconds(), line)
			last = line
		}
		switch {
		case v.State == "closed" || v.State == "stood_down":
			return r, errEnded
		case r.Out == r.Total && v.Signed == v.Units && v.State == "running":
			return r, c.finish(ctx)
		}
		if err := c.call(ctx, people, &v); err != nil {
			return r, err
		}
		select {
		case <-ctx.Done():
			return r, ctx.Err()
		case <-time.After(c.glance()):
		}
	}
}

// glance is how often somebody looks again, real time.
func (c *crew) glance() time.Duration {
	return min(max(c.real(3*time.Second), 100*time.Millisecond), 2*time.Second)
}

func (c *crew) finish(ctx context.Context) error {
	if !c.cfg.StandUp {
		return nil
	}
	return c.boss.post(ctx, "/commands/"+c.id+"/stand-down", map[string]any{"reason": "rehearsal: all are out"}, nil)
}

// call sends whoever has a new task on his way.
func (c *crew) call(ctx context.Context, people *sync.WaitGroup, v *view) error {
	var tasks []task
	if err := c.boss.get(ctx, "/commands/"+c.id+"/tasks", &tasks); err != nil {
		return err
	}
	for _, t := range tasks {
		c.mu.Lock()
		known := c.people[t.Responder]
		c.people[t.Responder] = true
		c.mu.Unlock()
		if !known {
			p := newPerson(c, t)
			people.Go(func() { p.live(ctx) })
		}
	}
	return c.cover(ctx, tasks, v)
}

// patience is how often a silent task with open doors is seen before the
// commander gives its doors to somebody else.
const patience = 3

// cover gives the doors of who stays silent, and has no deputy left, to whoever
// has acknowledged and has least to do.
func (c *crew) cover(ctx context.Context, tasks []task, v *view) error {
	for _, t := range tasks {
		open := len(t.Households) > 0 && (t.State == "no_answer" || t.State == "cannot")
		if !open || t.State == "no_answer" && !slices.Contains(v.Unreachable, t.Responder) {
			delete(c.stuck, t.ID)
			continue
		}
		if c.stuck[t.ID]++; c.stuck[t.ID] < patience {
			continue
		}
		c.stuck[t.ID] = 0
		to := ""
		least := 0
		for _, o := range tasks {
			if (o.State == "acknowledged" || o.State == "done") && len(o.Households) > 0 && (to == "" || len(o.Households) < least) {
				to, least = o.Responder, len(o.Households)
			}
		}
		if to == "" {
			continue
		}
		c.say("          nobody is left for %d households of %s: the commander gives them to %s", len(t.Households), t.Responder, to)
		body := map[string]any{"reason": "rehearsal: no answer and no deputy left", "task": t.ID, "to": to}
		if err := c.boss.post(ctx, "/commands/"+c.id+"/reassign", body, nil); err != nil {
			return err
		}
	}
	return nil
}
