package command

import (
	"math"

	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

// Preview 预览 is what a press would do, seen before it: the blast radius.
type Preview struct {
	Households    int                       `json:"households"`
	Residents     int                       `json:"residents"`
	Needs         map[string]int            `json:"needs"`
	Responders    int                       `json:"responders"` // called
	Candidates    int                       `json:"candidates"` // on duty, with a role, near enough
	Units         int                       `json:"units"`
	Buildings     int                       `json:"buildings"`
	Uncovered     []string                  `json:"uncovered"`
	Unmanned      []string                  `json:"unmanned"`
	Unassigned    int                       `json:"unassigned"`
	Messages      map[string]map[string]int `json:"messages"` // by audience and channel
	NotConfigured []string                  `json:"not_configured"`
	LastMessage   *float64                  `json:"last_message_s"`
	LastDoor      *float64                  `json:"last_door_s"`
	Budget        float64                   `json:"all_out_s"`
	Over          bool                      `json:"over"` // the last door is reached after the budget, or none is
	Shelters      []Room                    `json:"shelters"`
	Area          string                    `json:"area"`
	Exercise      bool                      `json:"exercise"`
	Revision      string                    `json:"revision"`
}

// Room is a shelter and for how many it has room.
type Room struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	Room       int     `json:"room"`
	Accessible bool    `json:"accessible"`
	Lon        float64 `json:"lon"`
	Lat        float64 `json:"lat"`
	Placed     bool    `json:"placed"`
}

// Look says what a press would do. Inside is how many persons are in each shelter now.
func Look(p *plan.Plan, s *household.Survey, rates map[string]plan.Rate, inside map[string]int) Preview {
	g := freeze(p, s)
	posts := muster(g)
	v := Preview{
		Households: len(s.Homes), Units: len(s.Units), Needs: map[string]int{}, Responders: len(posts), Candidates: len(g.people),
		Messages: map[string]map[string]int{}, NotConfigured: []string{}, Shelters: []Room{}, Budget: p.AllOut.Seconds(),
		Area: s.Area, Revision: Revision(p, s),
	}
	for i := range s.Homes {
		h := &s.Homes[i]
		v.Residents += h.Residents
		for _, n := range h.Needs {
			v.Needs[n]++
		}
		if g.homes[i].task < 0 {
			v.Unassigned++
		}
	}
	for i := range s.Units {
		if i == 0 || s.Units[i].Building != s.Units[i-1].Building {
			v.Buildings++
		}
	}
	v.Uncovered, v.Unmanned = uncovered(s)
	v.counted(g, posts, rates)
	if at := lastDoor(posts); !math.IsNaN(at) {
		v.LastDoor = &at
		v.Over = at > v.Budget
	} else {
		v.Over = true
	}
	for _, shelter := range s.Shelters {
		v.Shelters = append(v.Shelters, Room{
			ID: shelter.ID, Name: shelter.Name, Room: max(shelter.Capacity-inside[shelter.ID], 0), Accessible: shelter.Accessible,
			Lon: shelter.Lon, Lat: shelter.Lat, Placed: shelter.Placed,
		})
	}
	return v
}

// counted says what would be sent, and when the last of it leaves.
func (v *Preview) counted(g *ground, posts []post, rates map[string]plan.Rate) {
	for _, c := range g.plan.Channels {
		to := string(c.Audience)
		if v.Messages[to] == nil {
			v.Messages[to] = map[string]int{}
		}
		v.Messages[to][c.Kind] = 0
		if !rates[c.Kind].Ready {
			v.NotConfigured = append(v.NotConfigured, c.Kind)
		}
	}
	o := newOutbox(nil, rates)
	var all []Message
	for i := range posts {
		all = append(all, o.toResponder(g.plan, &g.people[posts[i].who], "", 0, 0)...)
	}
	from := int64(0)
	if g.plan.SecondPerson == plan.Residents {
		from = plan.Second.Milliseconds() // at the latest
	}
	ids := make([]string, len(g.homes))
	for i := range g.homes {
		ids[i] = g.homes[i].ID
	}
	all = append(all, o.toResidents(g.plan, ids, from)...)
	for i := range all {
		v.Messages[string(all[i].Audience)][all[i].Channel]++
	}
	last := int64(-1)
	for _, at := range o.last {
		last = max(last, at)
	}
	if last >= 0 {
		s := float64(last) / 1000
		v.LastMessage = &s
	}
}
