package district

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"citydeck/cockpits/area"
	"citydeck/cockpits/monitor/indicator"
)

// Limits of a folder.
const (
	maxTOML  = 1 << 20
	maxCSV   = 64 << 20
	maxGeo   = 50 << 20
	maxAreas = 100_000
)

// loader reads one folder; what later files refer to is known by then. After a
// fault it goes on with what can be made of the rest, so as to find them all.
type loader struct {
	fsys     fs.FS
	log      faults
	d        *District
	lists    map[string]int
	marks    []mark // every place that was given
	arealess bool   // areas.csv can't be read, or not all of it: any area may exist
	anyList  bool   // lists.toml can't be read: any list may exist
	anyDef   bool   // a file of indicators can't be read: any measure and indicator may exist
}

// Load reads a folder and checks it across. Its error joins a *fault.Fault for
// everything that is wrong, each At "path:line", by path, then line.
func Load(fsys fs.FS) (*District, error) {
	l := &loader{fsys: fsys, lists: map[string]int{}}
	l.d = &District{Outlines: map[area.Index][]byte{}, Holidays: map[string]string{}, Zone: time.UTC, Lateness: 24 * time.Hour}
	l.settings()
	l.areas()
	shapes := l.outlines()
	l.readLists()
	l.readPoints()
	l.addresses()
	l.shifted(shapes)
	l.calendar()
	l.definitions()
	l.readCockpits()
	if err := l.log.err(); err != nil {
		return nil, err
	}
	return l.d, nil
}

// open reads a file of the folder, or reports why not. A file that may lack
// answers nil without a fault.
func (l *loader) open(name string, limit int64, must bool) []byte {
	// Asked before it is opened: to open a pipe waits for its writer.
	info, err := fs.Stat(l.fsys, name)
	if err == nil && !info.Mode().IsRegular() {
		l.log.add(name, 1, "is not a regular file")
		return nil
	}
	var f fs.File
	if err == nil {
		f, err = l.fsys.Open(name)
	}
	if err != nil {
		if must || !errors.Is(err, fs.ErrNotExist) {
			l.log.add(name, 1, "%s", reasonOf(err))
		}
		return nil
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		l.log.add(name, 1, "%s", reasonOf(err))
		return nil
	}
	if int64(len(data)) > limit {
		l.log.add(name, 1, "is larger than %d MiB", limit>>20)
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if line := badUTF8(data); line > 0 {
		l.log.add(name, line, "is not UTF-8 (GBK?)")
		return nil
	}
	return data
}

func badUTF8(data []byte) int {
	if utf8.Valid(data) {
		return 0
	}
	for i, text := range bytes.Split(data, []byte("\n")) {
		if !utf8.Valid(text) {
			return i + 1
		}
	}
	return 1
}

func reasonOf(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	if errors.Is(err, fs.ErrNotExist) {
		return "is missing"
	}
	return "can't be read: " + err.Error()
}

// files lists the .toml files of a subfolder, by name.
func (l *loader) files(dir string) []string {
	entries, err := fs.ReadDir(l.fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		l.log.add(dir, 1, "%s", reasonOf(err))
	}
	var names []string
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".toml") {
			names = append(names, path.Join(dir, e.Name()))
		}
	}
	slices.Sort(names)
	return names
}

func (l *loader) toml(name string, must bool) *table {
	data := l.open(name, maxTOML, must)
	if data == nil {
		return nil
	}
	return parseTOML(name, data, &l.log)
}

// settings reads district.toml.
func (l *loader) settings() {
	t := l.toml("district.toml", true)
	if t == nil {
		return
	}
	d := l.d
	d.ID, d.Name, d.NameEn = t.text("id"), t.text("name"), t.text("name_en")
	if !slug(d.ID) {
		l.log.add(t.file, t.lineOf("id"), "id %q is not of the form [a-z0-9][a-z0-9_-]{0,63}", d.ID)
	}
	if d.Name == "" {
		d.Name = d.ID
	}
	t.names("name", "name_en")
	zone := "Asia/Shanghai"
	if t.has("timezone") {
		zone = t.text("timezone")
	}
	if loc, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		l.log.add(t.file, t.lineOf("timezone"), "timezone %q is unknown", zone)
	} else {
		d.Zone = loc
	}
	d.Lateness = t.duration("lateness", 24*time.Hour)
	t.unknown()
}

func sensitivity(t *table, otherwise indicator.Sensitivity) indicator.Sensitivity {
	return choice(t, "sensitivity", otherwise, indicator.Public, indicator.Internal, indicator.Personal, indicator.SensitivePersonal)
}
