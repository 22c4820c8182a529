package simulate

import (
	"errors"
	"fmt"

	"citydeck/cockpits/district"
)

// build turns a report into its units.
func (g *Generator) build(d *district.District, day *day, r *report) error {
	if err := g.check(d, day, r); err != nil {
		return err
	}
	spots, err := g.ground.spots(r)
	if err != nil {
		return err
	}
	for _, s := range spots {
		area := g.ground.ids[s.area]
		u := &unit{report: r, area: s.area, weight: s.size, stream: g.spread(area)}
		u.key = mix(mix(mix(g.seed, name(r.ID)), name(area)), name(s.point))
		u.carry = make([]float64, len(r.Measure))
		for i, l := range r.Measure {
			share := g.ground.nearest(l.ShareIn, s.area, l.Share)
			if l.Spread > 0 {
				share += l.Spread * clamp(bell(mix(u.key, uint64(i)+70)), -2, 2)
				if l.Share <= 1 {
					share = clamp(share, 0, 1)
				}
			}
			u.shares = append(u.shares, share)
			u.heads = append(u.heads, newHead(r, l, area, s.point))
		}
		g.units = append(g.units, u)
		g.byReport[r] = append(g.byReport[r], u)
	}
	return nil
}

// check holds a report against the district and looks up what it names.
func (g *Generator) check(d *district.District, day *day, r *report) error {
	if r.Kind != event && r.Kind != amount && r.Kind != stock {
		return fmt.Errorf("kind = %q is neither event, amount nor stock", r.Kind)
	}
	if r.Every <= 0 || r.Kind != stock && r.Day <= 0 || len(r.Measure) == 0 || len(r.Measure) > 64 {
		return errors.New("needs every, day (unless of stocks), and 1 to 64 measures")
	}
	var err error
	if r.heights, err = day.curve(r.Curve); err != nil {
		return err
	}
	if r.Kind != stock {
		if r.heights == nil {
			return errors.New("needs a curve")
		}
		r.parts = parts(r.heights)
	}
	for i, l := range r.Measure {
		if err := g.line(d, r, i); err != nil {
			return fmt.Errorf("measure %s: %w", l.ID, err)
		}
		if l.heights, err = day.curve(l.Curve); err != nil {
			return fmt.Errorf("measure %s: %w", l.ID, err)
		}
	}
	return nil
}

func (g *Generator) line(d *district.District, r *report, i int) error {
	l := r.Measure[i]
	at, known := d.Catalogue.Measure(l.ID)
	if !known {
		return errors.New("is not in the catalogue")
	}
	if _, twice := g.measures[l.ID]; twice {
		return errors.New("is in another report already")
	}
	m := &d.Catalogue.Measures[at]
	l.kind = string(m.Kind)
	if len(m.Sources) > 0 {
		l.source = m.Sources[0]
	}
	if (l.kind == stock) != (r.Kind == stock) {
		return fmt.Errorf("is a %s, and the report one of %s", l.kind, r.Kind)
	}
	if l.kind == distinct && l.Members <= 0 {
		return errors.New("needs members to draw from")
	}
	if m.Expected != "" && m.Expected != r.List {
		return fmt.Errorf("is expected from the list %s, not from %s%s", m.Expected, r.List, r.At)
	}
	l.of = -1
	for j, other := range r.Measure[:i] {
		if other.ID == l.Of {
			l.of = j
		}
	}
	if l.Of != "" && l.of < 0 {
		return fmt.Errorf("is of %q, which doesn't stand before it", l.Of)
	}
	if l.Share == 0 {
		l.Share = 1
	}
	g.measures[l.ID] = place{r, i}
	for k := range d.Catalogue.Indicators {
		in := &d.Catalogue.Indicators[k]
		span := in.Window.String()
		for _, part := range in.Parts {
			if part == at && (span == "year" || span == "total") {
				g.yearly[r] = true
			}
		}
	}
	return nil
}

func (d *day) curve(id string) ([]float64, error) {
	if id == "" {
		return nil, nil
	}
	c, known := d.Curve[id]
	if !known {
		return nil, fmt.Errorf("curve %q is unknown", id)
	}
	heights, err := c.heights()
	if err != nil {
		return nil, fmt.Errorf("curve %q %w", id, err)
	}
	return heights, nil
}
