package api

import (
	"context"
	"net/http"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/area"
)

// People knows who there is.
type People interface {
	Users(ctx context.Context) ([]account.Account, error)
	// AddUser says everything that is wrong with somebody, joined, or what his
	// phone needs for one-time codes; empty: nothing.
	AddUser(ctx context.Context, p account.Person) (otpauth string, err error)
	Disable(ctx context.Context, name string, disabled bool) error
}

// Appointments change what people are.
type Appointments interface {
	Grant(ctx context.Context, name string, g access.Grant) (otpauth string, err error)
	// Revoke fails with fault.NotFound when he doesn't have the role there.
	Revoke(ctx context.Context, name string, g access.Grant) error
}

type userAnswer struct {
	Name      string         `json:"name"`
	Roles     []access.Grant `json:"roles"`
	Responder *string        `json:"responder"` // null: none
	Disabled  bool           `json:"disabled"`
	LastSeen  *int64         `json:"last_seen"` // Unix ms; null: never
}

// listUsers answers GET /users: those with a role in the caller's areas, and
// those without any for who appoints in the whole.
func (a *API) listUsers(c echo.Context) error {
	all, err := a.People.Users(c.Request().Context())
	if err != nil {
		return err
	}
	out := []userAnswer{}
	whole := a.holds(c, access.Appoint, a.district.Areas.Root())
	for i := range all {
		if whole || a.mine(c, all[i].Grants) {
			out = append(out, userOf(&all[i]))
		}
	}
	return ok(c, out)
}

// mine tells whether one of the grants lies where the actor appoints.
func (a *API) mine(c echo.Context, grants []access.Grant) bool {
	for _, g := range grants {
		if at, known := a.district.Areas.Lookup(g.Area); known && a.holds(c, access.Appoint, at) {
			return true
		}
	}
	return false
}

func userOf(who *account.Account) userAnswer {
	out := userAnswer{Name: who.Name, Roles: who.Grants, Disabled: who.Disabled}
	if out.Roles == nil {
		out.Roles = []access.Grant{}
	}
	if who.Responder != "" {
		out.Responder = &who.Responder
	}
	if who.SeenAt > 0 {
		out.LastSeen = &who.SeenAt
	}
	return out
}

type enrolled struct {
	Name    string `json:"name"`
	OTPAuth string `json:"otpauth"` // for one-time codes; empty: none are needed
}

// addUser answers POST /users.
func (a *API) addUser(c echo.Context) error {
	var body struct {
		Name      string         `json:"name"`
		Password  string         `json:"password"`
		Roles     []access.Grant `json:"roles"`
		Responder string         `json:"responder"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	ask, err := a.appointing("user:"+body.Name, body.Roles)
	if err != nil {
		return err
	}
	out := enrolled{Name: body.Name}
	err = a.does(c, ask, func(ctx context.Context) (err error) {
		out.OTPAuth, err = a.People.AddUser(ctx, account.Person{
			Name: body.Name, Password: body.Password, Grants: body.Roles, Responder: body.Responder,
		})
		return err
	})
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, out)
}

// appointing asks for the right to give or take roles, in all of their areas.
func (a *API) appointing(about string, grants []access.Grant) (access.Ask, error) {
	ids := make([]string, len(grants))
	for i, g := range grants {
		ids[i] = g.Area
	}
	areas, err := a.areasOf("/roles", ids)
	if len(areas) == 0 {
		areas = []area.Index{a.district.Areas.Root()}
	}
	return access.Ask{Action: access.Appoint, Object: brief(about), Areas: areas}, err
}

// grantRole answers POST /users/{name}/roles.
func (a *API) grantRole(c echo.Context) error {
	var g access.Grant
	if err := decode(c, &g); err != nil {
		return err
	}
	out := enrolled{Name: c.Param("name")}
	err := a.onRole(c, g, func(ctx context.Context) (err error) {
		out.OTPAuth, err = a.Appointments.Grant(ctx, out.Name, g)
		return err
	})
	if err != nil {
		return err
	}
	return ok(c, out)
}

// revokeRole answers DELETE /users/{name}/roles/{role}/{area}.
func (a *API) revokeRole(c echo.Context) error {
	g := access.Grant{Role: access.Role(c.Param("role")), Area: c.Param("area")}
	err := a.onRole(c, g, func(ctx context.Context) error { return a.Appointments.Revoke(ctx, c.Param("name"), g) })
	if err != nil {
		return err
	}
	return empty(c)
}

func (a *API) onRole(c echo.Context, g access.Grant, deed func(context.Context) error) error {
	ask, err := a.appointing("user:"+c.Param("name")+" "+string(g.Role), []access.Grant{g})
	if err != nil {
		return err
	}
	return a.does(c, ask, deed)
}

// setUser answers PATCH /users/{name}.
func (a *API) setUser(c echo.Context) error {
	var body struct {
		Disabled *bool `json:"disabled"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	all, err := a.People.Users(c.Request().Context())
	if err != nil {
		return err
	}
	for i := range all {
		if all[i].Name != c.Param("name") {
			continue
		}
		ask, err := a.appointing("user:"+all[i].Name, all[i].Grants)
		if err != nil { // he has a role where nothing is any more
			ask.Areas = []area.Index{a.district.Areas.Root()}
		}
		err = a.does(c, ask, func(ctx context.Context) error {
			if body.Disabled == nil {
				return nil
			}
			return a.People.Disable(ctx, all[i].Name, *body.Disabled)
		})
		if err != nil {
			return err
		}
		return empty(c)
	}
	return unknown("user", "")
}
