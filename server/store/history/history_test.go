package history_test

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/monitor/series"
	"citydeck/server/store"
	"citydeck/server/store/history"
	"citydeck/server/store/postgrestest"

	"pgregory.net/rapid"
)

const (
	minute = int64(history.Minute)
	hour   = int64(history.Hour)
)

var (
	noon  = time.Date(2025, 8, 28, 12, 0, 0, 0, time.UTC).UnixMilli()
	lines = []history.Line{{Indicator: "flow", Area: "root"}, {Indicator: "flow", Area: "east"}}
	none  = math.NaN()
)

func settings(dir string) history.Config {
	return history.Config{Dir: dir, District: "tiny", Minutes: 7 * 24 * time.Hour, Hours: 2 * 365 * 24 * time.Hour}
}

func open(t testing.TB, cfg history.Config) *history.History {
	t.Helper()
	h, err := history.Open(t.Context(), cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatalf("open the history: %v", err)
	}
	t.Cleanup(func() { _ = h.Close() })
	return h
}

func record(t testing.TB, h *history.History, g history.Grain, end int64, values ...float64) {
	t.Helper()
	if err := h.Record(t.Context(), lines, []history.Row{{Grain: g, End: end, Values: values}}); err != nil {
		t.Fatal(err)
	}
}

// told is a series as text: minutes after noon and values.
func told(t testing.TB, h *history.History, q history.Query) string {
	t.Helper()
	if q.Line == (history.Line{}) {
		q.Line = lines[0]
	}
	list, err := h.Series(t.Context(), q)
	if err != nil {
		t.Fatalf("series of %+v: %v", q.Line, err)
	}
	return words(list)
}

func words(list []series.Sample) string {
	var out []string
	for _, s := range list {
		v := "–"
		if s.OK {
			v = fmt.Sprint(s.Value)
		}
		out = append(out, fmt.Sprintf("%d:%s", (s.At-noon)/minute, v))
	}
	return strings.Join(out, " ")
}

// both runs a test on a file and on PostgreSQL.
func both(t *testing.T, test func(t *testing.T, cfg history.Config)) {
	t.Helper()
	t.Run("file", func(t *testing.T) { t.Parallel(); test(t, settings(t.TempDir())) })
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		cfg := settings(t.TempDir())
		cfg.URL = postgrestest.Start(t)
		test(t, cfg)
	})
}

func TestASeriesSurvivesClosing(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, cfg history.Config) {
		h := open(t, cfg)
		for i := range int64(90) {
			v := float64(i / 30)
			if i == 40 {
				v = none
			}
			if i != 41 { // nobody was there
				record(t, h, history.Minute, noon+i*minute, v, -v)
			}
		}
		if err := h.Close(); err != nil {
			t.Fatal(err)
		}
		h = open(t, cfg)
		tests := map[string]struct {
			q    history.Query
			want string
		}{
			"every minute":               {history.Query{From: noon + 28*minute, To: noon + 31*minute, Step: minute}, "28:0 29:0 30:1 31:1"},
			"no value, and not recorded": {history.Query{From: noon + 39*minute, To: noon + 42*minute, Step: minute}, "39:1 40:– 42:1"},
			"every ten":                  {history.Query{From: noon + 25*minute, To: noon + 65*minute, Step: 10 * minute}, "30:1 40:– 50:1 60:2"},
			"another line":               {history.Query{Line: lines[1], From: noon + 30*minute, To: noon + 30*minute, Step: minute}, "30:-1"},
			"a line that nobody knows":   {history.Query{Line: history.Line{Indicator: "x", Area: "root"}, From: noon, To: noon + hour, Step: minute}, ""},
			"before there was anything":  {history.Query{From: noon - hour, To: noon - minute, Step: minute}, ""},
		}
		for name, tt := range tests {
			if got := told(t, h, tt.q); got != tt.want {
				t.Errorf("%s: %q, want %q", name, got, tt.want)
			}
		}
	})
}

func TestHoursStandInWhereMinutesAreGone(t *testing.T) {
	t.Parallel()
	h := open(t, settings(t.TempDir()))
	for i := range int64(5) {
		record(t, h, history.Hour, noon+i*hour, float64(10+i))
	}
	record(t, h, history.Minute, noon+3*hour, 99)
	record(t, h, history.Minute, noon+3*hour+30*minute, 98)
	if got, want := told(t, h, history.Query{From: noon, To: noon + 4*hour, Step: hour}), "0:10 60:11 120:12 180:99 240:14"; got != want {
		t.Errorf("by the hour: %q, want %q", got, want)
	}
	if got, want := told(t, h, history.Query{From: noon + 2*hour, To: noon + 4*hour, Step: 30 * minute}), "120:12 180:99 210:98 240:14"; got != want {
		t.Errorf("by half hours: %q, want %q", got, want)
	}
	east := func(int64) int64 { return 8 * hour }
	got := told(t, h, history.Query{From: noon - 24*hour, To: noon + 24*hour, Step: 24 * hour, Offset: east})
	if want := "240:14"; got != want { // 16:00 UTC is midnight there
		t.Errorf("by the day of a zone: %q, want %q", got, want)
	}
}

func TestWhatIsRecordedAgainIsReplaced(t *testing.T) {
	t.Parallel()
	h := open(t, settings(t.TempDir()))
	record(t, h, history.Minute, noon, 1, 1)
	record(t, h, history.Minute, noon, 2, 2)
	if got := told(t, h, history.Query{From: noon, To: noon, Step: minute}); got != "0:2" {
		t.Errorf("recorded twice: %q, want the second", got)
	}
}

func TestARestatementAmendsTheEndOfItsWindow(t *testing.T) {
	t.Parallel()
	h := open(t, settings(t.TempDir()))
	for _, at := range []int64{noon - hour, noon, noon + hour} {
		record(t, h, history.Hour, at, 3, 3)
		record(t, h, history.Minute, at, 3, 3)
	}
	is := 4.0
	late := []history.Restatement{
		{Line: lines[0], Until: noon, Is: &is, At: noon + 5},
		{Line: lines[1], Until: noon, At: noon + 5},                                     // no value any more
		{Line: history.Line{Indicator: "x", Area: "y"}, Until: noon, Is: &is, At: noon}, // nobody records it
	}
	for range 2 {
		if err := h.Note(t.Context(), 1, late, nil); err != nil {
			t.Fatal(err)
		}
	}
	for i, want := range []string{"-60:3 0:4 60:3", "-60:3 0:– 60:3"} {
		if got := told(t, h, history.Query{Line: lines[i], From: noon - hour, To: noon + hour, Step: hour}); got != want {
			t.Errorf("line %d: %q, want %q", i, got, want)
		}
	}
}

func TestTenThousandPointsAreTheMost(t *testing.T) {
	t.Parallel()
	h := open(t, settings(t.TempDir()))
	q := history.Query{Line: lines[0], From: noon, To: noon + 9999*minute, Step: minute}
	if _, err := h.Series(t.Context(), q); err != nil {
		t.Errorf("10,000 points: %v", err)
	}
	q.To += minute
	if _, err := h.Series(t.Context(), q); !errors.Is(err, history.ErrTooMany) {
		t.Errorf("10,001 points: %v, want ErrTooMany", err)
	}
}

func TestOldValuesAreForgotten(t *testing.T) {
	t.Parallel()
	h := open(t, settings(t.TempDir()))
	week, years := noon-8*24*hour, noon-3*365*24*hour
	for _, at := range []int64{years, week, noon} {
		record(t, h, history.Minute, at, 1)
		record(t, h, history.Hour, at, 2)
	}
	if err := h.Note(t.Context(), 1, []history.Restatement{{Line: lines[0], At: years}, {Line: lines[0], At: noon}}, nil); err != nil {
		t.Fatal(err)
	}
	if err := h.Prune(t.Context(), time.UnixMilli(noon)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		at   int64
		want string
	}{{noon, "1"}, {week, "2"}, {years, ""}} {
		got := told(t, h, history.Query{From: tt.at, To: tt.at, Step: minute})
		if _, value, _ := strings.Cut(got, ":"); value != tt.want {
			t.Errorf("at %s: %q, want %q", time.UnixMilli(tt.at).UTC(), got, tt.want)
		}
	}
	if list, err := h.Restatements(t.Context(), history.Line{}, 0, noon); err != nil || len(list) != 1 {
		t.Errorf("restatements: %v, %v, want the newer one", list, err)
	}
}

func TestNotesAreFoundAgain(t *testing.T) {
	t.Parallel()
	both(t, func(t *testing.T, cfg history.Config) {
		h := open(t, cfg)
		was, is := 3.0, 4.0
		notes := []history.Restatement{
			{Line: lines[0], Window: "2025-08-27", Was: &was, Is: &is, At: noon, Reason: "late"},
			{Line: lines[1], Window: "2025-08-27", Is: &is, At: noon + 1, Reason: "late"},
		}
		gap := history.Gap{Stream: "readings", Kind: "trimmed", Since: noon, Until: noon + 5, Entries: 7, Found: noon + 9}
		note := func(serial int64, gaps []history.Gap, n ...history.Restatement) {
			t.Helper()
			if err := h.Note(t.Context(), serial, n, gaps); err != nil {
				t.Fatal(err)
			}
		}
		note(1, []history.Gap{gap}, notes[0])
		note(2, nil, notes[0], notes[0]) // never happened: a crash, and it went another way
		note(3, []history.Gap{gap}, notes[0])
		for range 2 { // the second time by a start from this checkpoint
			note(2, nil, notes[1])
		}
		for name, tt := range map[string]struct {
			of       history.Line
			from, to int64
			want     []history.Restatement
		}{
			"all":       {history.Line{}, 0, noon + hour, notes},
			"an area's": {history.Line{Area: "east"}, 0, noon + hour, notes[1:]},
			"a line's":  {lines[0], 0, noon + hour, notes[:1]},
			"in time":   {history.Line{}, noon + 1, noon + hour, notes[1:]},
			"of none":   {history.Line{Indicator: "x"}, 0, noon + hour, []history.Restatement{}},
		} {
			if got, err := h.Restatements(t.Context(), tt.of, tt.from, tt.to); err != nil || !reflect.DeepEqual(got, tt.want) {
				t.Errorf("restatements, %s: %+v, %v, want %+v", name, got, err, tt.want)
			}
		}
		if got, err := h.Gaps(t.Context(), 0, noon+hour); err != nil || !slices.Equal(got, []history.Gap{gap}) {
			t.Errorf("gaps: %+v, %v, want one", got, err)
		}
		file := history.Import{Digest: "abc", Name: "2024.csv", At: noon, Readings: 10, Rejected: 1}
		if fresh, err := h.Imported(t.Context(), file); !fresh || err != nil {
			t.Errorf("an import: %v, %v", fresh, err)
		}
		if fresh, err := h.Imported(t.Context(), file); fresh || err != nil {
			t.Errorf("the same import again: %v, %v", fresh, err)
		}
		if got, err := h.Imports(t.Context()); err != nil || !slices.Equal(got, []history.Import{file}) {
			t.Errorf("imports: %+v, %v", got, err)
		}
	})
}

func TestAnotherDistrictAndTheDemoHaveFilesOfTheirOwn(t *testing.T) {
	t.Parallel()
	cfg := settings(t.TempDir())
	demo, other := cfg, cfg
	demo.Demo = true
	other.District = "other"
	save(t, open(t, cfg).Checkpoints, 1, 1)
	for name, cfg := range map[string]history.Config{"the demo": demo, "another district": other} {
		if files := open(t, cfg).Files(); len(files) != 0 {
			t.Errorf("%s opens %q", name, files)
		}
	}
	if files := open(t, cfg).Files(); len(files) != 1 {
		t.Errorf("the district itself opens %q", files)
	}
}

func TestAFullDatabaseRecordsNothingByHalves(t *testing.T) {
	t.Parallel()
	h := open(t, settings(t.TempDir()))
	record(t, h, history.Minute, noon, 1, 1)
	db := h.Database().Write
	var pages int
	if err := db.Get(&pages, "pragma page_count"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Exec(fmt.Sprintf("pragma max_page_count = %d", pages+1)); err != nil {
		t.Fatal(err)
	}
	many := make([]history.Line, 500)
	values := make([]float64, len(many))
	for i := range many {
		many[i] = history.Line{Indicator: "flow", Area: fmt.Sprint("area", i)}
	}
	rows := []history.Row{{Grain: history.Minute, End: noon + minute, Values: values}}
	if err := h.Record(t.Context(), many, rows); !store.IsFull(err) {
		t.Fatalf("record into a full database: %v", err)
	}
	if got := told(t, h, history.Query{Line: many[0], From: noon, To: noon + hour, Step: minute}); got != "" {
		t.Errorf("half of it was recorded: %q", got)
	}
	if _, err := db.Exec("pragma max_page_count = 1000000"); err != nil {
		t.Fatal(err)
	}
	if err := h.Record(t.Context(), many, rows); err != nil {
		t.Errorf("with room again: %v", err)
	}
	if got := told(t, h, history.Query{Line: many[499], From: noon, To: noon + hour, Step: minute}); got != "1:0" {
		t.Errorf("with room again: %q", got)
	}
}

func TestABackupIsRestoredByPuttingItInPlace(t *testing.T) {
	t.Parallel()
	cfg := settings(t.TempDir())
	h := open(t, cfg)
	save(t, h.Checkpoints, 1, 4)
	record(t, h, history.Minute, noon, 5, 6)
	dir := t.TempDir()
	stop, done := make(chan struct{}), make(chan struct{})
	go func() { // it is used on meanwhile
		defer close(done)
		for n := int64(5); ; n++ {
			select {
			case <-stop:
				return
			default:
				save(t, h.Checkpoints, n, n)
				record(t, h, history.Minute, noon+n*minute, float64(n))
			}
		}
	}()
	to := history.Config{Dir: dir, District: cfg.District}.Folder()
	err := h.Backup(t.Context(), to)
	close(stop)
	<-done
	if err != nil {
		t.Fatal(err)
	}
	if err := h.Backup(t.Context(), to); !errors.Is(err, os.ErrExist) {
		t.Errorf("backed up over another one: %v", err)
	}
	if taken, err := load(t, to, false); taken < 4 || err != nil {
		t.Errorf("the backup's checkpoint: %d, %v", taken, err)
	}
	back := open(t, settings(dir))
	if got := told(t, back, history.Query{From: noon, To: noon, Step: minute}); got != "0:5" {
		t.Errorf("the backup's series: %q", got)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
		t.Errorf("left %q", left)
	}
}

func TestABlockIsReadAsItWasWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		raw := rapid.SliceOfN(rapid.Byte(), 0, 60).Draw(t, "bytes")
		once, err := history.Blocks(raw, 60)
		if err != nil {
			return
		}
		twice, err := history.Blocks(once, 60)
		if err != nil || !slices.Equal(once, twice) {
			t.Fatalf("%v became %v: %v", once, twice, err)
		}
	})
}
