package outline

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
)

// formFault is well-formed JSON that is not the form asked for.
type formFault struct {
	at     int
	reason string
}

func (f *formFault) Error() string { return f.reason }

// eachFeature walks a FeatureCollection.
func eachFeature(data []byte, visit func(raw []byte, from int)) error {
	dec := json.NewDecoder(bytes.NewReader(data))
	wrong := &formFault{0, `must be an object of type "FeatureCollection" with "features"`}
	if tok, err := dec.Token(); err != nil || tok != json.Delim('{') {
		return orForm(err, wrong)
	}
	seen := map[string]bool{}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return orForm(err, wrong)
		}
		name, _ := key.(string)
		seen[name] = true
		if name != "features" {
			var v json.RawMessage
			if err := dec.Decode(&v); err != nil {
				return orForm(err, wrong)
			}
			if name == "type" && string(v) != `"FeatureCollection"` {
				return &formFault{int(dec.InputOffset()), wrong.reason}
			}
			continue
		}
		if tok, err := dec.Token(); err != nil || tok != json.Delim('[') {
			return orForm(err, &formFault{int(dec.InputOffset()), "features must be a list"})
		}
		for dec.More() {
			var raw json.RawMessage
			if err := dec.Decode(&raw); err != nil {
				return orForm(err, wrong)
			}
			visit(raw, int(dec.InputOffset())-len(raw))
		}
		if _, err := dec.Token(); err != nil {
			return orForm(err, wrong)
		}
	}
	if _, err := dec.Token(); err != nil {
		return orForm(err, wrong)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return &formFault{int(dec.InputOffset()), "something stands after the end"}
	}
	if !seen["type"] || !seen["features"] {
		return wrong
	}
	return nil
}

// orForm makes an end of the file in the middle a fault of form.
func orForm(err error, wrong *formFault) error {
	if err == nil {
		return wrong
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &formFault{0, "the file ends in the middle"}
	}
	return err
}

func leading(raw []byte) int { return len(raw) - len(bytes.TrimLeft(raw, " \t\r\n")) }
