package gazetteer

import (
	"context"
	"encoding/binary"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/jmoiron/sqlx"

	"citydeck/cockpits/district"
	"citydeck/cockpits/district/names"
	"citydeck/server/store"
)

const (
	lotBits = 16           // of an address's place within its lot
	lotSize = 1 << lotBits // what is held in memory at once while building
	lots    = 1 << 12      // at most
)

const (
	insertAddress = "insert into address (block, fields) values (?, ?)"
	insertGram    = "insert into gram (place, ids) values (?, ?)"
	insertWhole   = "insert into whole (addresses) values (?)"
)

// place is where the addresses of a lot that have a pair are found.
func place(g names.Gram, lot int) int64 { return int64(g)<<12 | int64(lot) }

// lotOf is the lot of a place.
func lotOf(place int64) int { return int(place & (lots - 1)) }

// posting lists the addresses of one lot that have one pair.
type posting struct {
	ids  []byte
	last int
}

// builder fills a file lot by lot, each in a transaction.
type builder struct {
	ctx   context.Context //nolint:containedctx // of one build
	db    *store.DB
	lot   []district.Address
	grams map[names.Gram]*posting
	count int
}

// build fills an empty file from a folder, and says with how many addresses.
func build(ctx context.Context, db *store.DB, folder fs.FS) (int, error) {
	b := &builder{ctx: ctx, db: db, grams: map[names.Gram]*posting{}}
	if err := district.Addresses(folder, b.add); err != nil {
		return 0, err
	}
	if err := b.flush(); err != nil {
		return 0, err
	}
	err := db.InTx(ctx, func(tx *sqlx.Tx) error {
		_, err := tx.ExecContext(ctx, insertWhole, b.count)
		return err
	})
	if err == nil {
		_, err = db.Write.ExecContext(ctx, "pragma wal_checkpoint(truncate)")
	}
	return b.count, err
}

func (b *builder) add(a district.Address) error {
	at := len(b.lot)
	b.lot = append(b.lot, a)
	names.Grams(names.Fold(a.Name), func(g names.Gram) {
		p := b.grams[g]
		if p == nil {
			p = &posting{last: -1}
			b.grams[g] = p
		}
		if at != p.last {
			p.ids = binary.AppendUvarint(p.ids, uint64(at-p.last-1))
			p.last = at
		}
	})
	if len(b.lot) < lotSize {
		return nil
	}
	return b.flush()
}

// flush writes the lot.
func (b *builder) flush() error {
	if len(b.lot) == 0 {
		return nil
	}
	lot := b.count >> lotBits
	if lot >= lots {
		return fmt.Errorf("more than %d addresses", lots*lotSize)
	}
	err := b.db.InTx(b.ctx, func(tx *sqlx.Tx) error {
		if err := b.writeAddresses(tx); err != nil {
			return err
		}
		return b.writeGrams(tx, lot)
	})
	if err != nil {
		return err
	}
	b.count += len(b.lot)
	b.lot = b.lot[:0]
	clear(b.grams)
	return nil
}

func (b *builder) writeAddresses(tx *sqlx.Tx) error {
	var fields []byte
	for i := 0; i < len(b.lot); i += blockSize {
		fields = fields[:0]
		for j := i; j < min(i+blockSize, len(b.lot)); j++ {
			fields = appendAddress(fields, &b.lot[j])
		}
		if _, err := tx.ExecContext(b.ctx, insertAddress, (b.count+i)>>blockBits, fields); err != nil {
			return err
		}
	}
	return nil
}

// writeGrams writes in the order of the table, which is much faster.
func (b *builder) writeGrams(tx *sqlx.Tx, lot int) error {
	for _, g := range slices.Sorted(maps.Keys(b.grams)) {
		if _, err := tx.ExecContext(b.ctx, insertGram, place(g, lot), b.grams[g].ids); err != nil {
			return err
		}
	}
	return nil
}
