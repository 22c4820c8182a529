package simulate

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2"
)

// day is what the files of a day say together.
type day struct {
	District string           `toml:"district"` // whose day it is
	Curve    map[string]curve `toml:"curve"`
	Report   []*report        `toml:"report"`
	Incident []*incident      `toml:"incident"`
}

// curve is how much of a day falls on each hour; the hours between are drawn
// straight. Off holds on days off; none: as on working days.
type curve struct {
	Hours []float64 `toml:"hours"`
	Off   []float64 `toml:"off"`
}

// report is what one kind of source sends together, each time it sends: at
// every place that it reports from.
type report struct {
	ID      string             `toml:"id"`
	Kind    string             `toml:"kind"` // event: things that happen one by one; amount: what runs on; stock: what there is
	At      string             `toml:"at"`   // a kind of area, or an area's id
	List    string             `toml:"list"` // instead of At: the points of this list
	Every   duration           `toml:"every"`
	Curve   string             `toml:"curve"`
	Day     float64            `toml:"day"`    // event, amount: on a working day in all places together
	Off     float64            `toml:"off"`    // the same on days off, as a part of Day; 0: 1
	Even    bool               `toml:"even"`   // all places alike; otherwise by residents, or at points by chance
	Bias    map[string]float64 `toml:"bias"`   // area to how many times as much
	Wobble  float64            `toml:"wobble"` // stock: how far the first measures wander, as a part
	Measure []*line            `toml:"measure"`
	parts   []float64          // of the day on each half hour; of working days, then of days off
	heights []float64          // of the curve, likewise
}

// line is one measure of a report.
type line struct {
	ID      string             `toml:"id"`
	Of      string             `toml:"of"`       // another measure of the report; none: of what happens
	Share   float64            `toml:"share"`    // how much of it: a part of the events, a factor; 0: 1
	ShareIn map[string]float64 `toml:"share_in"` // area to share
	Spread  float64            `toml:"spread"`   // how far places differ in the share (standard deviation)
	Wobble  float64            `toml:"wobble"`   // how far the share wanders within hours
	Mean    float64            `toml:"mean"`     // event: what one counts, about; 0: exactly 1
	Curve   string             `toml:"curve"`    // a factor by the hour on top of Share
	Total   float64            `toml:"total"`    // stock without Of: in all places together
	Each    float64            `toml:"each"`     // stock without Of: at each place
	Hold    duration           `toml:"hold"`     // stock: how long a whole number stays what it is
	Members int                `toml:"members"`  // distinct: how many there are to draw from
	Digits  int                `toml:"digits"`   // behind the point
	of      int                // place of Of in the report; -1: none
	heights []float64          // of Curve
	kind    string             // what the catalogue says that it is
	source  string             // likewise
}

// incident is something that befalls the district and shows in several measures.
type incident struct {
	ID       string    `toml:"id"`
	Days     string    `toml:"days"`   // work, off; none: all
	OneIn    int       `toml:"one_in"` // on one day in so many; 0: every day
	At       []string  `toml:"at"`     // clock times
	Jitter   duration  `toml:"jitter"` // how much later at most
	Area     string    `toml:"area"`   // an area's id
	Any      string    `toml:"any"`    // instead of Area: any area of this kind
	Effect   []*effect `toml:"effect"`
	starts   []int64   // At as ms since midnight
	where    int       // Area in the tree
	anywhere []int     // all of Any
}

// effect is one thing that an incident does.
type effect struct {
	Measure []string `toml:"measure"`
	After   duration `toml:"after"` // the incident's start
	Lasts   duration `toml:"lasts"`
	Ramp    duration `toml:"ramp"`   // how long it takes to rise, and to fall
	Times   float64  `toml:"times"`  // a factor; 0: none
	Add     float64  `toml:"add"`    // event: so many more at one place; stock: so much more at every place
	One     bool     `toml:"one"`    // at one place of each report, not at all
	Silent  bool     `toml:"silent"` // the reports of these measures don't come
	targets []target
}

// duration is a duration as a person writes it.
type duration int64

// UnmarshalText reads 90s, 10m or 24h.
func (d *duration) UnmarshalText(text []byte) error {
	v, err := time.ParseDuration(string(text))
	if err != nil || v < 0 {
		return fmt.Errorf("%q is no duration", text)
	}
	*d = duration(v.Milliseconds())
	return nil
}

// read reads the files of a day, each strictly.
func read(files fs.FS) (*day, error) {
	whole := &day{Curve: map[string]curve{}}
	var faults []error
	err := fs.WalkDir(files, ".", func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(file, ".toml") {
			return err
		}
		data, err := fs.ReadFile(files, file)
		if err != nil {
			return err
		}
		var part day
		if err := toml.NewDecoder(bytes.NewReader(data)).DisallowUnknownFields().Decode(&part); err != nil {
			faults = append(faults, fmt.Errorf("%s: %w", file, explain(err)))
		}
		if part.District != "" {
			whole.District = part.District
		}
		for id, c := range part.Curve {
			whole.Curve[id] = c
		}
		whole.Report = append(whole.Report, part.Report...)
		whole.Incident = append(whole.Incident, part.Incident...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read the day: %w", err)
	}
	return whole, errors.Join(faults...)
}

// explain says where a file is wrong.
func explain(err error) error {
	if strict, ok := errors.AsType[*toml.StrictMissingError](err); ok {
		return errors.New(strict.String())
	}
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		row, _ := at.Position()
		return fmt.Errorf("line %d: %w", row, err)
	}
	return err
}
