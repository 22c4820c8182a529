package auth

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// AddUser adds somebody, who can sign in at once. What his phone needs for
// one-time codes is empty when his roles ask for none. Everything that is wrong
// is said, joined, and then nothing is done.
func (a *Auth) AddUser(ctx context.Context, p account.Person) (otpauth string, err error) {
	var faults []error
	if !slug(p.Name) {
		faults = append(faults, fault.New(fault.Invalid, "/name", "a name is 1 to 64 letters, digits, points, @, - and _"))
	} else if _, err := a.keep.Account(ctx, p.Name); err == nil {
		faults = append(faults, fault.New(fault.Conflict, "/name", "this name is taken"))
	} else if !errors.Is(err, fault.NotFound) {
		return "", err
	}
	faults = append(faults, a.fitting(p.Grants))
	if p.Password != "" || p.Subject == "" {
		faults = append(faults, a.strong(p.Name, p.Password))
	}
	if err := errors.Join(faults...); err != nil {
		return "", err
	}
	if p.Subject != "" && !strings.Contains(p.Subject, subjectMark) {
		p.Subject = a.cfg.OIDC.Issuer + subjectMark + p.Subject
	}
	who := account.Account{Name: p.Name, Grants: p.Grants, Responder: p.Responder, Subject: p.Subject, MadeAt: a.now(), ProofAt: a.now()}
	if p.Password != "" {
		if who.Proof, err = a.hasher.prove(ctx, p.Password); err != nil {
			return "", err
		}
	}
	otpauth = a.enrol(&who)
	return otpauth, a.keep.AddAccount(ctx, who)
}

// fitting says what is wrong with grants. Their areas are the caller's to check.
func (a *Auth) fitting(grants []access.Grant) error {
	for _, g := range grants {
		if !g.Role.Known() {
			return fault.New(fault.Invalid, "/role", "no role is called %q", short(string(g.Role)))
		}
	}
	if !a.cfg.Demo && !access.Separated(grants) {
		return fault.New(fault.Invalid, "/role", "admin, security and auditor are three people")
	}
	return nil
}

// enrol gives somebody a seed of one-time codes when his roles ask for one.
func (a *Auth) enrol(who *account.Account) (otpauth string) {
	if a.cfg.Demo || who.Seed != "" || !access.TwoFactor(who.Grants) {
		return ""
	}
	who.Seed = newSeed()
	return enrolment(who.Name, who.Seed)
}

// Grant gives somebody one more role. What his phone needs is empty unless he
// needs one-time codes from now on.
func (a *Auth) Grant(ctx context.Context, name string, g access.Grant) (otpauth string, err error) {
	a.roster.Lock()
	defer a.roster.Unlock()
	who, err := a.keep.Account(ctx, name)
	if err != nil {
		return "", err
	}
	if slices.Contains(who.Grants, g) {
		return "", nil
	}
	who.Grants = append(who.Grants, g)
	if err := a.fitting(who.Grants); err != nil {
		return "", err
	}
	otpauth = a.enrol(&who)
	return otpauth, a.change(ctx, who)
}

// Revoke takes a role away; fault.NotFound when he doesn't have it.
func (a *Auth) Revoke(ctx context.Context, name string, g access.Grant) error {
	a.roster.Lock()
	defer a.roster.Unlock()
	who, err := a.keep.Account(ctx, name)
	if err != nil {
		return err
	}
	at := slices.Index(who.Grants, g)
	if at < 0 {
		return fault.New(fault.NotFound, "/role", "%s does not have this role there", name)
	}
	who.Grants = slices.Delete(who.Grants, at, at+1)
	return a.change(ctx, who)
}

// change keeps somebody's new rights and has his connections looked at again.
func (a *Auth) change(ctx context.Context, who account.Account) error {
	if err := a.keep.SetAccount(ctx, who); err != nil {
		return err
	}
	ids, err := a.keep.Sessions(ctx, who.Name)
	tokens, more := a.keep.Tokens(ctx)
	for _, t := range tokens {
		if t.User == who.Name {
			ids = append(ids, t.ID)
		}
	}
	for _, id := range ids {
		a.ended(id)
	}
	return errors.Join(err, more)
}

// Disable lets nobody come in with an account any more, or again; what hangs on
// it is closed.
func (a *Auth) Disable(ctx context.Context, name string, disabled bool) error {
	a.roster.Lock()
	defer a.roster.Unlock()
	who, err := a.keep.Account(ctx, name)
	if err != nil {
		return err
	}
	who.Disabled = disabled
	if err := a.change(ctx, who); err != nil {
		return err
	}
	if disabled {
		return a.endAll(ctx, name)
	}
	who.SeenAt = a.now() // it was asleep, or put to sleep: it begins anew
	return a.keep.SetProof(ctx, who)
}

// SetPassword gives somebody another password, and ends his sessions.
func (a *Auth) SetPassword(ctx context.Context, name, password string) error {
	who, err := a.keep.Account(ctx, name)
	if err != nil {
		return err
	}
	if err := a.replace(ctx, &who, password); err != nil {
		return err
	}
	if err := a.keep.SetProof(ctx, who); err != nil {
		return err
	}
	return a.endAll(ctx, name)
}

// Reseed gives somebody another seed of one-time codes: his phone was lost. The
// recovery codes that went with the old one are worthless then.
func (a *Auth) Reseed(ctx context.Context, name string) (otpauth string, err error) {
	a.roster.Lock()
	defer a.roster.Unlock()
	who, err := a.keep.Account(ctx, name)
	if err != nil {
		return "", err
	}
	who.Seed = newSeed()
	if err := errors.Join(a.keep.SetAccount(ctx, who), a.keep.SetRecoveries(ctx, name, nil)); err != nil {
		return "", err
	}
	return enrolment(name, who.Seed), a.endAll(ctx, name)
}

// Users lists everybody by name.
func (a *Auth) Users(ctx context.Context) ([]account.Account, error) { return a.keep.Accounts(ctx) }

// slug tells whether a text can be a name: nothing in it can be taken for
// anything else, by a person, a page or a log.
func slug(name string) bool {
	n := utf8.RuneCountInString(name)
	return n > 0 && n <= 64 && utf8.ValidString(name) && !strings.ContainsFunc(name, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("._@-", r)
	})
}

// short is how much of what somebody typed an error repeats.
func short(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
