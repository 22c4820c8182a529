package config

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"citydeck/cockpits/fault"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"
)

// Prefix begins the name of every setting in the environment.
const Prefix = "COCKPIT_"

// maxFile is the size of a settings file in bytes.
const maxFile = 1 << 20

// loader collects settings and where each was said.
type loader struct {
	cfg    Config
	fields map[string]field
	said   map[string]string // "file:line" or the variable's name, by key
	faults []located
}

type located struct {
	env  bool
	line int
	*fault.Fault
}

// Read takes the defaults, then a file, then the environment (as of
// os.Environ). A file that lacks is passed over unless it was named; then the
// error is fs.ErrNotExist. All other faults are joined *fault.Fault.
func Read(file string, named bool, environ []string) (Config, error) {
	return read(file, named, environ, false)
}

// Load is Read for a server: it also refuses what would show too much, or mix
// the demo's figures with real ones.
func Load(file string, named bool, environ []string) (Config, error) {
	return read(file, named, environ, true)
}

func read(file string, named bool, environ []string, serving bool) (Config, error) {
	l := &loader{cfg: Default(), said: map[string]string{}}
	l.fields = fieldsOf(&l.cfg)
	if err := l.file(file); err != nil && (named || !errors.Is(err, fs.ErrNotExist)) {
		return Config{}, err
	}
	l.environment(environ)
	if len(l.faults) == 0 {
		l.check()
	}
	if len(l.faults) == 0 && serving {
		l.refuse()
	}
	slices.SortStableFunc(l.faults, func(a, b located) int {
		if a.env != b.env {
			return map[bool]int{false: -1, true: 1}[a.env] // the file's first
		}
		return cmp.Or(cmp.Compare(a.line, b.line), cmp.Compare(a.At, b.At))
	})
	var errs []error
	for _, f := range l.faults {
		errs = append(errs, f.Fault)
	}
	return l.cfg, errors.Join(errs...)
}

func (l *loader) bad(at, format string, args ...any) {
	line := 0
	_, env := strings.CutPrefix(at, Prefix)
	if i := strings.LastIndexByte(at, ':'); !env && i >= 0 {
		_, _ = fmt.Sscan(at[i+1:], &line) // stays 0 where none is said
	}
	l.faults = append(l.faults, located{env, line, fault.New(fault.Invalid, at, format, args...)})
}

// where says who set a key, for faults found later.
func (l *loader) where(key string) string {
	if at, said := l.said[key]; said {
		return at
	}
	return key
}

// Keys lists all settings as section.key, in the order in which they are declared.
func Keys() []string {
	var cfg Config
	fields := fieldsOf(&cfg)
	keys := make([]string, 0, len(fields))
	for key := range fields {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, b string) int { return fields[a].place - fields[b].place })
	return keys
}

// Variable is the name of a key in the environment.
func Variable(key string) string { return Prefix + strings.ToUpper(strings.ReplaceAll(key, ".", "_")) }

func (l *loader) environment(environ []string) {
	byName := map[string]string{}
	for key := range l.fields {
		byName[Variable(key)] = key
	}
	for _, pair := range environ {
		name, text, _ := strings.Cut(pair, "=")
		if !strings.HasPrefix(name, Prefix) {
			continue
		}
		key, known := byName[name]
		if !known {
			l.bad(name, "no setting has this name%s", nearest(name, byName))
			continue
		}
		l.said[key] = name
		if err := l.fields[key].fromText(text); err != nil {
			l.bad(name, "%s", err)
		}
	}
}

// nearest suggests a name that differs in few letters.
func nearest[T any](name string, names map[string]T) string {
	best, least := "", 4
	for other := range names {
		if n := distance(name, other); n < least || n == least && best != "" && other < best {
			best, least = other, n
		}
	}
	if best == "" {
		return ""
	}
	return ": did you mean " + best + "?"
}

// distance is how many letters have to be changed, put in or left out.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			step := diagonal
			if a[i] != b[j] {
				step++
			}
			diagonal = row[j+1]
			row[j+1] = min(step, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}

func (l *loader) file(name string) error {
	f, err := os.Open(name) //nolint:gosec // the operator names it
	if err != nil {
		return fmt.Errorf("open settings: %w", err)
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		return fault.New(fault.Invalid, name, "can't be read: %s", err)
	}
	if len(data) > maxFile {
		return fault.New(fault.Invalid, name, "is larger than %d bytes", maxFile)
	}
	var whole map[string]any
	if err := toml.Unmarshal(data, &whole); err != nil {
		line := 1
		if de := (*toml.DecodeError)(nil); errors.As(err, &de) {
			line, _ = de.Position()
		}
		l.bad(fmt.Sprintf("%s:%d", name, line), "%s", strings.TrimPrefix(err.Error(), "toml: "))
		return nil
	}
	l.walk(name, data)
	return nil
}

// walk sets what a well-formed file says, key by key.
func (l *loader) walk(name string, data []byte) {
	sections := map[string]bool{}
	for key := range l.fields {
		sections[key[:strings.LastIndexByte(key, '.')]] = true
	}
	var p unstable.Parser
	p.Reset(data)
	prefix := ""
	for p.NextExpression() {
		n := p.Expression()
		switch n.Kind {
		case unstable.Table, unstable.ArrayTable:
			at, key := place(name, data, n)
			prefix = key + "."
			if n.Kind == unstable.ArrayTable || !sections[key] {
				l.bad(at, "unknown section [%s]%s", key, nearest(key, sections))
				prefix = "\x00" // its keys need no fault of their own
			}
		case unstable.KeyValue:
			at, key := place(name, data, n)
			if prefix == "\x00" {
				continue
			}
			l.put(at, prefix+key, n.Value())
		}
	}
}

func place(name string, data []byte, n *unstable.Node) (at, key string) {
	var parts []string
	line := 0
	for it := n.Key(); it.Next(); {
		if len(parts) == 0 {
			line = 1 + strings.Count(string(data[:it.Node().Raw.Offset]), "\n")
		}
		parts = append(parts, string(it.Node().Data))
	}
	return fmt.Sprintf("%s:%d", name, line), strings.Join(parts, ".")
}

func (l *loader) put(at, key string, v *unstable.Node) {
	f, known := l.fields[key]
	if !known {
		l.bad(at, "unknown key %s%s", key, nearest(key, l.fields))
		return
	}
	l.said[key] = at
	if err := f.fromNode(v); err != nil {
		l.bad(at, "%s", err)
	}
}
