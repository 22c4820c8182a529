package stream_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/server/stream"
)

func TestAKilledRedisIsReadOnWhenItIsBack(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	b.due("1")
	b.values(c, 1)
	b.server.Kill()
	for range 3 {
		b.nothing(c)
	}
	if _, ok := c.Lag(t.Context()); ok {
		t.Error("Lag of a Redis that is away is known")
	}
	if err := b.redis.Ping(t.Context()); err == nil {
		t.Error("a Redis that is away answers to Ping")
	}
	b.server.Restart()
	b.due("2")
	if got := b.values(c, 1); got[0] != 2 {
		t.Errorf("after the restart: %v, want 2 alone", got)
	}
	if n := strings.Count(b.log.String(), "can't be read"); n != 1 {
		t.Errorf("%d lines about one trouble of a second:\n%s", n, b.log)
	}
	if got := b.counter("citydeck_stream_reconnects_total"); got != 1 {
		t.Errorf("reconnects = %v, want 1", got)
	}
}

func TestRedisMayBeAwayAtStart(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	b.due("1")
	b.server.Kill()
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	batch, err := c.Next(t.Context())
	if err != nil || batch.Caught || batch.Entries > 0 {
		t.Errorf("Next without Redis = %+v, %v, want nothing, not caught", batch, err)
	}
	b.server.Restart()
	if got := b.values(c, 1); got[0] != 1 {
		t.Errorf("after the start: %v, want 1", got)
	}
}

func TestAFrozenRedisKeepsNobody(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	b.due("1")
	b.values(c, 1)
	b.server.Freeze()
	defer b.server.Thaw()
	began := time.Now()
	if _, ok := c.Lag(t.Context()); ok || time.Since(began) > 1500*time.Millisecond {
		t.Errorf("Lag is known: %t after %v, want unknown within a second", ok, time.Since(began))
	}
	began = time.Now()
	if b.redis.Ping(t.Context()) == nil || time.Since(began) > 1500*time.Millisecond {
		t.Errorf("Ping took %v, want an error within a second", time.Since(began))
	}
	began = time.Now()
	b.nothing(c)
	if d := time.Since(began); d > 4*time.Second {
		t.Errorf("Next waited %v for a frozen Redis", d)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(200*time.Millisecond, cancel)
	began = time.Now()
	for ctx.Err() == nil {
		_, _ = c.Next(ctx)
	}
	if d := time.Since(began); d > 700*time.Millisecond {
		t.Errorf("Next ended %v after it began, want soon after 200ms", d)
	}
	b.server.Thaw()
	b.due("2")
	if got := b.values(c, 1); got[0] != 2 {
		t.Errorf("after the thaw: %v, want 2 alone", got)
	}
}

func TestCancelEndsAWaitingNext(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	b.nothing(c)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	began := time.Now()
	for {
		if _, err := c.Next(ctx); err != nil {
			break
		}
	}
	if d := time.Since(began); d > 500*time.Millisecond {
		t.Errorf("Next ended %v after it began, want soon after 50ms", d)
	}
	b.due("1")
	if got := b.values(c, 1); got[0] != 1 {
		t.Errorf("with another context: %v, want 1", got)
	}
}

func TestAStreamThatBeganAnewIsReadFromItsBeginning(t *testing.T) {
	t.Parallel()
	tests := map[string]func(b *bench){
		"gone": func(b *bench) {
			b.raw.Del(b.t.Context(), "readings")
			b.nothing(b.consumer)
			b.add("measure", "due", "area", "grid-0", "value", "7", "at", "", "at", "1000")
		},
		"with a smaller id": func(b *bench) {
			b.raw.Del(b.t.Context(), "readings")
			b.addAs("5-1", "measure", "due", "area", "grid-0", "value", "7")
		},
		"flushed": func(b *bench) {
			b.raw.FlushAll(b.t.Context())
			b.addAs("5-1", "measure", "due", "area", "grid-0", "value", "7")
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			clock := newClock()
			b := setUp(t, stream.Config{Now: clock.now})
			b.consumer = b.redis.Consumer(0, rules(t), reading.EntryID{})
			b.due("1")
			b.values(b.consumer, 1)
			change(b)
			clock.step(11 * time.Second) // the stream is looked at every ten
			for range 5 {
				batch, err := b.consumer.Next(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				if batch.Entries == 1 {
					return
				}
			}
			t.Errorf("nothing came of the new stream:\n%s", b.log)
		})
	}
}

func TestAForeignKeyIsNamedByItsWord(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	b.raw.Set(t.Context(), "readings", "not a stream", 0)
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	b.nothing(c)
	if !strings.Contains(b.log.String(), "WRONGTYPE") {
		t.Errorf("log = %s, want WRONGTYPE", b.log)
	}
	b.raw.Del(t.Context(), "readings")
	b.due("1")
	b.values(c, 1)
}

func TestAPasswordIsAskedForAndNeverShown(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	b.raw.ConfigSet(t.Context(), "requirepass", "s3cret")
	for url, want := range map[string]string{
		b.server.URL():                             "NOAUTH",
		"redis://:wr0ng-s3cret@" + b.server.Addr:   "WRONGPASS",
		"redis://u:wr0ng-s3cret@127.0.0.1:1":       "refused",
		"redis://u:wr0ng-s3cret@no-such-host.test": "unreachable",
	} {
		b.open(stream.Config{URL: url})
		c := b.redis.Consumer(0, rules(t), reading.EntryID{})
		b.nothing(c)
		err := b.redis.Ping(t.Context())
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(b.log.String(), want) {
			t.Errorf("%s: Ping = %v, log = %s, want %s", url, err, b.log, want)
		}
		if strings.Contains(b.log.String()+err.Error(), "s3cret") {
			t.Errorf("%s: the password is in %v or %s", url, err, b.log)
		}
	}
}

func TestURLs(t *testing.T) {
	t.Parallel()
	tests := map[string]string{ // the fault, empty: it can be read
		"redis://localhost:6379/2":                                 "",
		"rediss://user:pw@localhost":                               "",
		"unix:///run/redis.sock?db=1":                              "",
		"redis+sentinel://localhost:26379/0?master_name=m":         "",
		"redis+cluster://:pw@localhost:7000?addr=localhost:7001":   "",
		"redis+sentinel://localhost:26379":                         "master_name",
		"http://localhost":                                         "must be embedded, or begin with redis://",
		"":                                                         "must be embedded",
		"redis://localhost?colour=red":                             "colour",
		"redis://user:pw s3cret@local host:x":                      "cannot be read",
		"redis://:s3cret%zz@localhost":                             "cannot be read",
		"redis+cluster://:s3cret@localhost:7000?addr=nonsense":     "cannot be read",
		"redis+sentinel://:s3cret@h:1?master_name=m&max_retries=x": "cannot be read",
	}
	for url, want := range tests {
		b := &bench{t: t}
		if want == "" {
			b.open(stream.Config{URL: url})
			continue
		}
		err := tryOpen(url)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("open %q: %v, want %q and no password", url, err, want)
		}
	}
}

func TestLagIsTheAgeOfTheOldestUnreadEntry(t *testing.T) {
	t.Parallel()
	clock := newClock()
	b := setUp(t, stream.Config{Now: clock.now})
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	b.due("1")
	b.values(c, 1)
	if ms, ok := c.Lag(t.Context()); ms != 0 || !ok {
		t.Errorf("nothing unread: %d, %t, want 0", ms, ok)
	}
	id := parse(t, b.due("2"))
	b.due("3")
	clock.step(20 * time.Second)
	want := clock.now().UnixMilli() - int64(id.Ms)
	if ms, ok := c.Lag(t.Context()); !ok || ms < want-50 || ms > want+5000 {
		t.Errorf("Lag = %d, %t, want about %d", ms, ok, want)
	}
	b.values(c, 2)
	clock.step(2 * time.Second)
	if ms, ok := c.Lag(t.Context()); ms != 0 || !ok {
		t.Errorf("all read: %d, %t, want 0", ms, ok)
	}
}

func TestRedisClockAheadIsTakenAtTheTimeOfReading(t *testing.T) {
	t.Parallel()
	b := setUp(t, stream.Config{})
	c := b.redis.Consumer(0, rules(t), reading.EntryID{})
	ahead := time.Now().Add(time.Hour).UnixMilli()
	b.addAs(itoa(ahead)+"-0", "measure", "due", "area", "grid-0", "value", "1")
	b.addAs("18446744073709551615-1", "measure", "due", "area", "grid-0", "value", "2", "at", itoa(ahead))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	batch, err := c.Next(ctx)
	if err != nil || len(batch.Readings) != 1 || len(batch.Rejected) != 1 {
		t.Fatalf("Next = %+v, %v", batch, err)
	}
	if at := batch.Readings[0].At; at > time.Now().UnixMilli() || at < time.Now().Add(-time.Minute).UnixMilli() {
		t.Errorf("at = %d, want the time of reading", at)
	}
	if batch.Rejected[0].Reason != reading.InFuture {
		t.Errorf("an hour ahead of the reading: %+v, want in_future", batch.Rejected[0])
	}
	if !strings.Contains(b.log.String(), "clock ran ahead") || b.counter("citydeck_stream_clock_ahead_milliseconds") < 3e6 {
		t.Errorf("log = %s", b.log)
	}
}
