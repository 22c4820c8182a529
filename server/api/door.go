package api

import (
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/fault"
)

// policy lets a page load nothing from elsewhere and run nothing inline.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; worker-src 'self'; manifest-src 'self'; media-src 'self' blob:; " +
	"base-uri 'none'; form-action 'self'; frame-ancestors 'none'"

// DoorConfig is what every request meets before any handler.
type DoorConfig struct {
	Hosts          []string // names under which the server is known, with or without port; empty: all
	TrustedProxies []string // networks (CIDR) or addresses whose X-Forwarded-For is believed
}

// NewDoor builds the echo that api, live and web register their routes at. Every
// answer has the security headers, every error is problem+json, a panic is a
// 500 and a log line. It fails when a trusted proxy is not an address or network.
func NewDoor(cfg DoorConfig, log *slog.Logger) (*echo.Echo, error) {
	extract, err := extractor(cfg.TrustedProxies)
	if err != nil {
		return nil, err
	}
	e := echo.New()
	e.HideBanner, e.HidePort = true, true
	e.Logger.SetOutput(slog.NewLogLogger(log.Handler(), slog.LevelWarn).Writer())
	e.IPExtractor = extract
	e.HTTPErrorHandler = problems(log)
	e.Pre(secured, recovered, known(cfg.Hosts))
	return e, nil
}

// NewServer wraps a handler in a server whose slow and greedy clients are cut
// off. It has no write time-out, because live connections stay open; the caller
// serves and stops it himself.
func NewServer(h http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           h,
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		IdleTimeout:       120 * time.Second,
		MaxHeaderBytes:    64 << 10,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelDebug),
	}
}

// extractor believes X-Forwarded-For from the given proxies only; without any,
// from nobody.
func extractor(proxies []string) (echo.IPExtractor, error) {
	if len(proxies) == 0 {
		return echo.ExtractIPDirect(), nil
	}
	trust := []echo.TrustOption{echo.TrustLoopback(false), echo.TrustLinkLocal(false), echo.TrustPrivateNet(false)}
	for _, text := range proxies {
		network, err := parseNetwork(text)
		if err != nil {
			return nil, err
		}
		trust = append(trust, echo.TrustIPRange(network))
	}
	return echo.ExtractIPFromXFFHeader(trust...), nil
}

func parseNetwork(text string) (*net.IPNet, error) {
	if ip := net.ParseIP(text); ip != nil {
		bits := 8 * net.IPv6len
		if four := ip.To4(); four != nil {
			ip, bits = four, 8*net.IPv4len
		}
		return &net.IPNet{IP: ip, Mask: net.CIDRMask(bits, bits)}, nil
	}
	_, network, err := net.ParseCIDR(text)
	if err != nil {
		return nil, fmt.Errorf("trusted proxy %q is neither an address nor a network", text)
	}
	return network, nil
}

// secured sets the headers that every answer has.
func secured(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		h := c.Response().Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(self), geolocation=(self), microphone=()")
		if c.IsTLS() {
			h.Set("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
		}
		if path := c.Request().URL.Path; strings.HasPrefix(path, "/api/") || probe(path) {
			h.Set("Cache-Control", "no-store")
		}
		return next(c)
	}
}

func probe(path string) bool {
	return slices.Contains([]string{"/healthz", "/readyz", "/metrics"}, path)
}

// panicked is what a handler's panic becomes; its text is for the log only.
type panicked struct {
	value any
	stack []byte
}

func (p *panicked) Error() string { return fmt.Sprint("panic: ", p.value) }

// recovered turns a panic into an error, so that one request can't end the program.
func recovered(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) (err error) {
		defer func() {
			switch v := recover(); v {
			case nil:
			case http.ErrAbortHandler:
				panic(v) // the server's own way to cut a connection
			default:
				err = &panicked{value: v, stack: debug.Stack()}
			}
		}()
		return next(c)
	}
}

// known refuses requests for another host, once the server knows its names.
func known(hosts []string) echo.MiddlewareFunc {
	return func(next echo.HandlerFunc) echo.HandlerFunc {
		if len(hosts) == 0 {
			return next
		}
		return func(c echo.Context) error {
			r := c.Request()
			if r.URL.IsAbs() || !slices.ContainsFunc(hosts, func(host string) bool { return sameHost(host, r.Host) }) {
				return &statusError{status: http.StatusMisdirectedRequest, detail: "this server does not answer for that host"}
			}
			return next(c)
		}
	}
}

// sameHost compares a configured host with a request's; a port counts only
// where one is configured.
func sameHost(configured, asked string) bool {
	if strings.EqualFold(configured, asked) {
		return true
	}
	u := url.URL{Host: asked}
	return strings.EqualFold(strings.Trim(configured, "[]"), u.Hostname())
}

var errForeign = fault.New(fault.Forbidden, "", "a page of another origin may not send this")
