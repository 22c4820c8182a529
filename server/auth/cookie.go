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
	c := baked(plainCookie, value, 0)
	if a.secure(r) {
		c.Name, c.Secure = hostCookie, true
	}
	return c
}

// WallCookie is the cookie of a paired wall; an empty value takes it away.
func (a *Auth) WallCookie(r *http.Request, value string) *http.Cookie {
	c := baked(wallCookie, value, wallAge)
	c.Secure = a.secure(r)
	return c
}

func baked(name, value string, age time.Duration) *http.Cookie {
	c := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, SameSite: http.SameSiteLaxMode, MaxAge: int(age.Seconds())} //nolint:gosec // Secure is the caller's: plain HTTP is for loopback alone
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
