package household

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"citydeck/cockpits/area"
)

// Sheet is a table as it was read, the header first.
type Sheet struct {
	Rows [][]string
	At   func(row, column int) string // where a cell stands, for faults; column -1: the whole row
	Odd  map[Cell]string              // what is no plain text or number there: the code of a doubt
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
				return Sheet{}, wrong(at(i+1), "not_utf8")
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
			return Sheet{}, wrong(at(pe.StartLine), "bad_csv", pe.Err.Error())
		}
		if err != nil {
			return Sheet{}, wrong(at(1), "unreadable")
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
	seen    map[string]string // id to where it stood
	row     int
	errs    []error
}

// newReader looks at the header; where a column is missing there is no way on.
func newReader(s Sheet, tree *area.Tree, columns []string) (*reader, bool) {
	r := &reader{sheet: s, tree: tree, columns: map[string]int{}, seen: map[string]string{}}
	if len(s.Rows) == 0 {
		r.errs = append(r.errs, wrong(s.At(0, -1), "empty_list", strings.Join(columns, ",")))
		return r, false
	}
	for i, name := range s.Rows[0] {
		name = strings.TrimSpace(name)
		if _, twice := r.columns[name]; twice && slices.Contains(columns, name) {
			r.bad(name, "column_twice", name)
		} else {
			r.columns[name] = i
		}
	}
	for _, name := range columns {
		if _, there := r.columns[name]; !there {
			r.bad("", "column_missing", name)
		}
	}
	return r, len(r.errs) == 0
}

// next goes to the next row that isn't empty.
func (r *reader) next() bool {
	for r.row++; r.row < len(r.sheet.Rows); r.row++ {
		if filled(r.sheet.Rows[r.row]) {
			return true
		}
	}
	return false
}

// bad notes what is wrong in a column of this row, by its code.
func (r *reader) bad(column, code string, words ...string) {
	at := -1
	if i, there := r.columns[column]; there {
		at = i
	}
	r.errs = append(r.errs, wrong(r.sheet.At(r.row, at), code, words...))
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
		r.bad("id", "empty", "id")
	} else if twice {
		r.bad("id", "twice", id, first)
	} else {
		r.seen[id] = r.sheet.At(r.row, r.columns["id"])
	}
	if utf8.RuneCountInString(id) > 64 {
		r.bad("id", "too_long", "id")
	}
	return id
}

func (r *reader) area(column string) string {
	id := r.get(column)
	if _, known := r.tree.Lookup(id); !known {
		r.bad(column, "unknown_area", id)
	}
	return id
}

// part reads estate, building, unit or room.
func (r *reader) part(column string) string {
	s := r.get(column)
	switch {
	case s == "":
		r.bad(column, "empty", column)
	case utf8.RuneCountInString(s) > 64:
		r.bad(column, "too_long", column)
	case strings.Contains(s, "/"):
		r.bad(column, "slash", column, s)
	}
	return s
}

func (r *reader) whole(column string) int {
	s := r.get(column)
	n, err := strconv.ParseUint(s, 10, 31)
	if err != nil {
		r.bad(column, "no_count", column, s)
	}
	return int(n)
}

func (r *reader) flag(column string) bool {
	s := r.get(column)
	if s != "0" && s != "1" {
		r.bad(column, "no_flag", column, s)
	}
	return s == "1"
}

func (r *reader) position() (lon, lat float64, placed bool) {
	a, b := r.get("lon"), r.get("lat")
	switch {
	case a == "" && b == "":
		return 0, 0, false
	case a == "":
		r.bad("lon", "half_position", "lat", "lon")
		return 0, 0, false
	case b == "":
		r.bad("lat", "half_position", "lon", "lat")
		return 0, 0, false
	}
	lon, lonErr := r.degrees("lon", a, 180)
	lat, latErr := r.degrees("lat", b, 90)
	return lon, lat, lonErr == nil && latErr == nil
}

func (r *reader) degrees(column, s string, limit int) (float64, error) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n-n != 0 {
		err = fmt.Errorf("%s is no number", column)
		r.bad(column, "no_degrees", column, s)
	} else if math.Abs(n) > float64(limit) {
		err = fmt.Errorf("%s is out of range", column)
		r.bad(column, "out_of_range", column, s, strconv.Itoa(limit))
	}
	return n, err
}
