package app

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
	"citydeck/server/store/record"
)

// importList takes a list of people or places, all or nothing.
func (o office) importList(ctx context.Context, e Errand, out io.Writer) error {
	kind := strings.TrimPrefix(e.Do, "import ")
	sheet, err := readSheet(e.Path)
	if err != nil {
		return err
	}
	l, err := o.listOf(kind, sheet, e.Replace)
	if err != nil {
		return err
	}
	return o.noted(ctx, access.Equip, "import "+kind, "", func() error {
		c, err := l.put(ctx)
		if err != nil {
			return err
		}
		about := fmt.Sprintf("%s: %d rows, ", kind, c.Rows)
		if kind == "households" {
			about += fmt.Sprintf("%d residents, ", l.residents)
		}
		_, err = fmt.Fprintf(out, "%s%d replaced, %d removed\n", about, c.Replaced, c.Removed)
		return err
	})
}

// incoming is a list that was read and checked, and how to put it in.
type incoming struct {
	ids       []string
	residents int
	put       func(context.Context) (record.Change, error)
}

// listOf checks the rows and says how to put them in.
func (o office) listOf(kind string, s household.Sheet, replace bool) (l incoming, err error) {
	tree := o.district.Areas
	switch kind {
	case "households":
		all, err := household.Households(s, tree)
		for i := range all {
			l.ids, l.residents = append(l.ids, all[i].ID), l.residents+all[i].Residents
		}
		l.put = func(ctx context.Context) (record.Change, error) { return o.record.PutHouseholds(ctx, all, replace) }
		return l, err
	case "responders":
		all, err := household.Responders(s, tree)
		for i := range all {
			l.ids = append(l.ids, all[i].ID)
		}
		l.put = func(ctx context.Context) (record.Change, error) { return o.record.PutResponders(ctx, all, replace) }
		return l, err
	}
	all, err := household.Shelters(s, tree)
	for i := range all {
		l.ids = append(l.ids, all[i].ID)
	}
	l.put = func(ctx context.Context) (record.Change, error) { return o.record.PutShelters(ctx, all, replace) }
	return l, err
}

// readSheet reads a table from a file.
func readSheet(path string) (household.Sheet, error) {
	name := filepath.Base(path)
	info, err := os.Stat(path)
	if err != nil {
		return household.Sheet{}, fault.New(fault.Invalid, "", "%s can't be read: %s", name, plain(err))
	}
	if info.Size() > largestList {
		return household.Sheet{}, fault.New(fault.TooLarge, "", "%s has more than %d MiB", name, largestList>>20)
	}
	data, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return household.Sheet{}, fault.New(fault.Invalid, "", "%s can't be read: %s", name, plain(err))
	}
	return sheetOf(name, data)
}
