package app

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"os/signal"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"time"

	"citydeck/cockpits"
	"citydeck/cockpits/access"
	"citydeck/cockpits/district"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/reading"
	"citydeck/server/api"
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

// Reload reads the district's folder anew and takes what changed to the walls
// that run; every roll-up stays. A folder with faults is refused with all of
// them, and so is one of another id, time zone or root, which takes a restart.
// Then everything stays as it was. What comes of it is in the log.
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
	a.addresses.Renew(folder)
	if len(changed) == 0 {
		a.log.Info("the district is as it was")
		return nil
	}
	if err := a.engine.Await(ctx); err != nil {
		return err
	}
	if err := a.replaceBy(ctx, next); err != nil {
		a.log.Error("the district is not reloaded: the old one stays", "error", err)
		return err
	}
	for _, w := range district.Warnings(next) {
		a.log.Warn("district", "warning", w)
	}
	a.log.Info("the district is reloaded", "cockpits", len(next.Cockpits), "areas", next.Areas.Len(), "changed", strings.Join(changed, " "))
	return nil
}

// shown is the district as it is now, and what is asked by its numbers. It
// never changes once the program runs; a reload makes another one.
type shown struct {
	*district.District
	policy *access.Policy
	rules  *reading.Rules
	api    *api.API
	door   http.Handler
	debug  http.Handler
}

func (a *App) newShown(d *district.District) *shown {
	return &shown{District: d, policy: access.NewPolicy(d.Areas, a.cfg.Demo.Enabled)}
}

// replaceBy puts another folder's district in the place of the one that is shown:
// for everybody in one instant of the engine's loop.
func (a *App) replaceBy(ctx context.Context, d *district.District) error {
	is, was := a.newShown(d), a.shown.Load()
	is.rules = reading.NewRules(d.Catalogue, d.Areas, d.Lateness, a.hash)
	is.api = was.api.For(d, a.seams(d))
	if err := a.route(is); err != nil {
		return err
	}
	err := a.engine.Redefine(ctx, &engine.Change{District: d, Rules: is.rules, Keeper: &keeper{a.history, d}, Renewed: func() {
		for _, s := range a.sources {
			s.Judge(is.rules)
		}
		a.write.Judge(is.rules)
		a.desk.Redefine(d)
		a.shown.Store(is)
		a.hub.Redefine(boards(d))
	}})
	if errors.Is(err, engine.ErrImporting) {
		err = fault.New(fault.Unavailable, "", "a file of readings is being imported: try again when it is done")
	}
	return err
}

// taken reads a folder, says whether the running program could take it, and
// what is new, changed or gone then: the ids of cockpits, or what the folder's
// other files hold. What is the same keeps its place in memory, so that nothing
// is counted anew for it.
func (a *App) taken(folder fs.FS) (next *district.District, changed []string, err error) {
	is, err := district.Load(folder)
	if err != nil {
		return nil, nil, err
	}
	was := a.shown.Load().District
	if err := lasting(was, is); err != nil {
		return nil, nil, err
	}
	for _, part := range []struct {
		what string
		same bool
		keep func()
	}{
		{"name", was.Name == is.Name && was.NameEn == is.NameEn, func() {}},
		{"lateness", was.Lateness == is.Lateness, func() {}},
		{"areas", reflect.DeepEqual(was.Areas, is.Areas), func() { is.Areas = was.Areas }},
		{"outlines", reflect.DeepEqual(was.Outlines, is.Outlines), func() { is.Outlines = was.Outlines }},
		{"lists", reflect.DeepEqual(was.Lists, is.Lists), func() { is.Lists = was.Lists }},
		{"indicators", reflect.DeepEqual(was.Catalogue, is.Catalogue), func() { is.Catalogue = was.Catalogue }},
		{"calendar", reflect.DeepEqual(was.Holidays, is.Holidays), func() { is.Holidays = was.Holidays }},
		{"plans", reflect.DeepEqual(was.Plans, is.Plans), func() { is.Plans = was.Plans }},
	} {
		if !part.same {
			changed = append(changed, part.what)
			continue
		}
		part.keep()
	}
	return is, append(changed, differing(was.Cockpits, is.Cockpits)...), nil
}

// lasting lists what makes a folder another district, with another state: that
// takes a restart.
func lasting(was, is *district.District) error {
	root := func(d *district.District) string { return d.Areas.At(d.Areas.Root()).ID }
	var faults []error
	for _, s := range []struct {
		at, what, was, is string
	}{
		{"district.toml:1", "id", was.ID, is.ID},
		{"district.toml:1", "timezone", was.Zone.String(), is.Zone.String()},
		{"areas.csv:1", "root area", root(was), root(is)},
	} {
		if s.was != s.is {
			faults = append(faults, fault.New(fault.Conflict, s.at, "the %s changed from %q to %q: that takes a restart", s.what, s.was, s.is))
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
