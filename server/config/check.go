package config

import (
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const (
	viewer      = "viewer"
	deadLetters = "readings:dead"
)

// check holds the settings against what a type can't say, and what they ask for.
func (l *loader) check() {
	l.door()
	l.redis()
	l.elsewhere()
	c := &l.cfg
	if c.Data.Dir == "" {
		l.bad(l.where("data.dir"), "data.dir is empty: it must name a folder")
	}
	if c.Data.Dir != "" && c.District.Dir != "" && filepath.Clean(c.Data.Dir) == filepath.Clean(c.District.Dir) {
		l.bad(l.where("data.dir"), "data.dir and district.dir are both %s: the district's folder is read only", c.Data.Dir)
	}
	if c.Live.MaxTick < c.Live.Tick {
		l.bad(l.where("live.max_tick"), "live.max_tick = %s is below live.tick = %s", c.Live.MaxTick, c.Live.Tick)
	}
	if c.Debug.Listen != "" {
		if host, good := l.address("debug.listen", c.Debug.Listen); good && !loopback(host) {
			l.bad(l.where("debug.listen"), "debug.listen = %q is beyond loopback: it shows the program's inside", c.Debug.Listen)
		}
	}
	if u, err := url.Parse(c.Database.URL.Reveal()); c.Database.URL != "" && (err != nil || u.Scheme != "postgres" && u.Scheme != "postgresql") {
		l.bad(l.where("database.url"), "database.url must begin with postgres://, or be empty for SQLite in data.dir")
	}
}

// refuse holds back a server that would show too much or mix figures.
func (l *loader) refuse() {
	l.exposed()
	l.demo()
}

// exposed looks at what others than this machine would reach.
func (l *loader) exposed() {
	c := &l.cfg.HTTP
	host, _, err := net.SplitHostPort(c.Listen)
	if err != nil || loopback(host) {
		return
	}
	if l.cfg.Auth.Anonymous == viewer {
		l.bad(l.where("auth.anonymous"), `auth.anonymous = "viewer" shows everything to everybody, and http.listen = %q is beyond loopback: set it to "none", or listen on 127.0.0.1 behind a proxy`, c.Listen)
	}
	if !c.Insecure && c.TLSCert == "" {
		l.bad(l.where("http.listen"), "http.listen = %q is beyond loopback, where plain HTTP can be read and changed on its way: set http.tls_cert and http.tls_key, or listen on 127.0.0.1 behind a proxy with TLS, or set http.insecure = true", c.Listen)
	}
	if l.cfg.Demo.Enabled {
		l.bad(l.where("demo.enabled"), "demo.enabled = true shows invented figures, and http.listen = %q is beyond loopback: set it to false", c.Listen)
	}
}

// door checks the addresses.
func (l *loader) door() {
	c := &l.cfg.HTTP
	l.address("http.listen", c.Listen)
	for _, o := range c.Origins {
		u, err := url.Parse(o)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || o != u.Scheme+"://"+u.Host {
			l.bad(l.where("http.origins"), "http.origins: %q is not of the form https://host or https://host:port", o)
		}
	}
	for _, h := range c.Hosts {
		if h == "" || strings.ContainsAny(h, "/ @?#*") {
			l.bad(l.where("http.hosts"), "http.hosts: %q is not a host name, with or without port", h)
		}
	}
	if u, err := url.Parse(c.PublicURL); c.PublicURL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || c.PublicURL != u.Scheme+"://"+u.Host) {
		l.bad(l.where("http.public_url"), "http.public_url = %q is not of the form https://host or https://host:port", c.PublicURL)
	}
	l.networks("http.trusted_proxies", c.TrustedProxies)
	l.networks("http.admin_networks", c.AdminNetworks)
}

// networks checks a list of addresses and networks.
func (l *loader) networks(key string, list []string) {
	for _, p := range list {
		if _, err := network(p); err != nil {
			l.bad(l.where(key), "%s: %q is neither an address nor a network such as 10.0.0.0/8", key, p)
		}
	}
}

// Networks are the networks of a list that was checked; an address is one of its own.
func Networks(list []string) []netip.Prefix {
	var all []netip.Prefix
	for _, p := range list {
		if n, err := network(p); err == nil {
			all = append(all, n)
		}
	}
	return all
}

func network(text string) (netip.Prefix, error) {
	if a, err := netip.ParseAddr(text); err == nil {
		a = a.Unmap().WithZone("")
		return netip.PrefixFrom(a, a.BitLen()), nil
	}
	return netip.ParsePrefix(text)
}

// elsewhere checks where else people may sign in.
func (l *loader) elsewhere() {
	c := &l.cfg.Auth
	u, err := url.Parse(c.OIDCIssuer)
	if c.OIDCIssuer == "" {
		return
	}
	if err != nil || u.Host == "" || u.Scheme != "https" && !(u.Scheme == "http" && loopback(u.Hostname())) {
		l.bad(l.where("auth.oidc_issuer"), "auth.oidc_issuer = %q is not of the form https://host/…", c.OIDCIssuer)
	}
	if c.OIDCSecret != "" && c.OIDCSecretFile != "" {
		l.bad(l.where("auth.oidc_secret_file"), "auth.oidc_secret and auth.oidc_secret_file: only one of them")
	}
}

// address checks host:port.
func (l *loader) address(key, text string) (host string, good bool) {
	host, port, err := net.SplitHostPort(text)
	n, errPort := strconv.ParseUint(port, 10, 16)
	if err != nil || errPort != nil || strconv.FormatUint(n, 10) != port {
		l.bad(l.where(key), "%s = %q is not of the form host:port, with a port from 0 to 65535", key, text)
		return "", false
	}
	return host, true
}

// loopback tells whether only this machine reaches a host.
func loopback(host string) bool {
	if strings.EqualFold(host, "localhost") {
		return true
	}
	a, err := netip.ParseAddr(host)
	return err == nil && a.Unmap().IsLoopback()
}

// redis checks the address without ever showing it.
func (l *loader) redis() {
	c := &l.cfg.Redis
	if !c.Embedded() {
		u, err := url.Parse(c.URL.Reveal())
		switch {
		case err != nil || u.Scheme == "":
			l.bad(l.where("redis.url"), "redis.url is no address: it must be embedded, redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://")
		case !slices.Contains([]string{"redis", "rediss", "unix", "redis+sentinel", "redis+cluster"}, u.Scheme):
			l.bad(l.where("redis.url"), "redis.url begins with %s://: it must be embedded, redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://", u.Scheme)
		case u.Scheme == "unix" && u.Path == "" || u.Scheme != "unix" && u.Host == "":
			l.bad(l.where("redis.url"), "redis.url names no place behind %s://", u.Scheme)
		case u.Scheme == "redis+sentinel" && u.Query().Get("master_name") == "":
			l.bad(l.where("redis.url"), "redis.url: redis+sentinel:// needs ?master_name=")
		}
	}
	if len(c.Streams) == 0 {
		l.bad(l.where("redis.streams"), "redis.streams is empty: it must name at least one key")
	}
	for i, s := range c.Streams {
		switch {
		case s == "" || s == deadLetters:
			l.bad(l.where("redis.streams"), "redis.streams: %q can't be a stream of readings", s)
		case slices.Contains(c.Streams[:i], s):
			l.bad(l.where("redis.streams"), "redis.streams: %q stands twice", s)
		}
	}
}

// demo keeps the invented day out of everything that is real.
func (l *loader) demo() {
	c := &l.cfg
	if !c.Demo.Enabled {
		return
	}
	if !c.Redis.Embedded() {
		l.bad(l.where("redis.url"), `demo.enabled = true writes invented readings, and redis.url names a Redis that isn't its own: set demo.enabled = false, or redis.url = "embedded"`)
	}
	if c.District.Dir != "" {
		l.bad(l.where("district.dir"), "demo.enabled = true plays the shipped district's day, and district.dir = %q is another one: set demo.enabled = false, or leave district.dir empty", c.District.Dir)
	}
}
