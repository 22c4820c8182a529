package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
	"citydeck/server/store/record"
)

// The bounds of a list that comes in as a workbook.
const (
	largestList  = 64 << 20 // bytes, also unzipped
	mostListRows = 200_000
)

// importList takes a list of people or places, all or nothing.
func (o office) importList(ctx context.Context, e Errand, out io.Writer) error {
	kind := strings.TrimPrefix(e.Do, "import ")
	sheet, err := readSheet(e.Path)
	if err != nil {
		return err
	}
	put, residents, err := o.listOf(kind, sheet, e.Replace)
	if err != nil {
		return err
	}
	return o.noted(ctx, access.Equip, "import "+kind, "", func() error {
		c, err := put(ctx)
		if err != nil {
			return err
		}
		about := fmt.Sprintf("%s: %d rows, ", kind, c.Rows)
		if kind == "households" {
			about += fmt.Sprintf("%d residents, ", residents)
		}
		_, err = fmt.Fprintf(out, "%s%d replaced, %d removed\n", about, c.Replaced, c.Removed)
		return err
	})
}

// listOf checks the rows and says how to put them in.
func (o office) listOf(kind string, s household.Sheet, replace bool) (put func(context.Context) (record.Change, error), residents int, err error) {
	tree := o.district.Areas
	switch kind {
	case "households":
		all, err := household.Households(s, tree)
		for i := range all {
			residents += all[i].Residents
		}
		return func(ctx context.Context) (record.Change, error) { return o.record.PutHouseholds(ctx, all, replace) }, residents, err
	case "responders":
		all, err := household.Responders(s, tree)
		return func(ctx context.Context) (record.Change, error) { return o.record.PutResponders(ctx, all, replace) }, 0, err
	}
	all, err := household.Shelters(s, tree)
	return func(ctx context.Context) (record.Change, error) { return o.record.PutShelters(ctx, all, replace) }, 0, err
}

// readSheet reads a table, CSV or the first sheet of a workbook.
func readSheet(path string) (household.Sheet, error) {
	name := filepath.Base(path)
	info, err := os.Stat(path)
	if err != nil {
		return household.Sheet{}, fault.New(fault.Invalid, "", "%s can't be read: %s", name, plain(err))
	}
	if info.Size() > largestList {
		return household.Sheet{}, fault.New(fault.TooLarge, "", "%s has more than %d MiB", name, largestList>>20)
	}
	if strings.EqualFold(filepath.Ext(path), ".xlsx") {
		return readBook(path, name)
	}
	data, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return household.Sheet{}, fault.New(fault.Invalid, "", "%s can't be read: %s", name, plain(err))
	}
	return household.CSV(name, data)
}

// readBook reads the first sheet, row by row: a tiny file can name a million.
func readBook(path, name string) (s household.Sheet, err error) {
	bad := func(why string) error { return fault.New(fault.Invalid, "", "%s %s", name, why) }
	book, err := excelize.OpenFile(path, excelize.Options{UnzipSizeLimit: largestList, UnzipXMLSizeLimit: largestList, RawCellValue: true})
	if err != nil {
		return s, bad("is no workbook that can be read")
	}
	defer func() { err = errors.Join(err, book.Close()) }()
	sheets := book.GetSheetList()
	if len(sheets) == 0 {
		return s, bad("has no sheet")
	}
	rows, err := book.Rows(sheets[0])
	if err != nil {
		return s, bad("is no workbook that can be read")
	}
	defer func() { err = errors.Join(err, rows.Close()) }()
	for n := 1; rows.Next(); n++ {
		if n > mostListRows {
			return s, fault.New(fault.TooLarge, "", "%s has more than %d rows", name, mostListRows)
		}
		cells, err := rows.Columns(excelize.Options{RawCellValue: true})
		if err != nil {
			return s, bad("is no workbook that can be read")
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
	return s, rows.Error()
}
