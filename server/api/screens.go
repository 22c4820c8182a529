package api

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
)

// Fleet keeps the paired walls.
type Fleet interface {
	Screens(ctx context.Context) ([]account.Screen, error)
	// Screen fails with fault.NotFound.
	Screen(ctx context.Context, id string) (account.Screen, error)
}

// Pairings makes a screen of a wall that shows a code.
type Pairings interface {
	BeginPairing(ctx context.Context, address string) (code, poll string, endsAt int64, err error)
	// Pair fails with fault.NotFound for a code that nobody shows, fault.Gone for an old one.
	Pair(ctx context.Context, code string, s account.Screen) (id string, err error)
	// Claim's id is empty while the wall is not paired yet; it is claimed once.
	Claim(ctx context.Context, poll string) (id, token string, err error)
}

// Turns changes what walls come in with.
type Turns interface {
	Turn(ctx context.Context, id string) (token string, err error)
	EndScreen(ctx context.Context, id string) error
}

// Walls speaks to the screens that are connected.
type Walls interface {
	Show(screen, cockpit string, until int64) int
	Reload(screen string) int
	// Shown says what a screen shows by its own word, and how many frames it is behind.
	Shown(screen string) Shown
}

// Shown is what a connected screen says of itself.
type Shown struct {
	Connections int
	Cockpit     string
	Seq         uint64
	At          int64 // Unix ms; 0: it has said nothing yet
	Behind      int64 // states that were published since; -1: unknown
	Build       string
	Overflow    []string // tiles that it has no room for
}

type screenAnswer struct {
	ID          string         `json:"id"`
	Name        string         `json:"name"`
	Area        string         `json:"area"`
	Cockpit     string         `json:"cockpit"`  // empty: the playlist
	Playlist    []account.Stop `json:"playlist"` // empty: the cockpit
	WidthM      float64        `json:"width_m"`
	DistanceM   float64        `json:"distance_m"`
	Claimed     bool           `json:"claimed"`
	LastSeen    *int64         `json:"last_seen"`   // Unix ms; null: never
	Connections int            `json:"connections"` // 0: it is away
	Build       string         `json:"build"`
	Shows       string         `json:"shows"` // cockpit, by its own word; empty: it has said nothing
	Seq         uint64         `json:"seq"`
	Behind      *int64         `json:"behind"`   // states; null: unknown
	Overflow    []string       `json:"overflow"` // tiles that it has no room for at its viewing distance
	Error       string         `json:"error"`    // what is wrong with it; empty: nothing
}

// quiet is how long a screen may say nothing before that is worth a word.
const quiet = 30 * time.Second

// listScreens answers GET /screens: the fleet, in the caller's areas.
func (a *API) listScreens(c echo.Context) error {
	all, err := a.Fleet.Screens(c.Request().Context())
	if err != nil {
		return err
	}
	out := []screenAnswer{}
	for i := range all {
		if at, placed := a.district.Areas.Lookup(all[i].Area); placed && a.holds(c, access.Operate, at) {
			out = append(out, a.screen(&all[i]))
		}
	}
	return ok(c, out)
}

// holds tells whether the actor has a right in an area; it leaves no line.
func (a *API) holds(c echo.Context, action access.Action, at area.Index) bool {
	return a.gate.policy.Decide(a.actor(c), access.Ask{Action: action, Areas: []area.Index{at}}, a.now()).Allowed()
}

func (a *API) screen(s *account.Screen) screenAnswer {
	is, now := a.Walls.Shown(s.ID), a.now().UnixMilli()
	out := screenAnswer{
		ID: s.ID, Name: s.Name, Area: s.Area, Cockpit: s.Cockpit, Playlist: s.Playlist, WidthM: s.WidthM, DistanceM: s.DistanceM,
		Claimed: s.ClaimedAt > 0, Connections: is.Connections, Build: is.Build, Shows: is.Cockpit, Seq: is.Seq, Overflow: is.Overflow,
	}
	if out.Overflow == nil {
		out.Overflow = []string{}
	}
	if out.Playlist == nil {
		out.Playlist = []account.Stop{}
	}
	if seen := max(s.SeenAt, is.At); seen > 0 {
		out.LastSeen = &seen
	}
	if is.Behind >= 0 && is.At > 0 {
		out.Behind = &is.Behind
	}
	switch {
	case !out.Claimed:
		out.Error = "not claimed by the wall yet"
	case is.Connections == 0:
		out.Error = "not connected"
	case is.At == 0 || now-is.At > quiet.Milliseconds():
		out.Error = "connected, and does not say what it shows"
	}
	return out
}

// ownScreen answers GET /screens/self: what a paired wall is told of itself.
func (a *API) ownScreen(c echo.Context) error {
	actor := a.actor(c)
	if actor.Kind != access.Screen {
		return errSignIn
	}
	s, err := a.Fleet.Screen(c.Request().Context(), actor.Name)
	if err != nil {
		return err
	}
	return ok(c, a.screen(&s))
}

// beginPairing answers POST /screens/pair, to everybody.
func (a *API) beginPairing(c echo.Context) error {
	code, poll, endsAt, err := a.Pairings.BeginPairing(c.Request().Context(), c.RealIP())
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, map[string]any{"code": code, "poll": poll, "expires_at": endsAt})
}

// claim answers POST /screens/claim, to everybody who knows the secret.
func (a *API) claim(c echo.Context) error {
	var body struct {
		Poll string `json:"poll"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	id, token, err := a.Pairings.Claim(c.Request().Context(), body.Poll)
	if err != nil {
		return err
	}
	if id == "" {
		return answer(c, http.StatusAccepted, map[string]string{})
	}
	c.SetCookie(a.Cookies.WallCookie(c.Request(), token))
	return ok(c, map[string]string{"id": id, "token": token})
}

type pairBody struct {
	Code      string         `json:"code"`
	Name      string         `json:"name"`
	Area      string         `json:"area"`
	Cockpit   string         `json:"cockpit"`
	Playlist  []account.Stop `json:"playlist"`
	WidthM    float64        `json:"width_m"`
	DistanceM float64        `json:"distance_m"`
}

// pair answers POST /screens.
func (a *API) pair(c echo.Context) error {
	var body pairBody
	if err := decode(c, &body); err != nil {
		return err
	}
	at, err := a.placed(&body)
	if err != nil {
		return err
	}
	s := account.Screen{
		Name: strings.TrimSpace(body.Name), Area: body.Area, Cockpit: body.Cockpit, Playlist: body.Playlist,
		WidthM: body.WidthM, DistanceM: body.DistanceM, By: a.actor(c).ID(),
	}
	ask := access.Ask{Action: access.Equip, Object: object("screen", s.Name), Areas: []area.Index{at}}
	err = a.does(c, ask, func(ctx context.Context) error {
		s.ID, err = a.Pairings.Pair(ctx, body.Code, s)
		return err
	})
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderLocation, Prefix+"/screens/"+s.ID)
	return answer(c, http.StatusCreated, a.screen(&s))
}

// What a wall may be.
const (
	nameSize    = 64 // characters
	widest      = 100.0
	farthest    = 200.0
	longestStop = 24 * 60 * 60 // seconds
	mostStops   = 50
)

// placed checks what somebody says of a wall, and finds its area.
func (a *API) placed(b *pairBody) (area.Index, error) {
	if err := text("/name", b.Name, nameSize); err != nil {
		return 0, err
	}
	at, found := a.district.Areas.Lookup(b.Area)
	if !found {
		return 0, unknown("area", "/area")
	}
	stops := slices.Clone(b.Playlist)
	switch {
	case (b.Cockpit == "") == (len(b.Playlist) == 0):
		return 0, fault.New(fault.Invalid, "/cockpit", "give either a cockpit or a playlist")
	case len(b.Playlist) > mostStops:
		return 0, fault.New(fault.Invalid, "/playlist", "at most %d cockpits", mostStops)
	case b.WidthM < 0 || b.WidthM > widest:
		return 0, fault.New(fault.Invalid, "/width_m", "metres, from 0 to %g", widest)
	case b.DistanceM < 0 || b.DistanceM > farthest:
		return 0, fault.New(fault.Invalid, "/distance_m", "metres, from 0 to %g", farthest)
	case b.Cockpit != "":
		stops = append(stops, account.Stop{Cockpit: b.Cockpit, Seconds: 1})
	}
	for _, s := range stops {
		if s.Seconds < 1 || s.Seconds > longestStop {
			return 0, fault.New(fault.Invalid, "/playlist", "seconds, from 1 to %d", longestStop)
		}
		if err := a.shows(at, s.Cockpit); err != nil {
			return 0, err
		}
	}
	return at, nil
}

// tree is the cockpit that holds all cockpits; it is everybody's.
const tree = "*"

// shows says whether a wall in an area may show a cockpit.
func (a *API) shows(at area.Index, cockpit string) error {
	if cockpit == tree {
		return nil
	}
	d := a.shown.Load().byID[cockpit]
	if d == nil {
		return unknown("cockpit", "/cockpit")
	}
	if !a.district.Areas.Within(at, d.Area) {
		return fault.New(fault.Invalid, "/cockpit", "this cockpit is outside the wall's area")
	}
	return nil
}

// onScreen decides a deed on a wall and does it.
func (a *API) onScreen(c echo.Context, action access.Action, deed func(ctx context.Context, s account.Screen, at area.Index) error) error {
	s, err := a.Fleet.Screen(c.Request().Context(), c.Param("id"))
	if err != nil {
		return err
	}
	ask := access.Ask{Action: action, Object: object("screen", s.ID)}
	at, placed := a.district.Areas.Lookup(s.Area)
	if placed {
		ask.Areas = []area.Index{at}
	}
	return a.does(c, ask, func(ctx context.Context) error { return deed(ctx, s, at) })
}

// endScreen answers DELETE /screens/{id}.
func (a *API) endScreen(c echo.Context) error {
	err := a.onScreen(c, access.Equip, func(ctx context.Context, s account.Screen, _ area.Index) error {
		return a.Turns.EndScreen(ctx, s.ID)
	})
	if err != nil {
		return err
	}
	return empty(c)
}

// turnScreen answers POST /screens/{id}/rotate.
func (a *API) turnScreen(c echo.Context) error {
	var out struct {
		ID    string `json:"id"`
		Token string `json:"token"`
	}
	err := a.onScreen(c, access.Equip, func(ctx context.Context, s account.Screen, _ area.Index) (err error) {
		out.ID = s.ID
		out.Token, err = a.Turns.Turn(ctx, s.ID)
		return err
	})
	if err != nil {
		return err
	}
	return ok(c, out)
}

// reloadScreen answers POST /screens/{id}/reload.
func (a *API) reloadScreen(c echo.Context) error {
	told := 0
	err := a.onScreen(c, access.Operate, func(_ context.Context, s account.Screen, _ area.Index) error {
		told = a.Walls.Reload(s.ID)
		return nil
	})
	if err != nil {
		return err
	}
	return ok(c, map[string]int{"told": told})
}

// showScreen answers POST /screens/{id}/show.
func (a *API) showScreen(c echo.Context) error {
	var body struct {
		Cockpit string `json:"cockpit"`
		Until   int64  `json:"until"` // Unix ms
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	told := 0
	err := a.onScreen(c, access.Operate, func(_ context.Context, s account.Screen, at area.Index) error {
		if err := a.shows(at, body.Cockpit); err != nil {
			return err
		}
		if body.Until <= a.now().UnixMilli() {
			return fault.New(fault.Invalid, "/until", "Unix milliseconds, ahead of now")
		}
		told = a.Walls.Show(s.ID, body.Cockpit, body.Until)
		return nil
	})
	if err != nil {
		return err
	}
	return ok(c, map[string]int{"told": told})
}
