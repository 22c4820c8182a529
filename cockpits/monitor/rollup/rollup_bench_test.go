package rollup_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
)

// province is a district of four floors with at least so many areas, its grids
// last, and what it measures.
func province(b *testing.B, areas int, indicators int) (*area.Tree, *indicator.Catalogue) {
	b.Helper()
	list := []area.Area{{ID: "root", Kind: "district"}}
	fan := 2
	for 1+fan+fan*fan+fan*fan*fan < areas {
		fan++
	}
	kinds := []string{"street", "community", "grid"}
	floor := []string{"root"}
	for _, kind := range kinds {
		var next []string
		for _, up := range floor {
			for i := 0; i < fan && len(list) < areas; i++ {
				id := fmt.Sprintf("%s%d", kind[:1], len(list))
				list = append(list, area.Area{ID: id, Kind: kind, Parent: up})
				next = append(next, id)
			}
		}
		floor = next
	}
	tree, faults := area.New(list)
	if faults != nil {
		b.Fatal(faults)
	}
	var measures []indicator.Measure
	var made []indicator.Indicator
	windows := []indicator.Window{{Span: indicator.Day}, {Span: indicator.Sliding, Length: time.Hour}, {Span: indicator.Day}, {Span: indicator.Month}}
	warn := 0.5
	for i := range indicators / 2 {
		m := indicator.Measure{ID: fmt.Sprint("m", i), Kind: indicator.Flow}
		if i%2 == 1 {
			m.Kind, m.Combine, m.FreshFor = indicator.Stock, indicator.Sum, 10*time.Minute
		}
		measures = append(measures, m)
		w := windows[i/2%len(windows)]
		made = append(made,
			indicator.Indicator{ID: fmt.Sprint("i", i), Measure: m.ID, Window: w, Direction: indicator.LowerBetter, Warn: &warn, MinCoverage: 0.5},
			indicator.Indicator{ID: fmt.Sprint("r", i), Numerator: m.ID, Denominator: fmt.Sprint("m", i/4*4%max(1, indicators/2)), Scale: 100, Window: w, Direction: indicator.Neutral, MinCoverage: 0.5})
	}
	return tree, indicator.NewCatalogue(measures, made)
}

func wide() rollup.Options {
	return rollup.Options{
		Zone: shanghai, Lateness: 24 * time.Hour, Forget: 30 * 24 * time.Hour, Points: 3_000_000, Dedupe: time.Hour, Keys: 2_000_000,
	}
}

// traffic is readings spread over all grids and measures, with an id each.
func traffic(tree *area.Tree, cat *indicator.Catalogue, n int, ids bool) []reading.Reading {
	list := make([]reading.Reading, n)
	last := tree.Len() - 1
	first := last * 2 / 3
	for i := range list {
		list[i] = reading.Reading{
			Measure: indicator.Index(i % len(cat.Measures)), Area: area.Index(first + (i*7919)%(last-first+1)),
			Point: "p", Source: "simulator", At: start + int64(i/1000), Value: float64(i % 100),
			Origin: reading.Origin{Entry: reading.EntryID{Ms: uint64(start + int64(i/1000)), Seq: uint64(i)}},
		}
		if ids {
			list[i].ID = fmt.Sprintf("reading-%012d", i)
		}
	}
	return list
}

// The cost of a reading follows the depth of its area, which is four here, and
// not the number of areas.
func BenchmarkApply(b *testing.B) {
	for _, areas := range []int{50, 1500, 50_000} {
		for _, ids := range []bool{false, true} {
			name := fmt.Sprintf("areas=%d", areas)
			if ids {
				name += "/with_ids"
			}
			b.Run(name, func(b *testing.B) {
				tree, cat := province(b, areas, 8)
				list := traffic(tree, cat, 400_000, ids)
				s := rollup.New(tree, cat, wide(), start)
				for i := range list[:200_000] { // every pair is known
					s.Apply(&list[i])
				}
				s.Settle()
				b.ReportAllocs()
				i := 200_000
				spent := processor(b)
				began := spent()
				for b.Loop() {
					r := &list[i]
					if i++; i == len(list) {
						i = 200_000
					}
					s.Apply(r)
				}
				b.ReportMetric(float64(spent()-began)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// A batch as a producer sends it: decoded, checked and folded on one core.
func BenchmarkDecodeAndApply(b *testing.B) {
	tree, cat := province(b, 1500, 8)
	const size, batches = 500, 40
	rules := reading.NewRules(cat, tree, 24*time.Hour, func([]byte) uint64 { return 0 })
	var texts [][]byte
	list := traffic(tree, cat, size*batches, false)
	for k := range batches {
		var out []map[string]any
		for _, r := range list[k*size : (k+1)*size] {
			out = append(out, map[string]any{
				"measure": cat.Measures[r.Measure].ID, "area": tree.At(r.Area).ID, "point": r.Point,
				"value": r.Value, "at": r.At, "source": r.Source,
			})
		}
		text, err := json.Marshal(out)
		if err != nil {
			b.Fatal(err)
		}
		texts = append(texts, text)
	}
	for _, fold := range []bool{false, true} {
		b.Run(fmt.Sprintf("fold=%v", fold), func(b *testing.B) {
			s := rollup.New(tree, cat, wide(), start)
			d := rules.Decoder(0)
			var batch reading.Batch
			b.ReportAllocs()
			k := 0
			spent := processor(b)
			began := spent()
			for b.Loop() {
				batch.Readings, batch.Rejected = batch.Readings[:0], batch.Rejected[:0]
				id := reading.EntryID{Ms: uint64(start + 1000), Seq: uint64(k)}
				d.Entry(&batch, &reading.Entry{ID: id, Judged: int64(id.Ms), Fields: []reading.Field{{Name: []byte("batch"), Value: texts[k%batches]}}})
				k++
				if len(batch.Readings) != size {
					b.Fatalf("%d readings, %v", len(batch.Readings), batch.Rejected[:1])
				}
				for i := range batch.Readings {
					if fold {
						s.Apply(&batch.Readings[i])
					}
				}
			}
			took := spent() - began
			b.ReportMetric(float64(size*b.N)/took.Seconds(), "readings/cpu-s")
			b.ReportMetric(float64(took)/float64(size*b.N), "cpu-ns/reading")
		})
	}
}

// A tick in which every indicator of every area has changed.
func BenchmarkTick(b *testing.B) {
	for _, areas := range []int{50, 1500} {
		b.Run(fmt.Sprintf("areas=%d/indicators=200", areas), func(b *testing.B) {
			tree, cat := province(b, areas, 200)
			s := rollup.New(tree, cat, wide(), start)
			var list []reading.Reading
			for a := range area.Index(tree.Len()) {
				for m := range indicator.Index(len(cat.Measures)) {
					list = append(list, reading.Reading{Measure: m, Area: a, Point: "p", At: start, Source: "simulator", Value: 1})
				}
			}
			now, changed := start, 0
			spent := processor(b)
			var took time.Duration
			b.ReportAllocs()
			for b.Loop() {
				b.StopTimer()
				now += 100
				for i := range list {
					r := &list[i]
					r.At, r.Value = now, float64(now/100%1000+int64(i))
					r.Origin.Entry = reading.EntryID{Ms: uint64(now)}
					s.Apply(r)
				}
				s.Advance(now)
				b.StartTimer()
				began := spent()
				changed = len(s.Settle())
				took += spent() - began
			}
			if changed != tree.Len()*len(cat.Indicators) {
				b.Fatalf("%d figures changed, want %d", changed, tree.Len()*len(cat.Indicators))
			}
			b.ReportMetric(float64(changed), "figures")
			b.ReportMetric(took.Seconds()*1000/float64(b.N), "cpu-ms/tick")
			b.ReportMetric(float64(took)/float64(b.N)/float64(changed), "cpu-ns/figure")
		})
	}
}

// million is a state of a million points that each said something.
func million(b *testing.B, m indicator.Measure, w indicator.Window) (*rollup.State, *area.Tree, *indicator.Catalogue, float64) {
	b.Helper()
	list := []area.Area{{ID: "root", Kind: "district"}}
	for i := range 1000 {
		list = append(list, area.Area{ID: fmt.Sprint("s", i), Kind: "street", Parent: "root"})
	}
	tree, faults := area.New(list)
	if faults != nil {
		b.Fatal(faults)
	}
	m.ID = "m"
	cat := indicator.NewCatalogue([]indicator.Measure{m}, []indicator.Indicator{{ID: "i", Measure: "m", Window: w, Direction: indicator.Neutral, MinCoverage: 0.5}})
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	s := rollup.New(tree, cat, wide(), start)
	for i := range 1_000_000 {
		s.Apply(&reading.Reading{
			Area: area.Index(1 + i%1000), Point: fmt.Sprint("point-", i), Source: "simulator", At: start + int64(i%1000), Value: float64(i % 100),
			Origin: reading.Origin{Entry: reading.EntryID{Ms: uint64(start), Seq: uint64(i)}},
		})
	}
	s.Settle()
	runtime.GC()
	runtime.ReadMemStats(&after)
	return s, tree, cat, float64(after.HeapAlloc-before.HeapAlloc) / 1e6
}

// A million points: how much memory, how long a checkpoint takes and its
// longest step, how long a restart takes.
func BenchmarkMillionPoints(b *testing.B) {
	kinds := map[string]struct {
		measure indicator.Measure
		window  indicator.Window
	}{
		"stock": {indicator.Measure{Kind: indicator.Stock, Combine: indicator.Sum, FreshFor: 10 * time.Minute}, indicator.Window{}},
		"flow":  {indicator.Measure{Kind: indicator.Flow, FreshFor: 10 * time.Minute}, indicator.Window{Span: indicator.Day}},
	}
	for name, k := range kinds {
		b.Run(name, func(b *testing.B) {
			s, tree, cat, bytes := million(b, k.measure, k.window)
			var parts [][]byte
			var taking, longest, back time.Duration
			spent := processor(b)
			for b.Loop() {
				began := spent()
				c, err := s.Capture()
				if err != nil {
					b.Fatal(err)
				}
				longest = max(longest, spent()-began)
				for done := false; !done; {
					step := spent()
					if done, err = c.Step(2000); err != nil {
						b.Fatal(err)
					}
					longest = max(longest, spent()-step)
				}
				parts = c.Parts()
				taking += spent() - began
				whole := slices.Concat(parts...)
				began = spent()
				if _, err := rollup.Decode(whole, tree, cat, wide(), start); err != nil {
					b.Fatal(err)
				}
				back += spent() - began
			}
			size := 0
			for _, p := range parts {
				size += len(p)
			}
			n := float64(b.N)
			b.ReportMetric(bytes, "B/point")
			b.ReportMetric(float64(size)/1e6, "MB")
			b.ReportMetric(taking.Seconds()*1000/n, "cpu-ms/capture")
			b.ReportMetric(longest.Seconds()*1000, "cpu-ms/longest_step")
			b.ReportMetric(back.Seconds()*1000/n, "cpu-ms/restore")
		})
	}
}
