package config_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"citydeck/server/config"
)

func TestTheShippedFileEqualsTheDefaults(t *testing.T) {
	t.Parallel()
	const shipped = "../../config.toml"
	cfg, err := config.Load(shipped, true, nil)
	if err != nil {
		t.Fatalf("loading %s: %v", shipped, err)
	}
	if !reflect.DeepEqual(cfg, config.Default()) {
		t.Errorf("%s says\n%+v\nwant the defaults\n%+v", shipped, cfg, config.Default())
	}
	data, err := os.ReadFile(shipped)
	if err != nil {
		t.Fatal(err)
	}
	var found []string
	section := ""
	for line := range strings.SplitSeq(string(data), "\n") {
		if m := regexp.MustCompile(`^\[([\w.]+)\]$`).FindStringSubmatch(line); m != nil {
			section = m[1]
		} else if m := regexp.MustCompile(`^(\w+) = `).FindStringSubmatch(line); m != nil {
			found = append(found, section+"."+m[1])
		}
	}
	if !reflect.DeepEqual(found, config.Keys()) {
		t.Errorf("%s has the keys\n%v\nwant all of them, in order\n%v", shipped, found, config.Keys())
	}
}

// others are values that differ from the defaults.
var others = map[string]string{
	"http.listen": "127.0.0.1:0", "http.origins": "https://a.example,http://b.example:81", "http.hosts": "a.example, b.example",
	"http.trusted_proxies": "10.0.0.0/8,::1", "http.admin_networks": "10.1.0.0/16", "http.insecure": "true",
	"redis.url": "redis://:s3cret@db:6379/0", "redis.streams": "readings:{a},readings:{b}", "redis.trim": "false", "redis.keep": "1d",
	"data.dir": "/srv/data", "data.checkpoint": "1s", "history.minutes": "1d", "history.hours": "30d", "database.url": "postgres://u:s3cret@db/x", "district.dir": "mill",
	"demo.enabled": "false", "demo.rate": "5_000", "demo.seed": "7", "auth.anonymous": "none",
	"http.public_url": "https://a.example", "http.tls_cert": "c.pem", "http.tls_key": "k.pem",
	"auth.profile": "asvs", "auth.lock_after": "3", "auth.lock_for": "1h", "auth.idle": "10m", "auth.absolute": "8h", "auth.sessions": "2",
	"auth.oidc_issuer": "https://id.example", "auth.oidc_client": "citydeck", "auth.oidc_secret": "s3cret", "auth.oidc_secret_file": "s", "auth.oidc_claim": "sub",
	"record.key_file": "/srv/keys", "record.anchor_path": "/mnt/anchors",
	"live.tick": "50ms", "live.max_tick": "2s", "stock.forget": "7d", "dedupe.window": "10m", "dedupe.max": "10",
	"limits.points": "10", "limits.screens": "20", "limits.screens_per_address": "5", "limits.handshakes": "6",
	"log.level": "debug", "log.format": "json", "debug.listen": "localhost:6060",
	"channel.webhook.url": "https://gate.example/hook", "channel.webhook.secret": "whsec_YQ==", "channel.webhook.per_second": "10", "channel.webhook.callback_secret": "whsec_Yg==",
	"channel.sms.url": "s3cret", "channel.sms.key": "s3cret", "channel.sms.secret": "s3cret", "channel.sms.secret_file": "s3cret", "channel.sms.sign_name": "s3cret", "channel.sms.template": "s3cret", "channel.sms.per_second": "7", "channel.sms.callback_secret": "s3cret",
	"channel.voice.url": "s3cret", "channel.voice.key": "s3cret", "channel.voice.secret": "s3cret", "channel.voice.secret_file": "s3cret", "channel.voice.sign_name": "s3cret", "channel.voice.template": "s3cret", "channel.voice.shown_number": "s3cret", "channel.voice.per_second": "7", "channel.voice.callback_secret": "s3cret",
	"channel.dingtalk_robot.urls": "s3cret", "channel.dingtalk_robot.secrets": "s3cret", "channel.dingtalk_robot.secrets_file": "s3cret", "channel.dingtalk_robot.per_minute": "7", "channel.dingtalk_robot.callback_secret": "s3cret",
	"channel.dingtalk_work.url": "s3cret", "channel.dingtalk_work.key": "s3cret", "channel.dingtalk_work.secret": "s3cret", "channel.dingtalk_work.secret_file": "s3cret", "channel.dingtalk_work.agent_id": "s3cret", "channel.dingtalk_work.callback_secret": "s3cret",
	"channel.wecom.urls": "s3cret", "channel.wecom.secrets": "s3cret", "channel.wecom.secrets_file": "s3cret", "channel.wecom.per_minute": "7", "channel.wecom.callback_secret": "s3cret",
	"channel.feishu.urls": "s3cret", "channel.feishu.secrets": "s3cret", "channel.feishu.secrets_file": "s3cret", "channel.feishu.per_minute": "7", "channel.feishu.callback_secret": "s3cret",
	"channel.email.url": "s3cret", "channel.email.url_file": "s3cret", "channel.email.from": "s3cret", "channel.email.callback_secret": "s3cret",
}

func TestEachKeyCanBeSetByEnvironment(t *testing.T) {
	t.Parallel()
	for _, key := range config.Keys() {
		t.Run(key, func(t *testing.T) {
			t.Parallel()
			value, known := others[key]
			if !known {
				t.Fatalf("the test has no other value for %s", key)
			}
			quiet := "COCKPIT_DEMO_ENABLED=false"
			before, err := config.Load("none.toml", false, []string{quiet})
			if key == "demo.enabled" {
				before = config.Default()
			}
			if err != nil {
				t.Fatal(err)
			}
			after, err := config.Load("none.toml", false, []string{quiet, config.Variable(key) + "=" + value})
			if err != nil {
				t.Fatalf("%s=%s: %v", config.Variable(key), value, err)
			}
			if n := differences(before, after); n != 1 {
				t.Errorf("%s=%s changes %d settings, want 1:\n%+v", config.Variable(key), value, n, after)
			}
		})
	}
}

func differences(a, b config.Config) int {
	n := 0
	x, y := reflect.ValueOf(a), reflect.ValueOf(b)
	for i := range x.NumField() {
		for j := range x.Field(i).NumField() {
			if !reflect.DeepEqual(x.Field(i).Field(j).Interface(), y.Field(i).Field(j).Interface()) {
				n++
			}
		}
	}
	return n
}

func TestTheEnvironmentComesAfterTheFile(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "c.toml")
	write(t, file, "[live]\ntick = \"200ms\"\nmax_tick = \"3s\"\n")
	cfg, err := config.Load(file, true, []string{"COCKPIT_LIVE_TICK=300ms", "PATH=/bin"})
	if err != nil || cfg.Live.Tick.String() != "300ms" || cfg.Live.MaxTick.String() != "3s" {
		t.Errorf("file 200ms and 3s, environment 300ms: %+v, %v, want 300ms and 3s", cfg.Live, err)
	}
}

func write(t testing.TB, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestEachFaultIsNamedAtItsPlace(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		file string
		env  string
		want string // with FILE for the file's path
	}{
		"unknown key":            {"[http]\nlisten = \"127.0.0.1:1\"\nlistne = 5\n", "", `FILE:3: unknown key http.listne: did you mean http.listen?`},
		"unknown section":        {"\n[htpp]\nlisten = 5\n", "", `FILE:2: unknown section [htpp]: did you mean http?`},
		"key outside a section":  {"listen = 5\n", "", `FILE:1: unknown key listen`},
		"capitals":               {"[http]\nListen = \"127.0.0.1:1\"\n", "", `FILE:2: unknown key http.Listen: did you mean http.listen?`},
		"unknown variable":       {"", "COCKPIT_HTTP_LISTENS=1", `COCKPIT_HTTP_LISTENS: no setting has this name: did you mean COCKPIT_HTTP_LISTEN?`},
		"wrong type":             {"[demo]\nenabled = \"yes\"\n", "", `FILE:2: demo.enabled must be true or false`},
		"wrong type by variable": {"", "COCKPIT_DEMO_ENABLED=1", `COCKPIT_DEMO_ENABLED: demo.enabled must be true or false`},
		"a number as a duration": {"[live]\ntick = 100\n", "", `FILE:2: live.tick must be a duration from 10ms to 10s, such as "90s", "10m", "24h" or "7d"`},
		"a text in a list":       {"[redis]\nstreams = \"readings\"\n", "", `FILE:2: redis.streams must be a list of texts`},
		"tick of 0":              {"", "COCKPIT_LIVE_TICK=0s", `COCKPIT_LIVE_TICK: live.tick must be a duration from 10ms to 10s, such as "90s", "10m", "24h" or "7d"`},
		"negative":               {"[limits]\n\npoints = -1\n", "", `FILE:3: limits.points must be a whole number from 1 to 100000000`},
		"no such word":           {"[log]\nlevel = \"loud\"\n", "", `FILE:2: log.level = "loud" is none of debug, info, warn, error`},
		"port":                   {"", "COCKPIT_HTTP_LISTEN=127.0.0.1:99999", `COCKPIT_HTTP_LISTEN: http.listen = "127.0.0.1:99999" is not of the form host:port, with a port from 0 to 65535`},
		"syntax":                 {"[http]\nlisten = \n", "", `FILE:2: `},
		"ticks":                  {"[live]\ntick = \"2s\"\n", "", `live.max_tick: live.max_tick = 1s is below live.tick = 2s`},
		"origin with a path":     {"[http]\norigins = [\"https://a.example/x\"]\n", "", `FILE:2: http.origins: "https://a.example/x" is not of the form https://host or https://host:port`},
		"proxy":                  {"", "COCKPIT_HTTP_TRUSTED_PROXIES=10.0.0.0/99", `COCKPIT_HTTP_TRUSTED_PROXIES: http.trusted_proxies: "10.0.0.0/99" is neither an address nor a network such as 10.0.0.0/8`},
		"network of admins":      {"[http]\nadmin_networks = [\"10.0.0.0\", \"office\"]\n", "", `FILE:2: http.admin_networks: "office" is neither an address nor a network such as 10.0.0.0/8`},
		"dead letters as source": {"", "COCKPIT_REDIS_STREAMS=readings,readings:dead", `COCKPIT_REDIS_STREAMS: redis.streams: "readings:dead" can't be a stream of readings`},
		"debug for all":          {"", "COCKPIT_DEBUG_LISTEN=:6060", `COCKPIT_DEBUG_LISTEN: debug.listen = ":6060" is beyond loopback: it shows the program's inside`},
		"data in the district":   {"[demo]\nenabled = false\n[data]\ndir = \"a/b\"\n[district]\ndir = \"./a/b/\"\n", "", `FILE:4: data.dir and district.dir are both a/b: the district's folder is read only`},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "c.toml")
			write(t, file, tt.file)
			_, err := config.Load(file, true, []string{tt.env})
			want := strings.ReplaceAll(tt.want, "FILE", file)
			if err == nil || err.Error() != want && !(strings.HasSuffix(want, ": ") && strings.HasPrefix(err.Error(), want)) {
				t.Errorf("loading gives\n%v\nwant\n%s", err, want)
			}
		})
	}
}

func TestAllFaultsAreSaidAtOnce(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "c.toml")
	write(t, file, "[live]\ntick = 1\n[demo]\nrate = 0\n")
	_, err := config.Load(file, true, []string{"COCKPIT_NO=1", "COCKPIT_LOG_LEVEL=loud"})
	if n := strings.Count(fmt.Sprint(err), "\n") + 1; n != 4 {
		t.Errorf("four faults give %d:\n%v", n, err)
	}
}

func TestWhatMayBeSeenFromWhere(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		env  []string
		want []string // keys that the faults name; none: it may start
	}{
		"as shipped":                           {nil, nil},
		"loopback by name":                     {[]string{"HTTP_LISTEN=localhost:80"}, nil},
		"loopback of IPv6":                     {[]string{"HTTP_LISTEN=[::1]:80"}, nil},
		"everywhere":                           {[]string{"HTTP_LISTEN=:8080"}, []string{"auth.anonymous", "http.insecure", "demo.enabled"}},
		"everywhere, signed in, over plain":    {[]string{"HTTP_LISTEN=0.0.0.0:80", "AUTH_ANONYMOUS=none", "DEMO_ENABLED=false"}, []string{"http.insecure"}},
		"everywhere, signed in, knowingly":     {[]string{"HTTP_LISTEN=0.0.0.0:80", "AUTH_ANONYMOUS=none", "DEMO_ENABLED=false", "HTTP_INSECURE=true"}, nil},
		"an own Redis with the demo":           {[]string{"REDIS_URL=redis://127.0.0.1"}, []string{"demo.enabled"}},
		"an own district with the demo":        {[]string{"DISTRICT_DIR=mill"}, []string{"demo.enabled"}},
		"an own Redis and district":            {[]string{"REDIS_URL=unix:///run/redis.sock", "DISTRICT_DIR=mill", "DEMO_ENABLED=false"}, nil},
		"a sentinel without the master's name": {[]string{"REDIS_URL=redis+sentinel://a:1", "DEMO_ENABLED=false"}, []string{"master_name"}},
		"no address":                           {[]string{"REDIS_URL=localhost:6379", "DEMO_ENABLED=false"}, []string{"redis.url"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var env []string
			for _, e := range tt.env {
				env = append(env, config.Prefix+e)
			}
			_, err := config.Load("none.toml", false, env)
			if (err == nil) != (tt.want == nil) {
				t.Fatalf("%v gives %v, want faults about %v", tt.env, err, tt.want)
			}
			for _, key := range tt.want {
				if !strings.Contains(err.Error(), key) {
					t.Errorf("%v gives\n%v\nwant it to name %s", tt.env, err, key)
				}
			}
		})
	}
}

func TestWhatIsRefusedToAServerIsReadForOtherCommands(t *testing.T) {
	t.Parallel()
	env := []string{"COCKPIT_DISTRICT_DIR=mill", "COCKPIT_REDIS_URL=redis://127.0.0.1", "COCKPIT_HTTP_LISTEN=:80"}
	cfg, err := config.Read("none.toml", false, env)
	if err != nil || cfg.District.Dir != "mill" {
		t.Errorf("reading %v gives %q, %v, want the district mill", env, cfg.District.Dir, err)
	}
	if _, err := config.Load("none.toml", false, env); err == nil {
		t.Errorf("a server is started with %v", env)
	}
}

func TestASecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	env := []string{"COCKPIT_DEMO_ENABLED=false", "COCKPIT_REDIS_URL=redis://:s3cret@db:6379/0", "COCKPIT_DATABASE_URL=postgres://u:s3cret@db/x"}
	cfg, err := config.Load("none.toml", false, env)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(cfg), fmt.Sprintf("%+v %#v %s %q", cfg, cfg, cfg.Redis.URL, cfg.Redis.URL), string(asJSON), cfg.Redis.URL.LogValue().String()} {
		if strings.Contains(text, "s3cret") {
			t.Errorf("the password is printed: %s", text)
		}
	}
	if !strings.Contains(cfg.Redis.URL.Reveal(), "s3cret") {
		t.Errorf("the address that is used is %q, want it with the password", cfg.Redis.URL.Reveal())
	}
	for _, bad := range []string{"redis://:s3cret@db:port", "http://s3cret@db", "s3cret", "redis://:s3cret@/%zz"} {
		_, err := config.Load("none.toml", false, []string{"COCKPIT_REDIS_URL=" + bad})
		if err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("redis.url = %s gives %v, want a fault without the password", bad, err)
		}
	}
}

func TestFilesThatAreNone(t *testing.T) {
	t.Parallel()
	if _, err := config.Load("none.toml", true, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a named file that lacks gives %v, want fs.ErrNotExist", err)
	}
	if _, err := config.Load(t.TempDir(), true, nil); err == nil || errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder as file gives %v, want a fault", err)
	}
	if cfg, err := config.Load("/dev/null", true, nil); err != nil || !reflect.DeepEqual(cfg, config.Default()) {
		t.Errorf("/dev/null gives %v, %v, want the defaults", cfg, err)
	}
	if _, err := config.Load("/dev/zero", true, nil); err == nil {
		t.Error("/dev/zero gives no fault")
	}
}
