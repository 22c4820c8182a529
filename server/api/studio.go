package api

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
	"github.com/pelletier/go-toml/v2"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
)

// Studio changes the district's folder while the program runs.
type Studio interface {
	// Standing says how the last reload went, and whether the folder can be written.
	Standing() Standing
	// Check says what would be wrong with the folder if a cockpit's file held
	// this text; its faults stand at "path:line" of the folder, and file is the
	// path that the text would have.
	Check(ctx context.Context, cockpit string, text []byte) (file string, err error)
	// Save checks the text, writes it and takes it to the walls. It fails with
	// fault.Forbidden when the folder is the program's own, with fault.Conflict
	// when it can't be written or more changed than a running program can take,
	// and with fault.Outdated when the cockpit's layout is not the given one any
	// more; an empty one is not compared.
	Save(ctx context.Context, cockpit, layout string, text []byte) (file string, err error)
	// Layout is that of a cockpit as the walls have it now; empty: they have none.
	Layout(cockpit string) string
	// Remove takes a cockpit's file out of the folder and the cockpit from the
	// walls. It fails like Save, and with fault.Conflict while others have it as
	// their parent, or while it is the root.
	Remove(ctx context.Context, cockpit, layout string) error
}

// Standing is how the district's folder stands to what is shown.
type Standing struct {
	Writable   bool            `json:"writable"`
	ReloadedAt *int64          `json:"reloaded_at"` // Unix ms of the last reload; null: none since the start
	Faults     []StandingFault `json:"faults"`      // why that was refused; empty: it was taken
}

// StandingFault is one reason why a folder was refused.
type StandingFault struct {
	At     string `json:"at"` // path:line in the folder
	Detail string `json:"detail"`
}

// studioRoutes registers what the studio asks: all of it is for those who may
// change settings.
func (a *API) studioRoutes(e *echo.Echo, open []echo.MiddlewareFunc) {
	with := append(open[:len(open):len(open)], a.guard(access.Equip))
	a.route(e, Prefix+"/studio", a.getStanding, with...)
	e.POST(Prefix+"/cockpits/:id/check", a.checkCockpit, with...)
	e.PUT(Prefix+"/cockpits/:id", a.putCockpit, with...)
	e.POST(Prefix+"/cockpits", a.addCockpit, with...)
	e.DELETE(Prefix+"/cockpits/:id", a.removeCockpit, with...)
}

// getStanding answers GET /studio.
func (a *API) getStanding(c echo.Context) error {
	if a.Studio == nil {
		return ok(c, Standing{Faults: []StandingFault{}})
	}
	return ok(c, a.Studio.Standing())
}

// checkCockpit answers POST /cockpits/{id}/check: the file's text, or all that
// is wrong with it.
func (a *API) checkCockpit(c echo.Context) error {
	text, place, err := a.drafted(c, false)
	if err != nil {
		return err
	}
	file, err := a.Studio.Check(c.Request().Context(), c.Param("id"), text)
	if err != nil {
		return place.found(file, text, err)
	}
	return c.Blob(http.StatusOK, "application/toml; charset=utf-8", text)
}

// putCockpit answers PUT /cockpits/{id}: once it is 200 the file is on disk and
// the walls have it.
func (a *API) putCockpit(c echo.Context) error {
	text, place, err := a.drafted(c, true)
	if err != nil {
		return err
	}
	layout := strings.Trim(c.Request().Header.Get("If-Match"), `"`)
	file, err := a.Studio.Save(c.Request().Context(), c.Param("id"), layout, text)
	if err != nil {
		return place.found(file, text, err)
	}
	return ok(c, a.laidOut(c.Param("id")))
}

// addCockpit answers POST /cockpits: a cockpit that wasn't there; with
// ?check=true it says only what would be wrong with it.
func (a *API) addCockpit(c echo.Context) error {
	text, place, err := a.draftOf(c)
	if err != nil {
		return err
	}
	about := aboutOf(text)
	checks := c.QueryParam("check") == "true"
	ask := access.Ask{Action: access.Equip, Object: "cockpit:" + about.ID, Areas: a.named(about.areas()), Deed: !checks}
	if len(ask.Areas) == 0 {
		ask.Areas = []area.Index{a.district.Areas.Root()} // a place that nobody knows is nobody's but the root's
	}
	if err := a.may(c, ask); err != nil {
		return err
	}
	switch _, taken := a.shown.Load().byID[about.ID]; {
	case about.ID == "":
		return fault.New(fault.Invalid, "/id", "a cockpit needs an id")
	case taken:
		return fault.New(fault.Conflict, "/id", "there is a cockpit %q already", about.ID)
	case !cockpitID.MatchString(about.ID):
		return fault.New(fault.Invalid, "/id", "%q is not an id: small letters, digits, - and _", about.ID)
	}
	do := a.Studio.Save
	if checks {
		do = func(ctx context.Context, id, _ string, text []byte) (string, error) {
			return a.Studio.Check(ctx, id, text)
		}
	}
	file, err := do(c.Request().Context(), about.ID, "", text)
	switch {
	case err != nil:
		return place.found(file, text, err)
	case checks:
		return c.Blob(http.StatusOK, "application/toml; charset=utf-8", text)
	}
	c.Response().Header().Set(echo.HeaderLocation, Prefix+"/cockpits/"+about.ID)
	return c.JSON(http.StatusCreated, a.laidOut(about.ID))
}

// cockpitID is the form of an id (contracts), which also names the file.
var cockpitID = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,63}$`)

// removeCockpit answers DELETE /cockpits/{id}.
func (a *API) removeCockpit(c echo.Context) error {
	is := a.shown.Load().byID[c.Param("id")]
	if is == nil {
		return unknown("cockpit", "")
	}
	ask := access.Ask{Action: access.Equip, Object: "cockpit:" + is.ID, Areas: []area.Index{is.Area}, Deed: true}
	if err := a.may(c, ask); err != nil {
		return err
	}
	if a.Studio == nil {
		return errFixed()
	}
	layout := strings.Trim(c.Request().Header.Get("If-Match"), `"`)
	if err := a.Studio.Remove(c.Request().Context(), is.ID, layout); err != nil {
		return err
	}
	return c.NoContent(http.StatusNoContent)
}

// laid is what a saved cockpit is answered with.
type laid struct {
	Layout string `json:"layout"`
}

// laidOut is the layout that the walls have of a cockpit now.
func (a *API) laidOut(id string) laid { return laid{a.Studio.Layout(id)} }

func errFixed() error {
	return fault.New(fault.Forbidden, "", "this server's cockpits can't be changed")
}

// draftOf reads the body, where cockpits can be changed at all.
func (a *API) draftOf(c echo.Context) ([]byte, pointers, error) {
	if a.Studio == nil {
		return nil, "", errFixed()
	}
	return draft(c)
}

// aboutDraft is what rights are asked by: the areas that a draft names.
type aboutDraft struct {
	ID   string `toml:"id"`
	Area string `toml:"area"`
	Tile []struct {
		Area string `toml:"area"`
	} `toml:"tile"`
}

func aboutOf(text []byte) aboutDraft {
	var about aboutDraft
	_ = toml.Unmarshal(text, &about) // what can't be read is found by the check
	return about
}

func (d aboutDraft) areas() []string {
	ids := []string{d.Area}
	for _, t := range d.Tile {
		ids = append(ids, t.Area)
	}
	return ids
}

// named are the areas with these ids; what isn't there is found by the check.
func (a *API) named(ids []string) []area.Index {
	var list []area.Index
	for _, id := range ids {
		if at, known := a.district.Areas.Lookup(id); known {
			list = append(list, at)
		}
	}
	return list
}

// drafted reads a cockpit's definition as the text of its file, and asks for the
// right in all areas that it is or would be about.
func (a *API) drafted(c echo.Context, deed bool) ([]byte, pointers, error) {
	is := a.shown.Load().byID[c.Param("id")]
	if is == nil {
		return nil, "", unknown("cockpit", "")
	}
	ask := access.Ask{Action: access.Equip, Object: "cockpit:" + is.ID, Areas: []area.Index{is.Area}}
	if err := a.may(c, ask); err != nil {
		return nil, "", err
	}
	text, place, err := a.draftOf(c)
	if err != nil {
		return nil, "", err
	}
	about := aboutOf(text)
	if about.ID != "" && about.ID != is.ID {
		return nil, "", fault.New(fault.Invalid, "/id", "the address says %s: a cockpit's id can't change", is.ID)
	}
	ask.Areas = append(ask.Areas, a.named(about.areas())...)
	ask.Deed = deed
	return text, place, a.may(c, ask)
}

// maxDraft is the size of a cockpit's file: 64 KiB.
const maxDraft = maxForm

// draft reads the body: TOML as it stands, or JSON with the same keys and tiles.
func draft(c echo.Context) ([]byte, pointers, error) {
	kind, _, _ := strings.Cut(c.Request().Header.Get(echo.HeaderContentType), ";")
	if strings.TrimSpace(kind) == "application/toml" {
		c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, maxDraft)
		text, err := whole(c)
		return text, "tile", err
	}
	var d cockpitDraft
	if err := decode(c, &d); err != nil {
		return nil, "", err
	}
	var b bytes.Buffer
	err := toml.NewEncoder(&b).Encode(&d)
	return b.Bytes(), "tiles", err
}

// cockpitDraft is a cockpit's file as JSON. What is absent is absent in the file.
type cockpitDraft struct {
	ID     string      `json:"id" toml:"id,omitempty"`
	Name   string      `json:"name" toml:"name,omitempty"`
	NameEn string      `json:"name_en" toml:"name_en,omitempty"`
	Kind   string      `json:"kind" toml:"kind,omitempty"`
	Area   string      `json:"area" toml:"area,omitempty"`
	Parent string      `json:"parent" toml:"parent,omitempty"`
	Tiles  []tileDraft `json:"tiles" toml:"tile,omitempty"`
}

type tileDraft struct {
	ID         string   `json:"id" toml:"id,omitempty"`
	Kind       string   `json:"kind" toml:"kind,omitempty"`
	Title      string   `json:"title" toml:"title,omitempty"`
	TitleEn    string   `json:"title_en" toml:"title_en,omitempty"`
	Short      string   `json:"short" toml:"short,omitempty"`
	ShortEn    string   `json:"short_en" toml:"short_en,omitempty"`
	Area       string   `json:"area" toml:"area,omitempty"`
	Indicator  string   `json:"indicator" toml:"indicator,omitempty"`
	Indicators []string `json:"indicators" toml:"indicators,omitempty"`
	List       string   `json:"list" toml:"list,omitempty"`
	Measures   []string `json:"measures" toml:"measures,omitempty"`
	Of         string   `json:"of" toml:"of,omitempty"`
	Order      string   `json:"order" toml:"order,omitempty"`
	Limit      *int     `json:"limit" toml:"limit,omitempty"`
	Span       string   `json:"span" toml:"span,omitempty"`
	Target     *float64 `json:"target" toml:"target,omitempty"`
	Compare    string   `json:"compare" toml:"compare,omitempty"`
	Layers     []string `json:"layers" toml:"layers,omitempty"`
	Warn       *float64 `json:"warn" toml:"warn,omitempty"`
	Alarm      *float64 `json:"alarm" toml:"alarm,omitempty"`
	URL        string   `json:"url" toml:"url,omitempty"`
	X          *int     `json:"x" toml:"x,omitempty"`
	Y          *int     `json:"y" toml:"y,omitempty"`
	W          *int     `json:"w" toml:"w,omitempty"`
	H          *int     `json:"h" toml:"h,omitempty"`
}

// pointers is what the list of tiles is called in the body that faults are about.
type pointers string

// found turns faults at lines of the cockpit's file into faults at the keys of
// the body. Those of other files stand at its id, and say where they are.
func (p pointers) found(file string, text []byte, err error) error {
	faults := fault.All(err)
	if len(faults) == 0 {
		return err
	}
	lines := strings.Split(string(text), "\n")
	list := make([]error, len(faults))
	for i, f := range faults {
		g := *f
		path, place, _ := strings.Cut(f.At, ":")
		switch line, err := strconv.Atoi(place); {
		case err == nil && file != "" && path == file:
			g.At = p.at(lines, line)
		case f.At != "":
			g.At, g.Reason = "/id", f.At+": "+f.Reason
		}
		list[i] = &g
	}
	return errors.Join(list...)
}

// at is the pointer to what stands in a line, counted from 1.
func (p pointers) at(lines []string, line int) string {
	tile := -1
	for _, l := range lines[:min(max(line, 0), len(lines))] {
		if strings.HasPrefix(strings.TrimSpace(l), "[[") {
			tile++
		}
	}
	at := ""
	if tile >= 0 {
		at = "/" + string(p) + "/" + strconv.Itoa(tile)
	}
	if line < 1 || line > len(lines) {
		return at + "/"
	}
	key, _, assigned := strings.Cut(lines[line-1], "=")
	if key = strings.TrimSpace(key); assigned && key != "" {
		return at + "/" + key
	}
	if at == "" {
		return "/"
	}
	return at
}
