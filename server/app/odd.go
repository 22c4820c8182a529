package app

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"
	"regexp"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"citydeck/cockpits/respond/household"
)

// What is odd about a cell of a workbook: codes of household.Doubts.
const (
	isFormula = "formula"
	isDate    = "date"
	isMerged  = "merged"
)

const (
	widestList = 64               // columns that a merged range is followed through
	mostOdd    = 2 * mostListRows // cells that are told of because they are merged
)

// dressing is what stands in a number's format beside its parts: colours, words.
const dressing = `\[[^\]]*\]|"[^"]*"|\\.`

// scan goes through a sheet's XML for what its values don't tell: which were
// computed, which are dates, which cells are one.
type scan struct {
	book  *excelize.File
	rows  int
	odd   map[household.Cell]string
	at    household.Cell
	style int
	plain bool         // the cell holds a number
	dates map[int]bool // by style
	dress *regexp.Regexp
}

// oddCells finds them in a workbook's first sheet.
func oddCells(book *excelize.File, data []byte, rows int) (map[household.Cell]string, error) {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	part, err := firstSheet(z)
	if err != nil {
		return nil, err
	}
	f, err := z.Open(part)
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	s := &scan{book: book, rows: rows, odd: map[household.Cell]string{}, at: household.Cell{Row: -1}, dates: map[int]bool{}, dress: regexp.MustCompile(dressing)}
	d := xml.NewDecoder(f)
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return s.odd, nil
		}
		if err != nil {
			return nil, err
		}
		if start, begins := token.(xml.StartElement); begins {
			s.begin(start)
		}
	}
}

func attribute(e xml.StartElement, name string) string {
	for _, a := range e.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func (s *scan) begin(e xml.StartElement) {
	switch e.Name.Local {
	case "row":
		s.at = household.Cell{Row: s.at.Row + 1, Column: -1}
		if n, err := strconv.Atoi(attribute(e, "r")); err == nil {
			s.at.Row = n - 1
		}
	case "c":
		s.at.Column++
		if column, row, err := excelize.CellNameToCoordinates(attribute(e, "r")); err == nil {
			s.at = household.Cell{Row: row - 1, Column: column - 1}
		}
		s.style, _ = strconv.Atoi(attribute(e, "s")) // none is 0
		kind := attribute(e, "t")
		s.plain = kind == "" || kind == "n"
		if kind == "d" {
			s.odd[s.at] = isDate
		}
	case "f":
		s.odd[s.at] = isFormula
	case "v":
		if s.plain && s.odd[s.at] == "" && s.date() {
			s.odd[s.at] = isDate
		}
	case "mergeCell":
		s.merge(attribute(e, "ref"))
	}
}

// date tells whether the cell's number is shown as a date or time.
func (s *scan) date() bool {
	is, known := s.dates[s.style]
	if known {
		return is
	}
	if style, err := s.book.GetStyle(s.style); err == nil {
		n := style.NumFmt
		is = n >= 14 && n <= 22 || n >= 27 && n <= 36 || n >= 45 && n <= 47 || n >= 50 && n <= 58
		if f := style.CustomNumFmt; f != nil {
			is = is || strings.ContainsAny(strings.ToLower(s.dress.ReplaceAllString(*f, "")), "ydh")
		}
	}
	s.dates[s.style] = is
	return is
}

func (s *scan) merge(ref string) {
	from, to, _ := strings.Cut(ref, ":")
	left, top, err := excelize.CellNameToCoordinates(from)
	right, bottom, err2 := excelize.CellNameToCoordinates(to)
	if err != nil || err2 != nil {
		return
	}
	for row := top - 1; row < min(bottom, s.rows) && len(s.odd) < mostOdd; row++ {
		for column := left - 1; column < min(right, widestList); column++ {
			s.odd[household.Cell{Row: row, Column: column}] = isMerged
		}
	}
}

// firstSheet is the part of a workbook that holds its first sheet.
func firstSheet(z *zip.Reader) (string, error) {
	var book struct {
		Sheets []struct {
			ID string `xml:"id,attr"`
		} `xml:"sheets>sheet"`
	}
	var parts struct {
		Of []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:",attr"`
		} `xml:"Relationship"`
	}
	if err := errors.Join(readPart(z, "xl/workbook.xml", &book), readPart(z, "xl/_rels/workbook.xml.rels", &parts)); err != nil {
		return "", err
	}
	for _, p := range parts.Of {
		if len(book.Sheets) > 0 && p.ID == book.Sheets[0].ID {
			if rooted, is := strings.CutPrefix(p.Target, "/"); is {
				return path.Clean(rooted), nil
			}
			return path.Join("xl", p.Target), nil
		}
	}
	return "", errors.New("the workbook does not say where its first sheet is")
}

func readPart(z *zip.Reader, name string, into any) error {
	f, err := z.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(xml.NewDecoder(f).Decode(into), f.Close())
}
