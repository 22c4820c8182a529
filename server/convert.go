package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"citydeck/cockpits/district/outline"
	"citydeck/server/config"
)

// convert moves a file of places from GCJ-02, which maps made in China are drawn
// in, back to WGS-84, and writes it to the standard output: a CSV file with the
// columns lon and lat, or GeoJSON.
func convert(_ context.Context, _ config.Config, args []string) error {
	if len(args) != 2 || args[0] != "gcj02" {
		return usage("convert gcj02 FILE > NEW: what it shall convert, and from which datum")
	}
	data, err := os.ReadFile(filepath.Clean(args[1])) //nolint:gosec // the operator names it
	if err != nil {
		return err
	}
	out := bufio.NewWriter(os.Stdout)
	if strings.HasSuffix(args[1], ".csv") {
		err = convertCSV(out, data)
	} else {
		err = convertJSON(out, data)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", args[1], err)
	}
	return out.Flush()
}

// places is how many decimals a degree gets: a centimetre.
const places = 7

func degree(v float64) string {
	text := strconv.FormatFloat(v, 'f', places, 64)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

func convertCSV(to io.Writer, data []byte) error {
	r := csv.NewReader(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	w := csv.NewWriter(to)
	lon, lat := -1, -1
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			w.Flush()
			return w.Error()
		}
		if err != nil {
			return err
		}
		line, _ := r.FieldPos(0)
		switch {
		case line == 1:
			lon, lat = slices.Index(cells, "lon"), slices.Index(cells, "lat")
			if lon < 0 || lat < 0 {
				return errors.New("it has no columns lon and lat")
			}
		case cells[lon] != "" || cells[lat] != "":
			x, errX := strconv.ParseFloat(cells[lon], 64)
			y, errY := strconv.ParseFloat(cells[lat], 64)
			if errX != nil || errY != nil {
				return fmt.Errorf("line %d: %q, %q is no position", line, cells[lon], cells[lat])
			}
			x, y = outline.Unshift(x, y)
			cells[lon], cells[lat] = degree(x), degree(y)
		}
		if err := w.Write(cells); err != nil {
			return err
		}
	}
}

func convertJSON(to io.Writer, data []byte) error {
	d := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(data, []byte("\ufeff"))))
	d.UseNumber()
	var tree any
	if err := d.Decode(&tree); err != nil {
		return err
	}
	found, err := moved(tree)
	if err != nil {
		return err
	}
	if found == 0 {
		return errors.New("it has no coordinates: neither a CSV file nor GeoJSON")
	}
	e := json.NewEncoder(to)
	e.SetEscapeHTML(false)
	return e.Encode(tree)
}

// moved moves all coordinates within a value of JSON, and counts them.
func moved(node any) (int, error) {
	found := 0
	var faults []error
	visit := func(child any, move func(any) (int, error)) {
		n, err := move(child)
		found += n
		faults = append(faults, err)
	}
	switch n := node.(type) {
	case map[string]any:
		for key, child := range n {
			if key == "coordinates" {
				visit(child, movedPositions)
			} else {
				visit(child, moved)
			}
		}
	case []any:
		for _, child := range n {
			visit(child, moved)
		}
	}
	return found, errors.Join(faults...)
}

// movedPositions moves one position, or lists of them to any depth.
func movedPositions(node any) (int, error) {
	list, many := node.([]any)
	if !many {
		return 0, errors.New("coordinates are lists of numbers")
	}
	if len(list) > 0 {
		if _, number := list[0].(json.Number); number {
			return 1, movePosition(list)
		}
	}
	found := 0
	for _, child := range list {
		n, err := movedPositions(child)
		if err != nil {
			return found, err
		}
		found += n
	}
	return found, nil
}

func movePosition(p []any) error {
	var at [2]float64
	for i := range at {
		if i >= len(p) {
			return errors.New("a position has two numbers")
		}
		n, number := p[i].(json.Number)
		v, err := n.Float64()
		if !number || err != nil {
			return errors.New("a position has two numbers")
		}
		at[i] = v
	}
	x, y := outline.Unshift(at[0], at[1])
	p[0], p[1] = json.Number(degree(x)), json.Number(degree(y))
	return nil
}
