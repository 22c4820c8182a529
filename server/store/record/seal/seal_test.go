package seal_test

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"citydeck/server/store/record/seal"
)

func TestAValueOpensInItsPlaceOnly(t *testing.T) {
	t.Parallel()
	keys, err := seal.Create(filepath.Join(t.TempDir(), "keys"))
	if err != nil {
		t.Fatal(err)
	}
	home := seal.Column{Table: "households", Name: "contact_name", Row: "h1"}
	sealed, err := keys.Seal(home, "王小明")
	if err != nil {
		t.Fatal(err)
	}
	again, err := keys.Seal(home, "王小明")
	if err != nil || bytes.Equal(sealed, again) {
		t.Errorf("the same value twice gives the same bytes: %v", err)
	}
	flipped := bytes.Clone(sealed)
	flipped[len(flipped)-1] ^= 1
	head := bytes.Clone(sealed)
	head[3] ^= 1
	tests := map[string]struct {
		at    seal.Column
		value []byte
		want  string
		fails bool
	}{
		"in its place":      {home, sealed, "王小明", false},
		"in another row":    {seal.Column{Table: "households", Name: "contact_name", Row: "h2"}, sealed, "", true},
		"in another column": {seal.Column{Table: "households", Name: "note", Row: "h1"}, sealed, "", true},
		"in another table":  {seal.Column{Table: "responders", Name: "contact_name", Row: "h1"}, sealed, "", true},
		"a bit flipped":     {home, flipped, "", true},
		"another cipher":    {home, head, "", true},
		"cut":               {home, sealed[:10], "", true},
		"what is empty":     {home, nil, "", false},
	}
	for name, tt := range tests {
		got, err := keys.Open(tt.at, tt.value)
		if got != tt.want || errors.Is(err, seal.ErrSealed) != tt.fails {
			t.Errorf("%s: %q, %v; want %q, fails = %v", name, got, err, tt.want, tt.fails)
		}
	}
}
