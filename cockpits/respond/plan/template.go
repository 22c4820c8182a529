package plan

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// Text is one message in the languages that a plan speaks.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// Templates 消息模板 are the texts that are ready before anything happens.
type Templates struct {
	Task       Text `json:"task"`
	Alert      Text `json:"alert"`
	StandDown  Text `json:"stand_down"`
	Correction Text `json:"correction"`
}

// Of finds a template by its name in the file.
func (t *Templates) Of(name string) Text {
	switch name {
	case "task":
		return t.Task
	case "alert":
		return t.Alert
	case "stand_down":
		return t.StandDown
	case "correction":
		return t.Correction
	}
	return Text{}
}

// Fields is what a template's placeholders stand for in one message.
type Fields struct {
	Name       string
	Plan       string
	Estate     string
	Building   string
	Unit       string
	Households string
	Link       string
	Exercise   bool
}

// What an exercise says in front of each text.
const (
	DrillZh = "【演练】"
	DrillEn = "[EXERCISE] "
)

// Render fills a template in. A text of an exercise says so, also where the
// template has no place for it.
func Render(template string, f Fields, english bool) string {
	drill := ""
	if f.Exercise {
		drill = DrillZh
		if english {
			drill = DrillEn
		}
	}
	if !strings.Contains(template, "{drill}") {
		template = "{drill}" + template
	}
	return strings.NewReplacer(
		"{name}", f.Name, "{plan}", f.Plan, "{estate}", f.Estate, "{building}", f.Building, "{unit}", f.Unit,
		"{households}", f.Households, "{link}", f.Link, "{drill}", drill,
	).Replace(template)
}

var placeholders = []string{"name", "plan", "estate", "building", "unit", "households", "link", "drill"}

// denials are words that take a drill for reality: once a text says them, no
// later one is believed.
var denials = []string{"不是演习", "不是演练", "非演习", "非演练", "并非演", "no drill", "not a drill", "not an exercise", "no exercise"}

// TemplateFault says what is wrong with a template; empty: nothing.
func TemplateFault(s string) string {
	if strings.TrimSpace(s) == "" {
		return "is empty"
	}
	flat := strings.ToLower(strings.Join(strings.Fields(s), " "))
	for _, d := range denials {
		if strings.Contains(flat, d) {
			return fmt.Sprintf("says %q: a template may not say that it is no drill, a word says so where it is one", d)
		}
	}
	for rest := s; ; {
		open := strings.IndexByte(rest, '{')
		if open < 0 {
			if strings.Contains(rest, "}") {
				return "has a } without {"
			}
			return ""
		}
		end := strings.IndexByte(rest[open:], '}')
		if end < 0 {
			return "has a { without }"
		}
		if name := rest[open+1 : open+end]; !slices.Contains(placeholders, name) {
			return fmt.Sprintf("has the unknown placeholder {%s}; known are {%s}", name, strings.Join(placeholders, "} {"))
		}
		rest = rest[open+end+1:]
	}
}

// SMSParts is how many parts a text takes as a short message: 70 characters
// alone, 67 in each of several.
func SMSParts(s string) int {
	n := utf8.RuneCountInString(s)
	if n <= 70 {
		return 1
	}
	return (n + 66) / 67
}
