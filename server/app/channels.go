package app

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"citydeck/cockpits/respond/plan"
	"citydeck/server/channel/dingtalk"
	"citydeck/server/channel/email"
	"citydeck/server/channel/feishu"
	"citydeck/server/channel/sms"
	"citydeck/server/channel/voice"
	"citydeck/server/channel/webhook"
	"citydeck/server/channel/wecom"
	"citydeck/server/config"
	"citydeck/server/dispatch"
)

// fleet gathers the ways to reach people that the settings name, and what each
// of them takes in a second.
type fleet struct {
	ways  map[string]dispatch.Channel
	rates map[string]plan.Rate
	errs  []error
}

func (f *fleet) add(kind string, way dispatch.Channel, rate plan.Rate) {
	rate.Ready = true
	f.ways[kind], f.rates[kind] = way, rate
}

// secret is one that stands in the settings, or in the file that they name.
func (f *fleet) secret(key string, s config.Secret, file string) string {
	if file == "" {
		return s.Reveal()
	}
	if s != "" {
		f.errs = append(f.errs, fmt.Errorf("channel.%s stands in the settings and in a file: one of them", key))
		return ""
	}
	text, err := os.ReadFile(filepath.Clean(file))
	if err != nil {
		f.errs = append(f.errs, fmt.Errorf("channel.%s_file: %w", key, err))
	}
	return strings.TrimSpace(string(text))
}

// signed are the secrets of robots, one each.
func (f *fleet) signed(kind string, r *config.Robots) []string {
	secrets := r.Secrets.Reveal()
	if r.SecretsFile != "" {
		secrets = strings.Fields(f.secret(kind+".secrets", "", r.SecretsFile))
	}
	if len(secrets) != 0 && len(secrets) != len(r.URLs) {
		f.errs = append(f.errs, fmt.Errorf("channel.%s: %d secrets for %d urls, want one each", kind, len(secrets), len(r.URLs)))
	}
	return secrets
}

// channels makes every channel that the settings configure.
func channels(c *config.Config) (*fleet, error) {
	f := &fleet{ways: map[string]dispatch.Channel{}, rates: map[string]plan.Rate{}}
	if c.Webhook.URL != "" {
		w, err := webhook.New(c.Webhook.URL, c.Webhook.Secret.Reveal())
		if err != nil {
			return nil, fmt.Errorf("channel.webhook: %w", err)
		}
		f.add("webhook", w, plan.Rate{PerSecond: float64(c.Webhook.PerSecond)})
	}
	f.telephones(c)
	f.groups(c)
	if w := &c.DingTalkWork; w.URL != "" {
		f.add("dingtalk_work", dingtalk.NewWork(dingtalk.WorkConfig{
			URL: w.URL, Key: w.Key, Secret: f.secret("dingtalk_work.secret", w.Secret, w.SecretFile), AgentID: w.AgentID,
		}), plan.Rate{})
	}
	if url := f.secret("email.url", c.Email.URL, c.Email.URLFile); url != "" {
		e, err := email.New(email.Config{URL: url, From: c.Email.From})
		if err != nil {
			return nil, fmt.Errorf("channel.email: %w", err)
		}
		f.add("email", e, plan.Rate{})
	}
	return f, errors.Join(f.errs...)
}

// telephones are text messages and calls.
func (f *fleet) telephones(c *config.Config) {
	if s := &c.SMS; s.URL != "" {
		f.add("sms", sms.New(sms.Config{
			URL: s.URL, Key: s.Key, Secret: f.secret("sms.secret", s.Secret, s.SecretFile), SignName: s.SignName, Template: s.Template,
		}), plan.Rate{PerSecond: float64(s.PerSecond)})
	}
	if v := &c.Voice; v.URL != "" {
		f.add("voice", voice.New(voice.Config{
			URL: v.URL, Key: v.Key, Secret: f.secret("voice.secret", v.Secret, v.SecretFile), Template: v.Template, ShownNumber: v.ShownNumber,
		}), plan.Rate{PerSecond: float64(v.PerSecond)})
	}
}

// groups are the robots of groups: what is due together goes out as one.
func (f *fleet) groups(c *config.Config) {
	perSecond := func(r *config.Robots) float64 { return float64(r.PerMinute*len(r.URLs)) / 60 }
	if r := &c.DingTalkRobot; len(r.URLs) > 0 {
		f.add("dingtalk_robot", dingtalk.NewRobot(dingtalk.RobotConfig{
			URLs: r.URLs.Reveal(), Secrets: f.signed("dingtalk_robot", r), PerMinute: r.PerMinute,
		}), plan.Rate{PerSecond: perSecond(r), Merge: true})
	}
	if r := &c.WeCom; len(r.URLs) > 0 {
		f.add("wecom", wecom.New(wecom.Config{URLs: r.URLs.Reveal(), PerMinute: r.PerMinute}), plan.Rate{PerSecond: perSecond(r)})
	}
	if r := &c.Feishu; len(r.URLs) > 0 {
		f.add("feishu", feishu.New(feishu.Config{
			URLs: r.URLs.Reveal(), Secrets: f.signed("feishu", r), PerMinute: r.PerMinute,
		}), plan.Rate{PerSecond: perSecond(r)})
	}
}
