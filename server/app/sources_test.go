package app_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"citydeck/server/stream/redistest"
)

func TestASourceShowsWhatOfItCouldNotBeUsed(t *testing.T) {
	t.Parallel()
	server := redistest.Start(t)
	h := newHouse(t, server.URL(), nil)
	h.add("ada", "admin", "valley")
	ada := h.token("ada")
	redis := newProducer(t, server.Addr)
	for i := range 5 {
		redis.add("readings", "measure", "boats", "area", "sill", "value", fmt.Sprintf("%d boats", i), "source", "locks", "member", "a secret")
	}
	redis.add("readings", "measure", "barges", "area", "sill", "value", "1", "source", "locks")
	type example struct{ Reason, Detail, Reading string }
	var list []struct {
		Source   string
		Rejected map[string]int64
		Examples []example
	}
	h.until("all six are refused", func() bool {
		_, text := h.by(ada, "GET", "/api/v1/sources", "")
		if err := json.Unmarshal([]byte(text), &list); err != nil {
			t.Fatalf("%v: %s", err, text)
		}
		return len(list) == 1 && list[0].Rejected["bad_value"] == 5 && list[0].Rejected["unknown_measure"] == 1
	})
	var of []string
	for _, x := range list[0].Examples {
		of = append(of, x.Reason)
		if x.Detail == "" || strings.Contains(x.Reading, "secret") {
			t.Errorf("an example is %+v", x)
		}
	}
	if fmt.Sprint(of) != "[bad_value bad_value bad_value unknown_measure]" || !strings.Contains(list[0].Examples[0].Reading, "2 boats") {
		t.Errorf("the examples are %+v, want the newest three of a bad value and the unknown measure", list[0].Examples)
	}
}
