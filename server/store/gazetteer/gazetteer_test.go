package gazetteer_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/fstest"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/district/names"
	"citydeck/server/store/gazetteer"
)

// invented writes n addresses as a district of a city has them: a road, a
// number, a building, a unit, a room.
func invented(n int) []byte {
	r := rand.New(rand.NewPCG(3, 4))
	first, second := []rune("朝长武天潮东石文体建北中德胜河香积庆春延安凤起"), []rune("晖庆林水鸣新桥晖育国东山望湖滨海运阳光明")
	var b bytes.Buffer
	b.WriteString("code,name,area,lon,lat\n")
	for i := range n {
		road := string(first[r.IntN(len(first))]) + string(second[r.IntN(len(second))])
		fmt.Fprintf(&b, "3301%09d,杭州市下城区%s路%d号%d幢%d单元%d%02d室,g%d,%.6f,%.6f\n",
			i, road, 1+r.IntN(400), 1+r.IntN(30), 1+r.IntN(4), 1+r.IntN(18), 1+r.IntN(6), i%600, 120.1+r.Float64()*.1, 30.2+r.Float64()*.1)
	}
	return b.Bytes()
}

func folder(addresses []byte) fs.FS { return fstest.MapFS{"addresses.csv": {Data: addresses}} }

// running starts a gazetteer, and waits until it is in a condition.
func running(t testing.TB, dir string, files fs.FS, want string) *gazetteer.Gazetteer {
	t.Helper()
	g := gazetteer.New(gazetteer.Config{Dir: dir, District: "mill", Folder: files}, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("Run: %v", err)
		}
	})
	await(t, want, g.Condition)
	return g
}

func await(t testing.TB, want string, now func() string) {
	t.Helper()
	for deadline := time.Now().Add(5 * time.Minute); now() != want; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("it is %q, want %q", now(), want)
		}
	}
}

func anywhere(string) bool { return true }

func found(t testing.TB, g *gazetteer.Gazetteer, question string, limit int, sees func(string) bool) []district.Address {
	t.Helper()
	list, err := g.Find(context.Background(), names.Words(question), limit, sees)
	if err != nil {
		t.Fatalf("Find(%q): %v", question, err)
	}
	return list
}

// A list and a loop say what must be found.
func TestWhatIsFoundIsWhatALoopFinds(t *testing.T) {
	t.Parallel()
	files := folder(append(invented(70_000), "x,Ａ座 12－3，文晖路,g1,,\n"...))
	g := running(t, t.TempDir(), files, gazetteer.Ready)
	var all []string
	err := district.Addresses(files, func(a district.Address) error {
		all = append(all, names.Fold(a.Name))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, question := range []string{
		"文晖路12号3幢", "文晖路 12号 3幢 1单元", "101室 香山", "香山路399号30幢4单元1806室", "a座", "Ａ座12", "12-3", "晖路4号3幢 2单元 11 室", "海洋", "路号", "座", "1806室 g",
	} {
		words := names.Words(question)
		want := 0
		for _, name := range all {
			if names.Holds(name, words) {
				want++
			}
		}
		got := found(t, g, question, 1000, anywhere)
		if len(got) != min(want, 1000) {
			t.Errorf("%q finds %d, want %d", question, len(got), want)
		}
		for _, a := range got {
			if !names.Holds(names.Fold(a.Name), words) {
				t.Errorf("%q finds %q", question, a.Name)
			}
		}
	}
}

func TestTheNearestAddressesComeFirstWithAllThatIsKnown(t *testing.T) {
	t.Parallel()
	text := "\ufeffcode,name,area,lon,lat,note\n1,文晖路1号2幢,a,120.5,30.5,\n2,文晖路1号,b,,,x\n3,近文晖路1号,b,120,30,\n"
	g := running(t, t.TempDir(), folder([]byte(text)), gazetteer.Ready)
	want := []district.Address{
		{Code: "2", Name: "文晖路1号", Area: "b"},
		{Code: "1", Name: "文晖路1号2幢", Area: "a", Lon: 120.5, Lat: 30.5, Placed: true},
		{Code: "3", Name: "近文晖路1号", Area: "b", Lon: 120, Lat: 30, Placed: true},
	}
	if got := found(t, g, "文晖路1号", 9, anywhere); !slices.Equal(got, want) {
		t.Errorf("found %v, want %v", got, want)
	}
	if got := found(t, g, "文晖路1号", 1, func(area string) bool { return area == "a" }); !slices.Equal(got, want[1:2]) {
		t.Errorf("in the area a %v, want %v", got, want[1:2])
	}
	if got := found(t, g, "晖", 9, anywhere); len(got) != 3 {
		t.Errorf("one character finds %v", got)
	}
}

func TestOnlyAChangedFileIsReadAgain(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := folder([]byte("code,name,area,lon,lat\n1,旧路1号,a,,\n"))
	other := filepath.Join(dir, "addresses-mill-east-0123456789abcdef.db") // of another district
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	files := func() []string {
		list, err := filepath.Glob(filepath.Join(dir, "addresses-mill-*.db"))
		if err != nil {
			t.Fatal(err)
		}
		return list
	}
	g := running(t, dir, old, gazetteer.Ready)
	first := files()
	second := running(t, dir, old, gazetteer.Ready)
	if now := files(); !slices.Equal(now, first) || len(found(t, second, "旧路", 9, anywhere)) != 1 {
		t.Errorf("the same folder again: files %v, before %v", now, first)
	}
	g.Renew(folder([]byte("code,name,area,lon,lat\n1,新路1号,a,,\n")))
	await(t, "新路", func() string {
		if len(found(t, g, "新路", 9, anywhere)) == 1 {
			return "新路"
		}
		return "旧路"
	})
	g.Renew(fstest.MapFS{})
	await(t, gazetteer.None, g.Condition)
	await(t, other, func() string { return strings.Join(files(), " ") })
	if got := found(t, g, "新路", 9, anywhere); len(got) > 0 {
		t.Errorf("without addresses there are %v", got)
	}
}

func TestABrokenOffBuildBeginsAnew(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	files := folder(invented(200_000))
	g := gazetteer.New(gazetteer.Config{Dir: dir, District: "mill", Folder: files}, slog.New(slog.DiscardHandler))
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- g.Run(ctx) }()
	await(t, "begun", func() string {
		if list, _ := filepath.Glob(filepath.Join(dir, "*-wal")); len(list) > 0 {
			return "begun"
		}
		return g.Condition()
	})
	cancel()
	if err := <-done; err != nil {
		t.Fatalf("Run: %v", err)
	}
	if g.Condition() == gazetteer.Failed {
		t.Error("to be stopped is no failure")
	}
	again := running(t, dir, files, gazetteer.Ready)
	if got := found(t, again, "路", 1, anywhere); len(got) != 1 {
		t.Error("after a build that was broken off nothing is found")
	}
}

func TestAFileWithFaultsLeavesASignInTheCondition(t *testing.T) {
	t.Parallel()
	g := running(t, t.TempDir(), folder([]byte("code,name\n")), gazetteer.Failed)
	if got := found(t, g, "路", 9, anywhere); len(got) > 0 {
		t.Errorf("found %v", got)
	}
}

// A district of 1.8 million addresses: what questions of several sorts cost, what
// the file weighs, what building it takes in time and memory.
func BenchmarkFindInMillions(b *testing.B) {
	const rows = 1_800_000
	dir, from := b.TempDir(), b.TempDir()
	if err := os.WriteFile(filepath.Join(from, "addresses.csv"), invented(rows), 0o600); err != nil {
		b.Fatal(err)
	}
	runtime.GC() // of what was invented
	began := time.Now()
	peak := make(chan uint64, 1)
	stop := make(chan struct{})
	go func() { peak <- highest(stop) }()
	g := running(b, dir, os.DirFS(from), gazetteer.Ready)
	took := time.Since(began)
	close(stop)
	size := int64(0)
	list, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		b.Fatal(err)
	}
	for _, name := range list {
		if info, err := os.Stat(name); err == nil {
			size += info.Size()
		}
	}
	b.Logf("built in %v, %d MB on disk, at most %d MB of heap", took.Round(time.Second), size>>20, <-peak>>20)
	for _, question := range []string{
		"文晖路12号3幢1单元1806室", "文晖路12号", "文晖 1806", "杭州市下城区", "单元101室", "路", "3 5", "香山路399号 401室", "晖路4号3幢2单元1101室", "海洋公园", "12号 1单元 1806室 3幢",
	} {
		b.Run(question, func(b *testing.B) {
			worst, begun := time.Duration(0), spent(b)
			for b.Loop() {
				start := time.Now()
				found(b, g, question, 20, anywhere)
				worst = max(worst, time.Since(start))
			}
			b.ReportMetric(float64(worst.Microseconds())/1000, "ms/worst")
			b.ReportMetric(float64((spent(b)-begun).Microseconds())/1000/float64(b.N), "cpu-ms/op") // whatever else the machine does
		})
	}
}

// spent is the processor time of this process.
func spent(t testing.TB) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func highest(stop <-chan struct{}) uint64 {
	var top uint64
	for {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		top = max(top, m.HeapInuse)
		select {
		case <-stop:
			return top
		case <-time.After(200 * time.Millisecond):
		}
	}
}
