package reading_test

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/monitor/reading"
)

func TestBodiesOfThreeKinds(t *testing.T) {
	t.Parallel()
	bad := `{"measure":"due","area":"grid-1","value":"one"}`
	tests := map[string]struct {
		body     string
		accepted []int
		rejected map[int]reading.Reason
	}{
		"one object":                {good, []int{0}, nil},
		"one object over lines":     {"\n{\n\"measure\": \"due\",\n\"area\": \"grid-1\",\n\"value\": 1\n}\n", []int{0}, nil},
		"one bad object":            {bad, nil, map[int]reading.Reason{0: reading.BadValue}},
		"an array":                  {"[" + good + "," + bad + "," + good + "]", []int{0, 2}, map[int]reading.Reason{1: reading.BadValue}},
		"an empty array":            {"[]", nil, nil},
		"lines":                     {good + "\n" + good, []int{0, 1}, nil},
		"lines, the third is bad":   {good + "\n" + good + "\n" + bad + "\n" + good + "\n" + good + "\n", []int{0, 1, 3, 4}, map[int]reading.Reason{2: reading.BadValue}},
		"lines, the third is none":  {good + "\n" + good + "\n{\"measure\n" + good + "\n" + good, []int{0, 1, 3, 4}, map[int]reading.Reason{2: reading.Malformed}},
		"lines, the first is none":  {"oops\n" + good, []int{1}, map[int]reading.Reason{0: reading.Malformed}},
		"blank lines do not count":  {"\r\n" + good + "\r\n\r\n  \n" + bad + "\r\n", []int{0}, map[int]reading.Reason{1: reading.BadValue}},
		"two objects on a line":     {good + good + "\n" + good, []int{1}, map[int]reading.Reason{0: reading.Malformed}},
		"all lines bad":             {bad + "\n" + bad, nil, map[int]reading.Reason{0: reading.BadValue, 1: reading.BadValue}},
		"an array among lines":      {good + "\n[]", []int{0}, map[int]reading.Reason{1: reading.Malformed}},
		"a line of another measure": {good + "\n" + strings.Replace(good, "due", "x", 1), []int{0}, map[int]reading.Reason{1: reading.UnknownMeasure}},
	}
	for name, tt := range tests {
		items, rejected, err := rules(t).Decoder(0).Body([]byte(tt.body), noon, "")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var accepted []int
		for _, i := range items {
			accepted = append(accepted, i.Index)
		}
		if !reflect.DeepEqual(accepted, tt.accepted) {
			t.Errorf("%s: accepted %v, want %v", name, accepted, tt.accepted)
		}
		if len(rejected) != len(tt.rejected) {
			t.Errorf("%s: rejected %+v, want %v", name, rejected, tt.rejected)
		}
		for _, r := range rejected {
			if r.Reason != tt.rejected[int(r.Origin.Item)] || r.Detail == "" {
				t.Errorf("%s: rejected %+v, want %v", name, r, tt.rejected)
			}
		}
	}
}

func TestBodiesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, body := range []string{
		"", " \n", "hello", "5", `"x"`, "null", "{", "{\n\"measure\": \"due\",\n\"area\": }\n", "[" + good, "[" + good + "]]",
		good + "x", "[" + good + "]\n[" + good + "]", "\xff", "oops\nno\n", strings.Repeat("[", 40), `{"a":` + strings.Repeat("[", 32) + strings.Repeat("]", 32) + "}",
	} {
		items, rejected, err := rules(t).Decoder(0).Body([]byte(body), noon, "")
		if !errors.Is(err, fault.Invalid) || len(items)+len(rejected) > 0 {
			t.Errorf("%.60q: %v, %v, %v, want fault.Invalid alone", body, items, rejected, err)
		}
	}
}

func TestItemsAreWrittenAgainWithOurKeysAlone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ body, source, want string }{
		"unknown keys and repeated ones go": {`{"note":[1],"value":1,"area":"grid-1","measure":"due","value":-2.50}`, "", `{"measure":"due","area":"grid-1","value":-2.50}`},
		"all of ours stay": {
			`{"gone":null,"id":"k\n1","source":"a","point":"p\u0022","at":"2025-08-28T12:00:00+08:00","value":"+1","area":"grid-1","measure":"due"}`, "",
			`{"measure":"due","area":"grid-1","value":"+1","at":"2025-08-28T12:00:00+08:00","point":"p\"","source":"a","id":"k\n1"}`,
		},
		"the source is who sent it": {`{"measure":"due","area":"grid-1","value":1,"source":"somebody"}`, "anonymous", `{"measure":"due","area":"grid-1","value":1,"source":"anonymous"}`},
		"gone":                      {`{"measure":"open","area":"grid-1","gone":1,"at":1756353600000}`, "", `{"measure":"open","area":"grid-1","at":1756353600000,"gone":1}`},
	}
	for name, tt := range tests {
		items, rejected, err := rules(t).Decoder(0).Body([]byte(tt.body), noon, tt.source)
		if err != nil || len(rejected) > 0 || len(items) != 1 {
			t.Fatalf("%s: %v, %+v, %v", name, items, rejected, err)
		}
		if got := string(items[0].JSON); got != tt.want || items[0].Area != "grid-1" {
			t.Errorf("%s: %s at %s, want %s", name, got, items[0].Area, tt.want)
		}
		if b := decode(t, entry("batch", "["+string(items[0].JSON)+"]")); len(b.Readings) != 1 {
			t.Errorf("%s: %s does not count: %+v", name, items[0].JSON, b.Rejected)
		}
	}
}

func FuzzBody(f *testing.F) {
	f.Add([]byte(good + "\n" + good))
	f.Add([]byte("[" + good + `,{"measure":"faces","area":"grid-1","member":"m","x":"\ud800"}]`))
	f.Fuzz(func(t *testing.T, body []byte) {
		items, _, err := rules(t).Decoder(0).Body(body, noon, "anonymous")
		if err != nil {
			return
		}
		for _, i := range items {
			b := decode(t, entry("batch", "["+string(i.JSON)+"]"))
			if len(b.Readings) != 1 || b.Readings[0].Source != "anonymous" {
				t.Fatalf("%q was accepted, and %s is %+v", body, i.JSON, b)
			}
		}
	})
}
