package stream_test

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/server/stream"

	"github.com/redis/go-redis/v9"
)

func itoa(n int64) string { return strconv.FormatInt(n, 10) }

func (b *bench) addAs(id string, words ...string) {
	b.t.Helper()
	if err := b.raw.XAdd(b.t.Context(), &redis.XAddArgs{Stream: "readings", ID: id, Values: words}).Err(); err != nil {
		b.t.Fatalf("XADD %s %q: %v", id, words, err)
	}
}

// counter sums a metric's series.
func (b *bench) counter(name string) (sum float64) {
	b.t.Helper()
	families, err := b.reg.Gather()
	if err != nil {
		b.t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			for _, m := range f.GetMetric() {
				sum += m.GetCounter().GetValue() + m.GetGauge().GetValue()
			}
		}
	}
	return sum
}

// letters are the dead ones.
func (b *bench) letters() []map[string]any {
	b.t.Helper()
	found, err := b.raw.XRange(b.t.Context(), stream.Dead, "-", "+").Result()
	if err != nil {
		b.t.Fatal(err)
	}
	var all []map[string]any
	for _, f := range found {
		all = append(all, f.Values)
	}
	return all
}

func TestGarbageEndsAsDeadLettersWithItsReason(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	type garbage struct {
		reason, index string
		words         []string
	}
	big := strings.Repeat("9", 2<<20)
	late := itoa(time.Now().Add(-25 * time.Hour).UnixMilli())
	all := []garbage{
		{"malformed", "0", []string{"temperature", "21"}},
		{"malformed", "0", []string{"measure", "due", "area", "grid-0"}},
		{"unknown_measure", "0", []string{"measure", "DUE", "area", "grid-0", "value", "1"}},
		{"unknown_area", "0", []string{"measure", "due", "area", "grid-77", "value", "1"}},
		{"bad_value", "0", []string{"measure", "due", "area", "grid-0", "value", "NaN"}},
		{"bad_value", "0", []string{"measure", "due", "area", "grid-0", "value", "0x10"}},
		{"too_large", "0", []string{"measure", "due", "area", "grid-0", "value", big}},
		{"malformed", "0", []string{"measure", "due", "area", "grid-0", "value", "1", "point", "\xff\xfe"}},
		{"bad_time", "0", []string{"measure", "due", "area", "grid-0", "value", "1", "at", "yesterday"}},
		{"too_late", "0", []string{"measure", "due", "area", "grid-0", "value", "1", "at", late}},
		{"in_future", "0", []string{"measure", "due", "area", "grid-0", "value", "1", "at", "9999-01-01T00:00:00Z"}},
		{"malformed", "0", []string{"measure", "faces", "area", "grid-0", "point", "p"}},
		{"too_large", "-1", []string{"batch", "[" + big + "]"}},
		{"malformed", "-1", []string{"batch", "{"}},
		{"malformed", "1", []string{"batch", `[{"measure":"due","area":"grid-0","value":1},5]`}},
		{"bad_value", "0", []string{"batch", `[{"measure":"due","area":"grid-0","value":true}]`}},
	}
	ids := make([]string, len(all))
	for i, g := range all {
		ids[i] = b.add(g.words...)
	}
	b.due("42")
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	if got := b.values(c, 2); got[0] != 1 || got[1] != 42 {
		t.Errorf("good readings = %v, want 1 and 42", got)
	}
	letters := b.letters()
	if len(letters) != len(all) {
		t.Fatalf("%d dead letters, want %d", len(letters), len(all))
	}
	for i, g := range all {
		l := letters[i]
		if l["reason"] != g.reason || l["index"] != g.index || l["entry"] != ids[i] || l["stream"] != "readings" || l["detail"] == "" {
			t.Errorf("%.80q: %.300v, want %s at %s of %s", g.words, l, g.reason, g.index, ids[i])
		}
		if text, _ := l["reading"].(string); text == "" || len(text) > 4096 {
			t.Errorf("%.80q: reading has %d bytes", g.words, len(text))
		}
	}
	if got := b.counter("citydeck_stream_rejects_total"); got != float64(len(all)) {
		t.Errorf("rejects = %v, want %d", got, len(all))
	}
}

func TestLettersFromElsewhereAreCompleted(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	b.add("batch", `[{"measure":"due","area":"grid-0","value":1,"point":"a"},{"measure":"due","area":"grid-0","value":2,"point":"b"}]`)
	b.add("measure", "due", "area", "grid-0", "value", "3", "point", "c")
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	batch, err := c.Next(t.Context())
	if err != nil || len(batch.Readings) != 3 {
		t.Fatalf("Next = %+v, %v", batch, err)
	}
	var rejected []reading.Rejection
	for _, r := range batch.Readings[1:] {
		rejected = append(rejected, reading.Rejection{Origin: r.Origin, Reason: reading.TooMany, Detail: "too many"})
	}
	c.Reject(t.Context(), rejected)
	letters := b.letters()
	if len(letters) != 2 || !strings.Contains(fmt.Sprint(letters[0]["reading"]), `"b"`) || !strings.Contains(fmt.Sprint(letters[1]["reading"]), `"c"`) {
		t.Errorf("letters = %v, want the readings of points b and c", letters)
	}
}

func TestWhileRedisRefusesWritesLettersAreCounted(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	for range 3 {
		b.add("x", "y")
	}
	b.due("1")
	b.raw.ConfigSet(t.Context(), "maxmemory", "1")
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	b.values(c, 1)
	if got := b.counter("citydeck_stream_dead_letters_total"); got != 3 {
		t.Errorf("dead letters counted = %v, want 3 lost", got)
	}
	if !strings.Contains(b.log.String(), "OOM") {
		t.Errorf("log = %s, want OOM", b.log)
	}
	b.raw.ConfigSet(t.Context(), "maxmemory", "0")
	if letters := b.letters(); len(letters) != 0 {
		t.Errorf("letters = %v, want none", letters)
	}
}

func TestAFrozenRedisDoesNotHoldLettersForLong(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	b.add("x", "y")
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	batch, err := c.Next(t.Context())
	if err != nil || len(batch.Rejected) != 1 {
		t.Fatalf("Next = %+v, %v", batch, err)
	}
	many := make([]reading.Rejection, 3000)
	for i := range many {
		many[i] = batch.Rejected[0]
	}
	b.server.Freeze()
	defer b.server.Thaw()
	began := time.Now()
	c.Reject(t.Context(), many)
	if d := time.Since(began); d > 2*time.Second {
		t.Errorf("Reject took %v, want about a second", d)
	}
}

func TestABatchOfTenThousand(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	const n = 10_000
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `,{"measure":"due","area":"grid-%d","value":%d}`, i%4, i)
	}
	b.add("batch", "["+text.String()[1:]+"]")
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	for i, v := range b.values(c, n) {
		if v != float64(i) {
			t.Fatalf("reading %d = %v", i, v)
		}
	}
}

func TestLargeEntriesComeFewAtATime(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	pad := strings.Repeat("x", 1<<20)
	for i := range 12 {
		b.add("measure", "due", "area", "grid-0", "value", strconv.Itoa(i), "note", pad)
	}
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for got := 0; got < 12; {
		batch, err := c.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if got > 0 && batch.Entries > 2 {
			t.Errorf("%d entries of 1 MiB at once after large ones", batch.Entries)
		}
		got += batch.Entries
		if got == 12 {
			break
		}
	}
}
