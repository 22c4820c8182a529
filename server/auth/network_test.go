package auth_test

import (
	"errors"
	"net/http/httptest"
	"net/netip"
	"slices"
	"testing"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
	"citydeck/server/auth"
)

// office lets administrators come from two networks only.
func office(c *auth.Config) {
	c.AdminNetworks = []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24"), netip.MustParsePrefix("fd00::/8")}
}

func TestAdministratorsSignInFromTheirNetworksOnly(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		roles   []access.Role
		address string
		in      bool
	}{
		"an admin in the office":             {[]access.Role{access.Admin}, "10.0.0.7", true},
		"by the longer form of the address":  {[]access.Role{access.Admin}, "::ffff:10.0.0.7", true},
		"by an address with a zone":          {[]access.Role{access.Security}, "fd00::1%eth0", true},
		"an admin elsewhere":                 {[]access.Role{access.Admin}, "10.0.1.7", false},
		"security elsewhere":                 {[]access.Role{access.Security}, "192.0.2.1", false},
		"an auditor elsewhere":               {[]access.Role{access.Auditor}, "192.0.2.1", false},
		"who is a viewer and an admin":       {[]access.Role{access.Viewer, access.Admin}, "192.0.2.1", false},
		"an admin from no address at all":    {[]access.Role{access.Admin}, "", false},
		"a commander elsewhere":              {[]access.Role{access.Commander}, "192.0.2.1", true},
		"a viewer and an operator elsewhere": {[]access.Role{access.Viewer, access.Operator}, "192.0.2.1", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t, office)
			k := account.Knock{Name: "ada", Password: good, Address: tt.address}
			if seed := s.add(t, "ada", tt.roles...); seed != "" {
				k.Code = s.codeAt(t, seed, 0)
			}
			_, _, err := s.SignIn(t.Context(), k)
			if tt.in {
				if err != nil {
					t.Errorf("from %q: %v, want in", tt.address, err)
				}
				return
			}
			if found := fault.All(err); len(found) == 0 || found[0].Code != "admin_network" {
				t.Errorf("from %q: %v, want admin_network", tt.address, err)
			}
			if lines := s.keep.lines; len(lines) == 0 || lines[len(lines)-1].Result != access.Refused || lines[len(lines)-1].Object != "network" {
				t.Errorf("on record is %+v, want the refusal last", lines)
			}
			k.Password = "Wrong-password-1"
			if _, _, err := s.SignIn(t.Context(), k); !errors.Is(err, fault.Unauthenticated) || len(fault.All(err)) > 0 && fault.All(err)[0].Code != "" {
				t.Errorf("with a wrong password: %v, want no word of the network", err)
			}
		})
	}
}

func TestASessionCarriedElsewhereIsNoAdministratorsAnyMore(t *testing.T) {
	t.Parallel()
	s := newStage(t, office)
	seed := s.add(t, "ada", access.Viewer, access.Admin)
	cookie, _ := s.signIn(t, "ada", s.codeAt(t, seed, 0))
	r := httptest.NewRequest("GET", "/api/v1/users", nil)
	r.Header.Set("Cookie", "citydeck="+cookie)
	tests := map[string]struct {
		address string
		admin   bool
	}{
		"in the office": {"10.0.0.1", true},
		"at home":       {"192.0.2.1", false},
		"back again":    {"10.0.0.2", true},
	}
	for name, tt := range tests {
		actor, err := s.Who(r, tt.address)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for when, a := range map[string]access.Actor{"asked": actor, "looked at again": s.Now(t.Context(), actor)} {
			admin := slices.ContainsFunc(a.Grants, func(g access.Grant) bool { return g.Role == access.Admin })
			viewer := slices.ContainsFunc(a.Grants, func(g access.Grant) bool { return g.Role == access.Viewer })
			if admin != tt.admin || !viewer {
				t.Errorf("%s, %s: %v, want a viewer, and admin %v", name, when, a.Grants, tt.admin)
			}
		}
		if info, err := s.Info(t.Context(), actor); err != nil || info.Waits {
			t.Errorf("%s: %+v, %v, want that no code is waited for", name, info, err)
		}
	}
}
