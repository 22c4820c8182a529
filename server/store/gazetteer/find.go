package gazetteer

import (
	"cmp"
	"context"
	"slices"

	"citydeck/cockpits/district"
	"citydeck/cockpits/district/names"
	"citydeck/server/store"
)

// What one question may cost.
const (
	enough   = 1_000 // found addresses among which the nearest are chosen
	mostRead = 4_000 // addresses that are compared letter by letter
	mostKeys = 6     // pairs that are intersected: the rarest
	fewLeft  = 64    // candidates that are sooner compared than intersected once more
)

const (
	selectSizes   = "select place, length(ids) as size from gram where place >= ? and place < ? order by place"
	selectIDs     = "select ids from gram where place = ?"
	selectAddress = "select fields from address where block = ?"
)

// key is one pair that the addresses must have, or several of which they must
// have one.
type key struct {
	lots map[int][]int64 // places by lot
	size int             // bytes in all
}

// Find lists at most limit of the addresses whose names hold all the words, the
// nearest first, of the areas that may be seen. Of a question that fits
// thousands, the nearest of the first thousand.
func (g *Gazetteer) Find(ctx context.Context, words []string, limit int, sees func(area string) bool) ([]district.Address, error) {
	g.mu.RLock()
	defer g.mu.RUnlock()
	if g.db == nil || len(words) == 0 {
		return nil, nil
	}
	s := search{ctx: ctx, db: g.db, words: words, sees: sees}
	if err := s.run(); err != nil {
		return nil, err
	}
	slices.SortStableFunc(s.found, func(a, b ranked) int { return a.rank.Compare(b.rank) })
	list := make([]district.Address, min(limit, len(s.found)))
	for i := range list {
		list[i] = s.found[i].address
	}
	return list, nil
}

type ranked struct {
	rank    names.Rank
	address district.Address
}

// search is one question being answered.
type search struct {
	ctx   context.Context //nolint:containedctx // of one question
	db    *store.DB
	words []string
	sees  func(area string) bool
	found []ranked
	read  int

	scratch []uint16
}

func (s *search) run() error {
	keys, err := s.keys()
	if err != nil || len(keys) == 0 {
		return err
	}
	lots := make([]int, 0, len(keys[0].lots))
	for lot := range keys[0].lots {
		lots = append(lots, lot)
	}
	slices.Sort(lots)
	for _, lot := range lots {
		if s.satisfied() {
			return nil
		}
		ids, err := s.candidates(keys, lot)
		if err != nil {
			return err
		}
		for len(ids) > 0 && !s.satisfied() {
			if ids, err = s.compare(lot, ids); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *search) satisfied() bool { return len(s.found) >= enough || s.read >= mostRead }

// keys lists what the addresses must have, the rarest first; none where nothing
// can be found. A word of one character counts only where all are such: which
// address has it is seen when it is compared.
func (s *search) keys() ([]key, error) {
	var keys []key
	for _, w := range s.words {
		for _, g := range names.Needed(w) {
			k, err := s.key(place(g, 0), place(g+1, 0))
			if err != nil || len(k.lots) == 0 {
				return nil, err
			}
			keys = append(keys, k)
		}
	}
	if len(keys) == 0 {
		from, to := names.Beginning([]rune(s.words[0])[0])
		k, err := s.key(place(from, 0), place(to, 0))
		if err != nil || len(k.lots) == 0 {
			return nil, err
		}
		return []key{k}, nil
	}
	slices.SortFunc(keys, func(a, b key) int { return cmp.Compare(a.size, b.size) })
	return keys[:min(len(keys), mostKeys)], nil
}

func (s *search) key(from, to int64) (key, error) {
	var rows []struct {
		Place int64 `db:"place"`
		Size  int   `db:"size"`
	}
	if err := s.db.Read.SelectContext(s.ctx, &rows, selectSizes, from, to); err != nil {
		return key{}, err
	}
	k := key{lots: map[int][]int64{}}
	for _, r := range rows {
		lot := lotOf(r.Place)
		k.lots[lot] = append(k.lots[lot], r.Place)
		k.size += r.Size
	}
	return k, nil
}

// candidates lists the addresses of a lot, by their places in it, that have all
// the keys, or few that have some.
func (s *search) candidates(keys []key, lot int) ([]uint16, error) {
	for _, k := range keys {
		if len(k.lots[lot]) == 0 {
			return nil, nil
		}
	}
	left := s.scratch[:0]
	for i, k := range keys {
		if i > 0 && len(left) <= fewLeft {
			break
		}
		raws, err := s.lists(k.lots[lot])
		if err != nil {
			return nil, err
		}
		var whole bool
		switch {
		case i > 0:
			left, whole = both(left, raws[0])
		case len(raws) == 1:
			left, whole = all(left, raws[0])
		default:
			left, whole = either(left, raws)
		}
		if !whole {
			return nil, errList
		}
	}
	s.scratch = left[:0]
	return left, nil
}

// mostWays is how many pairs that begin with one character are followed in a
// lot: what is asked so widely finds thousands anyway.
const mostWays = 24

// lists reads what stands at some places of one lot.
func (s *search) lists(places []int64) ([][]byte, error) {
	places = places[:min(len(places), mostWays)]
	raws := make([][]byte, len(places))
	for i, at := range places {
		if err := s.db.Read.GetContext(s.ctx, &raws[i], selectIDs, at); err != nil {
			return nil, err
		}
	}
	return raws, nil
}

// compare reads the block of the first candidate, and keeps of all that lie in
// it those that hold the words and may be seen. It answers the others.
func (s *search) compare(lot int, ids []uint16) ([]uint16, error) {
	first := ids[0] >> blockBits
	var b block
	if err := s.db.Read.GetContext(s.ctx, &b.rest, selectAddress, lot<<(lotBits-blockBits)|int(first)); err != nil {
		return nil, err
	}
	at := first << blockBits
	for len(ids) > 0 && ids[0]>>blockBits == first {
		for ; at < ids[0]; at++ {
			if !b.skip() {
				return nil, errBlock
			}
		}
		a, err := b.next()
		if err != nil {
			return nil, err
		}
		at, ids = at+1, ids[1:]
		s.read++
		if folded := names.Fold(a.Name); names.Holds(folded, s.words) && s.sees(a.Area) {
			s.found = append(s.found, ranked{names.RankOf(folded, s.words), a})
		}
	}
	return ids, nil
}
