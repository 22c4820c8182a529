// Package sms reaches a telephone by a text message, in the form of Aliyun's SendSms.
package sms

import (
	"context"
	"encoding/json"
	"strings"

	"citydeck/cockpits/respond/command"
	"citydeck/server/channel/aliyun"
	"citydeck/server/channel/post"
)

// Config is whom it asks, and in whose name.
type Config struct {
	URL, Key, Secret   string
	SignName, Template string // approved beforehand; the template has one place, ${text}
}

// Channel is the way by text message. A repeat has the same OutId.
type Channel struct {
	cfg     Config
	service *aliyun.Service
}

// New makes the channel.
func New(cfg Config) *Channel {
	return &Channel{cfg, aliyun.New(cfg.URL, cfg.Key, cfg.Secret)}
}

// Send asks once for a text message, in Chinese alone: each part costs time.
// Its error is a *command.Refusal.
func (c *Channel) Send(ctx context.Context, l *command.Letter) error {
	if l.To.Address == "" {
		return post.Failed("no_address")
	}
	param, err := json.Marshal(map[string]string{"text": text(l)})
	if err != nil {
		return post.Failed("unwritable")
	}
	return c.service.Call(ctx, "SendSms", map[string]string{
		"PhoneNumbers": l.To.Address, "SignName": c.cfg.SignName, "TemplateCode": c.cfg.Template,
		"TemplateParam": string(param), "OutId": l.Message.ID,
	})
}

func text(l *command.Letter) string {
	if strings.TrimSpace(l.To.Zh) == "" {
		return l.To.En
	}
	return l.To.Zh
}
