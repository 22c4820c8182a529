package main_test

import (
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"citydeck/server/store/postgrestest"
	"citydeck/server/stream/redistest"
)

// say runs a command of the program on the server's data.
func (s *server) say(args ...string) (out string, status int) {
	s.t.Helper()
	cmd := exec.Command(s.file, args...)
	cmd.Env = s.env
	b, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		s.t.Fatal(err)
	}
	return string(b), cmd.ProcessState.ExitCode()
}

// wants says what a figure must come to, as soon as it can.
func (s *server) wants(indicator, area string, want float64) {
	s.t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	got := s.value(indicator, area)
	for ; got != want && time.Now().Before(deadline); got = s.value(indicator, area) {
		time.Sleep(20 * time.Millisecond)
	}
	if got != want {
		s.t.Errorf("%s at %s is %v, want %v\n%s", indicator, area, got, want, s.log)
	}
}

// file writes a file for an import.
func file(t *testing.T, name, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestAFileIsImportedOnceWhetherAServerRunsOrNot(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s, p := newServer(t, program(t), r.URL()), newProducer(t, r)
	year := time.Now().AddDate(-1, 0, 0).UTC().Truncate(time.Hour)
	table := file(t, "last year.csv", "\uFEFFnote,measure,area,value,at,point\n"+
		fmt.Sprintf("opening,flow,b0,1000,%s,\n", year.Add(5*time.Minute).Format(time.RFC3339))+
		fmt.Sprintf("opening,flow,b5,234,%d,gate\n", year.Add(65*time.Minute).UnixMilli())+
		"bad,flow,nowhere,1,2020-01-01T00:00:00Z,\n")
	s.start()
	s.await()
	if out, status := s.say("import", "readings", table); status != 0 || !strings.Contains(out, "imported 2 readings") || !strings.Contains(out, "line 4: unknown_area") {
		t.Fatalf("import ends with %d: %s\n%s", status, out, s.log)
	}
	s.kill() // what was said to be imported is on disk
	p.write(100)
	s.start()
	s.wants("flow_sum", "town", p.o.sums["town"]+1234)
	s.wants("flow_sum", "s2", p.o.sums["s2"]+234)
	if out, status := s.say("import", "readings", table); status != 1 || !strings.Contains(out, "imported before") {
		t.Errorf("the same file again ends with %d: %s", status, out)
	}
	var told struct{ Points [][2]*float64 }
	ask := url.Values{"indicator": {"flow_sum"}, "area": {"town"}, "step": {"1h"},
		"from": {year.Format(time.RFC3339)}, "to": {year.Add(4 * time.Hour).Format(time.RFC3339)}}
	if !s.get("series?"+ask.Encode(), &told) || len(told.Points) < 2 || *told.Points[0][1] != 1000 || *told.Points[1][1] != 1234 {
		t.Errorf("the series of last year is %v", told.Points)
	}
	var v struct {
		CountsFrom *int64 `json:"counts_from"`
	}
	if !s.get("values?indicator=flow_sum&area=town", &v) || v.CountsFrom == nil || *v.CountsFrom != year.Add(5*time.Minute).UnixMilli() {
		t.Errorf("the sum counts from %v, want the first import", v.CountsFrom)
	}
	s.stop()
	lines := file(t, "more.ndjson", `{"measure":"flow","area":"b1","value":6,"at":"2020-01-01T00:00:00Z"}`+"\n\n"+`{"measure":"stock","area":"b1","point":"x","value":7}`+"\n")
	if out, status := s.say("import", "readings", lines); status != 0 || !strings.Contains(out, "imported 2 readings") {
		t.Fatalf("without a server import ends with %d: %s", status, out)
	}
	for name, path := range map[string]string{
		"the same again":        lines,
		"a file that lacks":     "/none.csv",
		"nothing usable in it":  file(t, "bad.ndjson", "{\"measure\":\"x\"}\n"),
		"a table without names": file(t, "bad.csv", "a,b\n1,2\n"),
	} {
		if out, status := s.say("import", "readings", path); status != 1 {
			t.Errorf("%s ends with %d: %s", name, status, out)
		}
	}
	if _, status := s.say("import", "everything"); status != 2 {
		t.Errorf("a call that nobody understands ends with %d", status)
	}
	s.start()
	s.wants("flow_sum", "town", p.o.sums["town"]+1240)
}

func TestABackupIsWhatAServerGoesOnFrom(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s, p := newServer(t, program(t), r.URL()), newProducer(t, r)
	s.start()
	p.write(2000)
	s.equals(p.o)
	to := filepath.Join(t.TempDir(), "copies", "today")
	p.write(2000) // it is used meanwhile
	if out, status := s.say("backup", to); status != 0 {
		t.Fatalf("backup ends with %d: %s\n%s", status, out, s.log)
	}
	if out, status := s.say("backup", to); status != 1 || !strings.Contains(out, "not empty") {
		t.Errorf("over another backup: %d %s", status, out)
	}
	p.write(1000)
	s.equals(p.o)
	s.stop()
	cold := filepath.Join(t.TempDir(), "cold")
	if out, status := s.say("backup", cold); status != 0 {
		t.Errorf("without a server backup ends with %d: %s", status, out)
	}
	for name, dir := range map[string]string{"made while it ran": to, "made at rest": cold} {
		restored := newServer(t, s.file, r.URL())
		restored.env = slices.Concat(s.env, []string{"COCKPIT_DATA_DIR=" + dir})
		restored.start()
		restored.equals(p.o)
		if !strings.Contains(restored.log.String(), `"msg":"restored"`) {
			t.Errorf("from the backup %s a server began anew\n%s", name, restored.log)
		}
		restored.stop()
	}
}

func TestWithoutAGoodCheckpointOnlyTheOneToldToRebuildStarts(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s, p := newServer(t, program(t), r.URL()), newProducer(t, r)
	s.start()
	p.write(500)
	s.equals(p.o)
	s.stop()
	var dir string
	for _, e := range s.env {
		if d, found := strings.CutPrefix(e, "COCKPIT_DATA_DIR="); found {
			dir = d
		}
	}
	files, err := filepath.Glob(filepath.Join(dir, "town", "checkpoint-*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("checkpoints %q, %v", files, err)
	}
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		b[len(b)/2] ^= 4
		if err := os.WriteFile(f, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if out, status := s.say(); status != 1 || !strings.Contains(out, "no checkpoint can be used") || !strings.Contains(out, "--rebuild") {
		t.Errorf("a start without a good checkpoint ends with %d: %s", status, out)
	}
	s.start("serve", "--rebuild")
	s.equals(p.o) // all of it is still in the stream
	p.letters()
}

func TestTheHistoryMayLieInPostgreSQL(t *testing.T) {
	t.Parallel()
	database := postgrestest.Start(t)
	r := redistest.Start(t)
	s, p := newServer(t, program(t), r.URL()), newProducer(t, r)
	s.env = append(s.env, "COCKPIT_DATABASE_URL="+database)
	year := time.Now().AddDate(-1, 0, 0).UTC().Truncate(time.Hour)
	s.start()
	p.write(500)
	s.equals(p.o)
	lines := file(t, "old.ndjson", fmt.Sprintf(`{"measure":"flow","area":"b1","value":6,"at":%d}`, year.UnixMilli()+1)+"\n")
	if out, status := s.say("import", "readings", lines); status != 0 {
		t.Fatalf("import ends with %d: %s\n%s", status, out, s.log)
	}
	s.kill()
	s.start()
	s.wants("flow_sum", "town", p.o.sums["town"]+6)
	var told struct{ Points [][2]*float64 }
	ask := url.Values{"indicator": {"flow_sum"}, "area": {"town"}, "step": {"1h"},
		"from": {year.Format(time.RFC3339)}, "to": {year.Add(time.Hour).Format(time.RFC3339)}}
	if !s.get("series?"+ask.Encode(), &told) || len(told.Points) != 1 || *told.Points[0][1] != 6 {
		t.Errorf("the series of last year is %v\n%s", told.Points, s.log)
	}
	if out, status := s.say("backup", filepath.Join(t.TempDir(), "copy")); status != 0 || !strings.Contains(out, "pg_dump") {
		t.Errorf("backup ends with %d: %s", status, out)
	}
	s.stop()
}
