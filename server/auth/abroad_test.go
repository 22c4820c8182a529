package auth_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"citydeck/cockpits/fault"
	"citydeck/server/auth"
)

func TestAProviderLeadsNowhereInside(t *testing.T) {
	t.Parallel()
	var inside atomic.Int32
	secret := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { inside.Add(1) }))
	t.Cleanup(secret.Close)
	there := strings.TrimPrefix(secret.URL, "http://127.0.0.1")
	for name, endpoint := range map[string]string{
		"this machine":            secret.URL,
		"this machine by name":    "http://localhost" + there,
		"this machine in six":     "http://[::ffff:127.0.0.1]" + there,
		"this machine as a zero":  "http://0.0.0.0" + there,
		"a cloud's secrets":       "http://169.254.169.254/latest/meta-data",
		"another cloud's secrets": "http://100.100.100.200/latest/meta-data",
		"a private network":       "http://10.0.0.1:1",
		"a private six":           "http://[fd00:ec2::254]",
		"a six that holds a four": "http://[64:ff9b::a9fe:a9fe]",
		"a redirect to inside":    "redirect",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var provider *httptest.Server
			provider = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				token := endpoint + "/token"
				if endpoint == "redirect" {
					token = provider.URL + "/token"
				}
				if r.URL.Path == "/token" {
					http.Redirect(w, r, secret.URL, http.StatusTemporaryRedirect)
					return
				}
				_ = json.NewEncoder(w).Encode(map[string]any{"issuer": provider.URL, "authorization_endpoint": provider.URL + "/auth",
					"token_endpoint": token, "jwks_uri": token, "id_token_signing_alg_values_supported": []string{"RS256"}})
			}))
			t.Cleanup(provider.Close)
			s := newStage(t, func(c *auth.Config) { c.OIDC = auth.OIDC{Issuer: provider.URL, ClientID: "deck"} })
			to, carried, err := s.Leave(t.Context(), "/")
			if err != nil {
				t.Fatal(err)
			}
			at, _ := url.Parse(to)
			_, _, err = s.Arrive(homecoming(url.Values{"state": at.Query()["state"], "code": {"x"}}, carried), "10.0.0.1")
			if !errors.Is(err, fault.Unauthenticated) {
				t.Errorf("err = %v, want unauthenticated", err)
			}
			if inside.Load() > 0 {
				t.Error("what is inside was asked")
			}
		})
	}
}
