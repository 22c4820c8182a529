package command

import "citydeck/cockpits/respond/household"

// paceMost bounds the points of a pace line.
const paceMost = 120

// Board 指挥看板 is a command as its board shows it beside its numbers. Nothing
// in it is personal.
type Board struct {
	Units    []UnitView
	Tasks    []TaskMark
	Pace     []PaceMark
	Timeline []Mark
}

// Board is how the command's board stands at an instant (Unix ms). The newest
// come first in Pace and Timeline.
func (s *State) Board(now int64) Board {
	b := Board{Units: s.Units(now), Tasks: make([]TaskMark, len(s.tasks)), Pace: s.paceLine()}
	for i := range s.tasks {
		b.Tasks[i] = s.mark(&s.tasks[i])
	}
	for i := len(s.marks) - 1; i >= 0; i-- {
		b.Timeline = append(b.Timeline, s.marks[i])
	}
	return b
}

// TaskMark is a task as the board shows it, without a name.
type TaskMark struct {
	Task        string
	Responder   string
	Role        string
	State       string
	Households  int
	Done        int
	Due         *int64
	Unreachable bool
	Phase       Phase // the command's
	Exercise    bool
	Version     int64 // number of the last line that was of this task, or of all
}

func (s *State) mark(t *task) TaskMark {
	return TaskMark{
		Task: t.id, Responder: s.members[t.who].ID, Role: t.role, State: s.taskState(t), Households: len(t.homes), Done: len(t.homes) - s.open(t),
		Due: s.dueOf(t), Unreachable: s.lost(t), Phase: s.Phase, Exercise: s.Exercise, Version: max(t.touched, s.touched),
	}
}

// PaceMark is how many households were out at an instant.
type PaceMark struct {
	Since int64 // ms after T0: the beginning of the step that the mark stands for
	At    int64 // Unix ms, of the last change in it
	Out   int
}

// paceLine is how the number of households that are out has grown, the last
// change of each step. Steps are as wide as few points need.
func (s *State) paceLine() []PaceMark {
	list := []PaceMark{}
	t0 := s.Milestone[0]
	if t0 == 0 {
		return list
	}
	step := s.paceStep(t0)
	for i := len(s.outs) - 1; i >= 0; i-- {
		since := max(s.outs[i].At-t0, 0) / step * step
		if n := len(list); n == 0 || since < list[n-1].Since {
			list = append(list, PaceMark{since, s.outs[i].At, s.outs[i].Out})
		}
	}
	return list
}

// paceStep is the narrowest step, in ms, with which the whole line has few points.
func (s *State) paceStep(t0 int64) int64 {
	span := int64(0)
	if n := len(s.outs); n > 0 {
		span = s.outs[n-1].At - t0
	}
	step := int64(1000)
	for _, times := range []int64{1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600} {
		if step = times * 1000; span/step < paceMost {
			return step
		}
	}
	for span/step >= paceMost {
		step *= 2
	}
	return step
}

// letters stand for the states of a household in a unit's cells.
var letters = map[string]byte{
	Pending: 'p', Notified: 'n', Knocked: 'k', Left: 'l', Empty: 'e', Helped: 'h', Refused: 'r', NeedHelp: 'd', NoAnswer: 'a',
}

// cells is one letter a household of a unit, upper case when it is contested.
func (s *State) cells(u *unit) string {
	b := make([]byte, len(u.homes))
	for i, h := range u.homes {
		b[i] = letters[s.homes[h].state]
		if s.homes[h].contested {
			b[i] -= 'a' - 'A'
		}
	}
	return string(b)
}

// floors are the floors of a unit's households, in the order of the cells; what
// is no number is 0, below ground is negative.
func (s *State) floors(u *unit) []int {
	list := make([]int, len(u.homes))
	for i, h := range u.homes {
		list[i] = household.Level(s.homes[h].Floor)
	}
	return list
}

// UnitDoors names the households of a unit, for who may follow the command.
type UnitDoors struct {
	Homes []string
	Rooms []string
}

// Doors lists the households of each unit, in the order of its cells.
func (s *State) Doors() []UnitDoors {
	list := make([]UnitDoors, len(s.units))
	for i := range s.units {
		for _, h := range s.units[i].homes {
			list[i].Homes = append(list[i].Homes, s.homes[h].ID)
			list[i].Rooms = append(list[i].Rooms, s.homes[h].Room)
		}
	}
	return list
}
