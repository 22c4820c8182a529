package app_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

const gateDraft = `{"id":"gate","name":"闸口","name_en":"Gate","kind":"theme","area":"gate","parent":"valley","tiles":[
 {"id":"boats","kind":"stat","title":"今日船只","indicator":"boats_today","x":0,"y":0,"w":6,"h":4},
 {"id":"more","kind":"stat","title":"累计","indicator":"boats_ever","x":6,"y":0,"w":6,"h":4}]}`

// pointed lists the pointers of a problem.
func pointed(t *testing.T, text string) string {
	t.Helper()
	var p struct {
		Errors []struct{ Pointer, Detail string }
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var list []string
	for _, e := range p.Errors {
		list = append(list, e.Pointer)
	}
	return strings.Join(list, " ")
}

func TestACockpitIsCheckedAndSaved(t *testing.T) {
	t.Parallel()
	var dir string
	h := newHouse(t, redistest.Start(t).URL(), func(cfg *config.Config) { dir = own(t, cfg) })
	router := documented(t, h)
	h.add("ada", "admin", "valley")
	h.add("guard", "admin", "gate")
	h.add("vera", "viewer", "valley")
	admin, guard, viewer := h.token("ada"), h.token("guard"), h.token("vera")
	const check, put = "/api/v1/cockpits/gate/check", "/api/v1/cockpits/gate"

	if text := h.told(router, admin, "GET", "/api/v1/studio", "", 200); text != `{"writable":true,"reloaded_at":null,"faults":[]}` {
		t.Errorf("the studio stands at %s", text)
	}
	faulty := strings.NewReplacer(`"boats_ever"`, `"ships"`, `"w":6,"h":4}]`, `"w":60,"h":4,"span":"1h"}]`).Replace(gateDraft)
	for name, tt := range map[string]struct {
		body, want string
		status     int
	}{
		"an unknown indicator, a width, a key of another kind": {faulty, "/tiles/1/indicator /tiles/1/span /tiles/1/w", 400},
		"tiles that overlap":        {strings.Replace(gateDraft, `"x":6`, `"x":5`, 1), "/tiles/1", 400},
		"a key that nobody knows":   {strings.Replace(gateDraft, `"kind":"theme"`, `"kind":"theme","colour":"red"`, 1), "/colour", 400},
		"another id":                {strings.Replace(gateDraft, `"id":"gate"`, `"id":"door"`, 1), "/id", 400},
		"a text that is none":       {strings.Replace(gateDraft, `"x":6`, `"x":"6"`, 1), "/tiles/1/x", 400},
		"a parent that isn't there": {strings.Replace(gateDraft, `"parent":"valley"`, `"parent":"hill"`, 1), "/parent", 400},
	} {
		text := h.told(router, admin, "POST", check, tt.body, tt.status)
		for _, p := range strings.Fields(tt.want) {
			if !strings.Contains(" "+pointed(t, text)+" ", " "+p+" ") {
				t.Errorf("%s: the faults stand at %q, want %s: %s", name, pointed(t, text), p, text)
			}
		}
		h.told(router, admin, "PUT", put, tt.body, tt.status)
	}
	before, err := os.ReadFile(filepath.Join(dir, "cockpits/gate.toml"))
	if err != nil || !strings.Contains(string(before), `"pumps"`) {
		t.Fatalf("what was refused has changed the file: %s (%v)", before, err)
	}
	status, toml := h.by(admin, "POST", check, gateDraft)
	if status != 200 || !strings.Contains(toml, "[[tile]]") || !strings.Contains(toml, "boats_ever") {
		t.Errorf("the file would be %s", toml)
	}
	h.told(router, viewer, "PUT", put, gateDraft, 403)
	h.told(router, guard, "PUT", "/api/v1/cockpits/valley", gateDraft, 403)
	h.told(router, guard, "PUT", put, strings.Replace(gateDraft, `"indicator":"boats_ever"`, `"indicator":"boats_ever","area":"valley"`, 1), 403)

	s, _, err := h.dial("Authorization", "Bearer "+viewer)
	if err != nil {
		t.Fatal(err)
	}
	s.say(`{"op":"subscribe","cockpit":"gate"}`)
	old := s.hear("a snapshot", func(m message) bool { return m.Op == "snapshot" })
	res, text := h.request("PUT", put, gateDraft, "Authorization", "Bearer "+guard, "If-Match", `"elder"`)
	if res.StatusCode != 412 {
		t.Errorf("a change of another layout: %d %s, want 412", res.StatusCode, text)
	}
	h.told(router, guard, "PUT", put, gateDraft, 200)
	s.hear("the saved cockpit", func(m message) bool {
		return m.Op == "snapshot" && m.Epoch != old.Epoch && len(m.Tiles) == 2 && m.shows("more", "id", `"more"`)
	})
	after, err := os.ReadFile(filepath.Join(dir, "cockpits/gate.toml"))
	if err != nil || string(after) != toml {
		t.Errorf("the file holds %s (%v), want %s", after, err, toml)
	}
	left, err := filepath.Glob(filepath.Join(dir, "cockpits", ".*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %v (%v)", left, err)
	}
	h.told(router, admin, "GET", "/api/v1/studio", "", 200)
	res, text = h.request("PUT", put, string(before), "Authorization", "Bearer "+admin, "Content-Type", "application/toml")
	if now, err := os.ReadFile(filepath.Join(dir, "cockpits/gate.toml")); res.StatusCode != 200 || err != nil || string(now) != string(before) {
		t.Errorf("TOML as it was: %d %s, the file %s (%v)", res.StatusCode, text, now, err)
	}
}

func TestWhereACockpitCantBeSaved(t *testing.T) {
	t.Parallel()
	url := redistest.Start(t).URL()
	var dir string
	h := newHouse(t, url, func(cfg *config.Config) { dir = own(t, cfg) })
	h.add("ada", "admin", "valley")
	admin := h.token("ada")
	settings, err := os.ReadFile(filepath.Join(dir, "district.toml"))
	if err != nil {
		t.Fatal(err)
	}
	put(t, dir, "district.toml", strings.Replace(string(settings), "Europe/Berlin", "Asia/Shanghai", 1))
	if status, text := h.by(admin, "PUT", "/api/v1/cockpits/gate", gateDraft); status != 409 || !strings.Contains(text, "restart") {
		t.Errorf("with another time zone on disk: %d %s, want 409 and a word of a restart", status, text)
	}
	put(t, dir, "district.toml", string(settings))
	cockpits := filepath.Join(dir, "cockpits")
	if err := os.Rename(cockpits, cockpits+".away"); err != nil {
		t.Fatal(err)
	}
	if status, text := h.by(admin, "PUT", "/api/v1/cockpits/gate", gateDraft); status != 409 {
		t.Errorf("into a folder that can't be written: %d %s, want 409", status, text)
	}
	if _, text := h.by(admin, "GET", "/api/v1/studio", ""); !strings.Contains(text, `"writable":false`) {
		t.Errorf("the studio stands at %s, want not writable", text)
	}

	shipped := newHouse(t, url, func(cfg *config.Config) { cfg.District.Dir = "" })
	shipped.add("eve", "admin", "xiacheng")
	eve := shipped.token("eve")
	status, text := shipped.by(eve, "GET", "/api/v1/cockpits/xiacheng", "")
	if status != 200 {
		t.Fatalf("the shipped cockpit: %d %s", status, text)
	}
	var draft map[string]any
	read(t, text, &draft)
	delete(draft, "state")
	delete(draft, "layout")
	for _, tile := range draft["tiles"].([]any) {
		delete(tile.(map[string]any), "state")
	}
	body, err := json.Marshal(draft)
	if err != nil {
		t.Fatal(err)
	}
	if status, text := shipped.by(eve, "POST", "/api/v1/cockpits/xiacheng/check", string(body)); status != 200 || !strings.Contains(text, "[[tile]]") {
		t.Errorf("what GET answers is checked: %d %s, want 200 and the file", status, text)
	}
	if status, text := shipped.by(eve, "PUT", "/api/v1/cockpits/xiacheng", string(body)); status != 403 {
		t.Errorf("into the program's own district: %d %s, want 403", status, text)
	}
}

func TestCockpitsComeAndGo(t *testing.T) {
	t.Parallel()
	var dir string
	h := newHouse(t, redistest.Start(t).URL(), func(cfg *config.Config) { dir = own(t, cfg) })
	router := documented(t, h)
	h.add("ada", "admin", "valley")
	h.add("guard", "admin", "gate")
	admin, guard := h.token("ada"), h.token("guard")
	const all, pier = "/api/v1/cockpits", "/api/v1/cockpits/pier"
	draft := strings.NewReplacer(`"id":"gate"`, `"id":"pier"`, `"闸口"`, `"码头"`, `"Gate"`, `"Pier"`).Replace(gateDraft)
	file := filepath.Join(dir, "cockpits/pier.toml")

	for name, tt := range map[string]struct {
		who, body string
		status    int
	}{
		"one that is there already":        {admin, gateDraft, 409},
		"an id that is a path":             {admin, strings.Replace(draft, `"pier"`, `"../pier"`, 1), 400},
		"no id":                            {admin, strings.Replace(draft, `"id":"pier",`, ``, 1), 400},
		"a parent that isn't there":        {admin, strings.Replace(draft, `"parent":"valley"`, `"parent":"hill"`, 1), 400},
		"a place that is not one's own":    {guard, strings.Replace(draft, `"area":"gate"`, `"area":"valley"`, 1), 403},
		"a place that nobody knows of":     {guard, strings.Replace(draft, `"area":"gate"`, `"area":"moon"`, 1), 403},
		"an indicator that nobody defines": {admin, strings.Replace(draft, `"boats_ever"`, `"ships"`, 1), 400},
	} {
		if status, text := h.by(tt.who, "POST", all, tt.body); status != tt.status {
			t.Errorf("%s: %d %s, want %d", name, status, text, tt.status)
		}
	}
	if status, text := h.by(guard, "POST", all+"?check=true", draft); status != 200 || !strings.Contains(text, "[[tile]]") {
		t.Errorf("a check answers %d %s, want the file", status, text)
	}
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Fatalf("before it is saved: %v, want no file", err)
	}
	if text := h.told(router, guard, "POST", all, draft, 201); strings.Contains(text, `""`) {
		t.Errorf("saved, its layout is %s", text)
	}
	if text, err := os.ReadFile(file); err != nil || !strings.Contains(string(text), "码头") {
		t.Errorf("the file holds %s (%v)", text, err)
	}

	s, _, err := h.dial("Authorization", "Bearer "+admin)
	if err != nil {
		t.Fatal(err)
	}
	s.say(`{"op":"subscribe","cockpit":"pier"}`)
	s.hear("the new cockpit", func(m message) bool { return m.Op == "snapshot" && len(m.Tiles) == 2 })

	moved := strings.NewReplacer(`"码头"`, `"渡口"`, `"kind":"theme"`, `"kind":"street"`).Replace(draft)
	h.told(router, admin, "PUT", pier, moved, 200)
	if text := h.told(router, admin, "GET", pier, "", 200); !strings.Contains(text, "渡口") || !strings.Contains(text, `"kind":"street"`) {
		t.Errorf("renamed, it is %s", text)
	}
	below := strings.NewReplacer(`"id":"pier"`, `"id":"steps"`, `"parent":"valley"`, `"parent":"pier"`).Replace(draft)
	if status, text := h.by(admin, "POST", all, below); status == 201 {
		if status, text := h.by(admin, "DELETE", pier, ""); status != 409 || !strings.Contains(text, "steps") {
			t.Errorf("with one below: %d %s, want 409 and who would lose its parent", status, text)
		}
		h.told(router, admin, "DELETE", all+"/steps", "", 204)
	} else {
		t.Errorf("one below it: %d %s, want 201", status, text)
	}
	if status, text := h.by(admin, "DELETE", all+"/valley", ""); status != 409 {
		t.Errorf("the root: %d %s, want 409", status, text)
	}
	if res, text := h.request("DELETE", pier, "", "Authorization", "Bearer "+guard, "If-Match", `"elder"`); res.StatusCode != 412 {
		t.Errorf("of another layout: %d %s, want 412", res.StatusCode, text)
	}
	h.told(router, guard, "DELETE", pier, "", 204)
	s.hear("that it is gone", func(m message) bool { return m.Op == "error" && m.Code == "unknown_cockpit" })
	if _, err := os.Stat(file); !os.IsNotExist(err) {
		t.Errorf("once removed: %v, want no file", err)
	}
	h.told(router, admin, "GET", pier, "", 404)
}
