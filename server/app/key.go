package app

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// key is the installation's own: members of distinct measures are known by its
// hash only, which nobody else can compute. Whoever loses it counts members
// anew.
type key []byte

const keySize = 32

// installationKey reads the key of a data folder, or makes one. Its error names
// the file, never what is in it.
func installationKey(dir string) (key, error) {
	name := filepath.Join(dir, "member.key")
	info, err := os.Stat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return newKey(name)
	}
	if err != nil {
		return nil, fmt.Errorf("the installation's key: %w", err)
	}
	if info.Mode().Perm()&0o077 != 0 {
		return nil, fmt.Errorf("%s can be read by others (mode %o): chmod 600", name, info.Mode().Perm())
	}
	text, err := os.ReadFile(name) //nolint:gosec // the operator names the folder
	if err != nil {
		return nil, fmt.Errorf("the installation's key: %w", err)
	}
	k, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(k) != keySize {
		return nil, fmt.Errorf("%s is no key: %d bytes in hexadecimal are", name, keySize)
	}
	return k, nil
}

// newKey writes a key as a whole or not at all.
func newKey(name string) (key, error) {
	k := make(key, keySize)
	_, _ = rand.Read(k) // never fails
	f, err := os.CreateTemp(filepath.Dir(name), "key-*")
	if err != nil {
		return nil, fmt.Errorf("make the installation's key: %w", err)
	}
	_, err = f.WriteString(hex.EncodeToString(k) + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("make the installation's key: %w", err), os.Remove(f.Name()))
	}
	return k, nil
}

// hash is what is kept of a member.
func (k key) hash(member []byte) uint64 {
	mac := hmac.New(sha256.New, k)
	mac.Write(member)
	return binary.BigEndian.Uint64(mac.Sum(nil))
}
