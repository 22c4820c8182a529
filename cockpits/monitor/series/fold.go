// Package series folds observations of one point over time: newest, sliding, calendar, total.
package series

import (
	"slices"

	"citydeck/cockpits/monitor/aggregate"
)

// Bucket is what lies in one numbered part of time: a step, a day, a month, a year.
type Bucket struct {
	Number int64
	AsOf   int64 // the newest instant in it, Unix ms
	aggregate.Summary
}

// Fold folds values into buckets, in any order of arrival. It destroys none
// by itself: windows select by time, Drop forgets. The zero value is empty.
type Fold struct {
	buckets []Bucket
	past    *past
}

// past is what the buckets of a sliding window come to. What is observed in
// them is added to it too.
type past struct {
	from, to int64
	sum      Bucket
}

// At returns the bucket of a number, new and empty if need be. It stays valid
// until the next call of At or Drop.
func (f *Fold) At(number int64) *Bucket {
	if f.past != nil && number <= f.past.to {
		f.past = nil // it is about to change, and nobody says how
	}
	return f.at(number)
}

// Observe adds a value of an instant (Unix ms) to the bucket of a number.
func (f *Fold) Observe(number int64, v float64, need aggregate.Need, at int64) {
	b := f.at(number)
	b.Summary.Observe(v, need)
	b.AsOf = max(b.AsOf, at)
	if p := f.past; p != nil && number >= p.from && number <= p.to {
		p.sum.Summary.Observe(v, need)
		p.sum.AsOf = max(p.sum.AsOf, at)
	}
}

func (f *Fold) at(number int64) *Bucket {
	n := len(f.buckets)
	if n > 0 && f.buckets[n-1].Number == number {
		return &f.buckets[n-1]
	}
	i, found := f.search(number)
	if !found {
		if f.buckets == nil {
			f.buckets = make([]Bucket, 0, 1) // most hold one for a long time
		}
		f.buckets = slices.Insert(f.buckets, i, Bucket{Number: number})
	}
	return &f.buckets[i]
}

// Find returns the bucket of a number, or nil.
func (f *Fold) Find(number int64) *Bucket {
	if i, found := f.search(number); found {
		return &f.buckets[i]
	}
	return nil
}

func (f *Fold) search(number int64) (int, bool) {
	return slices.BinarySearchFunc(f.buckets, number, func(b Bucket, n int64) int {
		return int(min(1, max(-1, b.Number-n)))
	})
}

// Span merges the buckets from one number to another, both included.
func (f *Fold) Span(from, to int64) Bucket {
	var sum Bucket
	i, _ := f.search(from)
	for ; i < len(f.buckets) && f.buckets[i].Number <= to; i++ {
		b := &f.buckets[i]
		sum.Merge(&b.Summary)
		sum.AsOf = max(sum.AsOf, b.AsOf)
	}
	return sum
}

// Window is Span for a summary without sketches, and remembers what it comes to,
// so that asking again costs nothing until the window turns. Not to be changed,
// and valid until the next call.
func (f *Fold) Window(from, to int64) *Bucket {
	if b := f.Remembered(from, to); b != nil {
		return b
	}
	f.past = &past{from, to, f.Span(from, to)}
	return &f.past.sum
}

// Remembered is Window where nothing has to be sought; else nil.
func (f *Fold) Remembered(from, to int64) *Bucket {
	if f.past == nil || f.past.from != from || f.past.to != to {
		return nil
	}
	return &f.past.sum
}

// Drop forgets all buckets before a number.
func (f *Fold) Drop(before int64) {
	i, _ := f.search(before)
	if i == 0 {
		return
	}
	f.past = nil
	kept := make([]Bucket, len(f.buckets)-i)
	copy(kept, f.buckets[i:])
	f.buckets = kept
}

// Buckets lists what is kept, the oldest first. Not to be changed.
func (f *Fold) Buckets() []Bucket { return f.buckets }

// Empty tells whether nothing is kept.
func (f *Fold) Empty() bool { return len(f.buckets) == 0 }
