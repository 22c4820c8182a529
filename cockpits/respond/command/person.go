package command

import (
	"cmp"
	"slices"
	"strconv"

	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

type channelOf = household.Channel

// address is where a kind of channel finds a person; empty: nowhere.
func (c *contact) address(kind string) string {
	r := household.Responder{Phone: c.Phone, Channels: c.Channels}
	return r.Address(kind)
}

// Recipient is where a message goes and what it says. It is personal.
type Recipient struct {
	ID      string
	Name    string
	Phone   string
	Address string // for the message's channel; empty: there is none
	Zh, En  string // the text in both languages; En may be empty
}

// Recipient finds who a message is for, and fills its text in. The link is the
// responder's own. An exercise has no address at all, whoever asks.
func (s *State) Recipient(id, link string) (Recipient, bool) {
	i, found := s.letterAt[id]
	if !found {
		return Recipient{}, false
	}
	m := &s.messages[i]
	r := Recipient{ID: m.To}
	f := plan.Fields{Plan: s.Plan.Name, Link: link, Exercise: s.Exercise}
	if h, found := s.homeAt[m.To]; found && m.Audience == plan.Inhabitants {
		x := &s.homes[h]
		r.Name, r.Phone, r.Address = x.Name, x.Phone, x.Phone
		f.Name, f.Estate, f.Building, f.Unit, f.Households = x.Name, x.Estate, x.Building, x.Unit, "1"
	} else if c, found := s.memberAt[m.To]; found {
		x := &s.members[c]
		r.Name, r.Phone, r.Address = x.Name, x.Phone, x.address(m.Channel)
		f.Name = x.Name
		s.whereTo(&f, m)
	}
	if s.Exercise {
		r.Phone, r.Address = "", ""
	}
	text := s.Plan.Template.Of(string(m.Purpose))
	if m.Text != "" {
		text = plan.Text{Zh: m.Text, En: m.Text}
	}
	if text.Zh == "" { // a plan that doesn't speak to residents has no text for the end
		text = plan.Text{Zh: "{drill}{plan}：任务结束。", En: "{drill}{plan}: the task is over."}
	}
	r.Zh = plan.Render(text.Zh, f, false)
	if text.En != "" {
		f.Plan = s.Plan.NameEn
		r.En = plan.Render(text.En, f, true)
	}
	return r, true
}

// whereTo says where a responder's task is: its first unit, and how many doors.
func (s *State) whereTo(f *plan.Fields, m *Message) {
	t, found := s.taskAt[m.Task]
	if !found {
		f.Households = "0"
		return
	}
	homes := s.tasks[t].homes
	if m.Batch < len(s.tasks[t].charges) {
		homes = s.tasks[t].charges[m.Batch].homes
	}
	f.Households = strconv.Itoa(len(homes))
	var buildings, units []string
	for _, i := range homes {
		h := &s.homes[i]
		if f.Estate == "" {
			f.Estate = h.Estate
		}
		if !slices.Contains(buildings, h.Building) {
			buildings = append(buildings, h.Building)
		}
		if !slices.Contains(units, h.Unit) {
			units = append(units, h.Unit)
		}
	}
	f.Building, f.Unit = short(buildings), short(units)
}

// short names at most three things.
func short(list []string) string {
	out := ""
	for i, s := range list {
		switch {
		case i == 3:
			return out + "…"
		case i > 0:
			out += "、"
		}
		out += s
	}
	return out
}

// Public is a template as everybody may hear it, for a place instead of a household.
func (s *State) Public(template, place, placeEn string) plan.Text {
	t := s.Plan.Template.Of(template)
	f := plan.Fields{Plan: s.Plan.Name, Estate: place, Building: "各", Unit: "各", Exercise: s.Exercise}
	out := plan.Text{}
	if t.Zh != "" {
		out.Zh = plan.Render(t.Zh, f, false)
	}
	if t.En != "" {
		f.Plan, f.Estate, f.Building, f.Unit = s.Plan.NameEn, placeEn, "(all)", "(all)"
		out.En = plan.Render(t.En, f, true)
	}
	return out
}

// Telling is one thing that a responder was told, whatever the channels were.
type Telling struct {
	ID     string  `json:"id"` // of the first message that said it
	Kind   Purpose `json:"kind"`
	State  string  `json:"state"` // the furthest that a message which said it has come
	At     int64   `json:"at"`    // when it was said, Unix ms
	Text   string  `json:"text"`
	TextEn string  `json:"text_en"`
}

// Told lists what a responder was told, the newest last. It is personal.
func (s *State) Told(responder string) []Telling {
	type same struct {
		kind  Purpose
		batch int
		text  string
	}
	list, at := []Telling{}, map[same]int{}
	for _, i := range s.lettersTo[responder] {
		m := &s.messages[i]
		if m.Audience != plan.Responders || m.State == Queued || m.State == Cancelled {
			continue
		}
		k := same{m.Purpose, m.Batch, m.Text}
		if n, known := at[k]; known {
			if rank(m.State) > rank(list[n].State) {
				list[n].State = m.State
			}
			continue
		}
		to, _ := s.Recipient(m.ID, "")
		at[k] = len(list)
		list = append(list, Telling{m.ID, m.Purpose, m.State, m.At, to.Zh, to.En})
	}
	slices.SortStableFunc(list, func(a, b Telling) int { return cmp.Compare(a.At, b.At) })
	return list
}
