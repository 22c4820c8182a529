package district

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"io/fs"
	"slices"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district/folder"
	"citydeck/cockpits/district/outline"
)

const (
	addressFile = "addresses.csv"
	maxAddress  = 1 << 30 // bytes of the file
	faultsKept  = 10_000  // of one file; nobody mends more at once
)

var addressColumns = []string{"code", "name", "area", "lon", "lat"}

// Address 地址 is one row of addresses.csv.
type Address struct {
	Code   string
	Name   string
	Area   string
	Lon    float64
	Lat    float64
	Placed bool
}

// AddressFile is where a folder keeps its addresses; there may be none.
const AddressFile = addressFile

// Addresses visits the addresses of a folder that Load has checked, in the
// file's order, without holding more than one. It stops when visit fails.
func Addresses(fsys fs.FS, visit func(Address) error) error {
	l := &loader{Folder: folder.Folder{FS: fsys}}
	var failed error
	l.Stream(addressFile, maxAddress, addressColumns, func(r *folder.Row) bool {
		a := Address{Code: r.Get("code"), Name: r.Get("name"), Area: r.Get("area")}
		a.Lon, a.Lat, a.Placed = l.position(addressFile, r)
		failed = visit(a)
		return failed == nil
	})
	if failed != nil {
		return failed
	}
	return l.Log.Err()
}

// addresses checks addresses.csv. There can be millions: nothing of a row is
// kept but a sum of its code.
func (l *loader) addresses(shapes map[area.Index]outline.Shape) {
	var codes []coded
	var d drift
	before, full := l.Log.Len(), false
	l.Stream(addressFile, maxAddress, addressColumns, func(r *folder.Row) bool {
		code := r.Get("code")
		if code == "" {
			l.Log.Add(addressFile, r.Line, "code is missing")
		} else {
			codes = append(codes, coded{sum(code), r.Line})
		}
		for _, text := range []string{code, r.Get("name")} {
			if why := folder.TextFault(text); why != "" {
				l.Log.Add(addressFile, r.Line, "address %q %s", code, why)
			}
		}
		at, found := l.where(r.Get("area"))
		if !found {
			l.Log.Add(addressFile, r.Line, "area %q of address %q is unknown", r.Get("area"), code)
		}
		m := mark{file: addressFile, line: r.Line, area: at}
		var placed bool
		if m.lon, m.lat, placed = l.position(addressFile, r); placed && found {
			l.swapped(m, fmt.Sprintf("address %q", code), at)
			d.add(l.around(shapes, at), m)
		}
		full = l.Log.Len()-before >= faultsKept
		return !full
	})
	l.twice(codes)
	if full {
		l.Log.Add(addressFile, codes[len(codes)-1].line, "%d faults: the rest of the file was not read", faultsKept)
		return
	}
	if len(shapes) > 0 && !l.Log.In(areasFile) && !l.Log.In(geoFile) {
		l.drifted(addressFile, d)
	}
}

// coded is the code of a row, shortened: of two million different ones two have
// the same sum once in ten million files.
type coded struct {
	sum  uint64
	line int
}

func sum(code string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(code)) // it can't fail
	return h.Sum64()
}

// twice reports codes that stand in several lines.
func (l *loader) twice(codes []coded) {
	slices.SortStableFunc(codes, func(a, b coded) int { return cmp.Compare(a.sum, b.sum) })
	first, told := 0, 0
	for i := 1; i < len(codes) && told < faultsKept; i++ {
		if codes[i].sum != codes[first].sum {
			first = i
			continue
		}
		told++
		l.Log.Add(addressFile, codes[i].line, "the code stands in line %d already", codes[first].line)
	}
}
