// Package account is what is kept of who may come in: people, sessions, tokens
// and screens, as values.
//
// Proofs and hashes are opaque here: server/auth makes and compares them,
// server/store/record keeps them, and neither knows the other.
package account

import (
	"citydeck/cockpits/access"
)

// Account 用户 is a person who signs in.
type Account struct {
	Name      string
	Grants    []access.Grant
	Responder string   // the responder that he is; empty: none
	Disabled  bool     // nobody comes in with it any more
	Proof     string   // of the password; empty: none, as with sign-in elsewhere
	Earlier   []string // proofs of earlier passwords, the newest first
	ProofAt   int64    // Unix ms of the last change
	Seed      string   // of one-time codes, base32; empty: none
	Step      int64    // the last step whose code was used
	Subject   string   // who he is to the sign-in elsewhere; empty: nobody
	MadeAt    int64    // Unix ms
	SeenAt    int64    // Unix ms of the last sign-in; 0: never
}

// Session is one sign-in.
type Session struct {
	ID      string // names it, and opens nothing
	Hash    string // of what the cookie holds
	Name    string // of the account; of a link: empty
	MadeAt  int64  // Unix ms, as all below
	SeenAt  int64
	EndsAt  int64  // whatever happens
	CodeAt  int64  // of the last one-time code; 0: none
	Command string // of a responder's link: its command
	Person  string // of a responder's link: the responder
	Address string
}

// Token is what a system, or a person's program, shows instead of a password.
type Token struct {
	ID       string
	Source   string // of readings; empty: a person's
	User     string // whose it is; empty: a source's
	Areas    []string
	Measures []string
	Hash     string
	MadeAt   int64 // Unix ms, as all below
	EndsAt   int64 // 0: when revoked
	UsedAt   int64 // 0: never
	CodeAt   int64
}

// Stop is a cockpit in a wall's playlist.
type Stop struct {
	Cockpit string `json:"cockpit"`
	Seconds int    `json:"seconds"`
}

// Screen 大屏 is a paired wall.
type Screen struct {
	ID        string
	Name      string
	Area      string // what it may show
	Cockpit   string // what it shows; empty: the playlist
	Playlist  []Stop
	WidthM    float64 // metres
	DistanceM float64 // metres to who looks
	Turn      int     // how often its token was made; 0: not claimed yet
	BeforeEnd int64   // Unix ms until which the token before that holds
	By        string  // who paired it
	MadeAt    int64   // Unix ms, as all below
	ClaimedAt int64
	SeenAt    int64
	EndsAt    int64
}

// Pairing is a wall that waits to be told which one it is.
type Pairing struct {
	Code   string // what it shows
	Poll   string // hash of what it asks with
	EndsAt int64  // Unix ms
	Tries  int    // wrong codes that were tried meanwhile
	Screen string // the screen that it became; empty: not yet
}

// Attempts counts what failed for one name from one address.
type Attempts struct {
	Key    string // tells neither
	Failed int
	Since  int64 // Unix ms of the first failure
	Until  int64 // Unix ms until which it is locked; 0: it is not
}

// Locked tells whether nobody may try at a time (Unix ms).
func (a Attempts) Locked(now int64) bool { return now < a.Until }

// Knock is what somebody shows who wants to sign in.
type Knock struct {
	Name     string
	Password string
	Code     string // of one time; empty: none
	New      string // the password from now on; empty: it stays
	Address  string
}

// Info is what somebody is told of his own session.
type Info struct {
	Actor  access.Actor
	EndsAt int64 // Unix ms; 0: when revoked
	Waits  bool  // some of his roles wait for a one-time code
}

// Known is an account that everybody knows, of a demo.
type Known struct {
	Name     string
	Password string
	Role     access.Role
}

// Person is somebody to be added.
type Person struct {
	Name      string
	Password  string
	Grants    []access.Grant
	Responder string
	Subject   string // who he is to the sign-in elsewhere; empty: nobody
}
