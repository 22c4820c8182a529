// Package crew plays the people who answer a command: it launches a rehearsal over
// HTTP and has each responder open his link, come, knock and report, believably.
//
// Everything goes through the doors that people use; the server can't tell a
// crew from people. Speed scales what the crew does, never the server's clock:
// a deputy is called after the plan's seconds, however fast the crew walks.
package crew

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// Config says which command is rehearsed, and how.
type Config struct {
	URL      string  // of the server
	Token    string  // a commander's; or
	Name     string  // his name, and
	Password string  // his password
	Code     string  // his one-time code, where the server asks for one
	Command  string  // one that runs already; empty: launch one
	Plan     string  // of the launch
	Zone     string  // a prepared zone of the plan; empty: its first
	Estate   string  // instead of a zone: all buildings of an estate
	Exercise bool    // a drill; false calls real people
	Speed    float64 // how many times faster than people
	Seed     uint64
	StandUp  bool // stand the command down when all are out
	Client   *http.Client
}

// Result is how a rehearsal ended. Times are of the server's clock.
type Result struct {
	Command    string
	Total, Out int
	Signed     int
	Units      int
	AllOut     time.Duration // T6 − T0; 0: not all
	Reports    int
}

// crew is one rehearsal.
type crew struct {
	cfg     Config
	boss    client
	out     io.Writer
	id      string
	mu      sync.Mutex
	people  map[string]bool // guarded by mu: whose links were opened
	reports int             // guarded by mu
	stuck   map[string]int  // owned by Run: how often a silent task was seen with open doors
}

// errEnded is why a rehearsal stops by itself.
var errEnded = errors.New("the command is over")

// Run rehearses until all are out and all units are signed, the command is over,
// or ctx ends. What happens is written to out, a line whenever it changes.
func Run(ctx context.Context, cfg Config, out io.Writer) (Result, error) {
	if cfg.Client == nil {
		cfg.Client = &http.Client{Timeout: 20 * time.Second}
	}
	c := &crew{cfg: cfg, out: out, people: map[string]bool{}, stuck: map[string]int{}, boss: client{base: strings.TrimSuffix(cfg.URL, "/") + "/api/v1", http: cfg.Client}}
	if err := c.enter(ctx); err != nil {
		return Result{}, err
	}
	if c.id = cfg.Command; c.id == "" {
		if err := c.launch(ctx); err != nil {
			return Result{}, err
		}
	}
	ctx, stop := context.WithCancel(ctx)
	var people sync.WaitGroup
	r, err := c.lead(ctx, &people)
	stop()
	people.Wait()
	c.mu.Lock()
	defer c.mu.Unlock()
	r.Reports = c.reports
	return r, err
}

// enter signs the commander in.
func (c *crew) enter(ctx context.Context) error {
	if c.cfg.Token != "" {
		c.boss.header = http.Header{"Authorization": {"Bearer " + c.cfg.Token}}
		if c.cfg.Code == "" {
			return nil
		}
		return c.boss.post(ctx, "/session/step-up", map[string]any{"code": c.cfg.Code}, nil)
	}
	body := map[string]any{"name": c.cfg.Name, "password": c.cfg.Password}
	if c.cfg.Code != "" {
		body["code"] = c.cfg.Code
	}
	if err := c.boss.post(ctx, "/session", body, nil); err != nil {
		return fmt.Errorf("sign in as %s: %w", c.cfg.Name, err)
	}
	return nil
}

// launch previews and presses.
func (c *crew) launch(ctx context.Context) error {
	zone, err := c.zone(ctx)
	if err != nil {
		return err
	}
	body := map[string]any{"plan": c.cfg.Plan, "zone": zone, "exercise": c.cfg.Exercise}
	var seen struct {
		Households, Responders int
		Revision               string
	}
	if err := c.boss.post(ctx, "/commands/preview", body, &seen); err != nil {
		return fmt.Errorf("preview: %w", err)
	}
	var made struct{ ID string }
	key := fmt.Sprintf("rehearsal-%d", time.Now().UnixNano())
	if err := c.boss.post(ctx, "/commands", body, &made, "Idempotency-Key", key, "If-Match", `"`+seen.Revision+`"`); err != nil {
		return fmt.Errorf("launch: %w", err)
	}
	c.id = made.ID
	c.say("launched %s: %d households, %d responders on duty", made.ID, seen.Households, seen.Responders)
	return nil
}

// zone is what is rehearsed, as the server wants it.
func (c *crew) zone(ctx context.Context) (map[string]any, error) {
	if c.cfg.Estate != "" {
		var homes []struct{ Estate, Building string }
		if err := c.boss.get(ctx, "/households", &homes); err != nil {
			return nil, err
		}
		var buildings []string
		for _, h := range homes {
			if key := h.Estate + "/" + h.Building; h.Estate == c.cfg.Estate && !slices.Contains(buildings, key) {
				buildings = append(buildings, key)
			}
		}
		if len(buildings) == 0 {
			return nil, fmt.Errorf("no household lives in an estate called %q", c.cfg.Estate)
		}
		return map[string]any{"buildings": buildings}, nil
	}
	var plan struct {
		Zones []struct {
			ID      string
			Areas   []string
			Polygon [][2]float64
		}
	}
	if err := c.boss.get(ctx, "/plans/"+url.PathEscape(c.cfg.Plan), &plan); err != nil {
		return nil, fmt.Errorf("plan %s: %w", c.cfg.Plan, err)
	}
	for _, z := range plan.Zones {
		switch {
		case c.cfg.Zone != "" && z.ID != c.cfg.Zone:
		case len(z.Polygon) > 0:
			return map[string]any{"polygon": z.Polygon}, nil
		default:
			return map[string]any{"areas": z.Areas}, nil
		}
	}
	return nil, fmt.Errorf("plan %s has no prepared zone %q: name an estate", c.cfg.Plan, c.cfg.Zone)
}

func (c *crew) say(format string, args ...any) {
	_, _ = fmt.Fprintf(c.out, format+"\n", args...)
}

// real is how long something takes that takes people so long.
func (c *crew) real(d time.Duration) time.Duration { return time.Duration(float64(d) / c.cfg.Speed) }

// pause waits as long as people would; false: ctx ended.
func (c *crew) pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(c.real(d))
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
