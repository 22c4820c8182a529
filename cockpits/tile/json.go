package tile

import (
	"math"
	"strconv"
	"unicode/utf8"
)

// MarshalJSON is the tile with all its keys, as a snapshot has it.
func (t Tile) MarshalJSON() ([]byte, error) { return t.AppendJSON(nil), nil }

// AppendJSON appends the tile with all its keys; target only where there is one.
func (t *Tile) AppendJSON(b []byte) []byte {
	keys := AllFields
	if t.Target == nil {
		keys &^= FieldTarget
	}
	p := Patch{Tile: t, Fields: keys, Spark: t.Spark}
	if t.Items != nil {
		p.Items = make([]ItemPatch, len(t.Items))
		for i := range t.Items {
			p.Items[i] = Whole(&t.Items[i])
		}
	}
	return p.AppendJSON(b)
}

// MarshalJSON is the patch as a delta has it.
func (p Patch) MarshalJSON() ([]byte, error) { return p.AppendJSON(nil), nil }

// AppendJSON appends the tile's id and the keys that the patch names.
func (p *Patch) AppendJSON(b []byte) []byte {
	t := p.Tile
	b = appendString(append(b, `{"id":`...), t.ID)
	for f := FieldValue; f <= FieldTarget; f <<= 1 {
		if p.Fields&f == 0 {
			continue
		}
		switch f {
		case FieldValue:
			b = appendNumber(append(b, `,"value":`...), t.Value)
		case FieldLevel:
			b = appendWord(append(b, `,"level":`...), t.Level)
		case FieldStatus:
			b = appendStatus(append(b, `,"status":`...), t.Status)
		case FieldSince:
			b = appendInstant(append(b, `,"since":`...), t.Since)
		case FieldAsOf:
			b = appendInstant(append(b, `,"as_of":`...), t.AsOf)
		case FieldCountsFrom:
			b = appendInstant(append(b, `,"counts_from":`...), t.CountsFrom)
		case FieldParts:
			b = appendParts(append(b, `,"parts":`...), t.Parts)
		case FieldCoverage:
			b = appendCoverage(append(b, `,"coverage":`...), t.Coverage)
		case FieldDisputed:
			b = appendDisputed(append(b, `,"disputed":`...), t.Disputed)
		case FieldChange:
			b = appendChange(append(b, `,"change":`...), t.Change)
		case FieldSpark:
			b = appendSpark(append(b, `,"spark":`...), t.Spark == nil, p.Spark)
		case FieldItems:
			b = appendItems(append(b, `,"items":`...), t.Items == nil, p.Items)
		case FieldTarget:
			b = appendNumber(append(b, `,"target":`...), t.Target)
		}
	}
	return append(b, '}')
}

func appendItems(b []byte, none bool, items []ItemPatch) []byte {
	if none {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i := range items {
		if i > 0 {
			b = append(b, ',')
		}
		b = items[i].AppendJSON(b)
	}
	return append(b, ']')
}

// MarshalJSON is the item with all the keys that its kind of tile has.
func (it Item) MarshalJSON() ([]byte, error) {
	p := Whole(&it)
	return p.AppendJSON(nil), nil
}

// AppendJSON appends the item's id and the keys that changed, or that it is gone.
func (p *ItemPatch) AppendJSON(b []byte) []byte {
	if p.Item == nil {
		return append(appendString(append(b, `{"id":`...), p.Gone), `,"gone":true}`...)
	}
	it := p.Item
	b = appendString(append(b, `{"id":`...), it.ID)
	for k := HasValue; k <= HasVersion; k <<= 1 {
		if p.Keys&k == 0 {
			continue
		}
		switch k {
		case HasValue:
			b = appendNumber(append(b, `,"value":`...), it.Value)
		case HasLevel:
			b = appendWord(append(b, `,"level":`...), it.Level)
		case HasStatus:
			b = appendStatus(append(b, `,"status":`...), it.Status)
		case HasSince:
			b = appendInstant(append(b, `,"since":`...), it.Since)
		case HasAsOf:
			b = appendInstant(append(b, `,"as_of":`...), it.AsOf)
		case HasRank:
			b = strconv.AppendInt(append(b, `,"rank":`...), int64(it.Rank), 10)
		case HasCoverage:
			b = appendCoverage(append(b, `,"coverage":`...), it.Coverage)
		case HasSpark:
			b = appendSpark(append(b, `,"spark":`...), it.Spark == nil, p.Spark)
		case HasCells:
			b = appendCells(append(b, `,"cells":`...), it.Cells)
		case HasIndicator:
			b = appendString(append(b, `,"indicator":`...), it.Indicator)
			b = appendString(append(b, `,"area":`...), it.Area)
		case HasFeed:
			b = appendFeed(b, it)
		case HasCommand:
			b = appendCommand(b, it.Command)
		default:
			b = appendBoard(b, it, k)
		}
	}
	return append(b, '}')
}

func appendFeed(b []byte, it *Item) []byte {
	b = strconv.AppendInt(append(b, `,"at":`...), it.At, 10)
	if it.SeenAt != 0 {
		b = strconv.AppendInt(append(b, `,"seen_at":`...), it.SeenAt, 10)
	}
	b = appendString(append(b, `,"kind":`...), it.Kind)
	b = appendString(append(b, `,"area":`...), it.Area)
	b = appendString(append(b, `,"text":`...), it.Text)
	return appendString(append(b, `,"text_en":`...), it.TextEn)
}

func appendCells(b []byte, cells []Cell) []byte {
	b = append(b, '{')
	for i := range cells {
		c := &cells[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, c.ID), ':')
		if c.Bare {
			b = appendNumber(b, c.Value)
			continue
		}
		b = appendNumber(append(b, `{"value":`...), c.Value)
		b = appendWord(append(b, `,"level":`...), c.Level)
		b = appendStatus(append(b, `,"status":`...), c.Status)
		b = append(appendParts(append(b, `,"parts":`...), c.Parts), '}')
	}
	return append(b, '}')
}

// MarshalJSON is [ms, value].
func (s Spark) MarshalJSON() ([]byte, error) { return s.appendJSON(nil), nil }

func (s Spark) appendJSON(b []byte) []byte {
	b = append(strconv.AppendInt(append(b, '['), s.At, 10), ',')
	return append(appendNumber(b, s.Value), ']')
}

func appendSpark(b []byte, none bool, spark []Spark) []byte {
	if none {
		return append(b, "null"...)
	}
	b = append(b, '[')
	for i, s := range spark {
		if i > 0 {
			b = append(b, ',')
		}
		b = s.appendJSON(b)
	}
	return append(b, ']')
}

func appendParts(b []byte, p *Parts) []byte {
	if p == nil {
		return append(b, "null"...)
	}
	b = append(appendNumber(append(b, '['), p[0]), ',')
	return append(appendNumber(b, p[1]), ']')
}

func appendCoverage(b []byte, c *Coverage) []byte {
	if c == nil {
		return append(b, "null"...)
	}
	b = strconv.AppendInt(append(b, `{"fresh":`...), int64(c.Fresh), 10)
	b = strconv.AppendInt(append(b, `,"expected":`...), int64(c.Expected), 10)
	b = append(b, `,"silent":[`...)
	for i, s := range c.Silent {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(b, s)
	}
	return append(b, "]}"...)
}

func appendDisputed(b []byte, d *Disputed) []byte {
	if d == nil {
		return append(b, "null"...)
	}
	b = strconv.AppendInt(append(b, `{"points":`...), int64(d.Points), 10)
	b = append(b, `,"values":[`...)
	for i := range d.Values {
		w := &d.Values[i]
		if i > 0 {
			b = append(b, ',')
		}
		b = appendString(append(b, `{"source":`...), w.Source)
		b = appendNumber(append(b, `,"value":`...), &w.Value)
		b = append(strconv.AppendInt(append(b, `,"at":`...), w.At, 10), '}')
	}
	return append(b, "]}"...)
}

func appendChange(b []byte, c *Change) []byte {
	if c == nil {
		return append(b, "null"...)
	}
	b = appendNumber(append(b, `{"value":`...), c.Value)
	return append(appendString(append(b, `,"over":`...), c.Over), '}')
}

func appendInstant(b []byte, ms *int64) []byte {
	if ms == nil {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, *ms, 10)
}

func appendWord(b []byte, s *string) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	return appendString(b, *s)
}

func appendStatus(b []byte, s string) []byte {
	if s == "" {
		return append(b, "null"...)
	}
	return appendString(b, s)
}

// appendNumber writes the shortest digits that give the same number again, as
// JavaScript does; what JSON has no word for (NaN, ∞) is null.
func appendNumber(b []byte, v *float64) []byte {
	if v == nil || math.IsNaN(*v) || math.IsInf(*v, 0) {
		return append(b, "null"...)
	}
	f := *v
	if f == 0 {
		return append(b, '0')
	}
	if a := math.Abs(f); a < 1e15 && f == math.Trunc(f) {
		return strconv.AppendInt(b, int64(f), 10)
	} else if a < 1e-6 || a >= 1e21 {
		b = strconv.AppendFloat(b, f, 'e', -1, 64)
		if n := len(b); b[n-2] == '0' && b[n-3] == '-' { // e-07 is e-7
			b = append(b[:n-2], b[n-1])
		}
		return b
	}
	return strconv.AppendFloat(b, f, 'f', -1, 64)
}

const hex = "0123456789abcdef"

// appendString quotes a string. Malformed UTF-8 becomes U+FFFD, so that a frame
// is always valid text.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			if c >= ' ' && c != '"' && c != '\\' {
				i++
				continue
			}
			b = append(b, s[from:i]...)
			if c == '"' || c == '\\' {
				b = append(b, '\\', c)
			} else {
				b = append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
			}
			i++
			from = i
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 {
			b = append(append(b, s[from:i]...), "\ufffd"...)
			from = i + 1
		}
		i += size
	}
	return append(append(b, s[from:]...), '"')
}
