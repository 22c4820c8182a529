package access_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
)

var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// town has three floors: town, two streets, a community with a grid in east.
func town(t testing.TB) *area.Tree {
	t.Helper()
	tree, faults := area.New([]area.Area{
		{ID: "town"}, {ID: "east", Parent: "town"}, {ID: "west", Parent: "town"},
		{ID: "pond", Parent: "east"}, {ID: "grid", Parent: "pond"},
	})
	if len(faults) > 0 {
		t.Fatalf("area.New: %v", faults)
	}
	return tree
}

func at(t testing.TB, tree *area.Tree, ids ...string) []area.Index {
	t.Helper()
	var list []area.Index
	for _, id := range ids {
		i, known := tree.Lookup(id)
		if !known {
			t.Fatalf("no area %s", id)
		}
		list = append(list, i)
	}
	return list
}

func user(role access.Role, place string) access.Actor {
	return access.Actor{Kind: access.User, Name: "wang", Grants: []access.Grant{{Role: role, Area: place}}, CodeAt: noon.UnixMilli()}
}

// rights is the table of the contract, written a second time: a row a right, a
// column a role in the order of access.Roles.
const rights = `
         viewer street_leader commander responder operator auditor security admin
see      x      x             x         -         x        x       x        x
command  -      -             x         -         -        -       -        -
follow   -      x             x         -         -        x       -        -
answer   -      -             x         -         -        -       -        -
unmask   -      x             x         -         -        -       -        -
feed     -      -             -         -         -        -       -        -
operate  -      -             -         -         x        -       -        x
audit    -      -             -         -         -        x       -        -
appoint  -      -             -         -         -        -       x        -
equip    -      -             -         -         -        -       -        x
`

func TestEveryRoleHasItsRightsInItsAreasAndNoOthers(t *testing.T) {
	t.Parallel()
	tree := town(t)
	policy := access.NewPolicy(tree, false)
	rows := strings.Split(strings.TrimSpace(rights), "\n")
	if got, want := fmt.Sprint(access.Roles()), "["+strings.Join(strings.Fields(rows[0]), " ")+"]"; got != want {
		t.Fatalf("roles = %s, want %s", got, want)
	}
	if len(rows)-1 != len(access.Actions()) {
		t.Fatalf("%d rights, want %d", len(access.Actions()), len(rows)-1)
	}
	places := []string{"town", "east", "west", "pond", "grid"}
	for _, row := range rows[1:] {
		cells := strings.Fields(row)
		for c, role := range access.Roles() {
			for _, held := range places {
				for _, asked := range places {
					q := access.Ask{Action: access.Action(cells[0]), Areas: at(t, tree, asked), Purpose: "drill"}
					d := policy.Decide(user(role, held), q, noon)
					inside := tree.Within(at(t, tree, held)[0], at(t, tree, asked)[0])
					if want := cells[c+1] == "x" && inside; d.Allowed() != want {
						t.Errorf("%s of %s asks to %s %s: allowed = %v (%v), want %v", role, held, q.Action, asked, d.Allowed(), d.Fault, want)
					}
					if !d.Allowed() && (!d.Record || d.Line.Result != access.Refused || d.Fault.Kind != fault.Forbidden) {
						t.Errorf("%s of %s asks to %s %s: refused with %v, record %v: %+v", role, held, q.Action, asked, d.Fault, d.Record, d.Line)
					}
				}
			}
		}
	}
}

func TestWhoElseMay(t *testing.T) {
	t.Parallel()
	tree := town(t)
	policy := access.NewPolicy(tree, false)
	leader := user(access.StreetLeader, "east")
	chen := user(access.Responder, "town")
	chen.Responder = "r-chen"
	linked := chen
	linked.Command = "c1"
	gas := access.Actor{Kind: access.Source, Name: "gas", Areas: []string{"east"}, Measures: []string{"leaks"}}
	stale := user(access.Commander, "town")
	stale.CodeAt = noon.Add(-access.StepUp - time.Millisecond).UnixMilli()
	lost := user(access.Viewer, "an area that is no more")
	tests := map[string]struct {
		who  access.Actor
		ask  access.Ask
		want string // kind, and code, of the refusal; empty: allowed
	}{
		"nobody sees what is public":                      {access.Actor{}, access.Ask{Action: access.See, Level: access.Open}, ""},
		"nor does signing in take that away":              {user(access.Responder, "pond"), access.Ask{Action: access.See, Level: access.Open, Areas: at(t, tree, "west")}, ""},
		"nobody sees nothing else":                        {access.Actor{}, access.Ask{Action: access.See}, "unauthenticated"},
		"nobody does nothing":                             {access.Actor{}, access.Ask{Action: access.Command, Level: access.Open}, "unauthenticated"},
		"anyone sees as a viewer of the root":             {access.Public("town", ""), access.Ask{Action: access.See, Areas: at(t, tree, "grid")}, ""},
		"anyone feeds":                                    {access.Public("town", ""), access.Ask{Action: access.Feed}, ""},
		"anyone has no other right":                       {access.Public("town", ""), access.Ask{Action: access.Operate}, "forbidden"},
		"a total of a root's child is no person":          {access.Public("town", ""), access.Ask{Action: access.See, Level: access.Personal, Total: true, Areas: at(t, tree, "east")}, ""},
		"a total further down is":                         {user(access.Viewer, "town"), access.Ask{Action: access.See, Level: access.Personal, Total: true, Areas: at(t, tree, "pond"), Purpose: "care"}, "forbidden"},
		"a record of the root is, too":                    {user(access.Viewer, "town"), access.Ask{Action: access.See, Level: access.SensitivePersonal, Areas: at(t, tree, "town"), Purpose: "care"}, "forbidden"},
		"a leader sees it for a purpose":                  {leader, access.Ask{Action: access.See, Level: access.Personal, Total: true, Areas: at(t, tree, "pond"), Purpose: "看望独居老人"}, ""},
		"and without one is asked for it":                 {leader, access.Ask{Action: access.See, Level: access.Personal, Total: true, Areas: at(t, tree, "pond")}, "forbidden purpose_required"},
		"a purpose of dots is none":                       {leader, access.Ask{Action: access.Unmask, Areas: at(t, tree, "pond"), Purpose: "..."}, "forbidden purpose_required"},
		"a purpose that turns the text around is none":    {leader, access.Ask{Action: access.Unmask, Areas: at(t, tree, "pond"), Purpose: "a\u202eb"}, "forbidden purpose_required"},
		"who has no right is not asked for a purpose":     {leader, access.Ask{Action: access.Unmask, Areas: at(t, tree, "west")}, "forbidden"},
		"nothing personal once it is over":                {leader, access.Ask{Action: access.Unmask, Areas: at(t, tree, "pond"), Purpose: "late", Over: true}, "forbidden"},
		"a right holds only where it holds the whole":     {leader, access.Ask{Action: access.See, Areas: at(t, tree, "pond", "west")}, "forbidden"},
		"and there it does":                               {leader, access.Ask{Action: access.See, Areas: at(t, tree, "pond", "grid")}, ""},
		"a right that nobody wrote down":                  {user(access.Admin, "town"), access.Ask{Action: "shred"}, "forbidden"},
		"a role that nobody wrote down":                   {user("mayor", "town"), access.Ask{Action: access.See}, "forbidden"},
		"an area that is no more":                         {lost, access.Ask{Action: access.See, Areas: at(t, tree, "town")}, "forbidden"},
		"a responder answers where he was called":         {chen, access.Ask{Action: access.Answer, Command: "c1", Called: true}, ""},
		"and nowhere else":                                {chen, access.Ask{Action: access.Answer, Command: "c1"}, "forbidden"},
		"his own task is opened to him without asking":    {chen, access.Ask{Action: access.Unmask, Command: "c1", Called: true, Task: "r-chen"}, ""},
		"until it is over":                                {chen, access.Ask{Action: access.Unmask, Command: "c1", Called: true, Task: "r-chen", Over: true}, "forbidden"},
		"another's is not":                                {chen, access.Ask{Action: access.Unmask, Command: "c1", Called: true, Task: "r-li", Purpose: "help"}, "forbidden"},
		"nor answered for":                                {chen, access.Ask{Action: access.Answer, Command: "c1", Called: true, Task: "r-li"}, "forbidden"},
		"a link is good for its command":                  {linked, access.Ask{Action: access.Answer, Command: "c1", Called: true, Task: "r-chen"}, ""},
		"and for no other":                                {linked, access.Ask{Action: access.Answer, Command: "c2", Called: true, Task: "r-chen"}, "forbidden"},
		"a source feeds its measure in its area":          {gas, access.Ask{Action: access.Feed, Measure: "leaks", Areas: at(t, tree, "grid")}, ""},
		"not another's":                                   {gas, access.Ask{Action: access.Feed, Measure: "fires", Areas: at(t, tree, "grid")}, "forbidden"},
		"not elsewhere":                                   {gas, access.Ask{Action: access.Feed, Measure: "leaks", Areas: at(t, tree, "town")}, "forbidden"},
		"and sees nothing":                                {gas, access.Ask{Action: access.See, Areas: at(t, tree, "east")}, "forbidden"},
		"a launch long after the last code":               {stale, access.Ask{Action: access.Command, Areas: at(t, tree, "east"), Recent: true}, "unauthenticated step_up"},
		"a launch soon after it":                          {user(access.Commander, "town"), access.Ask{Action: access.Command, Areas: at(t, tree, "east"), Recent: true}, ""},
		"who may not launch is not asked for a code":      {user(access.Viewer, "town"), access.Ask{Action: access.Command, Areas: at(t, tree, "east"), Recent: true}, "forbidden"},
		"a screen is a viewer of its area":                {access.Actor{Kind: access.Screen, Name: "s1", Grants: []access.Grant{{Role: access.Viewer, Area: "east"}}}, access.Ask{Action: access.See, Areas: at(t, tree, "pond")}, ""},
		"who runs the machine is held by the machine":     {access.Actor{Kind: access.System, Name: "cli"}, access.Ask{Action: access.Appoint}, ""},
		"two roles in two areas are two rights, not four": {access.Actor{Kind: access.User, Grants: []access.Grant{{Role: access.Commander, Area: "east"}, {Role: access.Viewer, Area: "west"}}}, access.Ask{Action: access.Command, Areas: at(t, tree, "west")}, "forbidden"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := ""
			if d := policy.Decide(tt.who, tt.ask, noon); !d.Allowed() {
				got = strings.TrimSpace(string(d.Fault.Kind) + " " + d.Fault.Code)
			}
			if got != tt.want {
				t.Errorf("%s asks %+v: %q, want %q", tt.who.ID(), tt.ask, got, tt.want)
			}
		})
	}
}

func TestWhatIsOnRecord(t *testing.T) {
	t.Parallel()
	tree := town(t)
	policy := access.NewPolicy(tree, false)
	leader := user(access.StreetLeader, "east")
	leader.Grants = append(leader.Grants, access.Grant{Role: access.Viewer, Area: "town"})
	leader.Address = "10.1.2.3"
	tests := map[string]struct {
		who  access.Actor
		ask  access.Ask
		want access.Line // N 0 and At: recorded; else the zero line
	}{
		"a look at a figure is not": {leader, access.Ask{Action: access.See, Object: "cockpit:east", Areas: at(t, tree, "east")}, access.Line{}},
		"a look at a person is": {leader, access.Ask{Action: access.Unmask, Object: "household:h1", Areas: at(t, tree, "pond", "grid"), Purpose: "care"},
			access.Line{Actor: "user:wang", Role: "street_leader", Action: "unmask", Object: "household:h1", Area: "pond", Purpose: "care", Address: "10.1.2.3", Result: "allowed"}},
		"a deed is": {user(access.Operator, "town"), access.Ask{Action: access.Operate, Object: "screen:s1", Deed: true},
			access.Line{Actor: "user:wang", Role: "operator", Action: "operate", Object: "screen:s1", Result: "allowed"}},
		"a refusal is, with all roles": {leader, access.Ask{Action: access.Audit, Object: "audit"},
			access.Line{Actor: "user:wang", Role: "street_leader,viewer", Action: "audit", Object: "audit", Address: "10.1.2.3", Result: "refused"}},
		"a stranger is not": {access.Actor{}, access.Ask{Action: access.Audit, Object: "audit"}, access.Line{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := policy.Decide(tt.who, tt.ask, noon)
			want := tt.want
			if d.Record != (want != access.Line{}) {
				t.Fatalf("recorded = %v: %+v", d.Record, d.Line)
			}
			if want.At = noon.UnixMilli(); d.Record && d.Line != want {
				t.Errorf("line = %+v, want %+v", d.Line, want)
			}
		})
	}
}

func TestThreeAdministratorsAreThreePeople(t *testing.T) {
	t.Parallel()
	for _, a := range access.Roles() {
		for _, b := range access.Roles() {
			grants := []access.Grant{{Role: a, Area: "town"}, {Role: b, Area: "east"}}
			three := []access.Role{access.Admin, access.Security, access.Auditor}
			want := a == b || !slices.Contains(three, a) || !slices.Contains(three, b)
			if got := access.Separated(grants); got != want {
				t.Errorf("%s and %s on one person: separated = %v, want %v", a, b, got, want)
			}
		}
	}
}

func TestMasks(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ got, want string }{
		"a name":                   {access.MaskName("王小明"), "王*"},
		"a name of one character":  {access.MaskName("王"), "王*"},
		"no name":                  {access.MaskName(""), ""},
		"a rare surname":           {access.MaskName("𠮷田"), "𠮷*"},
		"a mobile number":          {access.MaskPhone("13800000000"), "138****0000"},
		"with country and blanks":  {access.MaskPhone("+86 139 1234 5678"), "139****5678"},
		"a number of the building": {access.MaskPhone("8571-12"), "****12"},
		"a short number":           {access.MaskPhone("110"), "***"},
		"no number":                {access.MaskPhone("–"), ""},
		"needs":                    {fmt.Sprint(access.MaskList([]string{"oxygen", "deaf"})), "[*** ***]"},
	}
	for name, tt := range tests {
		if tt.got != tt.want {
			t.Errorf("%s: %q, want %q", name, tt.got, tt.want)
		}
	}
}
