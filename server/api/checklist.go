package api

import (
	"context"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
)

// listSteps answers GET /commands/{id}/steps: the plan's steps and how they stand.
func (a *API) listSteps(c echo.Context) error {
	q, err := a.about(c, access.See)
	if err != nil {
		return err
	}
	if err := a.may(c, q); err != nil {
		return err
	}
	list, err := look(c.Request().Context(), a, c, func(s *command.State) []command.StepView { return s.Steps(a.now().UnixMilli()) })
	if err != nil {
		return err
	}
	return ok(c, list)
}

// callStep answers POST /commands/{id}/steps/{step}: it is done.
func (a *API) callStep(c echo.Context) error {
	q, err := a.about(c, access.Command)
	if err != nil {
		return err
	}
	step := param(c, "step")
	q.Object = "step " + brief(step) + " of " + q.Object
	var b struct {
		Reason string `json:"reason"`
	}
	err = a.carried(c, q, func(ctx context.Context, line access.Line) error {
		if err := decode(c, &b); err != nil {
			return err
		}
		return a.Desk.Do(ctx, c.Param("id"), command.Call{Who: a.who(c, q), Step: step, Reason: b.Reason}, line)
	})
	if err != nil {
		return err
	}
	found := false
	v, err := look(c.Request().Context(), a, c, func(s *command.State) (v command.StepView) {
		v, found = s.Step(step, a.now().UnixMilli())
		return v
	})
	if err == nil && !found {
		err = fault.New(fault.NotFound, "", "no such step")
	}
	if err != nil {
		return err
	}
	return ok(c, v)
}

// listLessons answers GET /commands/{id}/lessons: what was concluded from it.
func (a *API) listLessons(c echo.Context) error {
	if err := a.large(c); err != nil {
		return err
	}
	list, err := look(c.Request().Context(), a, c, (*command.State).Lessons)
	if err != nil {
		return err
	}
	return ok(c, list)
}

// learn answers POST /commands/{id}/lessons, also after the end.
func (a *API) learn(c echo.Context) error {
	q, err := a.about(c, access.Command)
	if err != nil {
		return err
	}
	q.Object = "lesson of " + q.Object
	var b struct {
		ID    string `json:"id"`
		Kind  string `json:"kind"`
		Text  string `json:"text"`
		Owner string `json:"owner"`
		Due   string `json:"due"`
	}
	err = a.carried(c, q, func(ctx context.Context, line access.Line) error {
		if err := decode(c, &b); err != nil {
			return err
		}
		lesson := command.Lesson{ID: b.ID, Kind: b.Kind, Text: b.Text, Owner: b.Owner, Due: b.Due}
		return a.Desk.Do(ctx, c.Param("id"), command.Learn{Who: a.who(c, q), Lesson: lesson}, line)
	})
	if err != nil {
		return err
	}
	list, err := look(c.Request().Context(), a, c, (*command.State).Lessons)
	if err != nil {
		return err
	}
	return ok(c, list)
}
