package household

import (
	"slices"
	"strconv"
	"strings"

	"citydeck/cockpits/fault"
)

// Doubts names in a list (households, responders, shelters) what can be taken
// and is perhaps not meant: what a spreadsheet computed, spoilt or would run.
// It is no fault; exports write such text so that nothing runs it.
func Doubts(list string, s Sheet) (found []*fault.Fault) {
	if len(s.Rows) == 0 {
		return nil
	}
	wanted := columnsOf(list)
	for row := 1; row < len(s.Rows); row++ {
		if !filled(s.Rows[row]) {
			continue
		}
		for i, column := range s.Rows[0] {
			column = strings.TrimSpace(column)
			if !slices.Contains(wanted, column) {
				continue
			}
			text := ""
			if i < len(s.Rows[row]) {
				text = strings.TrimSpace(s.Rows[row][i])
			}
			if code := doubt(column, text, s.Odd[Cell{row, i}]); code != "" {
				found = append(found, wrong(s.At(row, i), code, column))
			}
		}
	}
	return found
}

func doubt(column, text, odd string) string {
	switch {
	case odd != "":
		return odd
	case column == "name" && text == "":
		return "empty"
	case likeFormula(column, text):
		return "like_formula"
	case strings.HasSuffix(column, "phone") && rounded(text):
		return "rounded"
	}
	return ""
}

// filled tells whether a row holds anything.
func filled(row []string) bool {
	return slices.ContainsFunc(row, func(c string) bool { return strings.TrimSpace(c) != "" })
}

// likeFormula tells whether a spreadsheet would take a text for a formula. A
// sign is only one in a name: a floor is -1, a phone +86.
func likeFormula(column, s string) bool {
	if s == "" {
		return false
	}
	named := slices.Contains([]string{"name", "contact_name", "estate"}, column)
	return strings.ContainsRune("=@", rune(s[0])) || named && len(s) > 1 && strings.ContainsRune("+-", rune(s[0]))
}

// rounded tells whether a text is a number with an exponent.
func rounded(s string) bool {
	_, err := strconv.ParseFloat(s, 64)
	return err == nil && strings.ContainsAny(s, "eE")
}
