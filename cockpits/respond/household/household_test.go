package household_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"citydeck/cockpits/area"
	"citydeck/cockpits/area/ring"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
)

// town is a street with two grids, each with a point.
func town(t testing.TB) *area.Tree {
	t.Helper()
	tree, faults := area.New([]area.Area{
		{ID: "town"}, {ID: "street", Parent: "town", Lon: 120, Lat: 30, Placed: true},
		{ID: "g1", Parent: "street", Lon: 120.001, Lat: 30.001, Placed: true}, {ID: "g2", Parent: "street"},
		{ID: "far", Parent: "town", Lon: 121, Lat: 31, Placed: true},
	})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	return tree
}

func home(id, where, building string, place ...float64) household.Household {
	h := household.Household{ID: id, Area: where, Estate: "e", Building: building, Unit: "1", Floor: "1", Room: id, Residents: 2}
	if len(place) == 2 {
		h.Lon, h.Lat, h.Placed = place[0], place[1], true
	}
	return h
}

func ids(s *household.Survey) string {
	var list []string
	for i := range s.Homes {
		list = append(list, s.Homes[i].ID)
	}
	slices.Sort(list)
	return strings.Join(list, " ")
}

func TestWhoIsInAZone(t *testing.T) {
	t.Parallel()
	tree := town(t)
	reg := household.NewRegister(tree, []household.Household{
		home("a", "g1", "1", 120, 30), home("b", "g1", "1", 120.002, 30), home("c", "g1", "1"), // the middle: 120.001, 30
		home("d", "g2", "2"), // the street's point: 120, 30
		home("e", "g1", "3"), // the grid's point: 120.001, 30.001
		home("f", "far", "4", 121, 31),
	}, nil, nil)
	metres := ring.Metres(ring.Place{120, 30}, ring.Place{120.002, 30})
	tests := map[string]struct {
		zone household.Zone
		want string
		area string
	}{
		"an area and all below":          {household.Zone{Areas: []string{"street"}}, "a b c d e", "street"},
		"a grid":                         {household.Zone{Areas: []string{"g1"}}, "a b c e", "g1"},
		"two areas apart":                {household.Zone{Areas: []string{"g2", "far"}}, "d f", "town"},
		"a polygon, its edges included":  {household.Zone{Polygon: [][]float64{{120, 29.9}, {120.001, 29.9}, {120.001, 30}, {120, 30}}}, "a c d", "street"},
		"a closed polygon":               {household.Zone{Polygon: [][]float64{{120.0015, 29.9}, {120.0025, 29.9}, {120.0025, 30.1}, {120.0015, 29.9}}}, "b", "g1"},
		"a circle reaches its edge":      {household.Zone{Circle: &household.Circle{Centre: []float64{120, 30}, Radius: metres}}, "a b c d e", "street"},
		"a circle a metre too small":     {household.Zone{Circle: &household.Circle{Centre: []float64{120, 30}, Radius: metres - 1}}, "a c d e", "street"},
		"buildings":                      {household.Zone{Buildings: []string{"e/2", "e/3"}}, "d e", "street"},
		"an area above all households":   {household.Zone{Areas: []string{"town"}}, "a b c d e f", "town"},
		"an area wider than its content": {household.Zone{Areas: []string{"far"}}, "f", "far"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := reg.Survey(tt.zone, nil)
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(s); got != tt.want || s.Area != tt.area {
				t.Errorf("the zone holds %q in %s, want %q in %s", got, s.Area, tt.want, tt.area)
			}
		})
	}
}

func TestWhatIsNoZone(t *testing.T) {
	t.Parallel()
	reg := household.NewRegister(town(t), []household.Household{home("a", "g1", "1", 120, 30)}, nil, nil)
	tests := map[string]struct {
		zone household.Zone
		kind fault.Kind
		at   string
	}{
		"nothing":                {household.Zone{}, fault.Invalid, "/zone"},
		"two kinds at once":      {household.Zone{Areas: []string{"g1"}, Buildings: []string{"e/1"}}, fault.Invalid, "/zone"},
		"no household":           {household.Zone{Areas: []string{"far"}}, fault.Invalid, "/zone"},
		"no area":                {household.Zone{Areas: []string{}}, fault.Invalid, "/zone"},
		"an unknown area":        {household.Zone{Areas: []string{"g1", "atlantis"}}, fault.NotFound, "/zone/areas/1"},
		"an unknown building":    {household.Zone{Buildings: []string{"e/1", "e/9"}}, fault.Invalid, "/zone/buildings/1"},
		"only unknown buildings": {household.Zone{Buildings: []string{"e/9"}}, fault.Invalid, "/zone"},
		"a corner of one number": {household.Zone{Polygon: [][]float64{{1, 1}, {2}, {3, 3}}}, fault.Invalid, "/zone/polygon/1"},
		"a bow tie":              {household.Zone{Polygon: [][]float64{{0, 0}, {2, 2}, {2, 0}, {0, 2}}}, fault.Invalid, "/zone/polygon"},
		"10⁵ corners":            {household.Zone{Polygon: make([][]float64, 100_000)}, fault.Invalid, "/zone/polygon"},
		"a circle around nobody": {household.Zone{Circle: &household.Circle{Radius: 5}}, fault.Invalid, "/zone/circle/centre"},
		"a circle of no size":    {household.Zone{Circle: &household.Circle{Centre: []float64{120, 30}}}, fault.Invalid, "/zone/circle/radius_m"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := reg.Survey(tt.zone, nil)
			list := fault.All(err)
			if len(list) != 1 || list[0].Kind != tt.kind || list[0].At != tt.at {
				t.Errorf("Survey fails with %v (%+v), want %s at %s", err, list, tt.kind, tt.at)
			}
		})
	}
}

func TestWhoCouldGoThere(t *testing.T) {
	t.Parallel()
	person := func(id, role string, areas ...string) household.Responder {
		return household.Responder{ID: id, Roles: []string{role}, Areas: areas}
	}
	reg := household.NewRegister(town(t), []household.Household{home("a", "g1", "1", 120, 30), home("b", "g2", "2", 120.1, 30)},
		[]household.Responder{
			person("all", "sweeper", "town"), person("one", "sweeper", "g1"), person("far", "sweeper", "far"),
			person("cook", "cook", "g1"), person("both", "sweeper", "g2", "g1"),
		},
		[]household.Shelter{{ID: "in", Area: "g1"}, {ID: "near", Area: "street", Lon: 120.01, Lat: 30, Placed: true}, {ID: "away", Area: "far"}})
	s, err := reg.Survey(household.Zone{Areas: []string{"g1", "g2"}}, []string{"sweeper"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range s.People {
		got = append(got, fmt.Sprint(s.People[i].ID, s.People[i].Covers))
	}
	if want := "all[0 1] both[0 1] one[0]"; strings.Join(got, " ") != want {
		t.Errorf("people and the units they cover: %v, want %s", got, want)
	}
	if p, found := reg.Person("far", s); !found || len(p.Covers) != 0 || p.Place != (ring.Place{121, 31}) {
		t.Errorf("who comes from elsewhere: %+v, %v", p, found)
	}
	if p, found := reg.Person("one", s); !found || fmt.Sprint(p.Covers) != "[0]" {
		t.Errorf("who joins later covers %v", p.Covers)
	}
	if _, found := reg.Person("nobody", s); found {
		t.Error("nobody is found")
	}
	if len(s.Shelters) != 2 || s.Shelters[0].ID != "near" || s.Shelters[1].ID != "away" {
		t.Errorf("shelters %+v, want near, then away: one in the zone is none", s.Shelters)
	}
	if len(s.Units) != 2 || s.Units[0].Key != "e/1/1" || s.Homes[1].Unit != 1 {
		t.Errorf("units %+v", s.Units)
	}
}

func TestASweeperWalksFromTheTopDown(t *testing.T) {
	t.Parallel()
	list := []household.Household{
		{Building: "10", Unit: "1", Floor: "1", Room: "101"}, {Building: "2", Unit: "1", Floor: "2", Room: "201"},
		{Building: "2", Unit: "1", Floor: "11", Room: "1110"}, {Building: "2", Unit: "1", Floor: "11", Room: "1102"},
		{Building: "2", Unit: "1", Floor: "B1", Room: "x"}, {Building: "2", Unit: "01", Floor: "1", Room: "y"},
	}
	slices.SortFunc(list, func(a, b household.Household) int { return household.Walk(&a, &b) })
	var got []string
	for _, h := range list {
		got = append(got, h.Room)
	}
	if want := "y 1102 1110 201 x 101"; strings.Join(got, " ") != want {
		t.Errorf("the way is %v, want %s", got, want)
	}
}

func TestWhereAResponderIsFound(t *testing.T) {
	t.Parallel()
	r := household.Responder{Phone: "123", Channels: []household.Channel{{Kind: "sms"}, {Kind: "email", Address: "a@example.cn"}}}
	for kind, want := range map[string]string{"sms": "123", "voice": "123", "email": "a@example.cn", "wecom": ""} {
		if got := r.Address(kind); got != want {
			t.Errorf("by %s at %q, want %q", kind, got, want)
		}
	}
}

func TestWhatIsPersonalIsMasked(t *testing.T) {
	t.Parallel()
	h := household.Household{ID: "a", Room: "501", Needs: []string{"oxygen"}, ContactName: "王安", ContactPhone: "13800000000"}
	m := h.Masked()
	if m.ContactName != "王*" || m.ContactPhone != "138****0000" || m.Needs[0] != "***" || m.Room != "501" {
		t.Errorf("masked: %+v", m)
	}
	if h.Needs[0] != "oxygen" {
		t.Error("masking has changed the household itself")
	}
}
