package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"citydeck/server/app"
	"citydeck/server/config"
	"citydeck/server/stream/redistest"

	"github.com/oauth2-proxy/mockoidc"
)

func TestABrowserSignsInElsewhere(t *testing.T) {
	t.Parallel()
	m, err := mockoidc.Run()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Shutdown() })
	h := newHouse(t, redistest.Start(t).URL(), func(c *config.Config) {
		c.Auth.OIDCIssuer, c.Auth.OIDCClient, c.Auth.OIDCSecret = m.Issuer(), m.ClientID, config.Secret(m.ClientSecret)
	})
	h.must(app.Errand{Do: "user add", Name: "jane", Role: "viewer", Area: "valley", Subject: mockoidc.DefaultUser().Subject})
	h.http.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	away, _ := h.request("GET", "/api/v1/session/oidc?return=/wall/valley", "")
	if away.StatusCode != http.StatusFound || len(away.Cookies()) != 1 {
		t.Fatalf("leaving: %d", away.StatusCode)
	}
	there, err := h.http.Get(away.Header.Get("Location"))
	if err != nil {
		t.Fatal(err)
	}
	_ = there.Body.Close()
	back, err := url.Parse(there.Header.Get("Location"))
	if err != nil || !strings.HasPrefix(back.Path, "/api/v1/session/oidc/callback") {
		t.Fatalf("the provider sends to %q", there.Header.Get("Location"))
	}
	carried := away.Cookies()[0].Name + "=" + away.Cookies()[0].Value
	if res, text := h.request("GET", back.RequestURI(), ""); res.StatusCode != http.StatusUnauthorized {
		t.Errorf("without what it carried: %d %s", res.StatusCode, text)
	}
	res, text := h.request("GET", back.RequestURI(), "", "Cookie", carried)
	if res.StatusCode != http.StatusFound || res.Header.Get("Location") != "/wall/valley" {
		t.Fatalf("coming back: %d %s, to %q", res.StatusCode, text, res.Header.Get("Location"))
	}
	for _, c := range res.Cookies() {
		if c.Name == "citydeck" {
			if res, text := h.request("GET", "/api/v1/session", "", "Cookie", "citydeck="+c.Value); res.StatusCode != 200 || !strings.Contains(text, `"name":"jane"`) {
				t.Errorf("session: %d %s", res.StatusCode, text)
			}
			return
		}
	}
	t.Error("no cookie came with it")
}
