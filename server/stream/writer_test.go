package stream_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/reading"
	"citydeck/server/stream"

	"github.com/redis/go-redis/v9"
)

// post writes the readings of some areas, one each.
func body(areas ...string) []byte {
	var lines []string
	for i, a := range areas {
		lines = append(lines, fmt.Sprintf(`{"measure":"due","area":%q,"value":%d}`, a, i))
	}
	return []byte("[" + strings.Join(lines, ",") + "]")
}

func TestPostedReadingsAreInTheStream(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	w := b.redis.Writer(rules(t))
	accepted, rejected, err := w.Post(t.Context(), body("grid-0", "nowhere", "grid-1"), "anonymous")
	if err != nil || !slices.Equal(accepted, []int{0, 2}) || len(rejected) != 1 ||
		rejected[0].Reason != reading.UnknownArea || rejected[0].Origin.Item != 1 {
		t.Fatalf("Post = %v, %+v, %v", accepted, rejected, err)
	}
	if n := b.raw.XLen(t.Context(), "readings").Val(); n != 1 {
		t.Errorf("%d entries of one request, want 1", n)
	}
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	batch, err := c.Next(t.Context())
	if err != nil || len(batch.Readings) != 2 || batch.Readings[1].Source != "anonymous" || batch.Readings[1].Value != 2 {
		t.Errorf("Next = %+v, %v", batch, err)
	}
	if letters := b.letters(); len(letters) != 0 {
		t.Errorf("letters = %v, want none of what was posted", letters)
	}
	if got := b.counter("citydeck_stream_rejects_total"); got != 1 {
		t.Errorf("rejects = %v, want 1", got)
	}
}

func TestAllRejectedWritesNothing(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	w := b.redis.Writer(rules(t))
	accepted, rejected, err := w.Post(t.Context(), body("nowhere"), "")
	if err != nil || len(accepted) != 0 || len(rejected) != 1 || b.raw.Exists(t.Context(), "readings").Val() != 0 {
		t.Errorf("Post = %v, %v, %v", accepted, rejected, err)
	}
	if _, _, err = w.Post(t.Context(), []byte("{"), ""); !errors.Is(err, fault.Invalid) {
		t.Errorf("unreadable: %v, want fault.Invalid", err)
	}
}

func TestAnAreaAlwaysGoesIntoTheSameStream(t *testing.T) {
	t.Parallel()
	keys := []string{"readings:{a}", "readings:{b}", "readings:{c}"}
	b := setUp(t, stream.Config{Streams: keys})
	w := b.redis.Writer(rules(t))
	areas := []string{"grid-0", "grid-1", "grid-2", "grid-3", "town"}
	for range 2 {
		accepted, _, err := w.Post(t.Context(), body(areas...), "")
		if err != nil || !slices.Equal(accepted, []int{0, 1, 2, 3, 4}) {
			t.Fatalf("Post = %v, %v", accepted, err)
		}
	}
	where := map[string]string{}
	used := map[string]bool{}
	for _, key := range keys {
		for _, e := range b.raw.XRange(t.Context(), key, "-", "+").Val() {
			text := fmt.Sprint(e.Values["batch"])
			for _, a := range areas {
				if !strings.Contains(text, `"`+a+`"`) {
					continue
				}
				if where[a] != "" && where[a] != key {
					t.Errorf("%s is in %s and %s", a, where[a], key)
				}
				where[a], used[key] = key, true
			}
		}
	}
	if len(where) != len(areas) || len(used) < 2 {
		t.Errorf("areas are in %v, want each in one, and not all in the same", where)
	}
}

func TestALargeRequestIsWrittenInPartsThatCanBeRead(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	w := b.redis.Writer(rules(t))
	const n = 18_000
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `,{"measure":"due","area":"grid-0","value":%d}`, i)
	}
	in := []byte("[" + text.String()[1:] + "]")
	if len(in) > 1<<20 {
		t.Fatalf("the body has %d bytes", len(in))
	}
	accepted, rejected, err := w.Post(t.Context(), in, strings.Repeat("s", 64))
	if err != nil || len(accepted) != n || len(rejected) != 0 {
		t.Fatalf("Post = %d, %d, %v", len(accepted), len(rejected), err)
	}
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	if got := b.values(c, n); got[n-1] != n-1 {
		t.Errorf("last = %v", got[n-1])
	}
	if letters := b.letters(); len(letters) != 0 {
		t.Errorf("letters: %v", letters)
	}
}

func TestWhatIsNotAnsweredIsUnknown(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	w := b.redis.Writer(rules(t))
	b.due("0")
	b.server.Freeze()
	ctx, cancel := context.WithTimeout(t.Context(), 300*time.Millisecond)
	defer cancel()
	_, _, err := w.Post(ctx, body("grid-0"), "")
	b.server.Thaw()
	if !errors.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "unknown: repeat with the same id") {
		t.Errorf("frozen: %v, want unknown", err)
	}
	b.server.Kill()
	_, _, err = w.Post(t.Context(), body("grid-0"), "")
	if !errors.Is(err, fault.Unavailable) {
		t.Errorf("killed: %v, want fault.Unavailable", err)
	}
	_, _, err = w.Post(t.Context(), body("grid-0"), "")
	if !errors.Is(err, fault.Unavailable) || strings.Contains(err.Error(), "unknown") {
		t.Errorf("away: %v, want unavailable, nothing written", err)
	}
	b.server.Restart()
	if n := b.raw.XLen(t.Context(), "readings").Val(); n > 2 {
		t.Errorf("%d entries, want the write once at most", n)
	}
	if _, _, err = w.Post(t.Context(), body("grid-0"), ""); err != nil {
		t.Errorf("back again: %v", err)
	}
}

func TestAFullRedisTakesNothing(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	b.raw.ConfigSet(t.Context(), "maxmemory", "1")
	_, _, err := b.redis.Writer(rules(t)).Post(t.Context(), body("grid-0"), "")
	if !errors.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "OOM") {
		t.Errorf("full: %v, want OOM", err)
	}
}

func TestAFailureInBetweenNamesWhatIsWritten(t *testing.T) {
	t.Parallel()
	keys := []string{"readings:{a}", "readings:{b}", "readings:{c}"}
	b := setUp(t, stream.Config{Streams: keys})
	w := b.redis.Writer(rules(t))
	b.raw.Set(t.Context(), keys[2], "not a stream", 0)
	areas := []string{"grid-0", "grid-1", "grid-2", "grid-3", "town"}
	accepted, _, err := w.Post(t.Context(), body(areas...), "")
	if !errors.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "WRONGTYPE") {
		t.Fatalf("Post = %v, %v, want WRONGTYPE", accepted, err)
	}
	written := 0
	for _, key := range keys[:2] {
		for _, e := range b.raw.XRange(t.Context(), key, "-", "+").Val() {
			for i, a := range areas {
				if strings.Contains(fmt.Sprint(e.Values["batch"]), `"`+a+`"`) {
					written++
					if !slices.Contains(accepted, i) {
						t.Errorf("%s is written, and not among %v", a, accepted)
					}
				}
			}
		}
	}
	if written != len(accepted) || written == len(areas) {
		t.Errorf("accepted = %v, written %d of %d", accepted, written, len(areas))
	}
}

func TestEntriesAreAddedAsTheyAre(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	w := b.redis.Writer(nil)
	fields := []string{"measure", "due", "area", "grid-0", "value", "1"}
	err := w.Add(t.Context(), []stream.Entry{{Stream: "readings", ID: "1000-0", Fields: fields}, {Stream: "readings", ID: "1000-1", Fields: fields}, {Stream: "readings", Fields: fields}})
	if err != nil {
		t.Fatal(err)
	}
	got := b.raw.XRange(t.Context(), "readings", "-", "+").Val()
	if len(got) != 3 || got[1].ID != "1000-1" || got[2].ID <= "1000-1" || got[0].Values["value"] != "1" {
		t.Errorf("entries = %v", got)
	}
	err = w.Add(t.Context(), []stream.Entry{{Stream: "readings", Fields: fields}, {Stream: "readings", ID: "5-0", Fields: fields}})
	if !errors.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "entry 1 of 2") {
		t.Errorf("an id behind the last: %v, want entry 1 of 2", err)
	}
	many := make([]stream.Entry, 5000)
	for i := range many {
		many[i] = stream.Entry{Stream: "trimmed", Fields: fields, MaxLen: 100}
	}
	if err := w.Add(t.Context(), many); err != nil {
		t.Fatal(err)
	}
	if n := b.raw.XLen(t.Context(), "trimmed").Val(); n < 100 || n > 400 {
		t.Errorf("%d entries are kept, want about 100", n)
	}
}

func TestTheEmbeddedRedisServesAndForgets(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := &bench{t: t}
	b.open(stream.Config{URL: stream.Embedded, Now: clock.now})
	if !strings.Contains(b.log.String(), "forgets") || !strings.Contains(b.log.String(), b.redis.Addr()) {
		t.Errorf("log = %s, want the address, and that it forgets", b.log)
	}
	b.raw = redis.NewClient(&redis.Options{Addr: b.redis.Addr()})
	t.Cleanup(func() { b.raw.Close() })
	if err := b.redis.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	b.nothing(c)
	if _, _, err := b.redis.Writer(rules(t)).Post(t.Context(), body("grid-0", "grid-1"), ""); err != nil {
		t.Fatal(err)
	}
	b.add("x", "y")
	b.values(c, 2)
	b.nothing(c)
	if letters := b.letters(); len(letters) != 1 || letters[0]["reason"] != "malformed" {
		t.Errorf("letters = %v", letters)
	}
	if ms, ok := c.Lag(t.Context()); ms != 0 || !ok {
		t.Errorf("Lag = %d, %t, want 0", ms, ok)
	}
	clock.step(time.Minute)
	b.due("5")
	if got := b.values(c, 1); got[0] != 5 {
		t.Errorf("after the stream was looked at: %v, want 5", got)
	}
}

func TestTheEmbeddedRedisIsTrimmedBehindTheReader(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := &bench{t: t}
	b.open(stream.Config{URL: stream.Embedded, Now: clock.now})
	b.raw = redis.NewClient(&redis.Options{Addr: b.redis.Addr()})
	t.Cleanup(func() { b.raw.Close() })
	pad := strings.Repeat("x", 1<<20)
	w := b.redis.Writer(nil)
	some := make([]stream.Entry, 70)
	for i := range some {
		some[i] = stream.Entry{Stream: "readings", Fields: []string{"measure", "due", "area", "grid-0", "value", "1", "note", pad}}
	}
	if err := w.Add(t.Context(), some); err != nil {
		t.Fatal(err)
	}
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	b.values(c, 70)
	if err := w.Add(t.Context(), some[:3]); err != nil {
		t.Fatal(err)
	}
	clock.step(time.Minute)
	b.values(c, 3)
	if n := b.raw.XLen(t.Context(), "readings").Val(); n != 4 {
		t.Errorf("%d entries of 1 MiB are kept, want the last that was read and the 3 that were not", n)
	}
}
