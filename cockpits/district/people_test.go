package district_test

import (
	"strings"
	"testing"

	"citydeck/cockpits/respond/household"
	"citydeck/fixtures"
)

// invented is the register of the invented people in the shipped district.
func invented(t *testing.T) *household.Register {
	t.Helper()
	d := shipped(t)
	read := func(file string, data []byte) household.Sheet {
		s, err := household.CSV(file, data)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	homes, err := household.Households(read("households.csv", fixtures.Households), d.Areas)
	if err != nil {
		t.Fatal(err)
	}
	people, err := household.Responders(read("responders.csv", fixtures.Responders), d.Areas)
	if err != nil {
		t.Fatal(err)
	}
	shelters, err := household.Shelters(read("shelters.csv", fixtures.Shelters), d.Areas)
	if err != nil {
		t.Fatal(err)
	}
	return household.NewRegister(d.Areas, homes, people, shelters)
}

func TestTheInventedEstatesHaveTheirNumbers(t *testing.T) {
	t.Parallel()
	reg := invented(t)
	tests := map[string]struct {
		areas                                          []string
		households, residents, buildings, units, roles int
	}{
		"潮安苑":  {[]string{"tidong-06", "tidong-09"}, 792, 2060, 15, 46, 92},
		"知足里":  {[]string{"zhizunong-04"}, 216, 560, 6, 18, 20},
		"艮山公寓": {[]string{"genyuan-08"}, 288, 760, 4, 4, 24},
		"东园花苑": {[]string{"dongyuan-01"}, 192, 500, 8, 16, 18},
	}
	all := 0
	for name, tt := range tests {
		s, err := reg.Survey(household.Zone{Areas: tt.areas}, []string{"sweeper"})
		if err != nil {
			t.Fatal(err)
		}
		residents, buildings := 0, map[string]bool{}
		for i := range s.Homes {
			residents += s.Homes[i].Residents
			buildings[s.Homes[i].BuildingKey()] = true
			if s.Homes[i].Estate != name || !strings.HasPrefix(s.Homes[i].ContactPhone, "100") {
				t.Errorf("household %s is of %s, with a number that somebody may have", s.Homes[i].ID, s.Homes[i].Estate)
			}
		}
		if len(s.Homes) != tt.households || residents != tt.residents || len(buildings) != tt.buildings || len(s.Units) != tt.units || len(s.People) != tt.roles {
			t.Errorf("%s: %d households, %d residents, %d buildings, %d units, %d responders; want %+v", name, len(s.Homes), residents, len(buildings), len(s.Units), len(s.People), tt)
		}
		all += len(s.Homes)
	}
	if all != len(reg.Households()) {
		t.Errorf("%d households in four estates, %d in all", all, len(reg.Households()))
	}
}

func TestEveryPreparedZoneOfTheShippedPlansHoldsSomebody(t *testing.T) {
	t.Parallel()
	reg, d := invented(t), shipped(t)
	for i := range d.Plans {
		p := &d.Plans[i]
		var roles []string
		for _, r := range p.Roles {
			roles = append(roles, r.ID)
		}
		for _, z := range p.Zones {
			zone := household.Zone{Areas: z.Areas}
			for _, c := range z.Polygon {
				zone.Polygon = append(zone.Polygon, []float64{c[0], c[1]})
			}
			s, err := reg.Survey(zone, roles)
			if err != nil {
				t.Errorf("plan %s, zone %s: %v", p.ID, z.ID, err)
				continue
			}
			held := map[string]bool{}
			for j := range s.People {
				for _, r := range s.People[j].Roles {
					held[r] = true
				}
			}
			for _, r := range roles {
				if !held[r] {
					t.Errorf("plan %s, zone %s: nobody is %s", p.ID, z.ID, r)
				}
			}
			for _, shelter := range s.Shelters {
				if shelter.ID == "s-inside" && s.Homes[0].Estate == "潮安苑" {
					t.Errorf("plan %s, zone %s: the shelter within it is offered", p.ID, z.ID)
				}
			}
		}
	}
}
