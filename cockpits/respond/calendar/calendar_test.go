package calendar_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"citydeck/cockpits/respond/calendar"
)

// the National Day of 2025: 1 to 8 October off, 28 September and 11 October worked.
func office(t testing.TB) (*calendar.Calendar, func(string) time.Time) {
	t.Helper()
	zone := time.FixedZone("CST", 8*3600)
	days := map[string]string{"2025-09-28": "work", "2025-10-11": "work"}
	for d := range 8 {
		days["2025-10-0"+string(rune('1'+d))] = "off"
	}
	c, err := calendar.New(zone, days, calendar.Usual())
	if err != nil {
		t.Fatal(err)
	}
	return c, func(s string) time.Time {
		at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
}

func TestDeadlines(t *testing.T) {
	t.Parallel()
	c, at := office(t)
	tests := map[string]struct {
		from string
		n    float64
		unit calendar.Unit
		want string
	}{
		"two hours by the clock":           {"2025-09-30 23:00", 2, calendar.UrgentHour, "2025-10-01 01:00"},
		"two working hours before noon":    {"2025-09-30 09:00", 2, calendar.WorkHour, "2025-09-30 11:00"},
		"over noon":                        {"2025-09-30 11:00", 2, calendar.WorkHour, "2025-09-30 14:30"},
		"to the very end of a shift":       {"2025-09-30 08:30", 3.5, calendar.WorkHour, "2025-09-30 12:00"},
		"over the holidays":                {"2025-09-30 17:00", 1, calendar.WorkHour, "2025-10-09 09:00"},
		"from a holiday on":                {"2025-10-03 10:00", 4, calendar.WorkHour, "2025-10-09 14:00"},
		"from before work":                 {"2025-09-30 05:00", 1, calendar.WorkHour, "2025-09-30 09:30"},
		"one working day":                  {"2025-09-29 10:00", 1, calendar.WorkDay, "2025-09-30 17:30"},
		"a working day over the holidays":  {"2025-09-30 10:00", 1, calendar.WorkDay, "2025-10-09 17:30"},
		"a Saturday that is worked":        {"2025-10-10 10:00", 1, calendar.WorkDay, "2025-10-11 17:30"},
		"from a Sunday":                    {"2025-10-12 10:00", 2, calendar.WorkDay, "2025-10-14 17:30"},
		"today":                            {"2025-09-30 10:00", 0, calendar.WorkDay, "2025-09-30 17:30"},
		"three days as they come":          {"2025-09-30 10:00", 3, calendar.NaturalDay, "2025-10-04 00:00"},
		"no working time: it is over then": {"2025-09-30 10:00", 0, calendar.WorkHour, "2025-09-30 10:00"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := c.Deadline(at(tt.from), tt.n, tt.unit)
			if err != nil || !got.Equal(at(tt.want)) {
				t.Errorf("%v %s after %s: %v, %v; want %s", tt.n, tt.unit, tt.from, got, err, tt.want)
			}
		})
	}
	if _, err := c.Deadline(at("2025-09-30 10:00"), 1, "moon"); err == nil {
		t.Error("a deadline in moons is no error")
	}
	if _, err := c.Deadline(at("2025-09-30 10:00"), -1, calendar.WorkHour); err == nil {
		t.Error("a deadline before its beginning is no error")
	}
}

func TestWhenPeopleWork(t *testing.T) {
	t.Parallel()
	c, at := office(t)
	for text, want := range map[string]bool{
		"2025-09-30 08:29": false, "2025-09-30 08:30": true, "2025-09-30 12:00": false, "2025-10-01 09:00": false, "2025-09-28 09:00": true, "2025-10-12 09:00": false,
	} {
		if got := c.Open(at(text)); got != want {
			t.Errorf("open at %s: %v, want %v", text, got, want)
		}
	}
	if got := c.Worked(at("2025-09-30 11:00"), at("2025-10-09 09:00")); got != 5*time.Hour+30*time.Minute {
		t.Errorf("worked over the holidays: %v, want 5h30m", got)
	}
}

func TestADeadlineIsReachedWhenItsTimeIsWorked(t *testing.T) {
	t.Parallel()
	c, at := office(t)
	rapid.Check(t, func(t *rapid.T) {
		from := at("2025-09-20 00:00").Add(time.Duration(rapid.IntRange(0, 40*24*60).Draw(t, "minutes")) * time.Minute)
		n := time.Duration(rapid.IntRange(1, 60*60).Draw(t, "work")) * time.Minute
		end, err := c.Deadline(from, n.Hours(), calendar.WorkHour)
		if err != nil {
			t.Fatal(err)
		}
		if got := c.Worked(from, end); got < n-time.Microsecond || got > n+time.Microsecond {
			t.Errorf("%v of work after %v end at %v, where %v is worked", n, from, end, got)
		}
	})
}

func TestHoursThatAreNone(t *testing.T) {
	t.Parallel()
	for name, shifts := range map[string][]calendar.Shift{
		"none": nil, "backwards": {{2, 1}}, "overlapping": {{1, 3}, {2, 4}}, "beyond midnight": {{1, 25 * time.Hour}},
	} {
		if _, err := calendar.New(time.UTC, nil, shifts); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
