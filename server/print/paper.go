// Package print puts what a command was, or would be, on paper: PDF with Chinese text.
package print

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/signintech/gopdf"

	"citydeck/server/print/font"
)

// Sizes in points: A4, and how text stands on it.
const (
	width, height = 595.0, 842.0
	margin        = 48.0
	foot          = height - margin
	body          = 9.5
	small         = 8.0
	leading       = 1.45
	face          = "hei"
)

// paper is a document that is being written, from the top of its first page.
// It keeps the first error; what comes after it does nothing.
type paper struct {
	pdf   gopdf.GoPdf
	y     float64
	page  int
	label string // at every foot
	err   error
}

func newPaper(label string) *paper {
	p := &paper{label: label}
	p.pdf.Start(gopdf.Config{PageSize: gopdf.Rect{W: width, H: height}})
	p.keep(p.pdf.AddTTFFontData(face, font.MicroHei))
	p.turn()
	return p
}

func (p *paper) keep(err error) {
	if p.err == nil {
		p.err = err
	}
}

// turn begins a page, with its foot.
func (p *paper) turn() {
	if p.err != nil {
		return
	}
	p.pdf.AddPage()
	p.page++
	p.y = margin
	p.at(small, margin, foot+14, p.label)
	p.at(small, width-margin-24, foot+14, fmt.Sprint(p.page))
}

// at writes a line at a place.
func (p *paper) at(size, x, y float64, text string) {
	if p.err != nil || text == "" {
		return
	}
	p.keep(p.pdf.SetFont(face, "", size))
	p.pdf.SetXY(x, y)
	p.keep(p.pdf.Cell(nil, text))
}

// room turns the page unless so much is left of it.
func (p *paper) room(h float64) {
	if p.y+h > foot {
		p.turn()
	}
}

// wrapped breaks a text into lines that fit.
func (p *paper) wrapped(size, w float64, text string) []string {
	if p.err != nil || text == "" {
		return []string{""}
	}
	p.keep(p.pdf.SetFont(face, "", size))
	lines, err := p.pdf.SplitText(clean(text), w)
	p.keep(err)
	if len(lines) == 0 {
		return []string{""}
	}
	return lines
}

// clean makes what breaks lines, or is no character, a blank.
func clean(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == '\u2028' || r == '\u2029' {
			return ' '
		}
		return r
	}, text)
}

// title is the first line of a document, head that of a section.
func (p *paper) title(text string) {
	for _, l := range p.wrapped(18, width-2*margin, text) {
		p.at(18, margin, p.y, l)
		p.y += 18 * leading
	}
	p.y += 4
}

func (p *paper) head(text string) {
	p.room(13*leading + 3*body*leading)
	p.y += 8
	p.at(13, margin, p.y, text)
	p.y += 13*leading - 2
	p.pdf.SetLineWidth(0.4)
	p.pdf.Line(margin, p.y, width-margin, p.y)
	p.y += 5
}

// text is a paragraph.
func (p *paper) text(text string) {
	for _, l := range p.wrapped(body, width-2*margin, text) {
		p.room(body * leading)
		p.at(body, margin, p.y, l)
		p.y += body * leading
	}
}

// row is a line of a table: the cells' widths are shares of the whole.
func (p *paper) row(shares []float64, cells ...string) {
	sum, most := 0.0, 1
	for _, s := range shares {
		sum += s
	}
	all := make([][]string, len(cells))
	for i, c := range cells {
		all[i] = p.wrapped(body, (width-2*margin)*shares[i]/sum-6, c)
		most = max(most, len(all[i]))
	}
	for n := range most {
		p.room(body * leading)
		x := margin
		for i := range all {
			if n < len(all[i]) {
				p.at(body, x, p.y, all[i][n])
			}
			x += (width - 2*margin) * shares[i] / sum
		}
		p.y += body * leading
	}
}

// bytes is the document.
func (p *paper) bytes() ([]byte, error) {
	if p.err != nil {
		return nil, fmt.Errorf("print: %w", p.err)
	}
	var out bytes.Buffer
	if _, err := p.pdf.WriteTo(&out); err != nil {
		return nil, fmt.Errorf("print: %w", err)
	}
	return out.Bytes(), nil
}
