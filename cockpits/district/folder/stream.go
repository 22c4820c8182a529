package folder

import (
	"bufio"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"strings"
	"unicode/utf8"
)

// Stream reads a large CSV file, which may lack, record by record: visit gets
// the good ones, one at a time, and must not keep the row, though it may keep
// what Get answers. It stops when visit says so.
func (f *Folder) Stream(name string, limit int64, names []string, visit func(*Row) bool) {
	file := f.stream(name, limit)
	if file == nil {
		return
	}
	defer func() { _ = file.Close() }() // it was only read
	text := bufio.NewReaderSize(file, 1<<16)
	if mark, err := text.Peek(3); err == nil && string(mark) == "\ufeff" {
		_, _ = text.Discard(len(mark)) // they have just been peeked at
	}
	r := csv.NewReader(text)
	r.FieldsPerRecord = -1
	r.ReuseRecord = true
	row := Row{}
	for {
		cells, err := r.Read()
		switch {
		case errors.Is(err, io.EOF):
			if row.header == nil {
				f.Log.Add(name, 1, "is empty: it must begin with the header %s", strings.Join(names, ","))
			}
			return
		case err != nil:
			if !f.passable(name, err) {
				return
			}
			continue
		}
		row.Line, _ = r.FieldPos(0)
		switch {
		case row.header == nil:
			row.header = append([]string{}, cells...)
			if !f.header(name, row.Line, row.header, names) {
				return
			}
		case len(cells) != len(row.header):
			f.Log.Add(name, row.Line, "%d columns, the header has %d", len(cells), len(row.header))
		case !utf8.ValidString(strings.Join(cells, "")):
			f.Log.Add(name, row.Line, "is not UTF-8 (GBK?)")
			return
		default:
			row.cells = cells
			if !visit(&row) {
				return
			}
		}
	}
}

// stream opens a file that may lack, or reports why it can't be read.
func (f *Folder) stream(name string, limit int64) fs.File {
	info, err := fs.Stat(f.FS, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var file fs.File
	switch {
	case err != nil:
	case !info.Mode().IsRegular():
		f.Log.Add(name, 1, "is not a regular file")
		return nil
	case info.Size() > limit:
		f.Log.Add(name, 1, "is larger than %d MiB", limit>>20)
		return nil
	default:
		file, err = f.FS.Open(name)
	}
	if err != nil {
		f.Log.Add(name, 1, "%s", reasonOf(err))
		return nil
	}
	return file
}

// passable reports a record that can't be read; false: nothing after it can.
func (f *Folder) passable(name string, err error) bool {
	pe := (*csv.ParseError)(nil)
	if !errors.As(err, &pe) {
		f.Log.Add(name, 1, "can't be read: %v", err)
		return false
	}
	f.Log.Add(name, pe.StartLine, "%s", pe.Err)
	return !errors.Is(pe.Err, csv.ErrQuote) || pe.StartLine == pe.Line
}
