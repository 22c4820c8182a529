package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"citydeck/cockpits/xiacheng"
	"citydeck/server/channel/webhook"
	"citydeck/server/stream/redistest"
)

const signedWith = "whsec_bm90IGEgc2VjcmV0IG9mIGFueWJvZHk="

// mailbox takes messages as a gateway does: a message that comes again under its
// id is the same message.
type mailbox struct {
	*httptest.Server
	mu    sync.Mutex
	texts map[string]string // guarded by mu; by id
	bad   []string          // guarded by mu
}

func newMailbox(t *testing.T) *mailbox {
	b := &mailbox{texts: map[string]string{}}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		id, good := webhook.Verify(signedWith, r.Header, body, time.Now())
		var said struct {
			To   struct{ ID string }
			Kind string
		}
		unread := json.Unmarshal(body, &said)
		b.mu.Lock()
		defer b.mu.Unlock()
		meant := said.To.ID + " " + said.Kind
		if was, known := b.texts[id]; !good || unread != nil || known && was != meant {
			b.bad = append(b.bad, fmt.Sprintf("%s: %s, was %s", id, meant, was))
			return
		}
		b.texts[id] = meant
	}))
	t.Cleanup(b.Close)
	return b
}

// estate makes the server one of the shipped district, with its people on the
// lists, and gives the cookie of its commander.
func (s *server) estate(box *mailbox) (boss string) {
	s.t.Helper()
	dir := s.t.TempDir()
	if err := os.CopyFS(dir, xiacheng.Files); err != nil {
		s.t.Fatal(err)
	}
	path := filepath.Join(dir, "plans", "road-collapse.toml")
	plan, err := os.ReadFile(path)
	if err != nil {
		s.t.Fatal(err)
	}
	plan = append(plan, "\n[[channel]]\naudience = \"responders\"\nkind = \"webhook\"\nafter = \"0s\"\n"...)
	if err := os.WriteFile(path, plan, 0o600); err != nil {
		s.t.Fatal(err)
	}
	s.env = append(s.env, "COCKPIT_DISTRICT_DIR="+dir, "COCKPIT_CHANNEL_WEBHOOK_URL="+box.URL, "COCKPIT_CHANNEL_WEBHOOK_SECRET="+signedWith)
	for _, list := range []string{"households", "responders", "shelters"} {
		text, err := os.ReadFile(filepath.Join("..", "fixtures", list+".csv"))
		if err != nil {
			s.t.Fatal(err)
		}
		s.done("", "import", list, file(s.t, list+".csv", string(bytes.ReplaceAll(text, []byte(",app"), []byte(",webhook;app")))))
	}
	seed := seedOf(s.t, s.done(secret+"\n", "user", "add", "--name", "boss", "--role", "commander", "--area", "xiacheng"))
	s.start()
	at, err := url.Parse(s.await())
	if err != nil {
		s.t.Fatal(err)
	}
	s.env = append(s.env, "COCKPIT_HTTP_LISTEN="+at.Host) // each life serves at the same place
	return s.signIn("boss", seed)
}

// errOver ends a client whose server never answers.
var errOver = errors.New("no answer within a minute")

// phone asks again and again until it is answered.
type phone struct {
	at     string // with a slash at its end
	cookie string
}

// ask is answered with neither a broken line nor a server that isn't ready.
func (p *phone) ask(method, path string, body, into any, header ...string) (status int, err error) {
	raw, err := json.Marshal(body)
	if err != nil {
		return 0, err
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		req, err := http.NewRequest(method, p.at+"api/v1/"+path, bytes.NewReader(raw))
		if err != nil {
			return 0, err
		}
		for i := 0; i+1 < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		req.Header.Set("Cookie", p.cookie)
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			continue
		}
		text, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode == http.StatusServiceUnavailable {
			continue
		}
		if c := res.Cookies(); len(c) > 0 {
			p.cookie = c[0].Name + "=" + c[0].Value
		}
		if into != nil && res.StatusCode < 300 {
			err = json.Unmarshal(text, into)
		}
		return res.StatusCode, err
	}
	return 0, errOver
}

// calledTask is a task as its commander sees it.
type calledTask struct {
	ID, Responder, Link string
	Households          []string
}

// team answers for everybody who is called, and remembers what was answered.
type team struct {
	boss    *phone
	command string
	over    atomic.Bool // the last round

	mu    sync.Mutex
	taken map[string]string // guarded by mu; household by the id of a report that was answered
	faced []string          // guarded by mu; tasks whose acknowledgement was answered
	wrong []string          // guarded by mu
}

func (x *team) complain(format string, args ...any) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.wrong = append(x.wrong, fmt.Sprintf(format, args...))
}

// enter lets a responder in by a link; one that was spent while the server died
// is replaced by the commander.
func (x *team) enter(task calledTask) *phone {
	for link := task.Link; ; {
		_, code, _ := strings.Cut(link, "#")
		p := &phone{at: x.boss.at}
		if status, err := p.ask("POST", "session/link", map[string]string{"code": code}, nil); err != nil || status == http.StatusNoContent {
			return p
		}
		boss, list := *x.boss, []calledTask{}
		if _, err := boss.ask("GET", "commands/"+x.command+"/tasks", nil, &list); err != nil {
			return p
		}
		for _, t := range list {
			if t.ID == task.ID {
				link = t.Link
			}
		}
	}
}

// work is one responder's part: he acknowledges, knocks at his doors until the
// last round, and then has everybody out.
func (x *team) work(task calledTask, rounds *rand.Rand) {
	p := x.enter(task)
	path := "commands/" + x.command
	if status, err := p.ask("POST", path+"/tasks/"+task.ID+"/acknowledgement", map[string]string{"answer": "yes"}, nil); err != nil || status != 200 {
		x.complain("%s acknowledges: %d %v", task.Responder, status, err)
		return
	}
	x.mu.Lock()
	x.faced = append(x.faced, task.ID)
	x.mu.Unlock()
	for n := 0; ; n++ {
		last := x.over.Load()
		for _, home := range task.Households {
			id, state := task.ID+"-"+home+"-"+strconv.Itoa(n), "knocked"
			if last {
				state = "left"
			} else if rounds.IntN(4) > 0 {
				continue
			}
			status, err := p.ask("POST", path+"/households/"+home+"/reports", map[string]string{"id": id, "state": state}, nil)
			if err != nil || status != 200 {
				x.complain("the report %s: %d %v", id, status, err)
				return
			}
			x.mu.Lock()
			x.taken[id] = home
			x.mu.Unlock()
			if !last {
				time.Sleep(time.Duration(rounds.IntN(100)) * time.Millisecond)
			}
		}
		if last {
			return
		}
	}
}

// bookLine is a line of the ledger.
type bookLine struct {
	N                                                 int64
	Kind, By, Task, Household, Report, Message, State string
	Responder, Channel                                string
	Households                                        []string
}

// book reads the ledger.
func (x *team) book(t *testing.T, s *server) (list []bookLine) {
	t.Helper()
	_, text := s.send("GET", "commands/"+x.command+"/ledger", "", "Cookie", x.boss.cookie)
	for line := range strings.Lines(text) {
		var l bookLine
		if err := json.Unmarshal([]byte(line), &l); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		list = append(list, l)
	}
	return list
}

// proves compares what was answered with what is on record and what arrived.
func (x *team) proves(t *testing.T, s *server, box *mailbox) {
	t.Helper()
	reports, faced, sent, tasked := map[string]int{}, map[string]int{}, map[string]int{}, map[string]int{}
	for i, l := range x.book(t, s) {
		if l.N != int64(i)+1 {
			t.Fatalf("line %d has the number %d", i+1, l.N)
		}
		switch l.Kind {
		case "reported":
			reports[l.Report]++
		case "acknowledged":
			faced[l.Task]++
		case "sent":
			if l.Channel == "webhook" {
				sent[l.Message]++
			}
		case "tasked":
			tasked[l.Responder]++
		}
	}
	for id := range x.taken {
		if reports[id] != 1 {
			t.Errorf("the report %s was answered and stands %d times in the ledger", id, reports[id])
		}
	}
	for _, id := range x.faced {
		if faced[id] != 1 {
			t.Errorf("the acknowledgement of %s was answered and stands %d times in the ledger", id, faced[id])
		}
	}
	box.mu.Lock()
	defer box.mu.Unlock()
	for id, n := range sent {
		if box.texts[id] == "" || n != 1 {
			t.Errorf("the message %s is on record as sent %d times; arrived: %q", id, n, box.texts[id])
		}
	}
	if len(box.bad) > 0 {
		t.Errorf("%d messages were not signed, or meant another thing under their id: %v", len(box.bad), box.bad[:min(3, len(box.bad))])
	}
	meant := map[string]int{}
	for _, m := range box.texts {
		meant[m]++
	}
	for m, n := range meant {
		if strings.HasSuffix(m, " task") && n > tasked[strings.TrimSuffix(m, " task")] {
			t.Errorf("%q reached its person as %d messages, he was called %d times", m, n, tasked[strings.TrimSuffix(m, " task")])
		}
	}
}

// holds says that each household stands in exactly one task, and nobody has two.
func (x *team) holds(t *testing.T) {
	t.Helper()
	var list []calledTask
	if _, err := x.boss.ask("GET", "commands/"+x.command+"/tasks", nil, &list); err != nil {
		t.Fatal(err)
	}
	people, homes := map[string]int{}, map[string]int{}
	for _, task := range list {
		people[task.Responder]++
		for _, h := range task.Households {
			homes[h]++
		}
	}
	if slices.Max(slices.Collect(maps.Values(people))) > 1 || slices.Max(slices.Collect(maps.Values(homes))) > 1 || len(homes) != 792 {
		t.Errorf("%d people hold %d tasks with %d households, some twice", len(people), len(list), len(homes))
	}
}

// lives is how often the server is killed: CITYDECK_KILLS by hand.
func lives(t *testing.T) int {
	n, err := strconv.Atoi(os.Getenv("CITYDECK_KILLS"))
	switch {
	case err == nil:
		return n
	case testing.Short():
		return 3
	}
	t.Log("CITYDECK_KILLS=100 kills it a hundred times")
	return 8
}

func TestKilledInACommandNothingAnsweredIsLost(t *testing.T) {
	t.Parallel()
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	chance := rand.New(rand.NewPCG(seed, 3))
	box := newMailbox(t)
	s := newServer(t, program(t), redistest.Start(t).URL())
	x := &team{boss: &phone{cookie: s.estate(box)}, taken: map[string]string{}}
	x.boss.at = s.await()
	body := map[string]any{"plan": "road-collapse", "zone": map[string]any{"areas": []string{"tidong-06", "tidong-09"}}, "exercise": false}
	var seen struct {
		Revision   string
		Households int
	}
	if status, err := x.boss.ask("POST", "commands/preview", body, &seen); err != nil || status != 200 || seen.Households != 792 {
		t.Fatalf("the preview: %d %v, %d households", status, err, seen.Households)
	}
	// It dies in the press itself, at some moment; whoever pressed asks again under his key.
	killed := make(chan struct{})
	go func() {
		defer close(killed)
		time.Sleep(time.Duration(chance.IntN(300)) * time.Millisecond)
		s.kill()
		s.start()
	}()
	var made struct{ ID string }
	status, err := x.boss.ask("POST", "commands", body, &made, "If-Match", strconv.Quote(seen.Revision), "Idempotency-Key", "the-press")
	<-killed
	if err != nil || status != 200 && status != 201 {
		t.Fatalf("the press: %d %v", status, err)
	}
	s.await()
	var all []struct{ ID string }
	var tasks []calledTask
	if _, err := x.boss.ask("GET", "commands", nil, &all); err != nil || len(all) != 1 {
		t.Fatalf("one press made %d commands: %v", len(all), err)
	}
	x.command = made.ID
	if _, err := x.boss.ask("GET", "commands/"+made.ID+"/tasks", nil, &tasks); err != nil || len(tasks) < 40 {
		t.Fatalf("%d tasks: %v", len(tasks), err)
	}
	var people sync.WaitGroup
	for i, task := range tasks {
		r := rand.New(rand.NewPCG(seed, uint64(i)+100))
		people.Go(func() { x.work(task, r) })
	}
	for range lives(t) {
		time.Sleep(time.Duration(50+chance.IntN(700)) * time.Millisecond)
		s.kill()
		s.start()
		s.await()
	}
	x.over.Store(true)
	people.Wait()
	for _, w := range x.wrong {
		t.Error(w)
	}
	x.holds(t)
	x.proves(t, s, box)
	t.Logf("%d answers of %d people, %d messages", len(x.taken)+len(x.faced), len(tasks), len(box.texts))
	s.stop()
	if status, _, faults := s.run("", "audit", "verify"); status != 0 {
		t.Errorf("the record is not whole: %s", faults)
	}
}
