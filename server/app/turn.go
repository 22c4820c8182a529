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

// Do also turns the walls that a command leaves to the newest that still runs
// there, so that none is forgotten behind one that is over.
func (d desked) Do(ctx context.Context, id string, in command.Intent, lines ...access.Line) error {
	if err := d.Desk.Do(ctx, id, in, lines...); err != nil {
		return err
	}
	if _, end := in.(command.StandDown); end {
		d.app.turn(ctx, id)
	}
	return nil
}

// turn has every wall that may see a command, which begins or ends, show the
// newest that runs there.
func (a *App) turn(ctx context.Context, id string) {
	is, at := a.shown.Load(), area.None
	err := a.desk.Look(ctx, id, func(s *command.State) error {
		at, _ = is.Areas.Lookup(s.Area)
		return nil
	})
	screens, failed := a.record.Screens(ctx)
	if err = errors.Join(err, failed); err != nil || at == area.None {
		a.log.Error("walls don't turn with a command", "command", id, "error", err)
		return
	}
	for i := range screens {
		in, known := is.Areas.Lookup(screens[i].Area)
		if !known || !is.Areas.Within(in, at) {
			continue
		}
		if board, until := a.running(ctx, in); board != "" {
			a.hub.Show(screens[i].ID, board, until)
		}
	}
}

// running is the board of the newest real command at an area or below that is
// not over, and until when (Unix ms) walls stay on it by themselves; empty: none.
func (a *App) running(ctx context.Context, scope area.Index) (board string, until int64) {
	areas, now := a.shown.Load().Areas, time.Now().UnixMilli()
	for _, id := range slices.Backward(a.desk.IDs()) {
		err := a.desk.Look(ctx, id, func(s *command.State) error {
			at, known := areas.Lookup(s.Area)
			if !known || !areas.Within(scope, at) || s.Exercise || !s.Open() || s.Over() {
				return nil
			}
			began := s.Milestone[0]
			if began == 0 { // it waits for its second person
				began = now
			}
			if end := began + turned.Milliseconds(); now < end {
				board, until = dispatch.BoardOf(id), end
			}
			return nil
		})
		if err != nil {
			a.log.Warn("a command can't be looked at for a wall", "command", id, "error", err)
		}
		if board != "" {
			return board, until
		}
	}
	return "", 0
}

// turned tells a wall that comes of the command that runs in its scope, whether
// it was off at the press or is paired since.
func (a *App) turned(screen string) (board string, until int64) {
	ctx, cancel := context.WithTimeout(context.Background(), looking)
	defer cancel()
	is, err := a.record.Screen(ctx, screen)
	if err != nil {
		a.log.Warn("a wall that comes can't be told of commands", "screen", screen, "error", err)
		return "", 0
	}
	if scope, known := a.shown.Load().Areas.Lookup(is.Area); known {
		return a.running(ctx, scope)
	}
	return "", 0
}
