package command

import (
	"citydeck/cockpits/access"
	"citydeck/cockpits/respond/household"
)

// Entry is what one decision adds to a command's ledger.
type Entry struct {
	Command string
	After   int64 // the number of the line before
	Events  []Event
	Until   int64 // Unix ms: until when what is personal is kept; 0: as before
}

// Key makes a press idempotent: the same user's same key is the same command.
type Key struct {
	User    string
	Key     string
	Digest  string // of the body
	Command string
}

// Press is what a launch asks for.
type Press struct {
	Who
	Key
	Plan     string
	Zone     household.Zone
	Exercise bool
	Revision string
	Line     access.Line // what the record says of the one who presses
}
