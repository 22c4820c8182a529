package folder

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
)

// Row is one record of a CSV file, by the names of its header.
type Row struct {
	Line   int
	cells  []string
	header []string
	Bad    bool // reported already: it has more or fewer columns than the header
}

// Get is what stands in a column, empty where there is none.
func (r *Row) Get(name string) string {
	if i := slices.Index(r.header, name); i >= 0 && i < len(r.cells) {
		return r.cells[i]
	}
	return ""
}

// Notes are the columns that are not among the known ones.
func (r *Row) Notes(known []string) map[string]string {
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

// CSV reads a file whose header must begin with the given names.
// Faulty records are reported; whole is false
// where some can't be answered.
func (f *Folder) CSV(name string, must bool, names []string) (rows []Row, whole bool) {
	data := f.Open(name, maxCSV, must)
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
			f.Log.Add(name, pe.StartLine, "%s", pe.Err)
			whole = false
			if errors.Is(pe.Err, csv.ErrQuote) && pe.StartLine != pe.Line {
				break // an open quote took the rest of the file
			}
			continue
		}
		if err != nil {
			f.Log.Add(name, 1, "can't be read: %v", err)
			break
		}
		line, _ := r.FieldPos(0)
		if header == nil {
			header = rec
			if !f.header(name, line, header, names) {
				return nil, false
			}
			continue
		}
		if len(rec) != len(header) {
			f.Log.Add(name, line, "%d columns, the header has %d", len(rec), len(header))
		}
		rows = append(rows, Row{Line: line, cells: rec, header: header, Bad: len(rec) != len(header)})
	}
	if header == nil {
		f.Log.Add(name, 1, "is empty: it must begin with the header %s", strings.Join(names, ","))
	}
	return rows, whole
}

// Records answers the good rows of a file that may lack.
func (f *Folder) Records(name string, names []string) []Row {
	rows, _ := f.CSV(name, false, names)
	return slices.DeleteFunc(rows, func(r Row) bool { return r.Bad })
}

func (f *Folder) header(name string, line int, header, names []string) bool {
	good := len(header) >= len(names) && slices.Equal(header[:len(names)], names)
	if !good {
		f.Log.Add(name, line, "the header must be %s", strings.Join(names, ","))
		return false
	}
	for i, h := range header {
		if h == "" || slices.Contains(header[:i], h) {
			f.Log.Add(name, line, "column %d has no name or one that stands twice", i+1)
			return false
		}
	}
	return true
}
