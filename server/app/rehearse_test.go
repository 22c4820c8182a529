package app_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/respond/report"
	"citydeck/cockpits/xiacheng"
	"citydeck/server/app"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

// hasty is the shipped district with a plan that waits a second for an answer.
func hasty(t *testing.T) func(*config.Config) {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, xiacheng.Files); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "plans", "road-collapse.toml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.ReplaceAll(text, []byte(`acknowledge_within = "60s"`), []byte(`acknowledge_within = "1s"`))
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return func(c *config.Config) { c.District.Dir = dir }
}

func TestARehearsalGetsEverybodyOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), hasty(t))
	h.lists()
	boss := h.commander("boss")
	id := h.press(boss, true, "潮安苑/1", "潮安苑/2", "潮安苑/3").ID
	ctx, end := context.WithTimeout(t.Context(), 3*time.Minute)
	defer end()
	var said bytes.Buffer
	r, err := app.Rehearse(ctx, app.Rehearsal{URL: h.url, Token: h.token("boss"), Command: id, Speed: 300, Seed: 7, StandUp: true}, &said)
	if err != nil || r.Total < 100 || r.Out != r.Total || r.Signed != r.Units || r.AllOut <= 0 || r.Reports < r.Total {
		t.Fatalf("the rehearsal ended with %+v, %v\n%s", r, err, &said)
	}
	t.Logf("%+v\n%s", r, &said)
	var is report.Report
	h.said(boss, "GET", "/commands/"+id+"/report", nil, &is)
	if is.AllOut == nil || *is.AllOut != r.AllOut.Milliseconds() || is.Signed != r.Units || is.Milestones["T9"] == nil {
		t.Errorf("the report: all out %v, signed %d, T9 %v", is.AllOut, is.Signed, is.Milestones["T9"])
	}
	if is.Households["helped"] == 0 || is.Households["empty"] == 0 || !strings.Contains(said.String(), "out") {
		t.Errorf("not as people are: %v", is.Households)
	}
}
