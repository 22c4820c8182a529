package live

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// allowed holds pages to their origin: our own host (https if we serve TLS), or
// one of the settings. What sends no Origin is no browser, or asks from our own page.
func (h *Hub) allowed(r *http.Request) bool {
	origins := r.Header.Values("Origin")
	if len(origins) == 0 {
		return true
	}
	if len(origins) > 1 {
		return false
	}
	if slices.ContainsFunc(h.cfg.Origins, func(o string) bool { return strings.EqualFold(o, origins[0]) }) {
		return true
	}
	u, err := url.Parse(origins[0])
	if err != nil || u.Host == "" || !strings.EqualFold(u.Host, r.Host) {
		return false
	}
	return u.Scheme == "https" || u.Scheme == "http" && r.TLS == nil
}

// speaks tells whether a handshake offers our protocol, or none at all.
func speaks(r *http.Request) bool {
	offered := r.Header.Values("Sec-WebSocket-Protocol")
	for _, line := range offered {
		for name := range strings.SplitSeq(line, ",") {
			if strings.TrimSpace(name) == protocol {
				return true
			}
		}
	}
	return len(offered) == 0
}
