package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/fault"
)

var errQuery = fault.New(fault.Invalid, "", "the query can't be read: parameters are name=value, joined by &, percent-encoded")

// query reads the named parameters, each of which must be there exactly once.
// Its faults are joined, one a parameter.
func query(c echo.Context, names ...string) ([]string, error) {
	all, err := url.ParseQuery(c.Request().URL.RawQuery)
	if err != nil {
		return nil, errQuery
	}
	values := make([]string, len(names))
	var faults []error
	for i, name := range names {
		given := all[name]
		switch {
		case len(given) == 0 || len(given) == 1 && given[0] == "":
			faults = append(faults, fault.New(fault.Invalid, "/"+name, "the parameter %s is missing", name))
		case len(given) > 1:
			faults = append(faults, fault.New(fault.Invalid, "/"+name, "the parameter %s is given %d times", name, len(given)))
		case !readable(given[0]):
			faults = append(faults, fault.New(fault.Invalid, "/"+name, "the parameter %s is not text", name))
		default:
			values[i] = given[0]
		}
	}
	return values, errors.Join(faults...)
}

func readable(s string) bool {
	return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
}

// unknown is the answer for an id that nothing has; the id is not repeated,
// since it can be anything.
func unknown(what, at string) error {
	return fault.New(fault.NotFound, at, "no such %s", what)
}

// answer writes v as JSON. It encodes before the status is sent, so that what
// can't be encoded is still a 500.
func answer(c echo.Context, status int, v any) error {
	body, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return send(c, status, body)
}

// send writes JSON; a HEAD is told the length that the body would have.
func send(c echo.Context, status int, body []byte) error {
	if headless(c) {
		c.Response().Header().Set(echo.HeaderContentLength, strconv.Itoa(len(body)))
	}
	return c.Blob(status, "application/json", body)
}

// ok answers 200.
func ok(c echo.Context, v any) error { return answer(c, http.StatusOK, v) }
