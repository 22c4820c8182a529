// Package report is the after-action report, folded from a command's events.
//
// Whatever it says can be counted again from the ledger: nothing is typed in,
// nothing is read from anywhere else. It holds numbers, times and ids; who the
// people are was deleted, or will be.
package report

import (
	"fmt"
	"math"
	"slices"

	"citydeck/cockpits/respond/command"
)

// Report 复盘报告 is what became of a command. Times are Unix ms.
type Report struct {
	ID              string                               `json:"id"`
	Plan            string                               `json:"plan"`
	PlanName        string                               `json:"plan_name"`
	PlanNameEn      string                               `json:"plan_name_en"`
	Version         int                                  `json:"version"`
	Area            string                               `json:"area"`
	Exercise        bool                                 `json:"exercise"`
	State           command.Phase                        `json:"state"`
	StartedBy       string                               `json:"started_by"`
	LaunchedAt      int64                                `json:"launched_at"`
	Milestones      map[string]*int64                    `json:"milestones"`
	AllOut          *int64                               `json:"all_out_ms"` // T6 − T0
	Budget          int64                                `json:"budget_ms"`
	Total           int                                  `json:"total"`
	Households      map[string]int                       `json:"households"`
	Residents       command.Residents                    `json:"residents"`
	Tasks           map[string]int                       `json:"tasks"`
	Acknowledged    int                                  `json:"acknowledged"` // tasks whose responder said that he comes
	Acknowledgement Spread                               `json:"acknowledgement_ms"`
	Messages        map[string]map[string]map[string]int `json:"messages"`
	Units           []Unit                               `json:"units"`
	LateUnits       []Unit                               `json:"late_units"`
	Unreachable     []string                             `json:"unreachable"`
	Escalations     int                                  `json:"escalations"`
	Unassigned      int                                  `json:"unassigned"`
	Contested       int                                  `json:"contested"`
	Reports         int                                  `json:"reports"`
	Signed          int                                  `json:"signed"`
	Steps           []command.StepView                   `json:"steps"`
	Widened         int                                  `json:"widened"` // how often
	Reassigned      int                                  `json:"reassigned"`
	Timeline        []Moment                             `json:"timeline"`
	Lessons         []command.Lesson                     `json:"lessons"`
	Ledger          Ledger                               `json:"ledger"`
}

// Spread is how long something took: the smallest time within which so many were done.
type Spread struct {
	P50 *int64 `json:"p50"`
	P90 *int64 `json:"p90"`
	Max *int64 `json:"max"`
}

// Unit is a unit and when its last household was out, counted from T0; null: never.
type Unit struct {
	Unit   string `json:"unit"`
	AllOut *int64 `json:"all_out_ms"`
}

// Moment is something that somebody decided, or that was reached.
type Moment struct {
	N         int64        `json:"n"` // line of the ledger
	At        int64        `json:"at"`
	Kind      command.Kind `json:"kind"`
	By        string       `json:"by"`
	Milestone string       `json:"milestone,omitempty"`
	Void      bool         `json:"void,omitempty"`
	Unit      string       `json:"unit,omitempty"`
	To        string       `json:"to,omitempty"`
	Step      string       `json:"step,omitempty"`
	Reason    string       `json:"reason,omitempty"`
}

// Ledger is what the report rests on.
type Ledger struct {
	Lines int64  `json:"lines"`
	Head  string `json:"head"` // hash of the last line
}

// Of makes the report of a command's events.
func Of(events []command.Event) (Report, error) {
	c := &counter{asked: map[string]int64{}, unitOf: map[string]string{}, out: map[string]int64{}, done: map[string]bool{}}
	s := &command.State{}
	head := ""
	for i := range events {
		if err := s.Apply(events[i]); err != nil {
			return Report{}, fmt.Errorf("report on event %d: %w", events[i].N, err)
		}
		head = command.Hash(head, events[i].Line())
		c.see(s, &events[i])
	}
	v := s.View(s.Last)
	r := Report{
		ID: v.ID, Plan: v.Plan, PlanName: s.Plan.Name, PlanNameEn: s.Plan.NameEn, Version: v.Version, Area: v.Area, Exercise: v.Exercise, State: v.State, StartedBy: v.StartedBy, LaunchedAt: v.LaunchedAt,
		Milestones: v.Milestones, Budget: s.Plan.AllOut.Milliseconds(), Total: v.Total, Households: v.Households, Residents: v.Residents, Tasks: v.Tasks, Acknowledged: v.Acknowledged,
		Messages: v.Messages, Unreachable: v.Unreachable, Unassigned: v.Unassigned, Contested: v.Contested, Signed: v.Signed,
		Acknowledgement: spread(c.answers), Escalations: c.escalations, Reports: c.reports, Timeline: c.timeline,
		Steps: s.Steps(s.Last), Lessons: s.Lessons(), Widened: c.widened, Reassigned: c.reassigned,
		Ledger: Ledger{s.N, head}, Units: []Unit{}, LateUnits: []Unit{},
	}
	t0, t6 := v.Milestones["T0"], v.Milestones["T6"]
	if t0 != nil && t6 != nil {
		d := *t6 - *t0
		r.AllOut = &d
	}
	for _, u := range s.Units(s.Last) {
		unit := Unit{Unit: u.Unit}
		if at, found := c.out[u.Unit]; found && t0 != nil && u.Open == 0 {
			d := at - *t0
			unit.AllOut = &d
		}
		r.Units = append(r.Units, unit)
		if unit.AllOut == nil || *unit.AllOut > r.Budget {
			r.LateUnits = append(r.LateUnits, unit)
		}
	}
	return r, nil
}

// At is the command as it was at an instant (Unix ms), for a replay; nil before
// it began.
func At(events []command.Event, instant int64) (*command.State, error) {
	n, _ := slices.BinarySearchFunc(events, instant, func(e command.Event, at int64) int {
		if e.ReceivedAt <= at {
			return -1
		}
		return 1
	})
	if n == 0 {
		return nil, nil
	}
	return command.Fold(events[:n])
}

// counter sees what the end alone doesn't show.
type counter struct {
	asked       map[string]int64 // by task: when it was first on disk
	answers     []int64
	unitOf      map[string]string
	out         map[string]int64 // by unit: when its last household was out
	done        map[string]bool  // by household
	escalations int
	widened     int
	reassigned  int
	reports     int
	timeline    []Moment
}

func (c *counter) see(s *command.State, e *command.Event) {
	switch e.Kind {
	case command.Launched, command.Widened:
		if e.Kind == command.Widened {
			c.widened++
		}
		for _, h := range s.Households(nil) {
			c.unitOf[h.ID] = h.Estate + "/" + h.Building + "/" + h.Unit
		}
	case command.Tasked:
		if _, known := c.asked[e.Task]; !known {
			c.asked[e.Task] = e.ReceivedAt
		}
		return
	case command.Answered:
		if at, open := c.asked[e.Task]; open && at >= 0 {
			c.answers = append(c.answers, e.ReceivedAt-at)
			c.asked[e.Task] = -1
		}
		return
	case command.Escalated:
		c.escalations++
	case command.Reassigned:
		c.reassigned++
	case command.Learnt:
		return
	case command.Reported:
		c.reports++
		if out := command.Out(e.State); e.Counts {
			if out && !c.done[e.Household] {
				c.out[c.unitOf[e.Household]] = e.ReceivedAt
			}
			c.done[e.Household] = out
		}
		return
	case command.Sent, command.Delivered, command.Seen, command.Failed, command.CheckedIn:
		return
	}
	c.timeline = append(c.timeline, Moment{
		N: e.N, At: e.ReceivedAt, Kind: e.Kind, By: e.By, Milestone: e.Milestone, Void: e.Void, Unit: e.Unit, To: e.To, Step: e.Step, Reason: e.Reason,
	})
}

// spread takes the smallest value with at least so many at or below it.
func spread(list []int64) Spread {
	if len(list) == 0 {
		return Spread{}
	}
	slices.Sort(list)
	at := func(q float64) *int64 {
		return &list[max(int(math.Ceil(q*float64(len(list))))-1, 0)]
	}
	return Spread{P50: at(0.5), P90: at(0.9), Max: at(1)}
}
