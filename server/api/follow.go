package api

import (
	"bufio"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/report"
)

// taskAnswer is a task, for the commander with its link, for its responder with
// what he was told.
type taskAnswer struct {
	command.TaskView
	Link *string           `json:"link"`
	Told []command.Telling `json:"told,omitempty"`
}

// listTasks answers GET /commands/{id}/tasks; a responder sees his own.
func (a *API) listTasks(c echo.Context) error {
	own, err := a.ours(c)
	if err != nil {
		return err
	}
	tasks, err := look(c.Request().Context(), a, c, (*command.State).Tasks)
	if err != nil {
		return err
	}
	q, err := a.about(c, access.Command)
	if err != nil {
		return err
	}
	leads := own == "" && a.gate.policy.Decide(a.actor(c), q, a.now()).Allowed()
	var told []command.Telling
	if own != "" {
		if told, err = look(c.Request().Context(), a, c, func(s *command.State) []command.Telling { return s.Told(own) }); err != nil {
			return err
		}
	}
	out := []taskAnswer{}
	for _, t := range tasks {
		if own != "" && t.Responder != own {
			continue
		}
		w := taskAnswer{TaskView: t, Told: told}
		if leads {
			link := a.Desk.Link(c.Param("id"), t.Responder, t.ID+"-"+strconv.FormatInt(a.now().UnixNano(), 36))
			w.Link = &link
		}
		out = append(out, w)
	}
	return ok(c, out)
}

// listHouseholds answers GET /commands/{id}/households: masked, but for who says
// a purpose, and to a responder those of his own task.
func (a *API) listHouseholds(c echo.Context) error {
	own, err := a.ours(c)
	if err != nil {
		return err
	}
	var mine []string
	if own != "" {
		tasks, err := look(c.Request().Context(), a, c, (*command.State).Tasks)
		if err != nil {
			return err
		}
		for _, t := range tasks {
			if t.Responder == own {
				mine = append(append(mine, t.Households...), t.Helping...)
			}
		}
	}
	q, err := a.about(c, access.Unmask)
	if err != nil {
		return err
	}
	q.Task, q.Object = own, "households of command:"+brief(c.Param("id"))
	opened := c.QueryParam("purpose") != "" || own != "" && !q.Over
	if opened {
		if err := a.may(c, q); err != nil {
			return err
		}
	}
	list, err := look(c.Request().Context(), a, c, func(s *command.State) []command.HouseholdView {
		return s.Households(func(string) bool { return opened })
	})
	if own != "" {
		list = slices.DeleteFunc(list, func(h command.HouseholdView) bool { return !slices.Contains(mine, h.ID) })
	}
	if err != nil {
		return err
	}
	if wanted(c, echo.MIMEApplicationJSON, "text/csv") == "text/csv" {
		return attached(c, "text/csv", c.Param("id")+"-households.csv", householdsTable(list))
	}
	return ok(c, list)
}

// large lets pass who may follow a command as a whole.
func (a *API) large(c echo.Context) error {
	q, err := a.about(c, access.Follow)
	if err != nil {
		return err
	}
	return a.may(c, q)
}

// listMessages answers GET /commands/{id}/messages.
func (a *API) listMessages(c echo.Context) error {
	if err := a.large(c); err != nil {
		return err
	}
	list, err := look(c.Request().Context(), a, c, (*command.State).Messages)
	if err != nil {
		return err
	}
	return ok(c, list)
}

// unitAnswer is a unit of the facade; who may follow the command learns which
// households its cells stand for.
type unitAnswer struct {
	command.UnitView
	Homes []string `json:"homes,omitempty"`
	Rooms []string `json:"rooms,omitempty"`
}

// listUnits answers GET /commands/{id}/units: the facade.
func (a *API) listUnits(c echo.Context) error {
	q, err := a.about(c, access.See)
	if err != nil {
		return err
	}
	if err := a.may(c, q); err != nil {
		return err
	}
	q.Action = access.Follow
	follows := a.gate.policy.Decide(a.actor(c), q, a.now()).Allowed()
	list, err := look(c.Request().Context(), a, c, func(s *command.State) []unitAnswer {
		units, doors := s.Units(a.now().UnixMilli()), s.Doors()
		out := make([]unitAnswer, len(units))
		for i := range units {
			if out[i].UnitView = units[i]; follows {
				out[i].Homes, out[i].Rooms = doors[i].Homes, doors[i].Rooms
			}
		}
		return out
	})
	if err != nil {
		return err
	}
	return ok(c, list)
}

// getLedger answers GET /commands/{id}/ledger as NDJSON.
func (a *API) getLedger(c echo.Context) error {
	if err := a.large(c); err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderContentType, "application/x-ndjson")
	if headless(c) {
		return c.NoContent(http.StatusOK)
	}
	w := bufio.NewWriter(c.Response())
	err := a.Ledgers.Ledger(c.Request().Context(), c.Param("id"), func(sent string) error {
		_, err := w.WriteString(sent + "\n")
		return err
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// getReport answers GET /commands/{id}/report, as JSON, PDF or CSV.
func (a *API) getReport(c echo.Context) error {
	if err := a.large(c); err != nil {
		return err
	}
	form := wanted(c, echo.MIMEApplicationJSON, "application/pdf", "text/csv")
	events, err := a.Desk.Events(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	r, err := report.Of(events)
	if err != nil {
		return err
	}
	switch form {
	case "application/pdf":
		pdf, err := a.Printer.Report(&r)
		if err != nil {
			return err
		}
		return attached(c, form, r.ID+".pdf", pdf)
	case "text/csv":
		return attached(c, form, r.ID+"-units.csv", unitsTable(&r))
	}
	return ok(c, r)
}

// getCAP answers GET /commands/{id}/cap: CAP 1.2.
func (a *API) getCAP(c echo.Context) error {
	if err := a.large(c); err != nil {
		return err
	}
	var text []byte
	err := a.Desk.Look(c.Request().Context(), c.Param("id"), func(s *command.State) error {
		p := report.Publisher{Sender: "citydeck@" + a.district.ID, Name: a.district.Name, Zone: a.district.Zone, Place: s.Area, PlaceEn: s.Area}
		if at, known := a.district.Areas.Lookup(s.Area); known {
			is := a.district.Areas.At(at)
			p.Place, p.PlaceEn = is.Name, is.NameEn
		}
		var err error
		text, err = report.CAP(s, p)
		return err
	})
	if err != nil {
		return err
	}
	return c.Blob(http.StatusOK, "application/cap+xml", text)
}

// listPlans answers GET /plans, each with the arithmetic of its reach.
func (a *API) listPlans(c echo.Context) error {
	list := []planAnswer{}
	for i := range a.district.Plans {
		list = append(list, a.planOf(i))
	}
	return ok(c, list)
}

// getPlan answers GET /plans/{id}.
func (a *API) getPlan(c echo.Context) error {
	for i := range a.district.Plans {
		if a.district.Plans[i].ID == c.Param("id") {
			return ok(c, a.planOf(i))
		}
	}
	return unknown("plan", "")
}

// listProposals answers GET /areas/{id}/proposals: what an alert there suggests.
func (a *API) listProposals(c echo.Context) error {
	at, known := a.district.Areas.Lookup(c.Param("id"))
	if !known {
		return unknown("area", "")
	}
	if err := a.seesOne(c, object("area", c.Param("id")), at); err != nil {
		return err
	}
	list := a.district.Proposals(at)
	if list == nil {
		return ok(c, []struct{}{})
	}
	return ok(c, list)
}

// enter answers POST /session/link.
func (a *API) enter(c echo.Context) error {
	var b struct {
		Code string `json:"code"`
	}
	if err := decode(c, &b); err != nil {
		return err
	}
	if a.Links == nil || strings.TrimSpace(b.Code) == "" {
		return fault.New(fault.Unauthenticated, "", "this link is over")
	}
	cookie, err := a.Links.Enter(c.Request().Context(), b.Code, c.RealIP())
	if err != nil {
		return err
	}
	c.SetCookie(a.Cookies.SessionCookie(c.Request(), cookie))
	return empty(c)
}

// callback answers POST /callbacks/{channel}.
func (a *API) callback(c echo.Context) error {
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxForm)
	body, err := whole(c)
	if err != nil {
		return err
	}
	if a.Receipts == nil {
		return errNoDesk
	}
	if err := a.Receipts.Receive(c.Request().Context(), c.Param("channel"), c.Request().Header, body); err != nil {
		return err
	}
	return empty(c)
}
