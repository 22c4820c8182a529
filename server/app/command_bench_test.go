package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/app"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"

	"github.com/coder/websocket"
)

// town writes the lists of an estate of so many households, sixteen a unit, and
// one responder for ten of them; three in twenty households need help.
func (h *house) town(b *testing.B, households int) (zone m) {
	b.Helper()
	var homes, people bytes.Buffer
	homes.WriteString("id,area,estate,building,unit,floor,room,residents,needs,contact_name,contact_phone,lon,lat\n")
	for i := range households {
		needs := ""
		if i%20 < 3 {
			needs = "wheelchair"
		}
		unit, floor := i/16, i%16/2+1
		fmt.Fprintf(&homes, "h%d,tidong-06,Bench,%d,%d,%d,%d0%d,3,%s,某某,1%010d,120.1776,30.2748\n", i, unit/4+1, unit%4+1, floor, floor, i%2+1, needs, i)
	}
	people.WriteString("id,name,roles,areas,phone,channels,on_duty\n")
	for i := range households / 10 {
		fmt.Fprintf(&people, "p%d,某某,sweeper,tidong-06,1%010d,app,1\n", i, i)
	}
	for name, text := range map[string][]byte{"households": homes.Bytes(), "responders": people.Bytes()} {
		path := filepath.Join(b.TempDir(), name+".csv")
		if err := os.WriteFile(path, text, 0o600); err != nil {
			b.Fatal(err)
		}
		h.must(app.Errand{Do: "import " + name, Path: path})
	}
	return m{"areas": []string{"tidong-06"}}
}

// took is how long each of many answers took.
type took struct {
	mu   sync.Mutex
	list []time.Duration // guarded by mu
}

func (d *took) add(t time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.list = append(d.list, t)
}

// report tells the middle and the hundredth slowest, in ms.
func (d *took) report(b *testing.B, what string) {
	b.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	if len(d.list) == 0 {
		b.Errorf("%s: nothing was measured", what)
		return
	}
	slices.Sort(d.list)
	at := func(q float64) float64 { return d.list[int(q*float64(len(d.list)-1))].Seconds() * 1000 }
	b.ReportMetric(at(0.5), what+"-p50-ms")
	b.ReportMetric(at(0.99), what+"-p99-ms")
}

// seenAt listens to a command's board and tells when it has heard of so many
// acknowledged tasks, for each number in turn.
func (h *house) seenAt(b *testing.B, cookie, id string, heard func(acknowledged int)) {
	b.Helper()
	ws, _, err := websocket.Dial(b.Context(), "ws"+strings.TrimPrefix(h.url, "http")+"/api/v1/live", &websocket.DialOptions{
		Subprotocols: []string{"cockpit.v1"}, HTTPHeader: http.Header{"Cookie": {cookie}, "Origin": {h.url}},
	})
	if err != nil {
		b.Fatal(err)
	}
	ws.SetReadLimit(64 << 20)
	b.Cleanup(func() { _ = ws.CloseNow() })
	if err := ws.Write(b.Context(), websocket.MessageText, fmt.Appendf(nil, `{"op":"subscribe","cockpit":"command-%s"}`, id)); err != nil {
		b.Fatal(err)
	}
	go func() {
		for {
			_, text, err := ws.Read(b.Context())
			if err != nil {
				return
			}
			if bytes.HasPrefix(text, []byte("{")) {
				text = append(append([]byte("["), text...), ']')
			}
			var list []struct {
				Tiles []struct {
					ID    string
					Items []struct{ Tasks map[string]int }
				}
			}
			if json.Unmarshal(text, &list) != nil {
				continue
			}
			for _, msg := range list {
				for _, t := range msg.Tiles {
					if t.ID == "command" && len(t.Items) == 1 && t.Items[0].Tasks != nil {
						heard(t.Items[0].Tasks["acknowledged"])
					}
				}
			}
		}
	}()
}

// BenchmarkCommand presses once, and has everybody acknowledge, 200 a second, and
// then 200 reports a second come in, while a board is watched.
func BenchmarkCommand(b *testing.B) {
	for _, households := range []int{792, 20_000} {
		b.Run(fmt.Sprintf("households=%d", households), func(b *testing.B) { benchCommand(b, households) })
	}
}

func benchCommand(b *testing.B, households int) {
	h := newHouse(b, redistest.Start(b).URL(), func(c *config.Config) { c.District.Dir = "" }) // the shipped one
	zone := h.town(b, households)
	boss := h.commander("boss")
	body := m{"plan": "road-collapse", "zone": zone, "exercise": true} // no residents' messages leave
	var seen command.Preview
	looked := time.Now()
	if status := h.said(boss, "POST", "/commands/preview", body, &seen); status != 200 || seen.Households != households {
		b.Fatalf("the preview: %d, %d households", status, seen.Households)
	}
	b.ReportMetric(time.Since(looked).Seconds()*1000, "preview-ms")
	var view command.View
	pressed := time.Now()
	if status := h.said(boss, "POST", "/commands", body, &view, "If-Match", `"`+seen.Revision+`"`, "Idempotency-Key", "k"); status != 201 {
		b.Fatalf("the press: %d", status)
	}
	b.ReportMetric(time.Since(pressed).Seconds()*1000, "press-ms")
	var tasks []struct {
		ID, Link   string
		Households []string
		cookie     string
	}
	h.said(boss, "GET", "/commands/"+view.ID+"/tasks", nil, &tasks)
	for i := range tasks {
		_, code, _ := strings.Cut(tasks[i].Link, "#")
		res, text := h.request("POST", "/api/v1/session/link", fmt.Sprintf(`{"code":%q}`, code))
		if res.StatusCode != http.StatusNoContent {
			b.Fatalf("a link: %d %s", res.StatusCode, text)
		}
		tasks[i].cookie = "citydeck=" + res.Cookies()[0].Value
	}

	var answers, boards took
	var mu sync.Mutex
	var begun []time.Time // of each acknowledgement, in the order of their answers; guarded by mu
	told := 0
	h.seenAt(b, boss, view.ID, func(n int) {
		mu.Lock()
		defer mu.Unlock()
		for ; told < n && told < len(begun); told++ {
			boards.add(time.Since(begun[told]))
		}
	})
	every := time.NewTicker(5 * time.Millisecond)
	defer every.Stop()
	var all sync.WaitGroup
	send := func(cookie, path string, body m, done func(began time.Time)) {
		<-every.C
		all.Go(func() {
			began := time.Now()
			if status := h.said(cookie, "POST", "/commands/"+view.ID+path, body, nil); status != 200 {
				b.Errorf("%s: %d", path, status)
			}
			done(began)
		})
	}
	for _, t := range tasks {
		send(t.cookie, "/tasks/"+t.ID+"/acknowledgement", m{"answer": "yes"}, func(began time.Time) {
			answers.add(time.Since(began))
			mu.Lock()
			begun = append(begun, time.Now())
			mu.Unlock()
		})
	}
	all.Wait()
	b.ReportMetric(float64(len(tasks)), "tasks")
	answers.report(b, "acknowledgement")
	var reports took
	for i := range 1000 {
		t := tasks[i%len(tasks)]
		send(t.cookie, "/households/"+t.Households[i/len(tasks)%len(t.Households)]+"/reports", m{"id": fmt.Sprint(i), "state": "left"}, func(began time.Time) { reports.add(time.Since(began)) })
	}
	all.Wait()
	reports.report(b, "report")
	boards.report(b, "board")
	b.ReportMetric(0, "ns/op")
}
