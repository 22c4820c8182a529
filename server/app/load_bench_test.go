//go:build linux

package app_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

// crowd is many screens in a process of their own (server/live/crowd).
type crowd struct {
	b     *testing.B
	in    io.WriteCloser
	out   *bufio.Reader
	leave func() // ends it; a second call does nothing
}

// crowdProgram builds the load client.
func crowdProgram(b *testing.B) string {
	b.Helper()
	program := filepath.Join(b.TempDir(), "crowd")
	if out, err := exec.Command("go", "build", "-o", program, "citydeck/server/live/crowd").CombinedOutput(); err != nil {
		b.Fatalf("building the load client: %v\n%s", err, out)
	}
	return program
}

func startCrowd(b *testing.B, program string, args ...any) *crowd {
	b.Helper()
	cmd := exec.Command(program, strings.Fields(fmt.Sprintln(args...))...)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		b.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	leave := sync.OnceFunc(func() {
		_ = in.Close()
		if err := cmd.Wait(); err != nil {
			b.Errorf("the load client: %v", err)
		}
	})
	b.Cleanup(leave)
	return &crowd{b, in, bufio.NewReader(out), leave}
}

// answer is what the load client says, of all its commands.
type answer struct {
	Screens                                   int
	Seconds, FramesPerSecond, StatesPerSecond float64
	Frames, States, Bytes                     int64
	P50, P99, Max, Oldest                     float64 // ms
	Wrong, Refused                            int
	Gaps, Lost, Resumed                       int64
	FirstError                                string
}

func (c *crowd) do(format string, args ...any) answer {
	c.b.Helper()
	if _, err := fmt.Fprintf(c.in, format+"\n", args...); err != nil {
		c.b.Fatal(err)
	}
	line, err := c.out.ReadBytes('\n')
	if err != nil {
		c.b.Fatalf("the load client says nothing to %q: %v", fmt.Sprintf(format, args...), err)
	}
	var a answer
	if err := json.Unmarshal(line, &a); err != nil {
		c.b.Fatal(err)
	}
	if a.Refused > 0 {
		c.b.Errorf("%s: %d screens were refused, the first by %s", fmt.Sprintf(format, args...), a.Refused, a.FirstError)
	}
	return a
}

// many is a district of one area, with so many measures and a tile for each.
func many(b *testing.B, tiles int) string {
	b.Helper()
	dir := b.TempDir()
	var measures, cockpit strings.Builder
	fmt.Fprint(&cockpit, "id = \"load\"\nname = \"负载\"\nname_en = \"Load\"\nkind = \"district\"\narea = \"load\"\n")
	for i := range tiles {
		fmt.Fprintf(&measures, "[[measure]]\nid = \"m%d\"\nname = \"数%d\"\nkind = \"stock\"\nunit = \"个\"\n\n", i, i)
		fmt.Fprintf(&measures, "[[indicator]]\nid = \"i%d\"\nname = \"数%d\"\nmeasure = \"m%d\"\nunit = \"个\"\nwindow = \"latest\"\ndirection = \"neutral\"\n\n", i, i, i)
		fmt.Fprintf(&cockpit, "\n[[tile]]\nid = \"t%d\"\nkind = \"stat\"\ntitle = \"数%d\"\nindicator = \"i%d\"\nx = %d\ny = %d\nw = 2\nh = 2\n",
			i, i, i, i%12*2, i/12*2)
	}
	for name, text := range map[string]string{
		"district.toml":          "id = \"load\"\nname = \"负载\"\nname_en = \"Load\"\n",
		"areas.csv":              "id,name,name_en,kind,parent,code,lon,lat\nload,负载,Load,district,,,120.1,30.2\n",
		"indicators/load.toml":   measures.String(),
		"cockpits/district.toml": cockpit.String(),
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			b.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	return dir
}

const tiles = 60

// under starts a server whose district has so many tiles on one cockpit, and a
// crowd before it.
func under(b *testing.B, screens int, rate float64, flags string) (*crowd, *program, string) {
	b.Helper()
	program := crowdProgram(b)
	redis := redistest.Start(b)
	cfg := settings(b, redis.URL())
	cfg.District.Dir = many(b, tiles)
	cfg.Limits = config.Default().Limits
	p := serve(b, cfg)
	p.ready()
	c := startCrowd(b, program, "-server", p.app.Addr(), "-redis", redis.Addr, "-screens", screens,
		"-tiles", tiles, "-rate", rate, flags)
	return c, p, program
}

// BenchmarkLoad is the whole way: XADD, Redis, roll-up, tiles, frames, screens.
// One iteration is ten seconds of it; run it with -benchtime 1x. CPU is that of
// this process, the server's; bare is that of writing as many frames of the same
// size with write(2) alone to the same client.
func BenchmarkLoad(b *testing.B) {
	for _, load := range []struct {
		screens int
		rate    float64
		flags   string
	}{
		{100, 10, ""}, {1000, 10, ""}, {1000, 10, "-compress"}, {1000, 10, "-burst"},
		{5000, 1, ""}, {10_000, 1, ""}, {10_000, 1, "-burst"},
	} {
		name := fmt.Sprintf("%d screens %v a second%s", load.screens, load.rate, load.flags)
		b.Run(strings.ReplaceAll(name, " ", "_"), func(b *testing.B) {
			c, _, program := under(b, load.screens, load.rate, load.flags)
			empty := inUse()
			c.do("connect")
			idle := kilobytes(inUse()-empty, load.screens)
			c.do("load 2") // what grows at first has grown
			for b.Loop() {
				busy := watch()
				began := used()
				a := c.do("load 10")
				cpu := used() - began
				r := c.do("result")
				if r.Wrong+int(r.Gaps+r.Lost) > 0 {
					b.Errorf("%d tiles don't show what was sent last, %d deltas don't fit, %d screens were lost", r.Wrong, r.Gaps, r.Lost)
				}
				c.leave() // its descriptors are needed again
				bare := bareWrites(b, program, load.screens, a)
				b.ReportMetric(a.StatesPerSecond, "states/s")
				b.ReportMetric(cpu.Seconds()/a.Seconds*100, "%core")
				b.ReportMetric(micros(cpu)/float64(a.States), "cpu-µs/state")
				b.ReportMetric(micros(cpu)/float64(a.Frames), "cpu-µs/frame")
				b.ReportMetric(bare, "bare-µs/frame")
				b.ReportMetric(micros(cpu)/float64(a.Frames)/bare, "×bare")
				b.ReportMetric(r.P50, "p50-ms")
				b.ReportMetric(r.P99, "p99-ms")
				b.ReportMetric(r.Max, "max-ms")
				b.ReportMetric(float64(a.Bytes)/float64(a.States), "B/state")
				b.ReportMetric(float64(a.Bytes)/float64(a.Frames), "B/frame")
				b.ReportMetric(idle, "idle-KB/screen")
				b.ReportMetric(kilobytes(busy.most()-empty, load.screens), "load-KB/screen")
				b.ReportMetric(0, "ns/op")
			}
		})
	}
}

// bareWrites is the CPU time in µs that a frame costs which is written with
// write(2) and nothing else, at the pace of a load.
func bareWrites(b *testing.B, program string, screens int, a answer) float64 {
	b.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	fds, done := make(chan int, screens), make(chan struct{})
	defer close(done)
	go func() {
		defer close(fds)
		for range screens {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			file, err := conn.(*net.TCPConn).File()
			_ = conn.Close()
			if err != nil {
				return
			}
			defer file.Close()
			fds <- int(file.Fd())
		}
		<-done
	}()
	c := startCrowd(b, program, "-server", l.Addr().String(), "-screens", screens)
	c.do("drain")
	list := make([]int, screens)
	for i := range list {
		if list[i] = <-fds; list[i] == 0 {
			b.Fatalf("only %d connections came", i)
		}
	}
	frame := make([]byte, a.Bytes/max(a.Frames, 1))
	rounds := max(int(a.Frames)/screens/2, 1) // half as long
	period := time.Duration(a.Seconds / 2 / float64(rounds) * float64(time.Second))
	began, start := used(), time.Now()
	for r := range rounds {
		time.Sleep(time.Until(start.Add(time.Duration(r) * period)))
		for _, fd := range list {
			if _, err := syscall.Write(fd, frame); err != nil {
				b.Fatal(err)
			}
		}
	}
	return micros(used()-began) / float64(rounds*screens)
}

// used is the CPU time of this process.
func used() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }

// inUse is what this process holds: heap and stacks, after a collection.
func inUse() int64 {
	runtime.GC()
	runtime.GC()
	return held()
}

func held() int64 {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapInuse + m.StackInuse)
}

func kilobytes(bytes int64, among int) float64 { return float64(bytes) / 1024 / float64(among) }

// peak watches what this process holds until it is asked.
type peak struct {
	stop chan struct{}
	is   chan int64
}

func watch() *peak {
	p := &peak{make(chan struct{}), make(chan int64)}
	go func() {
		often := time.NewTicker(50 * time.Millisecond)
		defer often.Stop()
		most := held()
		for {
			select {
			case <-often.C:
				most = max(most, held())
			case <-p.stop:
				p.is <- most
				return
			}
		}
	}()
	return p
}

func (p *peak) most() int64 {
	close(p.stop)
	return <-p.is
}
