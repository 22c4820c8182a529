package history_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"testing"
	"time"

	"citydeck/cockpits/monitor/rollup"
	"citydeck/server/store/history"
)

// A checkpoint of a million points: how long it takes to be on disk, and to be
// read back and proven.
func BenchmarkCheckpoint(b *testing.B) {
	const piece = 256 << 10
	state := make([][]byte, 48<<20/piece) // what a million flows take
	r := rand.NewChaCha8([32]byte{})
	for i := range state {
		state[i] = make([]byte, piece)
		_, _ = r.Read(state[i]) // never fails
	}
	dir := b.TempDir()
	c := checkpoints(b, dir, history.Local{})
	var saving, loading time.Duration
	for b.Loop() {
		began := time.Now()
		if err := c.Save(&rollup.Checkpoint{Taken: 1, State: state}); err != nil {
			b.Fatal(err)
		}
		saving += time.Since(began)
		began = time.Now()
		found, err := checkpoints(b, dir, history.Local{}).Load(false, func(*rollup.Checkpoint) error { return nil })
		if !found || err != nil {
			b.Fatal(found, err)
		}
		loading += time.Since(began)
	}
	b.ReportMetric(saving.Seconds()*1000/float64(b.N), "ms/save")
	b.ReportMetric(loading.Seconds()*1000/float64(b.N), "ms/load")
}

// The values of a minute of the shipped district's size, day by day: how long
// they take to record, and how much room.
func BenchmarkMinute(b *testing.B) {
	const figures = 4000
	h := open(b, settings(b.TempDir()))
	names := make([]history.Line, figures)
	for i := range names {
		names[i] = history.Line{Indicator: fmt.Sprint("indicator-", i/20), Area: fmt.Sprint("area-", i%20)}
	}
	values := make([]float64, figures)
	at := noon
	for b.Loop() {
		for i := range values {
			if rand.IntN(10) == 0 { // most stand still
				values[i] = float64(rand.IntN(10_000)) / 100
			}
		}
		row := history.Row{Grain: history.Minute, End: at, Values: append([]float64(nil), values...)}
		if err := h.Record(b.Context(), names, []history.Row{row}); err != nil {
			b.Fatal(err)
		}
		at += minute
	}
	info, err := os.Stat(h.Database().File())
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(info.Size())/float64(b.N)/figures, "B/value")
}
