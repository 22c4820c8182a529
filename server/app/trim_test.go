package app_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"citydeck/server/stream/redistest"
)

// The server trims behind what every kept checkpoint has counted, and leaves
// what is younger than redis.keep.
func TestStreamsAreTrimmedBehindTheOldestKeptCheckpoint(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	cfg := settings(t, r.URL())
	cfg.Data.Checkpoint = 100 * time.Millisecond
	raw := r.Client()
	defer raw.Close()
	old := time.Now().Add(-3 * time.Hour).UnixMilli()
	add := func(ms int64, n int) {
		t.Helper()
		for i := range n {
			err := raw.XAdd(t.Context(), &redis.XAddArgs{Stream: "readings", ID: fmt.Sprintf("%d-%d", ms, i+1),
				Values: []string{"measure", "boats", "area", "quay", "value", "1"}}).Err()
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	length := func() int64 { return raw.XLen(t.Context(), "readings").Val() }
	add(old, 1000)
	p := serve(t, cfg)
	p.app.Trim(t.Context(), time.Now()) // no checkpoint is there yet, or only young ones
	if n := length(); n != 1000 {
		t.Fatalf("%d entries are left before three checkpoints know them, want all", n)
	}
	for i := range int64(40) { // checkpoints come and go
		add(old+1+i, 1)
		time.Sleep(50 * time.Millisecond)
	}
	deadline := time.Now().Add(long)
	for length() > 500 && time.Now().Before(deadline) {
		p.app.Trim(t.Context(), time.Now())
		time.Sleep(50 * time.Millisecond)
	}
	if n := length(); n > 500 {
		t.Errorf("%d entries are left of three hours ago, want few\n%s", n, p.log)
	}
	add(time.Now().UnixMilli(), 300)
	for range 20 {
		p.app.Trim(t.Context(), time.Now())
		time.Sleep(50 * time.Millisecond)
	}
	if n := length(); n < 300 {
		t.Errorf("%d entries are left, want all of the last two hours", n)
	}
	if err := p.stop(); err != nil {
		t.Error(err)
	}
	again := serve(t, cfg)
	again.ready()
	again.counts("boats_ever", "valley", "1340")
}
