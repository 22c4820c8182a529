package command

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/plan"
)

func (p Pause) decide(d *step) error {
	return d.verb(Event{Kind: Paused, By: p.By, Reason: p.Reason}, "pause", Running)
}

func (r Resume) decide(d *step) error {
	return d.verb(Event{Kind: Resumed, By: r.By, Reason: r.Reason}, "go on", Held)
}

func (j Join) decide(d *step) error {
	if slices.Contains(d.s.With, j.By) || j.By == d.s.StartedBy {
		return nil
	}
	if err := d.must("be joined", Waiting, Running, Held); err != nil {
		return err
	}
	d.add(Event{Kind: Joined, By: j.By, Reason: j.Reason})
	return nil
}

func (h HandOver) decide(d *step) error {
	if h.To == "" {
		return fault.New(fault.Invalid, "/to", "to whom is missing")
	}
	return d.verb(Event{Kind: HandedOver, By: h.By, Reason: h.Reason, To: h.To}, "be handed over", Running, Held, Down)
}

func (r Return) decide(d *step) error {
	if d.s.Milestone[10] != 0 {
		return fault.New(fault.Conflict, "", "people have returned already")
	}
	if err := d.verb(Event{Kind: Returned, By: r.By, Reason: r.Reason}, "return", Down); err != nil {
		return err
	}
	d.add(Event{Kind: Reached, By: system, Milestone: name(10)})
	return nil
}

func (c Close) decide(d *step) error {
	return d.verb(Event{Kind: Closed, By: c.By, Reason: c.Reason}, "be closed", Down)
}

// verb adds an event that needs a reason and a phase.
func (d *step) verb(e Event, what string, phases ...Phase) error {
	if err := because(e.Reason); err != nil {
		return err
	}
	if err := d.must(what, phases...); err != nil {
		return err
	}
	d.add(e)
	return nil
}

func (x StandDown) decide(d *step) error {
	purpose := ForStandDown
	if x.Correction {
		purpose = ForCorrection
	}
	e := Event{Kind: StoodDown, By: x.By, Reason: x.Reason}.with(body{Messages: d.recall(purpose, "", ""), Recall: purpose})
	if err := d.verb(e, "stand down", Waiting, Running, Held); err != nil {
		return err
	}
	d.add(Event{Kind: Reached, By: system, Milestone: name(9)})
	return nil
}

// recall plans a message to exactly those who were reached, by the channel that
// reached them. An empty audience is both.
func (d *step) recall(p Purpose, to plan.Audience, text string) []Message {
	type reach struct{ to, channel string }
	seen := map[reach]bool{}
	var list []Message
	for _, audience := range []plan.Audience{plan.Responders, plan.Inhabitants} {
		for i := range d.s.messages {
			m := &d.s.messages[i]
			k := reach{m.To, m.Channel}
			if m.Audience != audience || to != "" && to != audience || rank(m.State) < rank(string(Sent)) || seen[k] {
				continue
			}
			seen[k] = true
			list = append(list, d.box.put(Message{To: m.To, Audience: audience, Channel: m.Channel, Purpose: p, Task: m.Task, Text: text}, d.now))
		}
	}
	return list
}

// overtaken plans what who hears a message after all must be told: it was on its
// way when everybody who had been reached was told otherwise.
func (d *step) overtaken(m *Message) []Message {
	last, said := d.s.recalled[m.Audience]
	told := func(i int) bool {
		x := &d.s.messages[i]
		return x.Channel == m.Channel && x.Purpose == last.purpose && x.Text == last.text
	}
	if !said || m.State != Cancelled || slices.ContainsFunc(d.s.lettersTo[m.To], told) {
		return nil
	}
	return []Message{d.box.put(Message{To: m.To, Audience: m.Audience, Channel: m.Channel, Purpose: last.purpose, Task: m.Task, Text: last.text}, d.now)}
}

func (b Broadcast) decide(d *step) error {
	switch {
	case b.Audience != plan.Responders && b.Audience != plan.Inhabitants:
		return fault.New(fault.Invalid, "/audience", "the audience is responders or residents")
	case strings.TrimSpace(b.Text) == "" && !b.Correction:
		return fault.New(fault.Invalid, "/text", "the text is missing")
	case len(b.Text) > longestNote:
		return fault.New(fault.Invalid, "/text", "the text is longer than %d bytes", longestNote)
	}
	if why := plan.TemplateFault(strings.NewReplacer("{", "", "}", "").Replace(b.Text)); b.Text != "" && why != "" {
		return fault.New(fault.Invalid, "/text", "the text %s", why)
	}
	said := body{Text: b.Text}
	if b.Correction {
		said.Messages, said.Recall = d.recall(ForCorrection, b.Audience, b.Text), ForCorrection
	} else {
		said.Messages = d.everybody(b)
	}
	e := Event{Kind: Broadcasts, By: b.By, Reason: b.Reason, Audience: string(b.Audience)}.with(said)
	return d.verb(e, "broadcast", Running, Held)
}

// everybody plans a broadcast: to each by the first channel of his ladder that
// is configured.
func (d *step) everybody(b Broadcast) []Message {
	s := d.s
	first := func(ladder []plan.Channel) string {
		for _, r := range ladder {
			if s.rates[r.Kind].Ready {
				return r.Kind
			}
		}
		if len(ladder) > 0 {
			return ladder[0].Kind
		}
		return ""
	}
	var list []Message
	put := func(to, channel, task string) {
		if channel != "" {
			list = append(list, d.box.put(Message{To: to, Audience: b.Audience, Channel: channel, Purpose: ForBroadcast, Task: task, Text: b.Text}, d.now))
		}
	}
	if b.Audience == plan.Responders {
		for i := range s.tasks {
			m := &s.members[s.tasks[i].who]
			put(m.ID, first(rungs(&s.Plan, &m.contact)), s.tasks[i].id)
		}
		return list
	}
	channel := first(s.Plan.Ladder(plan.Inhabitants))
	for i := range s.homes {
		put(s.homes[i].ID, channel, "")
	}
	return list
}

func (r Reassign) decide(d *step) error {
	if err := because(r.Reason); err != nil {
		return err
	}
	if err := d.must("reassign", Running, Held); err != nil {
		return err
	}
	homes, role, err := r.what(d.s)
	if err != nil {
		return err
	}
	e := Event{Kind: Reassigned, By: r.By, Reason: r.Reason, Task: r.Task, Households: d.s.ids(homes), To: r.To}
	who, known := d.s.memberAt[r.To]
	switch {
	case known:
	case r.Extra == nil || r.Extra.ID != r.To:
		return fault.New(fault.NotFound, "/to", "no such responder")
	default:
		c := newCandidate(r.Extra)
		e = e.with(body{Members: []member{c.member}}).sealing(private{Salt: r.Salt, People: map[string]contact{c.ID: c.contact}})
		d.extend(c)
		who = len(d.s.members) - 1
	}
	if own := slices.DeleteFunc(slices.Clone(homes), func(i int) bool { return d.s.taskIs(i, who) }); len(own) == 0 && len(homes) > 0 {
		return nil // they are his already
	}
	d.add(e)
	relay := d.relay()
	if known && d.s.members[who].task < 0 || !known {
		role = d.s.roleOf(who, role)
	}
	relay.give(gift{who: who, role: role, homes: homes})
	return nil
}

// extend is the step's own view of the state with one more on its roster.
func (d *step) extend(c candidate) {
	more := *d.s
	more.members = append(slices.Clip(slices.Clone(d.s.members)), c)
	d.s = &more
}

// what says which households are given away, and in which role.
func (r Reassign) what(s *State) (homes []int, role string, err error) {
	switch {
	case (r.Task == "") == (len(r.Households) == 0):
		return nil, "", fault.New(fault.Invalid, "", "either households or a task is given to another")
	case r.To == "":
		return nil, "", fault.New(fault.Invalid, "/to", "to whom is missing")
	case r.Task != "":
		t, found := s.taskAt[r.Task]
		if !found {
			return nil, "", fault.New(fault.NotFound, "/task", "no such task")
		}
		return slices.Clone(s.tasks[t].homes), s.tasks[t].role, nil
	}
	for i, id := range r.Households {
		h, found := s.homeAt[id]
		if !found {
			return nil, "", fault.New(fault.NotFound, "/households/"+strconv.Itoa(i), "no such household in this command")
		}
		if t := s.homes[h].task; t >= 0 && role == "" {
			role = s.tasks[t].role
		}
		homes = append(homes, h)
	}
	slices.Sort(homes)
	return slices.Compact(homes), role, nil
}

// roleOf is the role in which somebody new is called: the one asked for where it
// is his, else one of his that has doors, else the one asked for.
func (s *State) roleOf(who int, role string) string {
	m := &s.members[who]
	if role != "" && m.has(role) {
		return role
	}
	for _, r := range s.Plan.Roles {
		if m.has(r.ID) && r.Per.Doors() {
			return r.ID
		}
	}
	return cmp.Or(role, s.Plan.Roles[0].ID)
}
