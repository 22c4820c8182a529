// Package dingtalk reaches people in DingTalk: a group by its robots, a person by a work notice.
package dingtalk

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/url"
	"strconv"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/post"
)

const (
	tooFast = 130101
	busy    = -1
	penance = 10 * time.Minute // for a robot that spoke too fast
)

// RobotConfig is which robots speak.
type RobotConfig struct {
	URLs      []string // with access_token
	Secrets   []string // in the same order; empty: not signed
	PerMinute int      // each
}

// Robot is the way by robots of a group. It names nobody.
type Robot struct {
	cfg    RobotConfig
	robots *post.Robots
	poster *post.Poster
}

// NewRobot makes the channel.
func NewRobot(cfg RobotConfig) *Robot {
	return &Robot{cfg, post.NewRobots(len(cfg.URLs), cfg.PerMinute), post.New()}
}

// Send lets one robot say the text once. Its error is a *command.Refusal.
func (r *Robot) Send(ctx context.Context, l *command.Letter) error {
	now := time.Now()
	i, wait, found := r.robots.Take(now)
	if !found {
		return post.Again("own_limit", wait)
	}
	address, err := url.Parse(r.cfg.URLs[i])
	if err != nil {
		return post.Failed("bad_url")
	}
	if i < len(r.cfg.Secrets) && r.cfg.Secrets[i] != "" {
		ms := strconv.FormatInt(now.UnixMilli(), 10)
		q := address.Query()
		q.Set("timestamp", ms)
		q.Set("sign", Sign(ms, r.cfg.Secrets[i]))
		address.RawQuery = q.Encode()
	}
	var answer struct {
		Code *int `json:"errcode"`
	}
	body := map[string]any{"msgtype": "text", "text": map[string]string{"content": l.Text()}, "at": map[string]any{"isAtAll": false}}
	if err := r.poster.JSON(ctx, address.String(), body, &answer); err != nil {
		return err
	}
	if answer.Code != nil && *answer.Code == tooFast {
		r.robots.Silence(i, now.Add(penance))
		return post.Again(word(*answer.Code), 0) // another robot may have room
	}
	return verdict(answer.Code)
}

// verdict is what DingTalk's own code means.
func verdict(code *int) error {
	switch {
	case code == nil:
		return post.Failed("unreadable")
	case *code == 0:
		return nil
	case *code == busy:
		return post.Again(word(*code), 0)
	}
	return post.Failed(word(*code))
}

func word(code int) string { return "errcode_" + strconv.Itoa(code) }

// Sign is a robot's signature at a time in Unix milliseconds.
func Sign(ms, secret string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	_, _ = mac.Write([]byte(ms + "\n" + secret)) // never fails
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}
