package api

import (
	"context"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/labstack/echo/v4"
)

// Elsewhere signs people in at a provider.
type Elsewhere interface {
	// Leave says where the browser goes, and what it carries meanwhile.
	Leave(ctx context.Context, back string) (to, carried string, err error)
	// Arrive ends it: what the session's cookie holds, and where to go on, which
	// is known of some failures as well.
	Arrive(r *http.Request, address string) (cookie, back string, err error)
	TripCookie(r *http.Request, value string) *http.Cookie
}

// leaveForElsewhere answers GET /session/oidc?return=.
func (a *API) leaveForElsewhere(c echo.Context) error {
	back := c.QueryParam("return")
	if back == "" {
		back = "/"
	}
	to, carried, err := a.Elsewhere.Leave(c.Request().Context(), back)
	if err != nil {
		return turnedAway(c, back, err)
	}
	c.SetCookie(a.Elsewhere.TripCookie(c.Request(), carried))
	return c.Redirect(http.StatusFound, to)
}

// arrive answers GET /session/oidc/callback.
func (a *API) arrive(c echo.Context) error {
	r := c.Request()
	c.SetCookie(a.Elsewhere.TripCookie(r, ""))
	cookie, back, err := a.Elsewhere.Arrive(r, c.RealIP())
	if err != nil {
		return turnedAway(c, back, err)
	}
	if err := a.Leaving.Return(r.Context(), r); err != nil {
		return err
	}
	c.SetCookie(a.Cookies.SessionCookie(r, cookie))
	return c.Redirect(http.StatusFound, back)
}

// turnedAway answers a failure on the way as every other one; a browser that
// shows what it gets is led to the sign-in page, which says why in its words.
func turnedAway(c echo.Context, back string, err error) error {
	p := problemOf(err)
	if p.Status == http.StatusInternalServerError || !strings.Contains(c.Request().Header.Get("Accept"), echo.MIMETextHTML) {
		return err
	}
	to := url.Values{"failed": {strings.TrimPrefix(p.Type, problemType)}}
	if was, query, _ := strings.Cut(back, "?"); was == "/sign-in" {
		q, _ := url.ParseQuery(query) // what can't be read leads to the front page
		back = q.Get("back")
	}
	if back != "" {
		to.Set("back", back)
	}
	h := c.Response().Header()
	h.Set("Cache-Control", "no-store")
	if p.Status == http.StatusServiceUnavailable {
		h.Set("Retry-After", strconv.Itoa(p.after))
	}
	link := html.EscapeString("/sign-in?" + to.Encode())
	return c.HTML(p.Status, fmt.Sprintf(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>登录</title><meta http-equiv="refresh" content="0; url=%[1]s"><p><a href="%[1]s">登录 Sign in</a></p>`, link))
}
