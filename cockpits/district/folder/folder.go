// Package folder reads the files of a district's folder so that every fault has its file and line.
package folder

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"
)

// The largest files, in bytes.
const (
	maxTOML = 1 << 20
	maxCSV  = 64 << 20
)

// Folder is a folder and what was found wrong in it so far.
type Folder struct {
	FS  fs.FS
	Log Log
}

// Open reads a file of the folder, or reports why not. A file that may lack
// answers nil without a fault.
func (f *Folder) Open(name string, limit int64, must bool) []byte {
	// Asked before it is opened: to open a pipe waits for its writer.
	info, err := fs.Stat(f.FS, name)
	if err == nil && !info.Mode().IsRegular() {
		f.Log.Add(name, 1, "is not a regular file")
		return nil
	}
	var file fs.File
	if err == nil {
		file, err = f.FS.Open(name)
	}
	if err != nil {
		if must || !errors.Is(err, fs.ErrNotExist) {
			f.Log.Add(name, 1, "%s", reasonOf(err))
		}
		return nil
	}
	defer func() { _ = file.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(file, limit+1))
	if err != nil {
		f.Log.Add(name, 1, "%s", reasonOf(err))
		return nil
	}
	if int64(len(data)) > limit {
		f.Log.Add(name, 1, "is larger than %d MiB", limit>>20)
		return nil
	}
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if line := badUTF8(data); line > 0 {
		f.Log.Add(name, line, "is not UTF-8 (GBK?)")
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

// Files lists the .toml files of a subfolder, by name.
func (f *Folder) Files(dir string) []string {
	entries, err := fs.ReadDir(f.FS, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		f.Log.Add(dir, 1, "%s", reasonOf(err))
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

// TOML reads a file as a table, nil where it can't be read.
func (f *Folder) TOML(name string, must bool) *Table {
	data := f.Open(name, maxTOML, must)
	if data == nil {
		return nil
	}
	return parseTOML(name, data, &f.Log)
}
