package rollup_test

import (
	"fmt"
	"math/big"
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"

	"pgregory.net/rapid"
)

const (
	openly indicator.Place = iota // the same measure with nothing hidden
	veiled                        // and with small cells hidden
)

// census is a district with one measure whose cells below 5 nobody may see.
func census(t *rapid.T, kind indicator.Kind) (*area.Tree, *rollup.State) {
	n := rapid.IntRange(1, 10).Draw(t, "areas")
	areas := []area.Area{{ID: "root", Kind: "district"}}
	for i := 1; i < n; i++ {
		areas = append(areas, area.Area{ID: fmt.Sprint("a", i), Kind: "street", Parent: areas[rapid.IntRange(0, i-1).Draw(t, "parent")].ID})
	}
	tree, faults := area.New(areas)
	if faults != nil {
		t.Fatal(faults)
	}
	window := indicator.Window{Span: indicator.Day}
	cat := indicator.NewCatalogue(
		[]indicator.Measure{{ID: "people", Kind: kind, Combine: indicator.Sum, FreshFor: time.Hour}},
		[]indicator.Indicator{
			{ID: "open", Measure: "people", Window: window, Direction: indicator.Neutral},
			{ID: "small", Measure: "people", Window: window, Direction: indicator.Neutral, SuppressBelow: 5},
		})
	return tree, rollup.New(tree, cat, options(nil), start)
}

// cell is an area's value, or with a point the value of one that reports there.
type cell struct {
	area  area.Index
	point string
}

// Whoever asks every door for everything, and can add and take away, learns no
// cell that is hidden.
func TestNoHiddenCellCanBeWorkedOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		kind := rapid.SampledFrom([]indicator.Kind{indicator.Flow, indicator.Stock}).Draw(t, "kind")
		tree, s := census(t, kind)
		for seq := range uint64(rapid.IntRange(0, 25).Draw(t, "readings")) {
			r := reading.Reading{
				Area: area.Index(rapid.IntRange(0, tree.Len()-1).Draw(t, "area")), At: start,
				Point:  rapid.SampledFrom([]string{"", "p", "q"}).Draw(t, "point"),
				Value:  float64(rapid.SampledFrom([]int{0, 0, 1, 2, 4, 5, 6, 30, -3}).Draw(t, "value")),
				Origin: reading.Origin{Entry: reading.EntryID{Ms: uint64(start), Seq: seq}},
			}
			s.Apply(&r)
			if rapid.IntRange(0, 5).Draw(t, "look") == 0 {
				s.Settle()
			}
		}
		s.Settle()
		isSmall := func(v float64) bool { return v > 0 && v < 5 }
		truth, seen, anySmall := map[cell]float64{}, map[cell]bool{}, false
		var equations [][]cell // the first is the sum of the others
		for a := range area.Index(tree.Len()) {
			whole, shown := s.Figure(openly, a), s.Figure(veiled, a)
			if !whole.Value.OK {
				continue
			}
			truth[cell{a, ""}] = whole.Value.V
			seen[cell{a, ""}] = shown.Value.OK
			anySmall = anySmall || isSmall(whole.Value.V)
			if isSmall(whole.Value.V) && shown.Status != indicator.Suppressed {
				t.Fatalf("%s has %v and is shown", tree.At(a).ID, whole.Value.V)
			}
			if shown.Value.OK == (shown.Status == indicator.Suppressed) {
				t.Fatalf("%s is %s and has the value %v", tree.At(a).ID, shown.Status, shown.Value)
			}
			equation := []cell{{a, ""}}
			parts := map[string]rollup.Contribution{}
			x := s.Explain(veiled, a)
			for _, c := range x.Parts[0].Contributions {
				parts[fmt.Sprint(c.Area, c.Point)] = c
			}
			if shown.Status == indicator.Suppressed && (x.Parts[0].Contributions != nil || x.Parts[0].Value.OK) {
				t.Fatalf("explain takes the suppressed %s apart", tree.At(a).ID)
			}
			for _, c := range s.Explain(openly, a).Parts[0].Contributions {
				k := cell{c.Area, ""}
				if c.Area == area.None {
					k = cell{a, "point " + c.Point}
					truth[k] = c.Value.V
					anySmall = anySmall || isSmall(c.Value.V)
					if isSmall(c.Value.V) && parts[fmt.Sprint(c.Area, c.Point)].Value.OK {
						t.Fatalf("point %q of %s has %v and is shown", c.Point, tree.At(a).ID, c.Value.V)
					}
				}
				seen[k] = seen[k] || parts[fmt.Sprint(c.Area, c.Point)].Value.OK
				equation = append(equation, k)
			}
			equations = append(equations, equation)
		}
		for k, ok := range seen {
			if !ok && !anySmall {
				t.Fatalf("%v is hidden, though nothing is small: %v", k, truth)
			}
		}
		for _, k := range solved(equations, seen) {
			t.Fatalf("%v = %v can be worked out of what is shown", k, truth[k])
		}
	})
}

// solved lists the hidden cells that the equations determine, by elimination.
func solved(equations [][]cell, seen map[cell]bool) (list []cell) {
	var unknown []cell
	column := map[cell]int{}
	for _, e := range equations {
		for _, k := range e {
			if _, known := column[k]; !seen[k] && !known {
				column[k] = len(unknown)
				unknown = append(unknown, k)
			}
		}
	}
	var rows [][]*big.Rat
	for _, e := range equations {
		row := make([]*big.Rat, len(unknown))
		for i := range row {
			row[i] = new(big.Rat)
		}
		for i, k := range e {
			if seen[k] {
				continue
			}
			one := big.NewRat(-1, 1)
			if i == 0 {
				one = big.NewRat(1, 1)
			}
			row[column[k]].Add(row[column[k]], one)
		}
		rows = append(rows, row)
	}
	done := 0
	for c := range unknown {
		pivot := -1
		for r := done; r < len(rows) && pivot < 0; r++ {
			if rows[r][c].Sign() != 0 {
				pivot = r
			}
		}
		if pivot < 0 {
			continue
		}
		rows[done], rows[pivot] = rows[pivot], rows[done]
		for r := range rows {
			if r == done || rows[r][c].Sign() == 0 {
				continue
			}
			by := new(big.Rat).Quo(rows[r][c], rows[done][c])
			for i := range unknown {
				rows[r][i].Sub(rows[r][i], new(big.Rat).Mul(by, rows[done][i]))
			}
		}
		done++
	}
	for _, row := range rows[:done] {
		at, n := 0, 0
		for i := range row {
			if row[i].Sign() != 0 {
				at, n = i, n+1
			}
		}
		if n == 1 {
			list = append(list, unknown[at])
		}
	}
	return list
}

func TestASecondCellIsHiddenWithTheOnlySmallOne(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		streets []float64 // of the streets a, b, c; -1: never read
		hidden  string
		root    bool // whether the district is shown
	}{
		"nothing is small":                         {[]float64{10, 20, 30}, "", true},
		"zero is not small":                        {[]float64{0, 20, 30}, "", true},
		"one is small: the first large one too":    {[]float64{10, 20, 3}, "ac", true},
		"the small one is the first":               {[]float64{3, 20, 30}, "ab", true},
		"two are small":                            {[]float64{3, 2, 30}, "ab", true},
		"the district is as small as its street":   {[]float64{3, 0, -1}, "a", false},
		"a correction is taken when nothing else":  {[]float64{3, -9, -1}, "ab", true},
		"nothing else: the district too":           {[]float64{-1, 4, -1}, "b", false},
		"the district itself is small":             {[]float64{1, 1, 1}, "abc", false},
		"large ones are preferred to a zero":       {[]float64{0, 3, 9}, "bc", true},
		"all are large and the district too":       {[]float64{5, 5, 5}, "", true},
		"the threshold itself is not small":        {[]float64{5, 6, 7}, "", true},
		"below zero is no count and is not hidden": {[]float64{-2, 6, 7}, "", true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree, faults := area.New([]area.Area{{ID: "root"}, {ID: "a", Parent: "root"}, {ID: "b", Parent: "root"}, {ID: "c", Parent: "root"}})
			if faults != nil {
				t.Fatal(faults)
			}
			cat := indicator.NewCatalogue([]indicator.Measure{{ID: "ill", Kind: indicator.Flow}},
				[]indicator.Indicator{{ID: "ill", Measure: "ill", Window: indicator.Window{Span: indicator.Day}, SuppressBelow: 5}})
			s := rollup.New(tree, cat, options(nil), start)
			for i, v := range tt.streets {
				r := reading.Reading{Area: area.Index(i + 1), At: start, Value: v}
				if v != -1 {
					s.Apply(&r)
				}
			}
			s.Settle()
			hidden := ""
			for i := range tt.streets {
				if s.Figure(0, area.Index(i+1)).Status == indicator.Suppressed {
					hidden += tree.At(area.Index(i + 1)).ID
				}
			}
			if hidden != tt.hidden {
				t.Errorf("streets %v: hidden are %q, want %q", tt.streets, hidden, tt.hidden)
			}
			if shown := s.Figure(0, 0).Status != indicator.Suppressed; shown != tt.root {
				t.Errorf("streets %v: the district is shown: %v, want %v", tt.streets, shown, tt.root)
			}
		})
	}
}
