package record

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jmoiron/sqlx"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
	"citydeck/server/store/record/seal"
)

// Kept is for how long a list's rows are kept that no later list confirms. What
// names persons is kept no longer than it is looked after.
const Kept = 365 * 24 * time.Hour

// Change says what a new list did.
type Change struct {
	Rows     int // in the new list
	Replaced int // of those, were there before
	Removed  int // were there, and are in the new list no more
}

// list is one of the three lists of people and places.
type peopleList struct {
	table   string
	columns []string // id first
	sealed  []string // of these, those that name somebody
	keeps   bool     // has kept_until
}

var (
	householdList = peopleList{"households", []string{"id", "area", "estate", "building", "unit", "floor", "room", "residents",
		"needs", "contact_name", "contact_phone", "lon", "lat", "placed"}, []string{"needs", "contact_name", "contact_phone"}, true}
	responderList = peopleList{"responders", []string{"id", "name", "roles", "areas", "phone", "channels", "on_duty"}, []string{"name", "phone", "channels"}, true}
	shelterList   = peopleList{"shelters", []string{"id", "name", "area", "capacity", "accessible", "lon", "lat", "placed"}, nil, false}
)

// PutHouseholds puts rows in or replaces them by their ids, all or nothing; with
// replace it also takes out what the list lacks.
func (r *Record) PutHouseholds(ctx context.Context, all []household.Household, replace bool) (Change, error) {
	return r.putList(ctx, householdList, len(all), replace, func(i int) ([]any, error) {
		h := &all[i]
		needs, err := json.Marshal(h.Needs)
		return []any{h.ID, h.Area, h.Estate, h.Building, h.Unit, h.Floor, h.Room, h.Residents,
			string(needs), h.ContactName, h.ContactPhone, h.Lon, h.Lat, h.Placed}, err
	})
}

// PutResponders is PutHouseholds for those who can be called.
func (r *Record) PutResponders(ctx context.Context, all []household.Responder, replace bool) (Change, error) {
	return r.putList(ctx, responderList, len(all), replace, func(i int) ([]any, error) {
		p := &all[i]
		channels, err := json.Marshal(p.Channels)
		return []any{p.ID, p.Name, list(p.Roles), list(p.Areas), p.Phone, string(channels), p.OnDuty}, err
	})
}

// PutShelters is PutHouseholds for the places where people go.
func (r *Record) PutShelters(ctx context.Context, all []household.Shelter, replace bool) (Change, error) {
	return r.putList(ctx, shelterList, len(all), replace, func(i int) ([]any, error) {
		s := &all[i]
		return []any{s.ID, s.Name, s.Area, s.Capacity, s.Accessible, s.Lon, s.Lat, s.Placed}, nil
	})
}

// putList writes n rows in one transaction; the list's revision moves on.
func (r *Record) putList(ctx context.Context, l peopleList, n int, replace bool, row func(i int) ([]any, error)) (c Change, err error) {
	c.Rows = n
	err = r.in(ctx, "put "+l.table, func(tx *sqlx.Tx) error {
		var ids []string
		if err := tx.SelectContext(ctx, &ids, "select id from "+l.table); err != nil {
			return err
		}
		before := make(map[string]bool, len(ids))
		for _, id := range ids {
			before[id] = true
		}
		put, err := tx.PreparexContext(ctx, tx.Rebind(l.upsert()))
		if err != nil {
			return err
		}
		defer put.Close() //nolint:errcheck // the transaction's end says what went wrong
		for i := range n {
			args, err := row(i)
			if err != nil {
				return err
			}
			id := fmt.Sprint(args[0])
			if args, err = r.sealRow(l, id, args); err != nil {
				return err
			}
			if before[id] {
				c.Replaced++
				delete(before, id)
			}
			if _, err := put.ExecContext(ctx, args...); err != nil {
				return err
			}
		}
		if replace {
			if c.Removed, err = removeRows(ctx, tx, l, before); err != nil {
				return err
			}
		}
		_, err = tx.ExecContext(ctx, tx.Rebind("insert into lists (id, revision) values (?, 1) on conflict (id) do update set revision = lists.revision + 1"), l.table)
		return err
	})
	return c, err
}

func removeRows(ctx context.Context, tx *sqlx.Tx, l peopleList, gone map[string]bool) (int, error) {
	for id := range gone {
		if _, err := tx.ExecContext(ctx, tx.Rebind("delete from "+l.table+" where id = ?"), id); err != nil {
			return 0, err
		}
	}
	return len(gone), nil
}

// upsert is the statement that puts a row in or replaces it. Its names are the
// constants above, never input.
func (l peopleList) upsert() string {
	columns := l.columns
	if l.keeps {
		columns = append(columns[:len(columns):len(columns)], "kept_until")
	}
	names, marks, sets := columns[0], "?", ""
	for _, c := range columns[1:] {
		names, marks, sets = names+", "+c, marks+", ?", sets+", "+c+" = excluded."+c
	}
	return "insert into " + l.table + " (" + names + ") values (" + marks + ") on conflict (id) do update set " + sets[2:]
}

// sealRow seals what names somebody, and says until when the row is kept.
func (r *Record) sealRow(l peopleList, id string, args []any) ([]any, error) {
	for i, column := range l.columns {
		for _, s := range l.sealed {
			if s != column {
				continue
			}
			text, _ := args[i].(string)
			sealed, err := r.keys.Seal(seal.Column{Table: l.table, Name: column, Row: id}, text)
			if err != nil {
				return nil, err
			}
			args[i] = sealed
		}
	}
	if l.keeps {
		args = append(args, r.now()+Kept.Milliseconds())
	}
	return args, nil
}

// Listed are the ids of a list: "households", "responders", "shelters".
func (r *Record) Listed(ctx context.Context, table string) ([]string, error) {
	var ids []string
	for _, l := range []peopleList{householdList, responderList, shelterList} {
		if l.table == table {
			return ids, r.many(ctx, "ids of "+table, &ids, "select id from "+l.table)
		}
	}
	return nil, fault.New(fault.NotFound, "", "no such list")
}

// Revision counts how often a list was changed: "households", "responders", "shelters".
func (r *Record) Revision(ctx context.Context, table string) (int64, error) {
	var rows []int64
	err := r.many(ctx, "revision", &rows, "select revision from lists where id = ?", table)
	if len(rows) == 0 {
		return 0, err
	}
	return rows[0], err
}

// Households lists all households, with what names somebody: only who may see
// that is handed on what is not masked.
func (r *Record) Households(ctx context.Context) ([]household.Household, error) {
	var rows []struct {
		household.Household
		Needs        []byte `db:"needs"`
		ContactName  []byte `db:"contact_name"`
		ContactPhone []byte `db:"contact_phone"`
	}
	if err := r.many(ctx, "households", &rows, `select id, area, estate, building, unit, floor, room, residents,
		needs, contact_name, contact_phone, lon, lat, placed from households order by id`); err != nil {
		return nil, err
	}
	all := make([]household.Household, len(rows))
	for i := range rows {
		w := &rows[i]
		all[i] = w.Household
		o := opener{keys: r.keys, table: "households", row: w.ID}
		all[i].ContactName, all[i].ContactPhone = o.text("contact_name", w.ContactName), o.text("contact_phone", w.ContactPhone)
		o.json("needs", w.Needs, &all[i].Needs)
		if o.err != nil {
			return nil, o.err
		}
	}
	return all, nil
}

// Responders lists all who can be called.
func (r *Record) Responders(ctx context.Context) ([]household.Responder, error) {
	var rows []struct {
		ID       string `db:"id"`
		Name     []byte `db:"name"`
		Roles    string `db:"roles"`
		Areas    string `db:"areas"`
		Phone    []byte `db:"phone"`
		Channels []byte `db:"channels"`
		OnDuty   bool   `db:"on_duty"`
	}
	if err := r.many(ctx, "responders", &rows, "select id, name, roles, areas, phone, channels, on_duty from responders order by id"); err != nil {
		return nil, err
	}
	all := make([]household.Responder, len(rows))
	for i := range rows {
		w := &rows[i]
		o := opener{keys: r.keys, table: "responders", row: w.ID}
		p := household.Responder{ID: w.ID, Name: o.text("name", w.Name), Phone: o.text("phone", w.Phone), OnDuty: w.OnDuty}
		o.json("channels", w.Channels, &p.Channels)
		o.keep(unlist(w.Roles, &p.Roles))
		o.keep(unlist(w.Areas, &p.Areas))
		if o.err != nil {
			return nil, o.err
		}
		all[i] = p
	}
	return all, nil
}

// SetDuty writes who is on duty together with the lines that say who wanted it;
// the list's revision moves on. It fails with fault.NotFound.
func (r *Record) SetDuty(ctx context.Context, responder string, on bool, lines ...access.Line) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	last := r.last
	err := r.in(ctx, "set who is on duty", func(tx *sqlx.Tx) error {
		done, err := tx.ExecContext(ctx, tx.Rebind("update responders set on_duty = ? where id = ?"), on, responder)
		if err != nil {
			return err
		}
		if n, err := done.RowsAffected(); err != nil || n == 0 {
			return errors.Join(err, fault.New(fault.NotFound, "", "no such responder"))
		}
		if last, err = r.putLines(ctx, tx, lines); err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, tx.Rebind("insert into lists (id, revision) values (?, 1) on conflict (id) do update set revision = lists.revision + 1"), responderList.table)
		return err
	})
	if err == nil && len(lines) > 0 {
		r.last = last
	}
	return err
}

// Shelters lists the places where people go.
func (r *Record) Shelters(ctx context.Context) ([]household.Shelter, error) {
	var all []household.Shelter
	err := r.many(ctx, "shelters", &all, "select id, name, area, capacity, accessible, lon, lat, placed from shelters order by id")
	return all, err
}

// opener opens the sealed columns of a row and keeps the first error.
type opener struct {
	keys       *seal.Keys
	table, row string
	err        error
}

func (o *opener) keep(err error) {
	if o.err == nil && err != nil {
		o.err = fmt.Errorf("%s: %w", o.table, err)
	}
}

func (o *opener) text(column string, sealed []byte) string {
	text, err := o.keys.Open(seal.Column{Table: o.table, Name: column, Row: o.row}, sealed)
	o.keep(err)
	return text
}

func (o *opener) json(column string, sealed []byte, into any) {
	if text := o.text(column, sealed); text != "" {
		o.keep(json.Unmarshal([]byte(text), into))
	}
}
