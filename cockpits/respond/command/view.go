package command

import (
	"cmp"
	"slices"

	"citydeck/cockpits/respond/household"
)

// View is a command as everybody sees it. Nothing in it is personal. Every state
// is a key, 0 too; milestones are null before they are reached.
type View struct {
	ID             string                               `json:"id"`
	Plan           string                               `json:"plan"`
	Version        int                                  `json:"version"`
	Area           string                               `json:"area"`
	Zone           household.Zone                       `json:"zone"`
	Added          []household.Zone                     `json:"added"` // by widening
	Exercise       bool                                 `json:"exercise"`
	State          Phase                                `json:"state"`
	StartedBy      string                               `json:"started_by"`
	Leader         string                               `json:"leader"`
	LaunchedAt     int64                                `json:"launched_at"`
	Revision       string                               `json:"revision"`
	Total          int                                  `json:"total"`
	Households     map[string]int                       `json:"households"`
	Residents      Residents                            `json:"residents"`
	Tasks          map[string]int                       `json:"tasks"`
	Acknowledged   int                                  `json:"acknowledged"` // tasks whose responder said that he comes
	Milestones     map[string]*int64                    `json:"milestones"`
	AllOutBy       *int64                               `json:"all_out_by"` // T0 and the plan's budget
	ForecastAllOut *int64                               `json:"forecast_all_out"`
	LateUnits      []string                             `json:"late_units"`
	Unreachable    []string                             `json:"unreachable"`
	Unassigned     int                                  `json:"unassigned"`
	Messages       map[string]map[string]map[string]int `json:"messages"`
	Contested      int                                  `json:"contested"`
	Signed         int                                  `json:"signed"`
	Units          int                                  `json:"units"`
}

// Residents counts people, not doors.
type Residents struct {
	Total     int `json:"total"`
	CheckedIn int `json:"checked_in"`
	Settled   int `json:"self_settled"`
	Missing   int `json:"missing"`
}

// View is how the command stands at an instant (Unix ms).
func (s *State) View(now int64) View {
	v := View{
		ID: s.ID, Plan: s.Plan.ID, Version: s.Plan.Version, Area: s.Area, Zone: s.Zone, Added: append([]household.Zone{}, s.Added...), Exercise: s.Exercise, State: s.Phase,
		StartedBy: s.StartedBy, Leader: s.Leader, LaunchedAt: s.Launched, Revision: s.Revision, Total: s.total,
		Households: zeros(HouseholdStates()), Tasks: zeros(TaskStates()), Milestones: map[string]*int64{}, Unreachable: []string{},
		Messages: s.mail(), Signed: s.signed, Units: len(s.units), Residents: Residents{Total: s.tally.residents},
	}
	for i := range s.homes {
		h := &s.homes[i]
		v.Households[h.state]++
		v.Residents.CheckedIn += h.persons[AtAShelter]
		v.Residents.Settled += h.persons[Settled]
		v.Residents.Missing += h.persons[Missing]
		if h.contested {
			v.Contested++
		}
		if h.task < 0 {
			v.Unassigned++
		}
	}
	for i := range s.tasks {
		t := &s.tasks[i]
		v.Tasks[s.taskState(t)]++
		if t.answer == "yes" || t.late == "yes" {
			v.Acknowledged++
		}
		if s.lost(t) {
			v.Unreachable = append(v.Unreachable, s.members[t.who].ID)
		}
	}
	slices.Sort(v.Unreachable)
	for k := range Milestones {
		v.Milestones[name(k)] = nil
		if at := s.Milestone[k]; at != 0 {
			v.Milestones[name(k)] = &at
		}
	}
	if t0 := s.Milestone[0]; t0 != 0 {
		by := t0 + s.Plan.AllOut.Milliseconds()
		v.AllOutBy = &by
	}
	v.ForecastAllOut, v.LateUnits = s.forecast(now)
	return v
}

// kept points at a copy: a view stays what it was when the state goes on.
func kept[T any](v T) *T { return &v }

func zeros(words []string) map[string]int {
	m := make(map[string]int, len(words))
	for _, w := range words {
		m[w] = 0
	}
	return m
}

// mail counts messages by audience, channel and state; those of the plan's
// ladder stand there also before any.
func (s *State) mail() map[string]map[string]map[string]int {
	m := map[string]map[string]map[string]int{}
	at := func(audience, channel string) map[string]int {
		if m[audience] == nil {
			m[audience] = map[string]map[string]int{}
		}
		if m[audience][channel] == nil {
			m[audience][channel] = map[string]int{}
		}
		return m[audience][channel]
	}
	for _, c := range s.Plan.Channels {
		at(string(c.Audience), c.Kind)
	}
	for i := range s.messages {
		x := &s.messages[i]
		at(string(x.Audience), x.Channel)[x.State]++
	}
	return m
}

// TaskView is a task as who follows the command sees it.
type TaskView struct {
	ID         string        `json:"id"`
	Responder  string        `json:"responder"`
	Role       string        `json:"role"`
	Households []string      `json:"households"`
	Helping    []string      `json:"helping"`
	State      string        `json:"state"`
	Answer     *string       `json:"answer"`
	Late       *string       `json:"late"` // an answer that came when the households had moved on
	AnsweredAt *int64        `json:"answered_at"`
	AnswerBy   *int64        `json:"answer_by"` // when the next one is asked instead; null: nothing is asked of him
	Messages   []MessageMark `json:"messages"`
	Due        *int64        `json:"due"`
}

// MessageMark is how far a task's message has come.
type MessageMark struct {
	Channel string `json:"channel"`
	State   string `json:"state"`
	At      int64  `json:"at"`
}

// Tasks lists all tasks, in the order in which they were made.
func (s *State) Tasks() []TaskView {
	list := make([]TaskView, len(s.tasks))
	for i := range s.tasks {
		list[i] = s.taskView(&s.tasks[i])
	}
	return list
}

// Task finds one by its id.
func (s *State) Task(id string) (TaskView, bool) {
	i, found := s.taskAt[id]
	if !found {
		return TaskView{}, false
	}
	return s.taskView(&s.tasks[i]), true
}

func (s *State) taskView(t *task) TaskView {
	v := TaskView{
		ID: t.id, Responder: s.members[t.who].ID, Role: t.role, State: s.taskState(t), Due: s.dueOf(t),
		Households: append([]string{}, s.ids(t.homes)...), Helping: append([]string{}, s.ids(t.helping)...), Messages: []MessageMark{},
	}
	if t.answer != "" {
		v.Answer = kept(t.answer)
	}
	if t.late != "" {
		v.Late = kept(t.late)
	}
	if t.received != 0 {
		v.AnsweredAt = kept(t.received)
	}
	for i := range t.charges {
		if c := &t.charges[i]; c.state == asked && (v.AnswerBy == nil || c.deadline < *v.AnswerBy) {
			v.AnswerBy = kept(c.deadline)
		}
	}
	for _, i := range t.letters {
		m := &s.messages[i]
		v.Messages = append(v.Messages, MessageMark{m.Channel, m.State, m.At})
	}
	return v
}

// dueOf is until when a task is to be done: the plan's budget, or for who has no
// doors the last of his role's steps.
func (s *State) dueOf(t *task) *int64 {
	t0 := s.Milestone[0]
	if t0 == 0 {
		return nil
	}
	due := t0 + s.Plan.AllOut.Milliseconds()
	if role, _ := s.Plan.Role(t.role); !role.Per.Doors() {
		last := int64(0)
		for _, step := range s.Plan.Steps {
			if step.Role == t.role {
				last = max(last, step.Due.Milliseconds())
			}
		}
		if last > 0 {
			due = t0 + last
		}
	}
	return &due
}

// TaskAnswer is the answer to an acknowledgement.
type TaskAnswer struct {
	Task       string `json:"task"`
	Answer     string `json:"answer"`
	State      string `json:"state"`
	At         int64  `json:"at"`
	ReceivedAt int64  `json:"received_at"`
	Late       bool   `json:"late"`
}

// Answered is the newest answer to a task.
func (s *State) Answered(id string) (TaskAnswer, bool) {
	i, found := s.taskAt[id]
	if !found || s.tasks[i].received == 0 {
		return TaskAnswer{}, false
	}
	t := &s.tasks[i]
	return TaskAnswer{t.id, cmp.Or(t.late, t.answer), s.taskState(t), t.at, t.received, t.late != ""}, true
}

// HouseholdView is a household of the frozen list and how it stands.
type HouseholdView struct {
	ID           string         `json:"id"`
	Area         string         `json:"area"`
	Estate       string         `json:"estate"`
	Building     string         `json:"building"`
	Unit         string         `json:"unit"`
	Floor        string         `json:"floor"`
	Room         string         `json:"room"`
	Residents    int            `json:"residents"`
	Needs        []string       `json:"needs"`
	ContactName  string         `json:"contact_name"`
	ContactPhone string         `json:"contact_phone"`
	State        string         `json:"state"`
	At           *int64         `json:"at"`
	ReceivedAt   *int64         `json:"received_at"` // when the server learned of the report that counts
	By           *string        `json:"by"`
	Contested    bool           `json:"contested"`
	Task         *string        `json:"task"`
	Helper       *string        `json:"helper"`
	Persons      map[string]int `json:"persons"` // by what became of them
	Photos       []string       `json:"photos"`  // ids, the oldest first
}

// Households lists the frozen list in walking order. What is personal is masked
// unless the eyes are those of a purpose: open says so for each household.
func (s *State) Households(open func(household string) bool) []HouseholdView {
	list := make([]HouseholdView, len(s.homes))
	for i := range s.homes {
		h := &s.homes[i]
		p := household.Household{Needs: append([]string{}, h.Needs...), ContactName: h.Name, ContactPhone: h.Phone}
		if open == nil || !open(h.ID) {
			p = p.Masked()
		}
		v := HouseholdView{
			ID: h.ID, Area: h.Area, Estate: h.Estate, Building: h.Building, Unit: h.Unit, Floor: h.Floor, Room: h.Room, Residents: h.Residents,
			Needs: p.Needs, ContactName: p.ContactName, ContactPhone: p.ContactPhone, State: h.state, Contested: h.contested,
			Task: s.idOf(h.task), Helper: s.idOf(h.helper), Persons: zeros([]string{AtAShelter, Settled, Missing}),
			Photos: append([]string{}, h.photos...),
		}
		for k, n := range h.persons {
			v.Persons[k] = n
		}
		if h.at != 0 {
			v.At, v.ReceivedAt, v.By = kept(h.at), kept(h.received), kept(h.by)
		}
		list[i] = v
	}
	return list
}

func (s *State) idOf(task int) *string {
	if task < 0 {
		return nil
	}
	return kept(s.tasks[task].id)
}

// MessageView is a message as who follows the command sees it.
type MessageView struct {
	ID       string  `json:"id"`
	To       string  `json:"to"`
	Audience string  `json:"audience"`
	Channel  string  `json:"channel"`
	Kind     Purpose `json:"kind"`
	State    string  `json:"state"`
	At       int64   `json:"at"`
	Due      int64   `json:"due"`
	Detail   string  `json:"detail"`
}

// Messages lists all messages, in the order in which they were planned.
func (s *State) Messages() []MessageView {
	list := make([]MessageView, len(s.messages))
	for i := range s.messages {
		m := &s.messages[i]
		list[i] = MessageView{m.ID, m.To, string(m.Audience), m.Channel, m.Purpose, m.State, m.At, m.Due, m.Detail}
	}
	return list
}

// UnitView is a unit as the facade draws it.
type UnitView struct {
	Unit       string         `json:"unit"`
	Households int            `json:"households"`
	Open       int            `json:"open"`
	States     map[string]int `json:"states"`
	SignedBy   *string        `json:"signed_by"`
	SignedAt   *int64         `json:"signed_at"`
	Forecast   *int64         `json:"forecast"` // when it is expected to be empty, to 5 s
	Late       bool           `json:"late"`     // it is, or will be, emptied later than the plan allows
	Cells      string         `json:"cells"`    // a letter a household, top floor first; upper case: contested
	Floors     []int          `json:"floors"`   // of the same households
}

// grain is what a unit's forecast is rounded up to, in ms.
const grain = 5000

// Units lists the units in walking order.
func (s *State) Units(now int64) []UnitView {
	ends := s.unitEnds(now)
	_, keys := s.forecast(now)
	late := make(map[string]bool, len(keys))
	for _, k := range keys {
		late[k] = true
	}
	list := make([]UnitView, len(s.units))
	for i := range s.units {
		u := &s.units[i]
		v := UnitView{Unit: u.key, Households: len(u.homes), Open: s.left(u.homes), States: zeros(HouseholdStates())}
		for _, h := range u.homes {
			v.States[s.homes[h].state]++
		}
		if u.signed.By != "" {
			v.SignedBy, v.SignedAt = kept(u.signed.By), kept(u.signed.At)
		}
		if ends != nil && v.Open > 0 {
			v.Forecast = kept((ends[i] + grain - 1) / grain * grain)
		}
		v.Late = late[u.key]
		v.Cells, v.Floors = s.cells(u), s.floors(u)
		list[i] = v
	}
	return list
}
