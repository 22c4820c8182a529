package auth

import (
	"context"
	"errors"
	"net/netip"
	"slices"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// errFromHere is told to an administrator who proved himself at a wrong place.
var errFromHere = &fault.Fault{Kind: fault.Forbidden, Code: "admin_network", Reason: "administrators may sign in from their own networks only"}

// managing tells whether a role is one of the three administrators.
func managing(g access.Grant) bool {
	return g.Role == access.Admin || g.Role == access.Security || g.Role == access.Auditor
}

// managed tells whether administrators may come from an address: from anywhere,
// unless networks are configured.
func (a *Auth) managed(address string) bool {
	if len(a.cfg.AdminNetworks) == 0 {
		return true
	}
	from, err := netip.ParseAddr(address)
	if err != nil {
		return false
	}
	from = from.Unmap().WithZone("")
	return slices.ContainsFunc(a.cfg.AdminNetworks, func(n netip.Prefix) bool { return n.Contains(from) })
}

// here is an actor at the address where he is: outside the networks of the
// administrators he is none, whatever else he may be.
func (a *Auth) here(actor access.Actor) access.Actor {
	if actor.Kind == access.User && slices.ContainsFunc(actor.Grants, managing) && !a.managed(actor.Address) {
		actor.Grants = slices.DeleteFunc(slices.Clone(actor.Grants), managing)
	}
	return actor
}

// placed refuses to let an administrator in from outside, which is on record.
func (a *Auth) placed(ctx context.Context, who account.Account, address string) error {
	if !slices.ContainsFunc(who.Grants, managing) || a.managed(address) {
		return nil
	}
	a.failed.WithLabelValues("admin_network").Inc()
	return errors.Join(errFromHere, a.refused(ctx, who, "network", address))
}
