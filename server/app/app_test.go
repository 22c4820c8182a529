package app_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"citydeck/server/app"
	"citydeck/server/config"

	"github.com/gorilla/websocket"
	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"
)

// TestMain sees to it that no program leaves a goroutine behind.
func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// long is how long a test waits for what must come, on a busy machine.
const long = 3 * time.Minute

// settings are those of a server on a free port that reads a real Redis, of a
// district that the program does not know: six floors deep.
func settings(t testing.TB, redisURL string) config.Config {
	t.Helper()
	cfg := config.Default()
	cfg.HTTP.Listen = "127.0.0.1:0"
	cfg.Redis.URL = config.Secret(redisURL)
	cfg.Data.Dir = t.TempDir()
	cfg.District.Dir = filepath.Join(t.TempDir(), "valley") // a copy: the program may write into its folder
	if err := os.CopyFS(cfg.District.Dir, os.DirFS("testdata/valley")); err != nil {
		t.Fatal(err)
	}
	cfg.Demo.Enabled = false
	return cfg
}

// program is a server at work.
type program struct {
	t    testing.TB
	app  *app.App
	url  string
	http *http.Client
	log  *lines
	stop func() error // ends it and says how; a second call says the same
}

// serve starts a server and ends it with the test.
func serve(t testing.TB, cfg config.Config) *program {
	t.Helper()
	p := &program{t: t, log: &lines{}}
	var err error
	p.app, err = app.New(cfg, slog.New(slog.NewTextHandler(p.log, nil)))
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	p.url = "http://" + p.app.Addr()
	transport := &http.Transport{}
	p.http = &http.Client{Transport: transport, Timeout: long}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- p.app.Run(ctx) }()
	p.stop = sync.OnceValue(func() error {
		transport.CloseIdleConnections()
		cancel()
		select {
		case err := <-ended:
			return err
		case <-time.After(long):
			return fmt.Errorf("it still runs after %v", long)
		}
	})
	t.Cleanup(func() {
		if err := p.stop(); err != nil {
			t.Errorf("the server ends with %v\n%s", err, p.log)
		}
	})
	return p
}

// lines is a log that a test may read while it grows.
type lines struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// ask sends a request and answers its status, header and body.
func (p *program) ask(method, path, body string) (*http.Response, string) {
	p.t.Helper()
	req, err := http.NewRequest(method, p.url+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	res, err := p.http.Do(req)
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	return res, string(text)
}

// status is that of a GET.
func (p *program) status(path string) int {
	p.t.Helper()
	res, _ := p.ask(http.MethodGet, path, "")
	return res.StatusCode
}

// value is what /values says of an indicator at an area.
type value struct {
	Value    *float64
	Level    *string
	Status   string
	AsOf     *int64 `json:"as_of"`
	Coverage *struct{ Fresh, Expected int }
}

func (p *program) value(of, at string) value {
	p.t.Helper()
	res, text := p.ask(http.MethodGet, "/api/v1/values?indicator="+of+"&area="+at, "")
	if res.StatusCode != http.StatusOK {
		return value{Status: res.Status}
	}
	var v value
	if err := json.Unmarshal([]byte(text), &v); err != nil {
		p.t.Fatalf("%s: %v", text, err)
	}
	return v
}

// number is the value as a text: none where there is none.
func (v value) number() string {
	if v.Value == nil {
		return "none"
	}
	return fmt.Sprint(*v.Value)
}

// wait asks again and again until something is as it should be.
func wait(t testing.TB, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(long); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", long, what)
		}
	}
}

// ready waits until the first pictures are out and Redis answers.
func (p *program) ready() {
	p.t.Helper()
	wait(p.t, "/readyz answers 200", func() bool { return p.status("/readyz") == http.StatusOK })
}

// counts waits until an indicator at an area has a value.
func (p *program) counts(of, at, want string) {
	p.t.Helper()
	var got value
	for end := time.Now().Add(long); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if got = p.value(of, at); got.number() == want {
			return
		}
	}
	p.t.Fatalf("%s at %s is %s (%s), want %s\n%s", of, at, got.number(), got.Status, want, p.log)
}

// producer is a client of Redis that only says XADD.
type producer struct {
	t testing.TB
	*redis.Client
}

func newProducer(t testing.TB, addr string) producer {
	t.Helper()
	c := redis.NewClient(&redis.Options{Addr: addr, MaxRetries: -1})
	t.Cleanup(func() { _ = c.Close() })
	return producer{t, c}
}

func (p producer) add(stream string, fields ...any) (id string) {
	p.t.Helper()
	id, err := p.XAdd(context.Background(), &redis.XAddArgs{Stream: stream, Values: fields}).Result()
	if err != nil {
		p.t.Fatalf("XADD %s %v: %v", stream, fields, err)
	}
	return id
}

// screen is a client of the live protocol.
type screen struct {
	t       testing.TB
	conn    *websocket.Conn
	picture map[string]string // what "cockpit tile key" is now
}

// message is what a screen hears; tiles stay as they came.
type message struct {
	Op, Cockpit, Epoch, Code, Build string
	Seq, From, At, Now              int64
	Ready, Demo                     bool
	Behind                          *int64
	Tiles                           []map[string]json.RawMessage
}

func (p *program) connect() *screen {
	p.t.Helper()
	conn, res, err := websocket.DefaultDialer.Dial("ws"+strings.TrimPrefix(p.url, "http")+"/api/v1/live", nil)
	if err != nil {
		p.t.Fatalf("connect: %v", err)
	}
	_ = res.Body.Close()
	p.t.Cleanup(func() { _ = conn.Close() })
	return &screen{p.t, conn, map[string]string{}}
}

func (s *screen) say(text string) {
	s.t.Helper()
	if err := s.conn.WriteMessage(websocket.TextMessage, []byte(text)); err != nil {
		s.t.Fatalf("say %s: %v", text, err)
	}
}

// next is the next frame's messages, or how the connection ended.
func (s *screen) next() ([]message, error) {
	_ = s.conn.SetReadDeadline(time.Now().Add(long))
	_, text, err := s.conn.ReadMessage()
	if err != nil {
		return nil, err
	}
	if text[0] != '[' {
		text = append(append([]byte("["), text...), ']')
	}
	var list []message
	if err := json.Unmarshal(text, &list); err != nil {
		s.t.Fatalf("frame %s: %v", text, err)
	}
	for _, m := range list {
		for _, tile := range m.Tiles {
			for key, is := range tile {
				s.picture[m.Cockpit+" "+strings.Trim(string(tile["id"]), `"`)+" "+key] = string(is)
			}
		}
	}
	return list, nil
}

// hear waits for a message.
func (s *screen) hear(what string, is func(message) bool) message {
	s.t.Helper()
	var last []message
	for end := time.Now().Add(long); time.Now().Before(end); {
		list, err := s.next()
		if err != nil {
			s.t.Fatalf("waiting for %s: %v", what, err)
		}
		for _, m := range list {
			if is(m) {
				return m
			}
		}
		last = list
	}
	s.t.Fatalf("no %s within %v; the last frame: %+v", what, long, last)
	return message{}
}

// sees waits until a key of a tile, "cockpit tile key", is something.
func (s *screen) sees(at, want string) {
	s.t.Helper()
	if s.picture[at] != want {
		s.hear(at+" = "+want, func(message) bool { return s.picture[at] == want })
	}
}

// shows tells whether a message gives a key of a tile a value.
func (m message) shows(tile, key, want string) bool {
	for _, t := range m.Tiles {
		if string(t["id"]) == `"`+tile+`"` && string(t[key]) == want {
			return true
		}
	}
	return false
}
