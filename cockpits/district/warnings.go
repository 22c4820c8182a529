package district

import (
	"fmt"
	"unicode"
	"unicode/utf8"

	"citydeck/cockpits"
	"citydeck/cockpits/monitor/indicator"
	"citydeck/cockpits/tile"
)

// Warnings lists what is allowed and yet looks like a mistake: titles that the
// tile has no room for, thresholds that never hold.
func Warnings(d *District) []string {
	var list []string
	kinds := map[string]bool{}
	for _, k := range d.Areas.Kinds() {
		kinds[k] = true
	}
	for i := range d.Catalogue.Indicators {
		x := &d.Catalogue.Indicators[i]
		if x.Direction == indicator.Neutral && (x.Warn != nil || x.Alarm != nil) {
			list = append(list, fmt.Sprintf("indicator %s: it is neutral, so warn and alarm never hold", x.ID))
		}
		for _, k := range x.ThresholdsFor {
			if !kinds[k] {
				list = append(list, fmt.Sprintf("indicator %s: thresholds_for names %q, and no area is of that kind", x.ID, k))
			}
		}
	}
	for i := range d.Cockpits {
		c := &d.Cockpits[i]
		for j := range c.Tiles {
			list = append(list, titles(d, c, &c.Tiles[j])...)
		}
	}
	return append(list, planWarnings(d)...)
}

// titles warns of those longer than the head of the tile.
func titles(d *District, c *cockpits.Cockpit, t *tile.Definition) []string {
	var list []string
	windowed := false
	if t.Kind == tile.Stat || t.Kind == tile.Progress {
		for _, p := range t.Indicators {
			windowed = windowed || d.Catalogue.Indicators[p].Window.Span != indicator.Latest
		}
	}
	zh := float64(3 * (t.W - 1))
	if windowed {
		zh -= 2 // the word of the window stands beside it
	}
	if need, room := width(t.Title), max(zh, 2); need > room && (t.Short == "" || width(t.Short) > room) {
		list = append(list, fmt.Sprintf("cockpit %s, tile %s: the title %q is too long for %d columns: %.4g of %.4g characters", c.ID, t.ID, t.Title, t.W, need, room))
	}
	n := utf8.RuneCountInString(t.TitleEn)
	if room := englishRoom(t.W); n > room && (t.ShortEn == "" || utf8.RuneCountInString(t.ShortEn) > room) {
		list = append(list, fmt.Sprintf("cockpit %s, tile %s: the title %q is too long for %d columns: %d of %d letters", c.ID, t.ID, t.TitleEn, t.W, n, room))
	}
	return list
}

// width counts a Chinese character as 1, all others as a little more than a half.
func width(s string) float64 {
	n := 0.0
	for _, r := range s {
		if r >= 0x2e80 || unicode.Is(unicode.Han, r) {
			n++
		} else {
			n += 0.6
		}
	}
	return n
}

// englishRoom is how many letters the head of a tile of so many columns holds.
func englishRoom(w int) int {
	switch w {
	case 1, 2:
		return 7 * w
	case 3:
		return 14
	case 4:
		return 20
	}
	return 27 + (w-5)*13/2
}
