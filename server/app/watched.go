package app

import (
	"context"
	"strings"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/respond/command"
	"citydeck/server/dispatch"
	"citydeck/server/live"
)

// boardLayout names the tiles of a command's board; taskLayout those of a task's.
const (
	boardLayout = "command.1"
	taskLayout  = "task.1"
)

// stage is the hub for the desk.
type stage struct{ *live.Hub }

// commandBoards is who shows commands live; an errand has nobody.
func commandBoards(h *live.Hub) dispatch.Publisher {
	if h == nil {
		return nil
	}
	return stage{h}
}

// Raise adds a board.
func (s stage) Raise(cockpit string) {
	layout := boardLayout
	if strings.HasPrefix(cockpit, "task-") {
		layout = taskLayout
	}
	s.Hub.Raise(live.Cockpit{ID: cockpit, Layout: layout})
}

// watched is the question that decides who may watch a command's live cockpit:
// its board is for who may see its area, a task's for its responder and who may
// follow the command. False: there is no such board, or not any more.
func (a *App) watched(ctx context.Context, is *shown, actor access.Actor, cockpit string) (access.Ask, bool) {
	id, board := strings.CutPrefix(cockpit, "command-")
	task := ""
	if !board {
		at := strings.LastIndexByte(cockpit, '-')
		if !strings.HasPrefix(cockpit, "task-") || at < len("task-") {
			return access.Ask{}, false
		}
		id, task = cockpit[len("task-"):at], cockpit[at+1:]
	}
	ask := access.Ask{Action: access.See, Command: id}
	err := a.desk.Look(ctx, id, func(s *command.State) error {
		at, known := is.Areas.Lookup(s.Area)
		if !known || !s.Open() {
			return errOldLink
		}
		ask.Areas = []area.Index{at}
		if board {
			return nil
		}
		ask.Action, ask.Over = access.Follow, s.Over()
		mine, called := s.Calls(actor.Responder)
		if ask.Called = called; called && mine == task {
			ask.Task = actor.Responder
		}
		if actor.Command != "" && s.Milestone[9] != 0 && time.Now().UnixMilli() > s.Milestone[9]+afterwards.Milliseconds() {
			return errOldLink
		}
		return nil
	})
	return ask, err == nil
}

// afterwards is for how long a link's session holds after the stand-down.
const afterwards = 24 * time.Hour
