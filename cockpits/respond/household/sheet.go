package household

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
)

// Sheet is a table as it was read, the header first.
type Sheet struct {
	Rows [][]string
	At   func(row, column int) string // where a cell stands, for faults; column -1: the whole row
	Odd  map[Cell]string              // what is no plain text or number there, and why that can't be taken
}

// Cell is a place in a sheet, both counted from 0.
type Cell struct{ Row, Column int }

// CSV reads a sheet from a file's bytes: UTF-8, BOM and CRLF are taken.
func CSV(file string, data []byte) (Sheet, error) {
	at := func(line int) string { return file + ":" + strconv.Itoa(line) }
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		for i, line := range bytes.Split(data, []byte("\n")) {
			if !utf8.Valid(line) {
				return Sheet{}, fault.New(fault.Invalid, at(i+1), "is not UTF-8 (GBK?)")
			}
		}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	var s Sheet
	var lines []int
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if pe := (*csv.ParseError)(nil); errors.As(err, &pe) {
			return Sheet{}, fault.New(fault.Invalid, at(pe.StartLine), "%s", pe.Err)
		}
		if err != nil {
			return Sheet{}, fault.New(fault.Invalid, at(1), "can't be read")
		}
		line, _ := r.FieldPos(0)
		s.Rows, lines = append(s.Rows, rec), append(lines, line)
	}
	s.At = func(row, _ int) string {
		if row >= len(lines) {
			return at(1)
		}
		return at(lines[row])
	}
	return s, nil
}

// reader goes through a sheet's rows and collects what is wrong.
type reader struct {
	sheet   Sheet
	tree    *area.Tree
	columns map[string]int
	wanted  []string
	seen    map[string]string // id to where it stood
	row     int
	errs    []error
}

// newReader looks at the header; where a column is missing there is no way on.
func newReader(s Sheet, tree *area.Tree, columns []string) (*reader, bool) {
	r := &reader{sheet: s, tree: tree, columns: map[string]int{}, wanted: columns, seen: map[string]string{}}
	if len(s.Rows) == 0 {
		r.errs = append(r.errs, fault.New(fault.Invalid, s.At(0, -1), "is empty: it must begin with the header %s", strings.Join(columns, ",")))
		return r, false
	}
	for i, name := range s.Rows[0] {
		name = strings.TrimSpace(name)
		if _, twice := r.columns[name]; twice && slices.Contains(columns, name) {
			r.bad(name, "the column %s stands twice", name)
		} else {
			r.columns[name] = i
		}
	}
	for _, name := range columns {
		if _, there := r.columns[name]; !there {
			r.bad("", "the column %s is missing", name)
		}
	}
	return r, len(r.errs) == 0
}

// next goes to the next row that isn't empty.
func (r *reader) next() bool {
	for r.row++; r.row < len(r.sheet.Rows); r.row++ {
		if slices.ContainsFunc(r.sheet.Rows[r.row], func(c string) bool { return strings.TrimSpace(c) != "" }) {
			r.guard()
			return true
		}
	}
	return false
}

func (r *reader) bad(column, format string, args ...any) {
	at := -1
	if i, there := r.columns[column]; there {
		at = i
	}
	r.errs = append(r.errs, fault.New(fault.Invalid, r.sheet.At(r.row, at), format, args...))
}

func (r *reader) get(column string) string {
	cells := r.sheet.Rows[r.row]
	if i := r.columns[column]; i < len(cells) {
		return strings.TrimSpace(cells[i])
	}
	return ""
}

func (r *reader) list(column string) []string {
	out := []string{}
	for _, s := range strings.Split(r.get(column), ";") {
		if s = strings.TrimSpace(s); s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

func (r *reader) id() string {
	id := r.get("id")
	if first, twice := r.seen[id]; id == "" {
		r.bad("id", "id is empty")
	} else if twice {
		r.bad("id", "id %q stands at %s already", id, first)
	} else {
		r.seen[id] = r.sheet.At(r.row, r.columns["id"])
	}
	if utf8.RuneCountInString(id) > 64 {
		r.bad("id", "id is longer than 64 characters")
	}
	return id
}

func (r *reader) area(column string) string {
	id := r.get(column)
	if _, known := r.tree.Lookup(id); !known {
		r.bad(column, "area %q is unknown", id)
	}
	return id
}

// part reads estate, building, unit or room.
func (r *reader) part(column string) string {
	s := r.get(column)
	switch {
	case s == "":
		r.bad(column, "%s is empty", column)
	case utf8.RuneCountInString(s) > 64:
		r.bad(column, "%s is longer than 64 characters", column)
	case strings.Contains(s, "/"):
		r.bad(column, "%s %q has a /", column, s)
	}
	return s
}

func (r *reader) whole(column string) int {
	s := r.get(column)
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		r.bad(column, "%s %q is not a whole number of 0 or above", column, s)
	}
	return int(n)
}

func (r *reader) flag(column string) bool {
	s := r.get(column)
	if s != "0" && s != "1" {
		r.bad(column, "%s %q is neither 1 nor 0", column, s)
	}
	return s == "1"
}

func (r *reader) position() (lon, lat float64, placed bool) {
	a, b := r.get("lon"), r.get("lat")
	switch {
	case a == "" && b == "":
		return 0, 0, false
	case a == "":
		r.bad("lon", "lat stands without lon")
		return 0, 0, false
	case b == "":
		r.bad("lat", "lon stands without lat")
		return 0, 0, false
	}
	lon, lonErr := r.degrees("lon", a, 180)
	lat, latErr := r.degrees("lat", b, 90)
	return lon, lat, lonErr == nil && latErr == nil
}

func (r *reader) degrees(column, s string, limit float64) (float64, error) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n-n != 0 {
		err = fmt.Errorf("%s is no number", column)
		r.bad(column, "%s %q is not a number of degrees", column, s)
	} else if n < -limit || n > limit {
		err = fmt.Errorf("%s is out of range", column)
		r.bad(column, "%s %s is not between -%.0f and %.0f", column, s, limit, limit)
	}
	return n, err
}
