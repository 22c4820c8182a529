package api

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/labstack/echo/v4"

	"citydeck/cockpits/access"
	"citydeck/cockpits/area"
	"citydeck/cockpits/fault"
)

// maxList is the size of a list that comes in: 16 MiB.
const maxList = 16 << 20

// Intake takes lists of people and places, all or nothing.
type Intake interface {
	// Preview fails with fault.TooLarge or fault.Unsupported for what can't be read.
	Preview(ctx context.Context, f ListFile) (ListPreview, error)
	// Apply fails with fault.Outdated when the digest is not that of a preview now.
	Apply(ctx context.Context, f ListFile, digest string) (ListChange, error)
}

// ListFile is a list as it was sent.
type ListFile struct {
	Kind    string // households, responders, shelters
	Name    string // of the file; its end says whether it is a workbook
	Data    []byte
	Replace bool // what the file lacks is taken out
}

// ListPreview says what taking a list would do.
type ListPreview struct {
	Rows      int         `json:"rows"`
	Residents int         `json:"residents"`
	Added     int         `json:"added"`
	Replaced  int         `json:"replaced"`
	Removed   int         `json:"removed"`
	Faults    []ListFault `json:"faults"`
	More      int         `json:"more"`    // faults beyond those
	Doubts    []ListFault `json:"doubts"`  // what can be taken, and is perhaps not meant
	Further   int         `json:"further"` // doubts beyond those
	Digest    string      `json:"digest"`  // for If-Match
}

// ListFault is what is wrong, or odd, in one place: "homes.csv:7", "homes.xlsx:Sheet1!C7".
type ListFault struct {
	At     string   `json:"at"`
	Code   string   `json:"code"`  // for pages that word it
	Words  []string `json:"words"` // what the reason names, in its order
	Reason string   `json:"reason"`
}

// ListChange says what a list did.
type ListChange struct {
	Rows      int `json:"rows"`
	Residents int `json:"residents"`
	Replaced  int `json:"replaced"`
	Removed   int `json:"removed"`
}

// listFile reads what was sent.
func listFile(c echo.Context) (f ListFile, err error) {
	f = ListFile{Kind: c.Param("id"), Name: path.Base(strings.ReplaceAll(c.QueryParam("name"), `\`, "/"))}
	if !slices.Contains([]string{"households", "responders", "shelters"}, f.Kind) {
		return f, unknown("list that can be taken", "")
	}
	if err := text("/name", c.QueryParam("name"), 100); err != nil {
		return f, err
	}
	if end := strings.ToLower(path.Ext(f.Name)); end != ".csv" && end != ".xlsx" {
		return f, fault.New(fault.Unsupported, "/name", "a list is a .csv or .xlsx file")
	}
	switch c.QueryParam("replace") {
	case "", "false":
	case "true":
		f.Replace = true
	default:
		return f, fault.New(fault.Invalid, "/replace", "true or false")
	}
	f.Data, err = upTo(c, maxList)
	return f, err
}

// taking is the question for the right to take a list: a list is the district's.
func (a *API) taking(f *ListFile) access.Ask {
	return access.Ask{Action: access.Equip, Object: "import " + f.Kind, Areas: []area.Index{a.district.Areas.Root()}}
}

// previewList answers POST /lists/{id}/preview.
func (a *API) previewList(c echo.Context) error {
	f, err := listFile(c)
	if err != nil {
		return err
	}
	if err := a.may(c, a.taking(&f)); err != nil {
		return err
	}
	p, err := a.Intake.Preview(c.Request().Context(), f)
	if err != nil {
		return err
	}
	c.Response().Header().Set("ETag", `"`+p.Digest+`"`)
	return ok(c, p)
}

// applyList answers POST /lists/{id}: what a preview showed, and nothing else.
func (a *API) applyList(c echo.Context) error {
	f, err := listFile(c)
	if err != nil {
		return err
	}
	digest := strings.Trim(c.Request().Header.Get("If-Match"), `"`)
	if digest == "" || digest == "*" {
		return fault.New(fault.Required, "", "the header If-Match is missing: the quoted digest of the preview that was looked at")
	}
	var out ListChange
	err = a.does(c, a.taking(&f), func(ctx context.Context) (err error) {
		out, err = a.Intake.Apply(ctx, f, digest)
		return err
	})
	if err != nil {
		return err
	}
	return ok(c, out)
}
