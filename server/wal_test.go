package main_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"citydeck/server/stream/redistest"
)

// data is the folder that the program keeps everything in.
func (s *server) data() string {
	for _, e := range s.env {
		if dir, found := strings.CutPrefix(e, "COCKPIT_DATA_DIR="); found {
			return dir
		}
	}
	return ""
}

// anchored waits until an anchor has seen so many lines of the audit.
func (s *server) anchored(lines int) {
	s.t.Helper()
	anchor := regexp.MustCompile(`"msg":"anchor","chain":"audit","n":(\d+)`)
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(100 * time.Millisecond) {
		for _, found := range anchor.FindAllStringSubmatch(s.log.String(), -1) {
			if n, _ := strconv.Atoi(found[1]); n >= lines {
				return
			}
		}
	}
	s.t.Fatalf("no anchor saw line %d\n%s", lines, s.log)
}

func TestAFlippedBitInTheJournalOfAKilledServerIsNeverSilentlyAccepted(t *testing.T) {
	t.Parallel()
	s := newServer(t, program(t), redistest.Start(t).URL())
	s.start()
	s.await()
	const people = 20
	for i := range people {
		s.done(secret, "user", "add", "--name", fmt.Sprint("u", i), "--role", "viewer", "--area", s.root())
	}
	s.anchored(people)
	s.kill()
	left := t.TempDir()
	_ = os.Remove(filepath.Join(s.data(), "control.sock")) // no file that can be copied
	if err := os.CopyFS(left, os.DirFS(s.data())); err != nil {
		t.Fatal(err)
	}
	journal, err := os.ReadFile(filepath.Join(left, "record.db-wal"))
	if err != nil || len(journal) < 10_000 {
		t.Fatalf("the journal that was left over has %d bytes: %v", len(journal), err)
	}
	whole := ""
	for _, at := range []int{-1, len(journal) / 5, len(journal) / 2, len(journal) - 2000} {
		s.flipped(left, journal, at)
		if !s.wakes() {
			if at < 0 || !strings.Contains(s.log.String(), "citydeck: record: ") {
				t.Errorf("byte %d: it does not start, and does not say that it is for the record:\n%s", at, s.log)
			}
			continue
		}
		status, _, why := s.run("", "audit", "verify")
		_, lines, _ := s.run("", "audit", "export")
		stopped := strings.Contains(s.log.String(), "the record is incomplete")
		switch {
		case at < 0:
			whole = lines
			if status != 0 || stopped {
				t.Errorf("as a kill leaves it: %d %s, commands stopped: %v", status, why, stopped)
			}
		case status == 0 && !strings.HasPrefix(lines, whole):
			t.Errorf("byte %d: lines are missing, and it verifies", at)
		case status != 0 && (!regexp.MustCompile(`(?m)^audit:\d+: `).MatchString(why) || !stopped):
			t.Errorf("byte %d: verify says %d %q, commands stopped: %v; want the line, and stopped", at, status, why, stopped)
		}
		s.kill()
	}
}

// flipped lays out what a killed server left, with a bit of its journal flipped
// at a byte; below 0: none.
func (s *server) flipped(left string, journal []byte, at int) {
	s.t.Helper()
	errs := []error{os.RemoveAll(s.data()), os.CopyFS(s.data(), os.DirFS(left))}
	for _, key := range []string{"record.keys", "member.key"} {
		errs = append(errs, os.Chmod(filepath.Join(s.data(), key), 0o600))
	}
	if at >= 0 {
		journal = append([]byte{}, journal...)
		journal[at] ^= 4
		errs = append(errs, os.WriteFile(filepath.Join(s.data(), "record.db-wal"), journal, 0o600))
	}
	if err := errors.Join(errs...); err != nil {
		s.t.Fatal(err)
	}
}

// wakes starts a life; false: it ended by itself.
func (s *server) wakes() bool {
	s.t.Helper()
	s.log = &bytesLog{}
	s.start()
	ended := make(chan struct{})
	go func(p *os.Process) {
		if _, err := p.Wait(); err == nil {
			close(ended)
		}
	}(s.cmd.Process)
	select {
	case <-ended:
		s.cmd = nil
		return false
	case url := <-s.url:
		s.url <- url
		return true
	case <-time.After(time.Minute):
		s.t.Fatalf("it neither serves nor ends\n%s", s.log)
	}
	return false
}
