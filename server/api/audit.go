package api

import (
	"bufio"
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
)

// Lines is the record, read.
type Lines interface {
	// Lines hands over the lines of a span of time (Unix ms, both included) in
	// their order, each also as it is sent, until do fails.
	Lines(ctx context.Context, from, to int64, do func(line access.Line, sent string) error) error
}

// listAudit answers GET /audit?from=&to= as NDJSON: the lines of the caller's
// areas; those that have none are for who is auditor of the whole.
func (a *API) listAudit(c echo.Context) error {
	from, to, err := span(c, a.now())
	if err != nil {
		return err
	}
	whole := a.holds(c, access.Audit, a.district.Areas.Root())
	c.Response().Header().Set(echo.HeaderContentType, "application/x-ndjson")
	if headless(c) {
		return c.NoContent(http.StatusOK)
	}
	w := bufio.NewWriter(c.Response())
	err = a.Lines.Lines(c.Request().Context(), from, to, func(line access.Line, sent string) error {
		at, placed := a.district.Areas.Lookup(line.Area)
		if !whole && (!placed || !a.holds(c, access.Audit, at)) {
			return nil
		}
		_, err := w.WriteString(sent + "\n")
		return err
	})
	if err != nil {
		return err
	}
	return w.Flush()
}

// span reads from and to, either of which may lack: from the beginning, to now.
func span(c echo.Context, now time.Time) (from, to int64, err error) {
	q, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return 0, 0, fault.New(fault.Invalid, "", "the query can't be read: parameters are name=value, joined by &, percent-encoded")
	}
	to = now.UnixMilli()
	for name, into := range map[string]*int64{"from": &from, "to": &to} {
		switch given := q[name]; {
		case len(given) > 1:
			return 0, 0, fault.New(fault.Invalid, "/"+name, "the parameter %s is given %d times", name, len(given))
		case len(given) == 1 && given[0] != "":
			if *into, err = instant(given[0]); err != nil {
				return 0, 0, fault.New(fault.Invalid, "/"+name, "a time is RFC 3339 or Unix milliseconds")
			}
		}
	}
	if from > to {
		return 0, 0, fault.New(fault.Invalid, "/from", "from is after to")
	}
	return from, to, nil
}

// instant reads a time as a reading's `at` is written.
func instant(s string) (int64, error) {
	if ms, err := strconv.ParseInt(s, 10, 64); err == nil {
		return ms, nil
	}
	t, err := time.Parse(time.RFC3339Nano, s)
	return t.UnixMilli(), err
}

// areasOf finds areas by their ids; the fault names the first unknown one.
func (a *API) areasOf(at string, ids []string) ([]area.Index, error) {
	list := make([]area.Index, len(ids))
	for i, id := range ids {
		found, known := a.district.Areas.Lookup(id)
		if !known {
			return nil, unknown("area", at+"/"+strconv.Itoa(i))
		}
		list[i] = found
	}
	return list, nil
}
