// Package config is the program's settings and limits: defaults, then a file, then the environment.
package config

import (
	"log/slog"
	"time"
)

// Config holds all settings. The tags say what a key is called, which words it
// takes (is) or between what it lies (from, to).
type Config struct {
	HTTP          HTTP       `toml:"http"`
	Redis         Redis      `toml:"redis"`
	Data          Data       `toml:"data"`
	History       History    `toml:"history"`
	Database      Database   `toml:"database"`
	District      District   `toml:"district"`
	Demo          Demo       `toml:"demo"`
	Auth          Auth       `toml:"auth"`
	Record        Record     `toml:"record"`
	Live          Live       `toml:"live"`
	Stock         Stock      `toml:"stock"`
	Dedupe        Dedupe     `toml:"dedupe"`
	Limits        Limits     `toml:"limits"`
	Log           Log        `toml:"log"`
	Debug         Debug      `toml:"debug"`
	Webhook       Webhook    `toml:"channel.webhook"`
	SMS           Telephone  `toml:"channel.sms"`
	Voice         Voice      `toml:"channel.voice"`
	DingTalkRobot Robots     `toml:"channel.dingtalk_robot"`
	DingTalkWork  WorkNotice `toml:"channel.dingtalk_work"`
	WeCom         Robots     `toml:"channel.wecom"`
	Feishu        Robots     `toml:"channel.feishu"`
	Email         Email      `toml:"channel.email"`
}

// HTTP is the door.
type HTTP struct {
	Listen         string   `toml:"listen"`          // host:port
	Origins        []string `toml:"origins"`         // other origins whose pages may connect
	Hosts          []string `toml:"hosts"`           // host names that are answered; empty: all
	TrustedProxies []string `toml:"trusted_proxies"` // addresses or networks whose X-Forwarded-For is believed
	AdminNetworks  []string `toml:"admin_networks"`  // addresses or networks that admin, security and auditor may come from; empty: anywhere
	Insecure       bool     `toml:"insecure"`        // whether plain HTTP may leave this machine
	PublicURL      string   `toml:"public_url"`      // under which browsers reach us; empty: http.listen
	TLSCert        string   `toml:"tls_cert"`        // PEM files; both or none
	TLSKey         string   `toml:"tls_key"`
}

// Redis is where readings come from.
type Redis struct {
	URL     Secret        `toml:"url"` // "embedded" or an address, which may hold a password
	Streams []string      `toml:"streams"`
	Trim    bool          `toml:"trim"`
	Keep    time.Duration `toml:"keep" from:"1m" to:"8760h"`
}

// Embedded tells whether the Redis runs inside the program.
func (r Redis) Embedded() bool { return r.URL == embedded }

const embedded = "embedded"

// Data is where the program keeps its files.
type Data struct {
	Dir        string        `toml:"dir"`
	Checkpoint time.Duration `toml:"checkpoint" from:"100ms" to:"10m"` // how often the state is put on disk
}

// History is how long values of figures are kept.
type History struct {
	Minutes time.Duration `toml:"minutes" from:"1h" to:"8760h"`  // those of every minute
	Hours   time.Duration `toml:"hours" from:"24h" to:"175200h"` // those of every hour
}

// Database is where it keeps what is not in files.
type Database struct {
	URL Secret `toml:"url"` // empty: SQLite in data.dir
}

// District is the folder that says what there is.
type District struct {
	Dir string `toml:"dir"` // empty: the shipped one
}

// Demo plays an invented day of the shipped district.
type Demo struct {
	Enabled bool `toml:"enabled"`
	Rate    int  `toml:"rate" from:"1" to:"100000"` // readings a second
	Seed    int  `toml:"seed" from:"0" to:"4294967295"`
}

// Auth says who may do what.
type Auth struct {
	Anonymous string        `toml:"anonymous" is:"viewer|none"`
	Profile   string        `toml:"profile" is:"mlps|asvs"`        // rules for passwords
	LockAfter int           `toml:"lock_after" from:"1" to:"1000"` // wrong passwords for one name from one address
	LockFor   time.Duration `toml:"lock_for" from:"1s" to:"168h"`
	Idle      time.Duration `toml:"idle" from:"1m" to:"24h"`      // unused sessions; half of it for commander and admin
	Absolute  time.Duration `toml:"absolute" from:"1m" to:"168h"` // any session
	Sessions  int           `toml:"sessions" from:"1" to:"1000"`  // of one person at once

	OIDCIssuer     string `toml:"oidc_issuer"` // where else people may sign in; empty: nowhere
	OIDCClient     string `toml:"oidc_client"`
	OIDCSecret     Secret `toml:"oidc_secret"`
	OIDCSecretFile string `toml:"oidc_secret_file"`
	OIDCClaim      string `toml:"oidc_claim"` // which names the account of who comes first
}

// Record is where what must never be lost finds its keys and anchors.
type Record struct {
	KeyFile    string `toml:"key_file"`    // empty: record.keys in data.dir
	AnchorPath string `toml:"anchor_path"` // file; empty: record.anchors in data.dir
}

// Webhook is a system of the operator's own that messages are handed to.
type Webhook struct {
	URL       string `toml:"url"`    // empty: not configured
	Secret    Secret `toml:"secret"` // whsec_…
	PerSecond int    `toml:"per_second" from:"1" to:"100000"`
	Callback  Secret `toml:"callback_secret"` // whsec_…, of what it says of them
}

// Live is how often changes go out.
type Live struct {
	Tick    time.Duration `toml:"tick" from:"10ms" to:"10s"`
	MaxTick time.Duration `toml:"max_tick" from:"10ms" to:"60s"`
}

// Stock is how long a point of a stock is remembered.
type Stock struct {
	Forget time.Duration `toml:"forget" from:"1h" to:"87600h"`
}

// Dedupe is how long and how many ids of readings are remembered.
type Dedupe struct {
	Window time.Duration `toml:"window" from:"1s" to:"168h"`
	Max    int           `toml:"max" from:"1" to:"100000000"`
}

// Limits bound what the outside may ask for.
type Limits struct {
	Points            int `toml:"points" from:"1" to:"100000000"`
	Screens           int `toml:"screens" from:"1" to:"1000000"`
	ScreensPerAddress int `toml:"screens_per_address" from:"1" to:"1000000"`
	Handshakes        int `toml:"handshakes" from:"1" to:"1000000"` // a second
}

// Log is what is written to stderr.
type Log struct {
	Level  string `toml:"level" is:"debug|info|warn|error"`
	Format string `toml:"format" is:"auto|text|json"`
}

// Debug is a listener for those who run the program.
type Debug struct {
	Listen string `toml:"listen"` // empty: none
}

// Default is what holds without file and environment.
func Default() Config {
	return Config{
		HTTP:    HTTP{Listen: "127.0.0.1:8080", Origins: []string{}, Hosts: []string{}, TrustedProxies: []string{}, AdminNetworks: []string{}},
		Redis:   Redis{URL: embedded, Streams: []string{"readings"}, Trim: true, Keep: 2 * time.Hour},
		Data:    Data{Dir: "data", Checkpoint: 5 * time.Second},
		History: History{Minutes: 7 * 24 * time.Hour, Hours: 2 * 365 * 24 * time.Hour},
		Demo:    Demo{Enabled: true, Rate: 500, Seed: 1},
		Auth: Auth{
			Anonymous: viewer, Profile: "mlps", LockAfter: 5, LockFor: 15 * time.Minute,
			Idle: 30 * time.Minute, Absolute: 12 * time.Hour, Sessions: 20, OIDCClaim: "preferred_username",
		},
		Live:          Live{Tick: 100 * time.Millisecond, MaxTick: time.Second},
		Stock:         Stock{Forget: 30 * 24 * time.Hour},
		Dedupe:        Dedupe{Window: time.Hour, Max: 2_000_000},
		Limits:        Limits{Points: 2_000_000, Screens: 12_000, ScreensPerAddress: 500, Handshakes: 1000},
		Webhook:       Webhook{PerSecond: 100},
		SMS:           Telephone{PerSecond: 50},
		Voice:         Voice{PerSecond: 10},
		DingTalkRobot: Robots{URLs: Secrets{}, Secrets: Secrets{}, PerMinute: 20},
		WeCom:         Robots{URLs: Secrets{}, Secrets: Secrets{}, PerMinute: 20},
		Feishu:        Robots{URLs: Secrets{}, Secrets: Secrets{}, PerMinute: 100},
		Log:           Log{Level: "info", Format: "auto"},
	}
}

// Secret is a text that must not be seen: however it is printed, it is ***.
type Secret string

const masked = "***"

// Reveal is the text itself.
func (s Secret) Reveal() string { return string(s) }

func (s Secret) String() string {
	if s == "" || s == embedded {
		return string(s)
	}
	return masked
}

// GoString is for %#v.
func (s Secret) GoString() string { return `"` + s.String() + `"` }

// MarshalText is for JSON and everything else that writes texts.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// LogValue is for log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }
