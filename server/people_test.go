package main_test

import (
	"bytes"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	_ "github.com/mattn/go-sqlite3" // to change what must not be changed
	"github.com/pquerna/otp/totp"

	"citydeck/server/stream/redistest"
)

const secret = "Under-the-bridge-7"

// run runs a command beside the server, or without one, and answers how it ended.
func (s *server) run(stdin string, args ...string) (status int, stdout, stderr string) {
	s.t.Helper()
	var out, err bytes.Buffer
	cmd := exec.Command(s.file, args...)
	cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr = s.env, strings.NewReader(stdin), &out, &err
	if e := cmd.Run(); e != nil && cmd.ProcessState == nil {
		s.t.Fatal(e)
	}
	return cmd.ProcessState.ExitCode(), out.String(), err.String()
}

// done runs a command that must succeed.
func (s *server) done(stdin string, args ...string) string {
	s.t.Helper()
	status, out, err := s.run(stdin, args...)
	if status != 0 {
		s.t.Fatalf("%v: %d %s", args, status, err)
	}
	return strings.TrimSpace(out)
}

// send is a request with a cookie or a token; header is its name and value.
func (s *server) send(method, path, body string, header ...string) (*http.Response, string) {
	s.t.Helper()
	req, err := http.NewRequest(method, s.await()+"api/v1/"+path, strings.NewReader(body))
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return res, string(text)
}

// signIn is the cookie of somebody; seed is that of his codes, or empty.
func (s *server) signIn(name, seed string) string {
	s.t.Helper()
	code := ""
	if seed != "" {
		var err error
		if code, err = totp.GenerateCode(seed, time.Now()); err != nil {
			s.t.Fatal(err)
		}
	}
	res, text := s.send("POST", "session", fmt.Sprintf(`{"name":%q,"password":%q,"code":%q}`, name, secret, code))
	if res.StatusCode != http.StatusNoContent || len(res.Cookies()) != 1 {
		s.t.Fatalf("sign in %s: %d %s", name, res.StatusCode, text)
	}
	c := res.Cookies()[0]
	if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Path != "/" {
		s.t.Errorf("the cookie is %v", c)
	}
	return c.Name + "=" + c.Value
}

// seedOf is the seed in what a phone reads.
func seedOf(t *testing.T, otpauth string) string {
	t.Helper()
	m := regexp.MustCompile(`^otpauth://totp/\S+\?secret=([A-Z2-7]+)&`).FindStringSubmatch(otpauth)
	if m == nil {
		t.Fatalf("%q is nothing that a phone reads", otpauth)
	}
	return m[1]
}

func TestANewcomersTenMinutes(t *testing.T) {
	t.Parallel()
	s := newServer(t, program(t), redistest.Start(t).URL())
	s.env = append(s.env, "COCKPIT_AUTH_ANONYMOUS=none")
	printed, err := os.Create(filepath.Join(t.TempDir(), "stdout"))
	if err != nil {
		t.Fatal(err)
	}
	defer printed.Close()
	s.stdout = printed
	s.start()
	s.await()
	var link []string
	for end := time.Now().Add(time.Minute); link == nil && time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		text, err := os.ReadFile(printed.Name())
		if err != nil {
			t.Fatal(err)
		}
		link = regexp.MustCompile(`http://\S+/sign-in#setup=(\S+)`).FindStringSubmatch(string(text))
	}
	if strings.Contains(s.log.String(), "setup=") {
		t.Error("the link is in the log")
	}
	if link == nil {
		t.Fatalf("no link for the first admin\n%s", s.log)
	}
	res, text := s.send("POST", "setup", fmt.Sprintf(`{"code":%q,"name":"boss","password":%q}`, link[1], secret))
	var made struct{ OTPAuth string }
	if err := json.Unmarshal([]byte(text), &made); err != nil || res.StatusCode != http.StatusCreated {
		t.Fatalf("the first admin: %d %s", res.StatusCode, text)
	}
	boss := s.signIn("boss", seedOf(t, made.OTPAuth))
	if res, _ := s.send("POST", "setup", fmt.Sprintf(`{"code":%q,"name":"second","password":%q}`, link[1], secret)); res.StatusCode < 400 {
		t.Errorf("the link works twice: %d", res.StatusCode)
	}

	root := s.root()
	if out := s.done(secret+"\n", "user", "add", "--name", "leader", "--role", "street_leader", "--area", root); out != "" {
		t.Errorf("a street leader needs no code, and %q was printed", out)
	}
	leader := s.signIn("leader", "")
	if res, text := s.send("GET", "cockpits", "", "Cookie", leader); res.StatusCode != http.StatusOK {
		t.Errorf("the leader sees %d %s", res.StatusCode, text)
	}

	_, text = s.send("POST", "screens/pair", "")
	var wall struct{ Code, Poll, ID, Token string }
	_ = json.Unmarshal([]byte(text), &wall)
	_, text = s.send("GET", "cockpits", "", "Cookie", leader)
	var cockpits []struct{ ID string }
	if err := json.Unmarshal([]byte(text), &cockpits); err != nil || len(cockpits) == 0 {
		t.Fatalf("cockpits: %s", text)
	}
	body := fmt.Sprintf(`{"code":%q,"name":"大厅","area":%q,"cockpit":%q,"width_m":4.8,"distance_m":8}`, wall.Code, root, cockpits[0].ID)
	if res, text := s.send("POST", "screens", body, "Cookie", boss); res.StatusCode != http.StatusCreated {
		t.Errorf("pair: %d %s", res.StatusCode, text)
	}
	_, text = s.send("POST", "screens/claim", fmt.Sprintf(`{"poll":%q}`, wall.Poll))
	_ = json.Unmarshal([]byte(text), &wall)
	if res, text := s.send("GET", "cockpits", "", "Cookie", "citydeck_screen="+wall.Token); res.StatusCode != http.StatusOK {
		t.Errorf("the wall sees %d %s", res.StatusCode, text)
	}
	token := s.done("", "token", "add", "--source", "gas", "--area", root)
	if res, text := s.send("POST", "readings", `{"measure":"none","area":"none","value":1}`, "Authorization", "Bearer "+token); res.StatusCode != http.StatusAccepted {
		t.Errorf("the source: %d %s", res.StatusCode, text)
	}
	s.stop()
}

// root is the id of the district's first area.
func (s *server) root() string {
	s.t.Helper()
	for _, e := range s.env {
		dir, found := strings.CutPrefix(e, "COCKPIT_DISTRICT_DIR=")
		if !found {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, "areas.csv"))
		if err != nil {
			s.t.Fatal(err)
		}
		return strings.Split(strings.Split(string(text), "\n")[1], ",")[0]
	}
	return ""
}

func TestPeopleFromTheCommandLine(t *testing.T) {
	t.Parallel()
	s := newServer(t, program(t), redistest.Start(t).URL())
	s.env = append(s.env, "COCKPIT_AUTH_ANONYMOUS=none")
	root := s.root()
	add := func(name, role string) []string {
		return []string{"user", "add", "--name", name, "--role", role, "--area", root}
	}
	seed := ""
	for _, running := range []bool{false, true} { // on the files, then through the server that runs
		suffix := "-alone"
		if running {
			suffix = "-beside"
			s.start()
			s.await()
		}
		seed = seedOf(t, s.done(secret, add("boss"+suffix, "admin")...))
		if out := s.done(secret+"\r\nnot this line", add("wang"+suffix, "viewer")...); out != "" {
			t.Errorf("a viewer was given %q", out)
		}
		for name, tt := range map[string]struct {
			stdin  string
			args   []string
			status int
			says   string
		}{
			"a weak password":        {"short", add("x", "viewer"), 1, "at least 10"},
			"no password":            {"", add("x", "viewer"), 1, "at least 10"},
			"a name that is taken":   {secret, add("boss"+suffix, "viewer"), 1, "taken"},
			"an unknown role":        {secret, add("x", "mayor"), 1, "mayor"},
			"an unknown area":        {secret, []string{"user", "add", "--name", "x", "--role", "viewer", "--area", "none"}, 1, "none"},
			"two administrators":     {"", []string{"user", "grant", "--name", "boss" + suffix, "--role", "security", "--area", root}, 1, "three people"},
			"a role he doesn't have": {"", []string{"user", "revoke", "--name", "boss" + suffix, "--role", "viewer", "--area", root}, 1, "does not have"},
			"nobody":                 {"", []string{"user", "disable", "--name", "nobody"}, 1, "no such user"},
			"a missing flag":         {secret, []string{"user", "add", "--name", "x"}, 2, "needs --role"},
			"an unknown flag":        {secret, []string{"user", "add", "--nam", "x"}, 2, "nam"},
			"an unknown deed":        {"", []string{"user", "promote"}, 2, "promote"},
			"a token of nobody":      {"", []string{"token", "add", "--user", "nobody"}, 1, "no such user"},
			"a token of two":         {"", []string{"token", "add", "--user", "a", "--source", "b"}, 2, "either"},
			"a token's odd measure":  {"", []string{"token", "add", "--source", "gas", "--measure", "none"}, 1, "none"},
			"a token that is none":   {"", []string{"token", "revoke", "0"}, 1, "no such token"},
		} {
			status, out, err := s.run(tt.stdin, tt.args...)
			if status != tt.status || out != "" || !strings.Contains(err, tt.says) {
				t.Errorf("%s, running = %v: %d, %q, %q; want %d and %q", name, running, status, out, err, tt.status, tt.says)
			}
		}
		list := s.done("", "user", "list")
		if want := `{"name":"wang` + suffix + `","roles":[{"role":"viewer","area":"` + root + `"}],"responder":null,"disabled":false}`; !strings.Contains(list, want) || strings.Contains(list, `"x"`) {
			t.Errorf("user list = %s, want %s, and no x", list, want)
		}
	}
	s.signIn("boss-beside", seed)
	s.signIn("wang-alone", "")
	s.done("", "user", "disable", "--name", "wang-alone")
	if res, _ := s.send("POST", "session", fmt.Sprintf(`{"name":"wang-alone","password":%q}`, secret)); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("a closed account signs in: %d", res.StatusCode)
	}
	s.stop()
}

func TestVerifyTellsWhatWasDoneToTheRecord(t *testing.T) {
	t.Parallel()
	file := program(t)
	tests := map[string]struct{ do, want string }{
		"nothing":        {"select 1", ""},
		"a changed line": {"update audit set object = 'nothing' where n = 3", "audit:3: "},
		"a deleted line": {"delete from audit where n = 3", "audit:3: "},
		"swapped lines":  {"update audit set n = case n when 3 then 104 else 103 end where n in (3, 4); update audit set n = n - 100 where n > 100", "audit:3: "},
		"a cut end":      {"delete from audit where n > 3", "audit:4: "},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newServer(t, file, "redis://127.0.0.1:1")
			for i := range 6 {
				s.done(secret, "user", "add", "--name", fmt.Sprint("u", i), "--role", "viewer", "--area", s.root())
			}
			data := ""
			for _, e := range s.env {
				if dir, found := strings.CutPrefix(e, "COCKPIT_DATA_DIR="); found {
					data = dir
				}
			}
			db, err := sql.Open("sqlite3", filepath.Join(data, "record.db"))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(tt.do); err != nil {
				t.Fatal(err)
			}
			_ = db.Close()
			status, _, stderr := s.run("", "audit", "verify", "--anchor", filepath.Join(data, "record.anchors"))
			if tt.want == "" && (status != 0 || stderr != "") || tt.want != "" && (status != 1 || !strings.HasPrefix(stderr, tt.want)) {
				t.Errorf("audit verify: %d %q, want %q", status, stderr, tt.want)
			}
		})
	}
	s := newServer(t, file, "redis://127.0.0.1:1")
	if status, _, _ := s.run("", "audit", "verify"); status != 1 {
		t.Errorf("verify without a record: %d, want 1", status)
	}
	if err := errors.Join(os.MkdirAll(s.data(), 0o700), os.WriteFile(filepath.Join(s.data(), "record.db"), []byte(strings.Repeat("no database ", 1000)), 0o600)); err != nil {
		t.Fatal(err)
	}
	if status, _, why := s.run("", "audit", "verify"); status != 1 || strings.Contains(why, "goroutine") {
		t.Errorf("verify of a file that is no database: %d %s, want 1", status, why)
	}
	if status, _, _ := s.run("", "audit", "forget"); status != 2 {
		t.Errorf("an unknown deed: %d, want 2", status)
	}
}
