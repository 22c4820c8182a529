package auth

import (
	"context"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// setupLife is how long the link for the first admin holds.
const setupLife = 30 * time.Minute

// setup is the link for the first admin; its hash is empty when there is none.
type setup struct {
	hash   string
	endsAt int64
}

// Setup makes the one-time code with which the first admin makes himself; it is
// empty as soon as there is somebody.
func (a *Auth) Setup(ctx context.Context) (code string, err error) {
	people, err := a.keep.Accounts(ctx)
	if err != nil || len(people) > 0 {
		return "", err
	}
	code = secret()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.setup = setup{digest(code), a.now() + setupLife.Milliseconds()}
	return code, nil
}

// First makes the first admin, once.
func (a *Auth) First(ctx context.Context, code, name, password string) (otpauth string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.setup.hash == "" || a.now() > a.setup.endsAt || !same(a.setup.hash, digest(code)) {
		a.failed.WithLabelValues("setup").Inc()
		return "", fault.New(fault.Unauthenticated, "", "this link is not good any more: start the program again for another one")
	}
	if people, err := a.keep.Accounts(ctx); err != nil || len(people) > 0 {
		a.setup = setup{}
		if err == nil {
			err = fault.New(fault.Gone, "", "there is an admin already")
		}
		return "", err
	}
	actor := access.Actor{Kind: access.System, Name: "setup"}
	if err := a.note(ctx, actor, string(access.Appoint), "user:"+short(name)); err != nil {
		return "", err
	}
	otpauth, err = a.AddUser(ctx, account.Person{Name: name, Password: password, Grants: []access.Grant{{Role: access.Admin, Area: a.cfg.Root}}})
	if err == nil {
		a.setup = setup{}
	}
	return otpauth, err
}

// demoPassword is no secret: it stands on the sign-in page.
const demoPassword = "Citydeck-demo-1" //nolint:gosec // as it says

// Demo lists the accounts that everybody knows; none without a demo.
func (a *Auth) Demo() []account.Known {
	if !a.cfg.Demo {
		return nil
	}
	var list []account.Known
	for _, role := range access.Roles() {
		list = append(list, account.Known{Name: string(role), Password: demoPassword, Role: role})
	}
	return list
}

// Seed makes the accounts of a demo that are not there yet.
func (a *Auth) Seed(ctx context.Context) error {
	for _, k := range a.Demo() {
		if _, err := a.keep.Account(ctx, k.Name); err == nil {
			continue
		}
		proof, err := a.hasher.prove(ctx, k.Password)
		if err != nil {
			return err
		}
		who := account.Account{Name: k.Name, Grants: []access.Grant{{Role: k.Role, Area: a.cfg.Root}}, Proof: proof, ProofAt: a.now(), MadeAt: a.now()}
		if err := a.keep.AddAccount(ctx, who); err != nil {
			return err
		}
	}
	return nil
}
