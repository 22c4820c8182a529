package reading

import (
	"bytes"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

const (
	maxExcerpt = 4096
	masked     = `"***"`
)

// reject writes down why something cannot be used.
func (d *Decoder) reject(origin Origin, reason Reason, detail, came string) Rejection {
	return Rejection{
		Origin: origin, Reason: reason, Detail: detail, Reading: came,
		Measure: short(d.came.measure.b), Area: short(d.came.area.b), Source: short(d.came.source.b),
	}
}

// short is a text for a person, at most as long as an id may be.
func short(b []byte) string { return string(bytes.ToValidUTF8(b[:min(len(b), 64)], []byte("\uFFFD"))) }

// quoted is a text for a person with its quotes, and control characters escaped.
func quoted(b []byte) string {
	q, err := jsontext.AppendQuote(nil, short(b))
	if err != nil {
		return "(unreadable)"
	}
	if len(b) > 64 {
		q = append(q, "…"...)
	}
	return string(q)
}

// private tells whether a name stands for a person, however it is spelt.
func private(name string) bool { return strings.EqualFold(name, "member") }

// excerptFlat writes an entry's fields as a JSON object, as far as that fits.
func excerptFlat(fields []Field) string {
	out := []byte{'{'}
	for i := range fields {
		if len(out) > maxExcerpt {
			break
		}
		if i > 0 {
			out = append(out, ',')
		}
		name := string(bytes.ToValidUTF8(fields[i].Name[:min(len(fields[i].Name), maxExcerpt)], []byte("\uFFFD")))
		out = appendText(out, name)
		out = append(out, ':')
		if private(name) {
			out = append(out, masked...)
			continue
		}
		value := fields[i].Value
		out = appendText(out, string(bytes.ToValidUTF8(value[:min(len(value), maxExcerpt)], []byte("\uFFFD"))))
	}
	return cut(append(out, '}'))
}

// Excerpts writes what came of some items of an entry, as JSON, cut at 4 KiB,
// members masked. The items ascend; of a flat entry there is only item 0.
func (d *Decoder) Excerpts(e *Entry, items []int32) []string {
	out := make([]string, 0, len(items))
	var many *Field
	for i := range e.Fields {
		if string(e.Fields[i].Name) == "batch" {
			many = &e.Fields[i]
		}
	}
	if many == nil {
		for range items {
			out = append(out, excerptFlat(e.Fields))
		}
		return out
	}
	err := d.items(many.Value, func(i int, raw []byte, _ bool) {
		if len(out) < len(items) && int(items[len(out)]) == i {
			out = append(out, excerpt(raw))
		}
	})
	if err != nil || len(out) < len(items) { // not an entry that these items came from
		return append(out, make([]string, len(items)-len(out))...)
	}
	return out
}

func appendText(out []byte, s string) []byte {
	out, _ = jsontext.AppendQuote(out, s) // it is valid UTF-8, the only fault there is
	return out
}

// excerpt writes a JSON value, which is valid, again, without blanks and without
// members, as far as that fits.
func excerpt(raw []byte) string {
	var out []byte
	for i := space(raw, 0); i < len(raw) && len(out) <= maxExcerpt; i = space(raw, i) {
		if raw[i] != '"' {
			out = append(out, raw[i])
			i++
			continue
		}
		end := skip(raw, i)
		out = append(out, raw[i:min(end, i+maxExcerpt+1)]...)
		name := textOf(raw[i:end])
		i = space(raw, end)
		if look(raw, i) == ':' && private(string(name.b)) {
			out = append(append(out, ':'), masked...)
			i = skip(raw, space(raw, i+1))
		}
	}
	return cut(out)
}

// pastText gives the place behind a text whose first quote is passed.
func pastText(raw []byte, i int) int {
	for ; i < len(raw) && raw[i] != '"'; i++ {
		if raw[i] == '\\' {
			i++
		}
	}
	return i + 1
}

// skip gives the place behind a valid value.
func skip(raw []byte, i int) int {
	depth := 0
	for i < len(raw) {
		switch raw[i] {
		case '"':
			i = pastText(raw, i+1)
		case '{', '[':
			depth++
			i++
		case '}', ']':
			depth--
			i++
		case ',', ':', ' ', '\t', '\r', '\n':
			i++
			continue
		default:
			for i < len(raw) && !special[raw[i]] && raw[i] != ',' && raw[i] != ':' && raw[i] != ']' && raw[i] != '}' && raw[i] != ' ' {
				i++
			}
		}
		if depth <= 0 {
			return i
		}
	}
	return i
}

// cut shortens to 4 KiB, between two characters.
func cut(out []byte) string {
	if len(out) <= maxExcerpt {
		return string(out)
	}
	n := maxExcerpt
	for n > maxExcerpt-utf8.UTFMax && !utf8.RuneStart(out[n]) {
		n--
	}
	return string(out[:n])
}
