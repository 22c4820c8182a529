package record

import (
	"context"
	"fmt"

	"citydeck/server/store/record/seal"
)

// sealedColumn is a column whose values are sealed, and the key of its rows.
type sealedColumn struct{ table, column, id string }

// sealedColumns lists all of them: whoever adds one adds it here, so that a
// change of keys reaches it.
var sealedColumns = []sealedColumn{
	{"accounts", "seed", "name"},
	{"households", "needs", "id"}, {"households", "contact_name", "id"}, {"households", "contact_phone", "id"},
	{"responders", "name", "id"}, {"responders", "phone", "id"}, {"responders", "channels", "id"},
	{"bodies", "private", "id"},
	{"photos", "content", "id"},
}

// Reseal seals with the current key what was sealed with an older one, and says
// how many values that were. Afterwards older keys may go, but for those that
// the audit was signed with.
func (r *Record) Reseal(ctx context.Context) (int, error) {
	done := 0
	for _, c := range sealedColumns {
		n, err := r.reseal(ctx, c)
		if done += n; err != nil {
			return done, fmt.Errorf("seal %s.%s anew: %w", c.table, c.column, err)
		}
	}
	return done, nil
}

func (r *Record) reseal(ctx context.Context, c sealedColumn) (int, error) {
	var rows []struct {
		ID    string `db:"id"`
		Value []byte `db:"value"`
	}
	// The names are constants of sealedColumns, never input.
	list := fmt.Sprintf("select %s as id, %s as value from %s where %s is not null", c.id, c.column, c.table, c.column)
	if err := r.db.Read.SelectContext(ctx, &rows, list); err != nil {
		return 0, err
	}
	set := r.db.Write.Rebind(fmt.Sprintf("update %s set %s = ? where %s = ? and %s = ?", c.table, c.column, c.id, c.column))
	done := 0
	for _, w := range rows {
		if !r.keys.Old(w.Value) {
			continue
		}
		at := seal.Column{Table: c.table, Name: c.column, Row: w.ID}
		text, err := r.keys.Open(at, w.Value)
		if err != nil {
			return done, err
		}
		anew, err := r.keys.Seal(at, text)
		if err != nil {
			return done, err
		}
		if _, err := r.db.Write.ExecContext(ctx, set, anew, w.ID, w.Value); err != nil { // who changed it meanwhile used the current key
			return done, err
		}
		done++
	}
	return done, nil
}
