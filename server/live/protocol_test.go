package live_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/coder/websocket"

	"citydeck/cockpits/tile"
	"citydeck/server/live"
)

func TestASubscribeIsAnsweredAndThenKeptUpToDate(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	s := h.connect(t)
	s.say(`{"op":"subscribe","cockpit":"a"}`)
	var p picture
	m := s.next()
	if err := p.take(m); err != nil || m["op"] != "snapshot" || p.Seq != 1 || p.Layout != "la" || m["at"] != 1000.0 {
		t.Fatalf("answer = %s (%v), want the snapshot of state 1", dump(m), err)
	}
	for i := range 5 {
		h.Publish("a", int64(2000+i), []tile.Tile{stat("x", float64(10+i))})
		h.Flush()
		for p.Seq < float64(i+2) {
			m := s.until("delta")
			if tiles := m["tiles"].([]any); len(tiles) != 1 || len(tiles[0].(object)) != 2 {
				t.Errorf("patch of one value = %s, want id and value alone", dump(m))
			}
			if err := p.take(m); err != nil {
				t.Fatal(err)
			}
		}
	}
	if p.value("x") != 14.0 || p.value("y") != 2.0 {
		t.Errorf("tiles = %s, want x = 14, y = 2", p.text())
	}
}

func TestSubscribingIsAnsweredOnceReady(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	s, _, err := h.dial(t, nil, "cockpit.v1")
	if err != nil {
		t.Fatal(err)
	}
	if m := s.next(); m["ready"] != false || m["demo"] != false || m["build"] != "b1" {
		t.Errorf("hello = %s, want not ready", dump(m))
	}
	s.say(`{"op":"subscribe","cockpit":"a"}`)
	s.say(`{"op":"subscribe","cockpit":"nowhere"}`)
	if m := s.next(); m["code"] != "unknown_cockpit" {
		t.Errorf("before ready came %s, want the error alone", dump(m))
	}
	h.ready()
	if m := s.next(); m["op"] != "snapshot" {
		t.Errorf("once ready came %s, want the snapshot", dump(m))
	}
	again, _, err := h.dial(t, nil)
	if err != nil {
		t.Fatal(err)
	}
	if m := again.next(); m["ready"] != true {
		t.Errorf("hello = %s, want ready", dump(m))
	}
}

func TestResume(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	s := h.connect(t)
	s.say(`{"op":"subscribe","cockpit":"a"}`)
	epoch := s.next()["epoch"].(string)
	h.Publish("a", 2000, []tile.Tile{stat("x", 5)})
	h.Publish("a", 3000, []tile.Tile{stat("x", 6)})
	tests := map[string]struct {
		say      string
		op       string
		from, to float64
		tiles    int
	}{
		"what was missed comes as one delta":  {`"epoch":"` + epoch + `","seq":1`, "delta", 1, 3, 1},
		"nothing missed: an empty delta":      {`"epoch":"` + epoch + `","seq":3`, "delta", 3, 3, 0},
		"a foreign epoch":                     {`"epoch":"other","seq":1`, "snapshot", 0, 3, 2},
		"a seq ahead":                         {`"epoch":"` + epoch + `","seq":4`, "snapshot", 0, 3, 2},
		"the greatest seq":                    {`"epoch":"` + epoch + `","seq":9007199254740992`, "snapshot", 0, 3, 2},
		"seq 0 was never published":           {`"epoch":"` + epoch + `","seq":0`, "snapshot", 0, 3, 2},
		"a seq without epoch":                 {`"seq":1`, "snapshot", 0, 3, 2},
		"an epoch without seq":                {`"epoch":"` + epoch + `"`, "snapshot", 0, 3, 2},
		"null is as good as nothing":          {`"epoch":null,"seq":null`, "snapshot", 0, 3, 2},
		"keys that nobody knows are ignored":  {`"colour":"red","seq":3,"epoch":"` + epoch + `"`, "delta", 3, 3, 0},
		"subscribing again starts anew, once": {`"OP":"subscribe"`, "snapshot", 0, 3, 2},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := h.connect(t)
			s.say(`{"op":"subscribe","cockpit":"a",%s}`, tt.say)
			m := s.next()
			if m["op"] != tt.op || m["seq"] != tt.to || len(m["tiles"].([]any)) != tt.tiles ||
				tt.op == "delta" && m["from"] != tt.from {
				t.Errorf("resume with %s = %s, want %s %v→%v of %d tiles", tt.say, short(dump(m)), tt.op, tt.from, tt.to, tt.tiles)
			}
		})
	}
}

func TestEachSubscribeHasItsAnswerAndOneSubscription(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	s := h.connect(t)
	for range 5 {
		s.say(`{"op":"subscribe","cockpit":"a"}`)
	}
	for i := range 5 {
		if m := s.next(); m["op"] != "snapshot" {
			t.Fatalf("answer %d = %s, want a snapshot", i+1, short(dump(m)))
		}
	}
	h.Publish("a", 2000, []tile.Tile{stat("x", 5)})
	h.Flush()
	if m := s.next(); m["op"] != "delta" {
		t.Errorf("then came %s, want a delta", short(dump(m)))
	}
	s.say(`{"op":"unsubscribe","cockpit":"a"}`)
	s.say(`{"op":"unsubscribe","cockpit":"a"}`)
	s.say(`{"op":"unsubscribe","cockpit":"nowhere"}`)
	s.say(`{"op":"subscribe","cockpit":"b"}`)
	if m := s.next(); m["cockpit"] != "b" {
		t.Errorf("unsubscribe was answered: %s", short(dump(m)))
	}
	h.Publish("a", 3000, []tile.Tile{stat("x", 6)})
	h.Publish("b", 3000, []tile.Tile{stat("z", 6)})
	h.Flush()
	if m := s.next(); m["cockpit"] != "b" || m["op"] != "delta" {
		t.Errorf("after unsubscribe came %s, want the other cockpit's delta", short(dump(m)))
	}
}

func TestWhatCantBeDone(t *testing.T) {
	t.Parallel()
	h := open(t, func(c *live.Config) {
		c.Subscriptions = 2
		c.Cockpits = append(c.Cockpits, live.Cockpit{ID: "c"})
	})
	h.ready()
	tests := map[string]struct {
		say  string
		code string
	}{
		"half an object":                {`{`, "malformed"},
		"an array":                      {`[]`, "malformed"},
		"null":                          {`null`, "malformed"},
		"a string":                      {`"x"`, "malformed"},
		"nothing":                       {``, "malformed"},
		"two objects":                   {`{"op":"subscribe","cockpit":"a"}{}`, "malformed"},
		"no op":                         {`{"cockpit":"a"}`, "malformed"},
		"an empty object":               {`{}`, "malformed"},
		"op in capitals":                {`{"OP":"subscribe","cockpit":"a"}`, "malformed"},
		"op of another type":            {`{"op":1,"cockpit":"a"}`, "malformed"},
		"no cockpit":                    {`{"op":"subscribe"}`, "malformed"},
		"a number as cockpit":           {`{"op":"subscribe","cockpit":1}`, "malformed"},
		"unsubscribe of nothing":        {`{"op":"unsubscribe"}`, "malformed"},
		"a negative seq":                {`{"op":"subscribe","cockpit":"a","epoch":"e","seq":-1}`, "malformed"},
		"a fraction of a seq":           {`{"op":"subscribe","cockpit":"a","epoch":"e","seq":1.5}`, "malformed"},
		"a seq in quotes":               {`{"op":"subscribe","cockpit":"a","epoch":"e","seq":"1"}`, "malformed"},
		"a seq beyond 2^53":             {`{"op":"subscribe","cockpit":"a","epoch":"e","seq":9007199254740993}`, "malformed"},
		"a key twice":                   {`{"op":"subscribe","cockpit":"a","cockpit":"b"}`, "malformed"},
		"an op that nobody knows":       {`{"op":"dance","cockpit":"a"}`, "unknown_op"},
		"a cockpit that nobody knows":   {`{"op":"subscribe","cockpit":"nowhere"}`, "unknown_cockpit"},
		"a cockpit without a name":      {`{"op":"subscribe","cockpit":""}`, "unknown_cockpit"},
		"shown without a cockpit":       {`{"op":"shown","seq":1}`, "malformed"},
		"shown without a seq":           {`{"op":"shown","cockpit":"a"}`, "malformed"},
		"deep nesting in a foreign key": {`{"op":"subscribe","x":` + strings.Repeat("[", 20_000), "malformed"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			s := h.connect(t)
			s.say("%s", tt.say)
			if m := s.next(); m["op"] != "error" || m["code"] != tt.code || m["detail"] == "" {
				t.Errorf("%.60s: answer %s, want the error %s", tt.say, dump(m), tt.code)
			}
			s.say(`{"op":"subscribe","cockpit":"a"}`)
			if m := s.next(); m["op"] != "snapshot" {
				t.Errorf("after the error came %s: the connection must stay", short(dump(m)))
			}
		})
	}
	t.Run("a binary message", func(t *testing.T) {
		s := h.connect(t)
		s.write(websocket.MessageBinary, `{"op":"subscribe","cockpit":"a"}`)
		if m := s.next(); m["code"] != "malformed" {
			t.Errorf("binary: answer %s, want malformed", dump(m))
		}
	})
	t.Run("one cockpit too many", func(t *testing.T) {
		s := h.connect(t)
		for _, c := range []string{"a", "b", "a"} {
			s.say(`{"op":"subscribe","cockpit":"%s"}`, c)
			s.until("snapshot")
		}
		s.say(`{"op":"subscribe","cockpit":"c"}`)
		if m := s.next(); m["code"] != "too_many" || m["cockpit"] != "c" {
			t.Errorf("third of two subscriptions: %s, want too_many", dump(m))
		}
		s.say(`{"op":"unsubscribe","cockpit":"a"}`)
		s.say(`{"op":"subscribe","cockpit":"*"}`)
		if m := s.next(); m["op"] != "snapshot" {
			t.Errorf("after unsubscribe: %s, want room for another", dump(m))
		}
	})
	t.Run("what a paired screen says needs no answer", func(t *testing.T) {
		s := h.connect(t)
		s.say(`{"op":"shown","cockpit":"a","seq":1}`)
		s.say(`{"op":"subscribe","cockpit":"a"}`)
		if m := s.next(); m["op"] != "snapshot" {
			t.Errorf("shown was answered: %s", dump(m))
		}
	})
}

func TestWhatEndsAConnection(t *testing.T) {
	t.Parallel()
	h := open(t, nil)
	h.ready()
	tests := map[string]struct {
		do   func(*screen)
		code websocket.StatusCode
	}{
		"text that is no UTF-8": {func(s *screen) { s.say("{\"op\":\"\xff\"}") }, 1007},
		"64 KiB and one byte":   {func(s *screen) { s.say("%s", strings.Repeat(" ", 64<<10+1)) }, 1009},
		"a megabyte":            {func(s *screen) { s.say("%s", strings.Repeat(" ", 1<<20)) }, 1009},
		"the 100th error":       {func(s *screen) { s.errors(t, 100) }, 1008},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := h.connect(t)
			tt.do(s)
			if code := s.ends(); code != tt.code {
				t.Errorf("closed with %d, want %d", code, tt.code)
			}
		})
	}
	t.Run("64 KiB and 99 errors are allowed", func(t *testing.T) {
		t.Parallel()
		s := h.connect(t)
		s.errors(t, 98)
		s.say("%s", strings.Repeat(" ", 64<<10))
		s.say(`{"op":"subscribe","cockpit":"a"}`)
		s.until("snapshot")
	})
}

func (s *screen) errors(t *testing.T, n int) {
	t.Helper()
	for range n {
		s.say("{")
	}
	for range n {
		if m := s.next(); m["code"] != "malformed" {
			t.Errorf("answer %s, want malformed", dump(m))
		}
	}
}

// Whatever comes, an op is understood or refused by a code of the protocol; and
// what is understood is a JSON object.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{
		`{"op":"subscribe","cockpit":"a","epoch":"e","seq":1}`, `{"op":"unsubscribe","cockpit":"a"}`, `{"op":"shown"}`,
		`{`, `[]`, `null`, ``, `{"op":"dance"}`, `{"op":"subscribe","cockpit":"a","seq":9007199254740993}`, "{\"op\":\"\xff\"}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		switch code := live.Decode(text); code {
		case "malformed", "unknown_op":
		case "":
			var o object
			if err := json.Unmarshal(text, &o); err != nil || o["op"] == nil {
				t.Errorf("%q was understood, but is no object with an op: %v", text, err)
			}
		default:
			t.Errorf("%q: code %q", text, code)
		}
	})
}
