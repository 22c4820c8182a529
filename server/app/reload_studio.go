package app

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"

	"citydeck/cockpits/district/folder"
	"citydeck/cockpits/fault"
	"citydeck/server/api"
)

// studio is the district's folder for the API.
type studio struct{ *App }

// Standing says how the last reload went.
func (s studio) Standing() api.Standing {
	out := api.Standing{Writable: s.writable() == nil, Faults: []api.StandingFault{}}
	if last := s.standing.Load(); last != nil {
		at := last.at.UnixMilli()
		out.ReloadedAt = &at
		for _, f := range last.faults {
			out.Faults = append(out.Faults, api.StandingFault{At: f.At, Detail: f.Reason})
		}
	}
	return out
}

var (
	errShipped = fault.New(fault.Forbidden, "", "this district is part of the program: take the file, and put it into a folder of your own (district.dir)")
	errLocked  = fault.New(fault.Conflict, "", "the server may not write into the district's folder: take the file instead")
)

// writable tells whether the folder's cockpits can be written; nil: they can.
func (s studio) writable() error {
	if s.cfg.District.Dir == "" {
		return errShipped
	}
	probe, err := os.CreateTemp(filepath.Join(s.cfg.District.Dir, "cockpits"), ".probe-*")
	if err != nil {
		return errLocked
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// Check says what would be wrong with the folder if a cockpit's file held a text.
func (s studio) Check(_ context.Context, cockpit string, text []byte) (string, error) {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	return s.check(cockpit, text)
}

// check is Check for who holds reloading.
func (s studio) check(cockpit string, text []byte) (string, error) {
	files, err := Folder(s.cfg)
	if err != nil {
		return "", err
	}
	file := fileOf(files, cockpit)
	next, _, err := s.taken(overlay{files, file, text})
	if err != nil {
		return file, err
	}
	for i := range next.Cockpits {
		if next.Cockpits[i].ID == cockpit {
			return file, nil
		}
	}
	return file, fault.New(fault.Invalid, file+":1", "the file defines no cockpit %q", cockpit)
}

// Save checks a cockpit's text, puts it into its file, and takes it to the walls.
func (s studio) Save(ctx context.Context, cockpit, layout string, text []byte) (string, error) {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if err := s.writable(); err != nil {
		return "", err
	}
	for _, c := range s.shown.Load().Cockpits {
		if c.ID == cockpit && layout != "" && layout != c.Layout {
			return "", fault.New(fault.Outdated, "", "somebody changed this cockpit meanwhile")
		}
	}
	file, err := s.check(cockpit, text)
	if err != nil {
		return file, err
	}
	if !s.engine.Ready() {
		return file, fault.New(fault.Unavailable, "", "what stood in Redis at the start is still being counted: try again")
	}
	if err := replace(filepath.Join(s.cfg.District.Dir, filepath.FromSlash(file)), text); err != nil {
		s.log.Error("a cockpit can't be written", "cockpit", cockpit, "error", err)
		return file, errLocked
	}
	s.log.Info("a cockpit is saved", "cockpit", cockpit, "file", file)
	err = s.reload(ctx)
	s.App.standing.Store(&standing{at: time.Now(), faults: fault.All(err)})
	return file, err
}

// Layout is that of a cockpit as the walls have it now.
func (s studio) Layout(cockpit string) string {
	for _, c := range s.shown.Load().Cockpits {
		if c.ID == cockpit {
			return c.Layout
		}
	}
	return ""
}

// Remove takes a cockpit out of the folder and from the walls. A folder that
// would be refused without it stays as it is.
func (s studio) Remove(ctx context.Context, cockpit, layout string) error {
	s.reloading.Lock()
	defer s.reloading.Unlock()
	if err := s.writable(); err != nil {
		return err
	}
	if err := s.removable(cockpit, layout); err != nil {
		return err
	}
	files, err := Folder(s.cfg)
	if err != nil {
		return err
	}
	file := fileOf(files, cockpit)
	if _, _, err := s.taken(without{files, file}); err != nil {
		return err
	}
	if !s.engine.Ready() {
		return fault.New(fault.Unavailable, "", "what stood in Redis at the start is still being counted: try again")
	}
	name := filepath.Join(s.cfg.District.Dir, filepath.FromSlash(file))
	if err := os.Remove(name); err != nil {
		s.log.Error("a cockpit can't be removed", "cockpit", cockpit, "error", err)
		return errLocked
	}
	s.log.Info("a cockpit is removed", "cockpit", cockpit, "file", file)
	err = s.reload(ctx)
	s.App.standing.Store(&standing{at: time.Now(), faults: fault.All(err)})
	return err
}

// removable says why a cockpit must stay: somebody changed it, it is the root,
// or others stand below it.
func (s studio) removable(cockpit, layout string) error {
	var below []string
	for _, c := range s.shown.Load().Cockpits {
		if c.Parent == cockpit {
			below = append(below, c.ID)
		}
		if c.ID != cockpit {
			continue
		}
		if layout != "" && layout != c.Layout {
			return fault.New(fault.Outdated, "", "somebody changed this cockpit meanwhile")
		}
		if c.Parent == "" {
			return fault.New(fault.Conflict, "", "this is the root: all others stand below it")
		}
	}
	if len(below) > 0 {
		return fault.New(fault.Conflict, "", "these would lose their parent: %s", strings.Join(below, ", "))
	}
	return nil
}

// without is a folder that lacks one file.
type without struct {
	fs.FS
	name string
}

// Open doesn't find the file.
func (w without) Open(name string) (fs.File, error) {
	if name == w.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return w.FS.Open(name)
}

// ReadDir doesn't list the file.
func (w without) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(w.FS, name)
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return path.Join(name, e.Name()) == w.name }), err
}

// replace puts a text in a file's place, so that a crash leaves the old or the
// new one; a reader sees no half.
func replace(name string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name()) // what is left over is not read: it doesn't end in .toml
		}
	}()
	mode := fs.FileMode(0o644)
	if info, err := os.Stat(name); err == nil {
		mode = info.Mode().Perm()
	}
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(mode), f.Sync(), f.Close()); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), name); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

// fileOf is the path of the file that defines a cockpit; a new one's is called
// after it.
func fileOf(files fs.FS, cockpit string) string {
	f := folder.Folder{FS: files}
	for _, name := range f.Files("cockpits") {
		var head struct {
			ID string `toml:"id"`
		}
		if text, err := fs.ReadFile(files, name); err == nil && toml.Unmarshal(text, &head) == nil && head.ID == cockpit {
			return name
		}
	}
	return path.Join("cockpits", cockpit+".toml")
}

// overlay is a folder in which one file holds another text.
type overlay struct {
	fs.FS
	name string
	text []byte
}

// Open answers the text in place of the file.
func (o overlay) Open(name string) (fs.File, error) {
	if name != o.name {
		return o.FS.Open(name)
	}
	return &sheet{Reader: bytes.NewReader(o.text), name: path.Base(name)}, nil
}

// ReadDir lists the file too where the folder doesn't have it yet.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	entries, err := fs.ReadDir(o.FS, name)
	base := path.Base(o.name)
	if path.Dir(o.name) != name || err != nil || slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == base }) {
		return entries, err
	}
	return append(entries, fs.FileInfoToDirEntry(&sheet{Reader: bytes.NewReader(o.text), name: base})), nil
}

// sheet is a file that is only a text, and its own description.
type sheet struct {
	*bytes.Reader
	name string
}

func (s *sheet) Stat() (fs.FileInfo, error) { return s, nil }
func (s *sheet) Close() error               { return nil }
func (s *sheet) Name() string               { return s.name }
func (s *sheet) Mode() fs.FileMode          { return 0o444 }
func (s *sheet) ModTime() time.Time         { return time.Time{} }
func (s *sheet) IsDir() bool                { return false }
func (s *sheet) Sys() any                   { return nil }
