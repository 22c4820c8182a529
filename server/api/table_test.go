package api_test

import (
	"strings"
	"testing"

	"citydeck/server/api"
)

func TestATableHoldsNoFormula(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ cell, want string }{
		"a formula":                {`=HYPERLINK("http://x")`, `'=HYPERLINK`},
		"one with a sign":          {"+cmd|' /C calc'!A0", "'+cmd"},
		"one of another programme": {"@SUM(A1)", "'@SUM"},
		"behind a tab":             {"\t=1", "'\t=1"},
		"of full width":            {"＝1", "'＝1"},
		"a number below zero":      {"-3.5", "-3.5"},
		"a telephone number":       {"+86139", "+86139"},
		"an ordinary text":         {"潮安苑", "潮安苑"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := string(api.Table([][]string{{tt.cell}}))
			if is := strings.Trim(strings.TrimPrefix(got, "\ufeff"), "\"\r\n"); !strings.HasPrefix(is, tt.want) {
				t.Errorf("%q becomes %q, want %q", tt.cell, got, tt.want)
			}
		})
	}
}
