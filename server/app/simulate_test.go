package app_test

import (
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/reading"
	"citydeck/server/app"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"

	"github.com/redis/go-redis/v9"
)

func TestSimulateFeedsARedisWithWhatAServerTakes(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	cfg := config.Default()
	cfg.Redis.URL = config.Secret(server.URL())
	cfg.Redis.Streams = []string{"readings:{a}", "readings:{b}"}
	cfg.District.Dir = "../../cockpits/xiacheng"
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	s := app.Simulation{Rate: 2000, Speed: 1, Seed: 3, Past: 2, For: 1500 * time.Millisecond}
	sent, err := app.Simulate(t.Context(), cfg, s, log)
	if err != nil || sent < 2000 || sent > 20_000 {
		t.Fatalf("1.5 s at 2,000 a second gave %d readings and %v", sent, err)
	}
	folder, err := app.Folder(cfg)
	if err != nil {
		t.Fatal(err)
	}
	d, err := district.Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	rules := reading.NewRules(d.Catalogue, d.Areas, d.Lateness, func([]byte) uint64 { return 1 })
	client := redis.NewClient(&redis.Options{Addr: server.Addr})
	defer func() { _ = client.Close() }()
	began := time.Now().Add(-10 * time.Minute).UnixMilli()
	for i, key := range cfg.Redis.Streams {
		entries, err := client.XRange(t.Context(), key, "-", "+").Result()
		if err != nil || len(entries) < 20 {
			t.Fatalf("%s holds %d entries, %v", key, len(entries), err)
		}
		var b reading.Batch
		dec := rules.Decoder(int16(i))
		for _, e := range entries {
			text, ok := e.Values["batch"].(string)
			if !ok {
				t.Fatalf("entry %s of %s is no batch", e.ID, key)
			}
			ms, seq := id(t, e.ID)
			dec.Entry(&b, &reading.Entry{
				ID: reading.EntryID{Ms: ms, Seq: seq}, Judged: int64(ms), Fields: []reading.Field{{Name: []byte("batch"), Value: []byte(text)}},
			})
		}
		for _, r := range b.Rejected {
			t.Errorf("%s: %s %s: %s", key, r.Reason, r.Detail, r.Reading)
		}
		if first := b.Readings[0].At; first > began {
			t.Errorf("%s begins at %d, after the past", key, first)
		}
	}
	if _, err = app.Simulate(t.Context(), cfg, s, log); err == nil || !strings.Contains(err.Error(), "needs new streams") {
		t.Errorf("a past into streams that hold entries gives %v", err)
	}
}

// id reads an entry's id.
func id(t *testing.T, text string) (ms, seq uint64) {
	t.Helper()
	for i, part := range strings.SplitN(text, "-", 2) {
		n := uint64(0)
		for _, c := range part {
			n = n*10 + uint64(c-'0')
		}
		if i == 0 {
			ms = n
		} else {
			seq = n
		}
	}
	return ms, seq
}
