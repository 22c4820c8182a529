// Package postgrestest runs a real PostgreSQL for a test, on a socket of its own.
package postgrestest

import (
	"context"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const patience = time.Minute

// Start runs a server until the test ends and returns its URL. Without
// PostgreSQL on the machine the test is skipped.
func Start(t testing.TB) string {
	t.Helper()
	for _, program := range []string{"initdb", "postgres"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	dir, err := os.MkdirTemp("", "pg") // a socket's path is short
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	who := owner(t, dir)
	data := filepath.Join(dir, "data")
	begin := exec.Command("initdb", "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync") //nolint:gosec // the folder is the test's own
	begin.SysProcAttr, begin.Dir = who, dir
	if out, err := begin.CombinedOutput(); err != nil {
		t.Fatalf("initdb: %v\n%s", err, out)
	}
	serve := exec.Command("postgres", "-D", data, "-k", dir, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "logging_collector=off") //nolint:gosec // the same
	serve.SysProcAttr, serve.Dir = who, dir
	begun, stop, ended := make(chan error), make(chan struct{}), make(chan struct{})
	go func() { // the server ends with the thread that started it
		runtime.LockOSThread()
		defer close(ended)
		err := serve.Start()
		begun <- err
		if err != nil {
			return
		}
		<-stop
		_ = serve.Process.Kill() // it may have ended by itself
		_ = serve.Wait()
	}()
	if err := <-begun; err != nil {
		t.Fatalf("postgres: %v", err)
	}
	t.Cleanup(func() { close(stop); <-ended })
	at := "postgres://test@/postgres?host=" + url.QueryEscape(dir)
	await(t, at)
	return at
}

func await(t testing.TB, at string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	for {
		c, err := pgx.Connect(ctx, at)
		if err == nil {
			_ = c.Close(ctx) // it answered
			return
		}
		select {
		case <-time.After(20 * time.Millisecond):
		case <-ctx.Done():
			t.Fatalf("postgres does not answer: %v", err)
		}
	}
}
