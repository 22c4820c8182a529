package api

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/district/layers"
	"citydeck/cockpits/fault"
	"citydeck/server/api/mvt"
)

const (
	vectorTile = "application/vnd.mapbox-vector-tile"
	tileLayer  = "points"
	tileSuffix = ".mvt"
)

// mapRoutes registers what only the map and its search need.
func (a *API) mapRoutes(e *echo.Echo, open, closed []echo.MiddlewareFunc) {
	a.route(e, Prefix+"/tiles/:z/:x/:file", a.getTile, open...) // asks itself: a public list needs no sign-in
	a.route(e, Prefix+"/search", a.search, closed...)
	a.route(e, Prefix+"/areas/:id/values", a.getShades, closed...)
}

// getTile answers GET /tiles/{z}/{x}/{y}.mvt?lists= with the points in a tile
// of those lists that the caller may see; without lists of all of them. Below
// zoom 14 they are gathered.
func (a *API) getTile(c echo.Context) error {
	zoom, column, row, err := tileAt(c)
	if err != nil {
		return err
	}
	lists, err := a.askedLists(c)
	if err != nil {
		return err
	}
	l := mvt.New(tileLayer, layers.Extent)
	for _, group := range lists {
		for _, cell := range a.layers.Tile(zoom, column, row, group.lists, group.sees) {
			l.Add(cell.X, cell.Y, a.cell(&cell))
		}
	}
	return sendTile(c, l.Bytes())
}

// tileAt reads which tile is asked for.
func tileAt(c echo.Context) (zoom, column, row int, err error) {
	file, found := strings.CutSuffix(c.Param("file"), tileSuffix)
	if !found {
		return 0, 0, 0, fault.New(fault.NotFound, "", "tiles end in %s", tileSuffix)
	}
	var at [3]int
	var faults []error
	for i, text := range []string{c.Param("z"), c.Param("x"), file} {
		n, err := strconv.ParseUint(text, 10, 31)
		if err != nil || strconv.FormatUint(n, 10) != text {
			faults = append(faults, fault.New(fault.Invalid, "/"+"zxy"[i:i+1], "a tile's number has digits only"))
		}
		at[i] = int(n)
	}
	if err := errors.Join(faults...); err != nil {
		return 0, 0, 0, err
	}
	if at[0] > layers.Deepest || at[1]>>at[0] > 0 || at[2]>>at[0] > 0 {
		return 0, 0, 0, fault.New(fault.NotFound, "", "no such tile: z is 0 to %d, x and y are 0 to 2^z - 1", layers.Deepest)
	}
	return at[0], at[1], at[2], nil
}

// group is lists of which the caller sees the same areas.
type group struct {
	lists []int
	sees  layers.Sees
}

// askedLists are the lists of the parameter, or all, as far as the caller may
// see them: those that name persons apart, since he may see less of them.
func (a *API) askedLists(c echo.Context) ([]group, error) {
	all, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return nil, errQuery
	}
	var asked []int
	if len(all["lists"]) > 0 {
		if asked, err = a.namedLists(c); err != nil {
			return nil, err
		}
	} else {
		for i := range a.district.Lists {
			asked = append(asked, i)
		}
	}
	groups := map[access.Sensitivity]*group{}
	for _, i := range asked {
		l := &a.district.Lists[i]
		q := listed(l, c)
		if !a.gate.policy.Decide(a.actor(c), q, a.now()).Allowed() {
			continue
		}
		if q.Level.Personal() { // a look that belongs on record, and is counted
			if err := a.may(c, q); err != nil {
				return nil, err
			}
		}
		if groups[q.Level] == nil {
			groups[q.Level] = &group{sees: a.eyes(c, q)}
		}
		groups[q.Level].lists = append(groups[q.Level].lists, i)
	}
	if len(groups) == 0 && !a.known(c) {
		return nil, errSignIn
	}
	return merged(groups), nil
}

// merged joins the groups that see everything, so that what lies together is
// gathered together.
func merged(groups map[access.Sensitivity]*group) []group {
	var whole group
	var list []group
	for _, level := range []access.Sensitivity{access.Open, access.Internal, access.Personal, access.SensitivePersonal} {
		switch g := groups[level]; {
		case g == nil:
		case g.sees == nil:
			whole.lists = append(whole.lists, g.lists...)
		default:
			list = append(list, *g)
		}
	}
	if whole.lists != nil {
		slices.Sort(whole.lists)
		list = append(list, whole)
	}
	return list
}

// namedLists reads the parameter: ids, joined by commas.
func (a *API) namedLists(c echo.Context) ([]int, error) {
	values, err := query(c, "lists")
	if err != nil {
		return nil, err
	}
	var lists []int
	for id := range strings.SplitSeq(values[0], ",") {
		at := slices.IndexFunc(a.district.Lists, func(l district.List) bool { return l.ID == id })
		if at < 0 && !a.known(c) {
			return nil, errSignIn // a stranger is not told what there is
		}
		if at < 0 {
			return nil, unknown("list", "/lists")
		}
		if !slices.Contains(lists, at) {
			lists = append(lists, at)
		}
	}
	slices.Sort(lists)
	return lists, nil
}

// eyes tells which areas the caller sees of what a question is about; nil: all.
// Rights hold downwards, so that one answer settles a whole subtree.
func (a *API) eyes(c echo.Context, q access.Ask) layers.Sees {
	tree, actor, now := a.district.Areas, a.actor(c), a.now()
	seen := make([]bool, tree.Len())
	all := true
	for i := area.Index(0); i < area.Index(tree.Len()); {
		q.Areas = []area.Index{i}
		if !a.gate.policy.Decide(actor, q, now).Allowed() {
			all = false
			i++
			continue
		}
		for end := tree.End(i); i < end; i++ {
			seen[i] = true
		}
	}
	if all {
		return nil
	}
	return func(i area.Index) bool { return seen[i] }
}

// cell says what a tile tells of a point, or of several.
func (a *API) cell(cell *layers.Cell) []mvt.Property {
	if p := cell.Point; p != nil {
		told := []mvt.Property{
			{Key: "key", Value: cell.Key}, {Key: "cluster", Value: false}, {Key: "list", Value: p.List},
			{Key: "point", Value: p.ID}, {Key: "name", Value: p.Name}, {Key: "area", Value: a.areaID(p.Area)},
		}
		if p.NameEn != "" {
			told = append(told, mvt.Property{Key: "name_en", Value: p.NameEn})
		}
		return told
	}
	var lists []string
	for i, n := range cell.Counts {
		if n > 0 {
			lists = append(lists, a.district.Lists[i].ID+":"+strconv.Itoa(n))
		}
	}
	return []mvt.Property{
		{Key: "key", Value: cell.Key}, {Key: "cluster", Value: true}, {Key: "point_count", Value: cell.Count},
		{Key: "lists", Value: strings.Join(lists, ",")},
	}
}

// sendTile answers a tile that the browser may keep, and asks for again: with
// another district, or for another caller, it is another one.
func sendTile(c echo.Context, body []byte) error {
	sum := sha256.Sum256(body)
	tag := `W/"` + hex.EncodeToString(sum[:12]) + `"`
	h := c.Response().Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("ETag", tag)
	h.Add(echo.HeaderVary, "Authorization, Cookie")
	for known := range strings.SplitSeq(c.Request().Header.Get("If-None-Match"), ",") {
		if strings.TrimPrefix(strings.TrimSpace(known), "W/") == strings.TrimPrefix(tag, "W/") {
			return c.NoContent(http.StatusNotModified)
		}
	}
	if headless(c) {
		h.Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	}
	return c.Blob(http.StatusOK, vectorTile, body)
}
