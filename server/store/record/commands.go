package record

import (
	"context"
	"fmt"
	"strconv"

	"github.com/jmoiron/sqlx"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
	"citydeck/server/store"
	"citydeck/server/store/record/chain"
	"citydeck/server/store/record/seal"
)

// AppendCommand puts what was decided at the end of ledgers, with what belongs
// beside their lines, a new command's key, and who did it: all of it is on disk
// when it returns, or none. Whoever else was faster makes it fail with
// fault.Conflict. What names somebody is sealed.
func (r *Record) AppendCommand(ctx context.Context, entries []command.Entry, key *command.Key, lines ...access.Line) error {
	if err := r.Incomplete(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	last := r.last
	err := r.in(ctx, "append to a ledger", func(tx *sqlx.Tx) error {
		var err error
		if last, err = r.putLines(ctx, tx, lines); err != nil {
			return err
		}
		if key != nil {
			if err := r.putKey(ctx, tx, key); err != nil {
				return err
			}
		}
		for i := range entries {
			if err := r.putEntry(ctx, tx, &entries[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err == nil && len(lines) > 0 {
		r.last = last
	}
	return err
}

// putLines puts lines at the end of the audit, within a transaction.
func (r *Record) putLines(ctx context.Context, tx *sqlx.Tx, lines []access.Line) (last chain.Link, err error) {
	if len(lines) == 0 {
		return r.last, nil
	}
	if last, err = lastLink(ctx, tx); err != nil {
		return last, err
	}
	if r.last.N > last.N {
		return last, fmt.Errorf("the audit ends at line %d, and had %d before", last.N, r.last.N)
	}
	for _, line := range lines {
		if last, err = r.put(ctx, tx, last, line); err != nil {
			return last, err
		}
	}
	return last, nil
}

func (r *Record) putKey(ctx context.Context, tx *sqlx.Tx, k *command.Key) error {
	_, err := tx.ExecContext(ctx, tx.Rebind("insert into commands (id, of_user, press, digest, made_at, kept_until) values (?, ?, ?, ?, ?, 0)"),
		k.Command, k.User, k.Key, k.Digest, r.now())
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "", "this key was just used")
	}
	return err
}

func (r *Record) putEntry(ctx context.Context, tx *sqlx.Tx, e *command.Entry) error {
	lines := make([]string, len(e.Events))
	for i := range e.Events {
		lines[i] = string(e.Events[i].Line())
	}
	if err := r.appendTo(ctx, tx, e.Command, e.After, lines); err != nil {
		return err
	}
	for i := range e.Events {
		v := &e.Events[i]
		if v.Body == nil && v.Private == nil {
			continue
		}
		id := beside(e.Command, v.N)
		var private []byte
		if v.Private != nil {
			var err error
			if private, err = r.keys.Seal(privateAt(id), string(v.Private)); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, tx.Rebind("insert into bodies (id, command, n, body, private) values (?, ?, ?, ?, ?)"),
			id, e.Command, v.N, v.Body, private)
		if err != nil {
			return err
		}
	}
	if e.Until == 0 {
		return nil
	}
	_, err := tx.ExecContext(ctx, tx.Rebind("update commands set kept_until = ? where id = ?"), e.Until, e.Command)
	return err
}

// beside names what belongs to a line.
func beside(command string, n int64) string { return command + "/" + strconv.FormatInt(n, 10) }

func privateAt(id string) seal.Column { return seal.Column{Table: "bodies", Name: "private", Row: id} }

// Commands names all commands, the oldest first.
func (r *Record) Commands(ctx context.Context) (ids []string, err error) {
	err = r.many(ctx, "commands", &ids, "select id from commands order by made_at, id")
	return ids, err
}

// Kept says of each command until when what is personal of it is kept, in Unix
// ms; 0: it was not stood down yet, or nothing is left. Only those that hold
// something personal are named.
func (r *Record) Kept(ctx context.Context) (map[string]int64, error) {
	var rows []struct {
		ID    string `db:"id"`
		Until int64  `db:"kept_until"`
	}
	err := r.many(ctx, "commands", &rows, `select id, kept_until from commands where
		exists (select 1 from bodies where bodies.command = commands.id and private is not null)`)
	kept := make(map[string]int64, len(rows))
	for _, w := range rows {
		kept[w.ID] = w.Until
	}
	return kept, err
}

// Pressed finds what a user's key has launched; fault.NotFound when nothing.
func (r *Record) Pressed(ctx context.Context, user, key string) (command.Key, error) {
	var w struct{ ID, Digest string }
	err := r.one(ctx, "command", &w, "select id, digest from commands where of_user = ? and press = ?", user, key)
	return command.Key{User: user, Key: key, Digest: w.Digest, Command: w.ID}, err
}

// Events reads a command's ledger with what stands beside it. What was deleted
// by rule is nil.
func (r *Record) Events(ctx context.Context, id string) ([]command.Event, error) {
	var rows []struct {
		N       int64
		Body    []byte
		Private []byte
	}
	if err := r.many(ctx, "command", &rows, "select n, body, private from bodies where command = ? order by n", id); err != nil {
		return nil, err
	}
	at := make(map[int64]int, len(rows))
	for i := range rows {
		at[rows[i].N] = i
	}
	var events []command.Event
	var failed error
	err := ledgerLinks(ctx, r.db.Read, id, func(l chain.Link) {
		var body, private []byte
		if i, found := at[l.N]; found {
			body = rows[i].Body
			if rows[i].Private != nil {
				text, err := r.keys.Open(privateAt(beside(id, l.N)), rows[i].Private)
				if err != nil && failed == nil {
					failed = err
				}
				private = []byte(text)
			}
		}
		e, err := command.Parse([]byte(l.Line), body, private)
		if err != nil && failed == nil {
			failed = err
		}
		events = append(events, e)
	})
	if err == nil {
		err = failed
	}
	return events, away("read a ledger", err)
}

// Spend notes that something that works once was used; false: it was before.
func (r *Record) Spend(ctx context.Context, id string) (bool, error) {
	n, err := r.exec(ctx, "note what was used", "insert into spent (id, at) values (?, ?) on conflict (id) do nothing", id, r.now())
	return n > 0, err
}

// CloseBook deletes what is personal of commands whose retention is over; their
// ledgers stay whole. Each leaves a line of the audit.
func (r *Record) CloseBook(ctx context.Context) error {
	var over []string
	err := r.many(ctx, "commands", &over, "select id from commands where kept_until > 0 and kept_until < ? order by id", r.now())
	if err != nil {
		return err
	}
	for _, id := range over {
		line := access.Line{At: r.now(), Actor: string(access.System), Role: string(access.System), Action: access.Erased,
			Object: "command:" + id, Purpose: "retention", Result: access.Allowed}
		if err := r.Append(ctx, line); err != nil {
			return err
		}
		if r.db.File() != "" {
			if _, err := r.db.Write.ExecContext(ctx, "pragma secure_delete = on"); err != nil {
				return away("erase", err)
			}
		}
		err := r.in(ctx, "erase of a command", func(tx *sqlx.Tx) error {
			if _, err := tx.ExecContext(ctx, tx.Rebind("update bodies set private = null where command = ?"), id); err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, tx.Rebind("delete from photos where command = ?"), id); err != nil {
				return err
			}
			_, err := tx.ExecContext(ctx, tx.Rebind("update commands set kept_until = 0 where id = ?"), id)
			return err
		})
		if err != nil {
			return err
		}
	}
	if len(over) == 0 {
		return nil
	}
	return r.settle(ctx)
}

// LinkMAC signs what a responder's link says.
func (r *Record) LinkMAC(text string) string { return r.keys.MAC("link", text) }

// LinkHolds tells whether a link was signed by one of the keys.
func (r *Record) LinkHolds(text, mac string) bool { return r.keys.Holds("link", text, mac) }
