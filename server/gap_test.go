package main_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"citydeck/server/stream/redistest"

	"github.com/redis/go-redis/v9"
)

// trial is the program, a Redis that will lose something, and who writes.
type trial struct {
	*server
	*producer
	redis *redistest.Server
}

func newTrial(t *testing.T, file string) *trial {
	t.Helper()
	r := redistest.Start(t)
	return &trial{newServer(t, file, r.URL()), newProducer(t, r), r}
}

// lost writes readings that will be lost before anybody counts them, and tells
// how many entries that took.
func (x *trial) lost(n int) int64 {
	x.producer.t.Helper()
	ctx := context.Background()
	before := x.raw.XLen(ctx, "readings").Val()
	kept := x.o
	x.o = newOracle()
	x.write(n)
	x.o = kept
	return x.raw.XLen(ctx, "readings").Val() - before
}

// behind writes readings under ids that are just above one: as a Redis does
// whose clock is behind.
func (x *trial) behind(last string, n int) {
	x.producer.t.Helper()
	var ms, seq int64
	if _, err := fmt.Sscanf(last, "%d-%d", &ms, &seq); err != nil {
		x.producer.t.Fatal(err)
	}
	for i := range n {
		m := x.o.reading(x.rand, 0) // a flow
		id := fmt.Sprintf("%d-%d", ms, seq+1+int64(i))
		if err := x.raw.XAdd(context.Background(), &redis.XAddArgs{Stream: "readings", ID: id, Values: m}).Err(); err != nil {
			x.producer.t.Fatal(err)
		}
	}
}

func (x *trial) last() string {
	return x.raw.XRevRangeN(context.Background(), "readings", "+", "-", 1).Val()[0].ID
}

// crash kills Redis and starts it again, without what came after a length of
// its log; below 0: with all.
func (x *trial) crash(to int64) {
	x.redis.Kill()
	if to >= 0 {
		x.redis.Forget(to)
	}
	x.redis.Restart()
}

// named waits until explain names these gaps and no other, and the feed as many.
func (x *trial) named(want ...string) {
	t := x.producer.t
	t.Helper()
	var got []string
	deadline := time.Now().Add(60 * time.Second)
	for time.Now().Before(deadline) {
		var told struct {
			Gaps []struct {
				Kind  string
				Count int64
			}
		}
		got = nil
		if x.get("explain?indicator=flow_sum&area=town", &told) {
			for _, g := range told.Gaps {
				got = append(got, fmt.Sprint(g.Kind, " ", g.Count))
			}
		}
		if slices.Equal(got, want) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !slices.Equal(got, want) {
		t.Errorf("gaps %q are named, want %q\n%s", got, want, x.log)
		return
	}
	var cockpit struct {
		Tiles []struct {
			ID    string
			State struct{ Items []struct{ Kind string } }
		}
	}
	news := -1
	for ; time.Now().Before(deadline) && news != len(want); time.Sleep(50 * time.Millisecond) {
		if !x.get("cockpits/town", &cockpit) {
			continue
		}
		news = 0
		for _, tile := range cockpit.Tiles {
			for _, it := range tile.State.Items {
				if it.Kind == "gap" {
					news++
				}
			}
		}
	}
	if news != len(want) {
		t.Errorf("the feed tells of %d gaps, want %d", news, len(want))
	}
	if n := strings.Count(x.log.String(), "a gap in the stream"); n != len(want) {
		t.Errorf("the log tells of %d gaps, want %d\n%s", n, len(want), x.log)
	}
}

// What Redis kept is counted once, what counted stays, and each gap is named.
func TestWhatRedisLosesIsNamedAndNothingElseIsLost(t *testing.T) {
	t.Parallel()
	tests := map[string]func(x *trial){
		"killed and started again, which loses nothing": func(x *trial) {
			for range 3 {
				x.write(500)
				x.crash(-1)
			}
			x.equals(x.o)
			x.letters()
			x.named()
		},
		"its log cut": func(x *trial) {
			kept := x.redis.Written()
			x.write(800)
			x.equals(x.o)
			x.crash(kept)
			x.write(500)
			x.equals(x.o)
			x.named("rolled_back 0")
		},
		"its log cut while the program was off": func(x *trial) {
			kept := x.redis.Written()
			x.write(800)
			x.equals(x.o)
			x.stop()
			x.crash(kept)
			x.write(3000) // more than was lost
			x.start()
			x.equals(x.o)
			x.named("rolled_back 0")
		},
		"a replica promoted that lagged, its clock behind": func(x *trial) {
			kept, last := x.redis.Written(), x.last()
			x.write(800)
			x.equals(x.o)
			x.crash(kept)
			x.behind(last, 300)
			x.equals(x.o)
			x.named("rolled_back 0")
		},
		"trimmed while the program was off": func(x *trial) {
			x.kill()
			ctx := context.Background()
			x.equalsLater()
			n := x.lost(700)
			before := x.raw.XLen(ctx, "readings").Val()
			x.write(300)
			left := x.raw.XLen(ctx, "readings").Val() - before
			x.raw.XTrimMaxLen(ctx, "readings", left)
			x.start()
			x.equals(x.o)
			x.named(fmt.Sprint("trimmed ", n))
		},
		"deleted while it was read": func(x *trial) {
			x.raw.Del(context.Background(), "readings")
			x.write(500)
			x.equals(x.o)
			x.named("recreated 0")
		},
		"flushed and begun anew while the program was off": func(x *trial) {
			x.kill()
			x.equalsLater()
			x.raw.FlushAll(context.Background())
			x.behind("5-0", 200)
			x.start()
			x.equals(x.o)
			x.named("recreated 0")
		},
	}
	file := program(t)
	for name, lose := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			x := newTrial(t, file)
			x.start()
			x.write(1000)
			x.equals(x.o)
			lose(x)
			x.stop()
			x.start() // and nothing of it is forgotten or counted again
			x.equals(x.o)
		})
	}
}

// equalsLater makes sure that all that was written is on disk before the stream
// loses it.
func (x *trial) equalsLater() {
	x.start()
	x.equals(x.o)
	x.stop()
}
