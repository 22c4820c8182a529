package names_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"citydeck/cockpits/area"
	"citydeck/cockpits/district"
	"citydeck/cockpits/district/names"
	"citydeck/cockpits/tile"
)

func TestFoldingForgetsWidthCaseAndBlanks(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"letters":          {"Xiacheng DISTRICT", "xiacheng district"},
		"full width":       {"Ａ座１２－３号（东）", "a座12-3号(东)"},
		"blanks":           {"  a\t\u3000 b\n", "a b"},
		"Chinese as it is": {"长庆街道", "长庆街道"},
		"nothing":          {"\u3000 ", ""},
	}
	for name, tt := range tests {
		if got := names.Fold(tt.text); got != tt.want {
			t.Errorf("%s: Fold(%q) = %q, want %q", name, tt.text, got, tt.want)
		}
	}
}

func TestANameHasThePairsOfEachWordInIt(t *testing.T) {
	t.Parallel()
	name := names.Fold("朝晖路 12号 Bldg Ａ 𠮷")
	have := map[names.Gram]bool{}
	names.Grams(name, func(g names.Gram) { have[g] = true })
	runes := []rune(name)
	for i := range runes {
		for j := i + 1; j <= len(runes); j++ {
			word := string(runes[i:j])
			if strings.Contains(word, " ") {
				continue
			}
			for _, g := range names.Needed(word) {
				if !have[g] {
					t.Errorf("%q lies in %q, and a pair of it is missing", word, name)
				}
			}
		}
		from, to := names.Beginning(runes[i])
		begins := false
		for g := range have {
			begins = begins || from <= g && g < to
		}
		if runes[i] != ' ' && !begins {
			t.Errorf("no pair begins with %q", runes[i])
		}
	}
	if len(names.Needed("号")) > 0 {
		t.Error("one character needs a pair")
	}
}

func hamlet(t testing.TB, points int) *district.District {
	t.Helper()
	tree, faults := area.New([]area.Area{
		{ID: "town", Name: "镇", NameEn: "Town", Kind: "district"},
		{ID: "east", Name: "东街街道", NameEn: "East Street", Kind: "street", Parent: "town", Code: "330103001"},
		{ID: "lane", Name: "东街", NameEn: "East Lane", Kind: "community", Parent: "east"},
	})
	if len(faults) > 0 {
		t.Fatal(faults)
	}
	d := &district.District{Areas: tree, Lists: []district.List{{ID: "shops"}}}
	for i := range points {
		d.Lists[0].Points = append(d.Lists[0].Points, tile.Point{ID: fmt.Sprintf("s-%d", i), Area: 2, Name: fmt.Sprintf("东街 %d 号店", i)})
	}
	if points > 3 {
		d.Lists[0].Points[3].NameEn = "Corner shop"
	}
	return d
}

func TestTheNearestNameComesFirst(t *testing.T) {
	t.Parallel()
	d := hamlet(t, 30)
	x := names.New(d)
	show := func(hits []names.Hit) string {
		var list []string
		for _, h := range hits {
			if h.Point != nil {
				list = append(list, h.Point.ID)
			} else {
				list = append(list, d.Areas.At(h.Area).ID)
			}
		}
		return strings.Join(list, " ")
	}
	all := func(names.Hit) bool { return true }
	tests := map[string]struct {
		question string
		limit    int
		sees     func(names.Hit) bool
		want     string
	}{
		"the higher area first":   {"东街", 3, all, "east lane s-0"},
		"in English":              {"EAST", 9, all, "east lane"},
		"a point in English":      {"corner", 9, all, "s-3"},
		"all words, in any order": {"店 1 12", 9, all, "s-12"},
		"by its code":             {"330103001", 9, all, "east"},
		"by the point's id":       {"s-7", 9, all, "s-7"},
		"not over two names":      {"镇 lane", 9, all, ""},
		"only what may be seen":   {"东街", 2, func(h names.Hit) bool { return h.Point != nil }, "s-0 s-1"},
		"nothing asked":           {" ", 9, all, ""},
	}
	for name, tt := range tests {
		if got := show(x.Find(names.Words(tt.question), tt.limit, tt.sees)); got != tt.want {
			t.Errorf("%s: %q finds %q, want %q", name, tt.question, got, tt.want)
		}
	}
}

func TestAWordWithinAnotherIsAskedOnce(t *testing.T) {
	t.Parallel()
	if got := names.Words("朝晖路 晖 Ａ A"); !slices.Equal(got, []string{"朝晖路", "a"}) {
		t.Errorf("Words = %q", got)
	}
}

// A word that nearly all of two hundred thousand points have in their names.
func BenchmarkFind(b *testing.B) {
	x := names.New(hamlet(b, 200_000))
	for b.Loop() {
		x.Find([]string{"号店", "99"}, 20, func(names.Hit) bool { return true })
	}
}
