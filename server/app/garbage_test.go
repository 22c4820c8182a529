package app_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"citydeck/server/stream/redistest"
)

func TestGarbageEndsAsDeadLettersAndTheWallStands(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	redis := newProducer(t, server.Addr)
	p := serve(t, settings(t, server.URL()))
	p.ready()
	redis.add("readings", "measure", "boats", "area", "sill", "value", "7")
	s := p.connect()
	s.say(`{"op":"subscribe","cockpit":"valley"}`)
	s.sees("valley boats value", "7")

	now := time.Now()
	at := func(d time.Duration) string { return strconv.FormatInt(now.Add(d).UnixMilli(), 10) }
	boats := func(more ...any) []any { return append([]any{"measure", "boats", "area", "sill"}, more...) }
	huge := strings.Repeat("9", 2<<20)
	tests := map[string]struct {
		fields []any
		want   string // reason and index
	}{
		"no field of ours":            {[]any{"colour", "red"}, "malformed 0"},
		"no value":                    {boats(), "malformed 0"},
		"no area":                     {[]any{"measure", "boats", "value", "1"}, "malformed 0"},
		"not a number":                {boats("value", "many"), "bad_value 0"},
		"NaN":                         {boats("value", "NaN"), "bad_value 0"},
		"infinite":                    {boats("value", "-Inf"), "bad_value 0"},
		"too big a number":            {boats("value", "1e16"), "bad_value 0"},
		"hexadecimal":                 {boats("value", "0x1p-2"), "bad_value 0"},
		"a value of 2 MiB":            {boats("value", huge), "too_large 0"},
		"a batch of 2 MiB":            {[]any{"batch", "[" + huge + "]"}, "too_large -1"},
		"an unknown measure":          {[]any{"measure", "ships", "area", "sill", "value", "1"}, "unknown_measure 0"},
		"an unknown area":             {[]any{"measure", "boats", "area", "sea", "value", "1"}, "unknown_area 0"},
		"invalid UTF-8":               {boats("value", "1", "point", "\xff\xfe"), "malformed 0"},
		"a point of 129 bytes":        {boats("value", "1", "point", strings.Repeat("p", 129)), "too_large 0"},
		"no time":                     {boats("value", "1", "at", "soon"), "bad_time 0"},
		"a time in the year 1":        {boats("value", "1", "at", "0001-01-01T00:00:00Z"), "too_late 0"},
		"a time past the lateness":    {boats("value", "1", "at", at(-time.Hour-time.Minute)), "too_late 0"},
		"seconds for milliseconds":    {boats("value", "1", "at", strconv.FormatInt(now.Unix(), 10)), "too_late 0"},
		"a time in the future":        {boats("value", "1", "at", at(7*time.Minute)), "in_future 0"},
		"a time in the year 9999":     {boats("value", "1", "at", "9999-12-31T23:59:59Z"), "in_future 0"},
		"a batch that is none":        {[]any{"batch", "{"}, "malformed -1"},
		"a batch that is an object":   {[]any{"batch", `{"measure":"boats","area":"sill","value":1}`}, "malformed -1"},
		"a batch with a word in it":   {[]any{"batch", `["boats"]`}, "malformed 0"},
		"the second of a batch":       {[]any{"batch", `[{"measure":"boats","area":"sill","value":"0"},{"measure":"boats","area":"sea","value":1}]`}, "unknown_area 1"},
		"a key in capitals":           {[]any{"batch", `[{"MEASURE":"boats","area":"sill","value":1}]`}, "malformed 0"},
		"true as value":               {[]any{"batch", `[{"measure":"boats","area":"sill","value":true}]`}, "bad_value 0"},
		"gone that is not 1":          {[]any{"measure", "level", "area", "sill", "gone", "2"}, "malformed 0"},
		"a batch deeper than a cave":  {[]any{"batch", strings.Repeat("[", 40) + strings.Repeat("]", 40)}, "malformed -1"},
		"a batch with trailing bytes": {[]any{"batch", `[] x`}, "malformed -1"},
	}
	want := map[string]string{} // by entry
	names := map[string]string{}
	for name, tt := range tests {
		id := redis.add("readings", tt.fields...)
		want[id], names[id] = tt.want, name
	}
	redis.add("readings", "measure", "boats_late", "area", "sill", "value", "0") // all is read once this counts
	p.counts("late_share", "valley", "0")
	wait(t, "all dead letters are there", func() bool {
		return redis.XLen(t.Context(), "readings:dead").Val() >= int64(len(tests))
	})
	letters, err := redis.XRange(t.Context(), "readings:dead", "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	if len(letters) != len(tests) {
		t.Errorf("%d dead letters of %d bad entries", len(letters), len(tests))
	}
	for _, l := range letters {
		id := fmt.Sprint(l.Values["entry"])
		if got := fmt.Sprint(l.Values["reason"], " ", l.Values["index"]); got != want[id] {
			t.Errorf("%s: %s, want %s", names[id], got, want[id])
		}
		if l.Values["stream"] != "readings" || l.Values["detail"] == "" {
			t.Errorf("%s: the letter is %v, want its stream and a detail", names[id], l.Values)
		}
		if text, is := l.Values["reading"].(string); !is || len(text) > 4096 {
			t.Errorf("%s: the letter keeps %d bytes of what came", names[id], len(text))
		}
	}
	if v := p.value("boats_ever", "valley"); v.number() != "7" {
		t.Errorf("after all that there are %s boats, want 7", v.number())
	}
	s.say(`{"op":"subscribe","cockpit":"valley"}`)
	snapshot := s.hear("a new snapshot", func(m message) bool { return m.Op == "snapshot" })
	if !snapshot.shows("boats", "value", "7") || !snapshot.shows("open", "value", "0") {
		t.Errorf("the wall moved: %+v", snapshot)
	}
}

func TestAKeyOfAnotherTypeStopsItsStreamAlone(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	redis := newProducer(t, server.Addr)
	if err := redis.Set(t.Context(), "b", "no stream", 0).Err(); err != nil {
		t.Fatal(err)
	}
	cfg := settings(t, server.URL())
	cfg.Redis.Streams = []string{"a", "b"}
	p := serve(t, cfg)
	wait(t, "the first pictures are out", func() bool { return p.value("boats_ever", "valley").Status == "empty" })
	redis.add("a", "measure", "boats", "area", "sill", "value", "1")
	p.counts("boats_ever", "valley", "1")
	if log := p.log.String(); !strings.Contains(log, "stream=b") || !strings.Contains(log, "WRONGTYPE") {
		t.Errorf("the log doesn't name the stream and its trouble:\n%s", log)
	}
	if err := redis.Del(t.Context(), "b").Err(); err != nil {
		t.Fatal(err)
	}
	redis.add("b", "measure", "boats", "area", "sill", "value", "2")
	p.counts("boats_ever", "valley", "3")
}
