// Package chain is lines that prove one another: each line's hash holds the
// hash of the line before, and a signature beside it holds the line itself.
//
// A hash says that nothing before a line was touched; the signature, with a key
// outside the database, says that nobody computed the hashes anew; an anchor,
// kept elsewhere, says that the end is still there.
package chain

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// Zero is the hash before the first line.
const Zero = "0000000000000000000000000000000000000000000000000000000000000000"

// Keys sign and check; the key is outside the database.
type Keys interface {
	MAC(purpose, text string) string
	Holds(purpose, text, mac string) bool
	Sign(text string) string
	Signed(text, signature string) bool
}

// Link is a line in its chain, as it is kept.
type Link struct {
	N    int64
	Line string // JSON object, without its hash
	Hash string
	MAC  string
}

// Hash is the hash of a line that comes after another.
func Hash(before, line string) string {
	sum := sha256.Sum256([]byte(before + "\n" + line))
	return hex.EncodeToString(sum[:])
}

// Next makes the link of a line at the end of a chain.
func Next(keys Keys, name string, last Link, line string) Link {
	if last.N == 0 {
		last.Hash = Zero
	}
	next := Link{N: last.N + 1, Line: line, Hash: Hash(last.Hash, line)}
	next.MAC = keys.MAC(purpose, next.signed(name))
	return next
}

const purpose = "chain"

// signed is what the signature of a link holds: which chain, which place, what.
func (l Link) signed(name string) string {
	return fmt.Sprintf("%s\n%d\n%s\n%s", name, l.N, l.Hash, l.Line)
}

// Sent is the line as it goes out, with its hash as the last member.
func (l Link) Sent() string {
	return strings.TrimSuffix(l.Line, "}") + `,"hash":"` + l.Hash + `"}`
}

// Fault is what is wrong with one line.
type Fault struct {
	N      int64
	Reason string
}

// Proof checks the links of a chain one after the other, in the order of N.
type Proof struct {
	keys   Keys
	name   string
	faults []Fault
	last   Link
	sound  bool // the last link was what it was when written
	heads  map[int64]string
}

// most faults are named of one chain; a broken one is broken.
const most = 1000

// NewProof begins to check a chain. The anchors that belong to it are compared
// with the links that they name.
func NewProof(keys Keys, name string, anchors []Anchor) *Proof {
	p := &Proof{keys: keys, name: name, sound: true, heads: map[int64]string{}, last: Link{Hash: Zero}}
	for _, a := range anchors {
		if a.Chain == name {
			p.heads[a.N] = a.Head
		}
	}
	return p
}

// After begins the check behind a link that is taken as it stands.
func (p *Proof) After(l Link) { p.last = l }

func (p *Proof) bad(n int64, format string, args ...any) {
	if len(p.faults) < most {
		p.faults = append(p.faults, Fault{n, fmt.Sprintf(format, args...)})
	}
}

// Add checks the next link.
func (p *Proof) Add(l Link) {
	for n := p.last.N + 1; n < l.N && len(p.faults) < most; n++ {
		p.bad(n, "the line is missing")
	}
	gap := l.N != p.last.N+1
	sound := p.keys.Holds(purpose, l.signed(p.name), l.MAC)
	switch {
	case !sound && Hash(p.last.Hash, l.Line) == l.Hash:
		p.bad(l.N, "the line was written without the key")
	case !sound:
		p.bad(l.N, "the line was changed, or moved from another place")
	case p.sound && !gap && Hash(p.last.Hash, l.Line) != l.Hash:
		p.bad(l.N, "the line does not follow the one before")
	}
	if head, anchored := p.heads[l.N]; anchored && head != l.Hash {
		p.bad(l.N, "an anchor saw another line here: the chain was rewritten")
	}
	delete(p.heads, l.N)
	p.last, p.sound = l, sound
}

// Unreadable notes that nothing could be read after the last link.
func (p *Proof) Unreadable() { p.bad(p.last.N+1, "the line can't be read: the file is damaged") }

// Done ends the check: what anchors have seen beyond the end was cut off.
func (p *Proof) Done() []Fault {
	newest := int64(0)
	for n := range p.heads {
		if n > p.last.N {
			newest = max(newest, n)
		}
	}
	if newest > 0 {
		p.bad(p.last.N+1, "the chain ends before this line, and an anchor has seen line %d: its end was cut off, or this is an older copy", newest)
	}
	return p.faults
}

// Last is the link that was added last; N is 0 before the first.
func (p *Proof) Last() Link { return p.last }
