package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"citydeck/cockpits/respond/command"
	"citydeck/server/app"
	"citydeck/server/stream/redistest"
)

// lists reads the shipped people in.
func (h *house) lists() {
	h.t.Helper()
	for _, list := range []string{"households", "responders", "shelters"} {
		h.must(app.Errand{Do: "import " + list, Path: shipped(list + ".csv")})
	}
}

// press launches the shipped road collapse for some buildings.
func (h *house) press(boss string, exercise bool, buildings ...string) command.View {
	h.t.Helper()
	body := m{"plan": "road-collapse", "zone": m{"buildings": buildings}, "exercise": exercise}
	var seen command.Preview
	var view command.View
	if status := h.said(boss, "POST", "/commands/preview", body, &seen); status != 200 {
		h.t.Fatalf("the preview: %d", status)
	}
	if status := h.said(boss, "POST", "/commands", body, &view, "If-Match", `"`+seen.Revision+`"`, "Idempotency-Key", strings.Join(buildings, " ")); status != 201 {
		h.t.Fatalf("the launch: %d", status)
	}
	return view
}

// phone opens a responder's link.
func (h *house) phone(link string) (cookie string) {
	h.t.Helper()
	_, code, _ := strings.Cut(link, "#")
	res, text := h.request("POST", "/api/v1/session/link", fmt.Sprintf(`{"code":%q}`, code))
	if res.StatusCode != 204 {
		h.t.Fatalf("a link: %d %s", res.StatusCode, text)
	}
	return "citydeck=" + res.Cookies()[0].Value
}

// watch opens a socket with a cookie.
func (h *house) watch(cookie string) *screen {
	h.t.Helper()
	s, _, err := h.dial("Cookie", cookie, "Origin", h.url)
	if err != nil {
		h.t.Fatal(err)
	}
	return s
}

// answer subscribes and waits for what is said to that.
func (s *screen) answer(cockpit string) message {
	s.t.Helper()
	s.say(fmt.Sprintf(`{"op":"subscribe","cockpit":%q}`, cockpit))
	return s.hear("an answer about "+cockpit, func(m message) bool { return m.Cockpit == cockpit })
}

type link struct {
	ID, Responder, Link string
	Households          []string
}

func (h *house) links(boss, id string) []link {
	h.t.Helper()
	var list []link
	h.said(boss, "GET", "/commands/"+id+"/tasks", nil, &list)
	return list
}

func TestACommandsBoardIsWatchedLive(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), street(t, newGateway(t)))
	h.lists()
	boss := h.commander("boss")
	wall := h.watch(boss)
	if is := wall.answer("command-none"); is.Code != "unknown_cockpit" {
		t.Errorf("before any command: %+v", is)
	}
	view := h.press(boss, true, "潮安苑/1", "潮安苑/2")
	board := "command-" + view.ID
	first := wall.answer(board)
	if first.Op != "snapshot" || len(first.Tiles) != 5 {
		t.Fatalf("the board: %s with %d tiles", first.Op, len(first.Tiles))
	}
	h.described(first)
	var units []struct {
		Unit, Cells string
		Floors      []int
		Homes       []string
	}
	h.said(boss, "GET", "/commands/"+view.ID+"/units", nil, &units)
	u := units[0]
	if len(u.Cells) == 0 || len(u.Cells) != len(u.Floors) || len(u.Cells) != len(u.Homes) || u.Floors[0] < u.Floors[len(u.Floors)-1] {
		t.Fatalf("the facade: %+v", u)
	}
	at := board + " units items"
	for i, state := range []string{"need_help", "left"} {
		if status := h.said(boss, "POST", "/commands/"+view.ID+"/households/"+u.Homes[i]+"/reports", m{"id": fmt.Sprint("b", i), "state": state}, nil); status != 200 {
			t.Fatalf("a report: %d", status)
		}
		letter := map[string]string{"need_help": "d", "left": "dl"}[state]
		wall.hear("the door on the wall", func(message) bool { return strings.Contains(wall.picture[at], `"cells":"`+letter) })
	}
	wall.hear("the pace", func(message) bool { return strings.Contains(wall.picture[board+" pace items"], `"out":1`) })
	if text := wall.picture[board+" timeline items"]; !strings.Contains(text, "一户要帮手") && !strings.Contains(text, "首户撤离") {
		t.Errorf("the timeline's newest: %s", text)
	}
	h.aPhoneHears(boss, view.ID)

	// The server stops and starts again: another epoch, the same board.
	if err := h.stop(); err != nil {
		t.Fatal(err)
	}
	h.program = serve(t, h.cfg)
	h.ready()
	wall = h.watch(boss)
	again := wall.answer(board)
	if again.Op != "snapshot" || again.Epoch == first.Epoch || !strings.Contains(wall.picture[at], `"cells":"dl`) {
		t.Errorf("after the restart: %s of epoch %s (before: %s)", again.Op, again.Epoch, first.Epoch)
	}
	for _, verb := range []string{"stand-down", "close"} {
		if status := h.said(boss, "POST", "/commands/"+view.ID+"/"+verb, m{"reason": "done"}, nil); status != 200 {
			t.Fatalf("%s: %d", verb, status)
		}
	}
	wall.hear("the board goes", func(m message) bool { return m.Code == "unknown_cockpit" && m.Cockpit == board })
	if is := wall.answer(board); is.Code != "unknown_cockpit" {
		t.Errorf("afterwards: %+v", is)
	}
}

// aPhoneHears looks at what a responder's page is told, and what it isn't.
func (h *house) aPhoneHears(boss, id string) {
	h.t.Helper()
	tasks := h.links(boss, id)
	me := tasks[0]
	cookie := h.phone(me.Link)
	phone := h.watch(cookie)
	mine := "task-" + id + "-" + me.ID
	if is := phone.answer(mine); is.Op != "snapshot" || len(is.Tiles) != 1 || !strings.Contains(phone.picture[mine+" mine items"], me.Responder) {
		h.t.Fatalf("his own task: %+v", is)
	}
	for _, other := range []string{"command-" + id, "task-" + id + "-" + tasks[1].ID, "xiacheng"} {
		if is := phone.answer(other); is.Code != "forbidden" {
			h.t.Errorf("a responder watches %s: %s %s, want forbidden", other, is.Op, is.Code)
		}
	}
	if status := h.said(cookie, "GET", "/commands/"+id, nil, nil); status != 200 {
		h.t.Errorf("his own command: %d", status)
	}
	if status := h.said(cookie, "GET", "/commands/"+id+"/units", nil, nil); status != 403 {
		h.t.Errorf("the facade for a responder: %d, want 403", status)
	}
	before := phone.picture[mine+" mine items"]
	if status := h.said(boss, "POST", "/commands/"+id+"/broadcast", m{"reason": "rain", "audience": "responders", "text": "走东门 {drill}"}, nil); status != 200 {
		h.t.Fatalf("a broadcast: %d", status)
	}
	phone.hear("something new", func(message) bool { return phone.picture[mine+" mine items"] != before })
	h.until("the broadcast is on his page", func() bool {
		var list []struct {
			Responder string
			Told      []struct{ Kind, State, Text string }
		}
		h.said(cookie, "GET", "/commands/"+id+"/tasks", nil, &list)
		if len(list) != 1 || list[0].Responder != me.Responder {
			h.t.Fatalf("he reads %+v", list)
		}
		said := false
		for _, x := range list[0].Told {
			said = said || x.Kind == "broadcast" && strings.Contains(x.Text, "走东门") && strings.Contains(x.Text, "演练")
		}
		return said
	})
}

// described holds a message to the description that the server gives of it.
func (h *house) described(is message) {
	h.t.Helper()
	_, text := h.request("GET", "/api/v1/asyncapi.json", "")
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		h.t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("http://citydeck/asyncapi.json", doc); err != nil {
		h.t.Fatal(err)
	}
	for schema, of := range map[string][]map[string]json.RawMessage{"Tile": is.Tiles} {
		s, err := c.Compile("http://citydeck/asyncapi.json#/components/schemas/" + schema)
		if err != nil {
			h.t.Fatal(err)
		}
		for _, tile := range of {
			raw, _ := json.Marshal(tile)
			v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
			if err == nil {
				err = s.Validate(v)
			}
			if err != nil {
				h.t.Errorf("tile %s: %v", tile["id"], err)
			}
		}
	}
}

func TestWallsTurnToARealCommand(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), street(t, newGateway(t)))
	h.lists()
	h.add("keeper", "admin", "xiacheng")
	admin, boss := h.token("keeper"), h.commander("boss")
	walls := map[string]string{}
	for name, at := range map[string]string{"the hall": "xiacheng", "the street": "chaoming", "another street": "wulin", "one that is off": "xiacheng", "one that is off for long": "xiacheng"} {
		walls[name], _ = h.pair(admin, fmt.Sprintf(`"area":%q,"cockpit":%q`, at, at))
	}
	connect := func(name string) *screen {
		s, _, err := h.dial("Cookie", "citydeck_screen="+walls[name], "Origin", h.url)
		if err != nil {
			t.Fatal(err)
		}
		s.hear("hello", func(m message) bool { return m.Op == "hello" })
		return s
	}
	hall, near, far := connect("the hall"), connect("the street"), connect("another street")
	h.press(boss, true, "潮安苑/2")
	board := "command-" + h.press(boss, false, "潮安苑/1").ID
	shown := func(m message) bool { return m.Op == "show" }
	for name, s := range map[string]*screen{"the hall": hall, "the street": near} {
		if m := s.hear(name+" turns", shown); m.Cockpit != board {
			t.Errorf("%s turns to %s, want %s: a drill turns nobody", name, m.Cockpit, board)
		}
		if is := s.answer(board); is.Op != "snapshot" || len(is.Tiles) != 5 {
			t.Errorf("%s asks for the board: %s %s", name, is.Op, is.Code)
		}
	}
	if is := far.answer(board); is.Code != "forbidden" {
		t.Errorf("another street's wall asks for the board: %s %s, want forbidden", is.Op, is.Code)
	}
	late, _, err := h.dial("Cookie", "citydeck_screen="+walls["one that is off"], "Origin", h.url)
	if err != nil {
		t.Fatal(err)
	}
	if m := late.hear("it turns when it comes", shown); m.Cockpit != board {
		t.Errorf("the wall that was off turns to %s, want %s", m.Cockpit, board)
	}
	walls["one paired after the press"], _ = h.pair(admin, `"area":"xiacheng","cockpit":"xiacheng"`)
	if late, _, err = h.dial("Cookie", "citydeck_screen="+walls["one paired after the press"], "Origin", h.url); err != nil {
		t.Fatal(err)
	}
	if m := late.hear("it turns when it comes", shown); m.Cockpit != board {
		t.Errorf("a wall paired while a command runs turns to %s, want %s", m.Cockpit, board)
	}
	newer := h.press(boss, false, "潮安苑/3").ID
	hall.hear("the hall turns to the newer one", func(m message) bool { return shown(m) && m.Cockpit == "command-"+newer })
	if status := h.said(boss, "POST", "/commands/"+newer+"/stand-down", m{"reason": "done"}, nil); status != 200 {
		t.Fatalf("the newer one ends: %d", status)
	}
	hall.hear("the hall goes back to the one that still runs", func(m message) bool { return shown(m) && m.Cockpit == board })
	if status := h.said(boss, "POST", "/commands/"+strings.TrimPrefix(board, "command-")+"/stand-down", m{"reason": "done"}, nil); status != 200 {
		t.Fatalf("the last one ends: %d", status)
	}
	if late, _, err = h.dial("Cookie", "citydeck_screen="+walls["one that is off for long"], "Origin", h.url); err != nil {
		t.Fatal(err)
	}
	late.say(`{"op":"subscribe","cockpit":"xiacheng"}`)
	late.hear("its own cockpit", func(m message) bool {
		if shown(m) {
			t.Errorf("a wall that missed a press and its end turns to %s, which is over", m.Cockpit)
		}
		return m.Op == "snapshot" && m.Cockpit == "xiacheng"
	})
}
