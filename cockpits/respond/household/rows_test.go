package household_test

import (
	"strings"
	"testing"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/household"
)

const head = "id,area,estate,building,unit,floor,room,residents,needs,contact_name,contact_phone,lon,lat\n"

func TestRowsOfHouseholdsAreLookedAt(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"good":                      {head + "a,g1,e,1,1,2,201,3,oxygen; deaf,王,1,120,30\n", ""},
		"BOM, CRLF, empty lines":    {"\ufeff" + strings.ReplaceAll(head+"a,g1,e,1,-,,201,0,,,,,\n\n,,,,,,,,,,,,\n", "\n", "\r\n"), ""},
		"other order, more columns": {"room,id,area,note,estate,building,unit,floor,residents,needs,contact_name,contact_phone,lon,lat\n1,a,g1,x,e,1,1,2,3,,,,,\n", ""},
		"nothing":                   {"", "h.csv:1: is empty"},
		"a column missing":          {"id,area\na,g1\n", "h.csv:1: the column estate is missing"},
		"no id":                     {head + ",g1,e,1,1,2,201,3,,,,,\n", "h.csv:2: id is empty"},
		"an id twice":               {head + "a,g1,e,1,1,2,201,3,,,,,\na,g1,e,1,1,2,202,3,,,,,\n", `h.csv:3: id "a" stands at h.csv:2 already`},
		"an unknown area":           {head + "a,mars,e,1,1,2,201,3,,,,,\n", `h.csv:2: area "mars" is unknown`},
		"an unknown need":           {head + "a,g1,e,1,1,2,201,3,money,,,,\n", `h.csv:2: need "money" is none of`},
		"half a person":             {head + "a,g1,e,1,1,2,201,2.5,,,,,\n", `h.csv:2: residents "2.5" is not a whole number`},
		"fewer than nobody":         {head + "a,g1,e,1,1,2,201,-1,,,,,\n", `h.csv:2: residents "-1" is not a whole number`},
		"no estate":                 {head + "a,g1,,1,1,2,201,3,,,,,\n", "h.csv:2: estate is empty"},
		"a room with a slash":       {head + "a,g1,e,1,1,2,2/1,3,,,,,\n", `h.csv:2: room "2/1" has a /`},
		"a long building":           {head + "a,g1,e," + strings.Repeat("幢", 65) + ",1,2,201,3,,,,,\n", "h.csv:2: building is longer than 64 characters"},
		"a building of 64":          {head + "a,g1,e," + strings.Repeat("幢", 64) + ",1,2,201,3,,,,,\n", ""},
		"lon without lat":           {head + "a,g1,e,1,1,2,201,3,,,,120,\n", "h.csv:2: lon stands without lat"},
		"lat out of range":          {head + "a,g1,e,1,1,2,201,3,,,,120,91\n", "h.csv:2: lat 91 is not between -90 and 90"},
		"an open quote":             {head + "a,g1,\"e,1,1,2,201,3,,,,,\n", "h.csv:2: "},
		"GBK":                       {head + "a,g1,\xb3\xb1,1,1,2,201,3,,,,,\n", "h.csv:2: is not UTF-8"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := household.CSV("h.csv", []byte(tt.text))
			var list []household.Household
			if err == nil {
				list, err = household.Households(s, town(t))
			}
			found := fault.All(err)
			if tt.want == "" && (err != nil || len(list) != 1) {
				t.Fatalf("%d households, %v; want one", len(list), err)
			}
			if tt.want != "" && (len(found) == 0 || !strings.HasPrefix(found[0].Error(), tt.want)) {
				t.Errorf("faults %v, want %s", err, tt.want)
			}
		})
	}
}

func TestAllFaultsOfASheetAreNamed(t *testing.T) {
	t.Parallel()
	s, err := household.CSV("h.csv", []byte(head+"a,mars,e,1,1,2,201,x,,,,,\nb,g1,e,1,1,2,,3,nap,,,1,\n"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err = household.Households(s, town(t)); len(fault.All(err)) != 5 {
		t.Errorf("%d faults, want 5: %v", len(fault.All(err)), err)
	}
	if strings.Contains(err.Error(), "王") {
		t.Errorf("a name stands in the fault: %v", err)
	}
}

func TestRowsOfRespondersAndShelters(t *testing.T) {
	t.Parallel()
	people := "id,name,roles,areas,phone,channels,on_duty\n"
	shelters := "id,name,area,capacity,accessible,lon,lat\n"
	tests := map[string]struct{ text, want string }{
		"a responder":         {people + "r,王,sweeper;guard,g1;g2,1,app;email:a@example.cn;sms,1\n", ""},
		"no channel known":    {people + "r,王,sweeper,g1,1,pigeon,1\n", `x.csv:2: channel "pigeon" is none of`},
		"no address":          {people + "r,王,sweeper,g1,1,email,1\n", "x.csv:2: channel email needs its address"},
		"half on duty":        {people + "r,王,sweeper,g1,1,app,yes\n", `x.csv:2: on_duty "yes" is neither 1 nor 0`},
		"an area on the moon": {people + "r,王,sweeper,g1;moon,1,app,1\n", `x.csv:2: area "moon" is unknown`},
		"a shelter":           {shelters + "s,hall,g1,200,0,120,30\n", ""},
		"no room":             {shelters + "s,hall,g1,many,0,,\n", `x.csv:2: capacity "many" is not a whole number`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := household.CSV("x.csv", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			if strings.HasPrefix(tt.text, people) {
				var list []household.Responder
				list, err = household.Responders(s, town(t))
				if err == nil && (len(list[0].Roles) != 2 || list[0].Channels[1].Address != "a@example.cn" || !list[0].OnDuty) {
					t.Errorf("read as %+v", list[0])
				}
			} else {
				_, err = household.Shelters(s, town(t))
			}
			if found := fault.All(err); (tt.want == "") != (err == nil) || len(found) > 0 && !strings.HasPrefix(found[0].Error(), tt.want) {
				t.Errorf("faults %v, want %q", err, tt.want)
			}
		})
	}
}

func TestWhatIsOddIsADoubtAndNoFault(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		list, text string
		odd        map[household.Cell]string
		want       string
	}{
		"nothing":                       {"households", head + "a,g1,e,1,1,-1,201,3,,王,+8613800000000,,\n", nil, ""},
		"a name that would be computed": {"households", head + "a,g1,e,1,1,2,201,3,,=1+1,1,,\n", nil, "h.csv:2: contact_name begins like a formula"},
		"an estate with a sign":         {"households", head + "a,g1,-e,1,1,2,201,3,,,,,\n", nil, "h.csv:2: estate begins like a formula"},
		"a phone as a float":            {"households", head + "a,g1,e,1,1,2,201,3,,,1.38E+10,,\n", nil, "h.csv:2: contact_phone is a number"},
		"a shelter without a name":      {"shelters", "id,name,area,capacity,accessible,lon,lat\ns,,g1,1,1,,\n", nil, "h.csv:2: name is empty"},
		"a computed cell":               {"shelters", "id,name,area,capacity,accessible,lon,lat\ns,x,g1,1,1,,\n", map[household.Cell]string{{Row: 1, Column: 3}: "formula"}, "h.csv:2: capacity is a formula"},
		"a column of somebody else":     {"shelters", "id,name,area,capacity,accessible,lon,lat,more\ns,x,g1,1,1,,,=1\n", nil, ""},
		"an empty row":                  {"shelters", "id,name,area,capacity,accessible,lon,lat\n,,,,,,\n", nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := household.CSV("h.csv", []byte(tt.text))
			if err != nil {
				t.Fatal(err)
			}
			s.Odd = tt.odd
			if tt.list == "households" {
				_, err = household.Households(s, town(t))
			} else {
				_, err = household.Shelters(s, town(t))
			}
			found := household.Doubts(tt.list, s)
			if err != nil || (tt.want == "") != (len(found) == 0) || len(found) > 0 && !strings.HasPrefix(found[0].Error(), tt.want) {
				t.Errorf("faults %v, doubts %v; want no fault and the doubt %q", err, found, tt.want)
			}
		})
	}
}
