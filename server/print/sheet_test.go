package print_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/respond/household"
	"citydeck/cockpits/respond/plan"
)

func survey() *household.Survey {
	s := &household.Survey{Shelters: []household.Shelter{{Name: "文化中心", Area: "chaoming", Capacity: 400}}}
	for i := range 3 {
		s.People = append(s.People, household.Person{Responder: household.Responder{Name: fmt.Sprint("李四", i), Phone: "13800000000", OnDuty: true}})
	}
	u := household.Unit{Key: "潮安苑/1/1"}
	for i := range 60 {
		u.Homes = append(u.Homes, i)
		s.Homes = append(s.Homes, household.Home{Household: household.Household{Room: fmt.Sprint(100 + i), ContactName: "王小明", Needs: []string{"oxygen"}, Residents: 2}})
	}
	s.Units = []household.Unit{u}
	return s
}

func TestASheetOpensWithItsPasswordAlone(t *testing.T) {
	t.Parallel()
	of := &plan.Plan{Name: "道路塌陷", Version: 2, Steps: []plan.Step{{Name: "封闭道路", Due: plan.Span(2 * time.Minute)}}}
	// pdftotext takes no more than 31 bytes of a password from its line.
	for name, password := range map[string]string{"plain": "correct horse battery", "of other letters": "潮安苑预案二零二六夏", "a long one": strings.Repeat("x", 30)} {
		pdf, err := printer().Sheet(of, survey(), time.Now(), password)
		if err != nil {
			t.Fatal(err)
		}
		text := read(t, pdf, "-upw", password)
		for _, want := range []string{"封闭道路", "李四2", "13800000000", "潮安苑/1/1", "159", "王小明", "oxygen", "文化中心"} {
			if !strings.Contains(text, want) {
				t.Errorf("a password %s: the sheet does not say %q", name, want)
			}
		}
		path := filepath.Join(t.TempDir(), "x.pdf")
		if err := os.WriteFile(path, pdf, 0o600); err != nil {
			t.Fatal(err)
		}
		for _, wrong := range []string{"", password[:len(password)-1] + "?"} {
			if text, err := exec.Command("pdftotext", "-upw", wrong, path, "-").CombinedOutput(); err == nil {
				t.Errorf("a password %s: it opens with %q: %.80s", name, wrong, text)
			}
		}
		if bytes.Contains(pdf, []byte("Adobe")) || !bytes.Contains(pdf, []byte("/AESV3")) {
			t.Error("something in it is not encrypted")
		}
	}
}

func TestAShortPasswordIsRefused(t *testing.T) {
	t.Parallel()
	for name, password := range map[string]string{"none": "", "nine characters": "潮安苑预案二零二六", "too long to be read": strings.Repeat("x", 128)} {
		if _, err := printer().Sheet(&plan.Plan{}, survey(), time.Now(), password); err == nil {
			t.Errorf("%s: taken", name)
		}
	}
}
