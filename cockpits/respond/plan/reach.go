package plan

import (
	"math"
	"time"
)

// How long things take where nobody has measured them: proposals, from the
// 68 seconds that each of nine doors has in ten minutes.
const (
	Answer = 20 * time.Second // until a person who is awake says yes
	Arrive = 90 * time.Second // from his place to the first door
	Door   = 30 * time.Second // a household, the stairs to it included
	Assist = 30 * time.Second // more, where somebody needs help
)

// Rate is how fast a channel can speak. The zero Rate is not configured: its messages fail.
type Rate struct {
	PerSecond float64 `json:"per_second"` // 0: no limit
	Merge     bool    `json:"merge"`      // what is due together goes out as one
	Ready     bool    `json:"ready"`      // configured
}

// Gap is the time between two messages, 0 where there is no limit.
func (r Rate) Gap() time.Duration {
	if !r.Ready || r.PerSecond <= 0 || r.Merge {
		return 0
	}
	return time.Duration(float64(time.Second) / r.PerSecond)
}

// Reach 可达性 is what a plan's numbers come down to, wherever it is pressed.
type Reach struct {
	LastRung        float64            `json:"last_rung_s"`        // when a responder's last channel speaks
	LastDeputy      float64            `json:"last_deputy_s"`      // when the last deputy is called
	Doors           int                `json:"doors"`              // that one responder reaches within the budget
	PerResponder    int                `json:"per_responder"`      // that he is meant to get
	LastDoor        float64            `json:"last_door_s"`        // when he reaches the last of these
	Over            bool               `json:"over"`               // later than the budget
	HouseholdsIn60s map[string]float64 `json:"households_in_60_s"` // by channel to residents, what its limit lets through
	NotConfigured   []string           `json:"not_configured"`
	SMSParts        map[string]int     `json:"sms_parts"` // by template, of its Chinese text as it stands
}

// Reached is the plan's arithmetic with the channels as they are.
func (p *Plan) Reached(rates map[string]Rate) Reach {
	r := Reach{PerResponder: p.PerResponder, HouseholdsIn60s: map[string]float64{}, NotConfigured: []string{}, SMSParts: map[string]int{}}
	for _, c := range p.Channels {
		rate := rates[c.Kind]
		if !rate.Ready {
			r.NotConfigured = appendOnce(r.NotConfigured, c.Kind)
		}
		if c.Audience == Responders {
			r.LastRung = math.Max(r.LastRung, c.After.Seconds())
			continue
		}
		if gap := rate.Gap(); gap > 0 {
			r.HouseholdsIn60s[c.Kind] = math.Floor(float64(time.Minute) / float64(gap))
		}
	}
	for _, role := range p.Roles {
		r.LastDeputy = math.Max(r.LastDeputy, float64(role.Deputies)*p.AcknowledgeWithin.Seconds())
	}
	before := Answer + Arrive
	r.Doors = max(int((time.Duration(p.AllOut)-before)/Door), 0)
	r.LastDoor = (before + time.Duration(p.PerResponder)*Door).Seconds()
	r.Over = r.LastDoor > p.AllOut.Seconds()
	for _, name := range []string{"task", "alert", "stand_down", "correction"} {
		if t := p.Template.Of(name); t.Zh != "" {
			r.SMSParts[name] = SMSParts(t.Zh)
		}
	}
	return r
}

func appendOnce(list []string, s string) []string {
	for _, x := range list {
		if x == s {
			return list
		}
	}
	return append(list, s)
}
