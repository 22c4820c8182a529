package tile_test

import (
	"math"
	"slices"
	"testing"

	"citydeck/cockpits/tile"
)

func TestDiffNamesTheKeyThatChanged(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change func(*tile.Tile)
		want   tile.Fields
	}{
		"nothing":                {func(*tile.Tile) {}, 0},
		"an equal value":         {func(v *tile.Tile) { v.Value = ptr(99.594) }, 0},
		"value":                  {func(v *tile.Tile) { v.Value = ptr(1.0) }, tile.FieldValue},
		"value to null":          {func(v *tile.Tile) { v.Value = nil }, tile.FieldValue},
		"level":                  {func(v *tile.Tile) { v.Level = nil }, tile.FieldLevel},
		"status and since":       {func(v *tile.Tile) { v.Status, v.Since = "warn", ptr(int64(9)) }, tile.FieldStatus | tile.FieldSince},
		"as_of":                  {func(v *tile.Tile) { v.AsOf = nil }, tile.FieldAsOf},
		"counts_from":            {func(v *tile.Tile) { v.CountsFrom = ptr(int64(1)) }, tile.FieldCountsFrom},
		"a part":                 {func(v *tile.Tile) { v.Parts = &tile.Parts{ptr(3190.0), nil} }, tile.FieldParts},
		"equal parts":            {func(v *tile.Tile) { v.Parts = &tile.Parts{ptr(3190.0), ptr(3203.0)} }, 0},
		"who is silent":          {func(v *tile.Tile) { v.Coverage = &tile.Coverage{Fresh: 34, Expected: 35, Silent: []string{"x"}} }, tile.FieldCoverage},
		"a dispute is over":      {func(v *tile.Tile) { v.Disputed = nil }, tile.FieldDisputed},
		"change":                 {func(v *tile.Tile) { v.Change = &tile.Change{Over: "day"} }, tile.FieldChange},
		"a point of the spark":   {func(v *tile.Tile) { v.Spark = []tile.Spark{{At: 5, Value: ptr(1.0)}, {At: 6, Value: ptr(1.0)}} }, tile.FieldSpark},
		"no spark, not an empty": {func(v *tile.Tile) { v.Spark = nil }, tile.FieldSpark},
		"an item's value":        {func(v *tile.Tile) { v.Items = slices.Clone(v.Items); v.Items[0].Value = nil }, tile.FieldItems},
		"an equal list":          {func(v *tile.Tile) { v.Items = slices.Clone(v.Items) }, 0},
		"an item less":           {func(v *tile.Tile) { v.Items = v.Items[1:] }, tile.FieldItems},
		"target":                 {func(v *tile.Tile) { v.Target = nil }, tile.FieldTarget},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			was, is := full(), full()
			tt.change(&is)
			if got := tile.Diff(&was, &is); got != tt.want {
				t.Errorf("Diff = %b, want %b", got, tt.want)
			}
		})
	}
}

func TestNaNStaysTheSame(t *testing.T) {
	t.Parallel()
	was, is := tile.Tile{Value: ptr(math.NaN())}, tile.Tile{Value: ptr(math.NaN())}
	if got := tile.Diff(&was, &is); got != 0 {
		t.Errorf("NaN and NaN differ by %b: they would be sent for ever", got)
	}
}

func TestDiffItemNamesTheKeyThatChanged(t *testing.T) {
	t.Parallel()
	all := tile.Keys(1<<tile.KeyCount - 1)
	tests := map[string]struct {
		change func(*tile.Item)
		want   tile.Keys
	}{
		"nothing":        {func(*tile.Item) {}, 0},
		"value":          {func(i *tile.Item) { i.Value = ptr(1.0) }, tile.HasValue},
		"rank":           {func(i *tile.Item) { i.Rank = 2 }, tile.HasRank},
		"since, as_of":   {func(i *tile.Item) { i.Since, i.AsOf = ptr(int64(1)), ptr(int64(1)) }, tile.HasSince | tile.HasAsOf},
		"coverage":       {func(i *tile.Item) { i.Coverage = &tile.Coverage{} }, tile.HasCoverage},
		"spark":          {func(i *tile.Item) { i.Spark = []tile.Spark{} }, tile.HasSpark},
		"cells":          {func(i *tile.Item) { i.Cells = []tile.Cell{{ID: "x"}} }, tile.HasCells},
		"level, status":  {func(i *tile.Item) { i.Level, i.Status = ptr("warn"), "warn" }, tile.HasLevel | tile.HasStatus},
		"indicator":      {func(i *tile.Item) { i.Indicator = "x" }, tile.HasIndicator},
		"text":           {func(i *tile.Item) { i.Text = "x" }, tile.HasFeed},
		"a key is gone":  {func(i *tile.Item) { i.Has &^= tile.HasRank }, tile.HasRank},
		"not its own":    {func(i *tile.Item) { i.Has = tile.HasValue; i.Text = "x" }, all &^ tile.HasValue},
		"area: two keys": {func(i *tile.Item) { i.Area = "x" }, tile.HasIndicator | tile.HasFeed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			was, is := tile.Item{ID: "a", Has: all}, tile.Item{ID: "a", Has: all}
			tt.change(&is)
			if got := tile.DiffItem(&was, &is); got != tt.want {
				t.Errorf("DiffItem = %b, want %b", got, tt.want)
			}
		})
	}
}

func TestSparkDiff(t *testing.T) {
	t.Parallel()
	line := func(from, to int64) []tile.Spark {
		var s []tile.Spark
		for at := from; at <= to; at++ {
			s = append(s, tile.Spark{At: at, Value: ptr(float64(at))})
		}
		return s
	}
	moved := line(1, 3)
	moved[1].Value = ptr(9.0)
	tests := map[string]struct {
		was, is   []tile.Spark
		changed   int
		mergeable bool
	}{
		"nothing":                    {line(1, 3), line(1, 3), 0, true},
		"one moved":                  {line(1, 3), moved, 1, true},
		"one added":                  {line(1, 3), line(1, 4), 1, true},
		"the oldest goes beyond 60":  {line(1, 60), line(2, 61), 1, true},
		"five go beyond 60":          {line(1, 60), line(6, 65), 5, true},
		"all are new":                {line(1, 60), line(100, 159), 60, true},
		"the oldest goes, but why":   {line(1, 3), line(2, 4), 1, false},
		"one in the middle vanishes": {line(1, 3), append(line(1, 1), line(3, 3)...), 0, false},
		"a new day":                  {line(1, 60), line(61, 61), 1, false},
		"from nothing":               {[]tile.Spark{}, line(1, 2), 2, true},
		"to nothing":                 {line(1, 2), []tile.Spark{}, 0, false},
		"more than a screen keeps":   {line(1, 60), line(1, 61), 1, false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			changed, mergeable := tile.SparkDiff(tt.was, tt.is)
			n := 0
			for _, c := range changed {
				if c {
					n++
				}
			}
			if n != tt.changed || mergeable != tt.mergeable {
				t.Errorf("SparkDiff: %d points changed, mergeable %v; want %d, %v", n, mergeable, tt.changed, tt.mergeable)
			}
		})
	}
}
