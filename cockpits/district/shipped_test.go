package district_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/tile"
	"citydeck/cockpits/xiacheng"
)

func shipped(t *testing.T) *district.District {
	t.Helper()
	d, err := district.Load(xiacheng.Files)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTheShippedCatalogueIsWhole(t *testing.T) {
	t.Parallel()
	c := shipped(t).Catalogue
	if len(c.Measures) != 184 || len(c.Indicators) != 127 {
		t.Errorf("%d measures and %d indicators, want 184 and 127", len(c.Measures), len(c.Indicators))
	}
	shown := map[indicator.Index]bool{}
	for i := range c.Indicators {
		x := &c.Indicators[i]
		for _, p := range x.Parts {
			shown[p] = true
		}
		if x.NameEn == "" || x.Caliber == "" {
			t.Errorf("indicator %s has no English name or no caliber", x.ID)
		}
		// Limits of a count are the district's: a street has fewer of everything.
		// Those of a ratio may hold everywhere, or where it is made of enough cases.
		counts := x.Measure != "" && (x.Warn != nil || x.Alarm != nil)
		whole, below := slices.Contains(x.ThresholdsFor, "district"), slices.Contains(x.ThresholdsFor, "street")
		if counts && (!whole || below) || len(x.ThresholdsFor) > 0 && !whole {
			t.Errorf("indicator %s holds its thresholds for %q", x.ID, x.ThresholdsFor)
		}
	}
	sensors := []string{"ev_", "hl_", "kitchen_", "ws_", "tr_", "xt_"}
	for i := range c.Measures {
		m := &c.Measures[i]
		if m.NameEn == "" || m.Caliber == "" || m.Unit == "" || len(m.Sources) != 1 {
			t.Errorf("measure %s has no English name, caliber or unit, or not one source", m.ID)
		}
		if !shown[indicator.Index(i)] {
			t.Errorf("measure %s is in no indicator", m.ID)
		}
		if (m.Sensitivity == indicator.Personal || m.Sensitivity == indicator.SensitivePersonal) != (m.Basis != "") {
			t.Errorf("measure %s is %s and has the basis %q", m.ID, m.Sensitivity, m.Basis)
		}
		sensor := slices.ContainsFunc(sensors, func(p string) bool { return strings.HasPrefix(m.ID, p) })
		least := map[indicator.Kind]time.Duration{indicator.Stock: 10 * time.Minute}[m.Kind]
		if m.Kind == indicator.Flow && sensor {
			least = 30 * time.Minute
		}
		if m.FreshFor < least || least == 0 && m.FreshFor != 0 {
			t.Errorf("measure %s, a %s, is fresh for %s, want at least %s", m.ID, m.Kind, m.FreshFor, least)
		}
	}
}

func TestTheShippedLayersAreThere(t *testing.T) {
	t.Parallel()
	closed := []string{"enterprises", "finance-risk", "sensitive-goods", "key-people"}
	d := shipped(t)
	sizes := map[string]int{}
	for _, l := range d.Lists {
		sizes[l.ID] = len(l.Points)
		if l.NameEn == "" || l.Owner == "" || len(l.Points) == 0 {
			t.Errorf("list %s has no English name, owner or point", l.ID)
		}
		if slices.ContainsFunc(l.Points, func(p tile.Point) bool { return p.NameEn == "" || p.Notes["name_en"] != "" }) {
			t.Errorf("a point of list %s has no English name, or it stands among the notes", l.ID)
		}
		if slices.Contains(closed, l.ID) && l.Sensitivity == indicator.Public {
			t.Errorf("list %s is public", l.ID)
		}
	}
	// 26 layers, and six registries that are no layers.
	if len(d.Lists) != 32 {
		t.Errorf("%d lists, want 32", len(d.Lists))
	}
	for id, want := range map[string]int{"kitchens": 35, "grids": 504, "systems": 24, "enterprises": 160, "checkpoints": 67} {
		if sizes[id] != want {
			t.Errorf("list %s has %d points, want %d", id, sizes[id], want)
		}
	}
}

// A wall would else say that nothing is wrong beside a tile that warns.
func TestWhatAShippedCockpitWarnsOfIsAmongItsAlerts(t *testing.T) {
	t.Parallel()
	d := shipped(t)
	for i := range d.Cockpits {
		c := &d.Cockpits[i]
		var watched []indicator.Place
		lists := 0
		for j := range c.Tiles {
			if c.Tiles[j].Kind == tile.Alerts {
				watched, lists = append(watched, c.Tiles[j].Indicators...), lists+1
			}
		}
		for j := range c.Tiles {
			for _, p := range c.Tiles[j].Indicators {
				x := &d.Catalogue.Indicators[p]
				if lists > 0 && (x.Warn != nil || x.Alarm != nil) && !slices.Contains(watched, p) {
					t.Errorf("cockpit %s: tile %s shows %s, whose alarms its list of alerts leaves out", c.ID, c.Tiles[j].ID, x.ID)
				}
			}
		}
	}
}
