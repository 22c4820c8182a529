package dispatch

import (
	"context"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/tile"
)

// BoardOf is the live cockpit of a command; TaskOf the one of a task of it.
func BoardOf(command string) string { return "command-" + command }

// TaskOf is the live cockpit of one task of a command, for its responder.
func TaskOf(command, task string) string { return "task-" + command + "-" + task }

// scene is a command as its board shows it now.
type scene struct {
	open, over bool
	view       command.View
	board      command.Board
}

func (d *Desk) scene(ctx context.Context, id string) (*scene, error) {
	sc := &scene{}
	err := d.Look(ctx, id, func(s *command.State) error {
		sc.open, sc.over = s.Open(), s.Over()
		if sc.open {
			sc.view = s.View(d.now())
			sc.board = s.Board(d.now())
		}
		return nil
	})
	return sc, err
}

// scenes are the boards that are published, by command: of each task the
// version that its responder has been shown.
type scenes map[string]map[string]int64

// publish brings a command's boards to where it stands: raised when it is new,
// lowered when it is closed.
func (all scenes) publish(to Publisher, id string, sc *scene, now int64) {
	shown, raised := all[id]
	switch {
	case to == nil || !sc.open && !raised:
		return
	case !sc.open:
		for task := range shown {
			to.Lower(TaskOf(id, task))
		}
		to.Lower(BoardOf(id))
		delete(all, id)
		return
	case !raised:
		shown = map[string]int64{}
		all[id] = shown
		to.Raise(BoardOf(id))
	}
	to.Publish(BoardOf(id), now, tile.Scene(&sc.view, &sc.board, now))
	for i := range sc.board.Tasks {
		m := &sc.board.Tasks[i]
		version, known := shown[m.Task]
		if !known {
			to.Raise(TaskOf(id, m.Task))
		}
		if !known || version != m.Version {
			shown[m.Task] = m.Version
			to.Publish(TaskOf(id, m.Task), now, []tile.Tile{tile.Own(m, sc.view.LaunchedAt)})
		}
	}
	to.Flush()
}
