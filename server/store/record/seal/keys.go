// Package seal is the keys outside the database: it seals single columns, signs
// lines and anchors, and makes look-ups possible that tell nothing.
//
// A key file holds one key a line, `id = base64 of 32 bytes`; the last one is
// used for what is new, the others open what is old. Each purpose derives its
// own key, so that none can stand for another. Whatever is made with a key says
// which key and which algorithm, so that both can change.
package seal

import (
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

const size = 32 // bytes of a key

var id = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)

// Keys are an installation's keys. They never change after Load.
type Keys struct {
	list    []key // in the file's order
	ciphers []Cipher
}

type key struct {
	id     string
	master []byte
}

// Load reads a key file. Its errors name the file and the line, never a key. It
// refuses a file that others than its owner can read.
func Load(path string) (*Keys, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("key file %s is not a regular file", path)
	}
	if mode := info.Mode().Perm(); mode&0o077 != 0 {
		return nil, fmt.Errorf("key file %s can be read or written by others (mode %o): chmod 600", path, mode)
	}
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	k := &Keys{ciphers: Ciphers()}
	for n, line := range strings.Split(string(text), "\n") {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		one, err := parse(line)
		if err == nil && slices.ContainsFunc(k.list, func(o key) bool { return o.id == one.id }) {
			err = errors.New("this id stands twice")
		}
		if err != nil {
			return nil, fmt.Errorf("key file %s:%d: %w", path, n+1, err)
		}
		k.list = append(k.list, one)
	}
	if len(k.list) == 0 {
		return nil, fmt.Errorf("key file %s holds no key", path)
	}
	return k, nil
}

func parse(line string) (key, error) {
	name, text, found := strings.Cut(line, "=")
	name = strings.TrimSpace(name)
	if !found || !id.MatchString(name) {
		return key{}, errors.New("not of the form: id = base64")
	}
	master, err := base64.StdEncoding.DecodeString(strings.TrimSpace(text))
	if err != nil || len(master) != size {
		return key{}, fmt.Errorf("key %s is not %d bytes in base64", name, size)
	}
	return key{name, master}, nil
}

// Create makes a key file with a first key; it refuses one that exists.
func Create(path string) (*Keys, error) {
	f, err := os.OpenFile(filepath.Clean(path), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	_, err = f.WriteString(fresh("k1"))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, fmt.Errorf("key file %s: %w", path, err)
	}
	return Load(path)
}

// Rotate adds a key to the file, which from the next start on seals what is
// new, and says its id. The file is changed whole or not at all.
func Rotate(path string) (string, error) {
	k, err := Load(path)
	if err != nil {
		return "", err
	}
	text, err := os.ReadFile(filepath.Clean(path))
	if err != nil {
		return "", fmt.Errorf("key file %s: %w", path, err)
	}
	n := len(k.list) + 1
	for k.has("k" + strconv.Itoa(n)) {
		n++
	}
	name, part := "k"+strconv.Itoa(n), path+".part"
	f, err := os.OpenFile(filepath.Clean(part), os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return "", fmt.Errorf("key file %s: %w", path, err)
	}
	_, err = f.WriteString(strings.TrimRight(string(text), "\n") + "\n" + fresh(name))
	if err = errors.Join(err, f.Sync(), f.Close()); err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return "", fmt.Errorf("key file %s: %w", path, err)
	}
	return name, nil
}

// fresh is the line of a new key.
func fresh(name string) string {
	master := make([]byte, size)
	_, _ = rand.Read(master) // never fails
	return name + " = " + base64.StdEncoding.EncodeToString(master) + "\n"
}

// Missing tells whether an error of Load says that there is no such file.
func Missing(err error) bool { return errors.Is(err, fs.ErrNotExist) }

// Current is the id of the key that seals what is new.
func (k *Keys) Current() string { return k.list[len(k.list)-1].id }

// IDs lists the keys, the current one last.
func (k *Keys) IDs() []string {
	ids := make([]string, len(k.list))
	for i := range k.list {
		ids[i] = k.list[i].id
	}
	return ids
}

func (k *Keys) has(id string) bool { return slices.Contains(k.IDs(), id) }

// derive makes the key of one purpose from the key of an id; nil: there is none.
func (k *Keys) derive(id, purpose string) []byte {
	for i := range k.list {
		if k.list[i].id != id {
			continue
		}
		out, err := hkdf.Key(sha256.New, k.list[i].master, nil, "citydeck "+purpose, size)
		if err != nil {
			return nil // only for lengths that are not ours
		}
		return out
	}
	return nil
}
