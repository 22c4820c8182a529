package auth_test

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/oauth2-proxy/mockoidc"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
	"citydeck/server/auth"
)

// elsewhere is a provider that signs as a real one does; forge may change the
// tokens that it hands out.
func elsewhere(t *testing.T, forge func(m *mockoidc.MockOIDC, claims jwt.MapClaims) string) *mockoidc.MockOIDC {
	t.Helper()
	m, err := mockoidc.NewServer(nil)
	if err != nil {
		t.Fatal(err)
	}
	if forge != nil {
		err = m.AddMiddleware(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path != mockoidc.TokenEndpoint {
					next.ServeHTTP(w, r)
					return
				}
				seen := httptest.NewRecorder()
				next.ServeHTTP(seen, r)
				var answer map[string]any
				claims := jwt.MapClaims{}
				if err := json.Unmarshal(seen.Body.Bytes(), &answer); err != nil {
					t.Errorf("the provider answers %s", seen.Body)
				}
				token, given := answer["id_token"].(string)
				if !given { // it wants to be asked otherwise
					w.WriteHeader(seen.Code)
					_, _ = w.Write(seen.Body.Bytes())
					return
				}
				if _, _, err := jwt.NewParser().ParseUnverified(token, claims); err != nil {
					t.Error(err)
				}
				answer["id_token"] = forge(m, claims)
				w.Header().Set("Content-Type", "application/json")
				_ = json.NewEncoder(w).Encode(answer)
			})
		})
	}
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err == nil {
		err = m.Start(l, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Shutdown() })
	return m
}

// with signs the claims anew, one of them changed.
func with(name string, value any) func(*mockoidc.MockOIDC, jwt.MapClaims) string {
	return func(m *mockoidc.MockOIDC, c jwt.MapClaims) string {
		c[name] = value
		text, _ := m.Keypair.SignJWT(c)
		return text
	}
}

func abroad(t *testing.T, m *mockoidc.MockOIDC) *stage {
	s := newStage(t, func(c *auth.Config) {
		c.Now = nil // the provider signs with the clock's time
		c.Callback = "http://127.0.0.1:8080/api/v1/session/oidc/callback"
		c.OIDC = auth.OIDC{Issuer: m.Issuer(), ClientID: m.ClientID, ClientSecret: m.ClientSecret}
	})
	if _, err := s.AddUser(t.Context(), account.Person{Name: "jane.doe", Subject: "pending", Grants: []access.Grant{{Role: access.Viewer, Area: "town"}}}); err != nil {
		t.Fatal(err)
	}
	who, _ := s.keep.Account(t.Context(), "jane.doe")
	who.Subject = ""
	_ = s.keep.SetAccount(t.Context(), who)
	return s
}

// travel goes to the provider as a browser does and says how it sends one back.
func travel(t *testing.T, to string) url.Values {
	t.Helper()
	c := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	r, err := c.Get(to)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	back, err := r.Location()
	if err != nil {
		t.Fatalf("GET %s: %d, %v", to, r.StatusCode, err)
	}
	return back.Query()
}

// homecoming is the request with which a browser comes back.
func homecoming(query url.Values, carried string) *http.Request {
	r := httptest.NewRequest("GET", "/api/v1/session/oidc/callback?"+query.Encode(), nil)
	r.AddCookie(&http.Cookie{Name: "citydeck_trip", Value: carried})
	return r
}

func TestSignInElsewhere(t *testing.T) {
	t.Parallel()
	m := elsewhere(t, nil)
	s := abroad(t, m)
	for i := range 2 { // the first time by name, then by who he is there
		to, carried, err := s.Leave(t.Context(), "/street/east?tile=a")
		if err != nil {
			t.Fatal(err)
		}
		q, _ := url.Parse(to)
		if p := q.Query(); p.Get("code_challenge_method") != "S256" || p.Get("nonce") == "" || p.Get("state") == "" {
			t.Errorf("asked without PKCE, nonce or state: %s", to)
		}
		cookie, back, err := s.Arrive(homecoming(travel(t, to), carried), "10.0.0.1")
		if err != nil || back != "/street/east?tile=a" {
			t.Fatalf("return %d: %q, %v", i+1, back, err)
		}
		if got := s.byCookie(t, cookie); got.Name != "jane.doe" || len(got.Grants) != 1 {
			t.Errorf("signed in as %+v", got)
		}
	}
}

func TestWhoComesBackOtherwiseThanHeWentIsRefused(t *testing.T) {
	t.Parallel()
	stranger, err := mockoidc.RandomKeypair(2048)
	if err != nil {
		t.Fatal(err)
	}
	tests := map[string]struct {
		forge func(*mockoidc.MockOIDC, jwt.MapClaims) string
		query func(url.Values)
		trip  func(string) string
	}{
		"another state":               {query: func(q url.Values) { q.Set("state", "x") }},
		"no code":                     {query: func(q url.Values) { q.Del("code") }},
		"an error":                    {query: func(q url.Values) { q.Del("code"); q.Set("error", "access_denied") }},
		"another code":                {query: func(q url.Values) { q.Set("code", "x") }},
		"nothing carried":             {trip: func(string) string { return "" }},
		"what he carried was changed": {trip: func(s string) string { return "e30" + s }},
		"another nonce":               {forge: with("nonce", "x")},
		"another audience":            {forge: with("aud", "another")},
		"another issuer":              {forge: with("iss", "http://evil.example")},
		"a token that is over":        {forge: with("exp", time.Now().Add(-time.Hour).Unix())},
		"a token that nobody signed": {forge: func(_ *mockoidc.MockOIDC, c jwt.MapClaims) string {
			text, _ := jwt.NewWithClaims(jwt.SigningMethodNone, c).SignedString(jwt.UnsafeAllowNoneSignatureType)
			return text
		}},
		"a token that a stranger signed": {forge: func(_ *mockoidc.MockOIDC, c jwt.MapClaims) string {
			text, _ := stranger.SignJWT(c)
			return text
		}},
		"no token": {forge: func(*mockoidc.MockOIDC, jwt.MapClaims) string { return "" }},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := abroad(t, elsewhere(t, tt.forge))
			to, carried, err := s.Leave(t.Context(), "/")
			if err != nil {
				t.Fatal(err)
			}
			back := travel(t, to)
			if tt.query != nil {
				tt.query(back)
			}
			if tt.trip != nil {
				carried = tt.trip(carried)
			}
			if _, _, err := s.Arrive(homecoming(back, carried), ""); !errors.Is(err, fault.Unauthenticated) {
				t.Errorf("err = %v, want unauthenticated", err)
			}
			if ids, _ := s.keep.Sessions(t.Context(), "jane.doe"); len(ids) > 0 {
				t.Error("a session began")
			}
		})
	}
}

func TestTheWayBackStaysHere(t *testing.T) {
	t.Parallel()
	s := abroad(t, elsewhere(t, nil))
	for _, back := range []string{"//evil.example", "https://evil.example", "", "/\\evil.example", "/a\r\nSet-Cookie: x", "javascript:alert(1)", "/" + strings.Repeat("x", 500)} {
		if _, _, err := s.Leave(t.Context(), back); !errors.Is(err, fault.Unauthenticated) {
			t.Errorf("return = %q: %v, want unauthenticated", back, err)
		}
	}
	if _, _, err := newStage(t, nil).Leave(t.Context(), "/"); !errors.Is(err, fault.NotFound) {
		t.Errorf("without a provider: %v, want not found", err)
	}
}

func TestWhoIsNotKnownHereStaysOutside(t *testing.T) {
	t.Parallel()
	m := elsewhere(t, nil)
	s := abroad(t, m)
	s.add(t, "mallory", access.Viewer)
	for name, user := range map[string]string{"an unknown name": "somebody", "a name with a password of its own": "mallory"} {
		m.QueueUser(&mockoidc.MockUser{Subject: "sub-" + user, PreferredUsername: user})
		to, carried, err := s.Leave(t.Context(), "/")
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Arrive(homecoming(travel(t, to), carried), ""); !errors.Is(err, fault.Unauthenticated) {
			t.Errorf("%s: %v, want unauthenticated", name, err)
		}
	}
}
