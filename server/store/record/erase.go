package record

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jmoiron/sqlx"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
)

// Erasure is the proof that rows which named persons are gone: how many, of
// which list, and a digest of what stood there. The audit has a line of it.
type Erasure struct {
	ID     string `db:"id" json:"id"`
	At     int64  `db:"at" json:"at"` // Unix ms
	List   string `db:"list" json:"list"`
	Reason string `db:"reason" json:"reason"` // "retention", or what was asked for
	Gone   int    `db:"gone" json:"rows"`
	Digest string `db:"digest" json:"digest"`
}

// EraseOld takes out what is kept no longer.
func (r *Record) EraseOld(ctx context.Context) ([]Erasure, error) {
	var proofs []Erasure
	for _, l := range []peopleList{householdList, responderList} {
		e, err := r.erase(ctx, l, "retention", "kept_until < ?", r.now())
		if err != nil {
			return proofs, err
		}
		if e.Gone > 0 {
			proofs = append(proofs, e)
		}
	}
	return proofs, nil
}

// EraseOne takes out one household or responder, as people may ask for.
func (r *Record) EraseOne(ctx context.Context, table, id, reason string) (Erasure, error) {
	for _, l := range []peopleList{householdList, responderList} {
		if l.table != table {
			continue
		}
		e, err := r.erase(ctx, l, reason, "id = ?", id)
		if err == nil && e.Gone == 0 {
			err = fault.New(fault.NotFound, "", "no such row")
		}
		return e, err
	}
	return Erasure{}, fault.New(fault.NotFound, "", "no such list")
}

// erase deletes rows so that no trace of them stays in the files, and proves it
// by a line of the audit, which is written before.
func (r *Record) erase(ctx context.Context, l peopleList, reason, where string, arg any) (Erasure, error) {
	var ids []string
	if err := r.many(ctx, l.table, &ids, "select id from "+l.table+" where "+where+" order by id", arg); err != nil || len(ids) == 0 {
		return Erasure{}, err
	}
	e, line := r.erasure(l.table, reason, ids)
	return e, r.proven(ctx, e, line, func(tx *sqlx.Tx) error {
		for _, id := range ids {
			if _, err := tx.ExecContext(ctx, tx.Rebind("delete from "+l.table+" where id = ?"), id); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, tx.Rebind("insert into lists (id, revision) values (?, 1) on conflict (id) do update set revision = lists.revision + 1"), l.table)
		return err
	})
}

// proven deletes after its line is on record, keeps the proof, and takes what
// was deleted out of the files.
func (r *Record) proven(ctx context.Context, e Erasure, line access.Line, wipe func(tx *sqlx.Tx) error) error {
	if err := r.Append(ctx, line); err != nil {
		return err
	}
	if r.db.File() != "" {
		if _, err := r.db.Write.ExecContext(ctx, "pragma secure_delete = on"); err != nil {
			return away("erase", err)
		}
	}
	err := r.in(ctx, "erase from "+e.List, func(tx *sqlx.Tx) error {
		if err := wipe(tx); err != nil {
			return err
		}
		_, err := tx.NamedExecContext(ctx, "insert into erasures (id, at, list, reason, gone, digest) values (:id, :at, :list, :reason, :gone, :digest)", e)
		return err
	})
	if err != nil {
		line.Result = access.Failed
		return errors.Join(err, r.Append(ctx, line))
	}
	return r.settle(ctx)
}

// EraseAccount takes out somebody who could sign in, with all that hangs on it.
// The audit goes on to name what he did.
func (r *Record) EraseAccount(ctx context.Context, name, reason string) (Erasure, error) {
	if _, err := r.Account(ctx, name); err != nil {
		return Erasure{}, err
	}
	e, line := r.erasure("accounts", reason, []string{name})
	return e, r.proven(ctx, e, line, func(tx *sqlx.Tx) error {
		for _, statement := range []string{
			"delete from grants where name = ?", "delete from recoveries where name = ?", "delete from sessions where name = ?",
			"delete from tokens where of_user = ?", "delete from accounts where name = ?",
		} {
			if _, err := tx.ExecContext(ctx, tx.Rebind(statement), name); err != nil {
				return err
			}
		}
		return nil
	})
}

// erasure is the proof of a deletion, and its line.
func (r *Record) erasure(table, reason string, ids []string) (Erasure, access.Line) {
	e := Erasure{At: r.now(), List: table, Reason: reason, Gone: len(ids), Digest: digestOf(table, ids)}
	e.ID = fmt.Sprintf("%s-%d", e.Digest[:12], e.At)
	return e, access.Line{
		At: e.At, Actor: string(access.System), Role: string(access.System), Action: access.Erased,
		Object: fmt.Sprintf("%s rows=%d digest=%s", table, e.Gone, e.Digest), Purpose: reason, Result: access.Allowed,
	}
}

// settle takes what was deleted out of the journal as well.
func (r *Record) settle(ctx context.Context) error {
	if r.db.File() == "" {
		return nil
	}
	var busy, logged, done int
	err := r.db.Write.QueryRowxContext(ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, &logged, &done)
	if err == nil && busy != 0 {
		err = errors.New("a reader holds the journal: what was deleted leaves it with the next one")
	}
	return away("erase", err)
}

// digestOf tells nothing of the ids, and proves which they were to who has them.
func digestOf(table string, ids []string) string {
	h := sha256.New()
	for _, id := range ids {
		fmt.Fprintf(h, "%s\n%d\n%s\n", table, len(id), id)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// Erasures lists what was erased, the oldest first.
func (r *Record) Erasures(ctx context.Context) ([]Erasure, error) {
	var all []Erasure
	err := r.many(ctx, "erasures", &all, "select id, at, list, reason, gone, digest from erasures order by at, id")
	return all, err
}
