package api

import (
	"context"
	"net/http"
	"time"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
)

// Tokens keeps what systems show instead of a password.
type Tokens interface {
	Tokens(ctx context.Context) ([]account.Token, error)
	// AddToken says the token once.
	AddToken(ctx context.Context, t account.Token) (id, text string, err error)
	RevokeToken(ctx context.Context, id string) error
}

// Rotation makes another token beside one.
type Rotation interface {
	RotateToken(ctx context.Context, id string, overlap time.Duration) (anew, text string, err error)
}

type tokenAnswer struct {
	ID        string   `json:"id"`
	Source    string   `json:"source"`   // empty: a person's
	User      string   `json:"user"`     // empty: a source's
	Areas     []string `json:"areas"`    // empty: all
	Measures  []string `json:"measures"` // empty: all
	MadeAt    int64    `json:"made_at"`
	ExpiresAt *int64   `json:"expires_at"` // null: when revoked
	LastUsed  *int64   `json:"last_used"`  // null: never
}

// listTokens answers GET /tokens: those of sources in the caller's areas, and
// for who equips the whole the others too.
func (a *API) listTokens(c echo.Context) error {
	all, err := a.Tokens.Tokens(c.Request().Context())
	if err != nil {
		return err
	}
	out := []tokenAnswer{}
	for i := range all {
		if a.gate.policy.Decide(a.actor(c), a.equipping(&all[i]), a.now()).Allowed() {
			out = append(out, tokenOf(&all[i]))
		}
	}
	return ok(c, out)
}

// equipping asks for the right to deal with a token: in all areas that it is
// for, or in the whole.
func (a *API) equipping(t *account.Token) access.Ask {
	areas, err := a.areasOf("", t.Areas)
	if err != nil || len(areas) == 0 {
		areas = []area.Index{a.district.Areas.Root()}
	}
	about := "source:" + t.Source
	if t.User != "" {
		about = "user:" + t.User
	}
	return access.Ask{Action: access.Equip, Object: "token " + about, Areas: areas}
}

func tokenOf(t *account.Token) tokenAnswer {
	out := tokenAnswer{ID: t.ID, Source: t.Source, User: t.User, Areas: filled(t.Areas), Measures: filled(t.Measures), MadeAt: t.MadeAt}
	if t.EndsAt > 0 {
		out.ExpiresAt = &t.EndsAt
	}
	if t.UsedAt > 0 {
		out.LastUsed = &t.UsedAt
	}
	return out
}

type tokenMade struct {
	ID    string `json:"id"`
	Token string `json:"token"` // it is never said again
}

// addToken answers POST /tokens: a source's.
func (a *API) addToken(c echo.Context) error {
	var body struct {
		Source   string   `json:"source"`
		Areas    []string `json:"areas"`
		Measures []string `json:"measures"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	t := account.Token{Source: body.Source, Areas: body.Areas, Measures: body.Measures}
	if _, err := a.areasOf("/areas", t.Areas); err != nil {
		return err
	}
	for _, m := range t.Measures {
		if _, known := a.district.Catalogue.Measure(m); !known {
			return unknown("measure", "/measures")
		}
	}
	return a.makeToken(c, &t, func(ctx context.Context) (string, string, error) { return a.Tokens.AddToken(ctx, t) })
}

func (a *API) makeToken(c echo.Context, t *account.Token, do func(context.Context) (string, string, error)) error {
	var out tokenMade
	err := a.does(c, a.equipping(t), func(ctx context.Context) (err error) {
		out.ID, out.Token, err = do(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return answer(c, http.StatusCreated, out)
}

// onToken finds the token that a request is about.
func (a *API) onToken(c echo.Context) (account.Token, error) {
	all, err := a.Tokens.Tokens(c.Request().Context())
	if err != nil {
		return account.Token{}, err
	}
	for _, t := range all {
		if t.ID == c.Param("id") {
			return t, nil
		}
	}
	return account.Token{}, unknown("token", "")
}

// endToken answers DELETE /tokens/{id}.
func (a *API) endToken(c echo.Context) error {
	t, err := a.onToken(c)
	if err != nil {
		return err
	}
	if err := a.does(c, a.equipping(&t), func(ctx context.Context) error { return a.Tokens.RevokeToken(ctx, t.ID) }); err != nil {
		return err
	}
	return empty(c)
}

// longestOverlap is how long a token may hold beside the one that replaces it.
const longestOverlap = 7 * 24 * time.Hour

// rotateToken answers POST /tokens/{id}/rotate.
func (a *API) rotateToken(c echo.Context) error {
	var body struct {
		OverlapMs int64 `json:"overlap_ms"`
	}
	if err := decode(c, &body); err != nil {
		return err
	}
	overlap := time.Duration(body.OverlapMs) * time.Millisecond
	if overlap < 0 || overlap > longestOverlap {
		return fault.New(fault.Invalid, "/overlap_ms", "from 0 to %d", longestOverlap.Milliseconds())
	}
	t, err := a.onToken(c)
	if err != nil {
		return err
	}
	return a.makeToken(c, &t, func(ctx context.Context) (string, string, error) {
		return a.Rotation.RotateToken(ctx, t.ID, overlap)
	})
}
