package district

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"citydeck/cockpits/area"
)

const (
	geoFile      = "areas.geojson"
	maxPositions = 500_000
	maxRing      = 20_000
)

// ring is a closed line of positions, lon and lat.
type ring [][2]float64

// shape is an area's outline: outer rings and holes.
type shape []ring

type feature struct {
	Type       string `json:"type"`
	Properties struct {
		ID json.RawMessage `json:"id"`
	} `json:"properties"`
	Geometry json.RawMessage `json:"geometry"`
}

type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// outlines reads areas.geojson feature by feature, so that a fault has its line.
func (l *loader) outlines() map[area.Index]shape {
	data := l.open(geoFile, maxGeo, false)
	if data == nil {
		return nil
	}
	shapes := map[area.Index]shape{}
	starts := lineIndex(data)
	left := maxPositions
	err := eachFeature(data, func(raw []byte, from int) {
		line := lineAt(starts, from+leading(raw))
		at, s, why := l.outline(raw, &left)
		if why != "" {
			l.log.add(geoFile, line, "%s", why)
			return
		}
		shapes[at] = s
	})
	if err != nil {
		line := 1
		if se := (*json.SyntaxError)(nil); errors.As(err, &se) {
			line = lineAt(starts, int(se.Offset))
		} else if fe := (*formFault)(nil); errors.As(err, &fe) {
			line = lineAt(starts, fe.at)
		}
		l.log.add(geoFile, line, "%s", strings.TrimPrefix(err.Error(), "json: "))
	}
	return shapes
}

// formFault is well-formed JSON that is not the form asked for.
type formFault struct {
	at     int
	reason string
}

func (f *formFault) Error() string { return f.reason }

// eachFeature walks a FeatureCollection.
func eachFeature(data []byte, visit func(raw []byte, from int)) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	wrong := &formFault{0, `must be an object of type "FeatureCollection" with "features"`}
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return orForm(err, wrong)
	}
	seen := map[string]bool{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return orForm(err, wrong)
		}
		name, _ := key.(string)
		seen[name] = true
		if name != "features" {
			var v json.RawMessage
			if err := dec.Decode(&v); err != nil {
				return orForm(err, wrong)
			}
			if name == "type" && string(v) != `"FeatureCollection"` {
				return &formFault{int(dec.InputOffset()), wrong.reason}
			}
			continue
		}
		if tok, err := dec.Token(); err != nil || tok != json.Delim('[') {
			return orForm(err, &formFault{int(dec.InputOffset()), "features must be a list"})
		}
		for dec.More() {
			var raw json.RawMessage
			if err := dec.Decode(&raw); err != nil {
				return orForm(err, wrong)
			}
			visit(raw, int(dec.InputOffset())-len(raw))
		}
		if _, err := dec.Token(); err != nil {
			return orForm(err, wrong)
		}
	}
	if _, err := dec.Token(); err != nil {
		return orForm(err, wrong)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return &formFault{int(dec.InputOffset()), "something stands after the end"}
	}
	if !seen["type"] || !seen["features"] {
		return wrong
	}
	return nil
}

// orForm makes an end of the file in the middle a fault of form.
func orForm(err error, wrong *formFault) error {
	if err == nil {
		return wrong
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &formFault{0, "the file ends in the middle"}
	}
	return err
}

func leading(raw []byte) int { return len(raw) - len(bytes.TrimLeft(raw, " \t\r\n")) }

func lineAt(starts []int, offset int) int { return lineOf(starts, uint32(max(offset, 0))) } //nolint:gosec // a file has at most 50 MiB

// outline reads one feature and keeps its geometry. It answers why not.
func (l *loader) outline(raw []byte, left *int) (area.Index, shape, string) {
	var f feature
	if err := json.Unmarshal(raw, &f); err != nil || f.Type != "Feature" {
		return area.None, nil, `a feature must be an object of type "Feature" with properties and geometry`
	}
	var id string
	if json.Unmarshal(f.Properties.ID, &id) != nil || id == "" {
		return area.None, nil, "a feature without properties.id, the id of an area"
	}
	at, known := l.where(id)
	if !known {
		return area.None, nil, fmt.Sprintf("area %q is unknown", id)
	}
	var g geometry
	if len(f.Geometry) == 0 || string(f.Geometry) == "null" {
		return area.None, nil, fmt.Sprintf("area %q has no geometry", id)
	}
	if err := json.Unmarshal(f.Geometry, &g); err != nil {
		return area.None, nil, fmt.Sprintf("area %q: the geometry is not an object with type and coordinates", id)
	}
	s, err := rings(g)
	if err != nil {
		return area.None, nil, fmt.Sprintf("area %q: %s", id, err)
	}
	for _, r := range s {
		if *left -= len(r); *left < 0 {
			return area.None, nil, fmt.Sprintf("area %q: more than %d positions in the file", id, maxPositions)
		}
		if why := r.fault(); why != "" {
			return area.None, nil, fmt.Sprintf("area %q: %s", id, why)
		}
	}
	if l.d.Outlines[at] != nil && !l.arealess {
		return area.None, nil, fmt.Sprintf("area %q has an outline already", id)
	}
	l.d.Outlines[at] = f.Geometry
	return at, s, ""
}

// rings lists the rings of a polygon or of several.
func rings(g geometry) (shape, error) {
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
	var s shape
	for _, polygon := range many {
		if len(polygon) == 0 {
			return nil, errors.New("a polygon without a ring")
		}
		for _, line := range polygon {
			r := make(ring, len(line))
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
