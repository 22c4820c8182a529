package reading_test

import (
	"hash/fnv"
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
)

// noon is the time in the entries' ids: 28 August 2025, 12:00 in Hangzhou.
var noon = time.Date(2025, 8, 28, 4, 0, 0, 0, time.UTC).UnixMilli()

func rules(t testing.TB) *reading.Rules {
	t.Helper()
	tree, faults := area.New([]area.Area{
		{ID: "town", Kind: "district"}, {ID: "grid-0", Kind: "grid", Parent: "town"},
		{ID: "grid-1", Kind: "grid", Parent: "town"}, {ID: "grid-2", Kind: "grid", Parent: "town"},
	})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	catalogue := indicator.NewCatalogue([]indicator.Measure{
		{ID: "due", Kind: indicator.Flow}, {ID: "open", Kind: indicator.Stock},
		{ID: "faces", Kind: indicator.Distinct}, {ID: "level", Kind: indicator.Observation},
	}, nil)
	return reading.NewRules(catalogue, tree, 24*time.Hour, func(b []byte) uint64 {
		h := fnv.New64a()
		h.Write(b)
		return h.Sum64()
	})
}

// entry makes an entry of names and values in turns.
func entry(words ...string) reading.Entry {
	e := reading.Entry{ID: reading.EntryID{Ms: uint64(noon), Seq: 3}, Judged: noon}
	for i := 0; i < len(words); i += 2 {
		e.Fields = append(e.Fields, reading.Field{Name: []byte(words[i]), Value: []byte(words[i+1])})
	}
	return e
}

// rulesHash is what the rules make of a member.
func rulesHash(member string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(member))
	return h.Sum64()
}
