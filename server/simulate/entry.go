package simulate

import (
	"encoding/json"
	"strconv"
)

// Entry is one entry of a stream, ready to be appended.
type Entry struct {
	Stream string
	ID     string   // empty: Redis gives one
	Fields []string // names and values by turns
}

// sheet collects readings into entries, one stream's apart from another's.
type sheet struct {
	streams  []string
	most     int // readings in an entry; 1: flat
	open     []page
	entries  []Entry
	readings int
}

// page is an entry that is being written.
type page struct {
	text []byte
	n    int
}

func newSheet(streams []string, most int) *sheet {
	return &sheet{streams: streams, most: most, open: make([]page, len(streams))}
}

// add writes one reading of a unit; the value of a distinct measure is its member's number.
func (s *sheet) add(u *unit, line int, value float64) {
	s.readings++
	h := &u.heads[line]
	var digits [32]byte
	text := strconv.AppendFloat(digits[:0], value, 'f', -1, 64)
	if s.most == 1 {
		fields := append(make([]string, 0, len(h.fields)+1), h.fields...)
		s.entries = append(s.entries, Entry{Stream: s.streams[u.stream], Fields: append(fields, h.before+string(text))})
		return
	}
	p := &s.open[u.stream]
	if p.n == 0 {
		p.text = append(p.text, '[')
	} else {
		p.text = append(p.text, ',')
	}
	p.text = append(append(append(p.text, h.text...), text...), h.after...)
	if p.n++; p.n >= s.most {
		s.close(u.stream)
	}
}

// close ends an entry.
func (s *sheet) close(stream int) {
	p := &s.open[stream]
	if p.n == 0 {
		return
	}
	s.entries = append(s.entries, Entry{Stream: s.streams[stream], Fields: []string{"batch", string(append(p.text, ']'))}})
	p.text, p.n = p.text[:0], 0
}

// take ends all entries and gives them away.
func (s *sheet) take() []Entry {
	for i := range s.open {
		s.close(i)
	}
	entries := s.entries
	s.entries = nil
	return entries
}

// head is all of a reading but its number: as JSON before and behind it, and
// as fields, with what stands before it in the last.
type head struct {
	text, after string
	fields      []string
	before      string
}

func newHead(r *report, l *line, area, point string) head {
	h := head{after: "}", fields: []string{"measure", l.ID, "area", area}}
	if point != "" {
		h.fields = append(h.fields, "point", point)
	}
	if l.source != "" {
		h.fields = append(h.fields, "source", l.source)
	}
	for i, f := range h.fields {
		if i%2 == 0 {
			h.text += "," + quote(f) + ":"
		} else {
			h.text += quote(f)
		}
	}
	h.text = "{" + h.text[1:]
	if l.kind == distinct {
		h.before = r.ID + "-"
		h.fields = append(h.fields, "member")
		h.text += `,"member":"` + h.before
		h.after = `"}`
		return h
	}
	h.fields = append(h.fields, "value")
	h.text += `,"value":`
	return h
}

// quote writes a JSON string.
func quote(text string) string {
	b, _ := json.Marshal(text) // a string can always be written
	return string(b)
}
