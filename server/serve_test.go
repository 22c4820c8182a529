package main_test

import (
	"bufio"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestTheServerEndsWhenItIsToldTo(t *testing.T) {
	t.Parallel()
	file, dir := program(t), t.TempDir()
	env := append(os.Environ(), "COCKPIT_HTTP_LISTEN=127.0.0.1:0", "COCKPIT_DEMO_ENABLED=false")
	serve := func() (*exec.Cmd, *bufio.Scanner) {
		cmd := exec.Command(file)
		cmd.Dir, cmd.Env = dir, env
		out, err := cmd.StderrPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill() })
		return cmd, bufio.NewScanner(out)
	}
	first, log := serve()
	url := ""
	for url == "" && log.Scan() {
		var line struct{ Msg, URL string }
		if err := json.Unmarshal(log.Bytes(), &line); err != nil {
			t.Errorf("the log's line %s: %v", log.Text(), err)
		}
		if line.Msg == "serving" {
			url = line.URL
		}
	}
	client := http.Client{Timeout: 20 * time.Second}
	res, err := client.Get(url + "healthz")
	if err != nil || res.StatusCode != http.StatusOK {
		t.Fatalf("the server at %q is not alive: %v", url, err)
	}
	_ = res.Body.Close()

	second, said := serve()
	text := ""
	for said.Scan() {
		text += said.Text() + "\n"
	}
	_ = second.Wait() // its status is asked below
	if got := second.ProcessState.ExitCode(); got != 1 || !strings.Contains(text, `data.dir = "data" is used by another process`) {
		t.Errorf("a second server on the same data ends with %d and says\n%s", got, text)
	}

	if err := first.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	last := ""
	for log.Scan() {
		last = log.Text()
	}
	if err := first.Wait(); err != nil || !strings.Contains(last, `"msg":"stopped"`) {
		t.Errorf("told to stop the server ends with %v, its last line is %s", err, last)
	}
}
