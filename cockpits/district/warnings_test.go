package district_test

import (
	"slices"
	"strings"
	"testing"

	"citydeck/cockpits/district"
)

func TestWarningsAreOfWhatOnlyLooksWrong(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ file, old, with, want string }{
		"a title of four columns": {"cockpits/b.toml", `"率", x = 0, y = 0, w = 6`, `"报警及时处置率的", x = 0, y = 0, w = 4`,
			`cockpit mill, tile rate: the title "报警及时处置率的" is too long for 4 columns: 8 of 7 characters`},
		"a short title helps": {"cockpits/b.toml", `"率", x = 0, y = 0, w = 6`, `"报警及时处置率的", short = "处置率", x = 0, y = 0, w = 4`, ""},
		"an English title": {"cockpits/b.toml", `title = "告警"`, `title = "告警", title_en = "Everything that is wrong at this very moment"`,
			`cockpit mill, tile alerts: the title "Everything that is wrong at this very moment" is too long for 6 columns: 44 of 33 letters`},
		"thresholds of a neutral one": {"indicators/a.toml", "window = \"latest\"", "warn = 3\nwindow = \"latest\"",
			"indicator cars: it is neutral, so warn and alarm never hold"},
		"thresholds for a kind that isn't": {"indicators/a.toml", `["district"]`, `["district", "city"]`,
			`indicator rate: thresholds_for names "city", and no area is of that kind`},
	}
	if got := district.Warnings(load(t, folder())); len(got) > 0 {
		t.Errorf("a good folder warns of %q", got)
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := folder()
			files[tt.file] = strings.Replace(files[tt.file], tt.old, tt.with, 1)
			got, want := district.Warnings(load(t, files)), []string{tt.want}
			if tt.want == "" {
				want = nil
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: warnings %q, want %q", name, got, want)
			}
		})
	}
}
