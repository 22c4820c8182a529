package record

import (
	"context"

	"github.com/jmoiron/sqlx"

	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
	"citydeck/server/store"
)

type screenRow struct {
	ID        string  `db:"id"`
	Name      string  `db:"name"`
	Area      string  `db:"area"`
	Cockpit   string  `db:"cockpit"`
	Playlist  string  `db:"playlist"`
	WidthM    float64 `db:"width_m"`
	DistanceM float64 `db:"distance_m"`
	Turn      int     `db:"turn"`
	BeforeEnd int64   `db:"before_end"`
	By        string  `db:"made_by"`
	MadeAt    int64   `db:"made_at"`
	ClaimedAt int64   `db:"claimed_at"`
	SeenAt    int64   `db:"seen_at"`
	EndsAt    int64   `db:"ends_at"`
}

const screenColumns = "id, name, area, cockpit, playlist, width_m, distance_m, turn, before_end, made_by, made_at, claimed_at, seen_at, ends_at"

func (w *screenRow) screen() (account.Screen, error) {
	s := account.Screen{ID: w.ID, Name: w.Name, Area: w.Area, Cockpit: w.Cockpit, WidthM: w.WidthM, DistanceM: w.DistanceM,
		Turn: w.Turn, BeforeEnd: w.BeforeEnd, By: w.By, MadeAt: w.MadeAt, ClaimedAt: w.ClaimedAt, SeenAt: w.SeenAt, EndsAt: w.EndsAt}
	return s, unlist(w.Playlist, &s.Playlist)
}

func rowOf(s account.Screen) screenRow {
	return screenRow{ID: s.ID, Name: s.Name, Area: s.Area, Cockpit: s.Cockpit, Playlist: list(s.Playlist), WidthM: s.WidthM, DistanceM: s.DistanceM,
		Turn: s.Turn, BeforeEnd: s.BeforeEnd, By: s.By, MadeAt: s.MadeAt, ClaimedAt: s.ClaimedAt, SeenAt: s.SeenAt, EndsAt: s.EndsAt}
}

// Screen finds a paired wall; fault.NotFound when there is none.
func (r *Record) Screen(ctx context.Context, id string) (account.Screen, error) {
	var w screenRow
	if err := r.one(ctx, "screen", &w, "select "+screenColumns+" from screens where id = ?", id); err != nil {
		return account.Screen{}, err
	}
	return w.screen()
}

// Screens lists all paired walls by name.
func (r *Record) Screens(ctx context.Context) ([]account.Screen, error) {
	var rows []screenRow
	if err := r.many(ctx, "screens", &rows, "select "+screenColumns+" from screens order by name, id"); err != nil {
		return nil, err
	}
	screens := make([]account.Screen, len(rows))
	for i := range rows {
		var err error
		if screens[i], err = rows[i].screen(); err != nil {
			return nil, err
		}
	}
	return screens, nil
}

// SetScreen replaces what is kept of a wall.
func (r *Record) SetScreen(ctx context.Context, s account.Screen) error {
	res, err := r.db.Write.NamedExecContext(ctx, `update screens set name = :name, area = :area, cockpit = :cockpit, playlist = :playlist,
		width_m = :width_m, distance_m = :distance_m, turn = :turn, before_end = :before_end,
		claimed_at = :claimed_at, seen_at = :seen_at, ends_at = :ends_at where id = :id`, rowOf(s))
	if err != nil {
		return away("change a screen", err)
	}
	if n, err := res.RowsAffected(); err == nil && n == 0 {
		return fault.New(fault.NotFound, "", "no such screen")
	}
	return nil
}

// EndScreen takes a wall off the fleet; fault.NotFound when there is none.
func (r *Record) EndScreen(ctx context.Context, id string) error {
	n, err := r.exec(ctx, "revoke a screen", "delete from screens where id = ?", id)
	if err == nil && n == 0 {
		return fault.New(fault.NotFound, "", "no such screen")
	}
	return err
}

type pairingRow struct {
	Code   string `db:"code"`
	Poll   string `db:"poll"`
	EndsAt int64  `db:"ends_at"`
	Tries  int    `db:"tries"`
	Screen string `db:"screen"`
}

// AddPairing keeps a wall that waits; fault.Conflict when the code is taken.
func (r *Record) AddPairing(ctx context.Context, p account.Pairing) error {
	_, err := r.exec(ctx, "begin pairing", "insert into pairings (code, poll, ends_at, tries, screen) values (?, ?, ?, ?, ?)",
		p.Code, p.Poll, p.EndsAt, p.Tries, p.Screen)
	if store.IsDuplicate(err) {
		return fault.New(fault.Conflict, "/code", "this code is taken")
	}
	return err
}

// Pairing finds the wall that shows a code; fault.NotFound when none does.
func (r *Record) Pairing(ctx context.Context, code string) (account.Pairing, error) {
	var w pairingRow
	err := r.one(ctx, "code", &w, "select code, poll, ends_at, tries, screen from pairings where code = ?", code)
	return account.Pairing(w), err
}

// Polled finds the wall that asks; fault.NotFound when none does.
func (r *Record) Polled(ctx context.Context, poll string) (account.Pairing, error) {
	var w pairingRow
	err := r.one(ctx, "pairing", &w, "select code, poll, ends_at, tries, screen from pairings where poll = ?", poll)
	return account.Pairing(w), err
}

// Waiting counts the walls that wait at a time (Unix ms).
func (r *Record) Waiting(ctx context.Context, now int64) (int, error) {
	var n int
	err := r.one(ctx, "pairings", &n, "select count(*) from pairings where ends_at >= ? and screen = ''", now)
	return n, err
}

// Pair makes a screen of the wall that shows a code. Of two who do it at once,
// one gets fault.Conflict.
func (r *Record) Pair(ctx context.Context, code string, s account.Screen) error {
	return r.in(ctx, "pair a screen", func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind("update pairings set screen = ? where code = ? and screen = ''"), s.ID, code)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return fault.New(fault.Conflict, "/code", "this code was just used")
		}
		_, err = tx.NamedExecContext(ctx, `insert into screens (`+screenColumns+`) values (:id, :name, :area, :cockpit, :playlist,
			:width_m, :distance_m, :turn, :before_end, :made_by, :made_at, :claimed_at, :seen_at, :ends_at)`, rowOf(s))
		return err
	})
}

// Claim gives a wall its token: once. The pairing is over then; of two claims
// one is told false.
func (r *Record) Claim(ctx context.Context, poll string, s account.Screen) (bool, error) {
	claimed := false
	err := r.in(ctx, "claim a screen", func(tx *sqlx.Tx) error {
		res, err := tx.ExecContext(ctx, tx.Rebind("delete from pairings where poll = ?"), poll)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		claimed = true
		_, err = tx.ExecContext(ctx, tx.Rebind("update screens set turn = ?, claimed_at = ?, seen_at = ?, ends_at = ? where id = ?"),
			s.Turn, s.ClaimedAt, s.SeenAt, s.EndsAt, s.ID)
		return err
	})
	return claimed && err == nil, err
}
