package api

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
	"citydeck/cockpits/respond/report"
)

// Desk runs the command's way. What it carries out is on disk when it returns,
// with the line that says who wanted it.
type Desk interface {
	Preview(ctx context.Context, plan string, zone household.Zone, exercise bool) (command.Preview, error)
	// Launch says again when this very press was carried out before. It fails with
	// fault.Mismatch, *command.Outdated and *command.Overlap.
	Launch(ctx context.Context, press *command.Press) (id string, again bool, err error)
	Do(ctx context.Context, id string, in command.Intent, lines ...access.Line) error
	Widen(ctx context.Context, id string, in command.Widen, zone household.Zone, lines ...access.Line) error
	Look(ctx context.Context, id string, see func(*command.State) error) error
	Rooms(ctx context.Context, id string) ([]command.Room, error)
	IDs() []string
	Events(ctx context.Context, id string) ([]command.Event, error)
	Rates() map[string]plan.Rate
	Link(command, responder, message string) string
}

// Ledgers hands over a command's lines in their order, as they are sent.
type Ledgers interface {
	Ledger(ctx context.Context, command string, do func(sent string) error) error
}

// Links lets who was sent a link in: once.
type Links interface {
	// Enter answers a session's cookie; it fails with fault.Unauthenticated.
	Enter(ctx context.Context, code, address string) (cookie string, err error)
}

// Receipts takes what providers say of messages.
type Receipts interface {
	// Receive fails with fault.Unauthenticated when nobody known has signed it.
	Receive(ctx context.Context, channel string, header http.Header, body []byte) error
}

// Respond is what this door asks of those who run commands; without a desk its
// routes answer that they are away.
type Respond struct {
	Desk     Desk
	Ledgers  Ledgers
	Links    Links
	Receipts Receipts
	Roster   Roster
	Printer  Printer
	Photos   Photos
}

// Printer puts a report on paper, as PDF.
type Printer interface {
	Report(*report.Report) ([]byte, error)
}

// afterwards is for how long a link's session holds after the stand-down.
const afterwards = 24 * time.Hour

var (
	errNoDesk = fault.New(fault.Unavailable, "", "commands can't be run here")
	errEnded  = fault.New(fault.Unauthenticated, "", "this command is over, and so is its link")
)

// commandRoutes registers the plans and what becomes of them.
func (a *API) commandRoutes(e *echo.Echo, open []echo.MiddlewareFunc) {
	with := func(right access.Action) []echo.MiddlewareFunc {
		return append(open[:len(open):len(open)], a.called(right))
	}
	a.route(e, Prefix+"/plans", a.listPlans, with(access.See)...)
	a.route(e, Prefix+"/plans/:id", a.getPlan, with(access.See)...)
	a.route(e, Prefix+"/areas/:id/proposals", a.listProposals, with(access.See)...)
	e.POST(Prefix+"/commands/preview", a.preview, with(access.Command)...)
	e.POST(Prefix+"/commands", a.launch, with(access.Command)...)
	a.route(e, Prefix+"/commands", a.listCommands, with(access.See)...)
	a.route(e, Prefix+"/commands/:id", a.getCommand, with(access.See)...)
	a.route(e, Prefix+"/commands/:id/units", a.listUnits, with(access.See)...)
	for path, answer := range map[string]echo.HandlerFunc{
		"tasks": a.listTasks, "households": a.listHouseholds, "messages": a.listMessages,
		"ledger": a.getLedger, "report": a.getReport, "cap": a.getCAP,
	} {
		a.route(e, Prefix+"/commands/:id/"+path, answer, with(access.Follow)...)
	}
	e.POST(Prefix+"/commands/:id/tasks/:task/acknowledgement", a.acknowledge, with(access.Answer)...)
	e.POST(Prefix+"/commands/:id/households/:household/reports", a.report, with(access.Answer)...)
	e.POST(Prefix+"/commands/:id/households/:household/photos", a.photograph, with(access.Answer)...)
	a.route(e, Prefix+"/commands/:id/households/:household/photos/:photo", a.showPhoto, with(access.Follow)...)
	e.POST(Prefix+"/commands/:id/units/:estate/:building/:unit/signature", a.sign, with(access.Answer)...)
	e.POST(Prefix+"/commands/:id/check-ins", a.checkIn, with(access.Answer)...)
	a.route(e, Prefix+"/commands/:id/check-ins", a.listArrivals, with(access.Answer)...)
	for verb := range verbs() {
		e.POST(Prefix+"/commands/:id/"+verb, a.verb(verb), with(access.Command)...)
	}
	a.route(e, Prefix+"/commands/:id/steps", a.listSteps, with(access.See)...)
	e.POST(Prefix+"/commands/:id/steps/:step", a.callStep, with(access.Command)...)
	a.route(e, Prefix+"/commands/:id/lessons", a.listLessons, with(access.Follow)...)
	e.POST(Prefix+"/commands/:id/lessons", a.learn, with(access.Command)...)
	a.rosterRoutes(e, open)
	e.POST(Prefix+"/commands/:id/widen", a.widen, with(access.Command)...)
	e.POST(Prefix+"/commands/:id/confirmation", a.confirm, with(access.Command)...)
	e.POST(Prefix+"/callbacks/:channel", a.callback, open...)
	e.POST(Prefix+"/session/link", a.enter, open...)
}

// called is guard for what those may ask too whom a command calls: which one
// they ask about is known to the handler alone.
func (a *API) called(action access.Action) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			actor := a.actor(c)
			field := action == access.Answer && slices.ContainsFunc(actor.Grants, func(g access.Grant) bool { return g.Role == access.Responder })
			own := actor.Responder != "" && (action == access.Follow || action == access.Answer || c.Path() == Prefix+"/commands/:id")
			q := access.Ask{Action: action, Object: c.Request().Method + " " + c.Path()}
			if d := a.gate.policy.Decide(actor, q, a.now()); d.Fault != nil && !field && !own {
				return a.may(c, q)
			}
			if a.Desk == nil && action != access.See {
				return errNoDesk
			}
			return next(c)
		}
	}
}

// about is a question about a command, with what the command says of who asks.
func (a *API) about(c echo.Context, action access.Action) (q access.Ask, err error) {
	if a.Desk == nil {
		return q, errNoDesk
	}
	id := c.Param("id")
	actor := a.actor(c)
	q = access.Ask{Action: action, Object: object("command", id), Command: id}
	err = a.Desk.Look(c.Request().Context(), id, func(s *command.State) error {
		if at, known := a.district.Areas.Lookup(s.Area); known {
			q.Areas = []area.Index{at}
		}
		_, q.Called = s.Calls(actor.Responder)
		q.Over = s.Over()
		ended := s.Phase == command.Finished || s.Milestone[9] != 0 && a.now().UnixMilli() > s.Milestone[9]+afterwards.Milliseconds()
		if actor.Command != "" && ended {
			return errEnded
		}
		return nil
	})
	return q, err
}

// ours decides whether somebody may follow a command at large, or his own task alone.
func (a *API) ours(c echo.Context) (own string, err error) {
	q, err := a.about(c, access.Follow)
	if err != nil {
		return "", err
	}
	if actor := a.actor(c); q.Called && !a.gate.policy.Decide(actor, q, a.now()).Allowed() {
		own = actor.Responder
		q.Task = own
	}
	return own, a.may(c, q)
}

// who names the actor as the ledger does.
func (a *API) who(c echo.Context, q access.Ask) command.Who {
	actor := a.actor(c)
	w := command.Who{By: actor.ID(), Responder: actor.Responder}
	if actor.Responder != "" && q.Called {
		w.By = "responder:" + actor.Responder
	}
	lead := q
	lead.Action, lead.Recent = access.Command, false
	w.Commander = a.gate.policy.Decide(actor, lead, a.now()).Allowed()
	w.Salt = salt()
	return w
}

// carried decides a deed about a command and has it done; the line is on disk
// with the deed. What was allowed and could not be done is on record as well.
func (a *API) carried(c echo.Context, q access.Ask, do func(ctx context.Context, line access.Line) error) error {
	q.Deed = true
	d := a.gate.policy.Decide(a.actor(c), q, a.now())
	if d.Fault != nil {
		return a.may(c, q)
	}
	err := do(c.Request().Context(), d.Line)
	if err == nil || errors.Is(err, fault.Unavailable) {
		return err
	}
	d.Line.Result = access.Failed
	return errors.Join(err, a.write(c, d.Line))
}
