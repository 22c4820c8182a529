package rollup_test

import (
	"bytes"
	"slices"
	"testing"

	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
)

func TestACheckpointComesBackAsItWas(t *testing.T) {
	t.Parallel()
	m := reading.Mark{Stream: "readings", Position: reading.EntryID{Ms: 5, Seq: 1<<64 - 1}, Index: 7, Run: "abc"}
	m.Add([]reading.Print{{ID: reading.EntryID{Ms: 1 << 63, Seq: 2}, Hash: 3}, {ID: reading.EntryID{Ms: 4}, Hash: 1<<64 - 1}}) // a clock may step back
	c := rollup.Checkpoint{Taken: start, Marks: []reading.Mark{m, {Stream: "other"}}, Notes: []byte("{}"), State: [][]byte{{1, 2}, {3}}}
	b := slices.Concat(c.Parts()...)
	got, err := rollup.ReadCheckpoint(b)
	if err != nil {
		t.Fatal(err)
	}
	if got.Taken != start || string(got.Notes) != "{}" || !bytes.Equal(slices.Concat(got.State...), []byte{1, 2, 3}) || len(got.Marks) != 2 {
		t.Errorf("read %+v", got)
	}
	g := got.Marks[0]
	if g.Stream != m.Stream || g.Position != m.Position || g.Index != m.Index || g.Run != m.Run || !slices.Equal(g.Last(), m.Last()) || !slices.Equal(g.Landmarks(), m.Landmarks()) {
		t.Errorf("read mark %+v, want %+v", g, m)
	}
	for cut := range len(b) - 3 {
		if _, err := rollup.ReadCheckpoint(b[:cut]); err == nil {
			t.Errorf("%d of %d bytes were taken for a whole checkpoint", cut, len(b))
		}
	}
}
