package app

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"time"

	"citydeck/cockpits"
	"citydeck/cockpits/district"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/server/engine"
)

// standing is how the last reload of the district's folder went.
type standing struct {
	at     time.Time
	faults []*fault.Fault // empty: it was taken
}

// heed reloads the district's folder at each SIGHUP.
func (a *App) heed(ctx context.Context) error {
	hangups := make(chan os.Signal, 1)
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-hangups:
			_ = a.Reload(ctx) // it is in the log
		}
	}
}

// Reload reads the district's folder anew and takes its cockpits to the walls
// that run; every roll-up stays. A folder with faults is refused with all of
// them, and so is one in which more than the cockpits changed: that takes a
// restart. Then everything stays as it was. What comes of it is in the log.
func (a *App) Reload(ctx context.Context) error {
	a.reloading.Lock()
	defer a.reloading.Unlock()
	err := a.reload(ctx)
	now := &standing{at: time.Now(), faults: fault.All(err)}
	if err != nil && len(now.faults) == 0 {
		now.faults = []*fault.Fault{fault.New(fault.Unavailable, "", "the folder could not be taken; the log says why")}
	}
	if err == nil || ctx.Err() == nil {
		a.standing.Store(now)
	}
	return err
}

// reload is Reload for who holds reloading.
func (a *App) reload(ctx context.Context) error {
	folder, err := Folder(a.cfg)
	if err != nil {
		a.log.Error("the district is not reloaded: the old one stays", "error", err)
		return err
	}
	next, changed, err := a.taken(folder)
	if err != nil {
		for _, f := range fault.All(err) {
			a.log.Error("the district is not reloaded: the old one stays", "at", f.At, "fault", f.Reason)
		}
		return err
	}
	if len(changed) == 0 {
		a.log.Info("the district is as it was")
		return nil
	}
	if err := a.engine.Await(ctx); err != nil {
		return err
	}
	err = a.engine.Redefine(ctx, next, func() {
		a.shown.Store(next)
		a.api.Redefine(next.Cockpits)
		a.hub.Redefine(boards(next))
	})
	if errors.Is(err, engine.ErrImporting) {
		err = fault.New(fault.Unavailable, "", "a file of readings is being imported: try again when it is done")
	}
	if err != nil {
		a.log.Error("the district is not reloaded: the old one stays", "error", err)
		return err
	}
	for _, w := range district.Warnings(next) {
		a.log.Warn("district", "warning", w)
	}
	a.log.Info("the district is reloaded", "cockpits", len(next.Cockpits), "changed", strings.Join(changed, " "))
	return nil
}

// taken reads a folder, says whether the running program could take it, and
// which cockpits are new, changed or gone then.
func (a *App) taken(folder fs.FS) (next *district.District, changed []string, err error) {
	read, err := district.Load(folder)
	if err != nil {
		return nil, nil, err
	}
	if err := errors.Join(unlike(a.district, read), a.uncounted(read)); err != nil {
		return nil, nil, err
	}
	is := *a.district // with its own areas and indicators, by which everybody numbers
	is.Cockpits = read.Cockpits
	return &is, differing(a.shown.Load().Cockpits, read.Cockpits), nil
}

// unlike lists what changed in a folder that only a restart can take.
func unlike(was, is *district.District) error {
	same := []struct {
		at   string
		what string
		is   bool
	}{
		{"district.toml:1", "the district's id, names, timezone or lateness", was.ID == is.ID && was.Name == is.Name && was.NameEn == is.NameEn && was.Zone.String() == is.Zone.String() && was.Lateness == is.Lateness},
		{"areas.csv:1", "the areas", reflect.DeepEqual(was.Areas, is.Areas)},
		{"areas.geojson:1", "the outlines", reflect.DeepEqual(was.Outlines, is.Outlines)},
		{"points.csv:1", "the lists or their points", reflect.DeepEqual(was.Lists, is.Lists)},
		{"indicators:1", "the measures or indicators", reflect.DeepEqual(was.Catalogue, is.Catalogue)},
		{"calendar.csv:1", "the calendar", reflect.DeepEqual(was.Holidays, is.Holidays)},
		{"plans:1", "the plans", reflect.DeepEqual(was.Plans, is.Plans)},
	}
	var faults []error
	for _, s := range same {
		if !s.is {
			faults = append(faults, fault.New(fault.Conflict, s.at, "%s changed: that takes a restart; while the program runs only cockpits can change", s.what))
		}
	}
	return errors.Join(faults...)
}

// uncounted lists the boards whose points the engine doesn't count by day.
func (a *App) uncounted(d *district.District) error {
	var faults []error
	for i := range d.Cockpits {
		for t := range d.Cockpits[i].Tiles {
			for _, m := range d.Cockpits[i].Tiles[t].Measures {
				if def := &d.Catalogue.Measures[m]; def.Kind == indicator.Flow && !a.engine.Boarded(m) {
					faults = append(faults, fault.New(fault.Conflict, "cockpits:1", "tile %q of cockpit %q shows points of %q, which no board did at the start: that takes a restart",
						d.Cockpits[i].Tiles[t].ID, d.Cockpits[i].ID, def.ID))
				}
			}
		}
	}
	return errors.Join(faults...)
}

// differing lists the ids of cockpits that are new, changed or gone, and of
// those whose place among the others is another.
func differing(was, is []cockpits.Cockpit) []string {
	var ids []string
	for i := range is {
		at := slices.IndexFunc(was, func(c cockpits.Cockpit) bool { return c.ID == is[i].ID })
		if at != i || was[at].Layout != is[i].Layout || was[at].Parent != is[i].Parent {
			ids = append(ids, is[i].ID)
		}
	}
	for i := range was {
		if !slices.ContainsFunc(is, func(c cockpits.Cockpit) bool { return c.ID == was[i].ID }) {
			ids = append(ids, was[i].ID)
		}
	}
	return ids
}
