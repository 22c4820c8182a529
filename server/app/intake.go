package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
	"citydeck/server/api"
)

// mostFaults is how many faults of a list a page is told at once.
const mostFaults = 200

// intake takes lists that come over the network as those of the command line.
type intake struct{ app *App }

func (i intake) office() office {
	return office{i.app.shown.Load().District, i.app.auth, i.app.record}
}

// Preview reads a list and says what taking it would do. Nothing is changed.
func (i intake) Preview(ctx context.Context, f api.ListFile) (api.ListPreview, error) {
	p, _, err := i.preview(ctx, f)
	return p, err
}

// Apply takes a list, all or nothing, if what the preview saw is still so.
func (i intake) Apply(ctx context.Context, f api.ListFile, digest string) (api.ListChange, error) {
	i.app.taking.Lock()
	defer i.app.taking.Unlock()
	p, l, err := i.preview(ctx, f)
	switch {
	case err != nil:
		return api.ListChange{}, err
	case p.Digest != digest:
		return api.ListChange{}, fault.New(fault.Outdated, "", "the file, or what is on record, is not what the preview saw: look again")
	case len(p.Faults) > 0:
		return api.ListChange{}, fault.New(fault.Invalid, "", "the list has %d faults; nothing was changed", len(p.Faults)+p.More)
	}
	c, err := l.put(ctx)
	return api.ListChange{Rows: c.Rows, Residents: l.residents, Replaced: c.Replaced, Removed: c.Removed}, err
}

func (i intake) preview(ctx context.Context, f api.ListFile) (p api.ListPreview, l incoming, err error) {
	o := i.office()
	revision, err := o.record.Revision(ctx, f.Kind)
	if err != nil {
		return p, l, err
	}
	there, err := o.record.Listed(ctx, f.Kind)
	if err != nil {
		return p, l, err
	}
	p.Digest = digestOf(f, revision)
	sheet, err := sheetOf(f.Name, f.Data)
	if err == nil {
		l, err = o.listOf(f.Kind, sheet, f.Replace)
	}
	faults := fault.All(err)
	if err != nil && len(faults) == 0 || slices.ContainsFunc(faults, func(x *fault.Fault) bool { return x.Kind != fault.Invalid }) {
		return p, l, err // it can't even be read
	}
	doubts := household.Doubts(f.Kind, sheet)
	p.Faults, p.More = listed(faults)
	p.Doubts, p.Further = listed(doubts)
	p.Rows, p.Residents = len(l.ids), l.residents
	is := make(map[string]bool, len(l.ids))
	for _, id := range l.ids {
		is[id] = true
	}
	for _, id := range there {
		switch {
		case is[id]:
			p.Replaced++
		case f.Replace:
			p.Removed++
		}
	}
	p.Added = len(is) - p.Replaced
	return p, l, nil
}

// listed is what a page is told of them, and how many there are more.
func listed(faults []*fault.Fault) ([]api.ListFault, int) {
	out := []api.ListFault{}
	for _, x := range faults[:min(len(faults), mostFaults)] {
		out = append(out, api.ListFault{At: x.At, Code: x.Code, Words: append([]string{}, x.Words...), Reason: x.Reason})
	}
	return out, len(faults) - len(out)
}

// digestOf names a file, what is wanted of it, and what is on record meanwhile.
func digestOf(f api.ListFile, revision int64) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s %t %d\n", f.Kind, f.Replace, revision) // a hash takes all
	_, _ = h.Write(f.Data)
	return hex.EncodeToString(h.Sum(nil))
}
