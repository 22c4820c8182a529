package folder

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"citydeck/cockpits/fault"
)

// Log collects everything that is wrong with a folder.
type Log struct{ list []located }

type located struct {
	file   string
	line   int
	reason string
}

// Add notes a fault at a line of a file, counted from 1.
func (f *Log) Add(file string, line int, format string, args ...any) {
	f.list = append(f.list, located{file, max(line, 1), fmt.Sprintf(format, args...)})
}

// Len is how many faults there are.
func (f *Log) Len() int { return len(f.list) }

// In tells whether a file has a fault already.
func (f *Log) In(file string) bool {
	return slices.ContainsFunc(f.list, func(l located) bool { return l.file == file })
}

// Err joins all faults, by path, then line; nil when there are none.
func (f *Log) Err() error {
	slices.SortStableFunc(f.list, func(a, b located) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.reason, b.reason))
	})
	f.list = slices.Compact(f.list)
	errs := make([]error, len(f.list))
	for i, l := range f.list {
		errs[i] = fault.New(fault.Invalid, l.file+":"+strconv.Itoa(l.line), "%s", l.reason)
	}
	return errors.Join(errs...)
}
