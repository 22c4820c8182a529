package auth

import (
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
)

// wallAge is for how long a browser keeps a wall's token.
const wallAge = 400 * 24 * time.Hour

// SessionCookie is the cookie of a session; an empty value takes it away.
func (a *Auth) SessionCookie(r *http.Request, value string) *http.Cookie {
	name := plainCookie
	if a.secure(r) {
		name = hostCookie
	}
	return a.baked(r, name, value, 0)
}

// WallCookie is the cookie of a paired wall; an empty value takes it away.
func (a *Auth) WallCookie(r *http.Request, value string) *http.Cookie {
	return a.baked(r, wallCookie, value, wallAge)
}

// TripCookie is what a browser carries while it signs in elsewhere; an empty
// value takes it away.
func (a *Auth) TripCookie(r *http.Request, value string) *http.Cookie {
	return a.baked(r, tripCookie, value, tripLife)
}

// baked makes a cookie that no script reads and no foreign page sends along.
func (a *Auth) baked(r *http.Request, name, value string, age time.Duration) *http.Cookie {
	c := &http.Cookie{ //nolint:gosec // without TLS, on loopback alone, browsers would drop a secure one
		Name: name, Value: value, Path: "/", MaxAge: int(age.Seconds()),
		HttpOnly: true, Secure: a.secure(r), SameSite: http.SameSiteLaxMode,
	}
	if value == "" {
		c.MaxAge = -1
	}
	return c
}

// secure tells whether a browser sent a request encrypted.
func (a *Auth) secure(r *http.Request) bool { return r.TLS != nil || a.cfg.Secure }

// refresh takes away the cookie of a session that is over, so that who may look
// without one isn't kept out by it.
func (a *Auth) refresh(c echo.Context) {
	if r := c.Request(); a.sessionCookie(r) != "" && r.Header.Get(echo.HeaderAuthorization) == "" {
		c.SetCookie(a.SessionCookie(r, ""))
	}
}

// turned hands a wall its new token, once its old one was turned.
func (a *Auth) turned(c echo.Context, actor access.Actor) {
	r := c.Request()
	old := cookie(r, wallCookie)
	if old == "" || r.Header.Get(echo.HeaderAuthorization) != "" {
		return
	}
	if anew := a.newest(r.Context(), actor.Name); anew != "" && anew != old {
		c.SetCookie(a.WallCookie(r, anew))
	}
}
