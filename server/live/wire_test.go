package live_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"citydeck/cockpits/tile"
	"citydeck/server/live"
)

var update = flag.Bool("update", false, "record fixtures/wire anew")

const recorded = "../../fixtures/wire"

// line is one of a recorded conversation: a frame, or at its end the board that
// a screen must have made of all of them.
type line struct {
	Frame json.RawMessage `json:"frame,omitempty"`
	Board *wireBoard      `json:"board,omitempty"`
}

// wireBoard is a cockpit as its last snapshot would have it.
type wireBoard struct {
	Cockpit string            `json:"cockpit"`
	Epoch   string            `json:"epoch"`
	Seq     float64           `json:"seq"`
	Layout  string            `json:"layout"`
	Tiles   []json.RawMessage `json:"tiles"`
}

// recorder has a conversation about the cockpit a and keeps its frames.
type recorder struct {
	t     *testing.T
	house *house
	conn  *screen
	clock atomic.Int64
	lines []line
	state picture
	epoch string // the real one, other at each run
	tree  string // that of the tree
}

// newRecorder opens a hub whose cockpit a shows first.
func newRecorder(t *testing.T, first ...tile.Tile) *recorder {
	r := &recorder{t: t}
	r.clock.Store(1_756_339_200_000)
	r.house = open(t, func(c *live.Config) {
		c.Now = func() time.Time { return time.UnixMilli(r.clock.Load()) }
		c.Demo = true
	})
	r.house.Publish("a", r.clock.Load(), first)
	r.house.Publish("*", r.clock.Load(), []tile.Tile{stat("a", 0)})
	r.house.Ready()
	r.house.Flush()
	r.connect()
	r.say(`{"op":"subscribe","cockpit":"a"}`)
	return r
}

func (r *recorder) connect() {
	r.t.Helper()
	s, _, err := r.house.dial(r.t, nil, "cockpit.v1")
	if err != nil {
		r.t.Fatal(err)
	}
	r.conn = s
	r.hear()
}

// hear keeps the next frame.
func (r *recorder) hear() {
	r.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	_, frame, err := r.conn.conn.Read(ctx)
	if err != nil {
		r.t.Fatal(err)
	}
	many, err := messages(frame)
	if err != nil {
		r.t.Fatal(err)
	}
	for _, m := range many {
		if m["cockpit"] == "a" {
			if err := r.state.take(m); err != nil {
				r.t.Fatal(err)
			}
		} else if m["cockpit"] == "*" {
			r.tree = m["epoch"].(string)
		}
	}
	if r.epoch == "" && r.state.Epoch != "" {
		r.epoch = r.state.Epoch
	}
	r.lines = append(r.lines, line{Frame: r.plain(frame)})
}

// plain gives the epochs names that are the same at each run.
func (r *recorder) plain(frame []byte) []byte {
	if r.epoch != "" {
		frame = bytes.ReplaceAll(frame, []byte(r.epoch), []byte("e1"))
	}
	if r.tree != "" {
		frame = bytes.ReplaceAll(frame, []byte(r.tree), []byte("e2"))
	}
	return frame
}

// say sends an op that is answered by one frame.
func (r *recorder) say(text string) {
	r.t.Helper()
	r.conn.say("%s", text)
	r.hear()
}

// show publishes tiles a second later and hears what comes of it.
func (r *recorder) show(tiles ...tile.Tile) {
	r.t.Helper()
	r.clock.Add(1000)
	r.house.Publish("a", r.clock.Load(), tiles)
	r.house.Flush()
	r.hear()
}

// text is the conversation as its file has it.
func (r *recorder) text() []byte {
	r.t.Helper()
	tiles, _ := r.house.Tiles("a")
	b := &wireBoard{Cockpit: "a", Epoch: "e1", Seq: r.state.Seq, Layout: r.state.Layout}
	for i := range tiles {
		b.Tiles = append(b.Tiles, tiles[i].AppendJSON(nil))
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	for _, l := range append(r.lines, line{Board: b}) {
		if err := enc.Encode(l); err != nil {
			r.t.Fatal(err)
		}
	}
	return out.Bytes()
}

// The recorded conversations are what the hub says today, word for word.
func TestConversationsAreAsRecorded(t *testing.T) {
	t.Parallel()
	for _, name := range slices.Sorted(maps.Keys(conversations)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := conversations[name](t).text()
			path := filepath.Join(recorded, name+".jsonl")
			if *update {
				if err := os.MkdirAll(recorded, 0o755); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("%s differs from the recording (record anew with -update):\n got %s\nwant %s", path, got, want)
			}
		})
	}
}

// Every recorded frame is as the description has it, and makes the board at the end.
func TestRecordingsMakeTheirBoards(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join(recorded, "*.jsonl"))
	if err != nil || len(files) < len(conversations) {
		t.Fatalf("%d recordings (%v), want %d", len(files), err, len(conversations))
	}
	frames := schema(t, "Frame")
	for _, path := range files {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".jsonl"), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			var p picture
			ended := false
			for i, row := range bytes.Split(bytes.TrimSpace(text), []byte("\n")) {
				var l line
				if err := json.Unmarshal(row, &l); err != nil {
					t.Fatalf("line %d: %v", i+1, err)
				}
				if l.Board != nil {
					compare(t, &p, l.Board)
					ended = true
					continue
				}
				v, err := jsonschema.UnmarshalJSON(bytes.NewReader(l.Frame))
				if err != nil {
					t.Fatalf("line %d: %v", i+1, err)
				}
				if err := frames.Validate(v); err != nil {
					t.Errorf("line %d is not as described: %v", i+1, err)
				}
				many, err := messages(l.Frame)
				if err != nil {
					t.Fatalf("line %d: %v", i+1, err)
				}
				for _, m := range many {
					if m["cockpit"] != "a" {
						continue
					}
					if err := p.take(m); err != nil {
						t.Errorf("line %d: %v", i+1, err)
					}
				}
			}
			if !ended {
				t.Error("the recording ends without a board")
			}
		})
	}
}

func compare(t *testing.T, p *picture, b *wireBoard) {
	t.Helper()
	want := picture{Epoch: b.Epoch, Seq: b.Seq, Layout: b.Layout, Tiles: map[string]object{}}
	for _, text := range b.Tiles {
		var v object
		if err := json.Unmarshal(text, &v); err != nil {
			t.Fatal(err)
		}
		want.Tiles[v["id"].(string)] = v
	}
	if got := dump(p); got != dump(&want) {
		t.Errorf("the frames make\n%s\nwant\n%s", got, dump(&want))
	}
}
