package household

import (
	"slices"
	"strconv"
	"strings"
)

// guard refuses in a row what a spreadsheet would run when the list is opened
// again, and what one has spoilt. A column that isn't ours may hold anything.
func (r *reader) guard() {
	for _, column := range r.wanted {
		if why := r.sheet.Odd[Cell{r.row, r.columns[column]}]; why != "" {
			r.bad(column, "%s %s", column, why)
			continue
		}
		switch s := r.get(column); {
		case formula(column, s):
			r.bad(column, "%s begins like a formula", column)
		case strings.HasSuffix(column, "phone") && rounded(s):
			r.bad(column, "%s is a number that a spreadsheet has rounded: format the column as text", column)
		}
	}
}

// formula tells whether a spreadsheet would take a text for a formula. A sign
// is only one in a name: a floor is -1, a phone +86.
func formula(column, s string) bool {
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

// name reads what a person or place is called.
func (r *reader) name() string {
	s := r.get("name")
	if s == "" {
		r.bad("name", "name is empty")
	}
	return s
}
