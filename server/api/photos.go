package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"image/jpeg"
	"net/http"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
)

// Photos keeps pictures of what was seen at doors, sealed, as long as what else
// is personal of their command.
type Photos interface {
	PutPhoto(ctx context.Context, command, id string, picture []byte) error
	// Photo fails with fault.NotFound.
	Photo(ctx context.Context, command, id string) ([]byte, error)
}

const (
	maxPhoto  = 1 << 20 // bytes of a body, in which a picture stands in Base64
	maxPixels = 4096    // of a side
)

var errNoPicture = fault.New(fault.Invalid, "/data", "this must be a picture as JPEG, at most %d pixels wide and high", maxPixels)

// redrawn is a picture painted anew: what a camera writes beside it – where it
// was taken, with what – does not come along.
func redrawn(data []byte) ([]byte, error) {
	is, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil || is.Width > maxPixels || is.Height > maxPixels {
		return nil, errNoPicture
	}
	picture, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, errNoPicture
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, picture, &jpeg.Options{Quality: 75}); err != nil {
		return nil, errNoPicture
	}
	return out.Bytes(), nil
}

// photograph answers POST /commands/{id}/households/{household}/photos.
func (a *API) photograph(c echo.Context) error {
	q, err := a.about(c, access.Answer)
	if err != nil {
		return err
	}
	var b struct {
		ID   string `json:"id"`
		At   moment `json:"at"`
		Data []byte `json:"data"` // Base64
	}
	id := c.Param("id")
	err = a.carried(c, q, func(ctx context.Context, line access.Line) error {
		if err := decodeUpTo(c, &b, maxPhoto); err != nil {
			return err
		}
		picture, err := redrawn(b.Data)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(picture)
		in := command.Photograph{Who: a.who(c, q), Household: param(c, "household"), ID: b.ID, At: int64(b.At), SHA256: hex.EncodeToString(sum[:])}
		if err := a.Desk.Look(ctx, id, func(s *command.State) error { return s.Allows(in, a.now().UnixMilli()) }); err != nil {
			return err
		}
		if err := a.Photos.PutPhoto(ctx, id, b.ID, picture); err != nil {
			return err
		}
		return a.Desk.Do(ctx, id, in, line)
	})
	if err != nil {
		return err
	}
	out, err := look(c.Request().Context(), a, c, func(s *command.State) command.Picture {
		p, _ := s.Picture(b.ID)
		return p
	})
	if err != nil {
		return err
	}
	return ok(c, out)
}

// showPhoto answers GET /commands/{id}/households/{household}/photos/{photo}:
// what is personal, for who says a purpose, and to a responder of his own doors.
func (a *API) showPhoto(c echo.Context) error {
	own, err := a.ours(c)
	if err != nil {
		return err
	}
	household, id := param(c, "household"), param(c, "photo")
	q, err := a.about(c, access.Unmask)
	if err != nil {
		return err
	}
	q.Task, q.Object = own, "photo of command:"+brief(c.Param("id"))
	if err := a.may(c, q); err != nil {
		return err
	}
	known, err := look(c.Request().Context(), a, c, func(s *command.State) bool {
		p, found := s.Picture(id)
		return found && p.Household == household && (own == "" || s.Sees(own, household))
	})
	if err != nil {
		return err
	}
	if !known {
		return fault.New(fault.NotFound, "", "no such picture")
	}
	picture, err := a.Photos.Photo(c.Request().Context(), c.Param("id"), id)
	if err != nil {
		return err
	}
	c.Response().Header().Set(echo.HeaderCacheControl, "no-store")
	return c.Blob(http.StatusOK, "image/jpeg", picture)
}
