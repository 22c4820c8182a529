package record

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/jmoiron/sqlx"

	"citydeck/cockpits/fault"
)

// quiet is how long nobody need have written for a ping to try it, in ms.
const quiet = 1000

// pulse is when the record was last seen to take what is written.
type pulse struct {
	wrote   atomic.Int64 // Unix ms; 0: the last try failed
	probing sync.Mutex
}

// felt remembers how a write went; what was refused by a rule says nothing of it.
func (r *Record) felt(err error) error {
	switch {
	case err == nil:
		r.pulse.wrote.Store(r.now())
	case len(fault.All(err)) == 0:
		r.pulse.wrote.Store(0)
	}
	return err
}

// Ping tells whether the record can be read and written: when nobody has written
// for a second, or in vain, it tries.
func (r *Record) Ping(ctx context.Context) error {
	var n int
	if err := r.db.Read.GetContext(ctx, &n, "select count(*) from keys"); err != nil {
		return away("ping", err)
	}
	r.pulse.probing.Lock()
	defer r.pulse.probing.Unlock()
	if r.unsure.Load() {
		if _, err := r.Whole(ctx); err != nil {
			return away("ping", err)
		}
	}
	if r.now()-r.pulse.wrote.Load() < quiet {
		return nil
	}
	return r.in(ctx, "ping", func(tx *sqlx.Tx) error {
		// An update to what stands there already would write nothing.
		if _, err := tx.ExecContext(ctx, "insert into keys (id, proof) values ('ping', '')"); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "delete from keys where id = 'ping'")
		return err
	})
}
