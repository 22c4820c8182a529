// Package outline reads the outlines of areas from GeoJSON, and says what is wrong with each.
package outline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
)

const (
	maxPositions = 500_000 // of a file
	maxRing      = 20_000
)

// Feature is one feature of a file. Fault says what is wrong with it; then
// there is no Geometry and no Shape.
type Feature struct {
	Line     int
	ID       string // properties.id
	Geometry []byte // as it stands in the file
	Shape    Shape
	Fault    string
}

// Read visits the features of a FeatureCollection one by one. It answers the
// line and the reason why it can't be read to its end; no reason: it was.
func Read(data []byte, visit func(Feature)) (line int, reason string) {
	left := maxPositions
	at, seen := 0, 1 // how far lines are counted
	lineOf := func(offset int) int {
		offset = min(max(offset, at), len(data))
		seen += bytes.Count(data[at:offset], []byte("\n"))
		at = offset
		return seen
	}
	err := eachFeature(data, func(raw []byte, from int) {
		f := read(raw, &left)
		f.Line = lineOf(from + leading(raw))
		visit(f)
	})
	if err == nil {
		return 0, ""
	}
	at, seen = 0, 1
	line = 1
	if se := (*json.SyntaxError)(nil); errors.As(err, &se) {
		line = lineOf(int(se.Offset))
	} else if fe := (*formFault)(nil); errors.As(err, &fe) {
		line = lineOf(fe.at)
	}
	return line, strings.TrimPrefix(err.Error(), "json: ")
}

// read reads one feature.
func read(raw []byte, left *int) Feature {
	var form struct {
		Type       string `json:"type"`
		Properties struct {
			ID json.RawMessage `json:"id"`
		} `json:"properties"`
		Geometry json.RawMessage `json:"geometry"`
	}
	var f Feature
	if err := json.Unmarshal(raw, &form); err != nil || form.Type != "Feature" {
		return Feature{Fault: `a feature must be an object of type "Feature" with properties and geometry`}
	}
	if json.Unmarshal(form.Properties.ID, &f.ID) != nil || f.ID == "" {
		return Feature{Fault: "a feature without properties.id, the id of an area"}
	}
	s, err := shapeOf(form.Geometry)
	if err != nil {
		f.Fault = fmt.Sprintf("area %q: %s", f.ID, err)
		return f
	}
	for _, r := range s {
		if *left -= len(r); *left < 0 {
			f.Fault = fmt.Sprintf("area %q: more than %d positions in the file", f.ID, maxPositions)
			return f
		}
		if why := r.fault(); why != "" {
			f.Fault = fmt.Sprintf("area %q: %s", f.ID, why)
			return f
		}
	}
	f.Geometry, f.Shape = form.Geometry, s
	return f
}

// geometry is a polygon or several, as GeoJSON writes them.
type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

func shapeOf(raw []byte) (Shape, error) {
	if len(raw) == 0 || string(raw) == "null" {
		return nil, errors.New("it has no geometry")
	}
	var g geometry
	if err := json.Unmarshal(raw, &g); err != nil {
		return nil, errors.New("the geometry is not an object with type and coordinates")
	}
	return rings(g)
}

// rings lists the rings of a polygon or of several.
func rings(g geometry) (Shape, error) {
	var many [][][][]float64
	var err error
	switch g.Type {
	case "Polygon":
		many = make([][][][]float64, 1)
		err = json.Unmarshal(g.Coordinates, &many[0])
	case "MultiPolygon":
		err = json.Unmarshal(g.Coordinates, &many)
	default:
		return nil, fmt.Errorf("geometry %q is neither Polygon nor MultiPolygon", g.Type)
	}
	if err != nil {
		return nil, fmt.Errorf("the coordinates of a %s are lists of rings of [lon, lat]", g.Type)
	}
	var s Shape
	for _, polygon := range many {
		if len(polygon) == 0 {
			return nil, errors.New("a polygon without a ring")
		}
		for _, line := range polygon {
			r := make(Ring, len(line))
			for i, p := range line {
				if len(p) < 2 || len(p) > 3 {
					return nil, errors.New("a position must be [lon, lat]")
				}
				r[i] = [2]float64{p[0], p[1]}
			}
			s = append(s, r)
		}
	}
	if len(s) == 0 {
		return nil, errors.New("no polygon")
	}
	return s, nil
}
