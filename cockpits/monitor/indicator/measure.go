// Package indicator is measures and indicators: caliber, kind, window,
// thresholds, and the value of a ratio or formula from summaries.
//
// A measure 计量 is a bare number that is reported, with a rule how it adds up;
// an indicator 指标 is what is shown. They are apart so that a ratio is never
// averaged: its numerator and denominator are rolled up, then divided.
package indicator

import "time"

// Kind says how readings of a measure combine.
type Kind string

// The kinds of contracts §2.
const (
	Flow        Kind = "flow"        // increments add up over time and areas
	Stock       Kind = "stock"       // the newest of each point; combined over points
	Observation Kind = "observation" // all observations, combined
	Distinct    Kind = "distinct"    // the number of different members
)

// Combine says how a stock combines over points, or an observation over all that was observed.
type Combine string

// The ways to combine.
const (
	Sum      Combine = "sum"
	Mean     Combine = "mean"
	Min      Combine = "min"
	Max      Combine = "max"
	Quantile Combine = "quantile"
)

// Sensitivity says who may see a number; server/auth and cockpits/access act on it.
type Sensitivity string

// The sensitivities, from the least to the most.
const (
	Public            Sensitivity = "public"
	Internal          Sensitivity = "internal"
	Personal          Sensitivity = "personal"
	SensitivePersonal Sensitivity = "sensitive_personal"
)

// Rank orders sensitivities: a figure is as sensitive as the most sensitive of its measures.
func (s Sensitivity) Rank() int {
	switch s {
	case Public:
		return 0
	case Personal:
		return 2
	case SensitivePersonal:
		return 3
	}
	return 1
}

// Index is a measure's place in the catalogue.
type Index int32

// Measure is what is reported.
type Measure struct {
	ID          string
	Name        string
	NameEn      string
	Unit        string
	Kind        Kind
	Combine     Combine
	Q           float64       // quantile only, 0 < Q < 1
	FreshFor    time.Duration // how long a reading proves its point alive; 0: no coverage, never stale
	Expected    string        // list of points that should report; empty: those heard
	Moves       bool          // stock: a point counts once in the whole district, where it reported last
	Sources     []string
	Sensitivity Sensitivity
	Caliber     string
	Basis       string // legal basis
}

// Covered tells whether the measure has a coverage: how many of its points are fresh.
func (m *Measure) Covered() bool { return m.FreshFor > 0 }

// AllPersonal tells whether points of the measure may never be named.
func (m *Measure) AllPersonal() bool { return m.Sensitivity.Rank() >= Personal.Rank() }
