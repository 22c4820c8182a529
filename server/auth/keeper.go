package auth

import (
	"context"

	"citydeck/cockpits/access"
	"citydeck/cockpits/access/account"
)

// Accounts finds people.
type Accounts interface {
	// Account and AccountOf fail with fault.NotFound.
	Account(ctx context.Context, name string) (account.Account, error)
	AccountOf(ctx context.Context, subject string) (account.Account, error)
	Accounts(ctx context.Context) ([]account.Account, error)
}

// Roster changes people.
type Roster interface {
	// AddAccount fails with fault.Conflict when the name is taken.
	AddAccount(ctx context.Context, a account.Account) error
	// SetAccount keeps rights; what the others below keep it leaves alone.
	SetAccount(ctx context.Context, a account.Account) error
}

// Proofs changes what people prove themselves with.
type Proofs interface {
	// SetProof keeps proofs of passwords, and the last sign-in.
	SetProof(ctx context.Context, a account.Account) error
	// UseStep notes a one-time code; false: that one, or a later one, was used.
	UseStep(ctx context.Context, name string, step int64) (bool, error)
}

// Recoveries keeps the proofs of recovery codes.
type Recoveries interface {
	// Recoveries lists those that were not used.
	Recoveries(ctx context.Context, name string) ([]string, error)
	SetRecoveries(ctx context.Context, name string, proofs []string) error
	// UseRecovery takes one away; false: it was not there any more.
	UseRecovery(ctx context.Context, name, proof string) (bool, error)
}

// Sessions finds sessions; they fail with fault.NotFound.
type Sessions interface {
	Session(ctx context.Context, hash string) (account.Session, error)
	SessionOf(ctx context.Context, id string) (account.Session, error)
	// Sessions names those of an account, the newest first.
	Sessions(ctx context.Context, name string) ([]string, error)
}

// Comings changes sessions.
type Comings interface {
	AddSession(ctx context.Context, s account.Session) error
	SetSession(ctx context.Context, s account.Session) error
	EndSession(ctx context.Context, id string) error
}

// Tokens finds tokens.
type Tokens interface {
	Token(ctx context.Context, id string) (account.Token, error)
	Tokens(ctx context.Context) ([]account.Token, error)
}

// Tokening changes tokens.
type Tokening interface {
	AddToken(ctx context.Context, t account.Token) error
	SetToken(ctx context.Context, t account.Token) error
	EndToken(ctx context.Context, id string) error
}

// Screens keeps paired walls.
type Screens interface {
	Screen(ctx context.Context, id string) (account.Screen, error)
	SetScreen(ctx context.Context, s account.Screen) error
	EndScreen(ctx context.Context, id string) error
}

// Pairings finds walls that wait; they fail with fault.NotFound.
type Pairings interface {
	Pairing(ctx context.Context, code string) (account.Pairing, error)
	Polled(ctx context.Context, poll string) (account.Pairing, error)
	Waiting(ctx context.Context, now int64) (int, error)
}

// Pairing makes screens of them.
type Pairing interface {
	AddPairing(ctx context.Context, p account.Pairing) error
	Pair(ctx context.Context, code string, s account.Screen) error
	// Claim is done once; false: it was done before.
	Claim(ctx context.Context, poll string, s account.Screen) (bool, error)
}

// Locks keeps what failed.
type Locks interface {
	Attempts(ctx context.Context, key string) (account.Attempts, error)
	SetAttempts(ctx context.Context, a account.Attempts) error
	// Sweep forgets what is over, in Unix ms.
	Sweep(ctx context.Context, now, seenBefore, failedBefore int64) error
}

// Secrets signs with keys that are kept elsewhere.
type Secrets interface {
	MAC(purpose, text string) string
	// MACs is MAC with each key, the current one first.
	MACs(purpose, text string) []string
}

// Journal is the record of who did what.
type Journal interface {
	// Append returns once the line is on disk.
	Append(ctx context.Context, line access.Line) error
}

// Keeper is all that is kept.
type Keeper interface {
	Accounts
	Roster
	Proofs
	Recoveries
	Sessions
	Comings
	Tokens
	Tokening
	Screens
	Pairings
	Pairing
	Locks
	Secrets
	Journal
}
