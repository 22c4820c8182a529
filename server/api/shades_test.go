package api_test

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"sync/atomic"
	"testing"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/tile"
	"citydeck/server/api"
)

func (m *movers) Values(ctx context.Context, p indicator.Place, at []area.Index) ([]tile.Value, error) {
	list := make([]tile.Value, len(at))
	for i := range at {
		v, err := m.value(ctx, p, at[i])
		if err != nil {
			return nil, err
		}
		list[i] = v
	}
	return list, nil
}

// counting says how often it was asked.
type counting struct {
	*movers
	asked atomic.Int32
	fails atomic.Bool
}

func (m *counting) Values(ctx context.Context, p indicator.Place, at []area.Index) ([]tile.Value, error) {
	m.asked.Add(1)
	if m.fails.Load() {
		return nil, errors.New("broken")
	}
	return m.movers.Values(ctx, p, at)
}

func TestAMapIsColouredByOneQuestion(t *testing.T) {
	t.Parallel()
	m := &counting{movers: busy()}
	m.fails.Store(true)
	d := openWith(t, town(t), api.Config{Anonymous: "viewer"}, api.Seams{Together: m})
	const path = "/api/v1/areas/town/values?indicator=rate&of=street"
	if w := d.ask(t, "GET", path, ""); w.Code != 500 {
		t.Errorf("with a broken engine = %d, want 500", w.Code)
	}
	m.fails.Store(false)
	for range 3 {
		w := d.ask(t, "GET", path, "")
		var list []map[string]any
		if err := json.Unmarshal(w.Body.Bytes(), &list); err != nil || w.Code != 200 {
			t.Fatalf("GET %s = %d %s: %v", path, w.Code, w.Body, err)
		}
		if len(list) != 3 || list[1]["value"] != 99.5 || list[1]["status"] != "normal" {
			t.Errorf("GET %s = %v, want the town and its two streets", path, list)
		}
	}
	// A slow machine may need more than a second for three questions.
	if n := m.asked.Load(); n < 2 || n > 4 {
		t.Errorf("the engine was asked %d times", n)
	}
}

func TestAMapTellsNothingToWhoMayNotSeeIt(t *testing.T) {
	t.Parallel()
	for path, want := range map[string]int{
		"town/values?indicator=watched&of=street":    200, // the root's children: an aggregate
		"town/values?indicator=watched&of=community": 403,
		"east/values?indicator=rate&of=community":    200,
		"moon/values?indicator=rate&of=street":       404,
		"town/values?indicator=moon&of=street":       404,
		"town/values?indicator=rate&of=moon":         404,
		"town/values?indicator=rate":                 400,
		"town/values?of=street":                      400,
	} {
		d := openWith(t, town(t), api.Config{Anonymous: "viewer"}, api.Seams{Together: busy()})
		if w := d.ask(t, "GET", "/api/v1/areas/"+path, ""); w.Code != want {
			t.Errorf("GET %s = %d %s, want %d", path, w.Code, w.Body, want)
		}
	}
	stranger := openWith(t, town(t), api.Config{Anonymous: "none"}, api.Seams{Together: busy()})
	if w := stranger.ask(t, "GET", "/api/v1/areas/town/values?indicator=rate&of=street", ""); w.Code != 401 || strings.Contains(w.Body.String(), "99") {
		t.Errorf("a stranger gets %d %s", w.Code, w.Body)
	}
}
