package app_test

import (
	"net/http"
	"testing"

	"citydeck/server/config"
	"citydeck/server/stream/redistest"
)

func TestPagesOfAdministratorsAnswerTheirNetworksOnly(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	for name, tt := range map[string]struct {
		networks []string
		want     int
	}{
		"anywhere":           {nil, http.StatusOK},
		"this machine":       {[]string{"127.0.0.1"}, http.StatusOK},
		"another network":    {[]string{"192.0.2.0/24"}, http.StatusForbidden},
		"one of two of them": {[]string{"192.0.2.0/24", "127.0.0.0/8"}, http.StatusOK},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHouse(t, server.URL(), func(cfg *config.Config) { cfg.HTTP.AdminNetworks = tt.networks })
			h.add("sec", "security", "valley")
			h.add("aud", "auditor", "valley")
			h.add("ada", "admin", "valley")
			h.add("opa", "operator", "valley")
			for who, path := range map[string]string{"sec": "/api/v1/users", "aud": "/api/v1/audit", "ada": "/api/v1/tokens"} {
				if code, text := h.by(h.token(who), "GET", path, ""); code != tt.want {
					t.Errorf("%s asks %s: %d, want %d: %s", who, path, code, tt.want, text)
				}
			}
			if code, text := h.by(h.token("opa"), "GET", "/api/v1/screens", ""); code != http.StatusOK {
				t.Errorf("an operator, whom no network binds: %d: %s", code, text)
			}
		})
	}
}
