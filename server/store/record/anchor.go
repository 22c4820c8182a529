package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	"citydeck/server/store"
	"citydeck/server/store/record/chain"
)

// pace is how often the end of the audit is anchored, if it moved.
const pace = 10 * time.Second

// proving is how often the whole record is verified.
const proving = 24 * time.Hour

// tell verifies the record and has the log say what is wrong with it.
func (r *Record) tell(ctx context.Context) {
	if _, err := r.Whole(ctx); err != nil && ctx.Err() == nil {
		r.log.Error("the record could not be held against its anchors", "error", err)
	}
	faults, err := r.Verify(ctx, "")
	if err != nil && ctx.Err() == nil {
		r.log.Error("the record could not be verified", "error", err)
	}
	for _, f := range faults {
		r.log.Error("the record is not whole", "fault", f.String())
	}
}

// tidying is how often what is kept no longer is taken out.
const tidying = time.Hour

// Run anchors the audit until ctx ends, and once more then; and it takes out
// what is kept no longer.
func (r *Record) Run(ctx context.Context) error {
	tick, tidy, prove := time.NewTicker(pace), time.NewTicker(tidying), time.NewTicker(proving)
	defer tick.Stop()
	defer tidy.Stop()
	defer prove.Stop()
	for {
		select {
		case <-prove.C:
			r.tell(ctx)
		case <-tidy.C:
			if _, err := r.EraseOld(ctx); err != nil && ctx.Err() == nil {
				r.log.Error("what is kept no longer could not be taken out", "error", err)
			}
		case <-tick.C:
			r.keep(ctx)
		case <-ctx.Done():
			last, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
			defer cancel()
			r.keep(last)
			return nil
		}
	}
}

// keep anchors, and tells the log when that is not possible. A record that
// stopped commands is looked at again: what was in the way may be gone.
func (r *Record) keep(ctx context.Context) {
	if was := r.Standing(); was != "whole" {
		if _, err := r.Whole(ctx); err == nil && r.Standing() == "whole" {
			r.log.Info("the record is whole again: commands go on", "was", was)
		}
	}
	if err := r.Anchor(ctx); err != nil {
		r.log.Error("the audit could not be anchored", "error", err)
	}
}

// Anchor signs the newest line of each chain that moved on into the file of
// anchors, and into the log. It returns once that is on disk. While the record is known to be incomplete it does nothing.
func (r *Record) Anchor(ctx context.Context) error {
	if r.Incomplete() != nil {
		return nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	heads, err := r.heads(ctx)
	if err != nil {
		return fmt.Errorf("anchor: %w", err)
	}
	if last := heads[auditChain]; last.N < r.last.N {
		return fmt.Errorf("anchor: the audit ends at line %d, and had %d before", last.N, r.last.N)
	}
	for _, name := range slices.Sorted(maps.Keys(heads)) {
		last := heads[name]
		if last.N == r.anchored[name] {
			continue
		}
		a := chain.Anchored(r.keys, name, last, r.now())
		if r.cfg.Anchor != "" {
			if err := appendLine(r.cfg.Anchor, a); err != nil {
				return fmt.Errorf("anchor: %w", err)
			}
		}
		r.log.Info("anchor", "chain", a.Chain, "n", a.N, "head", a.Head, "at", a.At, "sig", a.Sig)
		r.anchored[name] = last.N
	}
	return nil
}

// heads is the newest line of each chain.
func (r *Record) heads(ctx context.Context) (map[string]chain.Link, error) {
	var rows []struct {
		Command string `db:"command"`
		N       int64  `db:"n"`
		Hash    string `db:"hash"`
	}
	err := r.db.Read.SelectContext(ctx, &rows, `select l.command, l.n, l.hash from ledger l
		join (select command, max(n) as n from ledger group by command) m on m.command = l.command and m.n = l.n`)
	if err != nil {
		return nil, err
	}
	heads := make(map[string]chain.Link, len(rows)+1)
	for _, w := range rows {
		heads[w.Command] = chain.Link{N: w.N, Hash: w.Hash}
	}
	var last chain.Link
	err = r.db.Read.QueryRowxContext(ctx, "select n, hash from audit order by n desc limit 1").Scan(&last.N, &last.Hash)
	if err != nil && !isNone(err) {
		return nil, err
	}
	heads[auditChain] = last
	return heads, nil
}

// appendLine adds a line to a file that only its owner can read. A line that a
// crash has cut before it stays a line of its own.
func appendLine(path string, v any) error {
	text, err := json.Marshal(v)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Clean(path), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return err
	}
	text = append(text, '\n')
	var end [1]byte
	if info, err := f.Stat(); err == nil && info.Size() > 0 {
		if _, err := f.ReadAt(end[:], info.Size()-1); err == nil && end[0] != '\n' {
			text = append([]byte("\n"), text...)
		}
	}
	_, err = f.Write(text)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	return store.SyncDir(filepath.Dir(path))
}
