package rollup_test

import (
	"slices"
	"testing"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/monitor/rollup"
)

func TestWhoIsSilentIsNamed(t *testing.T) {
	t.Parallel()
	areas := []area.Area{{ID: "root"}, {ID: "s1", Parent: "root"}, {ID: "c1", Parent: "s1"}, {ID: "s2", Parent: "root"}, {ID: "s3", Parent: "root"}, {ID: "s4", Parent: "root"}, {ID: "s5", Parent: "root"}}
	tests := map[string]struct {
		sensitivity indicator.Sensitivity
		listed      map[string][]string // area → points that should report
		heard       map[string][]string
		at          string
		fresh, all  int
		silent      []string
	}{
		"all is well":                         {"", map[string][]string{"s1": {"a"}}, map[string][]string{"s1": {"a"}}, "root", 1, 1, nil},
		"a point far below: its child area":   {"", map[string][]string{"c1": {"a"}}, nil, "root", 0, 1, []string{"s1"}},
		"one floor down":                      {"", map[string][]string{"c1": {"a"}}, nil, "s1", 0, 1, []string{"c1"}},
		"at the point's own area":             {"", map[string][]string{"c1": {"a", "b"}}, map[string][]string{"c1": {"b"}}, "c1", 1, 2, []string{"a"}},
		"three at most, the emptiest first":   {"", map[string][]string{"s1": {"a"}, "s2": {"a", "b", "c"}, "s3": {"a"}, "s4": {"a", "b"}, "s5": {"a"}}, nil, "root", 0, 8, []string{"s2", "s4", "s1"}},
		"a person is never named":             {indicator.Personal, map[string][]string{"s1": {"a"}}, nil, "s1", 0, 1, nil},
		"the area of a person is":             {indicator.Personal, map[string][]string{"s1": {"a"}}, nil, "root", 0, 1, []string{"s1"}},
		"a point that isn't on the list":      {"", map[string][]string{"s1": {"a"}}, map[string][]string{"s1": {"x"}}, "s1", 0, 1, []string{"a"}},
		"a point of the list, somewhere else": {"", map[string][]string{"s1": {"a"}}, map[string][]string{"s2": {"a"}}, "root", 0, 1, []string{"s1"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tree, faults := area.New(slices.Clone(areas))
			if faults != nil {
				t.Fatal(faults)
			}
			cat := indicator.NewCatalogue(
				[]indicator.Measure{{ID: "beds", Kind: indicator.Stock, Combine: indicator.Sum, FreshFor: time.Minute, Expected: "list", Sensitivity: tt.sensitivity}},
				[]indicator.Indicator{{ID: "beds", Measure: "beds", Direction: indicator.Neutral}})
			lists := map[string][]listed{}
			for i := range area.Index(tree.Len()) {
				for _, p := range tt.listed[tree.At(i).ID] {
					lists["list"] = append(lists["list"], listed{p, i})
				}
			}
			s := rollup.New(tree, cat, options(lists), start)
			for id, points := range tt.heard {
				for _, p := range points {
					where, _ := tree.Lookup(id)
					r := at(0, where, start, 1)
					r.Point = p
					s.Apply(&r)
				}
			}
			s.Settle()
			where, _ := tree.Lookup(tt.at)
			c := s.Figure(0, where).Coverage
			if silent := s.Silent(0, where); c.Fresh != tt.fresh || c.Expected != tt.all || !slices.Equal(silent, tt.silent) {
				t.Errorf("%d/%d, silent %v; want %d/%d, %v", c.Fresh, c.Expected, silent, tt.fresh, tt.all, tt.silent)
			}
		})
	}
}
