package app_test

import (
	"bufio"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"citydeck/server/stream/redistest"
)

// Who sends half a header and then nothing is cut off, and keeps nobody out.
func TestHalfAHeaderIsCutOff(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	p := serve(t, settings(t, redis.URL()))
	var slow []net.Conn
	for range 50 {
		conn, err := net.Dial("tcp", p.app.Addr())
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := io.WriteString(conn, "GET /api/v1/live HTTP/1.1\r\nHost: x\r\nUpgrade: webso"); err != nil {
			t.Fatal(err)
		}
		slow = append(slow, conn)
	}
	p.ready()
	s := p.connect()
	s.say(`{"op":"subscribe","cockpit":"valley"}`)
	s.hear("a picture beside them", func(m message) bool { return m.Op == "snapshot" })
	for i, conn := range slow {
		if err := conn.SetReadDeadline(time.Now().Add(long)); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		if err != nil || strings.HasPrefix(string(answer), "HTTP/1.1 1") || strings.HasPrefix(string(answer), "HTTP/1.1 2") {
			t.Errorf("half a header, connection %d: %q, %v; want it closed", i, answer, err)
		}
	}
}

// The whole way also for networks that break WebSockets.
func TestWhatIsAddedToRedisIsInTheEvents(t *testing.T) {
	t.Parallel()
	redis := redistest.Start(t)
	p := serve(t, settings(t, redis.URL()))
	p.ready()
	id := ""
	for round, value := range []string{"5", "7"} {
		ctx, cancel := context.WithTimeout(t.Context(), long)
		defer cancel()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, p.url+"/api/v1/live/valley/events", nil)
		if err != nil {
			t.Fatal(err)
		}
		if id != "" {
			req.Header.Set("Last-Event-ID", id)
		}
		res, err := p.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = res.Body.Close() }()
		if got := res.Header.Get("Content-Type"); got != "text/event-stream" || res.Header.Get("X-Content-Type-Options") == "" {
			t.Errorf("headers %v: want events, and what each answer has", res.Header)
		}
		newProducer(t, redis.Addr).add("readings", "measure", "boats", "area", "hill", "value", []string{"5", "2"}[round])
		in := bufio.NewScanner(res.Body)
		in.Buffer(nil, 1<<20)
		snapshots, found := 0, false
		for !found && in.Scan() {
			line := in.Text()
			if rest, some := strings.CutPrefix(line, "id: "); some {
				id = rest
			}
			if strings.Contains(line, `"op":"snapshot"`) {
				snapshots++
			}
			found = strings.Contains(line, `"id":"boats"`) && strings.Contains(line, `"value":`+value)
		}
		if !found || id == "" || snapshots != 1-round {
			t.Errorf("stream %d: %s boats %v, id %q, %d snapshots (%v); want them, an id, and a snapshot at first only",
				round, value, found, id, snapshots, in.Err())
		}
		_ = res.Body.Close()
	}
}
