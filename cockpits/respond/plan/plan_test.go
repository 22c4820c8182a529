package plan_test

import (
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/respond/plan"
)

func TestATemplateIsLookedAt(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"good":                      {"{drill}{name}，{estate}{building}幢{unit}单元{households}户 {link} {plan}", ""},
		"without a place for drill": {"go", ""},
		"empty":                     {"  ", "is empty"},
		"an unknown placeholder":    {"{drill}{phone}", "unknown placeholder {phone}"},
		"a brace that never closes": {"{name", "{ without }"},
		"a brace that never opens":  {"name}", "} without {"},
		"it says it is no drill":    {"{drill}这不是演习，请撤离", "不是演习"},
		"in English, over lines":    {"This is NO\n drill: leave", "no drill"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := plan.TemplateFault(tt.text)
			if (got == "") != (tt.want == "") || !strings.Contains(got, tt.want) {
				t.Errorf("TemplateFault(%q) = %q, want %q", tt.text, got, tt.want)
			}
		})
	}
}

func TestAnExerciseSaysSoInEveryText(t *testing.T) {
	t.Parallel()
	f := plan.Fields{Name: "王*", Households: "9", Exercise: true}
	for text, want := range map[string]string{
		"{name}, {households}": "【演练】王*, 9",
		"注意{drill}{name}":      "注意【演练】王*",
	} {
		if got := plan.Render(text, f, false); got != want {
			t.Errorf("Render(%q) = %q, want %q", text, got, want)
		}
	}
	if got := plan.Render("go", f, true); got != "[EXERCISE] go" {
		t.Errorf("in English: %q", got)
	}
	f.Exercise = false
	if got := plan.Render("{drill}go", f, false); got != "go" {
		t.Errorf("a real one says %q, want go", got)
	}
}

func TestTheArithmeticOfReach(t *testing.T) {
	t.Parallel()
	p := plan.Plan{
		AllOut: plan.Span(10 * time.Minute), AcknowledgeWithin: plan.Span(time.Minute), PerResponder: 12,
		Roles:    []plan.Role{{ID: "sweeper", Per: plan.Unit, Count: 2, Deputies: 2}},
		Channels: []plan.Channel{{Audience: plan.Responders, Kind: plan.SMS, After: plan.Span(15 * time.Second)}, {Audience: plan.Inhabitants, Kind: plan.SMS}, {Audience: plan.Inhabitants, Kind: plan.Voice}},
		Template: plan.Templates{Task: plan.Text{Zh: strings.Repeat("字", 135)}},
	}
	r := p.Reached(map[string]plan.Rate{plan.SMS: {PerSecond: 50, Ready: true}})
	// 20 s to answer, 90 s to arrive, 30 s a door.
	if r.LastDoor != 110+12*30 || r.Over || r.Doors != 16 {
		t.Errorf("12 households take %v s (over %v), %d doors are reached; want 470, false, 16", r.LastDoor, r.Over, r.Doors)
	}
	if r.LastRung != 15 || r.LastDeputy != 120 || r.HouseholdsIn60s[plan.SMS] != 3000 || r.SMSParts["task"] != 3 {
		t.Errorf("reach = %+v", r)
	}
	if len(r.NotConfigured) != 1 || r.NotConfigured[0] != plan.Voice {
		t.Errorf("not configured: %v, want voice", r.NotConfigured)
	}
	p.PerResponder = 17
	if r := p.Reached(nil); !r.Over {
		t.Errorf("17 households take %v s of 600: want over", r.LastDoor)
	}
}
