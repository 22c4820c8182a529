package simulate_test

import (
	"hash/fnv"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/fixtures"
	"citydeck/server/simulate"
)

// shipped loads the district that the day was made for.
func shipped(tb testing.TB) *district.District {
	tb.Helper()
	d, err := district.Load(os.DirFS("../../cockpits/xiacheng"))
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

// hamlet is a district of two streets, and small is a day in it.
func hamlet(tb testing.TB) *district.District {
	tb.Helper()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	d, err := district.Load(fstest.MapFS{
		"district.toml": file("id = \"hamlet\"\nname = \"Hamlet\"\n"),
		"areas.csv": file("id,name,name_en,kind,parent,code,lon,lat,residents\n" +
			"hamlet,H,,district,,,,,\neast,E,,street,hamlet,,,,100\nwest,W,,street,hamlet,,,,300\n"),
		"lists.toml": file("[[list]]\nid = \"mills\"\nname = \"Mills\"\n"),
		"points.csv": file("list,point,area,name,lon,lat\nmills,\"big \"\"mill\"\"\",east,Big,,\nmills,small,west,Small,,\n"),
		"indicators/a.toml": file(`
measure = [
  { id = "calls", name = "Calls", kind = "flow", fresh_for = "30m" },
  { id = "answered", name = "Answered", kind = "flow" },
  { id = "water", name = "Water", kind = "flow" },
  { id = "wheels", name = "Wheels", kind = "stock", expected = "mills" },
  { id = "turning", name = "Turning", kind = "stock", sources = ["miller"] },
]
indicator = [{ id = "rate", name = "Rate", numerator = "answered", denominator = "calls", scale = 100, unit = "%", window = "year" }]
`),
		"cockpits/hamlet.toml": file("id = \"hamlet\"\nname = \"H\"\nkind = \"district\"\narea = \"hamlet\"\n"),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return d
}

const small = `
[curve.flat]
hours = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
[curve.noon]
hours = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]
[[report]]
id = "calls"
kind = "event"
at = "street"
every = "10s"
curve = "flat"
day = 2000
measure = [{ id = "calls" }, { id = "answered", of = "calls", share = 0.9 }]
[[report]]
id = "water"
kind = "amount"
at = "hamlet"
every = "10s"
curve = "flat"
day = 86400
measure = [{ id = "water" }]
[[report]]
id = "mills"
kind = "stock"
list = "mills"
every = "10s"
measure = [{ id = "wheels", each = 40 }, { id = "turning", of = "wheels", share = 0.5 }]
`

// play makes a generator of a day that is given as text.
func play(tb testing.TB, d *district.District, day string, c simulate.Config) *simulate.Generator {
	tb.Helper()
	if c.Rate == 0 {
		c.Rate = 10
	}
	if c.Streams == nil {
		c.Streams = []string{"readings"}
	}
	g, err := simulate.New(d, fstest.MapFS{"day.toml": &fstest.MapFile{Data: []byte(day)}}, c)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// playShipped makes a generator of the shipped day.
func playShipped(tb testing.TB, d *district.District, c simulate.Config) *simulate.Generator {
	tb.Helper()
	if c.Rate == 0 {
		c.Rate = 500
	}
	if c.Streams == nil {
		c.Streams = []string{"readings"}
	}
	g, err := simulate.New(d, fixtures.Day, c)
	if err != nil {
		tb.Fatal(err)
	}
	return g
}

// listener takes entries as a server would, and adds up what they say.
type listener struct {
	tb    testing.TB
	d     *district.District
	dec   *reading.Decoder
	state *rollup.State // nil: readings are only counted
	last  reading.EntryID
	n     int
	count map[string]int
	sum   map[string]float64
	each  func(r *reading.Reading, measure, area string)
}

func listen(tb testing.TB, d *district.District) *listener {
	hash := func(b []byte) uint64 {
		h := fnv.New64a()
		h.Write(b)
		return h.Sum64() * 0x9e3779b97f4a7c15
	}
	return &listener{
		tb: tb, d: d, dec: reading.NewRules(d.Catalogue, d.Areas, d.Lateness, hash).Decoder(0),
		count: map[string]int{}, sum: map[string]float64{},
	}
}

// fold lets the listener roll up what it hears.
func (l *listener) fold(now time.Time) {
	lists := map[string][]rollup.Listed{}
	for _, list := range l.d.Lists {
		for _, p := range list.Points {
			lists[list.ID] = append(lists[list.ID], rollup.Listed{Point: p.ID, Area: p.Area})
		}
	}
	l.state = rollup.New(l.d.Areas, l.d.Catalogue, rollup.Options{
		Zone: l.d.Zone, Lateness: l.d.Lateness, Forget: 720 * time.Hour, Points: 2_000_000, Dedupe: time.Hour, Keys: 1000, Lists: lists,
	}, now.UnixMilli())
}

// hear decodes entries that are appended at an instant; no reading of them may
// be refused, and none may come out of order.
func (l *listener) hear(entries []simulate.Entry, now time.Time) {
	l.tb.Helper()
	for _, e := range entries {
		id := reading.EntryID{Ms: uint64(now.UnixMilli()), Seq: l.last.Seq + 1}
		if e.ID != "" {
			ms, seq, _ := strings.Cut(e.ID, "-")
			id.Ms, _ = strconv.ParseUint(ms, 10, 64)
			id.Seq, _ = strconv.ParseUint(seq, 10, 64)
		}
		if !l.last.Before(id) {
			l.tb.Fatalf("entry %v comes after %v", id, l.last)
		}
		l.last = id
		came := reading.Entry{ID: id, Judged: int64(id.Ms)}
		for i := 0; i < len(e.Fields); i += 2 {
			came.Fields = append(came.Fields, reading.Field{Name: []byte(e.Fields[i]), Value: []byte(e.Fields[i+1])})
		}
		var b reading.Batch
		l.dec.Entry(&b, &came)
		for _, r := range b.Rejected {
			l.tb.Fatalf("a reading of entry %v is refused as %s (%s): %s", id, r.Reason, r.Detail, r.Reading)
		}
		for i := range b.Readings {
			l.take(&b.Readings[i])
		}
	}
}

func (l *listener) take(r *reading.Reading) {
	m := l.d.Catalogue.Measures[r.Measure].ID
	l.n++
	l.count[m]++
	l.sum[m] += r.Value
	if l.state != nil {
		l.state.Apply(r)
	}
	if l.each != nil {
		l.each(r, m, l.d.Areas.At(r.Area).ID)
	}
}

// listenFor hears a generator for so long after its start, in steps.
func (l *listener) listenFor(g *simulate.Generator, start time.Time, long, step time.Duration) {
	l.tb.Helper()
	for at := step; at <= long; at += step {
		now := start.Add(at)
		entries, n := g.Step(now)
		before := l.n
		l.hear(entries, now)
		if l.n-before != n {
			l.tb.Fatalf("a step tells of %d readings, and holds %d", n, l.n-before)
		}
	}
	if l.state != nil {
		l.state.Advance(start.Add(long).UnixMilli())
		l.state.Settle()
	}
}

// report is a day of one report of events with these measures.
func report(measures string) string {
	return `
[curve.flat]
hours = [1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
[[report]]
id = "r"
kind = "event"
at = "street"
every = "10s"
curve = "flat"
day = 100
measure = [` + measures + `]
`
}
