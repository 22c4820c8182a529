package app_test

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"net/http"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"citydeck/server/stream/redistest"
)

const homesHeader = "id,area,estate,building,unit,floor,room,residents,needs,contact_name,contact_phone,lon,lat\n"

type seenList struct {
	Rows, Residents, Added, Replaced, Removed, More int
	Digest                                          string
	Faults, Doubts                                  []listFault
}

type listFault struct{ At, Code, Reason string }

// list sends a list as a page does; a digest makes it count.
func (h *house) list(token, path, body, digest string) (int, string) {
	h.t.Helper()
	headers := []string{"Authorization", "Bearer " + token}
	if digest != "" {
		headers = append(headers, "If-Match", `"`+digest+`"`)
	}
	res, text := h.request("POST", "/api/v1/lists/"+path, body, headers...)
	if res.StatusCode >= 400 && res.Header.Get("Content-Type") != "application/problem+json" {
		h.t.Errorf("%s: %d is no problem: %s", path, res.StatusCode, text)
	}
	return res.StatusCode, text
}

// looked is a preview that can be read.
func (h *house) looked(token, path, body string) (p seenList) {
	h.t.Helper()
	status, text := h.list(token, path, body, "")
	if err := json.Unmarshal([]byte(text), &p); err != nil || status != http.StatusOK {
		h.t.Fatalf("%s: %d %s", path, status, text)
	}
	return p
}

// workbook is a book of one sheet after something was done to it.
func workbook(t *testing.T, rows [][]any, change func(*excelize.File)) string {
	t.Helper()
	book := excelize.NewFile()
	for i, row := range rows {
		cell, _ := excelize.CoordinatesToCellName(1, i+1)
		if err := book.SetSheetRow("Sheet1", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	if change != nil {
		change(book)
	}
	out, err := book.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestListsInTheBrowserChangeNothingBeforeTheyAreApplied(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("ada", "admin", "valley")
	h.add("eve", "auditor", "valley")
	h.add("gil", "admin", "gate")
	ada := h.token("ada")
	one := homesHeader + "h1,sill,e,1,1,1,101,2,,,,,\nh2,sill,e,1,1,1,102,3,,,,,\n"
	two := homesHeader + "h2,sill,e,1,1,1,102,4,,,,,\nh3,sill,e,1,1,1,103,1,,,,,\n"

	first := h.looked(ada, "households/preview?name=a.csv", one)
	if first.Rows != 2 || first.Residents != 5 || first.Added != 2 || first.Replaced != 0 || len(first.Faults) != 0 {
		t.Errorf("the preview: %+v", first)
	}
	if again := h.looked(ada, "households/preview?name=a.csv", one); again.Added != 2 || again.Digest != first.Digest {
		t.Errorf("a preview has changed something: %+v", again)
	}
	for what, tt := range map[string]struct {
		path, body, digest string
		want               int
	}{
		"without a preview":         {"households?name=a.csv", one, "", http.StatusPreconditionRequired},
		"whatever it is":            {"households?name=a.csv", one, "*", http.StatusPreconditionRequired},
		"another file":              {"households?name=a.csv", two, first.Digest, http.StatusPreconditionFailed},
		"more than was looked at":   {"households?name=a.csv&replace=true", one, first.Digest, http.StatusPreconditionFailed},
		"another list":              {"shelters?name=a.csv", one, first.Digest, http.StatusPreconditionFailed},
		"a list that there isn't":   {"users?name=a.csv", one, first.Digest, http.StatusNotFound},
		"a file without a name":     {"households", one, first.Digest, http.StatusBadRequest},
		"a wish that is no wish":    {"households?name=a.csv&replace=1", one, first.Digest, http.StatusBadRequest},
		"nothing":                   {"households?name=a.csv", "", first.Digest, http.StatusBadRequest},
		"a name that leads outside": {"households/preview?name=..%2f..%2fa.csv", homesHeader + "h1\n", "", http.StatusOK},
	} {
		if status, text := h.list(ada, tt.path, tt.body, tt.digest); status != tt.want || strings.Contains(text, "..") {
			t.Errorf("%s: %d %s, want %d", what, status, text, tt.want)
		}
	}
	if status, text := h.list(h.token("gil"), "households?name=a.csv", one, first.Digest); status != http.StatusForbidden {
		t.Errorf("an admin of a part: %d %s, want 403", status, text)
	}
	if status, text := h.list(ada, "households?name=a.csv", one, first.Digest); status != http.StatusOK || text != `{"rows":2,"residents":5,"replaced":0,"removed":0}` {
		t.Fatalf("taken: %d %s", status, text)
	}
	if status, _ := h.list(ada, "households?name=a.csv", one, first.Digest); status != http.StatusPreconditionFailed {
		t.Errorf("the same press twice: %d, want 412", status)
	}
	next := h.looked(ada, "households/preview?name=a.csv&replace=true", two)
	if next.Added != 1 || next.Replaced != 1 || next.Removed != 1 {
		t.Errorf("what replaces: %+v", next)
	}
	if status, text := h.list(ada, "households?name=a.csv&replace=true", two, next.Digest); status != http.StatusOK || text != `{"rows":2,"residents":5,"replaced":1,"removed":1}` {
		t.Errorf("replaced: %d %s", status, text)
	}
	_, lines := h.by(h.token("eve"), "GET", "/api/v1/audit", "")
	if n := strings.Count(lines, `"actor":"user:ada","role":"admin","action":"equip","object":"import households"`); n < 2 {
		t.Errorf("%d imports of ada on record:\n%s", n, lines)
	}
}

func TestAListsFaultsNameLineOrCellAndNothingIsTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("ada", "admin", "valley")
	ada := h.token("ada")
	homes := func(rows string) string { return homesHeader + rows }
	for what, tt := range map[string]struct{ path, body, at, reason string }{
		"a household twice":   {"households/preview?name=a.csv", homes("h1,sill,e,1,1,1,101,2,,,,,\nh1,sill,e,1,1,1,102,2,,,,,\n"), "a.csv:3", "already"},
		"an unknown area":     {"households/preview?name=a.csv", homes("h1,moon,e,1,1,1,101,2,,,,,\n"), "a.csv:2", "unknown"},
		"a house without one": {"households/preview?name=a.csv", homes("h1,sill,e,,1,1,101,2,,,,,\n"), "a.csv:2", "building is empty"},
		"bytes of GBK":        {"households/preview?name=a.csv", homes("h1,sill,\xb3\xc7,1,1,1,101,2,,,,,\n"), "a.csv:2", "GBK"},
		"a column is missing": {"shelters/preview?name=a.csv", "id,name\n", "a.csv:1", "missing"},
	} {
		p := h.looked(ada, tt.path, tt.body)
		if !slices.ContainsFunc(p.Faults, func(f listFault) bool {
			return f.At == tt.at && f.Code != "" && strings.Contains(f.Reason, tt.reason)
		}) {
			t.Errorf("%s: %+v, want one at %s that says %s", what, p.Faults, tt.at, tt.reason)
		}
		if status, text := h.list(ada, strings.Replace(tt.path, "/preview", "", 1), tt.body, p.Digest); status != http.StatusBadRequest {
			t.Errorf("%s is applied: %d %s", what, status, text)
		}
	}
	many := h.looked(ada, "households/preview?name=a.csv", homes(strings.Repeat("h1,moon,e,1,1,1,101,2,,,,,\n", 300)))
	if len(many.Faults) != 200 || many.More != 399 {
		t.Errorf("%d faults and %d more, want 200 and 399", len(many.Faults), many.More)
	}
}

func TestWhatIsOddInAListIsToldAndTaken(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("ada", "admin", "valley")
	ada := h.token("ada")
	people := []any{"id", "name", "roles", "areas", "phone", "channels", "on_duty", "remark"}
	row := func(id, name, phone any) []any { return []any{id, name, "sweeper", "sill", phone, "app", 1, "x"} }
	book := func(change func(*excelize.File), rows ...[]any) string {
		return workbook(t, append([][]any{people}, rows...), change)
	}
	for what, tt := range map[string]struct{ path, body, at, code string }{
		"a link as a name": {"households?name=a.csv", homesHeader + "h1,sill,e,1,1,1,101,2,,\"=HYPERLINK(\"\"http://x\"\")\",,,\n", "a.csv:2", "like_formula"},
		"a sum as a name":  {"households?name=a.csv", homesHeader + "h1,sill,-2+3,1,1,1,101,2,,,,,\n", "a.csv:2", "like_formula"},
		"a rounded phone":  {"households?name=a.csv", homesHeader + "h1,sill,e,1,1,1,101,2,,,1.38E+10,,\n", "a.csv:2", "rounded"},
		"a formula": {"responders?name=b.xlsx", book(func(f *excelize.File) {
			_ = f.SetCellFormula("Sheet1", "B2", "1+1")
		}, row("p1", "", 1)), "b.xlsx:Sheet1!B2", "formula"},
		"a date": {"responders?name=b.xlsx", book(nil, row(time.Date(2025, 8, 28, 0, 0, 0, 0, time.UTC), "张", 1)), "b.xlsx:Sheet1!A2", "date"},
		"merged cells": {"responders?name=b.xlsx", book(func(f *excelize.File) {
			_ = f.MergeCell("Sheet1", "B2", "B3")
		}, row("p1", "张", 1), row("p2", "李", 1)), "b.xlsx:Sheet1!B3", "merged"},
		"an empty name": {"responders?name=b.xlsx", book(nil, row("p1", "", 1)), "b.xlsx:Sheet1!B2", "empty"},
	} {
		p := h.looked(ada, strings.Replace(tt.path, "?", "/preview?", 1), tt.body)
		if len(p.Faults) != 0 || !slices.ContainsFunc(p.Doubts, func(f listFault) bool { return f.At == tt.at && f.Code == tt.code && f.Reason != "" }) {
			t.Errorf("%s: %+v, want no fault and a doubt %s at %s", what, p, tt.code, tt.at)
		}
		if status, text := h.list(ada, tt.path, tt.body, p.Digest); status != http.StatusOK {
			t.Errorf("%s is not taken: %d %s", what, status, text)
		}
	}
	good := book(func(f *excelize.File) {
		_ = f.SetCellFormula("Sheet1", "H2", "1+1") // in a column that isn't asked for
	}, row("p1", "张", "13800000000"), row("p2", "李", "+8613800000000"))
	if p := h.looked(ada, "responders/preview?name=b.xlsx", good); len(p.Faults)+len(p.Doubts) != 0 || p.Rows != 2 {
		t.Errorf("a good book after all those: %+v", p)
	}
}

func TestWhatIsNoListIsRefusedUnread(t *testing.T) {
	t.Parallel()
	h := newHouse(t, redistest.Start(t).URL(), nil)
	h.add("ada", "admin", "valley")
	ada := h.token("ada")
	zipped := func(parts map[string][]byte) string {
		var out bytes.Buffer
		z := zip.NewWriter(&out)
		for name, data := range parts {
			w, err := z.Create(name)
			if err == nil {
				_, err = w.Write(data)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return out.String()
	}
	book := workbook(t, [][]any{{"id"}}, nil)
	bomb := zipped(map[string][]byte{"xl/workbook.xml": nil, "xl/worksheets/sheet1.xml": make([]byte, 65<<20)})
	lies := []byte(bomb) // says that the part holds 1 byte
	for i := range lies {
		if bytes.HasPrefix(lies[i:], []byte("PK\x01\x02")) && bytes.Contains(lies[i:min(i+80, len(lies))], []byte("sheet1")) {
			copy(lies[i+24:], []byte{1, 0, 0, 0})
		}
	}
	for what, tt := range map[string]struct {
		name, body string
		want       int
	}{
		"a bomb":                     {"a.xlsx", bomb, http.StatusRequestEntityTooLarge},
		"over 16 MiB":                {"a.csv", strings.Repeat("a", 16<<20+1), http.StatusRequestEntityTooLarge},
		"too many rows":              {"a.csv", strings.Repeat("a\n", 200_001), http.StatusRequestEntityTooLarge},
		"a workbook of 2003":         {"a.xls", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", http.StatusUnsupportedMediaType},
		"a password":                 {"a.xlsx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 EncryptedPackage", http.StatusUnsupportedMediaType},
		"macros":                     {"a.xlsm", book, http.StatusUnsupportedMediaType},
		"macros under another name":  {"a.xlsx", zipped(map[string][]byte{"xl/workbook.xml": nil, "xl/vbaProject.bin": {1}}), http.StatusUnsupportedMediaType},
		"a workbook called CSV":      {"a.csv", book, http.StatusUnsupportedMediaType},
		"CSV called a workbook":      {"a.xlsx", homesHeader, http.StatusUnsupportedMediaType},
		"a zip that is no workbook":  {"a.xlsx", zipped(map[string][]byte{"a": {1}}), http.StatusUnsupportedMediaType},
		"half a workbook":            {"a.xlsx", book[:len(book)/2], http.StatusUnsupportedMediaType},
		"no file that is ever taken": {"a.exe", "MZ", http.StatusUnsupportedMediaType},
	} {
		if status, text := h.list(ada, "households/preview?name="+tt.name, tt.body, ""); status != tt.want {
			t.Errorf("%s (%s): %d %.200s, want %d", what, filepath.Ext(tt.name), status, text, tt.want)
		}
	}
	if status, text := h.list(ada, "households/preview?name=a.xlsx", string(lies), ""); status != http.StatusRequestEntityTooLarge && status != http.StatusUnsupportedMediaType {
		t.Errorf("a bomb that lies: %d %s", status, text)
	}
}
