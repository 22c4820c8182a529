// Package redistest runs a real redis-server for a test: it can be killed,
// frozen, thawed and started again on the same port with the same files.
package redistest

import (
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// Server is a redis-server of one test.
type Server struct {
	Addr  string // host:port
	Dir   string // where its files are
	t     testing.TB
	args  []string
	cmd   *exec.Cmd
	jobs  chan func() // run by the one thread that the server's life hangs on
	ended chan struct{}
}

// Start runs a server until the test ends, and waits until it answers. More
// arguments go to redis-server as they are.
func Start(t testing.TB, args ...string) *Server {
	t.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		t.Fatal("redis-server is not installed")
	}
	port, dir := freePort(t), t.TempDir()
	s := &Server{
		Dir: dir, Addr: net.JoinHostPort("127.0.0.1", strconv.Itoa(port)), t: t, jobs: make(chan func()), ended: make(chan struct{}),
		args: append([]string{
			"--port", strconv.Itoa(port), "--bind", "127.0.0.1", "--dir", dir,
			"--save", "", "--appendonly", "yes", "--logfile", "redis.log",
		}, args...),
	}
	go func() { // when its parent's thread ends, the kernel ends the server
		runtime.LockOSThread()
		defer close(s.ended)
		for job := range s.jobs {
			job()
		}
	}()
	t.Cleanup(func() {
		s.Kill()
		close(s.jobs)
		<-s.ended
	})
	s.Restart()
	return s
}

// URL is the server's for redis.url.
func (s *Server) URL() string { return "redis://" + s.Addr }

// Restart starts the server again after Kill, and waits until it answers.
func (s *Server) Restart() {
	s.t.Helper()
	var err error
	s.do(func() {
		s.cmd = exec.Command("redis-server", s.args...) //nolint:gosec // the arguments are the test's own
		s.cmd.SysProcAttr = dieWithParent()
		s.cmd.Stderr = os.Stderr
		err = s.cmd.Start()
	})
	if err != nil {
		s.t.Fatalf("start redis-server: %v", err)
	}
	c := s.Client()
	defer func() { _ = c.Close() }() // nobody is left to be told
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	for c.Ping(ctx).Err() != nil {
		if ctx.Err() != nil {
			s.t.Fatal("redis-server does not answer")
		}
		select {
		case <-time.After(5 * time.Millisecond):
		case <-ctx.Done():
		}
	}
}

// Client is a client of the server; whoever asks closes it.
func (s *Server) Client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: s.Addr, MaxRetries: -1, ContextTimeoutEnabled: true})
}

// Kill ends the server as kill -9 does, once its log of changes is written: while
// an fsync takes long, Redis answers before it writes. Nothing happens when it has
// ended.
func (s *Server) Kill() {
	s.flushed()
	s.do(func() {
		if s.cmd == nil || s.cmd.Process == nil {
			return
		}
		_ = s.cmd.Process.Kill() // it may have ended by itself
		_ = s.cmd.Wait()
		s.cmd = nil
	})
}

// Written is how long the log of its changes is now.
func (s *Server) Written() int64 {
	s.t.Helper()
	s.flushed()
	info, err := os.Stat(s.changes())
	if err != nil {
		s.t.Fatal(err)
	}
	return info.Size()
}

// flushed waits until all that was answered is in the log of changes, or a second
// of a server that doesn't answer.
func (s *Server) flushed() {
	c := s.Client()
	defer func() { _ = c.Close() }() // nobody is left to be told
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	for ctx.Err() == nil {
		info, err := c.Info(ctx, "persistence").Result()
		if err != nil || strings.Contains(info, "aof_enabled:0") || strings.Contains(info, "aof_buffer_length:0\r") {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Forget cuts the log of a killed server to a length that Written told before:
// what a power cut loses.
func (s *Server) Forget(to int64) {
	s.t.Helper()
	if err := os.Truncate(s.changes(), to); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) changes() string {
	s.t.Helper()
	found, err := filepath.Glob(filepath.Join(s.Dir, "appendonlydir", "*.incr.aof"))
	if err != nil || len(found) == 0 {
		s.t.Fatalf("no log of changes in %s: %v", s.Dir, err)
	}
	slices.Sort(found)
	return found[len(found)-1]
}

// do runs on the server's thread.
func (s *Server) do(job func()) {
	done := make(chan struct{})
	s.jobs <- func() { job(); close(done) }
	<-done
}

func freePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	addr, ok := l.Addr().(*net.TCPAddr)
	if !ok {
		t.Fatal(fmt.Errorf("no port: %v", l.Addr()))
	}
	return addr.Port
}
