// Package webhook hands messages to a system of the operator's own, and takes
// its word of them, as Standard Webhooks has it.
package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"citydeck/cockpits/respond/command"
)

const (
	prefix    = "whsec_"
	answering = 5 * time.Second // the longest that an answer may take
	tolerance = 5 * time.Minute // by which a callback's clock may differ
)

// Channel sends to one address.
type Channel struct {
	url  string
	key  []byte
	http *http.Client
	now  func() time.Time
}

// New makes a channel; it fails when the secret is none.
func New(url, secret string) (*Channel, error) {
	key, err := keyOf(secret)
	if err != nil {
		return nil, err
	}
	client := &http.Client{
		Timeout:       answering,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return &Channel{url: url, key: key, http: client, now: time.Now}, nil
}

func keyOf(secret string) ([]byte, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, prefix))
	if err != nil || len(key) == 0 || !strings.HasPrefix(secret, prefix) {
		return nil, errors.New("a secret is whsec_ and base64")
	}
	return key, nil
}

type body struct {
	ID       string  `json:"id"`
	Kind     string  `json:"kind"`
	Command  string  `json:"command"`
	Task     *string `json:"task"`
	Audience string  `json:"audience"`
	To       struct {
		ID    string `json:"id"`
		Name  string `json:"name"`
		Phone string `json:"phone"`
	} `json:"to"`
	Text     string  `json:"text"`
	Link     *string `json:"link"`
	Exercise bool    `json:"exercise"`
}

// Send hands a letter over; 2xx is sent. Its error is a *command.Refusal.
func (c *Channel) Send(ctx context.Context, l *command.Letter) error {
	b := body{ID: l.Message.ID, Kind: string(l.Message.Purpose), Command: l.Command, Audience: string(l.Message.Audience), Text: l.Text(), Exercise: l.Exercise}
	b.To.ID, b.To.Name, b.To.Phone = l.To.ID, l.To.Name, l.To.Phone
	if l.Message.Task != "" {
		b.Task = &l.Message.Task
	}
	if l.Link != "" {
		b.Link = &l.Link
	}
	text, err := json.Marshal(b)
	if err != nil {
		return &command.Refusal{Detail: "unwritable", Cause: err}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, c.url, bytes.NewReader(text))
	if err != nil {
		return &command.Refusal{Detail: "bad_url"}
	}
	stamp := strconv.FormatInt(c.now().Unix(), 10)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Webhook-Id", b.ID)
	r.Header.Set("Webhook-Timestamp", stamp)
	r.Header.Set("Webhook-Signature", sign(c.key, b.ID, stamp, text))
	res, err := c.http.Do(r)
	if err != nil {
		return &command.Refusal{Again: true, Detail: "no_connection", Cause: err}
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(res.Body, 64<<10)) // so that the connection is used again
	_ = res.Body.Close()
	switch {
	case res.StatusCode/100 == 2:
		return nil
	case res.StatusCode >= 500, res.StatusCode == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(res.Header.Get("Retry-After"))
		return &command.Refusal{Again: true, Detail: fmt.Sprintf("http_%d", res.StatusCode), After: time.Duration(max(seconds, 0)) * time.Second}
	}
	return &command.Refusal{Detail: fmt.Sprintf("http_%d", res.StatusCode)}
}

func sign(key []byte, id, stamp string, text []byte) string {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "%s.%s.", id, stamp)
	h.Write(text)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil))
}

// Verify tells whether a request's body was signed with a secret, within the
// last minutes, and which id it has.
func Verify(secret string, header http.Header, text []byte, now time.Time) (id string, good bool) {
	key, err := keyOf(secret)
	id, stamp := header.Get("Webhook-Id"), header.Get("Webhook-Timestamp")
	at, wrong := strconv.ParseInt(stamp, 10, 64)
	if err != nil || wrong != nil || id == "" || now.Sub(time.Unix(at, 0)).Abs() > tolerance {
		return id, false
	}
	want := sign(key, id, stamp, text)
	for _, is := range strings.Fields(header.Get("Webhook-Signature")) {
		good = hmac.Equal([]byte(is), []byte(want)) || good
	}
	return id, good
}
