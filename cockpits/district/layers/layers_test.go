package layers_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/district/layers"
	"citydeck/cockpits/tile"
)

// scattered is a district with n points on each of several lists, in and around
// a town; the points of the area 1 lie everywhere among those of the area 0.
func scattered(lists, n int) *district.District {
	r := rand.New(rand.NewPCG(1, 2))
	d := &district.District{}
	for i := range lists {
		l := district.List{ID: fmt.Sprintf("list-%d", i)}
		for j := range n {
			l.Points = append(l.Points, tile.Point{
				List: l.ID, ID: fmt.Sprint(j), Area: area.Index(j % 2), Placed: j%10 != 9,
				Lon: 120.17 + r.NormFloat64()*.05, Lat: 30.3 + r.NormFloat64()*.05,
			})
		}
		d.Lists = append(d.Lists, l)
	}
	return d
}

// tileOf is the tile of a place, by the formula of the map makers.
func tileOf(zoom int, lon, lat float64) (column, row float64) {
	n := math.Exp2(float64(zoom))
	rad := lat * math.Pi / 180
	return (lon + 180) / 360 * n, (1 - math.Log(math.Tan(rad)+1/math.Cos(rad))/math.Pi) / 2 * n
}

func TestEachPointIsInOneTileOfEachZoomAtItsPlace(t *testing.T) {
	t.Parallel()
	d := scattered(3, 400)
	x := layers.New(d)
	lists := []int{0, 2}
	want := map[string][2]float64{}
	for _, i := range lists {
		for _, p := range d.Lists[i].Points {
			if p.Placed {
				want[p.List+"/"+p.ID] = [2]float64{p.Lon, p.Lat}
			}
		}
	}
	for _, zoom := range []int{0, 1, 5, 9, 11, 13, 14, 16, 22} {
		tiles := map[[2]int]bool{}
		for _, at := range want {
			column, row := tileOf(zoom, at[0], at[1])
			tiles[[2]int{int(column), int(row)}] = true
		}
		total := 0
		for at := range tiles {
			for _, c := range x.Tile(zoom, at[0], at[1], lists, nil) {
				total += c.Count
				if c.X < 0 || c.X >= layers.Extent || c.Y < 0 || c.Y >= layers.Extent {
					t.Fatalf("zoom %d: a cell at %d, %d is outside of its tile", zoom, c.X, c.Y)
				}
				if c.Count > 1 && zoom >= layers.Single {
					t.Fatalf("zoom %d: %d points in one cell", zoom, c.Count)
				}
				if c.Count > 1 {
					if c.Counts[1] != 0 || c.Counts[0]+c.Counts[2] != c.Count {
						t.Fatalf("zoom %d: %v of %d points", zoom, c.Counts, c.Count)
					}
					continue
				}
				place := want[c.Key]
				column, row := tileOf(zoom, place[0], place[1])
				dx := (column-float64(at[0]))*layers.Extent - float64(c.X)
				dy := (row-float64(at[1]))*layers.Extent - float64(c.Y)
				if unit := max(1.01, math.Exp2(float64(zoom-20))); math.Abs(dx) > unit || math.Abs(dy) > unit { // places are kept to 9 mm
					t.Fatalf("zoom %d: %s is drawn %v, %v units off", zoom, c.Key, dx, dy)
				}
			}
		}
		if total != len(want) {
			t.Errorf("zoom %d: %d points in all tiles, want %d", zoom, total, len(want))
		}
	}
}

func TestAClusterStandsInTheMiddleOfItsPoints(t *testing.T) {
	t.Parallel()
	d := &district.District{Lists: []district.List{{ID: "a", Points: []tile.Point{
		{ID: "1", Lon: 10, Lat: 0, Placed: true}, {ID: "2", Lon: 20, Lat: 0, Placed: true}, {ID: "3", Lon: -170, Lat: 80, Placed: true},
	}}}}
	cells := layers.New(d).Tile(0, 0, 0, []int{0}, nil)
	if len(cells) != 2 {
		t.Fatalf("%d cells, want 2: %+v", len(cells), cells)
	}
	c := cells[slices.IndexFunc(cells, func(c layers.Cell) bool { return c.Count == 2 })]
	if want := 2218; c.X != want || c.Y != layers.Extent/2 || c.Key != "0/4/4" {
		t.Errorf("two points are drawn as %s at %d, %d, want 0/4/4 at %d, %d", c.Key, c.X, c.Y, want, layers.Extent/2)
	}
}

func TestWhatMayNotBeSeenIsNotCounted(t *testing.T) {
	t.Parallel()
	d := scattered(2, 500)
	x := layers.New(d)
	want := 0
	for _, l := range d.Lists {
		for _, p := range l.Points {
			if p.Placed && p.Area == 1 {
				want++
			}
		}
	}
	all := 0
	for _, c := range x.Tile(0, 0, 0, []int{0, 1}, func(i area.Index) bool { return i == 1 }) {
		all += c.Count
	}
	if all != want {
		t.Errorf("a tile shows %d points of the area, want %d", all, want)
	}
	if cells := x.Tile(0, 0, 0, []int{0, 1}, func(area.Index) bool { return false }); len(cells) > 0 {
		t.Errorf("nothing may be seen, and there are %d cells", len(cells))
	}
}

func TestTheEdgesOfTheWorldAreInTiles(t *testing.T) {
	t.Parallel()
	d := &district.District{Lists: []district.List{{ID: "a", Points: []tile.Point{
		{ID: "nw", Lon: -180, Lat: 90, Placed: true}, {ID: "se", Lon: 180, Lat: -90, Placed: true},
	}}}}
	x := layers.New(d)
	for zoom, last := range map[int]int{1: 1, 14: 1<<14 - 1, 22: 1<<22 - 1} {
		for key, at := range map[string]int{"a/nw": 0, "a/se": last} {
			if cells := x.Tile(zoom, at, at, []int{0}, nil); len(cells) != 1 || cells[0].Key != key {
				t.Errorf("zoom %d, tile %d, %d has %+v, want %s", zoom, at, at, cells, key)
			}
		}
	}
}

// Two hundred thousand points on 26 lists: how long one tile takes.
func BenchmarkTile(b *testing.B) {
	x := layers.New(scattered(26, 200_000/26))
	lists := make([]int, 26)
	for i := range lists {
		lists[i] = i
	}
	half := func(i area.Index) bool { return i == 0 }
	for _, zoom := range []int{0, 9, 11, 13, 14} {
		column, row := tileOf(zoom, 120.17, 30.3)
		b.Run(fmt.Sprintf("zoom=%d", zoom), func(b *testing.B) {
			for b.Loop() {
				x.Tile(zoom, int(column), int(row), lists, nil)
			}
		})
		b.Run(fmt.Sprintf("zoom=%d/half", zoom), func(b *testing.B) {
			for b.Loop() {
				x.Tile(zoom, int(column), int(row), lists, half)
			}
		})
	}
}

// Putting two hundred thousand points in order, as at each load of a district.
func BenchmarkNew(b *testing.B) {
	d := scattered(26, 200_000/26)
	for b.Loop() {
		layers.New(d)
	}
}
