package live_test

import (
	"bufio"
	"fmt"
	"net"
	"net/http"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"citydeck/cockpits/tile"
)

// drain is a screen that costs little: it reads and counts.
type drain struct {
	conn net.Conn
	got  *atomic.Int64
}

// drains connects screens that watch the cockpit a.
func (h *house) drains(b *testing.B, n int, got *atomic.Int64) {
	b.Helper()
	host := strings.TrimSuffix(strings.TrimPrefix(h.url, "http://"), "/api/v1/live")
	// {"op":"subscribe","cockpit":"a"} in one text frame, masked with zeros.
	const op = `{"op":"subscribe","cockpit":"a"}`
	frame := append([]byte{0x81, 0x80 | byte(len(op)), 0, 0, 0, 0}, op...)
	for range n {
		conn, err := net.Dial("tcp", host)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = conn.Close() })
		_, err = fmt.Fprintf(conn, "GET /api/v1/live HTTP/1.1\r\nHost: %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"+
			"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n", host)
		if err != nil {
			b.Fatal(err)
		}
		in := bufio.NewReaderSize(conn, 256)
		resp, err := http.ReadResponse(in, nil)
		if err != nil || resp.StatusCode != http.StatusSwitchingProtocols {
			b.Fatalf("handshake: %v, %v", resp, err)
		}
		if _, err := conn.Write(frame); err != nil {
			b.Fatal(err)
		}
		got.Add(int64(in.Buffered()))
		go (&drain{conn, got}).run()
	}
}

func (d *drain) run() {
	buf := make([]byte, 4<<10)
	for {
		n, err := d.conn.Read(buf)
		d.got.Add(int64(n))
		if err != nil {
			return
		}
	}
}

// quiet waits until nothing more arrives.
func quiet(got *atomic.Int64) {
	for last := int64(-1); last != got.Load(); {
		last = got.Load()
		time.Sleep(50 * time.Millisecond)
	}
}

// await waits until so many bytes are there.
func await(b *testing.B, got *atomic.Int64, want int64) {
	b.Helper()
	for deadline := time.Now().Add(30 * time.Second); got.Load() < want; {
		if time.Now().After(deadline) {
			b.Fatalf("%d bytes of %d arrived", got.Load(), want)
		}
		time.Sleep(200 * time.Microsecond)
	}
}

// cpu is the time that this process has used.
func cpu() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// wall is 60 tiles at a moment, each other than the moment before.
func wall(n int) []tile.Tile {
	tiles := make([]tile.Tile, 60)
	for i := range tiles {
		v := stat(fmt.Sprint("tile-", i), 1000+float64(n)+float64(i)/8)
		v.AsOf = ptr(int64(1_756_353_600_000) + int64(n)*100)
		v.Spark = []tile.Spark{{At: 1_756_353_600_000, Value: v.Value}}
		tiles[i] = v
	}
	return tiles
}

// BenchmarkRounds is a thousand screens of 60 tiles, all of which change in each
// round; a round is the work of a tenth of a second. CPU is this process's,
// that of the reading clients with it; bare is the same frames with write(2)
// alone to the same kind of clients.
func BenchmarkRounds(b *testing.B) {
	for _, screens := range []int{100, 1000} {
		b.Run(fmt.Sprint(screens, " screens"), func(b *testing.B) {
			h := open(b, nil)
			h.Publish("a", 1, wall(0))
			h.Ready()
			h.Flush()
			var got atomic.Int64
			h.drains(b, screens, &got)
			quiet(&got)
			n := 2
			for ; n < 1000; n++ { // so that numbers keep their length
				h.Publish("a", 1000+int64(n), wall(n))
			}
			h.Flush()
			quiet(&got)
			size := frameSize(b, h, &got, screens)
			first := n + 1
			n = first
			began, before := cpu(), got.Load()
			for b.Loop() {
				h.Publish("a", 1000+int64(n), wall(n))
				h.Flush()
				before += size * int64(screens)
				await(b, &got, before)
				n++
			}
			used := cpu() - began
			frames := float64(n-first) * float64(screens)
			bare := bareWrites(b, screens, int(size), n-first)
			b.ReportMetric(float64(used.Nanoseconds())/1000/frames, "cpu-µs/frame")
			b.ReportMetric(float64(bare.Nanoseconds())/1000/frames, "bare-µs/frame")
			b.ReportMetric(float64(used)/float64(bare), "×bare")
			b.ReportMetric(float64(size)/60, "bytes/state")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// frameSize is how many bytes a round's frame has for one screen.
func frameSize(b *testing.B, h *house, got *atomic.Int64, screens int) int64 {
	b.Helper()
	before := got.Load()
	h.Publish("a", 2000, wall(1000))
	h.Flush()
	await(b, got, before+1)
	quiet(got)
	return (got.Load() - before) / int64(screens)
}

// bareWrites is the CPU time of writing as many frames with nothing around them.
func bareWrites(b *testing.B, screens, size, rounds int) time.Duration {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	var got atomic.Int64
	var conns []net.Conn
	for range screens {
		client, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			b.Fatal(err)
		}
		defer client.Close()
		conn, err := l.Accept()
		if err != nil {
			b.Fatal(err)
		}
		defer conn.Close()
		conns = append(conns, conn)
		go (&drain{client, &got}).run()
	}
	frame := make([]byte, size)
	began := cpu()
	for r := range rounds {
		for _, c := range conns {
			if _, err := c.Write(frame); err != nil {
				b.Fatal(err)
			}
		}
		await(b, &got, int64(r+1)*int64(size)*int64(screens))
	}
	return cpu() - began
}

// BenchmarkIdle says what a screen costs that has nothing to do.
func BenchmarkIdle(b *testing.B) {
	const screens = 1000
	h := open(b, nil)
	h.ready()
	var got atomic.Int64
	before := resident()
	h.drains(b, screens, &got)
	quiet(&got)
	each := float64(resident()-before) / screens / 1024
	for b.Loop() {
		runtime.KeepAlive(h)
	}
	b.ReportMetric(each, "KB/screen+client")
	b.ReportMetric(0, "ns/op")
}

// resident is what the Go runtime has in use: heap and stacks. The clients are
// in the same process, so it is an upper bound for a screen's.
func resident() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapInuse + m.StackInuse
}
