package auth

import (
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"syscall"
)

// abroad fetches what a provider says is where. The provider's own host is the
// operator's word and may be anywhere; what its answers point to may only be
// public, whatever name it hides behind: the address is looked at when it is dialled.
type abroad struct {
	issuer string // host and port
	own    http.RoundTripper
	others http.RoundTripper
}

func newAbroad(issuer string) abroad {
	host := ""
	if u, err := url.Parse(issuer); err == nil {
		host = hostOf(u)
	}
	others := http.DefaultTransport.(*http.Transport).Clone()
	others.Proxy = nil // a proxy would dial for us, and look at nothing
	others.DialContext = (&net.Dialer{Timeout: asking, Control: public}).DialContext
	return abroad{host, http.DefaultTransport, others}
}

// RoundTrip is one request.
func (a abroad) RoundTrip(r *http.Request) (*http.Response, error) {
	if hostOf(r.URL) == a.issuer {
		return a.own.RoundTrip(r)
	}
	return a.others.RoundTrip(r)
}

// hostOf is a URL's host and port, which it may leave to its scheme.
func hostOf(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(u.Hostname(), port)
}

// public refuses to dial what is not for everybody: this machine, its network,
// and where clouds keep their secrets.
func public(_, address string, _ syscall.RawConn) error {
	at, err := netip.ParseAddrPort(address)
	if err != nil {
		return fmt.Errorf("dial %s: %w", address, err)
	}
	ip := at.Addr().Unmap()
	inner := !ip.IsGlobalUnicast() || ip.IsPrivate() ||
		slices.ContainsFunc(shut(), func(p netip.Prefix) bool { return p.Contains(ip) })
	if inner {
		return fmt.Errorf("dial %s: no public address, and not the provider's own host", address)
	}
	return nil
}

// shut are the networks that look public and are not: of providers' insides
// (with a cloud's secrets in it), of protocols, of tests, and those that hold
// another address inside.
func shut() (list []netip.Prefix) {
	for _, text := range []string{"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"} {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}
