package district_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"

	"citydeck/cockpits/district"
	"citydeck/cockpits/fault"
)

// fewestBroken is how many broken folders there are at least.
const fewestBroken = 25

func TestEachBrokenFolderGivesItsFaultAtItsLine(t *testing.T) {
	t.Parallel()
	all := os.DirFS("../../fixtures/districts/broken")
	entries, err := fs.ReadDir(all, ".")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) < fewestBroken {
		t.Errorf("%d broken folders, want at least %d", len(entries), fewestBroken)
	}
	for _, e := range entries {
		t.Run(e.Name(), func(t *testing.T) {
			t.Parallel()
			sub, err := fs.Sub(all, e.Name())
			if err != nil {
				t.Fatal(err)
			}
			text, err := fs.ReadFile(sub, "want")
			if err != nil {
				t.Fatal(err)
			}
			want := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
			_, err = district.Load(sub)
			got := fault.All(err)
			if len(got) != len(want) {
				t.Fatalf("loading gives %d faults, want %d:\n%v\nwant\n%s", len(got), len(want), err, text)
			}
			for i, f := range got {
				// A wanted line that ends in ":" leaves the words to the parser.
				if line := f.Error(); line != want[i] && !(strings.HasSuffix(want[i], ":") && strings.HasPrefix(line, want[i])) {
					t.Errorf("fault %d is\n%s\nwant\n%s", i, line, want[i])
				}
			}
		})
	}
}
