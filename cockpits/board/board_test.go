package board_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"citydeck/cockpits/board"
	"citydeck/cockpits/tile"
)

func ptr[T any](v T) *T { return &v }

func text(t rapid.TB, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatalf("encode %T: %v", v, err)
	}
	return string(b)
}

// numbers are few, so that values often stay as they were.
var numbers = rapid.SampledFrom([]*float64{nil, ptr(0.0), ptr(1.0), ptr(2.5)})

func drawSpark(t *rapid.T, clock int64) []tile.Spark {
	if rapid.IntRange(0, 9).Draw(t, "null spark") == 0 {
		return nil
	}
	length := rapid.SampledFrom([]int64{0, 3, 59, 60}).Draw(t, "length")
	spark := []tile.Spark{}
	for at := max(1, clock-length+1); at <= clock; at++ {
		spark = append(spark, tile.Spark{At: at * 1000, Value: ptr(float64(at % 7))})
	}
	if len(spark) > 0 {
		spark[len(spark)-1].Value = numbers.Draw(t, "last point")
	}
	return spark
}

var itemKinds = []tile.Keys{
	tile.HasValue | tile.HasLevel | tile.HasStatus,
	tile.HasValue | tile.HasRank | tile.HasCoverage | tile.HasSince,
	tile.HasCells,
	tile.HasValue | tile.HasSpark,
	tile.HasFeed,
	tile.HasIndicator | tile.HasValue | tile.HasAsOf,
}

func drawItems(t *rapid.T, has tile.Keys, clock int64) []tile.Item {
	if rapid.IntRange(0, 9).Draw(t, "null items") == 0 {
		return nil
	}
	ids := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d", "e"}), 0, 5, rapid.ID[string]).Draw(t, "ids")
	items := []tile.Item{}
	for i, id := range ids {
		it := tile.Item{ID: id, Has: has}
		if has&tile.HasValue != 0 {
			it.Value = numbers.Draw(t, "value")
		}
		if has&tile.HasStatus != 0 {
			it.Level, it.Status = ptr("warn"), rapid.SampledFrom([]string{"warn", "stale"}).Draw(t, "status")
		}
		if has&tile.HasRank != 0 {
			it.Rank, it.Since = i+1, ptr(clock)
			it.Coverage = &tile.Coverage{Fresh: i, Expected: 5, Silent: []string{id}}
		}
		if has&tile.HasSpark != 0 {
			it.Spark = drawSpark(t, clock)
		}
		if has&tile.HasCells != 0 {
			it.Cells = []tile.Cell{{ID: "x", Value: numbers.Draw(t, "cell"), Status: "normal"}, {ID: "y", Bare: true}}
		}
		if has&tile.HasFeed != 0 {
			it.At, it.Text = rapid.Int64Range(1, 3).Draw(t, "at"), "opened"
		}
		if has&tile.HasIndicator != 0 {
			it.Indicator, it.Area, it.AsOf = "i", id, ptr(clock/2)
		}
		items = append(items, it)
	}
	return items
}

func drawTile(t *rapid.T, n int, clock int64) tile.Tile {
	v := tile.Tile{ID: fmt.Sprint("t", n), Value: numbers.Draw(t, "value"), Status: "normal", AsOf: ptr(clock / 3)}
	v.Parts = &tile.Parts{numbers.Draw(t, "numerator"), ptr(1.0)}
	if n%2 == 0 {
		v.Spark = drawSpark(t, clock)
	} else {
		v.Items = drawItems(t, itemKinds[n/2%len(itemKinds)], clock)
	}
	return v
}

// For any history and any state that a screen may have stopped at, what Since
// gives, merged by the protocol's rules, is the state now.
func TestSinceBringsAnyStateToNow(t *testing.T) {
	t.Parallel()
	deltas := 0
	rapid.Check(t, func(t *rapid.T) {
		tiles := rapid.IntRange(1, 12).Draw(t, "tiles")
		b := &board.Board{}
		var screens []screen
		clock := int64(1)
		for range rapid.IntRange(1, 12).Draw(t, "states") {
			var changed []tile.Tile
			for n := range tiles {
				if b.Seq() == 0 || rapid.Bool().Draw(t, "drawn") {
					changed = append(changed, drawTile(t, n, clock))
				}
			}
			b = b.Publish(clock, changed)
			screens = append(screens, show(b))
			clock += rapid.Int64Range(0, 2).Draw(t, "time")
		}
		want := text(t, b.Snapshot())
		for _, s := range screens {
			from := s.seq
			if s.take(b) && from < b.Seq() {
				deltas++
			}
			var have []tile.Tile
			for _, v := range b.Snapshot() {
				have = append(have, s.tiles[v.ID])
			}
			if got := text(t, have); got != want {
				t.Fatalf("from state %d to %d:\n got %s\nwant %s", from, b.Seq(), got, want)
			}
		}
	})
	if deltas < 50 {
		t.Errorf("only %d screens were served by a delta: the histories prove little", deltas)
	}
}

// A state that is one behind nearly always gets a delta: what a board keeps is
// enough for the histories that really come.
func TestASparklineThatGrowsNeedsNoSnapshot(t *testing.T) {
	t.Parallel()
	b := &board.Board{}
	spark := func(clock int64) []tile.Spark {
		var s []tile.Spark
		for at := max(1, clock-59); at <= clock; at++ {
			s = append(s, tile.Spark{At: at, Value: ptr(float64(at))})
		}
		return s
	}
	for clock := int64(1); clock <= 150; clock++ {
		b = b.Publish(clock, []tile.Tile{{ID: "a", Status: "normal", Spark: spark(clock)}})
		if clock == 1 {
			continue
		}
		patches, ok := b.Since(b.Seq() - 1)
		if !ok || len(patches) != 1 || len(patches[0].Spark) != 1 || patches[0].Spark[0].At != clock {
			t.Fatalf("point %d: Since(%d) = %v, %v; want the new point alone", clock, b.Seq()-1, text(t, patches), ok)
		}
	}
}

func TestPublishOfTheSameIsTheSameBoard(t *testing.T) {
	t.Parallel()
	one := []tile.Tile{{ID: "a", Value: ptr(1.0), Status: "normal"}, {ID: "b", Status: "empty"}}
	b := (&board.Board{}).Publish(1, one)
	if next := b.Publish(2, []tile.Tile{{ID: "a", Value: ptr(1.0), Status: "normal"}}); next != b {
		t.Errorf("publish of an equal tile: seq = %d, want the board itself, seq %d", next.Seq(), b.Seq())
	}
	next := b.Publish(3, []tile.Tile{{ID: "a", Value: ptr(2.0), Status: "normal"}})
	if next.Seq() != 2 || next.At() != 3 || b.Seq() != 1 || *b.Snapshot()[0].Value != 1 {
		t.Errorf("publish of another value: seq %d at %d, the old board says %v; want 2 at 3, and 1", next.Seq(), next.At(), *b.Snapshot()[0].Value)
	}
	if next.Snapshot()[1] != b.Snapshot()[1] {
		t.Error("a tile that did not change was copied")
	}
}

func TestSinceKnowsWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	b := (&board.Board{}).Publish(1, []tile.Tile{{ID: "a", Status: "normal"}})
	for _, seq := range []uint64{0, 2, 1 << 60} {
		if p, ok := b.Since(seq); ok {
			t.Errorf("Since(%d) at state 1 = %v, want none", seq, p)
		}
	}
	if p, ok := b.Since(1); !ok || len(p) != 0 {
		t.Errorf("Since(1) at state 1 = %v, %v; want nothing to send", p, ok)
	}
	b = b.Publish(2, []tile.Tile{{ID: "new", Status: "normal"}})
	if _, ok := b.Since(1); ok {
		t.Error("a tile that the screen has never seen came by a delta")
	}
}

func TestTombsAreBounded(t *testing.T) {
	t.Parallel()
	b := &board.Board{}
	for n := range 1000 {
		items := []tile.Item{{ID: fmt.Sprint(n), Has: tile.HasRank, Rank: 1}}
		b = b.Publish(int64(n), []tile.Tile{{ID: "a", Status: "normal", Items: items}})
	}
	if _, ok := b.Since(1); ok {
		t.Error("999 items gone: the first state is still served by a delta")
	}
	p, ok := b.Since(b.Seq() - 200)
	if gone := slices.IndexFunc(p[0].Items, func(i tile.ItemPatch) bool { return i.Item != nil }); !ok || gone != 200 {
		t.Errorf("200 states ago: %d items gone, %v; want 200", gone, ok)
	}
}
