// Package wecom reaches people in WeCom 企业微信 through the robots of a group, which name whom they mean.
package wecom

import (
	"context"
	"strconv"
	"time"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/post"
)

const (
	longest = 2048 // of a text, in bytes
	tooFast = 45009
	busy    = -1
)

// Config is which robots speak. A robot's secret is the key in its address.
type Config struct {
	URLs      []string
	PerMinute int // each
}

// Channel is the way by robots.
type Channel struct {
	cfg    Config
	robots *post.Robots
	poster *post.Poster
}

// New makes the channel.
func New(cfg Config) *Channel {
	return &Channel{cfg, post.NewRobots(len(cfg.URLs), cfg.PerMinute), post.New()}
}

// Send lets one robot say the text once. Its error is a *command.Refusal.
func (c *Channel) Send(ctx context.Context, l *command.Letter) error {
	text := map[string]any{"content": l.Text()}
	if len(l.Text()) > longest {
		return post.Failed("too_long")
	}
	if l.To.Address != "" {
		text["mentioned_list"] = []string{l.To.Address}
	}
	now := time.Now()
	i, wait, found := c.robots.Take(now)
	if !found {
		return post.Again("own_limit", wait)
	}
	var answer struct {
		Code *int `json:"errcode"`
	}
	if err := c.poster.JSON(ctx, c.cfg.URLs[i], map[string]any{"msgtype": "text", "text": text}, &answer); err != nil {
		return err
	}
	if answer.Code == nil {
		return post.Failed("unreadable")
	}
	word := "errcode_" + strconv.Itoa(*answer.Code)
	switch *answer.Code {
	case 0:
		return nil
	case tooFast:
		c.robots.Silence(i, now.Add(time.Minute))
		return post.Again(word, 0)
	case busy:
		return post.Again(word, 0)
	}
	return post.Failed(word)
}
