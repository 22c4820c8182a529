// Package auth proves who somebody is: sign-in with password, one-time code or
// elsewhere, sessions, tokens of sources and persons, and paired screens.
//
// It decides nothing about what he may do: what it proves it writes into an
// access.Actor, and the doors ask cockpits/access. What it keeps it keeps
// through the interfaces of Keeper; a secret itself is kept nowhere, only what
// proves it.
package auth

import (
	"context"
	"log/slog"
	"net/netip"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
)

// Config is what the door of identities must know beforehand.
type Config struct {
	Root      string // id of the district's root area
	Anonymous string // "viewer" or "none": what a request without credentials may do
	Demo      bool   // invented data: nobody is asked for codes, and known accounts exist
	Profile   string // of password rules: "mlps" or "asvs"
	Words     []string
	Secure    bool   // browsers reach us by TLS, whatever arrives here
	Callback  string // URL that the sign-in elsewhere comes back to

	LockAfter int           // wrong passwords for one name from one address
	LockFor   time.Duration // how long nobody may try then
	Idle      time.Duration // after which an unused session ends; half of it for commander and admin
	Absolute  time.Duration // after which any session ends
	Sessions  int           // of one person at once

	AdminNetworks []netip.Prefix // where admin, security and auditor may come from; empty: anywhere

	OIDC OIDC
	Now  func() time.Time
}

func (c *Config) fill() {
	or := func(d *time.Duration, otherwise time.Duration) {
		if *d <= 0 {
			*d = otherwise
		}
	}
	or(&c.LockFor, 15*time.Minute)
	or(&c.Idle, 30*time.Minute)
	or(&c.Absolute, 12*time.Hour)
	if c.LockAfter <= 0 {
		c.LockAfter = 5
	}
	if c.Sessions <= 0 {
		c.Sessions = 20
	}
	if c.Now == nil {
		c.Now = time.Now
	}
}

// Auth knows who is who. Any number of goroutines may share one.
type Auth struct {
	cfg    Config
	keep   Keeper
	log    *slog.Logger
	hasher *hasher
	queues queues
	failed *prometheus.CounterVec
	oidc   provider
	pace   paces

	ended  func(id string)
	roster sync.Mutex // one change of people's rights after the other

	mu    sync.Mutex
	setup setup // guarded by mu
}

// New makes a door over what is kept. Nothing runs before Run.
func New(cfg Config, keep Keeper, log *slog.Logger, reg prometheus.Registerer) *Auth {
	cfg.fill()
	a := &Auth{
		cfg: cfg, keep: keep, log: log, hasher: newHasher(), ended: func(string) {},
		failed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "citydeck_auth_refused_total",
			Help: "Requests whose credentials were refused, by what was wrong with them.",
		}, []string{"reason"}),
	}
	a.oidc.cfg = cfg.OIDC
	reg.MustRegister(a.failed)
	return a
}

// OnEnd has do told the id of each session, token or screen whose rights changed
// or ended, so that its connections are looked at again. It is called before
// anything else is asked.
func (a *Auth) OnEnd(do func(id string)) { a.ended = do }

// sweeping is how often what is over is forgotten.
const sweeping = time.Hour

// Run forgets what is over, until ctx ends.
func (a *Auth) Run(ctx context.Context) error {
	tick := time.NewTicker(sweeping)
	defer tick.Stop()
	for {
		now := a.now()
		before := now - a.cfg.Idle.Milliseconds()
		if err := a.keep.Sweep(ctx, now, before, now-max(a.cfg.LockFor, sweeping).Milliseconds()); err != nil && ctx.Err() == nil {
			a.log.Warn("what is over could not be forgotten", "error", err)
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return nil
		}
	}
}

// now is the time in Unix ms.
func (a *Auth) now() int64 { return a.cfg.Now().UnixMilli() }

// note writes a line that is no decision of access: a sign-in, its end, a lock.
func (a *Auth) note(ctx context.Context, who access.Actor, action, object string) error {
	line := access.Line{At: a.now(), Actor: who.ID(), Action: action, Object: object, Address: who.Address, Result: access.Allowed}
	for i, g := range who.Grants {
		if i == 0 {
			line.Role = string(g.Role)
		}
	}
	return a.keep.Append(ctx, line)
}

var (
	errWrong   = fault.New(fault.Unauthenticated, "", "the name, the password or the code is wrong")
	errExpired = &fault.Fault{Kind: fault.Forbidden, Code: "password_expired", At: "/new_password", Reason: "the password is too old: send a new one along"}
	errBusy    = &fault.Fault{Kind: fault.Unavailable, Reason: "too many sign in at this moment", After: 2 * time.Second}
)
