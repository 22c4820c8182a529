package reading

import (
	"bytes"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// batch appends the readings of a JSON array. If it can't be read to its last
// byte, nothing of it counts.
func (d *Decoder) batch(b *Batch, origin Origin, data []byte) {
	readings, rejected := len(b.Readings), len(b.Rejected)
	reason, detail := TooLarge, fmt.Sprintf("batch has %d bytes, at most %d", len(data), maxBatch)
	if len(data) <= maxBatch {
		err := d.items(data, func(i int, raw []byte, plainly bool) {
			origin.Item = int32(i)
			if plainly {
				reason, detail = d.take(b, origin)
			} else {
				reason, detail = Malformed, "not an object"
			}
			if reason != "" {
				b.Rejected = append(b.Rejected, d.reject(origin, reason, detail, excerpt(raw)))
			}
		})
		if err == nil {
			return
		}
		reason, detail = Malformed, err.Error()
	}
	b.Readings, b.Rejected = b.Readings[:readings], b.Rejected[:rejected]
	origin.Item = -1
	d.came = parts{}
	b.Rejected = append(b.Rejected, d.reject(origin, reason, detail, fmt.Sprintf(`{"bytes":%d}`, len(data))))
}

var (
	errUTF8     = errors.New("not valid UTF-8")
	errArray    = errors.New("not a JSON array")
	errJSON     = errors.New("not JSON")
	errTrailing = errors.New("more after the end")
	errDepth    = fmt.Errorf("deeper than %d", maxDepth)
)

// items reads a JSON array and calls do for each item, whose parts lie in
// d.came then, if it is an object.
func (d *Decoder) items(data []byte, do func(i int, raw []byte, object bool)) error {
	if !utf8.Valid(data) {
		return errUTF8
	}
	at := space(data, 0)
	if look(data, at) != '[' {
		return errArray
	}
	at = space(data, at+1)
	if look(data, at) == ']' {
		return ended(data, at+1)
	}
	for i := 0; ; i++ {
		next, object, err := d.item(data, at, maxDepth-1)
		if err != nil {
			return fmt.Errorf("item %d: %w", i, err)
		}
		do(i, data[at:next], object)
		at = space(data, next)
		switch look(data, at) {
		case ',':
			at = space(data, at+1)
		case ']':
			return ended(data, at+1)
		default:
			return fmt.Errorf("after item %d: %w", i, errJSON)
		}
	}
}

func ended(data []byte, at int) error {
	if space(data, at) != len(data) {
		return errTrailing
	}
	return nil
}

// item reads one value, which is to be an object, into d.came. It tells where
// the value ends.
func (d *Decoder) item(data []byte, at, depth int) (next int, object bool, err error) {
	if !d.plain {
		if next := d.scan(data, at); next > 0 {
			return next, true, nil
		}
	}
	return d.parse(data, at, depth)
}

// lenient takes what the contract takes: of a repeated key the last counts, and
// half a surrogate spoils its own reading alone.
var lenient = jsontext.AllowDuplicateNames(true)

// parse is what scan is for the rare rest: values that nest, escapes, spaces
// anywhere. It is the slower one by a factor, and the one that knows JSON.
func (d *Decoder) parse(data []byte, at, depth int) (next int, object bool, err error) {
	d.came = parts{}
	d.outer.Reset(bytes.NewBuffer(data[at:]), lenient, jsontext.AllowInvalidUTF8(true))
	raw, err := d.outer.ReadValue()
	if err != nil {
		return 0, false, errJSON
	}
	next = at + int(d.outer.InputOffset())
	if nesting(raw) > depth {
		return 0, false, errDepth
	}
	if raw.Kind() != '{' {
		return next, false, nil
	}
	d.inner.Reset(bytes.NewBuffer(raw), lenient, jsontext.AllowInvalidUTF8(true))
	if _, err = d.inner.ReadToken(); err != nil {
		return 0, false, errJSON
	}
	for d.inner.PeekKind() != '}' {
		quotedName, err := d.inner.ReadValue()
		if err != nil {
			return 0, false, errJSON
		}
		name := textOf(quotedName)
		p := d.came.at(name.b)
		v, err := d.inner.ReadValue()
		if err != nil {
			return 0, false, errJSON
		}
		if p != nil && name.kind == text {
			*p = partOf(v)
		}
	}
	return next, true, nil
}

func partOf(v jsontext.Value) part {
	switch v.Kind() {
	case 'n':
		return part{}
	case '"':
		return textOf(v)
	case '0':
		return part{v, number}
	}
	return part{v, other}
}

// textOf takes a JSON string's quotes and escapes away.
func textOf(v jsontext.Value) part {
	if bytes.IndexByte(v, '\\') < 0 {
		return part{v[1 : len(v)-1], text}
	}
	b, err := jsontext.AppendUnquote(nil, v)
	if err != nil {
		return part{b, broken}
	}
	return part{b, text}
}

// nesting is how deep a JSON value nests; 0 for one that doesn't.
func nesting(raw []byte) int {
	depth, most, quoted := 0, 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			depth++
			most = max(most, depth)
		case c == '}' || c == ']':
			depth--
		}
	}
	return most
}
