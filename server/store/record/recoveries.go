package record

import (
	"context"

	"github.com/jmoiron/sqlx"
)

// Recoveries are the proofs of somebody's recovery codes that were not used yet.
func (r *Record) Recoveries(ctx context.Context, name string) ([]string, error) {
	var proofs []string
	err := r.many(ctx, "recovery codes", &proofs, "select proof from recoveries where name = ? order by proof", name)
	return proofs, err
}

// SetRecoveries replaces them all; none takes them away.
func (r *Record) SetRecoveries(ctx context.Context, name string, proofs []string) error {
	return r.in(ctx, "set recovery codes", func(tx *sqlx.Tx) error {
		if _, err := tx.ExecContext(ctx, tx.Rebind("delete from recoveries where name = ?"), name); err != nil {
			return err
		}
		for _, p := range proofs {
			if _, err := tx.ExecContext(ctx, tx.Rebind("insert into recoveries (name, proof) values (?, ?)"), name, p); err != nil {
				return err
			}
		}
		return nil
	})
}

// UseRecovery takes one away. Of two who use the same one, one is told false.
func (r *Record) UseRecovery(ctx context.Context, name, proof string) (bool, error) {
	n, err := r.exec(ctx, "note a recovery code", "delete from recoveries where name = ? and proof = ?", name, proof)
	return n == 1, err
}
