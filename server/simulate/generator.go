// Package simulate is a believable day, and believable people.
//
// A day is a description: what each source reports, where from, how often, by
// which curve of the hours, and which incidents show in it. All that happens
// in it follows from the seed and the instant alone, so that the same stretch
// of time holds the same, however finely it is asked for: a higher rate makes
// smaller increments and more repeats, never other totals, and what lies before
// the start fits what comes after it.
package simulate

import (
	"container/heap"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"math"
	"time"

	"citydeck/cockpits/district"
)

// The kinds of reports, and of measures as the catalogue calls them.
const (
	event    = "event"
	amount   = "amount"
	stock    = "stock"
	flow     = "flow"
	distinct = "distinct"
)

// Config says how a day is played.
type Config struct {
	Seed    uint64
	Rate    float64   // readings a second; above 0
	Speed   float64   // how many times faster than the clock the day goes by; 0: 1
	Start   time.Time // where the past ends and the day begins
	Streams []string  // the streams to feed; an area's readings always go into the same one
	Batch   int       // readings in an entry at most; 1: flat entries; 0: 200
}

// Generator plays a day. One goroutine owns it.
type Generator struct {
	seed      uint64
	speed     float64
	start     int64 // ms
	streams   []string
	zone      *time.Location
	holidays  map[string]string
	ground    *ground
	units     []*unit
	byReport  map[*report][]*unit
	measures  map[string]place
	incidents []*incident
	yearly    map[*report]bool
	dates     map[int64]*date
	today     *date
	queue     queue
	sheet     *sheet
	sums      [64]float64
}

// place is where a measure stands in the day.
type place struct {
	report *report
	line   int
}

// New prepares the day that the files describe for a district. Its error joins
// everything in the files that doesn't fit the district.
func New(d *district.District, files fs.FS, c Config) (*Generator, error) {
	if !(c.Rate > 0) || math.IsInf(c.Rate, 0) || c.Speed < 0 || len(c.Streams) == 0 {
		return nil, errors.New("simulate: needs a rate above 0 and a stream")
	}
	day, err := read(files)
	if err != nil {
		return nil, err
	}
	if day.District != "" && day.District != d.ID {
		return nil, fmt.Errorf("the day is one of the district %q, not of %q", day.District, d.ID)
	}
	if c.Speed == 0 {
		c.Speed = 1
	}
	if c.Batch <= 0 {
		c.Batch = 200
	}
	g := &Generator{
		seed: mix(c.Seed, 0x6369747964), speed: c.Speed, start: c.Start.UnixMilli(), streams: c.Streams,
		zone: d.Zone, holidays: d.Holidays, ground: newGround(d), incidents: day.Incident,
		byReport: map[*report][]*unit{}, measures: map[string]place{}, yearly: map[*report]bool{}, dates: map[int64]*date{},
		sheet: newSheet(c.Streams, c.Batch),
	}
	var faults []error
	for _, r := range day.Report {
		if err := g.build(d, day, r); err != nil {
			faults = append(faults, fmt.Errorf("report %s: %w", r.ID, err))
		}
	}
	for _, in := range day.Incident {
		if err := g.prepare(in); err != nil {
			faults = append(faults, fmt.Errorf("incident %s: %w", in.ID, err))
		}
	}
	if len(faults) > 0 {
		return nil, errors.Join(faults...)
	}
	g.pace(c.Rate)
	return g, nil
}

// Feeds tells whether a measure is reported somewhere.
func (g *Generator) Feeds(measure string) bool {
	_, found := g.measures[measure]
	return found
}

// pace spreads the units over time, so that their readings make the rate.
func (g *Generator) pace(rate float64) {
	natural := 0.0
	for _, u := range g.units {
		natural += float64(u.report.sends()) / float64(u.report.Every) * 1000
	}
	for _, u := range g.units {
		u.every = float64(u.report.Every) * 1000 * natural / rate
		u.last = g.start
		u.due = g.dueAt(u)
	}
	g.queue = append(g.queue, g.units...)
	heap.Init(&g.queue)
}

// dueAt is when a unit sends in its present turn, in µs.
func (g *Generator) dueAt(u *unit) int64 {
	return g.start*1000 + int64((float64(u.turn)+chance(mix(u.key, 4)))*u.every)
}

// sends is how many readings a report has each time; those that come one by
// one are not foreseen.
func (r *report) sends() int {
	n := 0
	for _, l := range r.Measure {
		if l.kind == flow || l.kind == stock {
			n++
		}
	}
	return n
}

// story is the day's time at an instant of the clock, both in ms.
func (g *Generator) story(at int64) int64 {
	if g.speed == 1 || at <= g.start {
		return at
	}
	return g.start + int64(float64(at-g.start)*g.speed)
}

// Step yields what is sent until an instant since the last step, and how many
// readings that are. Instants come in rising order. A unit that is more than a
// second late, since nobody asked, sends once for all that it has missed.
func (g *Generator) Step(to time.Time) ([]Entry, int) {
	end := to.UnixMicro()
	g.sheet.readings = 0
	for len(g.queue) > 0 && g.queue[0].due <= end {
		u := g.queue[0]
		at := u.due
		u.turn++
		if end-at > 1e6 {
			at = end
			u.turn = max(u.turn, int64(float64(end-g.start*1000)/u.every))
		}
		g.send(u, g.story(at/1000))
		for u.due = g.dueAt(u); u.due <= at; u.due = g.dueAt(u) {
			u.turn++
		}
		heap.Fix(&g.queue, 0)
	}
	if len(g.dates) > 4 {
		g.forget()
	}
	return g.sheet.take(), g.sheet.readings
}

// send writes what a unit reports at an instant of the story.
func (g *Generator) send(u *unit, at int64) {
	if silent(g.agenda(g.date(at), u.report), u, at) {
		return
	}
	g.measure(u, u.last, at, true)
	u.last = at
}

// measure writes what a unit has seen in [from, to); flows of 0 only if asked for.
func (g *Generator) measure(u *unit, from, to int64, zeros bool) {
	r := u.report
	n := len(r.Measure)
	clear(g.sums[:n])
	switch r.Kind {
	case event:
		g.events(u, from, to, g.sums[:n], func(line int, value float64) { g.sheet.add(u, line, value) })
	case amount:
		g.amounts(u, from, to, g.sums[:n])
	default:
		g.stocks(u, to, g.sums[:n])
		zeros = true
	}
	for i, l := range r.Measure {
		if (l.kind == flow || l.kind == stock) && (zeros || g.sums[i] != 0) {
			g.sheet.add(u, i, g.sums[i])
		}
	}
}

// forget drops the days that lie behind.
func (g *Generator) forget() {
	for start := range g.dates {
		if start < g.today.start-2*24*hour {
			delete(g.dates, start)
		}
	}
}

// spread chooses the stream of an area.
func (g *Generator) spread(area string) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte(area)) // a hash never fails
	return int(h.Sum32() % uint32(len(g.streams)))
}

// queue orders units by when they are due.
type queue []*unit

func (q queue) Len() int { return len(q) }
func (q queue) Less(i, j int) bool {
	return q[i].due < q[j].due || q[i].due == q[j].due && q[i].key < q[j].key
}
func (q queue) Swap(i, j int) { q[i], q[j] = q[j], q[i] }

// Push and Pop are for container/heap.
func (q *queue) Push(x any) { *q = append(*q, x.(*unit)) }

// Pop takes the last one.
func (q *queue) Pop() any {
	old := *q
	u := old[len(old)-1]
	*q = old[:len(old)-1]
	return u
}
