package command

import "citydeck/cockpits/fault"

// Call 叫步骤 says that a step of the plan is done.
type Call struct {
	Who
	Step   string
	Reason string // how, or why as late as this
}

// StepView 步骤 is a step of the plan and whether it is done.
type StepView struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	NameEn string  `json:"name_en"`
	Role   string  `json:"role"`
	Due    *int64  `json:"due"` // Unix ms; null before T0
	DoneAt *int64  `json:"done_at"`
	By     *string `json:"by"`
	Late   bool    `json:"late"` // done after it was due, or due and not done
}

// called is who said that a step is done, and when.
type called struct {
	by string
	at int64
}

func (c Call) decide(d *step) error {
	known := false
	for _, p := range d.s.Plan.Steps {
		known = known || p.ID == c.Step
	}
	if !known {
		return fault.New(fault.NotFound, "", "no such step in this command's plan")
	}
	if _, done := d.s.steps[c.Step]; done {
		return nil
	}
	return d.verb(Event{Kind: Stepped, By: c.By, Step: c.Step, Reason: c.Reason}, "do a step", Running, Held, Down)
}

// Steps lists the plan's steps in the plan's order, as they stand at an instant.
func (s *State) Steps(now int64) []StepView {
	list := make([]StepView, len(s.Plan.Steps))
	t0 := s.Milestone[0]
	for i, p := range s.Plan.Steps {
		v := StepView{ID: p.ID, Name: p.Name, NameEn: p.NameEn, Role: p.Role}
		if t0 != 0 {
			v.Due = kept(t0 + p.Due.Milliseconds())
		}
		end := now
		if s.Over() && s.Milestone[9] != 0 {
			end = s.Milestone[9]
		}
		if done, found := s.steps[p.ID]; found {
			v.DoneAt, v.By, end = kept(done.at), kept(done.by), done.at
		}
		v.Late = v.Due != nil && end > *v.Due
		list[i] = v
	}
	return list
}

// Step finds one by its id.
func (s *State) Step(id string, now int64) (StepView, bool) {
	for _, v := range s.Steps(now) {
		if v.ID == id {
			return v, true
		}
	}
	return StepView{}, false
}

// The kinds of what is learnt.
const (
	Problem = "problem" // what went wrong, and why
	Action  = "action"  // what is to become better, by whom, until when
	Insight = "insight" // what is worth keeping
)

// Learn 复盘 adds to a command's report what somebody concludes from it.
type Learn struct {
	Who
	Lesson
}

// Lesson 经验教训 is one conclusion. It stays when what is personal goes.
type Lesson struct {
	ID    string `json:"id"` // the client's: it makes it idempotent
	Kind  string `json:"kind"`
	Text  string `json:"text"`
	Owner string `json:"owner"` // of an action; may be empty
	Due   string `json:"due"`   // of an action, a date; may be empty
	By    string `json:"by"`
	At    int64  `json:"at"` // Unix ms
}

func (l Learn) decide(d *step) error {
	if err := named(l.ID); err != nil {
		return err
	}
	switch {
	case l.Kind != Problem && l.Kind != Action && l.Kind != Insight:
		return fault.New(fault.Invalid, "/kind", "a lesson is a problem, an action or an insight")
	case l.Text == "":
		return fault.New(fault.Invalid, "/text", "the text is missing")
	case len(l.Text) > longestNote || len(l.Owner) > longestID || len(l.Due) > longestID:
		return fault.New(fault.Invalid, "/text", "a text is longer than %d bytes, or an owner or date longer than %d", longestNote, longestID)
	case d.s.Phase == Waiting:
		return fault.New(fault.Conflict, "", "nothing has happened yet")
	}
	for i := range d.s.lessons {
		if d.s.lessons[i].ID == l.ID {
			return nil
		}
	}
	lesson := l.Lesson
	lesson.By, lesson.At = l.Who.By, d.now
	d.add(Event{Kind: Learnt, By: l.Who.By}.with(body{Lesson: &lesson}))
	return nil
}

// Lessons lists what was concluded, the oldest first.
func (s *State) Lessons() []Lesson { return append([]Lesson{}, s.lessons...) }
