package indicator_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"citydeck/cockpits/monitor/indicator"
)

func TestAFormulaIsComputed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		a, b float64
		want float64 // NaN: no value
	}{
		"one measure":                          {"a", 3, 0, 3},
		"the contract's own":                   {"a / b * 100 - 100", 150, 100, 50},
		"products before sums":                 {"a + b * 2", 1, 3, 7},
		"from left to right":                   {"a - b - 1", 9, 3, 5},
		"quotients from left to right":         {"a / b / 2", 12, 3, 2},
		"brackets first":                       {"(a + b) * 2", 1, 3, 8},
		"a sign":                               {"-a + b", 1, 3, 2},
		"a sign of a sign, and of a bracket":   {"--a * -(b)", 2, 3, -6},
		"decimals":                             {"a * 0.5 + .25", 1, 0, 0.75},
		"no blanks, many blanks":               {"a+ \t b", 1, 2, 3},
		"a measure twice":                      {"a * a", 3, 0, 9},
		"a divisor of 0 has no value":          {"a / b", 1, 0, math.NaN()},
		"0 through 0 has no value":             {"a / b", 0, 0, math.NaN()},
		"a divisor that comes to 0":            {"1 / (a - b)", 2, 2, math.NaN()},
		"a divisor of 0 that 0 multiplies too": {"0 * (1 / b) + a", 1, 0, math.NaN()},
		"too large for a number":               {"a * a", 1e300, 0, math.NaN()},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f, err := indicator.ParseFormula(tt.text)
			if err != nil {
				t.Fatalf("%q: %v", tt.text, err)
			}
			var values []float64
			for _, n := range f.Names() {
				values = append(values, map[string]float64{"a": tt.a, "b": tt.b}[n])
			}
			got, ok := f.Eval(values)
			if none := math.IsNaN(tt.want); ok == none || ok && got != tt.want {
				t.Errorf("%q with a = %v, b = %v: %v (%v), want %v", tt.text, tt.a, tt.b, got, ok, tt.want)
			}
		})
	}
}

func TestAFormulaThatIsWrongSaysWhere(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, says string }{
		"nothing":              {"", "column 1"},
		"an operator too much": {"a + * b", "column 5"},
		"an operator too few":  {"a b", "column 3"},
		"a bracket open":       {"a * (b + 1", "column 5"},
		"a bracket closed":     {"a)", "column 2"},
		"no number":            {"a + 1.2.3", "column 5"},
		"capitals":             {"A + 1", "column 1"},
		"another operator":     {"a % b", "column 3"},
		"too deep":             {strings.Repeat("(", 200) + "a" + strings.Repeat(")", 200), "100 levels"},
		"an end too early":     {"a +", "column 4"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := indicator.ParseFormula(tt.text); err == nil || !strings.Contains(err.Error(), tt.says) {
				t.Errorf("%q: %v, want one that says %q", tt.text, err, tt.says)
			}
		})
	}
}

// Whatever the text: no panic, no endless run, and a formula that is taken names
// its measures once each and can be computed.
func FuzzFormula(f *testing.F) {
	for _, text := range []string{"a", "a / b * 100 - 100", "(a+b)*-2", "1", "((((a))))", ".5*a", "a / 0", "", "a b", "1e5", "--a"} {
		f.Add(text, 1.0)
	}
	f.Fuzz(func(t *testing.T, text string, v float64) {
		formula, err := indicator.ParseFormula(text)
		if err != nil {
			return
		}
		names := formula.Names()
		values := make([]float64, len(names))
		for i := range values {
			values[i] = v
			if slices.Index(names, names[i]) != i {
				t.Errorf("%q names %s twice", text, names[i])
			}
		}
		if got, ok := formula.Eval(values); ok && (math.IsNaN(got) || math.IsInf(got, 0)) {
			t.Errorf("%q with %v: %v is given as a value", text, v, got)
		}
	})
}
