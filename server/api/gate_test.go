package api_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"net/http"
	"testing"

	"github.com/labstack/echo/v4"
	"github.com/prometheus/client_golang/prometheus"

	"citydeck/cockpits/access"
	"citydeck/server/api"
)

// journal is a record that a test reads, or that can't be written.
type journal struct {
	lines []access.Line
	full  bool
}

func (j *journal) Append(_ context.Context, l access.Line) error {
	if j.full {
		return errors.New("disk full")
	}
	j.lines = append(j.lines, l)
	return nil
}

// asked is the door with somebody before it.
func asked(t testing.TB, who access.Actor, j *journal) *door {
	t.Helper()
	log := slog.New(slog.DiscardHandler)
	e, err := api.NewDoor(api.DoorConfig{}, log)
	if err != nil {
		t.Fatal(err)
	}
	e.Use(func(next echo.HandlerFunc) echo.HandlerFunc {
		return func(c echo.Context) error {
			c.SetRequest(c.Request().WithContext(access.With(c.Request().Context(), who)))
			return next(c)
		}
	})
	m := busy()
	a, err := api.New(api.Config{Anonymous: "none"}, town(t), api.Seams{
		Values: m, Boards: m, Readings: m, Health: m, Record: api.Record{Journal: j},
	}, log, prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	a.Routes(e)
	return &door{echo: e, log: &bytes.Buffer{}}
}

func leader(place string) access.Actor {
	return access.Actor{Kind: access.User, Name: "wang", Grants: []access.Grant{{Role: access.StreetLeader, Area: place}}, Address: "10.0.0.1"}
}

func TestALookAtAPersonNeedsAPurposeAndIsOnRecord(t *testing.T) {
	t.Parallel()
	const deep = "/api/v1/values?indicator=watched&area=pond"
	viewer := leader("town")
	viewer.Grants[0].Role = access.Viewer
	tests := map[string]struct {
		who    access.Actor
		target string
		status int
		kind   string // the end of the problem's type
		line   access.Line
	}{
		"without a purpose": {leader("town"), deep, 403, "purpose_required",
			access.Line{Actor: "user:wang", Role: "street_leader", Action: "unmask", Object: "indicator:watched", Area: "pond", Address: "10.0.0.1", Result: "refused"}},
		"with one": {leader("town"), deep + "&purpose=看望老人", 200, "",
			access.Line{Actor: "user:wang", Role: "street_leader", Action: "unmask", Object: "indicator:watched", Area: "pond", Purpose: "看望老人", Address: "10.0.0.1", Result: "allowed"}},
		"by who has no right to": {viewer, deep + "&purpose=x", 403, "forbidden",
			access.Line{Actor: "user:wang", Role: "viewer", Action: "unmask", Object: "indicator:watched", Area: "pond", Purpose: "x", Address: "10.0.0.1", Result: "refused"}},
		"elsewhere": {leader("west"), deep + "&purpose=x", 403, "forbidden",
			access.Line{Actor: "user:wang", Role: "street_leader", Action: "unmask", Object: "indicator:watched", Area: "pond", Purpose: "x", Address: "10.0.0.1", Result: "refused"}},
		"a total of a street":         {viewer, "/api/v1/values?indicator=watched&area=east", 200, "", access.Line{}},
		"a list of persons":           {leader("town"), "/api/v1/lists/patients", 403, "purpose_required", access.Line{Actor: "user:wang", Role: "street_leader", Action: "unmask", Object: "list:patients", Address: "10.0.0.1", Result: "refused"}},
		"a list of persons, for care": {leader("town"), "/api/v1/lists/patients?purpose=care", 200, "", access.Line{Actor: "user:wang", Role: "street_leader", Action: "unmask", Object: "list:patients", Purpose: "care", Address: "10.0.0.1", Result: "allowed"}},
	}
	for name, tt := range tests {
		j := &journal{}
		w := asked(t, tt.who, j).ask(t, "GET", tt.target, "")
		if tt.status == http.StatusOK && w.Code != tt.status {
			t.Errorf("%s: %d %s", name, w.Code, w.Body)
		}
		if tt.status != http.StatusOK {
			if p := wantProblem(t, name, w, tt.status); p.Type != "urn:citydeck:problem/"+tt.kind {
				t.Errorf("%s: type = %s, want %s", name, p.Type, tt.kind)
			}
		}
		if (tt.line == access.Line{}) {
			if len(j.lines) != 0 {
				t.Errorf("%s: on record is %+v, want nothing", name, j.lines)
			}
			continue
		}
		if len(j.lines) != 1 {
			t.Errorf("%s: %d lines, want one", name, len(j.lines))
			continue
		}
		if tt.line.At = j.lines[0].At; j.lines[0] != tt.line {
			t.Errorf("%s: on record is %+v, want %+v", name, j.lines[0], tt.line)
		}
	}
}

func TestWhatCantBeRecordedIsNotShown(t *testing.T) {
	t.Parallel()
	d := asked(t, leader("town"), &journal{full: true})
	for _, target := range []string{"/api/v1/values?indicator=watched&area=pond&purpose=care", "/api/v1/lists/patients?purpose=care"} {
		if w := d.ask(t, "GET", target, ""); w.Code < 500 {
			t.Errorf("GET %s without a record: %d %s", target, w.Code, w.Body)
		}
	}
	if w := d.ask(t, "GET", "/api/v1/values?indicator=rate&area=pond", ""); w.Code != http.StatusOK {
		t.Errorf("what needs no record: %d", w.Code)
	}
}

func TestNobodyLooksAtPersonsWithoutEnd(t *testing.T) {
	t.Parallel()
	j := &journal{}
	d := asked(t, leader("town"), j)
	statuses := map[int]int{}
	for range 65 {
		statuses[d.ask(t, "GET", "/api/v1/values?indicator=watched&area=pond&purpose=care", "").Code]++
	}
	if statuses[200] < 60 || statuses[200] > 63 || statuses[200]+statuses[429] != 65 || len(j.lines) != statuses[200] {
		t.Errorf("of 65 looks: %v, on record %d", statuses, len(j.lines))
	}
}
