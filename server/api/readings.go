package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/reading"
)

// maxBody is the size of a request's body: 1 MiB.
const maxBody = 1 << 20

// anonymousSource is the source of readings that nobody signed for, whatever they say.
const anonymousSource = "anonymous"

// writing is how long a request waits for Redis.
const writing = 5 * time.Second

// Readings takes what was posted to the streams.
type Readings interface {
	// Post decodes a body – one object, an array, or NDJSON – and appends what can
	// be used to the streams as readings of the source. It returns the places in
	// the body of what is written, and what is not and why (Origin.Item is the
	// place). It fails with fault.Invalid when the body can't be read; when it
	// fails with fault.Unavailable, accepted names what was written all the same.
	Post(ctx context.Context, body []byte, source string) (accepted []int, rejected []reading.Rejection, err error)
}

// Bounded is Readings for a source that may not report everything.
type Bounded interface {
	// PostWithin is Post, but asks first for each reading that can be used
	// whether it may be posted; at the first error nothing is written.
	PostWithin(ctx context.Context, body []byte, source string, may func(measure, area string) error) ([]int, []reading.Rejection, error)
}

type receipt struct {
	Accepted int        `json:"accepted"`
	Rejected []rejected `json:"rejected"`
}

type rejected struct {
	Index  int    `json:"index"`
	Reason string `json:"reason"`
	Detail string `json:"detail"`
}

// postReadings answers POST /readings once the readings are in their streams.
func (a *API) postReadings(c echo.Context) error {
	body, err := whole(c)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.Request().Context(), writing)
	defer cancel()
	accepted, refused, err := a.post(ctx, c, body)
	if err != nil {
		if len(fault.All(err)) == 0 && ctx.Err() != nil {
			err = fault.New(fault.Unavailable, "", "unknown: repeat with the same id")
		}
		return &partly{accepted: accepted, cause: err}
	}
	out := receipt{Accepted: len(accepted), Rejected: make([]rejected, len(refused))}
	for i, r := range refused {
		out.Rejected[i] = rejected{Index: int(r.Origin.Item), Reason: string(r.Reason), Detail: r.Detail}
	}
	return answer(c, http.StatusAccepted, out)
}

// post hands a body over in its source's name, whatever the readings say.
func (a *API) post(ctx context.Context, c echo.Context, body []byte) ([]int, []reading.Rejection, error) {
	actor := a.actor(c)
	if actor.Kind != access.Source {
		return a.Readings.Post(ctx, body, anonymousSource)
	}
	if len(actor.Areas) == 0 && len(actor.Measures) == 0 {
		return a.Readings.Post(ctx, body, actor.Name)
	}
	return a.Bounded.PostWithin(ctx, body, actor.Name, func(measure, place string) error {
		at, err := a.areasOf("", []string{place})
		if err != nil {
			return err
		}
		q := access.Ask{Action: access.Feed, Object: "measure:" + measure, Measure: measure, Areas: at}
		if a.gate.policy.Decide(actor, q, a.now()).Allowed() {
			return nil
		}
		return a.may(c, q)
	})
}

// whole reads a body of at most maxBody that is not encoded.
func whole(c echo.Context) ([]byte, error) { return upTo(c, maxBody) }

// upTo is whole for a body of another size.
func upTo(c echo.Context, most int64) ([]byte, error) {
	r := c.Request()
	if encoding := r.Header.Get(echo.HeaderContentEncoding); encoding != "" && encoding != "identity" {
		return nil, &statusError{status: http.StatusUnsupportedMediaType, detail: "the body must not be compressed"}
	}
	if r.ContentLength > most {
		return nil, &http.MaxBytesError{Limit: most}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.Response(), r.Body, most))
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return nil, &statusError{status: http.StatusRequestTimeout, detail: "the body came too slowly"}
	case err != nil && !isTooLarge(err):
		return nil, fault.New(fault.Invalid, "", "the body broke off")
	case err != nil:
		return nil, err
	case len(bytes.TrimSpace(body)) == 0:
		return nil, fault.New(fault.Invalid, "", "the body is empty: one reading, an array of readings, or one a line")
	}
	return body, nil
}

func isTooLarge(err error) bool {
	_, ok := errors.AsType[*http.MaxBytesError](err)
	return ok
}

// waited turns the end of a question's patience into a fault.
func waited(ctx context.Context, err error) error {
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() != nil {
		return fault.New(fault.Unavailable, "", "the engine is busy: try again")
	}
	return err
}
