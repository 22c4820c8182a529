package reading_test

import (
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/monitor/reading"
)

// with is a good reading of a flow, with fields changed or added; a value of
// "-" takes the field away.
func with(words ...string) reading.Entry {
	e := entry("measure", "due", "area", "grid-1", "value", "1")
	for i := 0; i < len(words); i += 2 {
		fields := e.Fields[:0]
		for _, f := range e.Fields {
			if string(f.Name) != words[i] {
				fields = append(fields, f)
			}
		}
		e.Fields = fields
		if words[i+1] != "-" {
			e.Fields = append(e.Fields, entry(words[i], words[i+1]).Fields...)
		}
	}
	return e
}

func decode(t testing.TB, e reading.Entry) reading.Batch {
	t.Helper()
	var b reading.Batch
	rules(t).Decoder(2).Entry(&b, &e)
	if b.Position != e.ID || b.Entries != 1 || b.Newest != int64(e.ID.Ms) || b.Stream != 2 {
		t.Errorf("batch = %+v, want the entry's position", b)
	}
	return b
}

func TestFlatEntriesThatCannotBeUsed(t *testing.T) {
	t.Parallel()
	long := func(n int) string { return strings.Repeat("9", n) }
	tests := map[string]struct {
		entry  reading.Entry
		reason reading.Reason
	}{
		"no field at all":                        {entry(), reading.Malformed},
		"no field of ours":                       {entry("temperature", "3"), reading.Malformed},
		"reserved":                               {entry("summary", "…"), reading.Malformed},
		"names in capitals":                      {entry("MEASURE", "due", "AREA", "grid-1", "VALUE", "1"), reading.Malformed},
		"no measure":                             {with("measure", "-"), reading.Malformed},
		"no area":                                {with("area", "-"), reading.Malformed},
		"no value":                               {with("value", "-"), reading.Malformed},
		"measure empty":                          {with("measure", ""), reading.UnknownMeasure},
		"measure unknown":                        {with("measure", "dues"), reading.UnknownMeasure},
		"measure in capitals":                    {with("measure", "DUE"), reading.UnknownMeasure},
		"measure with a blank":                   {with("measure", "due "), reading.UnknownMeasure},
		"area empty":                             {with("area", ""), reading.UnknownArea},
		"area unknown":                           {with("area", "grid-9"), reading.UnknownArea},
		"area in capitals":                       {with("area", "GRID-1"), reading.UnknownArea},
		"area with a blank":                      {with("area", " grid-1"), reading.UnknownArea},
		"missing comes before unknown":           {with("measure", "x", "area", "-"), reading.Malformed},
		"no value, and nobody knows the measure": {with("measure", "x", "value", "-"), reading.Malformed},
		"unknown, with a member":                 {with("measure", "x", "value", "-", "member", "m"), reading.UnknownMeasure},
		"unknown, and gone":                      {with("measure", "x", "value", "-", "gone", "1"), reading.UnknownMeasure},
		"value empty":                            {with("value", ""), reading.BadValue},
		"value with a blank":                     {with("value", " 1"), reading.BadValue},
		"value with thousands":                   {with("value", "1,000"), reading.BadValue},
		"value in wide digits":                   {with("value", "１２"), reading.BadValue},
		"value hexadecimal":                      {with("value", "0x1p-2"), reading.BadValue},
		"value with underscores":                 {with("value", "1_000"), reading.BadValue},
		"value with half an exponent":            {with("value", "1e"), reading.BadValue},
		"value with a sign for an exponent":      {with("value", "1e+"), reading.BadValue},
		"value with two signs":                   {with("value", "--1"), reading.BadValue},
		"value a point":                          {with("value", "."), reading.BadValue},
		"value a sign":                           {with("value", "+"), reading.BadValue},
		"value NaN":                              {with("value", "NaN"), reading.BadValue},
		"value Inf":                              {with("value", "Inf"), reading.BadValue},
		"value infinite":                         {with("value", "-infinity"), reading.BadValue},
		"value past a float":                     {with("value", "1e309"), reading.BadValue},
		"value 1e16":                             {with("value", "1e16"), reading.BadValue},
		"value just past 1e15":                   {with("value", "-1000000000000001"), reading.BadValue},
		"value of 65 bytes":                      {with("value", long(65)), reading.TooLarge},
		"value of 2 MiB":                         {with("value", long(2<<20)), reading.TooLarge},
		"point of 129 bytes":                     {with("point", long(129)), reading.TooLarge},
		"source of 65 bytes":                     {with("source", long(65)), reading.TooLarge},
		"id of 129 bytes":                        {with("id", long(129)), reading.TooLarge},
		"member of 257 bytes":                    {with("measure", "faces", "member", long(257)), reading.TooLarge},
		"too large comes before all":             {entry("measure", "\xff", "point", long(129)), reading.TooLarge},
		"measure not UTF-8":                      {with("measure", "du\xff"), reading.Malformed},
		"area not UTF-8":                         {with("area", "\xc0\x80"), reading.Malformed},
		"value not UTF-8":                        {with("value", "1\xff"), reading.Malformed},
		"at not UTF-8":                           {with("at", "\xff"), reading.Malformed},
		"point not UTF-8":                        {with("point", "a\xed\xa0\x80"), reading.Malformed},
		"source not UTF-8":                       {with("source", "\xfe"), reading.Malformed},
		"id not UTF-8":                           {with("id", "\xff"), reading.Malformed},
		"member not UTF-8":                       {with("measure", "faces", "member", "\xff"), reading.Malformed},
		"gone not UTF-8":                         {with("measure", "open", "gone", "\xff"), reading.Malformed},
		"distinct without member":                {with("measure", "faces"), reading.Malformed},
		"distinct with an empty member":          {with("measure", "faces", "member", ""), reading.Malformed},
		"gone is 2":                              {with("measure", "open", "gone", "2"), reading.Malformed},
		"gone is empty":                          {with("measure", "open", "gone", ""), reading.Malformed},
		"bad time comes before bad value":        {with("at", "x", "value", "x"), reading.BadTime},
		"bad value comes before too late":        {with("at", "0", "value", "x"), reading.BadValue},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := decode(t, tt.entry)
			if len(b.Readings) != 0 || len(b.Rejected) != 1 || b.Rejected[0].Reason != tt.reason {
				t.Fatalf("%.200q: readings %v, rejected %.200v, want %s", tt.entry.Fields, b.Readings, b.Rejected, tt.reason)
			}
			r := b.Rejected[0]
			if r.Detail == "" || len(r.Reading) > 4096 || r.Origin != (reading.Origin{Entry: tt.entry.ID, Stream: 2}) {
				t.Errorf("rejection = %+v", r)
			}
		})
	}
}

func TestTimesThatAreNone(t *testing.T) {
	t.Parallel()
	for _, at := range []string{
		"", " ", "2026-02-30T10:00:00Z", "2025-02-29T10:00:00Z", "1900-02-29T10:00:00Z", "2025-08-28T24:00:00Z", "2025-08-28T12:60:00Z",
		"2025-08-28T12:00:60Z", "2025-08-28T12:00:00,5Z", "2025-08-28T12:00:00", "2025-08-28T12:00:00+0800",
		"2025-08-28T12:00:00+08", "2025-08-28T12:00:00+24:00", "2025-08-28T12:00:00+08:60", "2025-08-28t12:00:00Z",
		"2025-08-28T12:00:00z", "2025-08-28 12:00:00Z", "2025-08-28T12:00Z", "2025-08-28T12:00:00.Z", "2025-13-01T12:00:00Z",
		"2025-00-01T12:00:00Z", "2025-01-00T12:00:00Z", "2025-8-28T12:00:00Z", "20250828T120000Z", "2025-08-28",
		"2025-08-28T12:00:00Z ", " 2025-08-28T12:00:00Z", "+2025-08-28T12:00:00Z", "1e12", "-1", "+1756353600000", "1756353600000.0",
		"99999999999999999999", "9223372036854775808", "0x1", "１７５６３５３６０００００", "2025-08-28T12:00:00+08:00[Asia/Shanghai]",
	} {
		if b := decode(t, with("at", at)); len(b.Rejected) != 1 || b.Rejected[0].Reason != reading.BadTime {
			t.Errorf("at %q: %+v, want bad_time", at, b)
		}
	}
}

func TestTimesAreThoseOfTheirText(t *testing.T) {
	t.Parallel()
	for _, at := range []string{
		"2025-08-28T12:00:00+08:00", "2025-08-28T04:00:00Z", "2025-08-28T04:00:00.123Z", "2025-08-28T04:00:00.1239999999999Z",
		"2025-08-27T23:30:00-04:30", "2025-08-28T04:00:00-00:00", "2025-08-28T03:59:59.999+00:00", "2025-08-28T04:04:59.5Z",
	} {
		want, err := time.Parse(time.RFC3339Nano, at)
		if err != nil {
			t.Fatal(err)
		}
		if b := decode(t, with("at", at)); len(b.Readings) != 1 || b.Readings[0].At != want.UnixMilli() {
			t.Errorf("at %q: %+v, want %d", at, b, want.UnixMilli())
		}
	}
	if b := decode(t, with("at", strconv.FormatInt(noon-7, 10))); len(b.Readings) != 1 || b.Readings[0].At != noon-7 {
		t.Errorf("Unix ms: %+v, want %d", b, noon-7)
	}
}

func TestLatenessIsJudgedByTheEntrysTime(t *testing.T) {
	t.Parallel()
	const day, ahead = 24 * 3600 * 1000, 5 * 60 * 1000
	tests := map[string]struct {
		at     string
		reason reading.Reason
		detail string
	}{
		"exactly as late as may be":  {strconv.FormatInt(noon-day, 10), "", ""},
		"a millisecond later":        {strconv.FormatInt(noon-day-1, 10), reading.TooLate, "86400001 ms"},
		"exactly as early as may be": {strconv.FormatInt(noon+ahead, 10), "", ""},
		"a millisecond earlier":      {strconv.FormatInt(noon+ahead+1, 10), reading.InFuture, "300001 ms"},
		"seconds for milliseconds":   {strconv.FormatInt(noon/1000, 10), reading.TooLate, "seconds?"},
		"the end of time":            {"9223372036854775807", reading.InFuture, ""},
		"the year 0":                 {"0000-01-01T00:00:00Z", reading.TooLate, ""},
		"the year 9999":              {"9999-12-31T23:59:59Z", reading.InFuture, ""},
	}
	for name, tt := range tests {
		b := decode(t, with("at", tt.at))
		if tt.reason == "" {
			if len(b.Readings) != 1 {
				t.Errorf("%s: %+v, want it to count", name, b)
			}
			continue
		}
		if len(b.Rejected) != 1 || b.Rejected[0].Reason != tt.reason || !strings.Contains(b.Rejected[0].Detail, tt.detail) {
			t.Errorf("%s: %+v, want %s %q", name, b, tt.reason, tt.detail)
		}
	}
	e := with("at", strconv.FormatInt(noon-day, 10))
	e.Judged = noon + 1
	if b := decode(t, e); len(b.Rejected) != 1 || b.Rejected[0].Reason != reading.TooLate {
		t.Errorf("an id ahead of the clock, judged by the time of reading: %+v, want too_late", b)
	}
	e = with()
	e.Judged = noon - 9
	if b := decode(t, e); len(b.Readings) != 1 || b.Readings[0].At != noon-9 {
		t.Errorf("an id ahead of the clock, without at: %+v, want the time of reading", b)
	}
}

func TestFlatEntriesThatCount(t *testing.T) {
	t.Parallel()
	hash := rulesHash("13900000000")
	type want struct {
		value         float64
		point, source string
		member        uint64
		gone          bool
	}
	tests := map[string]struct {
		entry reading.Entry
		want  want
	}{
		"the least":                  {with(), want{value: 1}},
		"below zero: a correction":   {with("value", "-3.5"), want{value: -3.5}},
		"plus":                       {with("value", "+7"), want{value: 7}},
		"no digits before the point": {with("value", ".5"), want{value: .5}},
		"no digits behind the point": {with("value", "5."), want{value: 5}},
		"an exponent":                {with("value", "12E-1"), want{value: 1.2}},
		"too small is 0":             {with("value", "1e-400"), want{value: 0}},
		"too small for a sum is 0":   {with("value", "-9e-41"), want{value: 0}},
		"just not too small":         {with("value", "1e-40"), want{value: 1e-40}},
		"the largest":                {with("value", "1e15"), want{value: 1e15}},
		"64 bytes":                   {with("value", "0."+strings.Repeat("3", 62)), want{value: 0.3333333333333333}},
		"a repeated field":           {entry("measure", "x", "area", "grid-1", "value", "3", "measure", "due", "value", "4"), want{value: 4}},
		"fields nobody knows":        {with("temperature", "\xff", "summary", "x"), want{value: 1}},
		"point and source":           {with("point", "kitchen-07", "source", "smart_safety"), want{value: 1, point: "kitchen-07", source: "smart_safety"}},
		"control characters":         {with("point", "a\x00\x1b\u202e", "source", "\t"), want{value: 1, point: "a\x00\x1b\u202e", source: "\t"}},
		"128 bytes of point":         {with("point", strings.Repeat("é", 64)), want{value: 1, point: strings.Repeat("é", 64)}},
		"a member":                   {with("measure", "faces", "value", "-", "member", "13900000000"), want{member: hash}},
		"a member, and a value":      {with("measure", "faces", "value", "x", "member", "13900000000"), want{member: hash}},
		"a member on a flow":         {with("member", "13900000000"), want{value: 1}},
		"gone":                       {with("measure", "open", "value", "-", "gone", "1"), want{gone: true}},
		"gone, with a value":         {with("measure", "open", "value", "x", "gone", "1"), want{gone: true}},
		"gone on a flow":             {with("gone", "2"), want{value: 1}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := decode(t, tt.entry)
			if len(b.Readings) != 1 || len(b.Rejected) != 0 {
				t.Fatalf("%q: %+v, want one reading", tt.entry.Fields, b)
			}
			r := b.Readings[0]
			if got := (want{r.Value, r.Point, r.Source, r.Member, r.Gone}); got != tt.want {
				t.Errorf("%q: %+v, want %+v", tt.entry.Fields, got, tt.want)
			}
			if r.At != noon || r.Origin.Entry != tt.entry.ID || r.Origin.Stream != 2 {
				t.Errorf("at %d from %+v, want the entry's", r.At, r.Origin)
			}
		})
	}
}

func TestMinusZeroIsZero(t *testing.T) {
	t.Parallel()
	for _, v := range []string{"-0", "-0.0", "-1e-400", "-0e5"} {
		if b := decode(t, with("value", v)); len(b.Readings) != 1 || math.Signbit(b.Readings[0].Value) || b.Readings[0].Value != 0 {
			t.Errorf("%q: %+v, want 0", v, b.Readings)
		}
	}
}

func TestTheIdempotencyKeyIsKept(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("k", 128)
	if b := decode(t, with("id", key)); len(b.Readings) != 1 || b.Readings[0].ID != key {
		t.Errorf("%+v, want the id", b)
	}
}
