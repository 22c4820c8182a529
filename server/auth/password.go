package auth

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"

	"golang.org/x/crypto/argon2"
	"golang.org/x/text/unicode/norm"
)

// What a new proof costs: OWASP's minimum for Argon2id.
const (
	memoryKiB = 19456
	passes    = 2
	lanes     = 1
	saltSize  = 16
	tagSize   = 32
)

// longest is what is looked at of a password, in bytes.
const longest = 1024

// hasher proves passwords, a few at once: each takes 19 MiB.
type hasher struct {
	places  chan struct{}
	waiting atomic.Int64
	nobody  string // a proof of no password, so that unknown names take as long
}

// queue is how many may wait for a place.
const queue = 100

func newHasher() *hasher {
	h := &hasher{places: make(chan struct{}, 2*runtime.GOMAXPROCS(0))}
	h.nobody = proof(rand.Text())
	return h
}

// enter waits for a place; the caller leaves it. It fails with errBusy when too
// many wait already.
func (h *hasher) enter(ctx context.Context) (leave func(), err error) {
	leave = func() { <-h.places }
	select {
	case h.places <- struct{}{}:
		return leave, nil
	default:
	}
	if h.waiting.Add(1) > queue {
		h.waiting.Add(-1)
		return nil, errBusy
	}
	defer h.waiting.Add(-1)
	select {
	case h.places <- struct{}{}:
		return leave, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// matches tells whether a password is the one of a proof. An empty proof is
// nobody's, and takes as long.
func (h *hasher) matches(ctx context.Context, password, of string) (bool, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return false, err
	}
	defer leave()
	known := of != ""
	if !known {
		of = h.nobody
	}
	same := verify(password, of)
	return same && known, nil
}

// prove makes the proof of a password.
func (h *hasher) prove(ctx context.Context, password string) (string, error) {
	leave, err := h.enter(ctx)
	if err != nil {
		return "", err
	}
	defer leave()
	return proof(password), nil
}

// proof is in the PHC string format.
func proof(password string) string {
	salt := make([]byte, saltSize)
	_, _ = rand.Read(salt) // never fails
	tag := argon2.IDKey(normal(password), salt, passes, memoryKiB, lanes, tagSize)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, memoryKiB, passes, lanes,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(tag))
}

// verify compares a password with a proof, whatever the proof cost.
func verify(password, of string) bool {
	var version, memory, time int
	var threads uint8
	parts := strings.Split(of, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	if _, err := fmt.Sscanf(parts[2]+" "+parts[3], "v=%d m=%d,t=%d,p=%d", &version, &memory, &time, &threads); err != nil || version != argon2.Version {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	tag, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || memory > 1<<20 || time > 100 || threads == 0 || len(tag) == 0 {
		return false
	}
	got := argon2.IDKey(normal(password), salt, uint32(time), uint32(memory), threads, uint32(len(tag)))
	return subtle.ConstantTimeCompare(got, tag) == 1
}

// cheap tells whether a proof cost less than a new one does.
func cheap(of string) bool {
	return !strings.HasPrefix(of, fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$", argon2.Version, memoryKiB, passes, lanes))
}

// normal is a password as it is proved: however a keyboard composes it.
func normal(password string) []byte {
	if len(password) > longest {
		password = password[:longest]
	}
	return norm.NFKC.Bytes([]byte(password))
}
