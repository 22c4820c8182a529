package access

import (
	"slices"
	"time"
	"unicode"
	"unicode/utf8"

	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
)

// StepUp is for how long a one-time code stands for the one who gave it.
const StepUp = 15 * time.Minute

// longestPurpose is in characters.
const longestPurpose = 200

// The codes of refusals that a door's client can do something about.
const (
	PurposeRequired = "purpose_required"
	StepUpRequired  = "step_up"
)

var (
	errSignIn  = fault.New(fault.Unauthenticated, "", "sign in first")
	errNoRight = fault.New(fault.Forbidden, "", "you have no right to this")
	errOutside = fault.New(fault.Forbidden, "", "this is outside your areas")
	errOver    = fault.New(fault.Forbidden, "", "the command is over: personal data is closed")
	errPurpose = &fault.Fault{Kind: fault.Forbidden, At: "/purpose", Code: PurposeRequired, Reason: "this is personal: say for which purpose you need it"}
	errStepUp  = &fault.Fault{Kind: fault.Unauthenticated, Code: StepUpRequired, Reason: "give a fresh one-time code first"}
)

// Policy holds the rules over one district's areas. It never changes.
type Policy struct {
	areas *area.Tree
	demo  bool
}

// NewPolicy makes the rules of a district. In a demo nobody is asked for codes.
func NewPolicy(areas *area.Tree, demo bool) *Policy { return &Policy{areas: areas, demo: demo} }

// Decision is the answer to one question.
type Decision struct {
	Fault  *fault.Fault // why not; nil: allowed
	Line   Line         // what the record says of it
	Record bool         // whether it belongs on record, before the deed
}

// Allowed tells whether the answer is yes.
func (d Decision) Allowed() bool { return d.Fault == nil }

// Decide answers one question, and says what the record must hold of it. A
// stranger's refusals stay off the record, so that he can't fill the disk.
func (p *Policy) Decide(a Actor, q Ask, now time.Time) Decision {
	action := p.needs(q)
	role, why := p.judge(a, q, action, now)
	d := Decision{Fault: why, Line: Line{
		At: now.UnixMilli(), Actor: a.ID(), Role: string(role), Action: string(action), Object: q.Object,
		Area: p.areaOf(q), Purpose: q.Purpose, Address: a.Address, Result: Allowed,
	}}
	if why != nil {
		d.Line.Role, d.Line.Result = a.roles(), Refused
		d.Record = why.Kind == fault.Forbidden && a.Kind != Nobody
		return d
	}
	d.Record = q.Deed || action == Unmask
	return d
}

// judge finds the role that allows, or why none does.
func (p *Policy) judge(a Actor, q Ask, action Action, now time.Time) (Role, *fault.Fault) {
	switch {
	case action == See && q.Level == Open: // nobody sees less for having signed in
		return Viewer, nil
	case a.Kind == Nobody:
		return "", errSignIn
	case a.Kind == System:
		return Role(System), nil
	}
	if action == Feed {
		return p.feed(a, q)
	}
	if p.mine(a, q, action) {
		if action == Unmask && q.Over {
			return "", errOver
		}
		return Responder, nil
	}
	role, why := p.granted(a, q, action)
	switch {
	case why != nil:
		return "", why
	case action == Unmask && q.Over:
		return "", errOver
	case action == Unmask && !Purposeful(q.Purpose):
		return "", errPurpose
	case q.Recent && !p.demo && now.UnixMilli()-a.CodeAt > StepUp.Milliseconds():
		return "", errStepUp
	}
	return role, nil
}

// granted looks for a grant whose role has the right and whose area holds
// everything that is asked about.
func (p *Policy) granted(a Actor, q Ask, action Action) (Role, *fault.Fault) {
	roles, outside := holders[action], false
	for _, g := range a.Grants {
		if !slices.Contains(roles, g.Role) || a.Command != "" && a.Command != q.Command {
			continue
		}
		top, known := p.areas.Lookup(g.Area)
		if known && p.holds(top, q.Areas) {
			return g.Role, nil
		}
		outside = true
	}
	if outside {
		return "", errOutside
	}
	return "", errNoRight
}

func (p *Policy) holds(top area.Index, areas []area.Index) bool {
	return !slices.ContainsFunc(areas, func(i area.Index) bool { return !p.areas.Within(top, i) })
}

// mine tells whether a responder asks about a command that called him: anybody
// of it may answer, and see the masked; his own task alone is opened to him.
func (p *Policy) mine(a Actor, q Ask, action Action) bool {
	if a.Responder == "" || !q.Called || !slices.Contains(own, action) {
		return false
	}
	if a.Command != "" && a.Command != q.Command {
		return false
	}
	return action == Answer && q.Task == "" || q.Task == a.Responder
}

// feed lets a source report its measures in its areas, and anybody anything
// where nobody needs to sign in.
func (p *Policy) feed(a Actor, q Ask) (Role, *fault.Fault) {
	switch {
	case a.Kind == Anyone:
		return Viewer, nil
	case a.Kind != Source:
		return "", errNoRight
	case q.Measure != "" && len(a.Measures) > 0 && !slices.Contains(a.Measures, q.Measure):
		return "", fault.New(fault.Forbidden, "", "this source may not report that measure")
	case len(a.Areas) == 0:
		return Role(Source), nil
	}
	for _, i := range q.Areas {
		inside := slices.ContainsFunc(a.Areas, func(id string) bool {
			top, known := p.areas.Lookup(id)
			return known && p.areas.Within(top, i)
		})
		if !inside {
			return "", fault.New(fault.Forbidden, "", "this source may not report on that area")
		}
	}
	return Role(Source), nil
}

// areaOf is the area that the record names: the lowest that holds all.
func (p *Policy) areaOf(q Ask) string {
	if len(q.Areas) == 0 {
		return ""
	}
	at := q.Areas[0]
	for !p.holds(at, q.Areas) {
		at = p.areas.Parent(at)
	}
	return p.areas.At(at).ID
}

// Purposeful tells whether a purpose was stated in words that a record can hold.
func Purposeful(s string) bool {
	n, letters := 0, 0
	for _, r := range s {
		n++
		switch {
		case !unicode.IsPrint(r):
			return false
		case unicode.IsLetter(r), unicode.IsDigit(r):
			letters++
		}
	}
	return utf8.ValidString(s) && letters > 0 && n <= longestPurpose
}
