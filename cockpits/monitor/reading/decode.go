package reading

import (
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
)

// Field is one name and value of an entry, as they stood in the stream.
type Field struct{ Name, Value []byte }

// Entry is one entry of a stream. Its bytes need to live for the call only.
type Entry struct {
	ID     EntryID
	Judged int64 // Unix ms that lateness is judged against: the id's own, but for an id ahead of the clock
	Fields []Field
}

// Decoder turns entries of one stream into readings. One goroutine owns it.
type Decoder struct {
	rules   *Rules
	stream  int16
	points  interner
	sources interner
	plain   bool // leave the fast scanner out; for tests
	came    parts
	judged  int64
	outer   jsontext.Decoder
	inner   jsontext.Decoder
}

// Decoder makes a decoder for the stream at this place of the settings.
func (r *Rules) Decoder(stream int16) *Decoder {
	return &Decoder{rules: r, stream: stream}
}

// Rules are what the decoder checks against.
func (d *Decoder) Rules() *Rules { return d.rules }

// kind is what a part is.
type kind uint8

const (
	absent kind = iota // also null
	text
	number
	other  // true, false, an object, an array
	broken // a text that is not Unicode
)

// part is one field of ours as it came; a text is without its quotes.
type part struct {
	b    []byte
	kind kind
}

// parts is one reading as it came.
type parts struct{ measure, area, value, when, point, source, id, member, gone part }

// at finds the place of a field of ours; nil for any other name.
func (p *parts) at(name []byte) *part {
	switch string(name) {
	case "measure":
		return &p.measure
	case "area":
		return &p.area
	case "value":
		return &p.value
	case "at":
		return &p.when
	case "point":
		return &p.point
	case "source":
		return &p.source
	case "id":
		return &p.id
	case "member":
		return &p.member
	case "gone":
		return &p.gone
	}
	return nil
}

// Entry appends what an entry holds to the batch: readings, and what cannot be
// used and why, in the order in which they stand.
func (d *Decoder) Entry(b *Batch, e *Entry) {
	b.Stream = d.stream
	b.Entries++
	b.Position = e.ID
	b.Newest = int64(e.ID.Ms)
	d.judged = e.Judged
	d.came = parts{}
	origin := Origin{Entry: e.ID, Stream: d.stream}
	var many *Field
	for i := range e.Fields {
		f := &e.Fields[i]
		if p := d.came.at(f.Name); p != nil {
			*p = part{f.Value, text}
		} else if string(f.Name) == "batch" {
			many = f
		}
	}
	if many != nil {
		d.batch(b, origin, many.Value)
		return
	}
	d.came.each(func(p *part) {
		if p.kind == text && !utf8.Valid(p.b) {
			p.kind = broken
		}
	})
	if reason, detail := d.take(b, origin); reason != "" {
		b.Rejected = append(b.Rejected, d.reject(origin, reason, detail, excerptFlat(e.Fields)))
	}
}

func (p *parts) each(do func(*part)) {
	for _, f := range [...]*part{&p.measure, &p.area, &p.value, &p.when, &p.point, &p.source, &p.id, &p.member, &p.gone} {
		do(f)
	}
}

// take checks what came and appends it as a reading, or says why not.
func (d *Decoder) take(b *Batch, origin Origin) (Reason, string) {
	n := len(b.Readings)
	b.Readings = append(b.Readings, Reading{Origin: origin})
	reason, detail := d.check(&b.Readings[n])
	if reason != "" {
		b.Readings = b.Readings[:n]
	}
	return reason, detail
}
