package auth

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

// OIDC is where else people may sign in.
type OIDC struct {
	Issuer       string // URL; empty: nowhere
	ClientID     string
	ClientSecret string
	Claim        string // which names the account of who comes first; default preferred_username
}

// provider is looked up when the first one comes, since it may be down at start.
type provider struct {
	cfg OIDC

	mu   sync.Mutex
	oidc *oidc.Provider // guarded by mu; nil: not reached yet
}

const (
	asking   = 10 * time.Second // of the provider
	tripLife = 10 * time.Minute
	trips    = "oidc" // the purpose of their signature
)

// subjectMark stands between the provider and who somebody is to it.
const subjectMark = "|"

// trip is what a browser carries while it is away.
type trip struct {
	State    string `json:"s"`
	Nonce    string `json:"n"`
	Verifier string `json:"v"`
	Return   string `json:"r"`
	EndsAt   int64  `json:"e"` // Unix ms
}

var (
	errElsewhere = &fault.Fault{Kind: fault.Unauthenticated, Code: "elsewhere_failed", Reason: "the sign-in elsewhere did not come back as it went: begin again"}
	errUnknown   = &fault.Fault{Kind: fault.Unauthenticated, Code: "elsewhere_unknown", Reason: "nobody here is known by that sign-in: ask who manages the users"}
	errDenied    = &fault.Fault{Kind: fault.Unauthenticated, Code: "elsewhere_denied", Reason: "the sign-in elsewhere let nobody in"}
	errAway      = &fault.Fault{Kind: fault.Unavailable, Code: "elsewhere_away", Reason: "the sign-in elsewhere can't be reached"}
)

// Elsewhere tells whether people may sign in elsewhere.
func (a *Auth) Elsewhere() bool { return a.cfg.OIDC.Issuer != "" }

// Leave begins a sign-in elsewhere: where the browser goes, and what it carries
// until it is back. The way back here must be a path of ours.
func (a *Auth) Leave(ctx context.Context, back string) (to, carried string, err error) {
	if !a.Elsewhere() {
		return "", "", fault.New(fault.NotFound, "", "there is no sign-in elsewhere")
	}
	if !ownPath(back) {
		return "", "", fault.New(fault.Unauthenticated, "/return", "the way back must be a path of this server")
	}
	p, err := a.oidc.reach(ctx)
	if err != nil {
		return "", "", err
	}
	t := trip{State: secret(), Nonce: secret(), Verifier: oauth2.GenerateVerifier(), Return: back, EndsAt: a.now() + tripLife.Milliseconds()}
	text, err := json.Marshal(t)
	if err != nil {
		return "", "", err
	}
	body := base64.RawURLEncoding.EncodeToString(text)
	to = a.oauth(p).AuthCodeURL(t.State, oidc.Nonce(t.Nonce), oauth2.S256ChallengeOption(t.Verifier))
	return to, body + "." + base64.RawURLEncoding.EncodeToString([]byte(a.keep.MAC(trips, body))), nil
}

// Arrive ends a sign-in elsewhere: what the session's cookie holds, and where
// the browser goes on, which is known of a failure as well if it left from here.
func (a *Auth) Arrive(r *http.Request, address string) (session, back string, err error) {
	ctx, query := r.Context(), r.URL.Query()
	t, ok := a.carried(cookie(r, tripCookie))
	if !ok || !same(t.State, query.Get("state")) {
		a.failed.WithLabelValues("elsewhere").Inc()
		return "", "", errElsewhere
	}
	if query.Get("code") == "" {
		a.failed.WithLabelValues("elsewhere").Inc()
		return "", t.Return, errDenied
	}
	session, err = a.returned(ctx, t, query.Get("code"), address)
	return session, t.Return, err
}

// returned begins the session of who comes back with a provider's code.
func (a *Auth) returned(ctx context.Context, t trip, code, address string) (session string, err error) {
	p, err := a.oidc.reach(ctx)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(client(ctx, a.cfg.OIDC.Issuer), asking)
	defer cancel()
	tokens, err := a.oauth(p).Exchange(ctx, code, oauth2.VerifierOption(t.Verifier))
	if err != nil {
		return "", a.strange("exchange the code", err)
	}
	raw, _ := tokens.Extra("id_token").(string)
	id, err := p.Verifier(&oidc.Config{ClientID: a.cfg.OIDC.ClientID, Now: a.cfg.Now}).Verify(ctx, raw)
	if err == nil && !same(id.Nonce, t.Nonce) {
		err = errors.New("another nonce")
	}
	if err != nil {
		return "", a.strange("verify the token", err)
	}
	who, err := a.named(ctx, id)
	if err != nil {
		return "", err
	}
	if err := a.placed(ctx, who, address); err != nil {
		return "", err
	}
	who.SeenAt = a.now()
	if err := a.keep.SetProof(ctx, who); err != nil {
		return "", err
	}
	session, _, err = a.begin(ctx, who, false, address)
	return session, err
}

// strange is told to who comes back in a way that proves nothing; why goes to the log.
func (a *Auth) strange(doing string, err error) error {
	a.failed.WithLabelValues("elsewhere").Inc()
	a.log.Warn("sign-in elsewhere refused", "while", doing, "error", err)
	return errElsewhere
}

// carried reads what a browser carried, if it is what it was given.
func (a *Auth) carried(text string) (t trip, ok bool) {
	body, mac, _ := strings.Cut(text, ".")
	sum, err := base64.RawURLEncoding.DecodeString(mac)
	if err != nil || !a.signed(trips, body, string(sum)) {
		return t, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(body)
	return t, err == nil && json.Unmarshal(raw, &t) == nil && a.now() < t.EndsAt
}

// named finds the account of who comes from elsewhere. The first time, that is
// the one that he is called by there, if it was made for it: without a password.
func (a *Auth) named(ctx context.Context, id *oidc.IDToken) (account.Account, error) {
	subject := id.Issuer + subjectMark + id.Subject
	who, err := a.keep.AccountOf(ctx, subject)
	if errors.Is(err, fault.NotFound) {
		var claims map[string]any
		if err := id.Claims(&claims); err != nil {
			return who, a.strange("read the claims", err)
		}
		claim := a.cfg.OIDC.Claim
		if claim == "" {
			claim = "preferred_username"
		}
		name, _ := claims[claim].(string)
		who, err = a.keep.Account(ctx, name)
		if err == nil && who.Subject == "" && who.Proof == "" {
			who.Subject = subject
			err = a.keep.SetAccount(ctx, who)
		}
	}
	if errors.Is(err, fault.NotFound) || err == nil && (who.Subject != subject || who.Disabled || a.dormant(who)) {
		a.failed.WithLabelValues("elsewhere").Inc()
		return who, errUnknown
	}
	return who, err
}

func (a *Auth) oauth(p *oidc.Provider) *oauth2.Config {
	return &oauth2.Config{
		ClientID: a.cfg.OIDC.ClientID, ClientSecret: a.cfg.OIDC.ClientSecret, Endpoint: p.Endpoint(),
		RedirectURL: a.cfg.Callback, Scopes: []string{oidc.ScopeOpenID, "profile"},
	}
}

// reach finds the provider, once.
func (p *provider) reach(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.oidc != nil {
		return p.oidc, nil
	}
	found := make(chan error, 1)
	var is *oidc.Provider
	go func() {
		var err error
		is, err = oidc.NewProvider(client(context.WithoutCancel(ctx), p.cfg.Issuer), p.cfg.Issuer) // it keeps the context to fetch keys later
		found <- err
	}()
	select {
	case err := <-found:
		if err != nil {
			return nil, errors.Join(errAway, fmt.Errorf("reach %s: %w", p.cfg.Issuer, err))
		}
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	p.oidc = is
	return is, nil
}

// client follows no redirect, waits for nobody long, and goes nowhere inside
// because a provider says so.
func client(ctx context.Context, issuer string) context.Context {
	return oidc.ClientContext(ctx, &http.Client{
		Transport:     newAbroad(issuer),
		Timeout:       asking,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	})
}

// ownPath tells whether a way back stays on this server.
func ownPath(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.ContainsAny(path, "\\\r\n\t") && len(path) <= 500
}

const tripCookie = "citydeck_trip"
