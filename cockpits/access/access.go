// Package access is who may see or do what, where, for which purpose, and the
// audit line that each decision leaves.
//
// There is one question, Ask, and one answer, Policy.Decide. Whatever no rule
// allows is refused. A refusal that deserves a name – not known, not allowed, a
// purpose is missing, a code is due – is a fault that the doors pass on. The
// package knows neither passwords nor cookies: who somebody is was proved
// before, and stands in Actor.
package access

import (
	"context"
	"slices"
	"strings"
)

// Role 角色 is what somebody is in an area and everywhere below it.
type Role string

// The roles of contracts §7.
const (
	Viewer       Role = "viewer"
	StreetLeader Role = "street_leader"
	Commander    Role = "commander"
	Responder    Role = "responder"
	Operator     Role = "operator"
	Auditor      Role = "auditor"
	Security     Role = "security"
	Admin        Role = "admin"
)

// Roles lists all roles.
func Roles() []Role {
	return []Role{Viewer, StreetLeader, Commander, Responder, Operator, Auditor, Security, Admin}
}

// Known tells whether a word is a role.
func (r Role) Known() bool { return slices.Contains(Roles(), r) }

// separate are the three administrators 三员 that nobody is two of.
var separate = []Role{Admin, Security, Auditor}

// Grant binds a role to an area and its subtree.
type Grant struct {
	Role Role   `json:"role"`
	Area string `json:"area"`
}

// Separated tells whether grants leave the three administrators to three people.
func Separated(grants []Grant) bool {
	var held []Role
	for _, g := range grants {
		if slices.Contains(separate, g.Role) && !slices.Contains(held, g.Role) {
			held = append(held, g.Role)
		}
	}
	return len(held) <= 1
}

// TwoFactor tells whether grants ask for a one-time code at sign-in.
func TwoFactor(grants []Grant) bool {
	return slices.ContainsFunc(grants, func(g Grant) bool {
		return g.Role == Commander || g.Role == Admin || g.Role == Auditor
	})
}

// Kind says what sort of actor asks.
type Kind string

// The kinds of actors. The zero kind is nobody: no credentials, or wrong ones.
const (
	Nobody Kind = ""
	Anyone Kind = "anonymous" // no credentials, where auth.anonymous lets everybody look
	User   Kind = "user"
	Source Kind = "source" // a system that sends readings
	Screen Kind = "screen" // a paired wall
	System Kind = "system" // the program itself, or who runs it on its machine
)

// Actor is who asks. Its fields are proved before it is made.
type Actor struct {
	Kind      Kind
	Name      string   // a user's name, a source's or screen's id; empty for the others
	Grants    []Grant  // of a user; a screen has viewer, at its area
	Responder string   // the responder that a user is; empty: none
	Areas     []string // of a source: what it reports on; empty: everywhere
	Measures  []string // of a source: what it reports; empty: everything
	Command   string   // of a responder's link: the one command that it is for
	Address   string   // where the request came from
	Session   string   // names the session or token, for ending it; no secret
	CodeAt    int64    // Unix ms of its last one-time code; 0: none
}

// ID is how the record names the actor: "user:wang", "source:gas", "anonymous".
func (a Actor) ID() string {
	if a.Name == "" {
		return string(a.Kind)
	}
	return string(a.Kind) + ":" + a.Name
}

// roles names what the actor is, each role once.
func (a Actor) roles() string {
	var names []string
	for _, g := range a.Grants {
		if !slices.Contains(names, string(g.Role)) {
			names = append(names, string(g.Role))
		}
	}
	if len(names) == 0 {
		return string(a.Kind)
	}
	return strings.Join(names, ",")
}

// Public is everybody where auth.anonymous is "viewer": a viewer of the root.
func Public(root, address string) Actor {
	return Actor{Kind: Anyone, Grants: []Grant{{Viewer, root}}, Address: address}
}

type actorKey struct{}

// With returns a context that carries the actor, as every door makes it.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, actorKey{}, a) }

// ActorFrom is the actor of a context; without one it is nobody.
func ActorFrom(ctx context.Context) Actor {
	a, _ := ctx.Value(actorKey{}).(Actor)
	return a
}

// Given tells whether a door has put an actor into the context.
func Given(ctx context.Context) bool {
	_, given := ctx.Value(actorKey{}).(Actor)
	return given
}
