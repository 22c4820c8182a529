package indicator

// Catalogue holds a district's measures and indicators, each at a small index.
// It never changes after New.
type Catalogue struct {
	Measures   []Measure
	Indicators []Indicator
	measures   map[string]Index
	indicators map[string]Place
}

// NewCatalogue indexes checked definitions: ids are unique, every indicator's
// measures exist. It fills the Parts of each indicator and of its versions,
// and puts the versions in order.
func NewCatalogue(measures []Measure, indicators []Indicator) *Catalogue {
	c := &Catalogue{
		Measures:   measures,
		Indicators: indicators,
		measures:   make(map[string]Index, len(measures)),
		indicators: make(map[string]Place, len(indicators)),
	}
	for i := range measures {
		c.measures[measures[i].ID] = Index(i)
	}
	for i := range indicators {
		d := &indicators[i]
		d.sortVersions()
		for _, x := range d.Calibers() {
			x.Parts = nil
			for _, id := range x.MeasureIDs() {
				x.Parts = append(x.Parts, c.measures[id])
			}
		}
		c.indicators[d.ID] = Place(i)
	}
	return c
}

// MeasureIDs lists the measures that the indicator is made of, each place of
// use in order; a formula names each once.
func (d *Indicator) MeasureIDs() []string {
	switch {
	case d.Measure != "":
		return []string{d.Measure}
	case d.Numerator != "":
		return []string{d.Numerator, d.Denominator}
	case d.Expr != nil:
		return d.Expr.Names()
	}
	return nil
}

// Measure finds a measure by its id.
func (c *Catalogue) Measure(id string) (Index, bool) {
	i, ok := c.measures[id]
	return i, ok
}

// Indicator finds an indicator by its id.
func (c *Catalogue) Indicator(id string) (Place, bool) {
	i, ok := c.indicators[id]
	return i, ok
}

// SensitivityOf is an indicator's own, or the highest of its measures; of one
// with versions that of the most sensitive of them.
func (c *Catalogue) SensitivityOf(p Place) Sensitivity {
	highest := Public
	raise := func(s Sensitivity) {
		if s.Rank() > highest.Rank() {
			highest = s
		}
	}
	for _, d := range c.Indicators[p].Calibers() {
		if d.Sensitivity != "" {
			raise(d.Sensitivity)
			continue
		}
		for _, m := range d.Parts {
			raise(c.Measures[m].Sensitivity)
		}
	}
	return highest
}
