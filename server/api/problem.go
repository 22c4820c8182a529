package api

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/fault"
)

// problem is the body of every error, as RFC 9457 has it.
type problem struct {
	Type     string    `json:"type"`
	Title    string    `json:"title"`
	Status   int       `json:"status"`
	Detail   string    `json:"detail"`
	Errors   []mistake `json:"errors,omitempty"`
	Accepted []int     `json:"accepted,omitempty"` // POST /readings: what was written before it broke
	after    int       // seconds after which trying again makes sense
}

// mistake is one thing that is wrong in the input.
type mistake struct {
	Pointer string `json:"pointer"` // JSON pointer into the body, or "/" and the parameter's name
	Detail  string `json:"detail"`
}

// problemType begins the type of every problem.
const problemType = "urn:citydeck:problem/"

// statusOf is the one map from a fault to a status.
var statusOf = map[fault.Kind]int{
	fault.Invalid:         http.StatusBadRequest,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Gone:            http.StatusGone,
	fault.Conflict:        http.StatusConflict,
	fault.Outdated:        http.StatusPreconditionFailed,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Mismatch:        http.StatusUnprocessableEntity,
	fault.Required:        http.StatusPreconditionRequired,
	fault.Unsupported:     http.StatusUnsupportedMediaType,
	fault.TooMany:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
}

// statusError is an error of HTTP itself, which the domain has no word for.
type statusError struct {
	status int
	detail string
}

func (e *statusError) Error() string { return e.detail }

// partly is a failure after some of a request's readings were written.
type partly struct {
	accepted []int
	cause    error
}

func (p *partly) Error() string { return p.cause.Error() }
func (p *partly) Unwrap() error { return p.cause }

// problems answers an error: a fault with its reason, all else as a bare 500
// and a log line.
func problems(log *slog.Logger) echo.HTTPErrorHandler {
	return func(err error, c echo.Context) {
		if c.Response().Committed {
			log.Warn("answer broke off", "route", c.Path(), "error", err)
			return
		}
		p := problemOf(err)
		if p.Status == http.StatusInternalServerError {
			logInternal(log, c, err)
		}
		h := c.Response().Header()
		h.Set("Cache-Control", "no-store")
		switch p.Status {
		case http.StatusUnauthorized:
			h.Set("WWW-Authenticate", `Bearer realm="citydeck"`)
		case http.StatusServiceUnavailable, http.StatusTooManyRequests:
			if h.Get("Retry-After") == "" {
				h.Set("Retry-After", strconv.Itoa(p.after))
			}
		}
		body, err := json.Marshal(p)
		if err == nil {
			err = c.Blob(p.Status, "application/problem+json", body)
		}
		if err != nil {
			log.Debug("problem not written", "route", c.Path(), "error", err)
		}
	}
}

func logInternal(log *slog.Logger, c echo.Context, err error) {
	line := log.With("method", c.Request().Method, "route", c.Path(), "error", err)
	if p, ok := errors.AsType[*panicked](err); ok {
		line.Error("handler panicked", "stack", string(p.stack))
		return
	}
	line.Error("request failed")
}

func problemOf(err error) problem {
	var p problem
	if cut, ok := errors.AsType[*partly](err); ok {
		p.Accepted = cut.accepted
	}
	if s, ok := errors.AsType[*statusError](err); ok {
		return p.filled(s.status, s.detail)
	}
	if big, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return p.filled(http.StatusRequestEntityTooLarge, fmt.Sprintf("the body is over %d bytes", big.Limit))
	}
	if faults := fault.All(err); len(faults) > 0 {
		return p.ofFaults(faults)
	}
	if h, ok := errors.AsType[*echo.HTTPError](err); ok {
		return p.filled(h.Code, wordsOf[h.Code])
	}
	return p.filled(http.StatusInternalServerError, "")
}

// ofFaults takes the status of the first fault, and lists those that name a place.
func (p problem) ofFaults(faults []*fault.Fault) problem {
	p = p.filled(statusOf[faults[0].Kind], faults[0].Reason)
	if code := faults[0].Code; code != "" {
		p.Type = problemType + code
	}
	if after := faults[0].After; after > 0 {
		p.after = int((after + time.Second - 1) / time.Second)
	}
	for _, f := range faults {
		if strings.HasPrefix(f.At, "/") {
			p.Errors = append(p.Errors, mistake{Pointer: f.At, Detail: f.Reason})
		}
	}
	return p
}

// wordsOf explains the statuses that the router itself gives.
var wordsOf = map[int]string{
	http.StatusNotFound:         "there is nothing at this address",
	http.StatusMethodNotAllowed: "this address does not know that method; see the header Allow",
}

func (p problem) filled(status int, detail string) problem {
	if status < 400 { // a fault of a kind without a status is ours to mend
		status = http.StatusInternalServerError
	}
	p.Status, p.after = status, 2
	p.Title = http.StatusText(status)
	p.Type = problemType + strings.ReplaceAll(strings.ToLower(p.Title), " ", "_")
	p.Detail = detail
	if status == http.StatusInternalServerError {
		p.Detail = "the server could not do this; its log says why"
	}
	return p
}
