package district_test

import (
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"citydeck/cockpits/district"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/plan"
	"citydeck/fixtures"
)

const goodPlan = `id = "dam"
name = "溃坝"
version = 3
event = "溃坝"
category = "Safety"
urgency = "Immediate"
severity = "Extreme"
certainty = "Likely"
response = "Evacuate"
all_out = "10m"
[[role]]
id = "sweeper"
per = "unit"
[[channel]]
audience = "responders"
kind = "voice"
[template.task]
zh = "去"
en = "go"
`

// withPlan is the tiny district with one plan.
func withPlan(t *testing.T, text string) fs.FS {
	t.Helper()
	out := fstest.MapFS{"plans/dam.toml": {Data: []byte(text)}}
	tiny, err := fs.Sub(fixtures.Districts, "districts/tiny")
	if err != nil {
		t.Fatal(err)
	}
	err = fs.WalkDir(tiny, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(tiny, name)
		out[name] = &fstest.MapFile{Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAPlanHasItsDefaults(t *testing.T) {
	t.Parallel()
	d, err := district.Load(withPlan(t, goodPlan))
	if err != nil {
		t.Fatal(err)
	}
	p, found := d.Plan("dam")
	if !found || p.Version != 3 || p.NameEn != "溃坝" || p.SecondPerson != plan.None || p.PerResponder != 12 {
		t.Fatalf("plan = %+v", p)
	}
	if time.Duration(p.AcknowledgeWithin) != time.Minute || time.Duration(p.Retention) != 720*time.Hour {
		t.Errorf("acknowledge within %v, kept for %v", p.AcknowledgeWithin, p.Retention)
	}
	if r := p.Roles[0]; r.Count != 1 || r.Deputies != 2 || r.Name != "sweeper" {
		t.Errorf("role = %+v", r)
	}
	if c := p.Channels[0]; time.Duration(c.After) != 30*time.Second {
		t.Errorf("voice speaks after %v, want 30s", c.After)
	}
}

func TestEachFaultOfAPlanHasItsLine(t *testing.T) {
	t.Parallel()
	replace := func(old, with string) string { return strings.Replace(goodPlan, old, with, 1) }
	residents := goodPlan + "[template.alert]\nzh = \"走\"\nen = \"leave\"\n[[channel]]\naudience = \"residents\"\nkind = \"sms\"\n"
	tests := map[string]struct{ text, want string }{
		"an unknown key":              {"colour = \"red\"\n" + goodPlan, `plans/dam.toml:1: unknown key "colour"`},
		"an unknown key in a role":    {replace("per = \"unit\"", "per = \"unit\"\nage = 3"), `plans/dam.toml:14: unknown key "age" in a role`},
		"no id":                       {replace("id = \"dam\"\n", ""), "plans/dam.toml:1: plan without id"},
		"no name":                     {replace("name = \"溃坝\"\n", ""), "plans/dam.toml:1: name is missing"},
		"no version":                  {replace("version = 3\n", ""), "plans/dam.toml:1: version is missing"},
		"no event":                    {replace("event = \"溃坝\"\n", ""), "plans/dam.toml:1: event is missing"},
		"no category":                 {replace("category = \"Safety\"\n", ""), "plans/dam.toml:1: category is missing"},
		"no urgency":                  {replace("urgency = \"Immediate\"\n", ""), "plans/dam.toml:1: urgency is missing"},
		"no all_out":                  {replace("all_out = \"10m\"\n", ""), "plans/dam.toml:1: all_out is missing"},
		"no role":                     {replace("[[role]]\nid = \"sweeper\"\nper = \"unit\"\n", ""), "plans/dam.toml:1: role is missing"},
		"no template":                 {strings.Split(goodPlan, "[template")[0], "plans/dam.toml:1: [template.task] is missing"},
		"no English":                  {replace("en = \"go\"\n", ""), "plans/dam.toml:17: en is missing"},
		"a word that CAP lacks":       {replace("Extreme", "Awful"), `plans/dam.toml:7: severity = "Awful" is none of Extreme, Severe, Moderate, Minor, Unknown`},
		"one of several categories":   {replace(`"Safety"`, `["Safety", "Nice"]`), `plans/dam.toml:5: category = "Nice" is none of ` + strings.Join(plan.Categories(), ", ")},
		"a second_person nobody is":   {"second_person = \"maybe\"\n" + goodPlan, `plans/dam.toml:1: second_person = "maybe" is none of none, residents, all`},
		"no deputy in time":           {"acknowledge_within = \"11m\"\n" + goodPlan, "plans/dam.toml:1: acknowledge_within is longer than all_out: no deputy could ever come in time"},
		"a channel that comes late":   {replace(`kind = "voice"`, "kind = \"voice\"\nafter = \"10m\""), "plans/dam.toml:17: after = 10m0s is not before all_out = 10m0s: nobody whom this channel calls can come in time"},
		"a channel that no one has":   {replace(`"voice"`, `"smoke"`), `plans/dam.toml:16: kind = "smoke" is none of ` + strings.Join(plan.Kinds(), ", ")},
		"a step of nobody":            {goodPlan + "[[step]]\nid = \"a\"\nrole = \"king\"\n", `plans/dam.toml:22: role "king" is none of this plan`},
		"a zone somewhere else":       {goodPlan + "[[zone]]\nid = \"a\"\nareas = [\"atlantis\"]\n", `plans/dam.toml:22: area "atlantis" is unknown`},
		"a zone that crosses itself":  {goodPlan + "[[zone]]\nid = \"a\"\npolygon = [[0,0],[2,2],[2,0],[0,2]]\n", "plans/dam.toml:22: polygon crosses itself at the sides 0 and 2"},
		"a zone of two kinds":         {goodPlan + "[[zone]]\nid = \"a\"\nareas = [\"atlantis\"]\npolygon = [[0,0],[2,0],[2,2]]\n", "plans/dam.toml:23: a zone has either areas or a polygon"},
		"a polygon of texts":          {goodPlan + "[[zone]]\nid = \"a\"\npolygon = [\"x\"]\n", "plans/dam.toml:22: polygon must be a list of pairs of numbers, [[lon, lat], …]"},
		"it says it is no drill":      {replace(`"去"`, `"不是演习"`), `plans/dam.toml:18: template.task.zh says "不是演习"`},
		"a placeholder nobody fills":  {replace(`"go"`, `"{who}"`), "plans/dam.toml:19: template.task.en has the unknown placeholder {who}"},
		"residents without the end":   {residents + "[template.correction]\nzh = \"更正\"\nen = \"correction\"\n", "plans/dam.toml:17: [template.stand_down] is missing"},
		"residents without a way out": {residents + "[template.stand_down]\nzh = \"解除\"\nen = \"over\"\n", "plans/dam.toml:17: [template.correction] is missing"},
		"a correction in one tongue":  {residents + "[template.stand_down]\nzh = \"解除\"\nen = \"over\"\n[template.correction]\nzh = \"更正\"\n", "plans/dam.toml:29: en is missing"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := district.Load(withPlan(t, tt.text))
			for _, f := range fault.All(err) {
				if strings.HasPrefix(f.Error(), tt.want) {
					return
				}
			}
			t.Errorf("loading gives\n%v\nwant\n%s", err, tt.want)
		})
	}
}

func TestOneAloneWhoAlarmsEverybodyIsWarnedOf(t *testing.T) {
	t.Parallel()
	text := goodPlan + "[[channel]]\naudience = \"residents\"\nkind = \"sms\"\n[template.alert]\nzh = \"走\"\n[template.stand_down]\nzh = \"完\"\n[template.correction]\nzh = \"误\"\n"
	for second, want := range map[string]bool{"none": true, "residents": false, "all": false} {
		d, err := district.Load(withPlan(t, "second_person = \""+second+"\"\n"+text))
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(district.Warnings(d), "\n"), "one person alone"); got != want {
			t.Errorf("second_person %s: warned %v, want %v", second, got, want)
		}
	}
}

func TestTheShippedPlansAreThere(t *testing.T) {
	t.Parallel()
	d := shipped(t)
	for _, id := range []string{"road-collapse", "residential-fire", "gas-leak", "typhoon-flood", "joint-enforcement"} {
		p, found := d.Plan(id)
		if !found {
			t.Errorf("no plan %s", id)
			continue
		}
		if len(p.Zones) == 0 || len(p.Steps) == 0 || len(p.Closing) == 0 || p.NameEn == p.Name {
			t.Errorf("plan %s lacks a zone, step, closing condition or English name", id)
		}
		if r := p.Reached(nil); r.Over {
			t.Errorf("plan %s is over its budget: %v s", id, r.LastDoor)
		}
	}
	if got := district.Warnings(d); len(got) > 0 {
		t.Errorf("the shipped district is warned of:\n%s", strings.Join(got, "\n"))
	}
}

func TestAnAlertProposesAPlanAndItsZone(t *testing.T) {
	t.Parallel()
	d := shipped(t)
	tests := map[string]struct{ area, want string }{
		"a grid with a zone of its own": {"genyuan-08", "[{residential-fire genshan-gongyu} {typhoon-flood low-ground}]"},
		"a grid that a polygon holds":   {"tidong-06", "[{gas-leak chaoan-yuan-north} {road-collapse chaoan-yuan} {typhoon-flood tidong-east}]"},
		"a community with zones in it":  {"dongyuan", "[{joint-enforcement dongyuan-block}]"},
		"somewhere else":                {"shiqiao", "[]"},
	}
	for name, tt := range tests {
		at, known := d.Areas.Lookup(tt.area)
		if !known {
			t.Fatalf("no area %s", tt.area)
		}
		if got := fmt.Sprint(d.Proposals(at)); got != tt.want {
			t.Errorf("%s: %s, want %s", name, got, tt.want)
		}
	}
}
