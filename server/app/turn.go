package app

import (
	"context"
	"errors"
	"slices"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/respond/command"
	"citydeck/server/dispatch"
)

// turned is for how long walls stay on a command's board by themselves.
const turned = time.Hour

// looking is how long a wall that comes waits to be told where it belongs.
const looking = time.Second

// turn is what a wall was to be told while it was away.
type turn struct {
	cockpit string
	until   int64 // Unix ms
}

// Do also turns the walls that a command leaves to the newest that still runs
// there, so that none is forgotten behind one that is over.
func (d desked) Do(ctx context.Context, id string, in command.Intent, lines ...access.Line) error {
	if err := d.Desk.Do(ctx, id, in, lines...); err != nil {
		return err
	}
	if _, end := in.(command.StandDown); end {
		d.app.turnOn(ctx)
	}
	return nil
}

// turn shows a command's board on every wall that may see it.
func (a *App) turn(ctx context.Context, id string) {
	is, at := a.shown.Load(), area.None
	err := a.desk.Look(ctx, id, func(s *command.State) error {
		at, _ = is.Areas.Lookup(s.Area)
		return nil
	})
	screens, failed := a.record.Screens(ctx)
	if err = errors.Join(err, failed); err != nil || at == area.None {
		a.log.Error("walls don't show a command", "command", id, "error", err)
		return
	}
	until := time.Now().Add(turned).UnixMilli()
	for i := range screens {
		if in, known := is.Areas.Lookup(screens[i].Area); known && is.Areas.Within(in, at) {
			a.tell(screens[i].ID, turn{dispatch.BoardOf(id), until})
		}
	}
}

// turnOn shows each wall the newest real command that runs in its scope.
func (a *App) turnOn(ctx context.Context) {
	screens, err := a.record.Screens(ctx)
	if err != nil {
		a.log.Error("walls stay on a command that is over", "error", err)
		return
	}
	for i := range screens {
		if t, some := a.running(ctx, screens[i].Area); some {
			a.tell(screens[i].ID, t)
		}
	}
}

func (a *App) tell(screen string, t turn) {
	if a.hub.Show(screen, t.cockpit, t.until) == 0 {
		a.away.Store(screen, t)
	}
}

// running finds the newest real command that runs below an area.
func (a *App) running(ctx context.Context, scope string) (t turn, some bool) {
	is := a.shown.Load()
	in, known := is.Areas.Lookup(scope)
	if !known || a.desk == nil {
		return turn{}, false
	}
	ids := a.desk.IDs()
	slices.Reverse(ids)
	for _, id := range ids {
		err := a.desk.Look(ctx, id, func(s *command.State) error {
			at, there := is.Areas.Lookup(s.Area)
			t = turn{dispatch.BoardOf(id), s.Milestone[0] + turned.Milliseconds()}
			some = there && !s.Exercise && (s.Phase == command.Running || s.Phase == command.Held) &&
				is.Areas.Within(in, at) && time.Now().UnixMilli() < t.until
			return nil
		})
		if err != nil {
			a.log.Warn("a command can't be looked at for a wall", "command", id, "error", err)
		}
		if some && err == nil {
			return t, true
		}
	}
	return turn{}, false
}

// turned tells a wall that comes what it has missed: what it was to be told
// while it was away, once, or the command that runs in its scope, also where it
// was paired after the press.
func (a *App) turned(screen string) (cockpit string, until int64) {
	missed, _ := a.away.LoadAndDelete(screen)
	if t, some := missed.(turn); some && time.Now().UnixMilli() <= t.until {
		return t.cockpit, t.until
	}
	ctx, cancel := context.WithTimeout(context.Background(), looking)
	defer cancel()
	screens, err := a.record.Screens(ctx)
	if err != nil {
		a.log.Warn("a wall that comes can't be told of commands", "screen", screen, "error", err)
		return "", 0
	}
	for i := range screens {
		if screens[i].ID == screen {
			t, _ := a.running(ctx, screens[i].Area)
			return t.cockpit, t.until
		}
	}
	return "", 0
}
