// Package names finds areas, points and addresses by what people type of their names.
//
// A question is one or more words; whatever holds all of them is found, wherever
// in its name they stand. Both sides are folded first, so that neither the case
// of letters nor the width of characters matters.
package names

import (
	"strings"
	"unicode"
)

// Fold is a text as it is compared: small letters, characters of one width,
// single blanks.
func Fold(text string) string {
	return strings.Join(strings.Fields(strings.Map(fold, text)), " ")
}

// Full-width forms stand at a fixed distance from the characters that they are.
const (
	wideFirst = '！'
	wideLast  = '～'
	wideBy    = wideFirst - '!'
)

func fold(r rune) rune {
	switch {
	case r >= wideFirst && r <= wideLast:
		r -= wideBy
	case unicode.IsSpace(r) || unicode.IsControl(r):
		return ' '
	}
	return unicode.ToLower(r)
}

// Words splits a question, folded, into its words, each once.
func Words(question string) []string {
	var words []string
	for _, w := range strings.Fields(Fold(question)) {
		covered := false
		for _, have := range words {
			covered = covered || strings.Contains(have, w)
		}
		if !covered {
			words = append(words, w)
		}
	}
	return words
}

// Holds tells whether a folded name has all the words.
func Holds(folded string, words []string) bool {
	for _, w := range words {
		if !strings.Contains(folded, w) {
			return false
		}
	}
	return len(words) > 0
}

// Gram is two characters that follow each other in a word; the second is 0 at
// the word's end. It has 42 bits.
type Gram uint64

const gramBits = 21 // of a character

// NewGram joins two characters.
func NewGram(a, b rune) Gram { return Gram(a)<<gramBits | Gram(b) }

// Grams calls visit with each pair of a folded name, its ends too; a pair that
// occurs several times comes as often.
func Grams(folded string, visit func(Gram)) {
	last := rune(0)
	for _, r := range folded {
		if r == ' ' {
			r = 0
		}
		if last != 0 {
			visit(NewGram(last, r))
		}
		last = r
	}
	if last != 0 {
		visit(NewGram(last, 0))
	}
}

// Needed are the pairs that a name must have to hold a word of two characters
// or more; of a shorter one there are none, but From and To.
func Needed(word string) []Gram {
	var list []Gram
	last := rune(0)
	for _, r := range word {
		if last != 0 {
			list = append(list, NewGram(last, r))
		}
		last = r
	}
	return list
}

// Beginning is the range of all pairs that begin with a character, its end excluded.
func Beginning(r rune) (from, to Gram) { return NewGram(r, 0), NewGram(r+1, 0) }
