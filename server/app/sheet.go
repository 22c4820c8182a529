package app

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
)

// The bounds of a list that comes in.
const (
	largestList  = 64 << 20 // bytes, also unzipped
	mostListRows = 200_000
	mostParts    = 2000 // of a workbook
)

// compound begins what is no zip: the workbooks of before 2007, and whatever is
// kept behind a password.
const compound = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// sheetOf reads a table from a file's bytes: CSV, or the first sheet of a workbook.
func sheetOf(name string, data []byte) (s household.Sheet, err error) {
	unsupported := func(why string) (household.Sheet, error) {
		return s, fault.New(fault.Unsupported, "", "%s %s", name, why)
	}
	book := strings.EqualFold(filepath.Ext(name), ".xlsx")
	zipped := bytes.HasPrefix(data, []byte("PK"))
	switch {
	case bytes.HasPrefix(data, []byte(compound)):
		return unsupported("is an old workbook, or one with a password: save it as .xlsx without one, or as CSV")
	case book != zipped:
		return unsupported("is not what its name says: .xlsx is a workbook, all else CSV")
	case book:
		if err := whatWorkbook(name, data); err != nil {
			return s, err
		}
		return readBook(name, data)
	}
	if s, err = household.CSV(name, data); err == nil && len(s.Rows) > mostListRows {
		return s, fault.New(fault.TooLarge, "", "%s has more than %d rows", name, mostListRows)
	}
	return s, err
}

// whatWorkbook refuses what is none, runs something, or is far larger than it looks.
func whatWorkbook(name string, data []byte) error {
	none := fault.New(fault.Unsupported, "", "%s is no workbook that can be read", name)
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return none
	}
	left, whole := int64(largestList), false
	for i, f := range z.File {
		part := strings.ToLower(f.Name)
		whole = whole || part == "xl/workbook.xml"
		if strings.HasSuffix(part, "vbaproject.bin") {
			return fault.New(fault.Unsupported, "", "%s has macros: save it as .xlsx without them", name)
		}
		if f.Flags&1 != 0 {
			return fault.New(fault.Unsupported, "", "%s has a password: save it without one", name)
		}
		n, err := unzipped(f, left)
		if left -= n; left <= 0 || i >= mostParts {
			return fault.New(fault.TooLarge, "", "%s has more than %d MiB unpacked, or %d parts", name, largestList>>20, mostParts)
		}
		if err != nil {
			return none
		}
	}
	if !whole {
		return none
	}
	return nil
}

// unzipped counts what a part really holds, whatever it says, up to most.
func unzipped(f *zip.File, most int64) (n int64, err error) {
	r, err := f.Open()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.Copy(io.Discard, io.LimitReader(r, most))
}

// readBook reads the first sheet, row by row: a tiny file can name a million.
func readBook(name string, data []byte) (s household.Sheet, err error) {
	none := fault.New(fault.Unsupported, "", "%s is no workbook that can be read", name)
	raw := excelize.Options{UnzipSizeLimit: largestList, UnzipXMLSizeLimit: largestList, RawCellValue: true}
	book, err := excelize.OpenReader(bytes.NewReader(data), raw)
	if err != nil {
		return s, none
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return s, &fault.Fault{Kind: fault.Invalid, Code: "no_sheet", Reason: name + " has no sheet"}
	}
	rows, err := book.Rows(sheets[0])
	if err != nil {
		return s, none
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for n := 1; rows.Next(); n++ {
		if n > mostListRows {
			return s, fault.New(fault.TooLarge, "", "%s has more than %d rows", name, mostListRows)
		}
		cells, err := rows.Columns(raw)
		if err != nil {
			return s, none
		}
		s.Rows = append(s.Rows, cells)
	}
	for n := len(s.Rows); n > 0 && len(s.Rows[n-1]) == 0; n-- {
		s.Rows = s.Rows[:n-1]
	}
	s.At = func(row, column int) string {
		cell, err := excelize.CoordinatesToCellName(max(column, 0)+1, row+1)
		if err != nil {
			return name
		}
		return name + ":" + sheets[0] + "!" + cell
	}
	if s.Odd, err = oddCells(book, data, len(s.Rows)); err != nil {
		return s, none
	}
	return s, rows.Error()
}
