package app

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"citydeck/cockpits/fault"
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
	p = api.ListPreview{Faults: []api.ListFault{}, Digest: digestOf(f, revision)}
	sheet, err := sheetOf(f.Name, f.Data)
	if err == nil {
		l, err = o.listOf(f.Kind, sheet, f.Replace)
	}
	faults := fault.All(err)
	for _, x := range faults {
		if x.Kind != fault.Invalid { // it can't even be read
			return p, l, err
		}
		if len(p.Faults) < mostFaults {
			p.Faults = append(p.Faults, api.ListFault{At: x.At, Reason: x.Reason})
		}
	}
	if err != nil && len(faults) == 0 {
		return p, l, err
	}
	p.More = len(faults) - len(p.Faults)
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

// digestOf names a file, what is wanted of it, and what is on record meanwhile.
func digestOf(f api.ListFile, revision int64) string {
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%s %t %d\n", f.Kind, f.Replace, revision) // a hash takes all
	_, _ = h.Write(f.Data)
	return hex.EncodeToString(h.Sum(nil))
}
