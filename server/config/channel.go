package config

import "log/slog"

// Telephone is a provider of text messages or calls; without url it is not configured.
type Telephone struct {
	URL        string `toml:"url"`
	Key        string `toml:"key"`
	Secret     Secret `toml:"secret"`
	SecretFile string `toml:"secret_file"` // instead of secret
	SignName   string `toml:"sign_name"`
	Template   string `toml:"template"`
	PerSecond  int    `toml:"per_second" from:"1" to:"100000"`
	Callback   Secret `toml:"callback_secret"`
}

// Voice is Telephone with the number that is shown as who calls.
type Voice struct {
	URL         string `toml:"url"`
	Key         string `toml:"key"`
	Secret      Secret `toml:"secret"`
	SecretFile  string `toml:"secret_file"` // instead of secret
	SignName    string `toml:"sign_name"`
	Template    string `toml:"template"`
	ShownNumber string `toml:"shown_number"`
	PerSecond   int    `toml:"per_second" from:"1" to:"100000"`
	Callback    Secret `toml:"callback_secret"`
}

// Robots are a group's robots, each with its address, which holds a token.
type Robots struct {
	URLs        Secrets `toml:"urls"`
	Secrets     Secrets `toml:"secrets"`      // in the same order
	SecretsFile string  `toml:"secrets_file"` // instead, one a line
	PerMinute   int     `toml:"per_minute" from:"1" to:"100000"`
	Callback    Secret  `toml:"callback_secret"`
}

// WorkNotice is DingTalk's way to one person.
type WorkNotice struct {
	URL        string `toml:"url"`
	Key        string `toml:"key"`
	Secret     Secret `toml:"secret"`
	SecretFile string `toml:"secret_file"` // instead of secret
	AgentID    string `toml:"agent_id"`
	Callback   Secret `toml:"callback_secret"`
}

// Email is the server that takes e-mail.
type Email struct {
	URL      Secret `toml:"url"`      // may hold a password
	URLFile  string `toml:"url_file"` // instead of url
	From     string `toml:"from"`
	Callback Secret `toml:"callback_secret"`
}

// Secrets are texts that must not be seen.
type Secrets []string

// Reveal is the texts themselves.
func (s Secrets) Reveal() []string { return s }

func (s Secrets) String() string {
	if len(s) == 0 {
		return "[]"
	}
	return masked
}

// GoString is for %#v.
func (s Secrets) GoString() string { return s.String() }

// MarshalText is for JSON and everything else that writes texts.
func (s Secrets) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue is for log/slog.
func (s Secrets) LogValue() slog.Value { return slog.StringValue(s.String()) }
