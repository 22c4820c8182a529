package district

import (
	"io/fs"
	"time"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district/folder"
	"citydeck/cockpits/monitor/indicator"
)

// maxAreas is how many areas a district has at most.
const maxAreas = 100_000

// loader reads one folder; what later files refer to is known by then. After a
// fault it goes on with what can be made of the rest, so as to find them all.
type loader struct {
	folder.Folder
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
	l := &loader{Folder: folder.Folder{FS: fsys}, lists: map[string]int{}}
	l.d = &District{Outlines: map[area.Index][]byte{}, Holidays: map[string]string{}, Zone: time.UTC, Lateness: 24 * time.Hour}
	l.settings()
	l.areas()
	shapes := l.outlines()
	l.readLists()
	l.readPoints()
	l.addresses(shapes)
	l.shifted(shapes)
	l.calendar()
	l.definitions()
	l.readCockpits()
	l.readPlans()
	if err := l.Log.Err(); err != nil {
		return nil, err
	}
	return l.d, nil
}

// settings reads district.toml.
func (l *loader) settings() {
	t := l.TOML("district.toml", true)
	if t == nil {
		return
	}
	d := l.d
	d.Name, d.NameEn = t.Text("name"), t.Text("name_en")
	d.ID, _ = t.ID("district", true)
	if d.Name == "" {
		d.Name = d.ID
	}
	t.Names("name", "name_en")
	zone := "Asia/Shanghai"
	if t.Has("timezone") {
		zone = t.Text("timezone")
	}
	if loc, err := time.LoadLocation(zone); err != nil || zone == "" || zone == "Local" {
		t.Bad("timezone", "timezone %q is unknown", zone)
	} else {
		d.Zone = loc
	}
	d.Lateness = t.Duration("lateness", 24*time.Hour)
	t.Unknown("")
}

func sensitivity(t *folder.Table, otherwise indicator.Sensitivity) indicator.Sensitivity {
	return folder.Choice(t, "sensitivity", otherwise, indicator.Public, indicator.Internal, indicator.Personal, indicator.SensitivePersonal)
}
