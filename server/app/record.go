package app

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/reading"
	"citydeck/server/api"
	"citydeck/server/auth"
	"citydeck/server/config"
	"citydeck/server/engine"
	"citydeck/server/live"
	"citydeck/server/store/record"
)

// opening is how long a database may take to open and migrate.
const opening = time.Minute

// recordConfig says where the record lies. A demo has one of its own, so that
// accounts that everybody knows never stand among real ones.
func recordConfig(c config.Config) record.Config {
	name := "record"
	if c.Demo.Enabled {
		name = "record-demo"
	}
	in := func(path, otherwise string) string {
		if path == "" {
			return filepath.Join(c.Data.Dir, name+otherwise)
		}
		return path
	}
	return record.Config{
		Path: filepath.Join(c.Data.Dir, name+".db"), URL: c.Database.URL.Reveal(), Schema: strings.ReplaceAll(name, "-", "_"),
		KeyFile: in(c.Record.KeyFile, ".keys"), Anchor: in(c.Record.AnchorPath, ".anchors"),
	}
}

// newAuth makes who knows who is who.
func newAuth(c config.Config, d *district.District, keep auth.Keeper, log *slog.Logger, reg prometheus.Registerer) (*auth.Auth, error) {
	secret := c.Auth.OIDCSecret.Reveal()
	if file := c.Auth.OIDCSecretFile; file != "" {
		text, err := os.ReadFile(filepath.Clean(file))
		if err != nil {
			return nil, fmt.Errorf("auth.oidc_secret_file: %w", err)
		}
		secret = strings.TrimSpace(string(text))
	}
	if c.Auth.OIDCIssuer != "" && c.Auth.OIDCClient == "" {
		return nil, errors.New("auth.oidc_issuer is set, and auth.oidc_client is empty")
	}
	return auth.New(auth.Config{
		Root: d.Areas.At(d.Areas.Root()).ID, Anonymous: c.Auth.Anonymous, Demo: c.Demo.Enabled, Profile: c.Auth.Profile,
		Words:     []string{"citydeck", "cockpit", d.ID, d.Name, d.NameEn},
		Secure:    strings.HasPrefix(c.HTTP.PublicURL, "https://"),
		Callback:  publicURL(c) + "/api/v1/session/oidc/callback",
		LockAfter: c.Auth.LockAfter, LockFor: c.Auth.LockFor, Idle: c.Auth.Idle, Absolute: c.Auth.Absolute, Sessions: c.Auth.Sessions,
		AdminNetworks: config.Networks(c.HTTP.AdminNetworks),
		OIDC:          auth.OIDC{Issuer: c.Auth.OIDCIssuer, ClientID: c.Auth.OIDCClient, ClientSecret: secret, Claim: c.Auth.OIDCClaim},
	}, keep, log, reg), nil
}

// publicURL is where browsers find the program.
func publicURL(c config.Config) string {
	if c.HTTP.PublicURL != "" {
		return c.HTTP.PublicURL
	}
	scheme := "http"
	if c.HTTP.TLSCert != "" {
		scheme = "https"
	}
	return scheme + "://" + c.HTTP.Listen
}

// openRecord opens what must never be lost, and who knows who is who.
func (a *App) openRecord() error {
	ctx, cancel := context.WithTimeout(context.Background(), opening)
	defer cancel()
	var err error
	if a.record, err = record.Open(ctx, recordConfig(a.cfg), a.log); err != nil {
		return err
	}
	a.later("record", a.record.Close)
	if a.auth, err = newAuth(a.cfg, a.district, a.record, a.log, a.reg); err != nil {
		return err
	}
	a.auth.OnEnd(func(id string) {
		if a.hub != nil {
			a.hub.Recheck(id)
		}
	})
	a.checkRecord(ctx)
	return errors.Join(a.auth.Seed(ctx), a.settle(ctx))
}

// checkRecord holds the end of the audit against what the anchors have seen.
func (a *App) checkRecord(ctx context.Context) {
	faults, err := a.record.Recent(ctx)
	if err != nil {
		a.log.Error("the audit could not be checked", "error", err)
	}
	for _, f := range faults {
		a.log.Error("the audit is not whole", "fault", f.String())
	}
	f, err := a.record.Whole(ctx)
	if err != nil {
		a.log.Error("the record could not be held against its anchors: commands can be read, and not changed", "error", err)
	}
	if f != nil {
		a.log.Error("the record is incomplete: commands can be read, and not changed", "from", f.At(), "fault", f.Reason)
	}
}

// greet prints the link with which the first admin makes himself, as long as
// there is nobody.
func (a *App) greet(ctx context.Context) {
	if a.cfg.Demo.Enabled {
		return
	}
	code, err := a.auth.Setup(ctx)
	if err != nil {
		a.log.Error("who there is can't be read", "error", err)
	}
	if code == "" {
		return
	}
	base := a.cfg.HTTP.PublicURL
	if base == "" {
		base = a.url()
	}
	// On stdout: it is no line of the log, where no secret may stand.
	fmt.Printf("\nNobody can sign in yet. Make the first admin within 30 minutes:\n\n  %s/sign-in#setup=%s\n\n", base, code)
}

// url is where the program listens.
func (a *App) url() string {
	scheme := "http"
	if a.cfg.HTTP.TLSCert != "" {
		scheme = "https"
	}
	return scheme + "://" + a.Addr()
}

// admit says for the hub who asks, and what he may see, now and later.
func (a *App) admit(r *http.Request) (live.Viewer, bool) {
	address, _, _ := net.SplitHostPort(r.RemoteAddr)
	if actor := access.ActorFrom(r.Context()); actor.Address != "" {
		address = actor.Address
	}
	actor, err := a.auth.Who(r, address)
	if err != nil {
		a.log.Warn("who wants to look can't be found out", "error", err)
		return live.Viewer{}, false
	}
	if actor.Kind == access.Nobody {
		return live.Viewer{}, false
	}
	v := live.Viewer{
		ID: actor.Session, Paired: actor.Kind == access.Screen,
		Sees: func(cockpit string) bool { return a.maySee(actor, cockpit) },
	}
	if v.Paired {
		v.Turned = func() (string, int64) { return a.turned(actor.Session) }
	}
	if actor.Kind != access.Anyone {
		v.Still = func() bool {
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			return a.auth.Still(ctx, actor)
		}
	}
	return v, true
}

// maySee decides a subscription, with the rights that the actor has by now. A
// refusal is on record. The tree itself is everybody's who may see any cockpit.
func (a *App) maySee(was access.Actor, cockpit string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	actor := a.auth.Now(ctx, was)
	is, ask := a.shown.Load(), access.Ask{Action: access.See, Object: "live cockpit:" + cockpit}
	if cockpit != engine.Tree {
		for i := range is.Cockpits {
			if is.Cockpits[i].ID == cockpit {
				ask.Areas = []area.Index{is.Cockpits[i].Area}
			}
		}
		if len(ask.Areas) == 0 {
			about, known := a.watched(ctx, is, actor, cockpit)
			if !known {
				return false
			}
			about.Object = ask.Object
			ask = about
		}
	}
	d := is.policy.Decide(actor, ask, time.Now())
	if d.Record {
		if err := a.record.Append(ctx, d.Line); err != nil {
			a.log.Error("a refusal is not on record", "error", err)
		}
	}
	return d.Allowed()
}

// identity is who is who, for the API.
func (a *App) identity() api.Identity {
	return api.Identity{
		Sessions: a.auth, Leaving: a.auth, Cookies: a.auth, Ways: a.auth, Elsewhere: a.auth,
		People: a.auth, Appointments: a.auth, Tokens: a.auth, Rotation: a.auth,
		Fleet: a.record, Pairings: a.auth, Turns: a.auth, Walls: walls{a.hub, a.web.Build()}, Recovery: a.auth,
	}
}

// kept is the record of who did what, for the API.
func (a *App) kept() api.Record {
	return api.Record{Journal: a.record, Lines: a.record, Intake: intake{a}}
}

// walls is the hub for the API.
type walls struct {
	*live.Hub
	build string
}

// Shown says what a screen shows, and how far behind that is.
func (w walls) Shown(screen string) api.Shown {
	is := w.Hub.Shown(screen)
	out := api.Shown{Connections: is.Connections, Cockpit: is.Cockpit, Seq: is.Seq, Behind: -1, Overflow: strings.Fields(is.Overflow)}
	if is.Connections > 0 {
		out.Build = w.build // a page of another build is told to load itself anew
	}
	if !is.At.IsZero() {
		out.At = is.At.UnixMilli()
	}
	if seq, known := w.Hub.Seq(is.Cockpit); known && seq >= is.Seq {
		out.Behind = int64(seq - is.Seq)
	}
	return out
}

// within is the writer for sources that may not report everything.
type within struct{ readings }

// PostWithin fails with fault.Unavailable until the demo's past is told.
func (w within) PostWithin(ctx context.Context, body []byte, source string, may func(measure, area string) error) ([]int, []reading.Rejection, error) {
	select {
	case <-w.told:
		return w.Writer.PostWithin(ctx, body, source, may)
	default:
		return w.Post(ctx, nil, source) // says why not yet
	}
}
