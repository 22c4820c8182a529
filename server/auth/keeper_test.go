package auth_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
	"citydeck/cockpits/fault"
	"citydeck/server/auth"
)

// memory keeps everything in maps, as the record does in tables.
type memory struct {
	mu       sync.Mutex
	accounts map[string]account.Account
	sessions map[string]account.Session
	tokens   map[string]account.Token
	screens  map[string]account.Screen
	pairings map[string]account.Pairing
	attempts map[string]account.Attempts
	paper    map[string][]string // proofs of recovery codes
	lines    []access.Line
}

func newMemory() *memory {
	return &memory{accounts: map[string]account.Account{}, sessions: map[string]account.Session{}, tokens: map[string]account.Token{},
		screens: map[string]account.Screen{}, pairings: map[string]account.Pairing{}, attempts: map[string]account.Attempts{}, paper: map[string][]string{}}
}

func find[T any](m *memory, in map[string]T, is func(T) bool) (T, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, v := range in {
		if is(v) {
			return v, nil
		}
	}
	var none T
	return none, fault.New(fault.NotFound, "", "no such thing")
}

func put[T any](m *memory, in map[string]T, key string, v T) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	in[key] = v
	return nil
}

func drop[T any](m *memory, in map[string]T, key string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, there := in[key]; !there {
		return fault.New(fault.NotFound, "", "no such thing")
	}
	delete(in, key)
	return nil
}

func (m *memory) Account(_ context.Context, name string) (account.Account, error) {
	return find(m, m.accounts, func(a account.Account) bool { return a.Name == name })
}
func (m *memory) AccountOf(_ context.Context, subject string) (account.Account, error) {
	return find(m, m.accounts, func(a account.Account) bool { return a.Subject == subject && subject != "" })
}
func (m *memory) Accounts(context.Context) (all []account.Account, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, a := range m.accounts {
		all = append(all, a)
	}
	return all, nil
}
func (m *memory) AddAccount(_ context.Context, a account.Account) error {
	return put(m, m.accounts, a.Name, a)
}
func (m *memory) SetAccount(ctx context.Context, a account.Account) error {
	was, _ := m.Account(ctx, a.Name)
	was.Grants, was.Responder, was.Disabled, was.Seed, was.Subject = slices.Clone(a.Grants), a.Responder, a.Disabled, a.Seed, a.Subject
	return put(m, m.accounts, a.Name, was)
}
func (m *memory) SetProof(ctx context.Context, a account.Account) error {
	was, _ := m.Account(ctx, a.Name)
	was.Proof, was.Earlier, was.ProofAt, was.SeenAt = a.Proof, a.Earlier, a.ProofAt, a.SeenAt
	return put(m, m.accounts, a.Name, was)
}
func (m *memory) UseStep(_ context.Context, name string, step int64) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.accounts[name]
	used := a.Step < step
	a.Step = max(a.Step, step)
	m.accounts[name] = a
	return used, nil
}
func (m *memory) Recoveries(_ context.Context, name string) ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.paper[name]), nil
}
func (m *memory) SetRecoveries(_ context.Context, name string, proofs []string) error {
	return put(m, m.paper, name, slices.Clone(proofs))
}
func (m *memory) UseRecovery(_ context.Context, name, proof string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	at := slices.Index(m.paper[name], proof)
	if at >= 0 {
		m.paper[name] = slices.Delete(m.paper[name], at, at+1)
	}
	return at >= 0, nil
}
func (m *memory) Session(_ context.Context, hash string) (account.Session, error) {
	return find(m, m.sessions, func(s account.Session) bool { return s.Hash == hash })
}
func (m *memory) SessionOf(_ context.Context, id string) (account.Session, error) {
	return find(m, m.sessions, func(s account.Session) bool { return s.ID == id })
}
func (m *memory) Sessions(_ context.Context, name string) (ids []string, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var list []account.Session
	for _, s := range m.sessions {
		if s.Name == name {
			list = append(list, s)
		}
	}
	slices.SortFunc(list, func(a, b account.Session) int { return int(b.MadeAt - a.MadeAt) })
	for _, s := range list {
		ids = append(ids, s.ID)
	}
	return ids, nil
}
func (m *memory) AddSession(_ context.Context, s account.Session) error {
	return put(m, m.sessions, s.ID, s)
}
func (m *memory) SetSession(_ context.Context, s account.Session) error {
	return put(m, m.sessions, s.ID, s)
}
func (m *memory) EndSession(_ context.Context, id string) error {
	_ = drop(m, m.sessions, id)
	return nil
}
func (m *memory) Token(_ context.Context, id string) (account.Token, error) {
	return find(m, m.tokens, func(t account.Token) bool { return t.ID == id })
}
func (m *memory) Tokens(context.Context) (all []account.Token, _ error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, t := range m.tokens {
		all = append(all, t)
	}
	return all, nil
}
func (m *memory) AddToken(_ context.Context, t account.Token) error { return put(m, m.tokens, t.ID, t) }
func (m *memory) SetToken(_ context.Context, t account.Token) error { return put(m, m.tokens, t.ID, t) }
func (m *memory) EndToken(_ context.Context, id string) error       { return drop(m, m.tokens, id) }
func (m *memory) Screen(_ context.Context, id string) (account.Screen, error) {
	return find(m, m.screens, func(s account.Screen) bool { return s.ID == id })
}
func (m *memory) SetScreen(_ context.Context, s account.Screen) error {
	return put(m, m.screens, s.ID, s)
}
func (m *memory) EndScreen(_ context.Context, id string) error { return drop(m, m.screens, id) }
func (m *memory) Pairing(_ context.Context, code string) (account.Pairing, error) {
	return find(m, m.pairings, func(p account.Pairing) bool { return p.Code == code })
}
func (m *memory) Polled(_ context.Context, poll string) (account.Pairing, error) {
	return find(m, m.pairings, func(p account.Pairing) bool { return p.Poll == poll })
}
func (m *memory) Waiting(context.Context, int64) (int, error) { return len(m.pairings), nil }
func (m *memory) AddPairing(_ context.Context, p account.Pairing) error {
	return put(m, m.pairings, p.Code, p)
}
func (m *memory) Pair(ctx context.Context, code string, s account.Screen) error {
	p, _ := m.Pairing(ctx, code)
	p.Screen = s.ID
	_ = put(m, m.pairings, code, p)
	return put(m, m.screens, s.ID, s)
}
func (m *memory) Claim(ctx context.Context, poll string, s account.Screen) (bool, error) {
	p, err := m.Polled(ctx, poll)
	if err != nil {
		return false, nil
	}
	_ = drop(m, m.pairings, p.Code)
	return true, put(m, m.screens, s.ID, s)
}
func (m *memory) Attempts(_ context.Context, key string) (account.Attempts, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	a := m.attempts[key]
	a.Key = key
	return a, nil
}
func (m *memory) SetAttempts(_ context.Context, a account.Attempts) error {
	return put(m, m.attempts, a.Key, a)
}
func (m *memory) Sweep(context.Context, int64, int64, int64) error { return nil }
func (m *memory) MAC(purpose, text string) string {
	sum := sha256.Sum256([]byte("a key|" + purpose + "|" + text))
	return "test/k1:" + hex.EncodeToString(sum[:])
}
func (m *memory) MACs(purpose, text string) []string { return []string{m.MAC(purpose, text)} }
func (m *memory) Append(_ context.Context, l access.Line) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.lines = append(m.lines, l)
	return nil
}

// stage is an Auth whose time and memory the test holds.
type stage struct {
	*auth.Auth
	keep  *memory
	clock *atomic.Int64 // Unix ms
	mu    sync.Mutex
	ended []string // guarded by mu
}

const good = "Under-the-bridge-7"

func newStage(t testing.TB, change func(*auth.Config)) *stage {
	t.Helper()
	s := &stage{keep: newMemory(), clock: &atomic.Int64{}}
	s.clock.Store(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC).UnixMilli())
	cfg := auth.Config{Root: "town", Anonymous: "none", Profile: "mlps", Words: []string{"riverside"},
		Now: func() time.Time { return time.UnixMilli(s.clock.Load()) }}
	if change != nil {
		change(&cfg)
	}
	s.Auth = auth.New(cfg, s.keep, slog.New(slog.DiscardHandler), prometheus.NewRegistry())
	s.OnEnd(func(id string) {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.ended = append(s.ended, id)
	})
	return s
}

func (s *stage) pass(d time.Duration) { s.clock.Add(d.Milliseconds()) }

func (s *stage) closed(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.ended, id)
}

// add makes a person with a role at the root, and says his seed of codes.
func (s *stage) add(t testing.TB, name string, roles ...access.Role) (seed string) {
	t.Helper()
	p := account.Person{Name: name, Password: good}
	for _, r := range roles {
		p.Grants = append(p.Grants, access.Grant{Role: r, Area: "town"})
	}
	if _, err := s.AddUser(t.Context(), p); err != nil {
		t.Fatalf("add %s: %v", name, err)
	}
	a, _ := s.keep.Account(t.Context(), name)
	return a.Seed
}
