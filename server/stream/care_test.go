package stream_test

import (
	"context"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/server/stream"
	"citydeck/server/stream/redistest"

	"github.com/prometheus/client_golang/prometheus"
)

func TestHowRedisIsSetIsSaidAtTheStartAndWhenItIsMended(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args  []string
		url   func(addr string) string
		want  string // kinds
		says  string // in the log
		mend  []any
		after string
	}{
		"all is well": {},
		"it evicts": {
			args: []string{"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"}, want: "evicts", says: "level=ERROR",
			mend: []any{"config", "set", "maxmemory-policy", "noeviction"},
		},
		"it evicts what has a time, and keeps no file": {
			args: []string{"--maxmemory-policy", "volatile-ttl", "--appendonly", "no"}, want: "evicts forgets", says: "volatile-ttl",
			mend: []any{"config", "set", "appendonly", "yes"}, after: "evicts",
		},
		"it keeps no file": {args: []string{"--appendonly", "no"}, want: "forgets", says: "level=WARN"},
		"it doesn't say": {
			args: []string{"--user", "reader", "on", ">secret", "~*", "+@all", "-config"}, want: "unknown", says: "CONFIG GET is refused",
			url: func(addr string) string { return "redis://reader:secret@" + addr },
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := redistest.Start(t, tt.args...)
			if tt.url == nil {
				tt.url = func(addr string) string { return "redis://" + addr }
			}
			now, log := time.Now(), &strings.Builder{}
			r, err := stream.Open(stream.Config{URL: tt.url(s.Addr), Streams: []string{"readings"}, Now: func() time.Time { return now }},
				slog.New(slog.NewTextHandler(log, nil)), prometheus.NewRegistry())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = r.Close() }()
			c := r.Consumer(0, rules(t), reading.EntryID{})
			told := look(t, c)
			if got := kinds(r); got != tt.want || told != strings.ReplaceAll(tt.want, " ", ",") || !strings.Contains(log.String(), tt.says) {
				t.Errorf("worries %q, told %q, want %q; the log has %s, want %s", got, told, tt.want, log, tt.says)
			}
			before := log.Len()
			now = now.Add(11 * time.Second)
			if told := look(t, c); told != "" || log.Len() > before {
				t.Errorf("the same is told again: %q, %s", told, log.String()[before:])
			}
			if tt.mend == nil {
				return
			}
			raw := s.Client()
			defer func() { _ = raw.Close() }()
			if err := raw.Do(t.Context(), tt.mend...).Err(); err != nil {
				t.Fatal(err)
			}
			now = now.Add(11 * time.Second)
			if told := look(t, c); !strings.HasSuffix(told, " over") || kinds(r) != tt.after {
				t.Errorf("mended: told %q, left %q, want one over and %q", told, kinds(r), tt.after)
			}
		})
	}
}

// look reads once and says what was told of worries.
func look(t *testing.T, c *stream.Consumer) string {
	t.Helper()
	b, err := c.Next(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, w := range b.Worries {
		text := string(w.Kind)
		if w.Over {
			text += " over"
		}
		if w.Stream != "readings" || w.At == 0 {
			t.Errorf("a worry of %q at %d", w.Stream, w.At)
		}
		list = append(list, text)
	}
	return strings.Join(list, ",")
}

func kinds(r *stream.Redis) string {
	var list []string
	for _, w := range r.Worries() {
		list = append(list, fmt.Sprint(w.Kind))
	}
	return strings.Join(list, " ")
}
