package api

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/labstack/echo/v4"
	"golang.org/x/time/rate"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
)

// Journal is the record of who did what.
type Journal interface {
	// Append returns once the line is on disk; without it the deed must not be done.
	Append(ctx context.Context, line access.Line) error
}

// looks is how many looks at persons one actor has a minute.
const looks = 60

// gate is the one place of this door where rights are asked for.
type gate struct {
	policy *access.Policy

	mu    sync.Mutex
	looks map[string]*rate.Limiter // guarded by mu; by actor
}

// guard lets a request pass whose actor has a right somewhere; where exactly is
// asked by the handler, which knows what the request is about.
func (a *API) guard(action access.Action) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			q := access.Ask{Action: action, Object: c.Request().Method + " " + c.Path()}
			if d := a.gate.policy.Decide(a.actor(c), q, a.now()); d.Fault != nil {
				return a.may(c, q)
			}
			return next(c)
		}
	}
}

// may decides one question, and has on record what belongs there before it
// says yes. Whatever it returns ends the request.
func (a *API) may(c echo.Context, q access.Ask) error {
	if q.Purpose == "" {
		q.Purpose = c.QueryParam("purpose")
	}
	actor := a.actor(c)
	d := a.gate.policy.Decide(actor, q, a.now())
	if d.Allowed() && d.Line.Action == string(access.Unmask) {
		if err := a.gate.paced(actor.ID(), a.now()); err != nil {
			return err
		}
	}
	if d.Record {
		if err := a.write(c, d.Line); err != nil {
			return err
		}
	}
	if d.Fault != nil {
		return d.Fault
	}
	return nil
}

// does decides a deed and does it. What was allowed and could not be done is on
// record as well.
func (a *API) does(c echo.Context, q access.Ask, deed func(ctx context.Context) error) error {
	q.Deed = true
	if err := a.may(c, q); err != nil {
		return err
	}
	ctx := c.Request().Context()
	err := deed(ctx)
	if err == nil {
		return nil
	}
	line := a.gate.policy.Decide(a.actor(c), q, a.now()).Line
	line.Result = access.Failed
	return errors.Join(err, a.write(c, line))
}

func (a *API) write(c echo.Context, line access.Line) error {
	if a.Journal == nil {
		return nil
	}
	return a.Journal.Append(context.WithoutCancel(c.Request().Context()), line)
}

// crossed refuses what a foreign page sent. In whose name it came is on record.
func (a *API) crossed(c echo.Context) error {
	actor := a.actor(c)
	if actor.Kind == access.Nobody || actor.Kind == access.Anyone {
		return errForeign
	}
	line := a.gate.policy.Decide(actor, access.Ask{Object: c.Request().Method + " " + c.Path()}, a.now()).Line
	line.Action = access.CrossSite
	return errors.Join(errForeign, a.write(c, line))
}

// sees tells whether the actor may see what lies in an area; it leaves no line,
// since what he may not see is absent from lists.
func (a *API) sees(c echo.Context, at area.Index) bool {
	return a.gate.policy.Decide(a.actor(c), access.Ask{Action: access.See, Areas: []area.Index{at}}, a.now()).Allowed()
}

// seesOne says whether the actor may see one thing in an area.
func (a *API) seesOne(c echo.Context, object string, at area.Index) error {
	return a.may(c, access.Ask{Action: access.See, Object: object, Areas: []area.Index{at}})
}

// paced holds an actor to so many looks at persons a minute.
func (g *gate) paced(actor string, now time.Time) error {
	const most = 10_000 // actors; beyond, all are forgotten
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.looks == nil || len(g.looks) > most {
		g.looks = make(map[string]*rate.Limiter)
	}
	l := g.looks[actor]
	if l == nil {
		l = rate.NewLimiter(rate.Every(time.Minute/looks), looks)
		g.looks[actor] = l
	}
	r := l.ReserveN(now, 1)
	if wait := r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return &fault.Fault{Kind: fault.TooMany, Reason: "too many looks at persons", After: wait}
	}
	return nil
}
