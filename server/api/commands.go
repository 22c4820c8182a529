package api

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
)

// pressBody is what a preview and a launch say.
type pressBody struct {
	Plan     string          `json:"plan"`
	Zone     *household.Zone `json:"zone"`
	Exercise *bool           `json:"exercise"`
}

// longestKey is how long an idempotency key may be, in bytes.
const longestKey = 255

func (b *pressBody) read(c echo.Context) error {
	if err := decode(c, b); err != nil {
		return err
	}
	var faults []error
	if b.Plan == "" {
		faults = append(faults, fault.New(fault.Invalid, "/plan", "this is missing"))
	}
	if b.Zone == nil {
		faults = append(faults, fault.New(fault.Invalid, "/zone", "this is missing"))
	}
	if b.Exercise == nil {
		faults = append(faults, fault.New(fault.Invalid, "/exercise", "this is missing: true or false"))
	}
	return errors.Join(faults...)
}

// where asks for a right where a press would act.
func (a *API) where(q access.Ask, at string) access.Ask {
	if i, known := a.district.Areas.Lookup(at); known {
		q.Areas = []area.Index{i}
	}
	return q
}

// preview answers POST /commands/preview.
func (a *API) preview(c echo.Context) error {
	var b pressBody
	if err := b.read(c); err != nil {
		return err
	}
	v, err := a.Desk.Preview(c.Request().Context(), b.Plan, *b.Zone, *b.Exercise)
	if err != nil {
		return err
	}
	if err := a.may(c, a.where(access.Ask{Action: access.Command, Object: "preview " + brief(b.Plan)}, v.Area)); err != nil {
		return err
	}
	c.Response().Header().Set("ETag", `"`+v.Revision+`"`)
	return ok(c, v)
}

// launch answers POST /commands: 401, 403, 428, 400 and 404, the key, 412, 409.
func (a *API) launch(c echo.Context) error {
	var b pressBody
	ctx := c.Request().Context()
	wrong := b.read(c)
	q := access.Ask{Action: access.Command, Object: "launch " + brief(b.Plan), Recent: true, Deed: true}
	if wrong == nil {
		var v command.Preview
		if v, wrong = a.Desk.Preview(ctx, b.Plan, *b.Zone, *b.Exercise); wrong == nil {
			q = a.where(q, v.Area)
		}
	}
	d := a.gate.policy.Decide(a.actor(c), q, a.now())
	if d.Fault != nil {
		return a.may(c, q)
	}
	key, revision, err := conditions(c.Request().Header)
	if err = errors.Join(err, wrong); err != nil {
		return err
	}
	body, err := json.Marshal(b)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(body)
	press := &command.Press{
		Who: a.who(c, q), Plan: b.Plan, Zone: *b.Zone, Exercise: *b.Exercise, Revision: revision, Line: d.Line,
		Key: command.Key{User: a.actor(c).ID(), Key: key, Digest: hex.EncodeToString(sum[:])},
	}
	id, again, err := a.Desk.Launch(ctx, press)
	if err != nil {
		return a.refusedPress(c, err)
	}
	status := http.StatusCreated
	if again {
		status = http.StatusOK
	}
	c.Response().Header().Set(echo.HeaderLocation, Prefix+"/commands/"+id)
	return a.viewed(c, status, id)
}

// conditions reads the two headers without which nothing is launched.
func conditions(h http.Header) (key, revision string, err error) {
	key = h.Get("Idempotency-Key")
	if key == "" || len(key) > longestKey {
		return "", "", fault.New(fault.Required, "", "the header Idempotency-Key is missing or longer than %d bytes", longestKey)
	}
	tag := h.Get("If-Match")
	revision = strings.Trim(tag, `"`)
	if revision == "" || revision == "*" || tag != `"`+revision+`"` {
		return "", "", fault.New(fault.Required, "", "the header If-Match is missing: the quoted ETag of the preview that this press rests on")
	}
	return key, revision, nil
}

// refusedPress says with which command a press clashes, or what has changed.
func (a *API) refusedPress(c echo.Context, err error) error {
	out := struct {
		problem
		Command  string   `json:"command,omitempty"`
		Changed  []string `json:"changed,omitempty"`
		Revision string   `json:"revision,omitempty"`
	}{problem: problemOf(err)}
	overlap, outdated := new(command.Overlap), new(command.Outdated)
	switch {
	case errors.As(err, &overlap):
		out.Command = overlap.Command
	case errors.As(err, &outdated):
		out.Changed, out.Revision = outdated.Changed, outdated.Revision
	default:
		return err
	}
	text, err := json.Marshal(out)
	if err != nil {
		return err
	}
	return c.Blob(out.Status, "application/problem+json", text)
}

// viewed answers a command as it stands.
func (a *API) viewed(c echo.Context, status int, id string) error {
	var v command.View
	err := a.Desk.Look(c.Request().Context(), id, func(s *command.State) error {
		v = s.View(a.now().UnixMilli())
		return nil
	})
	if err != nil {
		return err
	}
	return answer(c, status, v)
}

// listCommands answers GET /commands: those of the caller's areas, newest first.
func (a *API) listCommands(c echo.Context) error {
	list := []command.View{}
	if a.Desk == nil {
		return ok(c, list)
	}
	ids := a.Desk.IDs()
	for i := len(ids) - 1; i >= 0; i-- {
		err := a.Desk.Look(c.Request().Context(), ids[i], func(s *command.State) error {
			if at, known := a.district.Areas.Lookup(s.Area); known && a.sees(c, at) {
				list = append(list, s.View(a.now().UnixMilli()))
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return ok(c, list)
}

// getCommand answers GET /commands/{id}, also to a responder whom it calls.
func (a *API) getCommand(c echo.Context) error {
	q, err := a.about(c, access.See)
	if err != nil {
		return err
	}
	if actor := a.actor(c); q.Called && !a.gate.policy.Decide(actor, q, a.now()).Allowed() {
		q.Action, q.Task = access.Follow, actor.Responder
	}
	if err := a.may(c, q); err != nil {
		return err
	}
	return a.viewed(c, http.StatusOK, c.Param("id"))
}

// salt is random, for what is kept sealed.
func salt() string {
	b := make([]byte, 16)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// look reads something of the command that a request is about.
func look[T any](ctx context.Context, a *API, c echo.Context, see func(*command.State) T) (v T, err error) {
	err = a.Desk.Look(ctx, c.Param("id"), func(s *command.State) error {
		v = see(s)
		return nil
	})
	return v, err
}
