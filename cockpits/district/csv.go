package district

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
)

// row is one record of a CSV file, by the names of its header.
type row struct {
	line   int
	cells  []string
	header []string
	bad    bool // reported already: it has more or fewer columns than the header
}

func (r *row) get(name string) string {
	if i := slices.Index(r.header, name); i >= 0 && i < len(r.cells) {
		return r.cells[i]
	}
	return ""
}

// notes are the columns that are not among the known ones.
func (r *row) notes(known []string) map[string]string {
	var notes map[string]string
	for i, name := range r.header {
		if i >= len(r.cells) || r.cells[i] == "" || slices.Contains(known, name) {
			continue
		}
		if notes == nil {
			notes = map[string]string{}
		}
		notes[name] = r.cells[i]
	}
	return notes
}

// csv reads a file whose header must begin with the given names.
// Faulty records are reported; whole is false
// where some can't be answered.
func (l *loader) csv(name string, must bool, names []string) (rows []row, whole bool) {
	data := l.open(name, maxCSV, must)
	if data == nil {
		return nil, false
	}
	whole = true
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	r.ReuseRecord = false
	var header []string
	for {
		rec, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if pe := (*csv.ParseError)(nil); errors.As(err, &pe) {
			l.log.add(name, pe.StartLine, "%s", pe.Err)
			whole = false
			if errors.Is(pe.Err, csv.ErrQuote) && pe.StartLine != pe.Line {
				break // an open quote took the rest of the file
			}
			continue
		}
		if err != nil {
			l.log.add(name, 1, "can't be read: %v", err)
			break
		}
		line, _ := r.FieldPos(0)
		if header == nil {
			header = rec
			if !l.header(name, line, header, names) {
				return nil, false
			}
			continue
		}
		if len(rec) != len(header) {
			l.log.add(name, line, "%d columns, the header has %d", len(rec), len(header))
		}
		rows = append(rows, row{line: line, cells: rec, header: header, bad: len(rec) != len(header)})
	}
	if header == nil {
		l.log.add(name, 1, "is empty: it must begin with the header %s", strings.Join(names, ","))
	}
	return rows, whole
}

// records answers the good rows of a file that may lack.
func (l *loader) records(name string, names []string) []row {
	rows, _ := l.csv(name, false, names)
	return slices.DeleteFunc(rows, func(r row) bool { return r.bad })
}

func (l *loader) header(name string, line int, header, names []string) bool {
	good := len(header) >= len(names) && slices.Equal(header[:len(names)], names)
	if !good {
		l.log.add(name, line, "the header must be %s", strings.Join(names, ","))
		return false
	}
	for i, h := range header {
		if h == "" || slices.Contains(header[:i], h) {
			l.log.add(name, line, "column %d has no name or one that stands twice", i+1)
			return false
		}
	}
	return true
}

// position reads lon and lat; both may be empty.
func (l *loader) position(name string, r *row) (lon, lat float64, placed bool) {
	a, b := r.get("lon"), r.get("lat")
	if a == "" && b == "" {
		return 0, 0, false
	}
	lon, errLon := strconv.ParseFloat(a, 64)
	lat, errLat := strconv.ParseFloat(b, 64)
	switch {
	case errLon != nil || lon-lon != 0:
		l.log.add(name, r.line, "lon %q is not a number of degrees", a)
	case errLat != nil || lat-lat != 0:
		l.log.add(name, r.line, "lat %q is not a number of degrees", b)
	case lat > 90 || lat < -90:
		if lon >= -90 && lon <= 90 && lat >= -180 && lat <= 180 {
			l.log.add(name, r.line, "lon and lat are swapped (%s, %s)", a, b)
		} else {
			l.log.add(name, r.line, "lat %s is not between -90 and 90", b)
		}
	case lon > 180 || lon < -180:
		l.log.add(name, r.line, "lon %s is not between -180 and 180", a)
	case lon == 0 && lat == 0:
		l.log.add(name, r.line, "lon and lat are 0, 0: leave them empty where the position is unknown")
	default:
		return lon, lat, true
	}
	return 0, 0, false
}
