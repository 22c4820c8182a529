package live

import (
	"net/http"
	"time"
)

// Cockpit is what the hub knows of a cockpit: its id, and its definition's hash.
type Cockpit struct {
	ID     string
	Layout string
}

// Config is what the hub must know beforehand.
type Config struct {
	Cockpits  []Cockpit // with the tree itself, "*"
	Build     string    // hash of the embedded screens
	Demo      bool
	Anonymous string   // "viewer" or "none": what who has no credentials may do
	Origins   []string // foreign origins whose pages may connect, "https://host[:port]"

	Tick         time.Duration // how often frames go out; default 100 ms
	MaxTick      time.Duration // how far that stretches under load; default 1 s
	WriteTimeout time.Duration // after which a frame that can't be written closes its screen; default 5 s
	SendBuffer   int           // bytes that the kernel may hold for a screen; default 16 KiB

	Screens       int // connections in all; default 12,000
	PerAddress    int // connections of one address that nobody signed in on, loopback free; default 500
	PerViewer     int // connections of one session or paired screen; default 64
	Handshakes    int // a second, in all, once three times Screens came at once; default 1,000
	Knocks        int // handshakes a minute of an address (loopback free), session or paired screen; default 600
	Subscriptions int // of one connection; default 64

	// Admit says who asks; false: nobody who may look. Nil: by Anonymous. The
	// request has a cookie only where a browser vouches for the page.
	Admit func(*http.Request) (Viewer, bool)
	// Recheck is how often each viewer is asked whether he is still let in; default 1 min.
	Recheck time.Duration
	Now     func() time.Time
}

// Viewer is who looks at a screen.
type Viewer struct {
	ID     string                    // of his session or paired screen; empty: nobody in particular
	Paired bool                      // a screen of the fleet, that takes Show and Reload and says what it shows
	Sees   func(cockpit string) bool // nil: everything
	Still  func() bool               // whether he is still let in; nil: for as long as he stays
	// Turned is where a paired screen was to turn while it was away, and until
	// when (Unix ms); an empty cockpit: nowhere. Nil: nobody turns it.
	Turned func() (cockpit string, until int64)
}

func (v *Viewer) sees(cockpit string) bool { return v.Sees == nil || v.Sees(cockpit) }

func (c *Config) fill() {
	or := func(v *int, otherwise int) {
		if *v <= 0 {
			*v = otherwise
		}
	}
	lasting := func(v *time.Duration, otherwise time.Duration) {
		if *v <= 0 {
			*v = otherwise
		}
	}
	lasting(&c.Tick, 100*time.Millisecond)
	lasting(&c.MaxTick, time.Second)
	lasting(&c.WriteTimeout, 5*time.Second)
	lasting(&c.Recheck, time.Minute)
	or(&c.SendBuffer, 16<<10)
	or(&c.Screens, 12_000)
	or(&c.PerAddress, 500)
	or(&c.PerViewer, 64)
	or(&c.Handshakes, 1000)
	or(&c.Knocks, 600)
	or(&c.Subscriptions, 64)
	if c.Now == nil {
		c.Now = time.Now
	}
	if c.Admit == nil {
		c.Admit = anonymous(c.Anonymous)
	}
}

// anonymous lets everybody look, or nobody. Without sign-in credentials can
// only be wrong ones.
func anonymous(may string) func(*http.Request) (Viewer, bool) {
	return func(r *http.Request) (Viewer, bool) {
		return Viewer{}, may == "viewer" && r.Header.Get("Authorization") == ""
	}
}

// files is how many open files the rest of the program needs: databases,
// checkpoints, Redis, plain requests.
const files = 512
