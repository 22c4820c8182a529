package history

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"citydeck/cockpits/monitor/reading"
	"citydeck/cockpits/monitor/rollup"
)

// Checkpoints are the files that a crash is survived by. The newest three are
// kept: when one is damaged, the next older and the streams from there on give
// the same state.
type Checkpoints struct {
	dir  string
	disk Disk
	log  *slog.Logger
	mu   sync.Mutex
	next uint64 // guarded by mu: number of the next file
	kept []kept // guarded by mu: the oldest first
}

// kept is a checkpoint on disk, and how far the streams were read for it; nil
// when only the file itself could tell.
type kept struct {
	number uint64
	marks  []reading.Mark
}

const (
	most   = 3
	prefix = "checkpoint-"
)

// ErrNoneGood says that there are checkpoints, and none that can be used.
var ErrNoneGood = errors.New("no checkpoint can be used")

// OpenCheckpoints looks into a folder, which must exist.
func OpenCheckpoints(dir string, disk Disk, log *slog.Logger) (*Checkpoints, error) {
	c := &Checkpoints{dir: dir, disk: disk, log: log}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("look for checkpoints: %w", err)
	}
	for _, e := range entries {
		text, ours := strings.CutPrefix(e.Name(), prefix)
		stem, ending, _ := strings.Cut(text, ".")
		n, err := strconv.ParseUint(stem, 10, 64)
		if !ours || err != nil {
			continue
		}
		c.next = max(c.next, n+1) // also of those put aside
		switch ending {
		case "":
			c.kept = append(c.kept, kept{number: n})
		case "part": // of a program that ended while it wrote
			if err := disk.Remove(filepath.Join(dir, e.Name())); err != nil {
				return nil, fmt.Errorf("remove a half-written checkpoint: %w", err)
			}
		}
	}
	slices.SortFunc(c.kept, func(a, b kept) int { return strings.Compare(c.path(a.number), c.path(b.number)) })
	return c, nil
}

func (c *Checkpoints) path(n uint64) string {
	return filepath.Join(c.dir, fmt.Sprintf("%s%020d", prefix, n))
}

// Save puts a checkpoint on disk. When it returns without an error, the
// checkpoint is there whatever happens; with one, the older ones are.
func (c *Checkpoints) Save(cp *rollup.Checkpoint) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	parts := cp.Parts()
	parts = append([][]byte{frame(parts)}, parts...)
	n := c.next
	if err := c.write(c.path(n), parts); err != nil {
		return fmt.Errorf("write checkpoint %d: %w", n, err)
	}
	c.next++
	c.kept = append(c.kept, kept{n, cp.Marks})
	for len(c.kept) > most {
		if err := c.disk.Remove(c.path(c.kept[0].number)); err != nil {
			c.log.Warn("an old checkpoint can't be removed", "number", c.kept[0].number, "error", err)
		}
		c.kept = c.kept[1:]
	}
	return nil
}

func (c *Checkpoints) write(path string, parts [][]byte) error {
	part := path + ".part"
	if err := fill(c.disk, part, parts); err != nil {
		return errors.Join(err, c.disk.Remove(part))
	}
	if err := c.disk.Rename(part, path); err != nil {
		return errors.Join(err, c.disk.Remove(part))
	}
	if err := c.disk.SyncDir(c.dir); err != nil {
		return errors.Join(err, c.disk.Remove(path)) // its name may not last
	}
	return nil
}

func fill(disk Disk, path string, parts [][]byte) error {
	f, err := disk.Create(path)
	if err != nil {
		return err
	}
	for _, p := range parts {
		if _, err = f.Write(p); err != nil {
			break
		}
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// Load gives the newest checkpoint that can be used to use, which may refuse it
// too; then the next older one is tried. Those that can't be used are put aside
// under another name. found is false when there is none at all. It fails with
// ErrNoneGood when there are some and none is good, unless rebuild says that
// the streams may be read from their beginning instead.
func (c *Checkpoints) Load(rebuild bool, use func(*rollup.Checkpoint) error) (found bool, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) == 0 {
		return false, nil
	}
	var reasons []error
	bad := 0
	for i := len(c.kept) - 1; i >= 0; i-- {
		cp, err := c.read(c.kept[i].number)
		if err == nil {
			err = use(cp)
		}
		if err == nil {
			c.kept[i].marks = cp.Marks
			if bad > 0 {
				c.aside(i + 1)
			}
			return true, nil
		}
		if errors.Is(err, ErrNewer) {
			return false, fmt.Errorf("checkpoint %s: %w", c.path(c.kept[i].number), err)
		}
		c.log.Error("a checkpoint can't be used", "file", c.path(c.kept[i].number), "reason", err)
		reasons = append(reasons, fmt.Errorf("%s: %w", filepath.Base(c.path(c.kept[i].number)), err))
		bad++
	}
	if !rebuild {
		return false, errors.Join(append([]error{ErrNoneGood}, reasons...)...)
	}
	c.aside(0)
	return false, nil
}

// aside renames the files from a place on: they are no checkpoints any more,
// but whoever wants to know what happened still has them.
func (c *Checkpoints) aside(from int) {
	for _, k := range c.kept[from:] {
		if err := c.disk.Rename(c.path(k.number), c.path(k.number)+".bad"); err != nil {
			c.log.Warn("a damaged checkpoint can't be put aside", "number", k.number, "error", err)
		}
	}
	c.kept = c.kept[:from]
}

func (c *Checkpoints) read(n uint64) (*rollup.Checkpoint, error) {
	b, err := os.ReadFile(c.path(n))
	if err != nil {
		return nil, err
	}
	form, payload, err := unframe(b)
	if err != nil {
		return nil, err
	}
	if form < version {
		if err := fill(c.disk, c.path(n)+fmt.Sprintf(".v%d", form), [][]byte{b}); err != nil {
			return nil, fmt.Errorf("copy a checkpoint of version %d before migrating it: %w", form, err)
		}
	}
	cp, err := rollup.ReadCheckpoint(payload)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrBroken, err)
	}
	return &cp, nil
}

// Behind is how far each stream may be trimmed: up to where the oldest kept
// checkpoint has read it. Nothing is said while a checkpoint is kept of which
// that is not known.
func (c *Checkpoints) Behind() []reading.Mark {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.kept) == 0 {
		return nil
	}
	return c.kept[0].marks
}

// Files lists the checkpoints on disk, the oldest first.
func (c *Checkpoints) Files() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var list []string
	for _, k := range c.kept {
		list = append(list, c.path(k.number))
	}
	return list
}
