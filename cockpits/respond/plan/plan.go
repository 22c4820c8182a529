// Package plan is a prepared plan: trigger, roles, steps, channels, templates, deadlines and closing conditions.
//
// A Plan is what a district has thought through while there was time. It knows
// neither who is on duty nor who lives where; what its numbers come down to is
// said by Reach, in the plan's page and again before the press.
package plan

import "time"

// Plan 预案 is one checked file of plans/.
type Plan struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	NameEn  string `json:"name_en"`
	Version int    `json:"version"`

	Event     string   `json:"event"` // the words of CAP 1.2
	Category  []string `json:"category"`
	Urgency   string   `json:"urgency"`
	Severity  string   `json:"severity"`
	Certainty string   `json:"certainty"`
	Response  []string `json:"response"`
	Hazard    string   `json:"hazard"` // class of GB/T 35561, may be empty
	Level     string   `json:"level"`  // I, II, III, IV: who commands; may be empty

	AllOut            Span         `json:"all_out"` // from T0 to T6
	AcknowledgeWithin Span         `json:"acknowledge_within"`
	SecondPerson      SecondPerson `json:"second_person"`
	Retention         Span         `json:"retention"`
	PerResponder      int          `json:"households_per_responder"`

	Zones    []Zone    `json:"zones"`
	Roles    []Role    `json:"roles"`
	Channels []Channel `json:"channels"`
	Steps    []Step    `json:"steps"`
	Closing  []string  `json:"closing"` // what must hold before the command is closed
	Template Templates `json:"template"`
}

// The defaults of a plan's keys.
const (
	DefaultAcknowledge  = 60 * time.Second
	DefaultRetention    = 30 * 24 * time.Hour
	DefaultPerResponder = 12
	DefaultDeputies     = 2
)

// SecondPerson says what a second person must agree to.
type SecondPerson string

// Who must agree.
const (
	None      SecondPerson = "none"
	Residents SecondPerson = "residents" // residents' messages wait at most Second for him; silence sends
	All       SecondPerson = "all"       // nothing begins before he agrees; silence lapses
)

// Second is for how long a second person is waited for.
const Second = 60 * time.Second

// Zone 预设区域 is a prepared zone that an alert on an area can propose: areas, or a polygon.
type Zone struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	NameEn  string       `json:"name_en"`
	Areas   []string     `json:"areas,omitempty"`
	Polygon [][2]float64 `json:"polygon,omitempty"` // lon, lat
}

// Per says what a role's count is for.
type Per string

// What a role is counted by.
const (
	Unit     Per = "unit"
	Building Per = "building"
	Whole    Per = "zone"
	Command  Per = "command"
)

// Doors tells whether people of such a role have households of their own.
func (p Per) Doors() bool { return p == Unit || p == Building }

// Role 角色 is what a responder can be in a plan.
type Role struct {
	ID       string `json:"id"`
	Name     string `json:"name"`
	NameEn   string `json:"name_en"`
	Per      Per    `json:"per"`
	Count    int    `json:"count"`
	Deputies int    `json:"deputies"`
}

// Audience says to whom a channel speaks.
type Audience string

// The audiences.
const (
	Responders  Audience = "responders"
	Inhabitants Audience = "residents" // one message a household
)

// Channel 通道 is one rung of an audience's ladder: After of no acknowledgement.
type Channel struct {
	Audience Audience `json:"audience"`
	Kind     string   `json:"kind"`
	After    Span     `json:"after"`
}

// Step 步骤 is something that has to be done, by whom, and until when after T0.
type Step struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	NameEn string `json:"name_en"`
	Role   string `json:"role"`
	Due    Span   `json:"due"`
}

// Role finds a role by its id.
func (p *Plan) Role(id string) (Role, bool) {
	for _, r := range p.Roles {
		if r.ID == id {
			return r, true
		}
	}
	return Role{}, false
}

// Ladder lists the channels of an audience, in the file's order.
func (p *Plan) Ladder(to Audience) []Channel {
	var list []Channel
	for _, c := range p.Channels {
		if c.Audience == to {
			list = append(list, c)
		}
	}
	return list
}

// Span is a duration whose JSON is Go's text ("10m0s").
type Span time.Duration

// MarshalText writes Go's form of a duration.
func (s Span) MarshalText() ([]byte, error) { return []byte(time.Duration(s).String()), nil }

// UnmarshalText reads Go's form of a duration.
func (s *Span) UnmarshalText(text []byte) error {
	d, err := time.ParseDuration(string(text))
	*s = Span(d)
	return err
}

// Milliseconds is the duration in ms.
func (s Span) Milliseconds() int64 { return time.Duration(s).Milliseconds() }

// Seconds is the duration in s.
func (s Span) Seconds() float64 { return time.Duration(s).Seconds() }

// RoleIDs lists the ids of the roles.
func (p *Plan) RoleIDs() []string {
	list := make([]string, len(p.Roles))
	for i, r := range p.Roles {
		list[i] = r.ID
	}
	return list
}
