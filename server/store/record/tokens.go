package record

import (
	"context"

	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
)

type tokenRow struct {
	ID       string `db:"id"`
	Source   string `db:"source"`
	User     string `db:"of_user"`
	Areas    string `db:"areas"`
	Measures string `db:"measures"`
	Hash     string `db:"hash"`
	MadeAt   int64  `db:"made_at"`
	EndsAt   int64  `db:"ends_at"`
	UsedAt   int64  `db:"used_at"`
	CodeAt   int64  `db:"code_at"`
}

const tokenColumns = "id, source, of_user, areas, measures, hash, made_at, ends_at, used_at, code_at" //nolint:gosec // names of columns, no secret

func (w *tokenRow) token() (account.Token, error) {
	t := account.Token{ID: w.ID, Source: w.Source, User: w.User, Hash: w.Hash,
		MadeAt: w.MadeAt, EndsAt: w.EndsAt, UsedAt: w.UsedAt, CodeAt: w.CodeAt}
	if err := unlist(w.Areas, &t.Areas); err != nil {
		return t, err
	}
	return t, unlist(w.Measures, &t.Measures)
}

// Token finds a token by its id; fault.NotFound when there is none.
func (r *Record) Token(ctx context.Context, id string) (account.Token, error) {
	var w tokenRow
	if err := r.one(ctx, "token", &w, "select "+tokenColumns+" from tokens where id = ?", id); err != nil {
		return account.Token{}, err
	}
	return w.token()
}

// Tokens lists all tokens, the oldest first.
func (r *Record) Tokens(ctx context.Context) ([]account.Token, error) {
	var rows []tokenRow
	if err := r.many(ctx, "tokens", &rows, "select "+tokenColumns+" from tokens order by made_at, id"); err != nil {
		return nil, err
	}
	tokens := make([]account.Token, len(rows))
	for i := range rows {
		var err error
		if tokens[i], err = rows[i].token(); err != nil {
			return nil, err
		}
	}
	return tokens, nil
}

// AddToken keeps a new token.
func (r *Record) AddToken(ctx context.Context, t account.Token) error {
	_, err := r.exec(ctx, "add a token", "insert into tokens ("+tokenColumns+") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		t.ID, t.Source, t.User, list(t.Areas), list(t.Measures), t.Hash, t.MadeAt, t.EndsAt, t.UsedAt, t.CodeAt)
	return err
}

// SetToken notes when a token was used last, its last code, and when it ends.
func (r *Record) SetToken(ctx context.Context, t account.Token) error {
	_, err := r.exec(ctx, "note a token", "update tokens set used_at = ?, code_at = ?, ends_at = ? where id = ?", t.UsedAt, t.CodeAt, t.EndsAt, t.ID)
	return err
}

// EndToken takes a token away; fault.NotFound when there is none.
func (r *Record) EndToken(ctx context.Context, id string) error {
	n, err := r.exec(ctx, "revoke a token", "delete from tokens where id = ?", id)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "", "no such token")
	}
	return err
}
