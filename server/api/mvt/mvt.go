// Package mvt writes points as a Mapbox vector tile, version 2.1 of its specification.
package mvt

import (
	"encoding/binary"
	"math"
)

// Layer is the one layer of a tile that is being written. The zero Layer has no
// name; use New.
type Layer struct {
	name     string
	extent   int
	features []byte
	keys     table[string]
	values   table[any]
}

// table numbers what occurs, each once.
type table[T comparable] struct {
	places map[T]int
	order  []T
}

func (t *table[T]) place(v T) int {
	if at, known := t.places[v]; known {
		return at
	}
	if t.places == nil {
		t.places = map[T]int{}
	}
	at := len(t.order)
	t.places[v] = at
	t.order = append(t.order, v)
	return at
}

// Property is one key of a feature with its value: a string, an int or a bool.
type Property struct {
	Key   string
	Value any
}

// New begins a layer whose places run from 0 to extent.
func New(name string, extent int) *Layer { return &Layer{name: name, extent: extent} }

// Numbers of fields in vector_tile.proto, and the two commands that points need.
const (
	tileLayers = 3

	layerName     = 1
	layerFeatures = 2
	layerKeys     = 3
	layerValues   = 4
	layerExtent   = 5
	layerVersion  = 15

	featureTags     = 2
	featureType     = 3
	featureGeometry = 4
	typePoint       = 1
	moveToOnce      = 1<<3 | 1

	valueText = 1
	valueInt  = 6 // signed, zigzag
	valueBool = 7
)

// Wire types.
const (
	varint = 0
	bytes  = 2
)

// Add writes a point with its properties.
func (l *Layer) Add(x, y int, properties []Property) {
	var tags, geometry, f []byte
	for _, p := range properties {
		tags = binary.AppendUvarint(tags, uint64(l.keys.place(p.Key)))
		tags = binary.AppendUvarint(tags, uint64(l.values.place(p.Value)))
	}
	geometry = binary.AppendUvarint(geometry, moveToOnce)
	geometry = binary.AppendUvarint(geometry, zigzag(x))
	geometry = binary.AppendUvarint(geometry, zigzag(y))
	f = appendBytes(f, featureTags, tags)
	f = appendNumber(f, featureType, typePoint)
	f = appendBytes(f, featureGeometry, geometry)
	l.features = appendBytes(l.features, layerFeatures, f)
}

// Bytes is the tile; of a layer without a feature an empty one.
func (l *Layer) Bytes() []byte {
	if len(l.features) == 0 {
		return []byte{}
	}
	body := appendNumber(nil, layerVersion, 2)
	body = appendBytes(body, layerName, []byte(l.name))
	body = append(body, l.features...)
	for _, k := range l.keys.order {
		body = appendBytes(body, layerKeys, []byte(k))
	}
	for _, v := range l.values.order {
		body = appendBytes(body, layerValues, value(v))
	}
	body = appendNumber(body, layerExtent, uint64(min(max(l.extent, 0), math.MaxInt32)))
	return appendBytes(nil, tileLayers, body)
}

func value(v any) []byte {
	switch v := v.(type) {
	case int:
		return appendNumber(nil, valueInt, zigzag(v))
	case bool:
		if v {
			return appendNumber(nil, valueBool, 1)
		}
		return appendNumber(nil, valueBool, 0)
	case string:
		return appendBytes(nil, valueText, []byte(v))
	}
	return nil // a value of another type is none
}

func zigzag(v int) uint64 { return uint64(v<<1) ^ uint64(v>>63) }

func appendNumber(to []byte, field int, v uint64) []byte {
	to = binary.AppendUvarint(to, uint64(field<<3|varint))
	return binary.AppendUvarint(to, v)
}

func appendBytes(to []byte, field int, v []byte) []byte {
	to = binary.AppendUvarint(to, uint64(field<<3|bytes))
	to = binary.AppendUvarint(to, uint64(len(v)))
	return append(to, v...)
}
