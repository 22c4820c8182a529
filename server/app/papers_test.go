package app_test

import (
	"encoding/base64"
	"encoding/csv"
	"os/exec"
	"strings"
	"testing"

	"citydeck/server/app"
	"citydeck/server/stream/redistest"
)

// paper has poppler read a PDF back.
func paper(t *testing.T, pdf string, options ...string) string {
	t.Helper()
	read := exec.Command("pdftotext", append(append(options, "-layout"), "-", "-")...)
	read.Stdin = strings.NewReader(pdf)
	text, err := read.CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (of poppler-utils): %v %s", err, text)
	}
	return string(text)
}

func TestACommandGoesOnPaperAndIntoTables(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), street(t, newGateway(t)))
	h.lists()
	boss := h.commander("boss")
	id := h.press(boss, true, "潮安苑/1").ID
	h.said(boss, "POST", "/commands/"+id+"/lessons", m{"id": "l", "kind": "problem", "text": "东门被车堵住"}, nil)
	h.said(boss, "POST", "/commands/"+id+"/stand-down", m{"reason": "drill over"}, nil)
	res, pdf := h.request("GET", "/api/v1/commands/"+id+"/report", "", "Cookie", boss, "Accept", "application/pdf")
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "application/pdf" {
		t.Fatalf("the report on paper: %d %s", res.StatusCode, res.Header.Get("Content-Type"))
	}
	text := paper(t, pdf)
	for _, want := range []string{"复盘报告", "道路塌陷", "演练", id, "东门被车堵住", "drill over", "封闭道路"} {
		if !strings.Contains(text, want) {
			t.Errorf("the paper does not say %q", want)
		}
	}
	for path, columns := range map[string]string{"/report": "unit,all_out_ms,late", "/households": "id,estate,building"} {
		res, text := h.request("GET", "/api/v1/commands/"+id+path, "", "Cookie", boss, "Accept", "text/csv")
		text, marked := strings.CutPrefix(text, "\ufeff")
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if res.StatusCode != 200 || !marked || err != nil || len(rows) < 2 || !strings.HasPrefix(text, columns) {
			t.Errorf("%s as a table: %d, %v, %d rows: %.100s", path, res.StatusCode, err, len(rows), text)
		}
	}
	if res, _ := h.request("GET", "/api/v1/commands/"+id+"/report", "", "Cookie", boss, "Accept", "text/html, */*;q=0.1"); !strings.HasPrefix(res.Header.Get("Content-Type"), "application/json") {
		t.Errorf("asked for anything, the report is %s", res.Header.Get("Content-Type"))
	}
}

func TestAPlanIsPrintedForTheDayWithoutAServer(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), street(t, newGateway(t)))
	h.lists()
	const password = "under the rubble 1"
	text := h.must(app.Errand{Do: "print plan", ID: "road-collapse", Estate: "潮安苑", Password: password})
	pdf, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	said := paper(t, string(pdf), "-upw", password)
	if n := strings.Count(said, "签字 signed"); n != 46 {
		t.Errorf("%d units are on it, want 46", n)
	}
	if strings.Contains(said, "****") || !strings.Contains(said, "王") {
		t.Error("the call list is masked")
	}
	for name, e := range map[string]app.Errand{
		"a short password":  {Do: "print plan", ID: "road-collapse", Password: "short"},
		"an unknown plan":   {Do: "print plan", ID: "none", Password: password},
		"an unknown estate": {Do: "print plan", ID: "road-collapse", Estate: "none", Password: password},
		"an unknown zone":   {Do: "print plan", ID: "road-collapse", Zone: "none", Password: password},
	} {
		if _, err := h.errand(e); err == nil {
			t.Errorf("%s: printed", name)
		}
	}
	h.add("aud", "auditor", "xiacheng")
	found := false
	for _, l := range h.lines(h.token("aud")) {
		found = found || l["object"] == "print plan:road-collapse" && l["action"] == "unmask" && l["result"] == "allowed"
	}
	if !found {
		t.Error("who printed it is not on record")
	}
}
