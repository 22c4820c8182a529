// Package post asks a provider over HTTP once, and says whether trying again makes sense.
package post

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"citydeck/cockpits/respond/command"
)

// Deadline is how long a provider may take to answer.
const Deadline = 5 * time.Second

const largest = 64 << 10 // of an answer, in bytes

// Poster asks one provider. Its errors hold neither addresses nor secrets.
type Poster struct {
	client *http.Client
}

// New makes a poster, which follows no redirect: what it sends is for one place only.
func New() *Poster {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.MaxIdleConnsPerHost = 16
	return &Poster{&http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// JSON posts a value as JSON. See Ask.
func (p *Poster) JSON(ctx context.Context, to string, body, answer any) error {
	text, err := json.Marshal(body)
	if err != nil {
		return Failed("unwritable")
	}
	return p.Ask(ctx, http.MethodPost, to, Body{"application/json; charset=utf-8", text}, answer)
}

// Form posts a form. See Ask.
func (p *Poster) Form(ctx context.Context, to string, form url.Values, answer any) error {
	return p.Ask(ctx, http.MethodPost, to, Body{"application/x-www-form-urlencoded", []byte(form.Encode())}, answer)
}

// Body is what is posted, and as what.
type Body struct {
	Type string
	Text []byte
}

// Ask sends one request and reads a JSON answer, that of a refusal too where it
// has one. No error means 2xx, which says nothing yet about the answer's own
// code. Else it is a *command.Refusal: 429 and 5xx, time-out and no connection
// are to be tried again.
func (p *Poster) Ask(ctx context.Context, method, to string, body Body, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, Deadline)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader(body.Text))
	if err != nil {
		return Failed("bad_url")
	}
	if body.Type != "" {
		req.Header.Set("Content-Type", body.Type)
	}
	res, err := p.client.Do(req)
	if err != nil {
		return Again(reason(err), 0)
	}
	defer func() { _ = res.Body.Close() }() // it was only read
	text, err := io.ReadAll(io.LimitReader(res.Body, largest))
	switch {
	case res.StatusCode == http.StatusTooManyRequests || res.StatusCode >= 500:
		return Again("http_"+strconv.Itoa(res.StatusCode), RetryAfter(res.Header, time.Now()))
	case err != nil:
		return Again(reason(err), 0)
	}
	unread := json.Unmarshal(text, answer)
	switch {
	case res.StatusCode < 200 || res.StatusCode > 299:
		return Failed("http_" + strconv.Itoa(res.StatusCode))
	case unread != nil:
		return Failed("unreadable")
	}
	return nil
}

// reason is a word for what went wrong on the way. The error itself holds the
// address, and with some providers that is the secret.
func reason(err error) string {
	var slow net.Error
	var name *net.DNSError
	switch {
	case errors.Is(err, context.Canceled):
		return "stopped"
	case errors.Is(err, context.DeadlineExceeded), errors.As(err, &slow) && slow.Timeout():
		return "timeout"
	case errors.As(err, &name):
		return "no_such_host"
	}
	return "no_connection"
}

// RetryAfter is how long an answer asks to wait, in seconds or until a date; at
// most an hour, 0 where it says nothing.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	wait := time.Duration(0)
	if s, err := strconv.ParseInt(text, 10, 32); err == nil {
		wait = time.Duration(s) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		wait = at.Sub(now)
	}
	return min(max(wait, 0), time.Hour)
}

// Failed says that a message will never be taken.
func Failed(detail string) *command.Refusal {
	return &command.Refusal{Detail: Word(detail)}
}

// Again says that it may be taken later, not before after.
func Again(detail string, after time.Duration) *command.Refusal {
	return &command.Refusal{Again: true, Detail: Word(detail), After: after}
}

// Word keeps what may stand in a record of a provider's code: no blank, so no
// sentence with a name in it, and at most 48 bytes.
func Word(code string) string {
	word := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("._-:", r) {
			return r
		}
		return -1
	}, code)
	if len(word) > 48 {
		word = word[:48]
	}
	if word == "" {
		return "refused"
	}
	return word
}
