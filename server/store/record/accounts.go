package record

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jmoiron/sqlx"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
	"citydeck/server/store"
	"citydeck/server/store/record/seal"
)

type accountRow struct {
	Name      string `db:"name"`
	Responder string `db:"responder"`
	Disabled  bool   `db:"disabled"`
	Proof     string `db:"proof"`
	Earlier   string `db:"earlier"`
	ProofAt   int64  `db:"proof_at"`
	Seed      []byte `db:"seed"`
	Step      int64  `db:"step"`
	Subject   string `db:"subject"`
	MadeAt    int64  `db:"made_at"`
	SeenAt    int64  `db:"seen_at"`
}

type grantRow struct{ Name, Role, Area string }

const accountColumns = "name, responder, disabled, proof, earlier, proof_at, seed, step, subject, made_at, seen_at"

func seedOf(name string) seal.Column { return seal.Column{Table: "accounts", Name: "seed", Row: name} }

// Account finds a person by his name; fault.NotFound when there is none.
func (r *Record) Account(ctx context.Context, name string) (account.Account, error) {
	return r.account(ctx, "select "+accountColumns+" from accounts where name = ?", name)
}

// AccountOf finds a person by who he is to the sign-in elsewhere.
func (r *Record) AccountOf(ctx context.Context, subject string) (account.Account, error) {
	return r.account(ctx, "select "+accountColumns+" from accounts where subject = ? and subject <> ''", subject)
}

func (r *Record) account(ctx context.Context, statement, key string) (account.Account, error) {
	var w accountRow
	if err := r.one(ctx, "user", &w, statement, key); err != nil {
		return account.Account{}, err
	}
	var grants []grantRow
	err := r.many(ctx, "roles", &grants, "select name, role, area from grants where name = ? order by role, area", w.Name)
	if err != nil {
		return account.Account{}, err
	}
	return r.person(&w, grants)
}

// Accounts lists all people by name.
func (r *Record) Accounts(ctx context.Context) ([]account.Account, error) {
	var rows []accountRow
	if err := r.many(ctx, "users", &rows, "select "+accountColumns+" from accounts order by name"); err != nil {
		return nil, err
	}
	var grants []grantRow
	if err := r.many(ctx, "roles", &grants, "select name, role, area from grants order by name, role, area"); err != nil {
		return nil, err
	}
	of := map[string][]grantRow{}
	for _, g := range grants {
		of[g.Name] = append(of[g.Name], g)
	}
	list := make([]account.Account, len(rows))
	for i := range rows {
		var err error
		if list[i], err = r.person(&rows[i], of[rows[i].Name]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

func (r *Record) person(w *accountRow, grants []grantRow) (account.Account, error) {
	a := account.Account{
		Name: w.Name, Grants: make([]access.Grant, len(grants)), Responder: w.Responder, Disabled: w.Disabled, Proof: w.Proof,
		ProofAt: w.ProofAt, Step: w.Step, Subject: w.Subject, MadeAt: w.MadeAt, SeenAt: w.SeenAt,
	}
	for i, g := range grants {
		a.Grants[i] = access.Grant{Role: access.Role(g.Role), Area: g.Area}
	}
	var err error
	if a.Seed, err = r.keys.Open(seedOf(w.Name), w.Seed); err != nil {
		return a, fmt.Errorf("user: %w", err)
	}
	return a, unlist(w.Earlier, &a.Earlier)
}

// AddAccount keeps a new person; fault.Conflict when the name is taken.
func (r *Record) AddAccount(ctx context.Context, a account.Account) error {
	w, err := r.row(a)
	if err != nil {
		return err
	}
	return r.in(ctx, "add a user", func(tx *sqlx.Tx) error {
		_, err := tx.NamedExecContext(ctx, `insert into accounts (`+accountColumns+`) values
			(:name, :responder, :disabled, :proof, :earlier, :proof_at, :seed, :step, :subject, :made_at, :seen_at)`, w)
		if store.IsDuplicate(err) {
			return fault.New(fault.Conflict, "/name", "this name is taken")
		}
		if err != nil {
			return err
		}
		return grant(ctx, tx, a)
	})
}

// SetAccount replaces what is kept of a person, but for what SetProof and
// UseStep keep: a sign-in at the same moment takes nothing back.
func (r *Record) SetAccount(ctx context.Context, a account.Account) error {
	w, err := r.row(a)
	if err != nil {
		return err
	}
	return r.in(ctx, "change a user", func(tx *sqlx.Tx) error {
		res, err := tx.NamedExecContext(ctx, `update accounts set responder = :responder, disabled = :disabled,
			seed = :seed, subject = :subject where name = :name`, w)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.NotFound, "", "no such user")
		}
		if _, err := tx.ExecContext(ctx, tx.Rebind("delete from grants where name = ?"), a.Name); err != nil {
			return err
		}
		return grant(ctx, tx, a)
	})
}

// SetProof keeps a person's proofs of passwords, and when he signed in last.
func (r *Record) SetProof(ctx context.Context, a account.Account) error {
	_, err := r.exec(ctx, "note a sign-in", "update accounts set proof = ?, earlier = ?, proof_at = ?, seen_at = ? where name = ?",
		a.Proof, list(a.Earlier), a.ProofAt, a.SeenAt, a.Name)
	return err
}

// UseStep notes that a one-time code was used. Of two who use the same one, one
// is told false.
func (r *Record) UseStep(ctx context.Context, name string, step int64) (bool, error) {
	n, err := r.exec(ctx, "note a code", "update accounts set step = ? where name = ? and step < ?", step, name, step)
	return n == 1, err
}

func (r *Record) row(a account.Account) (accountRow, error) {
	w := accountRow{Name: a.Name, Responder: a.Responder, Disabled: a.Disabled, Proof: a.Proof, ProofAt: a.ProofAt,
		Step: a.Step, Subject: a.Subject, MadeAt: a.MadeAt, SeenAt: a.SeenAt, Earlier: list(a.Earlier)}
	var err error
	w.Seed, err = r.keys.Seal(seedOf(a.Name), a.Seed)
	return w, err
}

func grant(ctx context.Context, tx *sqlx.Tx, a account.Account) error {
	for _, g := range a.Grants {
		_, err := tx.ExecContext(ctx, tx.Rebind("insert into grants (name, role, area) values (?, ?, ?) on conflict (name, role, area) do nothing"),
			a.Name, string(g.Role), g.Area)
		if err != nil {
			return err
		}
	}
	return nil
}

// list and unlist keep a list of texts in one column.
func list[T any](values []T) string {
	if len(values) == 0 {
		return "[]"
	}
	text, err := json.Marshal(values)
	if err != nil {
		return "[]" // texts and numbers always can be written
	}
	return string(text)
}

func unlist[T any](text string, into *[]T) error {
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("a list in the record: %w", err)
	}
	return nil
}
