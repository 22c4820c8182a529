package auth

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// SignIn begins a session and says what its cookie holds. Whatever is wrong,
// fault.Unauthenticated says no more than that, after the same time; who failed
// too often gets fault.TooMany, whatever he shows.
func (a *Auth) SignIn(ctx context.Context, k account.Knock) (cookie string, s account.Session, err error) {
	if err := a.crowded(k.Address); err != nil {
		return "", s, err
	}
	leave, err := a.queues.enter(k.Name + "\n" + k.Address)
	if err != nil {
		return "", s, err
	}
	defer leave()
	tries, err := a.tried(ctx, k.Name, k.Address)
	if err != nil {
		return "", s, err
	}
	who, coded, err := a.proved(ctx, k)
	if errors.Is(err, fault.Unauthenticated) {
		a.failed.WithLabelValues("sign_in").Inc()
		return "", s, errors.Join(err, a.missed(ctx, tries))
	}
	if err != nil {
		return "", s, err
	}
	if err := a.placed(ctx, who, k.Address); err != nil {
		return "", s, err
	}
	if tries.Failed > 0 {
		if err := a.keep.SetAttempts(ctx, account.Attempts{Key: tries.Key}); err != nil {
			return "", s, err
		}
	}
	if err := a.renewed(ctx, &who, k); err != nil {
		return "", s, err
	}
	return a.begin(ctx, who, coded, k.Address)
}

// proved finds who it is: the password first, then the code.
func (a *Auth) proved(ctx context.Context, k account.Knock) (who account.Account, coded bool, err error) {
	who, err = a.keep.Account(ctx, k.Name)
	if err != nil && !errors.Is(err, fault.NotFound) {
		return who, false, err
	}
	right, err := a.hasher.matches(ctx, k.Password, who.Proof)
	if err != nil {
		return who, false, err
	}
	if !right || who.Disabled || a.dormant(who) {
		return who, false, errWrong
	}
	if a.cfg.Demo || who.Seed == "" && !access.TwoFactor(who.Grants) {
		return who, false, nil
	}
	coded, err = a.code(ctx, who, k.Code, k.Address)
	if err == nil && !coded {
		err = errWrong
	}
	return who, coded, err
}

// dormant tells whether nobody came in with an account for so long that it is closed.
func (a *Auth) dormant(who account.Account) bool {
	return a.cfg.Profile != asvs && !a.cfg.Demo && a.now()-max(who.SeenAt, who.MadeAt) > dormantDays*day
}

// renewed changes the password if a new one came along, asks for one that is
// due, and proves the old one anew when that was cheap.
func (a *Auth) renewed(ctx context.Context, who *account.Account, k account.Knock) (err error) {
	now := a.now()
	switch {
	case k.New != "":
		if err := a.replace(ctx, who, k.New); err != nil {
			return err
		}
	case a.cfg.Profile != asvs && !a.cfg.Demo && now-who.ProofAt > passwordDays*day:
		return errors.Join(errExpired, a.refused(ctx, *who, "expired password", k.Address))
	case cheap(who.Proof):
		if who.Proof, err = a.hasher.prove(ctx, k.Password); err != nil {
			return err
		}
	}
	who.SeenAt = now
	return a.keep.SetProof(ctx, *who)
}

// refused puts on record that somebody was turned away who had proved himself.
func (a *Auth) refused(ctx context.Context, who account.Account, why, address string) error {
	actor := access.Actor{Kind: access.User, Name: who.Name, Address: address}
	return a.keep.Append(ctx, access.Line{At: a.now(), Actor: actor.ID(), Action: access.SignIn, Object: why, Address: address, Result: access.Refused})
}

// replace gives somebody another password, once it is good enough and not one
// of his last.
func (a *Auth) replace(ctx context.Context, who *account.Account, password string) error {
	if err := a.strong(who.Name, password); err != nil {
		return err
	}
	if a.cfg.Profile != asvs {
		for _, old := range append([]string{who.Proof}, who.Earlier...) {
			same, err := a.hasher.matches(ctx, password, old)
			if err != nil {
				return err
			}
			if same {
				return fault.New(fault.Invalid, "/password", "the password is one of the last %d", remembered)
			}
		}
	}
	proof, err := a.hasher.prove(ctx, password)
	if err != nil {
		return err
	}
	if who.Proof != "" {
		who.Earlier = append([]string{who.Proof}, who.Earlier...)
	}
	who.Earlier = who.Earlier[:min(len(who.Earlier), remembered-1)]
	who.Proof, who.ProofAt = proof, a.now()
	return nil
}

// begin starts a session of somebody and ends his oldest beyond the most.
func (a *Auth) begin(ctx context.Context, who account.Account, coded bool, address string) (string, account.Session, error) {
	now := a.now()
	cookie := secret()
	s := account.Session{
		ID: "s-" + handle(), Hash: digest(cookie), Name: who.Name, MadeAt: now, SeenAt: now,
		EndsAt: now + a.cfg.Absolute.Milliseconds(), Address: address,
	}
	if coded {
		s.CodeAt = now
	}
	actor := access.Actor{Kind: access.User, Name: who.Name, Grants: who.Grants, Address: address}
	if err := a.note(ctx, actor, access.SignIn, s.ID); err != nil {
		return "", s, err
	}
	if err := a.keep.AddSession(ctx, s); err != nil {
		return "", s, err
	}
	ids, err := a.keep.Sessions(ctx, who.Name)
	if err != nil {
		return "", s, err
	}
	for _, id := range ids[min(len(ids), a.cfg.Sessions):] {
		if err := a.end(ctx, id); err != nil {
			return "", s, err
		}
	}
	return cookie, s, nil
}

// end ends a session and everything that hangs on it.
func (a *Auth) end(ctx context.Context, id string) error {
	if err := a.keep.EndSession(ctx, id); err != nil {
		return err
	}
	a.ended(id)
	return nil
}

// SignOut ends the actor's session; without one it does nothing.
func (a *Auth) SignOut(ctx context.Context, who access.Actor) error {
	if who.Kind != access.User || who.Session == "" {
		return nil
	}
	if err := a.note(ctx, who, access.SignOut, who.Session); err != nil {
		return err
	}
	return a.end(ctx, who.Session)
}

// SignOutEverywhere ends all sessions of the actor.
func (a *Auth) SignOutEverywhere(ctx context.Context, who access.Actor) error {
	if who.Kind != access.User || who.Name == "" {
		return nil
	}
	if err := a.note(ctx, who, access.SignOut, "all"); err != nil {
		return err
	}
	return a.endAll(ctx, who.Name)
}

func (a *Auth) endAll(ctx context.Context, name string) error {
	ids, err := a.keep.Sessions(ctx, name)
	for _, id := range ids {
		err = errors.Join(err, a.end(ctx, id))
	}
	return err
}

// Return ends the session whose cookie somebody brings along to a new sign-in,
// so that none that was set before goes on.
func (a *Auth) Return(ctx context.Context, r *http.Request) error {
	cookie := a.sessionCookie(r)
	if cookie == "" {
		return nil
	}
	s, err := a.keep.Session(ctx, digest(cookie))
	if errors.Is(err, fault.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	return a.end(ctx, s.ID)
}

// StepUp notes a fresh one-time code of the actor, and gives his session
// another cookie. Of a token the cookie is empty.
func (a *Auth) StepUp(ctx context.Context, actor access.Actor, code string) (cookie string, err error) {
	if actor.Kind != access.User || actor.Session == "" {
		return "", errSignIn
	}
	leave, err := a.queues.enter(actor.Name + "\n" + actor.Address)
	if err != nil {
		return "", err
	}
	defer leave()
	tries, err := a.tried(ctx, actor.Name, actor.Address)
	if err != nil {
		return "", err
	}
	who, err := a.keep.Account(ctx, actor.Name)
	if err != nil {
		return "", err
	}
	right, err := a.code(ctx, who, code, actor.Address)
	switch {
	case err != nil:
		return "", err
	case !right:
		a.failed.WithLabelValues("step_up").Inc()
		return "", errors.Join(errWrong, a.missed(ctx, tries))
	}
	return a.stepped(ctx, actor.Session)
}

func (a *Auth) stepped(ctx context.Context, id string) (cookie string, err error) {
	s, err := a.keep.SessionOf(ctx, id)
	if errors.Is(err, fault.NotFound) {
		t, err := a.keep.Token(ctx, id)
		if err != nil {
			return "", err
		}
		t.CodeAt = a.now()
		return "", a.keep.SetToken(ctx, t)
	}
	if err != nil {
		return "", err
	}
	cookie = secret()
	s.Hash, s.CodeAt, s.SeenAt = digest(cookie), a.now(), a.now()
	return cookie, a.keep.SetSession(ctx, s)
}

// secret is 256 bits that nobody guesses, as text.
func secret() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails
	return base64.RawURLEncoding.EncodeToString(b)
}

// handle names something; it opens nothing.
func handle() string {
	b := make([]byte, 6)
	_, _ = rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// digest is what is kept of a secret of 256 bits.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
