package seal

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
)

// Cipher is one way to seal a column's value. Another one joins by a name of
// its own; what was sealed by the old one says so.
type Cipher interface {
	// Name stands with every value, such as "aes-256-gcm".
	Name() string
	// New makes the cipher of a key of 32 bytes. Its nonces are its own affair:
	// Seal and Open are called with none.
	New(key []byte) (cipher.AEAD, error)
}

// Ciphers lists those that are known; the first seals what is new.
func Ciphers() []Cipher { return []Cipher{aesGCM{}} }

// aesGCM is AES-256-GCM with random nonces: at most 2³² values a key.
type aesGCM struct{}

func (aesGCM) Name() string { return "aes-256-gcm" }

func (aesGCM) New(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, err
	}
	return cipher.NewGCMWithRandomNonce(block)
}

// Column is the place of a value. A value opens nowhere else.
type Column struct {
	Table, Name, Row string
}

func (c Column) aad(head string) []byte {
	return []byte(c.Table + "." + c.Name + "|" + c.Row + "|" + head)
}

// ErrSealed says that a value can't be opened: it was changed or moved, or its key is gone.
var ErrSealed = errors.New("a sealed value can't be opened: it was changed or moved, or its key is gone")

// Seal seals a value for its place, with the current key. An empty value stays
// empty: that there is none is told by the row anyway.
func (k *Keys) Seal(at Column, value string) ([]byte, error) {
	if value == "" {
		return nil, nil
	}
	head := k.ciphers[0].Name() + "/" + k.Current()
	box, err := k.box(head)
	if err != nil {
		return nil, err
	}
	out := append(binary.AppendUvarint(nil, uint64(len(head))), head...)
	return box.Seal(out, nil, []byte(value), at.aad(head)), nil //nolint:gosec // the cipher makes its own nonce
}

// Open opens a value at its place. It fails with ErrSealed.
func (k *Keys) Open(at Column, sealed []byte) (string, error) {
	if len(sealed) == 0 {
		return "", nil
	}
	head, rest, ok := split(sealed)
	if !ok {
		return "", fmt.Errorf("%s.%s: %w", at.Table, at.Name, ErrSealed)
	}
	box, err := k.box(head)
	if err != nil {
		return "", fmt.Errorf("%s.%s: %w", at.Table, at.Name, err)
	}
	value, err := box.Open(nil, nil, rest, at.aad(head))
	if err != nil {
		return "", fmt.Errorf("%s.%s: %w", at.Table, at.Name, ErrSealed)
	}
	return string(value), nil
}

// Old tells whether a value was sealed with another key than the current one.
func (k *Keys) Old(sealed []byte) bool {
	head, _, ok := split(sealed)
	return ok && head != k.ciphers[0].Name()+"/"+k.Current()
}

// KeyOf is the id of the key that a value was sealed with.
func KeyOf(sealed []byte) string {
	head, _, _ := split(sealed)
	_, id, _ := strings.Cut(head, "/")
	return id
}

func split(sealed []byte) (head string, rest []byte, ok bool) {
	n, used := binary.Uvarint(sealed)
	if used <= 0 || n > uint64(len(sealed)-used) {
		return "", nil, false
	}
	return string(sealed[used : used+int(n)]), sealed[used+int(n):], true
}

// box is the cipher of a head, "aes-256-gcm/k1".
func (k *Keys) box(head string) (cipher.AEAD, error) {
	name, id, _ := strings.Cut(head, "/")
	for _, c := range k.ciphers {
		if c.Name() != name {
			continue
		}
		if key := k.derive(id, "column "+name); key != nil {
			return c.New(key)
		}
	}
	return nil, ErrSealed
}
