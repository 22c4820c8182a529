// Package voice reaches a telephone by a call that reads a text aloud, in the form of Aliyun's SingleCallByTts.
package voice

import (
	"context"
	"encoding/json"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/aliyun"
	"citydeck/server/channel/post"
)

// times is how often the text is read.
const times = "2"

// Config is whom it asks, and in whose name.
type Config struct {
	URL, Key, Secret string
	Template         string // approved beforehand; it has one place, ${text}
	ShownNumber      string // as who calls
}

// Channel is the way by telephone call. A repeat has the same OutId.
type Channel struct {
	cfg     Config
	service *aliyun.Service
}

// New makes the channel.
func New(cfg Config) *Channel {
	return &Channel{cfg, aliyun.New(cfg.URL, cfg.Key, cfg.Secret)}
}

// Send asks once for a call, in Chinese where there is a Chinese text: that is
// what the voice speaks. Its error is a *command.Refusal.
func (c *Channel) Send(ctx context.Context, l *command.Letter) error {
	if l.To.Address == "" {
		return post.Failed("no_address")
	}
	text := l.To.Zh
	if text == "" {
		text = l.To.En
	}
	param, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return post.Failed("unwritable")
	}
	return c.service.Call(ctx, "SingleCallByTts", map[string]string{
		"CalledNumber": l.To.Address, "CalledShowNumber": c.cfg.ShownNumber, "TtsCode": c.cfg.Template,
		"TtsParam": string(param), "PlayTimes": times, "OutId": l.Message.ID,
	})
}
