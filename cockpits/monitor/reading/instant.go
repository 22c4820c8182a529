package reading

import "math"

// Instant reads what `at` may be, as Unix milliseconds.
func Instant(text string) (ms int64, ok bool) { return parseTime([]byte(text)) }

// parseTime reads Unix milliseconds (digits alone) or a time of RFC 3339,
// strictly: with T, with seconds, with Z or an offset of hours and minutes, on
// a day that exists. What is finer than a millisecond is cut off.
func parseTime(b []byte) (ms int64, ok bool) {
	if len(b) > 4 && b[4] == '-' {
		return parseDate(b)
	}
	if len(b) == 0 || len(b) > 19 {
		return 0, false
	}
	var n uint64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + uint64(c-'0')
	}
	return int64(n), n <= math.MaxInt64
}

func parseDate(b []byte) (ms int64, ok bool) {
	if len(b) < len("2006-01-02T15:04:05Z") ||
		b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' {
		return 0, false
	}
	century, year := pair(b[0:]), pair(b[2:])
	month, day := pair(b[5:]), pair(b[8:])
	hour, minute, second := pair(b[11:]), pair(b[14:]), pair(b[17:])
	if century < 0 || year < 0 || month < 1 || month > 12 || day < 1 ||
		hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return 0, false
	}
	year += 100 * century
	if day > daysIn(year, month) {
		return 0, false
	}
	thousandths, n := fraction(b[19:])
	offset, ok := parseOffset(b[19+n:])
	if n == 1 || !ok {
		return 0, false
	}
	seconds := int64(daysSince1970(year, month, day))*86400 + int64(hour*3600+minute*60+second) - int64(offset)*60
	return seconds*1000 + int64(thousandths), true
}

// fraction reads `.5` and tells how many bytes that took.
func fraction(b []byte) (thousandths, n int) {
	if len(b) == 0 || b[0] != '.' {
		return 0, 0
	}
	weight := 100
	for n = 1; n < len(b) && b[n]-'0' <= 9; n++ {
		thousandths += weight * int(b[n]-'0')
		weight /= 10
	}
	return thousandths, n
}

// parseOffset reads `Z` or `+08:00` into minutes.
func parseOffset(b []byte) (minutes int, ok bool) {
	if len(b) == 1 && b[0] == 'Z' {
		return 0, true
	}
	if len(b) != 6 || b[0] != '+' && b[0] != '-' || b[3] != ':' {
		return 0, false
	}
	h, m := pair(b[1:]), pair(b[4:])
	if h < 0 || h > 23 || m < 0 || m > 59 {
		return 0, false
	}
	minutes = h*60 + m
	if b[0] == '-' {
		minutes = -minutes
	}
	return minutes, true
}

// pair reads two digits; -1 when they are none.
func pair(b []byte) int {
	if b[0]-'0' > 9 || b[1]-'0' > 9 {
		return -1
	}
	return int(b[0]-'0')*10 + int(b[1]-'0')
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysSince1970 counts days of the proleptic Gregorian calendar. Years are
// taken from March, so that the day which a leap year adds is its last.
func daysSince1970(year, month, day int) int {
	if month <= 2 {
		year--
		month += 12
	}
	era := year / 400
	if year < 0 {
		era = -1
	}
	inEra := year - era*400
	inYear := (153*(month-3)+2)/5 + day - 1
	return era*146097 + inEra*365 + inEra/4 - inEra/100 + inYear - 719468
}
