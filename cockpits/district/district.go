// Package district is one district folder, loaded and cross-checked: every fault with file, line and reason.
package district

import (
	"time"

	"citydeck/cockpits"
	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/respond/plan"
	"citydeck/cockpits/tile"
)

// District is a checked folder. It never changes after Load.
type District struct {
	ID        string
	Name      string
	NameEn    string
	Zone      *time.Location
	Lateness  time.Duration
	Areas     *area.Tree
	Catalogue *indicator.Catalogue
	Lists     []List
	Cockpits  []cockpits.Cockpit    // the root first, then in the files' order
	Outlines  map[area.Index][]byte // GeoJSON geometry of an area, as in areas.geojson
	Holidays  map[string]string     // date (2006-01-02) to "off" or "work"
	Plans     []plan.Plan           // in the files' order
}

// List is a registry of points and a layer of the map.
type List struct {
	ID          string
	Name        string
	NameEn      string
	Owner       string
	Sensitivity indicator.Sensitivity
	Points      []tile.Point // in the file's order
}
