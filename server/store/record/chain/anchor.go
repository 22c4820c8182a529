package chain

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strings"
)

// Anchor is what somebody outside has seen of a chain: its newest line.
type Anchor struct {
	Chain string `json:"chain"`
	N     int64  `json:"n"`
	Head  string `json:"head"`
	At    int64  `json:"at"` // Unix ms
	Sig   string `json:"sig"`
}

func (a Anchor) signed() string { return fmt.Sprintf("%s\n%d\n%s\n%d", a.Chain, a.N, a.Head, a.At) }

// Anchored signs the newest link of a chain.
func Anchored(keys Keys, name string, last Link, at int64) Anchor {
	a := Anchor{Chain: name, N: last.N, Head: last.Hash, At: at}
	a.Sig = keys.Sign(a.signed())
	return a
}

// ReadAnchors reads anchors, one a line. A line that can't be read or that none
// of the keys has signed is named by its number, but for one that was cut when
// the program ended while it wrote.
func ReadAnchors(keys Keys, r io.Reader) (anchors []Anchor, bad []int, err error) {
	in := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, end := in.ReadString('\n')
		if end != nil && end != io.EOF {
			return nil, nil, fmt.Errorf("read anchors: %w", end)
		}
		if line = strings.TrimSpace(line); strings.HasSuffix(line, "}") {
			var a Anchor
			if json.Unmarshal([]byte(line), &a) == nil && keys.Signed(a.signed(), a.Sig) {
				anchors = append(anchors, a)
			} else {
				bad = append(bad, n)
			}
		}
		if end == io.EOF {
			return anchors, bad, nil
		}
	}
}
