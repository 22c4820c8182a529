package gazetteer

import (
	"encoding/binary"
	"errors"
	"math"

	"citydeck/cockpits/district"
)

const (
	blockBits = 6 // of an address's place within its block
	blockSize = 1 << blockBits
)

var errBlock = errors.New("a block of addresses is not whole")

// appendAddress writes one address at the end of a block.
func appendAddress(to []byte, a *district.Address) []byte {
	for _, text := range []string{a.Code, a.Name, a.Area} {
		to = binary.AppendUvarint(to, uint64(len(text)))
		to = append(to, text...)
	}
	if !a.Placed {
		return append(to, 0)
	}
	to = append(to, 16)
	to = binary.LittleEndian.AppendUint64(to, math.Float64bits(a.Lon))
	return binary.LittleEndian.AppendUint64(to, math.Float64bits(a.Lat))
}

// block is the addresses of one row, read one after the other.
type block struct{ rest []byte }

// field is the next one; false: the row is not as it was written.
func (b *block) field() ([]byte, bool) {
	size, n := binary.Uvarint(b.rest)
	if n <= 0 || size > uint64(len(b.rest)-n) {
		return nil, false
	}
	end := n + int(size)
	f := b.rest[n:end]
	b.rest = b.rest[end:]
	return f, true
}

// skip passes over one address.
func (b *block) skip() bool {
	for range 4 {
		if _, whole := b.field(); !whole {
			return false
		}
	}
	return true
}

func (b *block) next() (a district.Address, err error) {
	var fields [4][]byte
	for i := range fields {
		f, whole := b.field()
		if !whole {
			return a, errBlock
		}
		fields[i] = f
	}
	a = district.Address{Code: string(fields[0]), Name: string(fields[1]), Area: string(fields[2])}
	if at := fields[3]; len(at) == 16 {
		a.Lon = math.Float64frombits(binary.LittleEndian.Uint64(at))
		a.Lat = math.Float64frombits(binary.LittleEndian.Uint64(at[8:]))
		a.Placed = true
	}
	return a, nil
}
