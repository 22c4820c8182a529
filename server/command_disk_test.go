package main_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"citydeck/server/stream/redistest"
)

// disk is one that fails when it is told to.
type disk struct {
	t   *testing.T
	ctl string
}

// newDisk puts a shim between the server's record and the real disk.
func newDisk(t *testing.T, s *server) *disk {
	t.Helper()
	dir := t.TempDir()
	shim, ctl := filepath.Join(dir, "shim.so"), filepath.Join(dir, "ctl")
	source := filepath.Join("..", "fixtures", "faults", "shim.c")
	if out, err := exec.Command("gcc", "-shared", "-fPIC", "-O2", "-w", "-D_GNU_SOURCE", "-o", shim, source, "-ldl").CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	s.env = append(s.env, "LD_PRELOAD="+shim, "SHIM_CTL="+ctl, "SHIM_ON=record.db")
	d := &disk{t, ctl}
	d.is("well")
	return d
}

func (d *disk) is(how string) {
	d.t.Helper()
	if err := os.WriteFile(d.ctl, []byte(how), 0o600); err != nil {
		d.t.Fatal(err)
	}
}

// tries reports once on a household and says what came of it.
func (x *team) tries(t *testing.T, home, id string) (status int) {
	t.Helper()
	body := fmt.Sprintf(`{"id":%q,"state":"knocked"}`, id)
	s := &server{t: t, url: make(chan string, 1)}
	s.url <- x.boss.at
	res, _ := s.send("POST", "commands/"+x.command+"/households/"+home+"/reports", body, "Cookie", x.boss.cookie, "Content-Type", "application/json")
	return res.StatusCode
}

// keeps waits until the door says whether the record can be written.
func (x *team) keeps(t *testing.T, want bool) {
	t.Helper()
	var said struct{ Database *bool }
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		res, err := http.Get(x.boss.at + "readyz")
		if err != nil {
			t.Fatal(err)
		}
		err = json.NewDecoder(res.Body).Decode(&said)
		_ = res.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		if said.Database != nil && *said.Database == want {
			return
		}
	}
	t.Errorf("/readyz never says that the database is %v", want)
}

func TestOnABadDiskNothingIsAnsweredThatIsNotKept(t *testing.T) {
	t.Parallel()
	box := newMailbox(t)
	s := newServer(t, program(t), redistest.Start(t).URL())
	d := newDisk(t, s)
	x := &team{boss: &phone{cookie: s.estate(box)}, taken: map[string]string{}}
	x.boss.at = s.await()
	var seen, made struct{ Revision, ID string }
	body := map[string]any{"plan": "road-collapse", "zone": map[string]any{"areas": []string{"tidong-06", "tidong-09"}}, "exercise": false}
	if status, err := x.boss.ask("POST", "commands/preview", body, &seen); err != nil || status != 200 {
		t.Fatalf("the preview: %d %v", status, err)
	}
	if status, err := x.boss.ask("POST", "commands", body, &made, "If-Match", strconv.Quote(seen.Revision), "Idempotency-Key", "the-press"); err != nil || status != 201 {
		t.Fatalf("the press: %d %v", status, err)
	}
	x.command = made.ID
	var tasks []calledTask
	if _, err := x.boss.ask("GET", "commands/"+made.ID+"/tasks", nil, &tasks); err != nil {
		t.Fatal(err)
	}
	// Nine of them work on through it all, and ask again whatever is refused.
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i, task := range tasks[:9] {
			x.work(task, rand.New(rand.NewPCG(1, uint64(i))))
		}
	}()
	home := tasks[10].Households[0]
	for i, how := range []string{"full", "write", "fsync", "fsync-done", "full"} {
		if status := x.tries(t, home, fmt.Sprintf("before-%d", i)); status != 200 {
			t.Fatalf("%s: before, a report is answered with %d\n%s", how, status, s.log)
		}
		d.is(how)
		id := fmt.Sprintf("amid-%d", i)
		if status := x.tries(t, home, id); status != http.StatusServiceUnavailable {
			t.Errorf("%s: a report is answered with %d, want 503", how, status)
		}
		x.keeps(t, false)
		if res, _ := s.send("GET", "commands/"+x.command, "", "Cookie", x.boss.cookie); res.StatusCode != 200 {
			t.Errorf("%s: the command can't be looked at: %d", how, res.StatusCode)
		}
		d.is("well")
		x.keeps(t, true)
		p := *x.boss
		if status, err := p.ask("POST", "commands/"+x.command+"/households/"+home+"/reports", map[string]string{"id": id, "state": "knocked"}, nil); err != nil || status != 200 {
			t.Errorf("%s: the same report afterwards: %d %v", how, status, err)
		}
		x.mu.Lock()
		x.taken[id] = home
		x.mu.Unlock()
	}
	x.over.Store(true)
	<-done
	for _, w := range x.wrong {
		t.Error(w)
	}
	x.holds(t)
	x.proves(t, s, box)
	s.stop()
	if status, _, faults := s.run("", "audit", "verify"); status != 0 {
		t.Errorf("the record is not whole: %s", faults)
	}
}
