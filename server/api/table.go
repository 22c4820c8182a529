package api

import (
	"bytes"
	"encoding/csv"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/report"
)

// wanted is the form that the header Accept asks for first among those there
// are; the first of them where it names none.
func wanted(c echo.Context, forms ...string) string {
	for _, part := range strings.Split(c.Request().Header.Get(echo.HeaderAccept), ",") {
		form, _, err := mime.ParseMediaType(part)
		if err != nil {
			continue
		}
		for _, f := range forms {
			if form == f {
				return f
			}
		}
	}
	return forms[0]
}

// attached answers a file.
func attached(c echo.Context, form, name string, data []byte) error {
	c.Response().Header().Set(echo.HeaderContentDisposition, mime.FormatMediaType("attachment", map[string]string{"filename": name}))
	c.Response().Header().Add(echo.HeaderVary, echo.HeaderAccept)
	if form == "text/csv" {
		form += "; charset=utf-8"
	}
	return c.Blob(http.StatusOK, form, data)
}

// table writes CSV that a spreadsheet opens as UTF-8 and calculates nothing of:
// a text that would be a formula there begins with an apostrophe.
func table(rows [][]string) []byte {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, row := range rows {
		for i, cell := range row {
			row[i] = harmless(cell)
		}
		_ = w.Write(row) // a buffer takes all
	}
	w.Flush()
	return b.Bytes()
}

func harmless(cell string) string {
	if cell == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(cell)[0]) {
		return cell
	}
	if _, err := strconv.ParseFloat(cell, 64); err == nil {
		return cell
	}
	return "'" + cell
}

func householdsTable(list []command.HouseholdView) []byte {
	rows := [][]string{{"id", "estate", "building", "unit", "floor", "room", "residents", "needs", "contact_name", "contact_phone", "state", "at", "by", "contested", "task", "helper"}}
	for i := range list {
		h := &list[i]
		rows = append(rows, []string{h.ID, h.Estate, h.Building, h.Unit, h.Floor, h.Room, strconv.Itoa(h.Residents), strings.Join(h.Needs, ";"), h.ContactName, h.ContactPhone,
			h.State, milli(h.At), or(h.By), strconv.FormatBool(h.Contested), or(h.Task), or(h.Helper)})
	}
	return table(rows)
}

func unitsTable(r *report.Report) []byte {
	late := map[string]bool{}
	for _, u := range r.LateUnits {
		late[u.Unit] = true
	}
	rows := [][]string{{"unit", "all_out_ms", "late"}}
	for _, u := range r.Units {
		rows = append(rows, []string{u.Unit, milli(u.AllOut), strconv.FormatBool(late[u.Unit])})
	}
	return table(rows)
}

func milli(n *int64) string {
	if n == nil {
		return ""
	}
	return strconv.FormatInt(*n, 10)
}

func or(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
