package app

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"os"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/district"
	"citydeck/cockpits/fault"
	"citydeck/server/auth"
	"citydeck/server/config"
	"citydeck/server/store/record"
	"citydeck/server/store/record/seal"
)

// Errand is what a command wants done about people, tokens or keys. It is a
// value, so that it can be handed to the server that runs.
type Errand struct {
	Do        string        `json:"do"` // such as "user add"
	Name      string        `json:"name,omitempty"`
	Role      string        `json:"role,omitempty"`
	Area      string        `json:"area,omitempty"`
	Responder string        `json:"responder,omitempty"`
	Subject   string        `json:"subject,omitempty"`
	Password  string        `json:"password,omitempty"`
	Source    string        `json:"source,omitempty"`
	Areas     []string      `json:"areas,omitempty"`
	Measures  []string      `json:"measures,omitempty"`
	ID        string        `json:"id,omitempty"`
	Overlap   time.Duration `json:"overlap,omitempty"`
	Path      string        `json:"path,omitempty"` // of a file or folder on this machine
	Replace   bool          `json:"replace,omitempty"`
	Zone      string        `json:"zone,omitempty"`
	Estate    string        `json:"estate,omitempty"`
	Household string        `json:"household,omitempty"`
	Purpose   string        `json:"purpose,omitempty"`
}

// office does errands. One is in the running server, or made for one errand.
type office struct {
	district *district.District
	auth     *auth.Auth
	record   *record.Record
}

// clerk is who runs a command on the machine itself.
var clerk = access.Actor{Kind: access.System, Name: "cli"}

// do does an errand and writes what it gives.
func (o office) do(ctx context.Context, e Errand, out io.Writer) error {
	errands := map[string]func(context.Context, Errand, io.Writer) error{
		"user add": o.addUser, "user grant": o.grant, "user revoke": o.revoke, "user list": o.listUsers,
		"user disable": o.disable, "user enable": o.disable, "user password": o.password, "user code": o.code, "user recovery": o.recovery,
		"token add": o.addToken, "token list": o.listTokens, "token revoke": o.revokeToken, "token rotate": o.rotateToken,
		"keys reseal": o.reseal, "import households": o.importList, "import responders": o.importList, "import shelters": o.importList,
		"print plan": o.printPlan, "person export": o.exportPerson, "person delete": o.deletePerson,
	}
	do := errands[e.Do]
	if do == nil {
		return fmt.Errorf("this server knows no %q", e.Do)
	}
	return do(ctx, e, out)
}

// noted puts a deed on record, then does it; a failure is on record as well.
func (o office) noted(ctx context.Context, action access.Action, object, area string, deed func() error) error {
	return o.accounted(ctx, access.Line{Action: string(action), Object: object, Area: area}, deed)
}

// accounted is noted for a line that says more.
func (o office) accounted(ctx context.Context, line access.Line, deed func() error) error {
	line.At, line.Actor, line.Role, line.Result = time.Now().UnixMilli(), clerk.ID(), string(access.System), access.Allowed
	if err := o.record.Append(ctx, line); err != nil {
		return err
	}
	err := deed()
	if err != nil {
		line.Result = access.Failed
		err = errors.Join(err, o.record.Append(ctx, line))
	}
	return err
}

// placed says whether there is an area.
func (o office) placed(ids ...string) error {
	for _, id := range ids {
		if _, known := o.district.Areas.Lookup(id); !known {
			return fault.New(fault.Invalid, "--area", "no area is called %q", id)
		}
	}
	return nil
}

// fits says whether a role in an area can be given at all.
func (o office) fits(e Errand) (access.Grant, error) {
	g := access.Grant{Role: access.Role(e.Role), Area: e.Area}
	if !g.Role.Known() {
		return g, fault.New(fault.Invalid, "--role", "no role is called %q: %v", e.Role, access.Roles())
	}
	return g, o.placed(e.Area)
}

func (o office) addUser(ctx context.Context, e Errand, out io.Writer) error {
	g, err := o.fits(e)
	if err != nil {
		return err
	}
	return o.noted(ctx, access.Appoint, "user:"+e.Name+" "+e.Role, e.Area, func() error {
		otpauth, err := o.auth.AddUser(ctx, account.Person{
			Name: e.Name, Password: e.Password, Grants: []access.Grant{g}, Responder: e.Responder, Subject: e.Subject,
		})
		return told(out, otpauth, err)
	})
}

func (o office) grant(ctx context.Context, e Errand, out io.Writer) error {
	g, err := o.fits(e)
	if err != nil {
		return err
	}
	return o.noted(ctx, access.Appoint, "user:"+e.Name+" +"+e.Role, e.Area, func() error {
		otpauth, err := o.auth.Grant(ctx, e.Name, g)
		return told(out, otpauth, err)
	})
}

func (o office) revoke(ctx context.Context, e Errand, _ io.Writer) error {
	g := access.Grant{Role: access.Role(e.Role), Area: e.Area}
	return o.noted(ctx, access.Appoint, "user:"+e.Name+" -"+e.Role, e.Area, func() error { return o.auth.Revoke(ctx, e.Name, g) })
}

func (o office) disable(ctx context.Context, e Errand, _ io.Writer) error {
	return o.noted(ctx, access.Appoint, e.Do+" "+e.Name, "", func() error { return o.auth.Disable(ctx, e.Name, e.Do == "user disable") })
}

func (o office) password(ctx context.Context, e Errand, _ io.Writer) error {
	return o.noted(ctx, access.Appoint, e.Do+" "+e.Name, "", func() error { return o.auth.SetPassword(ctx, e.Name, e.Password) })
}

func (o office) code(ctx context.Context, e Errand, out io.Writer) error {
	return o.noted(ctx, access.Appoint, e.Do+" "+e.Name, "", func() error {
		otpauth, err := o.auth.Reseed(ctx, e.Name)
		return told(out, otpauth, err)
	})
}

// recovery prints somebody's new recovery codes, one a line.
func (o office) recovery(ctx context.Context, e Errand, out io.Writer) error {
	return o.noted(ctx, access.Appoint, e.Do+" "+e.Name, "", func() error {
		codes, err := o.auth.Recover(ctx, e.Name)
		return told(out, strings.Join(codes, "\n"), err)
	})
}

// told writes a line, if there is one to write.
func told(out io.Writer, text string, err error) error {
	if err == nil && text != "" {
		_, err = fmt.Fprintln(out, text)
	}
	return err
}

func (o office) listUsers(ctx context.Context, _ Errand, out io.Writer) error {
	people, err := o.auth.Users(ctx)
	lines := json.NewEncoder(out)
	for _, p := range people {
		line := struct {
			Name      string         `json:"name"`
			Roles     []access.Grant `json:"roles"`
			Responder *string        `json:"responder"`
			Disabled  bool           `json:"disabled"`
		}{p.Name, append([]access.Grant{}, p.Grants...), given(p.Responder), p.Disabled}
		err = errors.Join(err, lines.Encode(line))
	}
	return err
}

// given is a text, or null when it is empty.
func given(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (o office) addToken(ctx context.Context, e Errand, out io.Writer) error {
	t := account.Token{Source: e.Source, User: e.Name, Areas: e.Areas, Measures: e.Measures}
	if err := o.placed(t.Areas...); err != nil {
		return err
	}
	for _, m := range t.Measures {
		if _, known := o.district.Catalogue.Measure(m); !known {
			return fault.New(fault.Invalid, "--measure", "no measure is called %q", m)
		}
	}
	about := "token source:" + t.Source
	if t.User != "" {
		about = "token user:" + t.User
	}
	return o.noted(ctx, access.Equip, about, "", func() error {
		_, text, err := o.auth.AddToken(ctx, t)
		return told(out, text, err)
	})
}

func (o office) listTokens(ctx context.Context, _ Errand, out io.Writer) error {
	tokens, err := o.auth.Tokens(ctx)
	lines := json.NewEncoder(out)
	for _, t := range tokens {
		line := struct {
			ID       string  `json:"id"`
			Source   *string `json:"source"`
			User     *string `json:"user"`
			LastUsed *int64  `json:"last_used"`
		}{ID: t.ID, Source: given(t.Source), User: given(t.User)}
		if t.UsedAt > 0 {
			line.LastUsed = &t.UsedAt
		}
		err = errors.Join(err, lines.Encode(line))
	}
	return err
}

func (o office) revokeToken(ctx context.Context, e Errand, _ io.Writer) error {
	return o.noted(ctx, access.Equip, "token revoke "+e.ID, "", func() error { return o.auth.RevokeToken(ctx, e.ID) })
}

func (o office) rotateToken(ctx context.Context, e Errand, out io.Writer) error {
	return o.noted(ctx, access.Equip, "token rotate "+e.ID, "", func() error {
		_, text, err := o.auth.RotateToken(ctx, e.ID, e.Overlap)
		return told(out, text, err)
	})
}

func (o office) reseal(ctx context.Context, _ Errand, out io.Writer) error {
	return o.noted(ctx, access.Equip, "keys reseal", "", func() error {
		n, err := o.record.Reseal(ctx)
		return told(out, fmt.Sprintf("sealed %d values anew", n), err)
	})
}

// Run does an errand: in the server that runs, or, when none does, on its files.
func (e Errand) Run(ctx context.Context, cfg config.Config, log *slog.Logger) (text string, err error) {
	if text, err, served := ask(ctx, cfg.Data.Dir, e); served {
		return text, err
	}
	unlock, err := lock(cfg.Data.Dir)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if e.keeps() {
		return e.keepAlone(ctx, cfg, log)
	}
	o, shut, err := ownOffice(ctx, cfg, log)
	if err != nil {
		return "", err
	}
	var out bytes.Buffer
	err = errors.Join(o.do(ctx, e, &out), o.record.Anchor(ctx), shut())
	return out.String(), err
}

// ownOffice opens the files for one errand.
func ownOffice(ctx context.Context, cfg config.Config, log *slog.Logger) (o office, shut func() error, err error) {
	folder, err := Folder(cfg)
	if err != nil {
		return o, nil, err
	}
	if o.district, err = district.Load(folder); err != nil {
		return o, nil, err
	}
	if o.record, err = record.Open(ctx, recordConfig(cfg), log); err != nil {
		return o, nil, err
	}
	if _, err = o.record.Whole(ctx); err != nil {
		return o, nil, errors.Join(err, o.record.Close())
	}
	if o.auth, err = newAuth(cfg, o.district, o.record, log, prometheus.NewRegistry()); err != nil {
		return o, nil, errors.Join(err, o.record.Close())
	}
	return o, o.record.Close, nil
}

// Audit reads the record, whether a server runs or not.
type Audit struct{ record *record.Record }

// OpenAudit opens a record that is there; it makes none.
func OpenAudit(ctx context.Context, cfg config.Config, log *slog.Logger) (*Audit, error) {
	c := recordConfig(cfg)
	if _, err := os.Stat(c.Path); c.URL == "" && err != nil {
		return nil, fmt.Errorf("there is no record: %w", err)
	}
	r, err := record.Open(ctx, c, log)
	if err != nil {
		return nil, err
	}
	return &Audit{r}, nil
}

// Close ends the connections.
func (a *Audit) Close() error { return a.record.Close() }

// Verify fails with a fault for everything that is wrong with the record, each
// at its chain and line.
func (a *Audit) Verify(ctx context.Context, anchors string) error {
	found, err := a.record.Verify(ctx, anchors)
	errs := []error{err}
	for _, f := range found {
		errs = append(errs, fault.New(fault.Invalid, f.At(), "%s", f.Reason))
	}
	return errors.Join(errs...)
}

// Export writes all lines, as GET /audit sends them.
func (a *Audit) Export(ctx context.Context, out io.Writer) error {
	return a.record.Lines(ctx, math.MinInt64, math.MaxInt64, func(_ access.Line, sent string) error {
		_, err := io.WriteString(out, sent+"\n")
		return err
	})
}

// RotateKeys adds a key to the key file. The server uses it from its next start
// on; keys reseal then brings what is old to it.
func RotateKeys(cfg config.Config) (id string, err error) {
	return seal.Rotate(recordConfig(cfg).KeyFile)
}
