package main_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"citydeck/server/stream/redistest"

	"github.com/redis/go-redis/v9"
)

// server is the program, which can be killed and started again.
type server struct {
	t    *testing.T
	file string
	env  []string
	cmd  *exec.Cmd
	url  chan string // where this life serves
	log  *bytesLog

	stdout *os.File // where it prints; nil: nowhere
}

type bytesLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *bytesLog) add(line string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.text.WriteString(line + "\n")
}

func (l *bytesLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// newServer prepares the program for the town and a Redis.
func newServer(t *testing.T, file, redisURL string) *server {
	t.Helper()
	dir := t.TempDir()
	for name, text := range town {
		path := filepath.Join(dir, "town", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	s := &server{t: t, file: file, log: &bytesLog{}}
	s.env = append(slices.DeleteFunc(os.Environ(), func(e string) bool { return strings.HasPrefix(e, "COCKPIT_") }),
		"COCKPIT_HTTP_LISTEN=127.0.0.1:0", "COCKPIT_REDIS_URL="+redisURL, "COCKPIT_DATA_DIR="+filepath.Join(dir, "data"),
		"COCKPIT_DISTRICT_DIR="+filepath.Join(dir, "town"), "COCKPIT_DEMO_ENABLED=false", "COCKPIT_DATA_CHECKPOINT=100ms")
	t.Cleanup(s.kill)
	return s
}

// start begins a life.
func (s *server) start(args ...string) {
	s.t.Helper()
	s.cmd = exec.Command(s.file, args...)
	s.cmd.Env = s.env
	if s.stdout != nil {
		s.cmd.Stdout = s.stdout
	}
	out, err := s.cmd.StderrPipe()
	if err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	found := make(chan string, 1)
	s.url = found
	go func() {
		lines := bufio.NewScanner(out)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			s.log.add(lines.Text())
			var said struct{ Msg, URL string }
			if json.Unmarshal(lines.Bytes(), &said) == nil && said.Msg == "serving" {
				found <- said.URL
			}
		}
	}()
}

// kill ends a life as kill -9 does.
func (s *server) kill() {
	if s.cmd != nil {
		_ = s.cmd.Process.Kill()
		_ = s.cmd.Wait()
		s.cmd = nil
	}
}

// stop ends a life in order.
func (s *server) stop() {
	s.t.Helper()
	if err := s.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		s.t.Fatal(err)
	}
	if err := s.cmd.Wait(); err != nil {
		s.t.Errorf("after SIGTERM: %v\n%s", err, s.log)
	}
	s.cmd = nil
}

// await is where the program serves.
func (s *server) await() string {
	s.t.Helper()
	select {
	case u := <-s.url:
		s.url <- u
		return u
	case <-time.After(time.Minute):
		s.t.Fatalf("the program does not serve\n%s", s.log)
	}
	return ""
}

// get asks for JSON; false: there was none.
func (s *server) get(path string, into any) bool {
	s.t.Helper()
	resp, err := http.Get(s.await() + "api/v1/" + path)
	if err != nil {
		return false
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return err == nil && resp.StatusCode == http.StatusOK && json.Unmarshal(body, into) == nil
}

func (s *server) value(indicator, area string) float64 {
	s.t.Helper()
	var v struct{ Value *float64 }
	if !s.get("values?indicator="+url.QueryEscape(indicator)+"&area="+area, &v) || v.Value == nil {
		return math.NaN()
	}
	return *v.Value
}

// equals waits until every roll-up is what the oracle says.
func (s *server) equals(o *oracle) {
	s.t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	want, _ := o.value("flow_sum", "town")
	for got := s.value("flow_sum", "town"); got != want; got = s.value("flow_sum", "town") {
		if time.Now().After(deadline) {
			s.t.Errorf("the sum of all is %v, want %v\n%s", got, want, s.log)
			return
		}
		time.Sleep(20 * time.Millisecond)
	}
	for _, indicator := range []string{"flow_sum", "stock_now", "mean_ever", "most_ever", "who_ever"} {
		for _, a := range []string{"town", "s0", "s1", "s2", "b0", "b1", "b2", "b3", "b4", "b5"} {
			want, within := o.value(indicator, a)
			got := s.value(indicator, a)
			for ; !(math.Abs(got-want) <= within) && time.Now().Before(deadline); got = s.value(indicator, a) {
				time.Sleep(50 * time.Millisecond) // members are counted once a second
			}
			if !(math.Abs(got-want) <= within) {
				s.t.Errorf("%s at %s is %v, want %v", indicator, a, got, want)
			}
		}
	}
}

// producer writes readings of the oracle, flat and in batches.
type producer struct {
	t    *testing.T
	raw  *redis.Client
	o    *oracle
	rand *rand.Rand
	sent int
}

// write adds n readings, one entry flat for nine batches; ids go out twice.
func (p *producer) write(n int) {
	p.t.Helper()
	ctx := context.Background()
	for n > 0 {
		size := min(n, 1+p.rand.IntN(200))
		n -= size
		var batch []map[string]any
		for range size {
			m := p.o.reading(p.rand, p.sent)
			p.sent++
			batch = append(batch, m)
			if m["id"] != nil {
				batch = append(batch, m)
			}
		}
		values := map[string]any{}
		if size == 1 && len(batch) == 1 {
			values = batch[0]
		} else {
			text, err := json.Marshal(batch)
			if err != nil {
				p.t.Fatal(err)
			}
			values["batch"] = text
		}
		if err := p.raw.XAdd(ctx, &redis.XAddArgs{Stream: "readings", Values: values}).Err(); err != nil {
			p.t.Fatalf("XADD: %v", err)
		}
	}
}

func (p *producer) letters() {
	p.t.Helper()
	list, err := p.raw.XRange(context.Background(), "readings:dead", "-", "+").Result()
	if err != nil {
		p.t.Fatal(err)
	}
	seen := map[string]int{}
	for _, m := range list {
		seen[fmt.Sprint(m.Values["entry"], m.Values["index"])]++
	}
	if len(list) != p.o.bad || len(seen) != p.o.bad {
		p.t.Errorf("%d dead letters of %d readings, want one for each of %d", len(list), len(seen), p.o.bad)
	}
}

func newProducer(t *testing.T, r *redistest.Server) *producer {
	t.Helper()
	raw := r.Client()
	t.Cleanup(func() { _ = raw.Close() })
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	return &producer{t: t, raw: raw, o: newOracle(), rand: rand.New(rand.NewPCG(seed, 2))}
}

func TestKilledAtAnyMomentEachReadingCountsOnce(t *testing.T) {
	t.Parallel()
	lives, readings := 30, 200_000
	if testing.Short() {
		lives, readings = 6, 20_000
	}
	r := redistest.Start(t)
	s, p := newServer(t, program(t), r.URL()), newProducer(t, r)
	for range lives {
		p.write(readings / lives / 2)
		s.start()
		if p.rand.IntN(4) > 0 { // else it is killed while it starts
			s.await()
		}
		p.write(readings / lives / 2)
		time.Sleep(time.Duration(p.rand.IntN(400)) * time.Millisecond)
		s.kill()
	}
	s.start()
	s.equals(p.o)
	p.letters()
	if n := strings.Count(s.log.String(), "a gap in the stream"); n > 0 {
		t.Errorf("%d gaps where there were none\n%s", n, s.log)
	}
	if n := strings.Count(s.log.String(), `"msg":"restored"`); n < lives/2 {
		t.Errorf("only %d of %d lives began with a checkpoint\n%s", n, lives, s.log)
	}
	s.stop()
	s.start()
	s.equals(p.o)
	p.letters()
}
