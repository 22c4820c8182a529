package app_test

import (
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/server/stream/redistest"
)

// valid holds a document against what CAP 1.2 says of its elements.
func valid(t *testing.T, alert string) error {
	t.Helper()
	check := exec.Command("xmllint", "--nonet", "--noout", "--schema", "testdata/cap12.xsd", "-")
	check.Stdin = strings.NewReader(alert)
	said, err := check.CombinedOutput()
	if err != nil {
		return fmt.Errorf("xmllint (of libxml2-utils): %w: %s", err, said)
	}
	return nil
}

func TestTheAlertIsValid(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), street(t, newGateway(t)))
	h.lists()
	boss := h.commander("boss")
	zones := map[string]m{
		"buildings": {"buildings": []string{"潮安苑/1"}},
		"a circle":  {"circle": m{"centre": []float64{120.1722, 30.2705}, "radius_m": 400}},
		"a polygon": {"polygon": [][]float64{{120.16, 30.26}, {120.19, 30.26}, {120.19, 30.29}, {120.16, 30.29}}},
	}
	for name, zone := range zones {
		body := m{"plan": "road-collapse", "zone": zone, "exercise": true}
		var seen command.Preview
		var view command.View
		if status := h.said(boss, "POST", "/commands/preview", body, &seen); status != 200 {
			t.Fatalf("%s: the preview: %d", name, status)
		}
		if status := h.said(boss, "POST", "/commands", body, &view, "If-Match", `"`+seen.Revision+`"`, "Idempotency-Key", name); status != 201 {
			t.Fatalf("%s: the launch: %d", name, status)
		}
		at := "/api/v1/commands/" + view.ID
		for _, kind := range []string{"Alert", "Cancel"} {
			if kind == "Cancel" {
				h.said(boss, "POST", "/commands/"+view.ID+"/stand-down", m{"reason": "over"}, nil)
			}
			_, alert := h.request("GET", at+"/cap", "", "Cookie", boss)
			if err := valid(t, alert); err != nil {
				t.Errorf("%s, %s: %v\n%s", name, kind, err, alert)
			}
			if !strings.Contains(alert, "<msgType>"+kind+"<") || !strings.Contains(alert, "<status>Exercise<") {
				t.Errorf("%s: not the %s of an exercise: %s", name, kind, alert)
			}
			if kind == "Cancel" && !strings.Contains(alert, "<references>") {
				t.Errorf("%s: the Cancel refers to nothing", name)
			}
			for what, wrong := range map[string][2]string{
				"another order": {"<scope>Public</scope>", ""}, "a time with Z": {"+08:00</sent>", "Z</sent>"}, "an unknown word": {"<urgency>Immediate", "<urgency>Soon"},
			} {
				if valid(t, strings.Replace(alert, wrong[0], wrong[1], 1)) == nil {
					t.Errorf("%s: an alert with %s is valid", name, what)
				}
			}
		}
	}
}
