package reading_test

import (
	"slices"
	"testing"

	"citydeck/cockpits/monitor/reading"
)

func prints(from, n int) []reading.Print {
	list := make([]reading.Print, n)
	for i := range list {
		list[i] = reading.Print{ID: reading.EntryID{Ms: uint64((from + i) * 7_000), Seq: 1}, Hash: uint64(from + i)}
	}
	return list
}

func TestAMarkRemembersTheLastEntries(t *testing.T) {
	t.Parallel()
	var m reading.Mark
	all := prints(0, 3*reading.Remembered)
	for part := range slices.Chunk(all, 777) {
		m.Add(part)
	}
	last := m.Last()
	if n := len(last); n < reading.Remembered || n > reading.Remembered+2048 {
		t.Errorf("%d entries are remembered, want %d or little more", n, reading.Remembered)
	}
	if !slices.Equal(last, all[len(all)-len(last):]) {
		t.Error("not the last ones, or not in their order")
	}
	marks := m.Landmarks()
	if len(marks) != reading.Minutes {
		t.Errorf("%d landmarks, want %d", len(marks), reading.Minutes)
	}
	for i := 1; i < len(marks); i++ {
		if marks[i].ID.Ms/60_000 == marks[i-1].ID.Ms/60_000 {
			t.Errorf("two landmarks in one minute: %v, %v", marks[i-1], marks[i])
		}
	}
}

func TestACopyOfAMarkStaysAsItWas(t *testing.T) {
	t.Parallel()
	var m reading.Mark
	m.Add(prints(0, 1500))
	c := m.Copy()
	minutes := slices.Clone(c.Landmarks())
	for i := range 200 {
		m.Add(prints(1500+i*1000, 1000))
	}
	if !slices.Equal(c.Last(), prints(0, 1500)) || !slices.Equal(c.Landmarks(), minutes) {
		t.Error("a copy changed with what it was copied from")
	}
}

func TestARestoredMarkGoesOn(t *testing.T) {
	t.Parallel()
	var m, again reading.Mark
	m.Add(prints(0, 5000))
	again.Restore(m.Last(), m.Landmarks())
	m.Add(prints(5000, 5000))
	again.Add(prints(5000, 5000))
	if !slices.Equal(m.Last(), again.Last()) || !slices.Equal(m.Landmarks(), again.Landmarks()) {
		t.Error("a restored mark remembers otherwise")
	}
}
