package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"
)

// field is one setting: where its value goes, and what it may be.
type field struct {
	key   string
	place int
	tag   reflect.StructTag
	to    reflect.Value
}

func fieldsOf(cfg *Config) map[string]field {
	fields := map[string]field{}
	sections := reflect.ValueOf(cfg).Elem()
	for i := range sections.NumField() {
		section := sections.Field(i)
		name := sections.Type().Field(i).Tag.Get("toml")
		for j := range section.NumField() {
			tag := section.Type().Field(j).Tag
			key := name + "." + tag.Get("toml")
			fields[key] = field{key, len(fields), tag, section.Field(j)}
		}
	}
	return fields
}

// fromNode takes a value of a file, which must be of the setting's type.
func (f field) fromNode(v *unstable.Node) error {
	kind := map[reflect.Kind]unstable.Kind{
		reflect.String: unstable.String, reflect.Bool: unstable.Bool, reflect.Int: unstable.Integer,
		reflect.Int64: unstable.String, reflect.Slice: unstable.Array,
	}[f.to.Kind()]
	if v.Kind != kind {
		return f.wrong()
	}
	if v.Kind != unstable.Array {
		return f.fromText(string(v.Data))
	}
	list := []string{}
	for it := v.Children(); it.Next(); {
		switch it.Node().Kind {
		case unstable.Comment:
		case unstable.String:
			list = append(list, string(it.Node().Data))
		default:
			return f.wrong()
		}
	}
	f.to.Set(reflect.ValueOf(list))
	return nil
}

// wrong says of which type the value must be.
func (f field) wrong() error {
	switch f.to.Kind() {
	case reflect.Bool:
		return fmt.Errorf("%s must be true or false", f.key)
	case reflect.Int:
		return fmt.Errorf("%s must be a whole number from %s to %s", f.key, f.tag.Get("from"), f.tag.Get("to"))
	case reflect.Int64:
		return fmt.Errorf(`%s must be a duration from %s to %s, such as "90s", "10m", "24h" or "7d"`, f.key, f.tag.Get("from"), f.tag.Get("to"))
	case reflect.Slice:
		return fmt.Errorf("%s must be a list of texts", f.key)
	}
	return fmt.Errorf("%s must be a text in quotes", f.key)
}

// fromText takes a value as it stands in the environment.
func (f field) fromText(text string) error {
	switch f.to.Kind() {
	case reflect.Bool:
		if text != "true" && text != "false" {
			return f.wrong()
		}
		f.to.SetBool(text == "true")
	case reflect.Int:
		n, err := strconv.ParseInt(strings.ReplaceAll(text, "_", ""), 10, 64)
		if err != nil || n < number(f.tag.Get("from")) || n > number(f.tag.Get("to")) {
			return f.wrong()
		}
		f.to.SetInt(n)
	case reflect.Int64:
		d, err := parseDuration(text)
		if err != nil || d < span(f.tag.Get("from")) || d > span(f.tag.Get("to")) {
			return f.wrong()
		}
		f.to.SetInt(int64(d))
	case reflect.Slice:
		list := []string{}
		for part := range strings.SplitSeq(text, ",") {
			if part = strings.TrimSpace(part); part != "" {
				list = append(list, part)
			}
		}
		f.to.Set(reflect.ValueOf(list))
	default:
		if words := f.tag.Get("is"); words != "" && !slices.Contains(strings.Split(words, "|"), text) {
			return fmt.Errorf("%s = %q is none of %s", f.key, text, strings.ReplaceAll(words, "|", ", "))
		}
		f.to.SetString(text)
	}
	return nil
}

var inDays = regexp.MustCompile(`^[0-9]{1,5}d$`)

// parseDuration reads Go's durations and whole days ("7d").
func parseDuration(s string) (time.Duration, error) {
	if days, is := strings.CutSuffix(s, "d"); is && inDays.MatchString(s) {
		n, err := strconv.Atoi(days)
		return time.Duration(n) * 24 * time.Hour, err
	}
	return time.ParseDuration(s)
}

// number and span read the limits in the tags above, which a test checks.
func number(tag string) int64 {
	n, _ := strconv.ParseInt(tag, 10, 64)
	return n
}

func span(tag string) time.Duration {
	d, _ := time.ParseDuration(tag)
	return d
}
