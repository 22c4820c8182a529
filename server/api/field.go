package api

import (
	"context"
	"encoding/json"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
)

// moment is an instant as a body writes it, RFC 3339 or Unix ms.
type moment int64

// UnmarshalJSON reads either form.
func (m *moment) UnmarshalJSON(text []byte) error {
	var s string
	if json.Unmarshal(text, &s) != nil {
		s = string(text)
	}
	at, err := instant(s)
	*m = moment(at)
	return err
}

// acknowledge answers POST /commands/{id}/tasks/{task}/acknowledgement.
func (a *API) acknowledge(c echo.Context) error {
	q, err := a.about(c, access.Answer)
	if err != nil {
		return err
	}
	id := param(c, "task")
	whose, err := look(c.Request().Context(), a, c, func(s *command.State) string {
		responder, _ := s.TaskOf(id)
		return responder
	})
	if err != nil {
		return err
	}
	if q.Task = whose; whose == "" {
		return unknown("task", "")
	}
	var b struct {
		ID     string `json:"id"`
		At     moment `json:"at"`
		Answer string `json:"answer"`
	}
	err = a.carried(c, q, func(ctx context.Context, line access.Line) error {
		if err := decode(c, &b); err != nil {
			return err
		}
		return a.Desk.Do(ctx, c.Param("id"), command.Acknowledge{Who: a.who(c, q), Task: id, At: int64(b.At), Answer: b.Answer}, line)
	})
	if err != nil {
		return err
	}
	out, err := look(c.Request().Context(), a, c, func(s *command.State) command.TaskAnswer {
		v, _ := s.Answered(id)
		return v
	})
	if err != nil {
		return err
	}
	return ok(c, out)
}

// report answers POST /commands/{id}/households/{household}/reports.
func (a *API) report(c echo.Context) error {
	var b struct {
		ID    string `json:"id"`
		State string `json:"state"`
		At    moment `json:"at"`
		Note  string `json:"note"`
	}
	return field(a, c, &b, func(w command.Who) command.Intent {
		return command.Report{Who: w, Household: param(c, "household"), ID: b.ID, State: b.State, At: int64(b.At), Note: b.Note}
	}, func(s *command.State) (command.Verdict, bool) { return s.Report(b.ID) })
}

// sign answers POST /commands/{id}/units/{estate}/{building}/{unit}/signature.
func (a *API) sign(c echo.Context) error {
	unit := param(c, "estate") + "/" + param(c, "building") + "/" + param(c, "unit")
	return field(a, c, nil, func(w command.Who) command.Intent {
		return command.Sign{Who: w, Unit: unit}
	}, func(s *command.State) (command.Signature, bool) { return s.Signature(unit) })
}

// checkIn answers POST /commands/{id}/check-ins.
func (a *API) checkIn(c echo.Context) error {
	var b struct {
		ID        string  `json:"id"`
		Household string  `json:"household"`
		Shelter   *string `json:"shelter"`
		State     string  `json:"state"`
		Persons   int     `json:"persons"`
		At        moment  `json:"at"`
	}
	return field(a, c, &b, func(w command.Who) command.Intent {
		in := command.Arrive{Who: w, ID: b.ID, Household: b.Household, State: b.State, Persons: b.Persons, At: int64(b.At)}
		if b.Shelter != nil {
			in.Shelter = *b.Shelter
		}
		return in
	}, func(s *command.State) (command.CheckIn, bool) { return s.CheckedIn(b.ID) })
}

// listArrivals answers GET /commands/{id}/check-ins: whom a shelter waits for, to
// those who may check in. Nobody's name, number or need is in it.
func (a *API) listArrivals(c echo.Context) error {
	q, err := a.about(c, access.Answer)
	if err != nil {
		return err
	}
	if err := a.may(c, q); err != nil {
		return err
	}
	var out struct {
		Shelters   []command.Room    `json:"shelters"`
		Households []command.Arrival `json:"households"`
	}
	if out.Shelters, err = a.Desk.Rooms(c.Request().Context(), c.Param("id")); err != nil {
		return err
	}
	if out.Households, err = look(c.Request().Context(), a, c, (*command.State).Arrivals); err != nil {
		return err
	}
	return ok(c, out)
}

// field carries out what any responder of a command, or its commander, says from
// outside, and answers what became of it.
func field[T any](a *API, c echo.Context, body any, make func(command.Who) command.Intent, is func(*command.State) (T, bool)) error {
	q, err := a.about(c, access.Answer)
	if err != nil {
		return err
	}
	err = a.carried(c, q, func(ctx context.Context, line access.Line) error {
		if body != nil {
			if err := decode(c, body); err != nil {
				return err
			}
		}
		return a.Desk.Do(ctx, c.Param("id"), make(a.who(c, q)), line)
	})
	if err != nil {
		return err
	}
	found := false
	out, err := look(c.Request().Context(), a, c, func(s *command.State) (v T) {
		v, found = is(s)
		return v
	})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "", "no such answer")
	}
	if err != nil {
		return err
	}
	return ok(c, out)
}
