package api

import (
	_ "embed"
	"net/http"

	"github.com/labstack/echo/v4"
)

//go:embed openapi.json
var spec []byte

// openapi answers GET /openapi.json.
func (a *API) openapi(c echo.Context) error {
	return send(c, http.StatusOK, spec)
}
