package history_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"slices"
	"testing"

	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
	"citydeck/server/store/history"
)

func checkpoints(t testing.TB, dir string, disk history.Disk) *history.Checkpoints {
	t.Helper()
	c, err := history.OpenCheckpoints(dir, disk, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// numbered is a checkpoint that says which one it is.
func numbered(n int64) *rollup.Checkpoint {
	m := reading.Mark{Stream: "readings", Position: reading.EntryID{Ms: uint64(n)}}
	return &rollup.Checkpoint{Taken: n, Marks: []reading.Mark{m}, State: [][]byte{bytes.Repeat([]byte{byte(n)}, 30), {1, 2, 3}}}
}

func save(t testing.TB, c *history.Checkpoints, from, to int64) {
	t.Helper()
	for n := from; n <= to; n++ {
		if err := c.Save(numbered(n)); err != nil {
			t.Fatalf("save checkpoint %d: %v", n, err)
		}
	}
}

// load opens a folder anew and tells which checkpoint was loaded, 0: none.
func load(t testing.TB, dir string, rebuild bool) (int64, error) {
	t.Helper()
	var taken int64
	found, err := checkpoints(t, dir, history.Local{}).Load(rebuild, func(cp *rollup.Checkpoint) error {
		taken = cp.Taken
		if want := slices.Concat(numbered(taken).State...); !bytes.Equal(slices.Concat(cp.State...), want) {
			t.Errorf("checkpoint %d holds another state", taken)
		}
		return nil
	})
	if found != (err == nil && taken != 0) {
		t.Errorf("found %v, loaded %d, %v", found, taken, err)
	}
	return taken, err
}

func TestTheNewestThreeCheckpointsAreKept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if taken, err := load(t, dir, false); taken != 0 || err != nil {
		t.Errorf("an empty folder: %d, %v", taken, err)
	}
	c := checkpoints(t, dir, history.Local{})
	save(t, c, 1, 5)
	if files := c.Files(); len(files) != 3 {
		t.Errorf("kept %q, want three", files)
	}
	if taken, err := load(t, dir, false); taken != 5 || err != nil {
		t.Errorf("loaded %d, %v, want 5", taken, err)
	}
	if behind := c.Behind(); len(behind) != 1 || behind[0].Position.Ms != 3 {
		t.Errorf("may be trimmed behind %+v, want what the oldest kept one had read: 3", behind)
	}
	again := checkpoints(t, dir, history.Local{})
	save(t, again, 6, 6)
	if behind := again.Behind(); behind != nil {
		t.Errorf("may be trimmed behind %+v, though nobody read the oldest kept one", behind)
	}
	save(t, again, 7, 8)
	if behind := again.Behind(); len(behind) != 1 || behind[0].Position.Ms != 6 {
		t.Errorf("may be trimmed behind %+v, want 6", behind)
	}
}

func TestADamagedCheckpointFallsBackToTheNextOlder(t *testing.T) {
	t.Parallel()
	damage := map[string]func([]byte) []byte{
		"cut in the header":   func(b []byte) []byte { return b[:20] },
		"cut in the payload":  func(b []byte) []byte { return b[:len(b)-1] },
		"empty":               func([]byte) []byte { return nil },
		"longer than written": func(b []byte) []byte { return append(b, 0) },
		"another file": func([]byte) []byte {
			return []byte("SQLite format 3\x00 and what follows it, and more of it all the way")
		},
		"a payload of none": func([]byte) []byte { return history.Framed(history.Version, []byte("no checkpoint")) },
	}
	for name, harm := range damage {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			c := checkpoints(t, dir, history.Local{})
			save(t, c, 1, 3)
			newest := c.Files()[2]
			b, err := os.ReadFile(newest)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(newest, harm(b), 0o600); err != nil {
				t.Fatal(err)
			}
			if taken, err := load(t, dir, false); taken != 2 || err != nil {
				t.Errorf("loaded %d, %v, want the next older one, 2", taken, err)
			}
			if _, err := os.Stat(newest + ".bad"); err != nil {
				t.Errorf("the damaged one is gone: %v", err)
			}
			after := checkpoints(t, dir, history.Local{})
			save(t, after, 4, 4)
			if taken, err := load(t, dir, false); taken != 4 || err != nil {
				t.Errorf("afterwards loaded %d, %v, want 4", taken, err)
			}
		})
	}
}

func TestEveryFlippedBitAndEveryCutIsFound(t *testing.T) {
	t.Parallel()
	whole := history.Framed(history.Version, slices.Concat(numbered(7).Parts()...))
	if _, _, err := history.Unframe(whole); err != nil {
		t.Fatal(err)
	}
	for bit := range 8 * len(whole) {
		b := slices.Clone(whole)
		b[bit/8] ^= 1 << (bit % 8)
		if _, _, err := history.Unframe(b); !errors.Is(err, history.ErrBroken) {
			t.Errorf("bit %d flipped: %v", bit, err)
		}
	}
	for n := range len(whole) {
		if _, _, err := history.Unframe(whole[:n]); !errors.Is(err, history.ErrBroken) {
			t.Errorf("cut after %d bytes: %v", n, err)
		}
	}
}

func TestWithNoneGoodOnlyTheOneToldToRebuildStarts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := checkpoints(t, dir, history.Local{})
	save(t, c, 1, 3)
	for _, f := range c.Files() {
		if err := os.Truncate(f, 50); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := load(t, dir, false); !errors.Is(err, history.ErrNoneGood) {
		t.Errorf("with none good: %v, want ErrNoneGood", err)
	}
	if len(checkpoints(t, dir, history.Local{}).Files()) != 3 {
		t.Error("a refused start changed the folder")
	}
	if taken, err := load(t, dir, true); taken != 0 || err != nil {
		t.Errorf("told to rebuild: %d, %v", taken, err)
	}
	if taken, err := load(t, dir, false); taken != 0 || err != nil {
		t.Errorf("the next start: %d, %v", taken, err)
	}
}

func TestOneThatItsReaderRefusesIsPassedOver(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	save(t, checkpoints(t, dir, history.Local{}), 1, 3)
	var tried []int64
	found, err := checkpoints(t, dir, history.Local{}).Load(false, func(cp *rollup.Checkpoint) error {
		tried = append(tried, cp.Taken)
		if cp.Taken > 1 {
			return errors.New("its state is not whole")
		}
		return nil
	})
	if !found || err != nil || !slices.Equal(tried, []int64{3, 2, 1}) {
		t.Errorf("tried %v: found %v, %v", tried, found, err)
	}
}

func TestAnOlderVersionIsCopiedAndReadAndANewerOneRefused(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	c := checkpoints(t, dir, history.Local{})
	save(t, c, 1, 2)
	newest := c.Files()[1]
	payload := slices.Concat(numbered(2).Parts()...)
	old := history.Framed(1, payload)
	if err := os.WriteFile(newest, old, 0o600); err != nil {
		t.Fatal(err)
	}
	if taken, err := load(t, dir, false); taken != 2 || err != nil {
		t.Errorf("an older version: loaded %d, %v", taken, err)
	}
	if b, err := os.ReadFile(newest + ".v1"); err != nil || !bytes.Equal(b, old) {
		t.Errorf("the older version was not copied: %v", err)
	}
	if err := os.WriteFile(newest, history.Framed(history.Version+1, payload), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, rebuild := range []bool{false, true} {
		if _, err := load(t, dir, rebuild); !errors.Is(err, history.ErrNewer) {
			t.Errorf("a newer version, rebuild %v: %v, want ErrNewer", rebuild, err)
		}
	}
}

func FuzzCheckpointFile(f *testing.F) {
	whole := history.Framed(history.Version, slices.Concat(numbered(7).Parts()...))
	f.Add(whole, true)
	f.Add(whole[:40], false)
	f.Add([]byte("citydeck"), false)
	f.Add([]byte{1, 2, 3}, true)
	f.Fuzz(func(t *testing.T, b []byte, frame bool) {
		if frame { // what only a fault of ours could have summed up
			b = history.Framed(history.Version, b)
		}
		_, payload, err := history.Unframe(b)
		if frame != (err == nil) && frame {
			t.Fatalf("a framed payload is refused: %v", err)
		}
		if err != nil {
			return
		}
		cp, err := rollup.ReadCheckpoint(payload)
		if err != nil {
			return
		}
		again, err := rollup.ReadCheckpoint(slices.Concat(cp.Parts()...))
		if err != nil || again.Taken != cp.Taken || len(again.Marks) != len(cp.Marks) || !bytes.Equal(again.Notes, cp.Notes) {
			t.Fatalf("written again: %v", err)
		}
	})
}
