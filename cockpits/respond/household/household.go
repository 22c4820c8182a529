// Package household is who lives where, who needs help, and which households a zone holds.
//
// A Register is one state of the three lists – households, responders, shelters –
// over the district's areas. It answers what a zone comes down to (Survey); it
// never changes. Names and telephones are in it and leave it only as fields of
// what is asked for, never in an error.
package household

import (
	"cmp"
	"slices"
	"strings"

	"citydeck/cockpits/access"
)

// Household 户 is one door and who lives behind it.
type Household struct {
	ID           string   `json:"id"`
	Area         string   `json:"area"`
	Estate       string   `json:"estate"`
	Building     string   `json:"building"`
	Unit         string   `json:"unit"`
	Floor        string   `json:"floor"`
	Room         string   `json:"room"`
	Residents    int      `json:"residents"`
	Needs        []string `json:"needs"`
	ContactName  string   `json:"contact_name"`
	ContactPhone string   `json:"contact_phone"`
	Lon          float64  `json:"lon"`
	Lat          float64  `json:"lat"`
	Placed       bool     `json:"placed"` // whether Lon and Lat are given
}

// BuildingKey names the building 幢: "estate/building".
func (h *Household) BuildingKey() string { return h.Estate + "/" + h.Building }

// UnitKey names the unit 单元: "estate/building/unit".
func (h *Household) UnitKey() string { return h.Estate + "/" + h.Building + "/" + h.Unit }

// Masked is the household as it is shown to who has no purpose.
func (h Household) Masked() Household {
	h.ContactName, h.ContactPhone = access.MaskName(h.ContactName), access.MaskPhone(h.ContactPhone)
	h.Needs = access.MaskList(h.Needs)
	return h
}

// Needs lists what a person may need help for.
func Needs() []string {
	return []string{"wheelchair", "stretcher", "oxygen", "dialysis", "alone_elder", "infant", "pregnant", "blind", "deaf", "mental", "language"}
}

// Responder 责任人 is somebody who can be called.
type Responder struct {
	ID       string    `json:"id"`
	Name     string    `json:"name"`
	Roles    []string  `json:"roles"`
	Areas    []string  `json:"areas"`
	Phone    string    `json:"phone"`
	Channels []Channel `json:"channels"` // in the order of trust
	OnDuty   bool      `json:"on_duty"`
}

// Masked is the responder as he is shown to who has no purpose: by which kinds
// of channels he is reached, and not where.
func (r Responder) Masked() Responder {
	r.Name, r.Phone = access.MaskName(r.Name), access.MaskPhone(r.Phone)
	channels := make([]Channel, len(r.Channels))
	for i, c := range r.Channels {
		channels[i].Kind = c.Kind
	}
	r.Channels = channels
	return r
}

// Channel is one way to reach a responder.
type Channel struct {
	Kind    string `json:"kind"`
	Address string `json:"address"` // empty: his phone
}

// Kinds lists the kinds of channels, Addressed those that have an address of their own.
func Kinds() []string {
	return append([]string{"app", "dingtalk_robot", "sms", "voice", "webhook"}, Addressed()...)
}

// Addressed lists the kinds of channels whose address is not the phone.
func Addressed() []string { return []string{"dingtalk_work", "wecom", "feishu", "email"} }

// Address is where a kind of channel finds the responder; empty: nowhere.
func (r *Responder) Address(kind string) string {
	for _, c := range r.Channels {
		if c.Kind == kind && c.Address != "" {
			return c.Address
		}
	}
	if slices.Contains(Addressed(), kind) {
		return ""
	}
	return r.Phone
}

// Has tells whether a kind of channel is among his.
func (r *Responder) Has(kind string) bool {
	return slices.ContainsFunc(r.Channels, func(c Channel) bool { return c.Kind == kind })
}

// Shelter 安置点 is where people go.
type Shelter struct {
	ID         string  `json:"id"`
	Name       string  `json:"name"`
	Area       string  `json:"area"`
	Capacity   int     `json:"capacity"`
	Accessible bool    `json:"accessible"`
	Lon        float64 `json:"lon"`
	Lat        float64 `json:"lat"`
	Placed     bool    `json:"placed"`
}

// Walk orders households as a sweeper walks: by estate, building and unit, and
// in each from the top floor down.
func Walk(a, b *Household) int {
	return cmp.Or(Natural(a.Estate, b.Estate), Natural(a.Building, b.Building), Natural(a.Unit, b.Unit),
		cmp.Compare(b.level(), a.level()), Natural(a.Room, b.Room), cmp.Compare(a.ID, b.ID))
}

// level is the floor as a number.
func (h *Household) level() int { return Level(h.Floor) }

// Level is a floor's name as a number: B1 is -1, what is none is 0.
func Level(floor string) int {
	digits, below := strings.TrimSpace(floor), 1
	if rest, cut := strings.CutPrefix(digits, "-"); cut {
		digits, below = rest, -1
	} else if rest, cut := strings.CutPrefix(strings.ToUpper(digits), "B"); cut {
		digits, below = rest, -1
	}
	n := 0
	for _, c := range digits {
		if c < '0' || c > '9' || n > 10_000 {
			return 0
		}
		n = 10*n + int(c-'0')
	}
	return below * n
}

// Natural compares texts so that 2 comes before 10; only equal texts are equal.
func Natural(a, b string) int { return cmp.Or(natural(a, b), strings.Compare(a, b)) }

func natural(a, b string) int {
	for a != "" && b != "" {
		x, y := number(a), number(b)
		if x > 0 && y > 0 {
			p, q := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if c := cmp.Or(cmp.Compare(len(p), len(q)), strings.Compare(p, q)); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

// number is how many digits a text begins with.
func number(s string) int {
	n := 0
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}
