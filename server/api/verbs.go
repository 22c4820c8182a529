package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// planAnswer is a plan, and what its numbers come down to.
type planAnswer struct {
	*plan.Plan
	Reach plan.Reach `json:"reach"`
}

func (a *API) planOf(i int) planAnswer {
	p := &a.district.Plans[i]
	rates := map[string]plan.Rate{}
	if a.Desk != nil {
		rates = a.Desk.Rates()
	}
	return planAnswer{p, p.Reached(rates)}
}

// verbBody is what a verb says: a reason, and what it needs besides.
type verbBody struct {
	Reason     string          `json:"reason"`
	To         string          `json:"to"`
	Households []string        `json:"households"`
	Task       string          `json:"task"`
	Audience   string          `json:"audience"`
	Text       string          `json:"text"`
	Correction bool            `json:"correction"`
	Zone       *household.Zone `json:"zone"`
}

// verbs are what a commander does about a running command.
func verbs() map[string]func(w command.Who, b *verbBody) command.Intent {
	return map[string]func(w command.Who, b *verbBody) command.Intent{
		"pause":  func(w command.Who, b *verbBody) command.Intent { return command.Pause{Who: w, Reason: b.Reason} },
		"resume": func(w command.Who, b *verbBody) command.Intent { return command.Resume{Who: w, Reason: b.Reason} },
		"join":   func(w command.Who, b *verbBody) command.Intent { return command.Join{Who: w, Reason: b.Reason} },
		"return": func(w command.Who, b *verbBody) command.Intent { return command.Return{Who: w, Reason: b.Reason} },
		"close":  func(w command.Who, b *verbBody) command.Intent { return command.Close{Who: w, Reason: b.Reason} },
		"hand-over": func(w command.Who, b *verbBody) command.Intent {
			return command.HandOver{Who: w, Reason: b.Reason, To: b.To}
		},
		"reassign": func(w command.Who, b *verbBody) command.Intent {
			return command.Reassign{Who: w, Reason: b.Reason, Households: b.Households, Task: b.Task, To: b.To}
		},
		"broadcast": func(w command.Who, b *verbBody) command.Intent {
			return command.Broadcast{Who: w, Reason: b.Reason, Audience: plan.Audience(b.Audience), Text: b.Text, Correction: b.Correction}
		},
		"stand-down": func(w command.Who, b *verbBody) command.Intent {
			return command.StandDown{Who: w, Reason: b.Reason, Correction: b.Correction}
		},
	}
}

// verb answers POST /commands/{id}/{verb}.
func (a *API) verb(name string) echo.HandlerFunc {
	intent := verbs()[name]
	return func(c echo.Context) error {
		q, err := a.about(c, access.Command)
		if err != nil {
			return err
		}
		q.Object = name + " " + q.Object
		var b verbBody
		err = a.carried(c, q, func(ctx context.Context, line access.Line) error {
			if err := decode(c, &b); err != nil {
				return err
			}
			if name == "hand-over" {
				if err := a.takes(ctx, b.To, q); err != nil {
					return err
				}
				b.To = "user:" + b.To
			}
			return a.Desk.Do(ctx, c.Param("id"), intent(a.who(c, q), &b), line)
		})
		if err != nil {
			return err
		}
		return a.viewed(c, http.StatusOK, c.Param("id"))
	}
}

// takes is a fault unless a user could lead a command.
func (a *API) takes(ctx context.Context, name string, q access.Ask) error {
	if name == "" {
		return fault.New(fault.Invalid, "/to", "to whom is missing")
	}
	people, err := a.People.Users(ctx)
	if err != nil {
		return err
	}
	for _, p := range people {
		who := access.Actor{Kind: access.User, Name: p.Name, Grants: p.Grants}
		if p.Name == name && !p.Disabled && a.gate.policy.Decide(who, q, a.now()).Allowed() {
			return nil
		}
	}
	return fault.New(fault.NotFound, "/to", "nobody of this name can command here")
}

// widen answers POST /commands/{id}/widen.
func (a *API) widen(c echo.Context) error {
	q, err := a.about(c, access.Command)
	if err != nil {
		return err
	}
	var b verbBody
	wrong := decode(c, &b)
	if wrong == nil && b.Zone == nil {
		wrong = fault.New(fault.Invalid, "/zone", "this is missing")
	}
	if wrong == nil { // his area must hold the new zone too
		var id string
		if id, wrong = look(c.Request().Context(), a, c, func(s *command.State) string { return s.Plan.ID }); wrong == nil {
			v, err := a.Desk.Preview(c.Request().Context(), id, *b.Zone, false)
			wrong = err
			q.Areas = append(q.Areas, a.where(access.Ask{}, v.Area).Areas...)
		}
	}
	err = a.carried(c, q, func(ctx context.Context, line access.Line) error {
		if wrong != nil {
			return wrong
		}
		return a.Desk.Widen(ctx, c.Param("id"), command.Widen{Who: a.who(c, q), Reason: b.Reason}, *b.Zone, line)
	})
	if overlap := new(command.Overlap); errors.As(err, &overlap) {
		return a.refusedPress(c, err)
	}
	if err != nil {
		return err
	}
	return a.viewed(c, http.StatusOK, c.Param("id"))
}

// confirm answers POST /commands/{id}/confirmation: the second person.
func (a *API) confirm(c echo.Context) error {
	q, err := a.about(c, access.Command)
	if err != nil {
		return err
	}
	q.Recent = true
	err = a.carried(c, q, func(ctx context.Context, line access.Line) error {
		return a.Desk.Do(ctx, c.Param("id"), command.Confirm{Who: a.who(c, q)}, line)
	})
	if err != nil {
		return err
	}
	return a.viewed(c, http.StatusOK, c.Param("id"))
}

// param is a path's parameter, which may be percent-encoded.
func param(c echo.Context, name string) string {
	if s, err := url.PathUnescape(c.Param(name)); err == nil {
		return s
	}
	return c.Param(name)
}
