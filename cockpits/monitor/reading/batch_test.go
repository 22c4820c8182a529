package reading_test

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"

	"citydeck/cockpits/monitor/reading"
)

const good = `{"measure":"due","area":"grid-1","value":1}`

func TestBatchesThatCannotBeRead(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		batch  string
		reason reading.Reason
	}{
		"over 1 MiB":           {"[" + strings.Repeat(" ", 1<<20-1) + "]", reading.TooLarge},
		"over 1 MiB, no JSON":  {strings.Repeat("\xff", 1<<20+1), reading.TooLarge},
		"empty":                {"", reading.Malformed},
		"not JSON":             {"measure=due", reading.Malformed},
		"an object":            {good, reading.Malformed},
		"a text":               {`"[]"`, reading.Malformed},
		"null":                 {"null", reading.Malformed},
		"bytes behind the end": {"[" + good + "]x", reading.Malformed},
		"a second array":       {"[][]", reading.Malformed},
		"a NUL behind the end": {"[]\x00", reading.Malformed},
		"not closed":           {"[" + good, reading.Malformed},
		"an item not closed":   {`[{"measure":"due"`, reading.Malformed},
		"a comma too many":     {"[" + good + ",]", reading.Malformed},
		"a comma first":        {"[," + good + "]", reading.Malformed},
		"no comma":             {"[" + good + good + "]", reading.Malformed},
		"a comma in an item":   {`[{"measure":"due",}]`, reading.Malformed},
		"no colon":             {`[{"measure" "due"}]`, reading.Malformed},
		"NaN":                  {`[{"measure":"due","area":"grid-1","value":NaN}]`, reading.Malformed},
		"a leading zero":       {`[{"measure":"due","area":"grid-1","value":01}]`, reading.Malformed},
		"a plus":               {`[{"measure":"due","area":"grid-1","value":+1}]`, reading.Malformed},
		"no digits":            {`[{"measure":"due","area":"grid-1","value":.5}]`, reading.Malformed},
		"a raw line break":     {"[{\"measure\":\"du\ne\"}]", reading.Malformed},
		"single quotes":        {`[{'measure':'due'}]`, reading.Malformed},
		"invalid UTF-8":        {"[" + good + ",{\"note\":\"\xff\"}]", reading.Malformed},
		"a byte order mark":    {"\ufeff[]", reading.Malformed},
		"depth 33":             {"[" + strings.Repeat("[", 32) + strings.Repeat("]", 32) + "]", reading.Malformed},
		"depth 33 in an item":  {`[{"note":` + strings.Repeat(`{"a":`, 31) + "1" + strings.Repeat("}", 31) + "}]", reading.Malformed},
		"half a million deep":  {strings.Repeat("[", 500_000), reading.Malformed},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := decode(t, entry("batch", tt.batch))
			if len(b.Readings) != 0 || len(b.Rejected) != 1 || b.Rejected[0].Reason != tt.reason || b.Rejected[0].Origin.Item != -1 {
				t.Fatalf("%.80q: %d readings, rejected %+v, want %s at -1", tt.batch, len(b.Readings), b.Rejected, tt.reason)
			}
			if want := fmt.Sprintf(`{"bytes":%d}`, len(tt.batch)); b.Rejected[0].Reading != want {
				t.Errorf("reading = %q, want only its size %q", b.Rejected[0].Reading, want)
			}
		})
	}
}

func TestOfABatchOnlyTheBadReadingsAreRejected(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		item   string
		reason reading.Reason // empty: it counts
		value  float64
	}{
		"a number":              {`1`, reading.Malformed, 0},
		"a text":                {`"due"`, reading.Malformed, 0},
		"null":                  {`null`, reading.Malformed, 0},
		"an array":              {`[` + good + `]`, reading.Malformed, 0},
		"depth 32":              {strings.Repeat("[", 31) + strings.Repeat("]", 31), reading.Malformed, 0},
		"empty":                 {`{}`, reading.Malformed, 0},
		"capitals":              {`{"MEASURE":"due","area":"grid-1","value":1}`, reading.Malformed, 0},
		"long s":                {`{"meaſure":"due","area":"grid-1","value":1}`, reading.Malformed, 0},
		"value null":            {`{"measure":"due","area":"grid-1","value":null}`, reading.Malformed, 0},
		"value null at last":    {`{"measure":"due","area":"grid-1","value":1,"value":null}`, reading.Malformed, 0},
		"measure a number":      {`{"measure":1,"area":"grid-1","value":1}`, reading.Malformed, 0},
		"point a number":        {`{"measure":"due","area":"grid-1","value":1,"point":7}`, reading.Malformed, 0},
		"point half a letter":   {`{"measure":"due","area":"grid-1","value":1,"point":"\ud83d"}`, reading.Malformed, 0},
		"value true":            {`{"measure":"due","area":"grid-1","value":true}`, reading.BadValue, 0},
		"value an object":       {`{"measure":"due","area":"grid-1","value":{"v":1}}`, reading.BadValue, 0},
		"value 1e400":           {`{"measure":"due","area":"grid-1","value":1e400}`, reading.BadValue, 0},
		"value a text of words": {`{"measure":"due","area":"grid-1","value":"one"}`, reading.BadValue, 0},
		"value of 65 digits":    {`{"measure":"due","area":"grid-1","value":` + strings.Repeat("1", 65) + `}`, reading.TooLarge, 0},
		"value of 65 escapes":   {`{"measure":"due","area":"grid-1","value":"` + strings.Repeat(`\u0031`, 65) + `"}`, reading.TooLarge, 0},
		"at true":               {`{"measure":"due","area":"grid-1","value":1,"at":true}`, reading.BadTime, 0},
		"at a fraction":         {`{"measure":"due","area":"grid-1","value":1,"at":1756353600000.5}`, reading.BadTime, 0},
		"at an exponent":        {`{"measure":"due","area":"grid-1","value":1,"at":1756353600e3}`, reading.BadTime, 0},
		"gone true":             {`{"measure":"open","area":"grid-1","gone":true}`, reading.Malformed, 0},

		"good":                    {good, "", 1},
		"blanks everywhere":       {"{ \"measure\" :\t\"due\" ,\r\n\"area\": \"grid-1\" , \"value\" : 2 }", "", 2},
		"value a text":            {`{"measure":"due","area":"grid-1","value":"+3."}`, "", 3},
		"a key twice":             {`{"measure":"x","value":1,"measure":"due","area":"grid-1","value":4}`, "", 4},
		"null first":              {`{"measure":"due","area":"grid-1","value":null,"value":5}`, "", 5},
		"escapes":                 {`{"m\u0065asure":"d\u0075e","area":"grid\u002d1","value":"\u0036"}`, "", 6},
		"null is missing":         {`{"measure":"due","area":"grid-1","value":7,"at":null,"point":null,"source":null,"id":null,"gone":null}`, "", 7},
		"unknown keys":            {`{"note":{"deep":[1,{"a":"}"}]},"measure":"due","area":"grid-1","value":8,"ok":true}`, "", 8},
		"half a letter elsewhere": {`{"note":"\ud83d","measure":"due","area":"grid-1","value":9}`, "", 9},
		"gone a number":           {`{"measure":"open","area":"grid-1","gone":1}`, "", 0},
		"at a number":             {`{"measure":"due","area":"grid-1","value":-0.5e1,"at":1756353600000}`, "", -5},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := decode(t, entry("measure", "x", "batch", "[]", "batch", "["+good+" , "+tt.item+","+good+"]"))
			if tt.reason == "" {
				if len(b.Readings) != 3 || b.Readings[1].Value != tt.value || b.Readings[1].Origin.Item != 1 || b.Readings[2].Origin.Item != 2 {
					t.Fatalf("%s: %+v, want three readings with value %v at place 1", tt.item, b, tt.value)
				}
				return
			}
			if len(b.Readings) != 2 || len(b.Rejected) != 1 || b.Rejected[0].Reason != tt.reason || b.Rejected[0].Origin.Item != 1 {
				t.Fatalf("%s: %+v, want %s at place 1", tt.item, b, tt.reason)
			}
		})
	}
}

func TestAnEmptyBatchIsNothing(t *testing.T) {
	t.Parallel()
	if b := decode(t, entry("batch", " [ ] ")); len(b.Readings)+len(b.Rejected) != 0 {
		t.Errorf("%+v, want nothing", b)
	}
}

func TestMembersNeverLeave(t *testing.T) {
	t.Parallel()
	const secret = "13900000000"
	tests := map[string]reading.Entry{
		"flat":                       with("measure", "x", "member", secret),
		"flat, in capitals":          with("measure", "x", "MEMBER", secret),
		"in a batch":                 entry("batch", `[{"measure":"x","member":"`+secret+`","area":"grid-1"}]`),
		"in a batch, escaped":        entry("batch", `[{"measure":"x","m\u0065mber" : "`+secret+`"}]`),
		"in a batch, a number":       entry("batch", `[{"measure":"faces","area":"grid-1","member":`+secret+`}]`),
		"in a batch, deep":           entry("batch", `[{"measure":"x","note":{"member":["`+secret+`",{"a":"`+secret+`"}]}}]`),
		"in an array":                entry("batch", `[[{"Member": {"a":"`+secret+`"}}]]`),
		"in what stands for a value": entry("batch", `[{"measure":"due","area":"grid-1","value":{"member":"`+secret+`"}}]`),
		"in what can't be read":      entry("batch", `[{"member":"`+secret+`"`),
	}
	for name, e := range tests {
		b := decode(t, e)
		if len(b.Rejected) != 1 {
			t.Fatalf("%s: %+v, want one rejection", name, b)
		}
		if text := fmt.Sprintf("%+v", b.Rejected[0]); strings.Contains(text, secret) {
			t.Errorf("%s: the member is in %s", name, text)
		}
	}
}

func TestRejectionsShowWhatCame(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		entry reading.Entry
		want  string
	}{
		"flat":          {with("measure", "x", "member", "m", "note", "\"\xff"), `{"area":"grid-1","value":"1","measure":"x","member":"***","note":"\"` + "\uFFFD" + `"}`},
		"in a batch":    {entry("batch", `[{ "measure" : "x", "n":[ 1, "a b" ], "member":null}]`), `{"measure":"x","n":[1,"a b"],"member":"***"}`},
		"not an object": {entry("batch", `[ 12 ]`), `12`},
	}
	for name, tt := range tests {
		if b := decode(t, tt.entry); len(b.Rejected) != 1 || b.Rejected[0].Reading != tt.want {
			t.Errorf("%s: %+v, want %s", name, b.Rejected, tt.want)
		}
	}
	long := strings.Repeat("字", 3000)
	for _, e := range []reading.Entry{with("measure", "x", "note", long), entry("batch", `[{"measure":"x","note":"`+long+`"}]`)} {
		got := decode(t, e).Rejected[0].Reading
		if len(got) > 4096 || len(got) < 4090 || strings.ToValidUTF8(got, "") != got {
			t.Errorf("a long one has %d bytes, want 4 KiB between two characters", len(got))
		}
	}
}

func TestExcerptsFindTheItems(t *testing.T) {
	t.Parallel()
	d := rules(t).Decoder(0)
	e := entry("batch", `[{"measure":"a"}, {"measure":"b","member":"m"}, {"measure":"c"}]`)
	if got, want := d.Excerpts(&e, []int32{1, 2}), []string{`{"measure":"b","member":"***"}`, `{"measure":"c"}`}; !reflect.DeepEqual(got, want) {
		t.Errorf("items 1 and 2 = %q, want %q", got, want)
	}
	if got := d.Excerpts(&e, []int32{7}); len(got) != 1 || got[0] != "" {
		t.Errorf("item 7 = %q, want an empty one", got)
	}
	e = with()
	if got := d.Excerpts(&e, []int32{0}); len(got) != 1 || !strings.Contains(got[0], "grid-1") {
		t.Errorf("a flat entry = %q", got)
	}
}

func TestTheFastWayAndThePlainOneAgree(t *testing.T) {
	t.Parallel()
	agree(t, entry("batch", string(batchOf(2000))))
	agree(t, entry("batch", `[`+good+`,{"measure":"due","area":"grid-1","value":null,"at":"x\n"},7]`))
}

// agree compares what the fast scanner and the JSON library make of an entry.
func agree(t *testing.T, e reading.Entry) {
	t.Helper()
	var fast, plain reading.Batch
	rules(t).Decoder(0).Entry(&fast, &e)
	rules(t).Decoder(0).Plain().Entry(&plain, &e)
	if !reflect.DeepEqual(fast, plain) {
		t.Errorf("%q:\nfast  %+v\nplain %+v", e.Fields, fast, plain)
	}
}

func FuzzBatch(f *testing.F) {
	for _, seed := range []string{
		"[]", "[" + good + "]", string(batchOf(3)), `[{"measure":"faces","area":"grid-1","member":"a\ud800"}]`,
		`[{"value":-0.5E+1,"at":null,"gone":1,"x":[{}]} , 1,"a",{}]`, `[{"measure":"due","area":"grid-1","value":01}]`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, batch []byte) {
		e := entry()
		e.Fields = []reading.Field{{Name: []byte("batch"), Value: batch}}
		agree(t, e)
	})
}

func FuzzFlat(f *testing.F) {
	f.Add("due", "grid-1", "1.5e3", "2025-08-28T12:00:00.5+08:00", "member")
	f.Add("open", "grid-2", "-.5", "1756353600000", "gone")
	f.Fuzz(func(t *testing.T, measure, area, value, at, other string) {
		b := decode(t, entry("measure", measure, "area", area, "value", value, "at", at, other, value))
		if len(b.Readings)+len(b.Rejected) != 1 {
			t.Fatalf("%d readings and %d rejections of one entry", len(b.Readings), len(b.Rejected))
		}
		for _, r := range b.Readings {
			if math.IsNaN(r.Value) || r.Value > 1e15 || r.Value < -1e15 || r.At > noon+300_000 || r.At < noon-86_400_000 {
				t.Errorf("%q counts as %+v", []string{measure, area, value, at, other}, r)
			}
		}
	})
}
