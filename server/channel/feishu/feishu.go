// Package feishu reaches people in Feishu 飞书 through the robots of a group, which name whom they mean.
package feishu

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"html"
	"strconv"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/post"
)

const (
	longest = 18 << 10 // of a text, in bytes; a body may have 20 KB
	tooFast = 11232

	perSecond = 5 // messages of one robot
)

// Config is which robots speak.
type Config struct {
	URLs      []string
	Secrets   []string // in the same order; empty: not signed
	PerMinute int      // each
}

// Channel is the way by robots.
type Channel struct {
	cfg    Config
	robots *post.Robots
	poster *post.Poster
}

// New makes the channel.
func New(cfg Config) *Channel {
	return &Channel{cfg, post.NewRobots(len(cfg.URLs), cfg.PerMinute).Slower(perSecond), post.New()}
}

// Send lets one robot say the text once. Its error is a *command.Refusal.
func (c *Channel) Send(ctx context.Context, l *command.Letter) error {
	text := l.Text()
	if l.To.Address != "" {
		text = `<at user_id="` + html.EscapeString(l.To.Address) + `"></at> ` + text
	}
	if len(text) > longest {
		return post.Failed("too_long")
	}
	now := time.Now()
	i, wait, found := c.robots.Take(now)
	if !found {
		return post.Again("own_limit", wait)
	}
	body := map[string]any{"msg_type": "text", "content": map[string]string{"text": text}}
	if i < len(c.cfg.Secrets) && c.cfg.Secrets[i] != "" {
		seconds := strconv.FormatInt(now.Unix(), 10)
		body["timestamp"], body["sign"] = seconds, Sign(seconds, c.cfg.Secrets[i])
	}
	var answer struct {
		Code *int `json:"code"`
	}
	if err := c.poster.JSON(ctx, c.cfg.URLs[i], body, &answer); err != nil {
		return err
	}
	switch {
	case answer.Code == nil:
		return post.Failed("unreadable")
	case *answer.Code == 0:
		return nil
	case *answer.Code == tooFast:
		c.robots.Silence(i, now.Add(time.Second))
		return post.Again("code_"+strconv.Itoa(*answer.Code), 0)
	}
	return post.Failed("code_" + strconv.Itoa(*answer.Code))
}

// Sign is a robot's signature at a time in Unix seconds: of nothing, with the
// time and the secret as the key.
func Sign(seconds, secret string) string {
	return base64.StdEncoding.EncodeToString(hmac.New(sha256.New, []byte(seconds+"\n"+secret)).Sum(nil))
}
