package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/labstack/echo/v4"

	"citydeck/cockpits/fault"
)

// maxForm is the size of a body that is one small object: 64 KiB.
const maxForm = 64 << 10

// decode reads a body that is one JSON object with the keys of into and no
// others. Its fault carries the JSON pointer of what is wrong.
func decode(c echo.Context, into any) error { return decodeUpTo(c, into, maxForm) }

// decodeUpTo reads one that may be larger, in bytes.
func decodeUpTo(c echo.Context, into any, most int64) error {
	c.Request().Body = http.MaxBytesReader(c.Response(), c.Request().Body, most)
	body, err := whole(c)
	if err != nil {
		return err
	}
	err = json.Unmarshal(body, into, json.RejectUnknownMembers(true))
	if err == nil {
		return nil
	}
	at := ""
	if s, ok := errors.AsType[*json.SemanticError](err); ok {
		at = string(s.JSONPointer)
		if errors.Is(err, json.ErrUnknownName) {
			return fault.New(fault.Invalid, at, "there is no such key")
		}
		return fault.New(fault.Invalid, at, "this must be %s", kindOf(s))
	}
	if s, ok := errors.AsType[*jsontext.SyntacticError](err); ok {
		at = string(s.JSONPointer)
	}
	return fault.New(fault.Invalid, at, "the body must be one JSON object")
}

// kindOf says what would have been right, in JSON's words.
func kindOf(s *json.SemanticError) string {
	if s.GoType == nil {
		return "something else"
	}
	name := s.GoType.String()
	switch {
	case strings.HasPrefix(name, "[]"):
		return "an array"
	case strings.Contains(name, "string"):
		return "a text"
	case strings.Contains(name, "float"), strings.Contains(name, "int"):
		return "a number"
	case strings.Contains(name, "bool"):
		return "true or false"
	}
	return "an object"
}

// text checks what somebody typed that others will read: no more than so many
// characters, none of which does anything to the text around it.
func text(at, s string, most int) error {
	switch {
	case strings.TrimSpace(s) == "":
		return fault.New(fault.Invalid, at, "this is missing")
	case len([]rune(s)) > most:
		return fault.New(fault.Invalid, at, "this is over %d characters", most)
	case !readable(s) || strings.ContainsFunc(s, turning):
		return fault.New(fault.Invalid, at, "this has characters that can't be seen")
	}
	return nil
}

// turning tells whether a character changes the direction of text, or hides.
func turning(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' || r == '\u200e' || r == '\u200f' || r == '\ufeff'
}

func empty(c echo.Context) error { return c.NoContent(http.StatusNoContent) }

// object names something for the record: "screen:w-1".
func object(kind, id string) string { return kind + ":" + brief(id) }

// brief is what the record holds of a text that can be anything.
func brief(s string) string { return fmt.Sprintf("%.80s", strings.ToValidUTF8(s, "?")) }
