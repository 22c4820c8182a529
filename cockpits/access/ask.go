package access

import (
	"slices"

	"citydeck/cockpits/area"
)

// Action is a right of contracts §7.
type Action string

// The rights.
const (
	See     Action = "see"     // cockpits, areas, indicators, values, plans, commands
	Command Action = "command" // preview, launch, confirm, every verb
	Follow  Action = "follow"  // tasks, households (masked), ledger, report of a command
	Answer  Action = "answer"  // acknowledge, report, sign, check in
	Unmask  Action = "unmask"  // what is personal
	Feed    Action = "feed"    // readings in
	Operate Action = "operate" // sources, screens
	Audit   Action = "audit"   // the record
	Appoint Action = "appoint" // users and their roles
	Equip   Action = "equip"   // tokens, screens, plans, settings
)

// Actions lists all rights.
func Actions() []Action {
	return []Action{See, Command, Follow, Answer, Unmask, Feed, Operate, Audit, Appoint, Equip}
}

// holders says which roles have a right in their areas. What stands nowhere is
// nobody's; a responder's rights in his own command are in own.
var holders = map[Action][]Role{
	See:     {Viewer, StreetLeader, Commander, Operator, Auditor, Security, Admin},
	Command: {Commander},
	Follow:  {Commander, StreetLeader, Auditor},
	Answer:  {Commander},
	Unmask:  {Commander, StreetLeader},
	Operate: {Operator, Admin},
	Audit:   {Auditor},
	Appoint: {Security},
	Equip:   {Admin},
}

// own are the rights that a responder has in a command that called him.
var own = []Action{Follow, Answer, Unmask}

// Sensitivity says how far something may be seen; the words are the district's.
type Sensitivity string

// The sensitivities. What says nothing is internal.
const (
	Open              Sensitivity = "public"
	Internal          Sensitivity = "internal"
	Personal          Sensitivity = "personal"
	SensitivePersonal Sensitivity = "sensitive_personal"
)

// Personal tells whether only aggregates may be seen without a purpose.
func (s Sensitivity) Personal() bool { return s == Personal || s == SensitivePersonal }

// Ask is one question at a door.
type Ask struct {
	Action  Action
	Object  string       // what is asked for, as the record names it: "cockpit:xiacheng"
	Areas   []area.Index // where; several: one grant must hold them all; none: anywhere will do
	Level   Sensitivity  // of what is to be seen
	Total   bool         // with a personal level: an aggregate of an area, not a record or a point
	Purpose string       // of a look at what is personal
	Deed    bool         // it changes something, so that it is on record also when allowed
	Measure string       // of a reading that is fed
	Command string       // id of the command that it is about
	Task    string       // the responder whose task it is about; empty: the command's at large
	Called  bool         // the command has called the actor's responder
	Over    bool         // the command has stood down: nothing personal any more
	Recent  bool         // a one-time code must have been given within the last 15 min
}

// needs is the right that a question comes down to: a personal figure further
// down than the root's children, or of a point, is no longer mere seeing.
func (p *Policy) needs(q Ask) Action {
	if q.Action != See || !q.Level.Personal() {
		return q.Action
	}
	if q.Total && !slices.ContainsFunc(q.Areas, func(i area.Index) bool { return p.areas.Depth(i) > 1 }) {
		return See
	}
	return Unmask
}
