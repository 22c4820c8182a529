// Package fault is the one error that may cross a border: its kind, its place and its reason.
//
// Everything else that goes wrong is wrapped for the log; a fault is for a person.
package fault

import (
	"errors"
	"fmt"
	"time"
)

// Kind says whose move it is. A Kind is itself an error, so callers ask
// errors.Is(err, fault.NotFound) and never look at text.
type Kind string

// The kinds; server/api maps each to one HTTP status.
const (
	Invalid         Kind = "invalid"         // the input breaks a rule: the caller mends it
	Unauthenticated Kind = "unauthenticated" // nobody known asks
	Forbidden       Kind = "forbidden"       // known, and not allowed
	NotFound        Kind = "not_found"       // no such thing, or not for these eyes
	Gone            Kind = "gone"            // it was there, and is over
	Conflict        Kind = "conflict"        // true a moment ago: look again, then decide
	Outdated        Kind = "outdated"        // decided on an older state than the present one
	Mismatch        Kind = "mismatch"        // the same key with another content
	Required        Kind = "required"        // a precondition was not given
	TooLarge        Kind = "too_large"       // over a limit in size
	Unsupported     Kind = "unsupported"     // a form that is not taken: another one
	TooMany         Kind = "too_many"        // over a limit in number: later
	Unavailable     Kind = "unavailable"     // ours to mend: try later
)

func (k Kind) Error() string { return string(k) }

// Fault is one thing that is wrong, at one place.
type Fault struct {
	Kind   Kind
	At     string        // JSON pointer ("/plan") or file and line ("areas.csv:12")
	Reason string        // for a person: no internals, no personal data
	Code   string        // a narrower word than the kind, for clients; mostly empty
	Words  []string      // what the reason names, in its order, for clients that word it by its code
	After  time.Duration // when trying again makes sense; 0: nobody knows
}

func (f *Fault) Error() string {
	if f.At == "" {
		return f.Reason
	}
	return f.At + ": " + f.Reason
}

func (f *Fault) Unwrap() error { return f.Kind }

// New makes a fault; the reason is formatted as fmt.Sprintf does.
func New(kind Kind, at, format string, args ...any) *Fault {
	return &Fault{Kind: kind, At: at, Reason: fmt.Sprintf(format, args...)}
}

// All lists the faults that err holds, in the order in which they were joined.
func All(err error) []*Fault {
	if err == nil {
		return nil
	}
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var list []*Fault
		for _, e := range many.Unwrap() {
			list = append(list, All(e)...)
		}
		return list
	}
	if one, ok := errors.AsType[*Fault](err); ok {
		return []*Fault{one}
	}
	return nil
}
