package print_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/report"
	"citydeck/server/print"
)

// read has poppler read a document back; what it lacks is a missing package.
func read(t *testing.T, pdf []byte, options ...string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.pdf")
	if err := os.WriteFile(path, pdf, 0o600); err != nil {
		t.Fatal(err)
	}
	text, err := exec.Command("pdftotext", append(append(options, "-layout"), path, "-")...).CombinedOutput()
	if err != nil {
		t.Fatalf("pdftotext (of poppler-utils): %v %s", err, text)
	}
	return string(text)
}

func printer() print.Printer {
	return print.Printer{District: "下城区", Zone: time.FixedZone("", 8*3600)}
}

func ptr[T any](v T) *T { return &v }

func TestTheReportCanBeReadBack(t *testing.T) {
	t.Parallel()
	t0 := time.Date(2019, 8, 28, 2, 5, 0, 0, time.UTC).UnixMilli()
	long := strings.Repeat("下次由街道提前一天核对名单，𠮷田家的门铃坏了。", 12)
	r := report.Report{
		ID: "c0828-100500-ab12cd", Plan: "road-collapse", PlanName: "道路塌陷", Version: 3, Exercise: true, LaunchedAt: t0, Budget: 600_000, AllOut: ptr(int64(571_400)), Total: 792,
		Milestones: map[string]*int64{"T0": &t0, "T6": ptr(t0 + 571_400)}, Households: map[string]int{"left": 700, "helped": 92},
		Units: make([]report.Unit, 46), LateUnits: []report.Unit{{Unit: "潮安苑/15/3", AllOut: ptr(int64(630_000))}}, Unreachable: []string{"r-17"},
		Messages: map[string]map[string]map[string]int{"residents": {"sms": {"delivered": 790}}},
		Lessons:  []command.Lesson{{Kind: command.Action, Text: long, Owner: "潮鸣街道"}},
		Ledger:   report.Ledger{Lines: 4321, Head: strings.Repeat("0f", 32)},
	}
	for range 200 {
		r.Timeline = append(r.Timeline, report.Moment{At: t0, Kind: command.Signed, By: "responder:r-1", Unit: "潮安苑/1/1", Reason: "核对无误"})
	}
	pdf, err := printer().Report(&r)
	if err != nil {
		t.Fatal(err)
	}
	text := read(t, pdf)
	for _, want := range []string{"复盘报告", "道路塌陷", "演练 exercise", "2019-08-28 10:05:00", "9m31.4s", "792", "潮安苑/15/3", "r-17", "已送达", "4321", r.Ledger.Head} {
		if !strings.Contains(text, want) {
			t.Errorf("the report does not say %q", want)
		}
	}
	squeezed := strings.Join(strings.Fields(text), "")
	if n := strings.Count(squeezed, "核对无误"); n != 200 {
		t.Errorf("%d of 200 lines of the course", n)
	}
	if n := strings.Count(squeezed, "下次由"); n < 10 { // some are broken between lines, beside the next column
		t.Errorf("of a long lesson %d of 12 sentences are found", n)
	}
	if !strings.Contains(text, "\f") {
		t.Error("it stands on one page")
	}
}
