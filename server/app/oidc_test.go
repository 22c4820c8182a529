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
	for what, tt := range map[string]struct{ uri, want string }{
		"a browser with nothing":           {back.RequestURI(), "/sign-in?failed=elsewhere_failed"},
		"a browser whom the provider sent": {"/api/v1/session/oidc/callback?error=access_denied&state=" + back.Query().Get("state"), "/sign-in?back=%2Fwall%2Fvalley&amp;failed=elsewhere_denied"},
		"a way back to somewhere else":     {"/api/v1/session/oidc?return=//evil.example", "/sign-in?back=%2F%2Fevil.example&amp;failed=unauthorized"},
	} {
		headers := []string{"Accept", "text/html,*/*"}
		if strings.Contains(tt.uri, "error=") {
			headers = append(headers, "Cookie", carried)
		}
		res, text := h.request("GET", tt.uri, "", headers...)
		if res.StatusCode != http.StatusUnauthorized || !strings.Contains(text, `url=`+tt.want+`"`) || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s: %d %s, want 401 and the way to %s", what, res.StatusCode, text, tt.want)
		}
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
