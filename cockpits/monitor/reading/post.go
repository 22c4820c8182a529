package reading

import (
	"bytes"
	"unicode/utf8"

	"citydeck/cockpits/fault"

	"github.com/go-json-experiment/json/jsontext"
)

// Item is a reading of a request that can be used, as it goes into a stream.
type Item struct {
	Index int    // its place in the request
	Area  string // area id: it decides the stream
	JSON  []byte // the keys of ours, once each
}

// Body reads a request: one object, an array of them, or one a line (NDJSON,
// blank lines don't count). A source that isn't empty replaces what they say.
// It fails with fault.Invalid when the request as a whole can't be read; of
// what can be, Rejected says by Origin.Item what can't be used.
func (d *Decoder) Body(body []byte, judged int64, source string) (items []Item, rejected []Rejection, err error) {
	d.judged = judged
	take := func(i int, raw []byte, object bool) {
		origin := Origin{Item: int32(i), Stream: d.stream}
		var r Reading
		reason, detail := Malformed, "not an object"
		if object {
			reason, detail = d.check(&r)
		}
		if reason != "" {
			rejected = append(rejected, d.reject(origin, reason, detail, excerpt(raw)))
			return
		}
		items = append(items, Item{Index: i, Area: string(d.came.area.b), JSON: d.came.json(source)})
	}
	if !utf8.Valid(body) {
		return nil, nil, fault.New(fault.Invalid, "", "the body is not valid UTF-8")
	}
	switch at := space(body, 0); look(body, at) {
	case '[':
		if err := d.items(body, take); err != nil {
			return nil, nil, fault.New(fault.Invalid, "", "the body is no array of readings: %v", err)
		}
		return items, rejected, nil
	case 0:
		return nil, nil, fault.New(fault.Invalid, "", "the body is empty: one reading, an array of readings, or one a line")
	default:
		next, object, err := d.item(body, at, maxDepth)
		if err == nil && object && ended(body, next) == nil {
			take(0, body[at:next], true)
			return items, rejected, nil
		}
	}
	if !d.lines(body, take) {
		return nil, nil, fault.New(fault.Invalid, "", "the body is neither a reading, nor an array of readings, nor one reading a line")
	}
	return items, rejected, nil
}

// lines reads NDJSON. It tells whether any of several lines is an object:
// otherwise the body is something else.
func (d *Decoder) lines(body []byte, do func(i int, raw []byte, object bool)) bool {
	i, objects := 0, 0
	for line := range bytes.Lines(body) {
		line = bytes.Trim(line, " \t\r\n")
		if len(line) == 0 {
			continue
		}
		next, object, err := d.item(line, 0, maxDepth)
		if err != nil || next != len(line) {
			object = false
			d.came = parts{}
			do(i, nil, false)
		} else {
			do(i, line, object)
		}
		if object {
			objects++
		}
		i++
	}
	return i > 1 && objects > 0
}

// json writes what came again: the keys of ours, once each.
func (p *parts) json(source string) []byte {
	from := p.source
	if source != "" {
		from = part{[]byte(source), text}
	}
	out := make([]byte, 0, 160)
	for _, f := range [...]struct {
		name string
		part part
	}{
		{`{"measure":`, p.measure}, {`,"area":`, p.area}, {`,"value":`, p.value}, {`,"member":`, p.member}, {`,"at":`, p.when},
		{`,"point":`, p.point}, {`,"source":`, from}, {`,"id":`, p.id}, {`,"gone":`, p.gone},
	} {
		switch f.part.kind {
		case text:
			out = append(out, f.name...)
			out, _ = jsontext.AppendQuote(out, f.part.b) // checked to be UTF-8, the only fault there is
		case number:
			out = append(append(out, f.name...), f.part.b...)
		case absent, other, broken: // nothing there, or nothing that counts
		}
	}
	return append(out, '}')
}
