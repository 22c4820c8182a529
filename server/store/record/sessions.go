package record

import (
	"context"

	"citydeck/cockpits/access/account"
)

type sessionRow struct {
	ID      string `db:"id"`
	Hash    string `db:"hash"`
	Name    string `db:"name"`
	MadeAt  int64  `db:"made_at"`
	SeenAt  int64  `db:"seen_at"`
	EndsAt  int64  `db:"ends_at"`
	CodeAt  int64  `db:"code_at"`
	Command string `db:"command"`
	Person  string `db:"person"`
	Address string `db:"address"`
}

const sessionColumns = "id, hash, name, made_at, seen_at, ends_at, code_at, command, person, address"

// Session finds a session by the hash of its cookie; fault.NotFound when it is over.
func (r *Record) Session(ctx context.Context, hash string) (account.Session, error) {
	var w sessionRow
	err := r.one(ctx, "session", &w, "select "+sessionColumns+" from sessions where hash = ?", hash)
	return account.Session(w), err
}

// SessionOf finds a session by its id; fault.NotFound when it is over.
func (r *Record) SessionOf(ctx context.Context, id string) (account.Session, error) {
	var w sessionRow
	err := r.one(ctx, "session", &w, "select "+sessionColumns+" from sessions where id = ?", id)
	return account.Session(w), err
}

// Sessions names the sessions of an account, the newest first.
func (r *Record) Sessions(ctx context.Context, name string) (ids []string, err error) {
	err = r.many(ctx, "sessions", &ids, "select id from sessions where name = ? order by made_at desc, id", name)
	return ids, err
}

// AddSession keeps a new session.
func (r *Record) AddSession(ctx context.Context, s account.Session) error {
	_, err := r.exec(ctx, "add a session", "insert into sessions ("+sessionColumns+") values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
		s.ID, s.Hash, s.Name, s.MadeAt, s.SeenAt, s.EndsAt, s.CodeAt, s.Command, s.Person, s.Address)
	return err
}

// SetSession notes what of a session may change: its cookie, when it was used
// last, its end, and its last one-time code.
func (r *Record) SetSession(ctx context.Context, s account.Session) error {
	_, err := r.exec(ctx, "note a session", "update sessions set hash = ?, seen_at = ?, ends_at = ?, code_at = ? where id = ?",
		s.Hash, s.SeenAt, s.EndsAt, s.CodeAt, s.ID)
	return err
}

// EndSession ends one session; ending it twice changes nothing.
func (r *Record) EndSession(ctx context.Context, id string) error {
	_, err := r.exec(ctx, "end a session", "delete from sessions where id = ?", id)
	return err
}

// Sweep forgets what is over: sessions, pairings, and failures long ago.
func (r *Record) Sweep(ctx context.Context, now, seenBefore, failedBefore int64) error {
	if _, err := r.exec(ctx, "sweep", "delete from sessions where ends_at < ? or seen_at < ?", now, seenBefore); err != nil {
		return err
	}
	if _, err := r.exec(ctx, "sweep", "delete from pairings where ends_at < ?", failedBefore); err != nil {
		return err
	}
	_, err := r.exec(ctx, "sweep", "delete from attempts where until < ? and since < ?", now, failedBefore)
	return err
}

// Attempts is what failed for a key; none is no failure.
func (r *Record) Attempts(ctx context.Context, key string) (account.Attempts, error) {
	var rows []struct {
		Failed int   `db:"failed"`
		Since  int64 `db:"since"`
		Until  int64 `db:"until"`
	}
	err := r.many(ctx, "attempts", &rows, "select failed, since, until from attempts where id = ?", key)
	a := account.Attempts{Key: key}
	if len(rows) > 0 {
		a.Failed, a.Since, a.Until = rows[0].Failed, rows[0].Since, rows[0].Until
	}
	return a, err
}

// SetAttempts keeps what failed for a key; without a failure it forgets the key.
func (r *Record) SetAttempts(ctx context.Context, a account.Attempts) error {
	if a.Failed == 0 {
		_, err := r.exec(ctx, "forget attempts", "delete from attempts where id = ?", a.Key)
		return err
	}
	_, err := r.exec(ctx, "note attempts", `insert into attempts (id, failed, since, until) values (?, ?, ?, ?)
		on conflict (id) do update set failed = excluded.failed, since = excluded.since, until = excluded.until`, a.Key, a.Failed, a.Since, a.Until)
	return err
}

// MAC signs a text for a purpose with the current key.
func (r *Record) MAC(purpose, text string) string { return r.keys.MAC(purpose, text) }

// MACs gives what MAC would give with each key, the current one first.
func (r *Record) MACs(purpose, text string) []string { return r.keys.MACs(purpose, text) }
