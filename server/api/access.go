package api

import (
	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
)

// Record is what this door asks of the record of who did what.
type Record struct {
	Journal Journal
	Lines   Lines
	Intake  Intake
}

// Identity is what this door asks of who proves who somebody is.
type Identity struct {
	Sessions     Sessions
	Leaving      Leaving
	Cookies      Cookies
	Ways         Ways
	Elsewhere    Elsewhere
	People       People
	Appointments Appointments
	Tokens       Tokens
	Rotation     Rotation
	Fleet        Fleet
	Pairings     Pairings
	Turns        Turns
	Walls        Walls
	Recovery     Recovery
}

// accessRoutes registers who is who, and who may what. What is open to all is
// so because nobody can be known there yet; all else names its right.
func (a *API) accessRoutes(e *echo.Echo, open []echo.MiddlewareFunc) {
	with := func(right access.Action) []echo.MiddlewareFunc {
		return append(open[:len(open):len(open)], a.guard(right))
	}
	a.route(e, Prefix+"/sign-in", a.listWays, open...)
	e.POST(Prefix+"/setup", a.first, open...)
	e.POST(Prefix+"/session", a.signIn, open...)
	a.route(e, Prefix+"/session", a.getSession, open...)
	e.DELETE(Prefix+"/session", a.signOut, open...)
	e.DELETE(Prefix+"/sessions", a.signOutEverywhere, open...)
	e.POST(Prefix+"/session/step-up", a.stepUp, open...)
	e.GET(Prefix+"/session/oidc", a.leaveForElsewhere, open...) // no HEAD: each begins or ends a journey
	e.GET(Prefix+"/session/oidc/callback", a.arrive, open...)

	e.POST(Prefix+"/screens/pair", a.beginPairing, open...)
	e.POST(Prefix+"/screens/claim", a.claim, open...)
	a.route(e, Prefix+"/screens/self", a.ownScreen, open...)
	a.route(e, Prefix+"/screens", a.listScreens, with(access.Operate)...)
	e.POST(Prefix+"/screens", a.pair, with(access.Equip)...)
	e.DELETE(Prefix+"/screens/:id", a.endScreen, with(access.Equip)...)
	e.POST(Prefix+"/screens/:id/rotate", a.turnScreen, with(access.Equip)...)
	e.POST(Prefix+"/screens/:id/show", a.showScreen, with(access.Operate)...)
	e.POST(Prefix+"/screens/:id/reload", a.reloadScreen, with(access.Operate)...)

	a.route(e, Prefix+"/users", a.listUsers, with(access.Appoint)...)
	e.POST(Prefix+"/users", a.addUser, with(access.Appoint)...)
	e.PATCH(Prefix+"/users/:name", a.setUser, with(access.Appoint)...)
	e.POST(Prefix+"/users/:name/roles", a.grantRole, with(access.Appoint)...)
	e.DELETE(Prefix+"/users/:name/roles/:role/:area", a.revokeRole, with(access.Appoint)...)
	a.route(e, Prefix+"/tokens", a.listTokens, with(access.Equip)...)
	e.POST(Prefix+"/tokens", a.addToken, with(access.Equip)...)
	e.DELETE(Prefix+"/tokens/:id", a.endToken, with(access.Equip)...)
	e.POST(Prefix+"/tokens/:id/rotate", a.rotateToken, with(access.Equip)...)

	a.route(e, Prefix+"/account/tokens", a.listOwnTokens, open...)
	e.POST(Prefix+"/account/tokens", a.addOwnToken, open...)
	e.DELETE(Prefix+"/account/tokens/:id", a.endOwnToken, open...)
	a.route(e, Prefix+"/account/recovery", a.getRecovery, open...)
	e.POST(Prefix+"/account/recovery", a.makeRecovery, open...)
	e.POST(Prefix+"/lists/:id/preview", a.previewList, with(access.Equip)...)
	e.POST(Prefix+"/lists/:id", a.applyList, with(access.Equip)...)

	a.route(e, Prefix+"/audit", a.listAudit, with(access.Audit)...)
	e.POST(Prefix+"/readings", a.postReadings, with(access.Feed)...)
}
