package crew

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// client speaks with the server as one person.
type client struct {
	base   string
	header http.Header // credentials; cookies are added when the server gives some
	http   *http.Client
}

// refusal is an answer that is no success.
type refusal struct {
	Status int
	Detail string
}

func (r *refusal) Error() string { return fmt.Sprintf("%d %s", r.Status, r.Detail) }

func (c *client) get(ctx context.Context, path string, into any) error {
	return c.do(ctx, http.MethodGet+" "+path, nil, into)
}

func (c *client) post(ctx context.Context, path string, body, into any, headers ...string) error {
	return c.do(ctx, http.MethodPost+" "+path, body, into, headers...)
}

// do sends a request, such as "GET /commands".
func (c *client) do(ctx context.Context, what string, body, into any, headers ...string) error {
	method, path, _ := strings.Cut(what, " ")
	var text io.Reader
	if body != nil {
		raw, err := json.Marshal(body)
		if err != nil {
			return err
		}
		text = bytes.NewReader(raw)
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, text)
	if err != nil {
		return err
	}
	for k, v := range c.header {
		req.Header[k] = v
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	res, err := c.http.Do(req)
	if err != nil {
		return err
	}
	defer res.Body.Close() //nolint:errcheck // nothing more is read from it
	c.remember(res.Cookies())
	if res.StatusCode/100 != 2 {
		var problem struct{ Detail string }
		_ = json.NewDecoder(io.LimitReader(res.Body, 64<<10)).Decode(&problem) // a problem that can't be read has no detail
		return &refusal{res.StatusCode, problem.Detail}
	}
	if into == nil || res.StatusCode == http.StatusNoContent {
		return nil
	}
	return json.NewDecoder(res.Body).Decode(into)
}

// remember keeps the cookies of a sign-in.
func (c *client) remember(cookies []*http.Cookie) {
	var list []string
	for _, k := range cookies {
		list = append(list, k.Name+"="+k.Value)
	}
	if len(list) > 0 {
		c.header = http.Header{"Cookie": {strings.Join(list, "; ")}}
	}
}
