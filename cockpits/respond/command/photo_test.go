package command_test

import (
	"fmt"
	"testing"

	"citydeck/cockpits/fault"
	"citydeck/cockpits/respond/command"
)

func TestAPictureIsKeptOnceAndNotWithoutEnd(t *testing.T) {
	t.Parallel()
	r := press(t, testPlan(), place([]int{2}, "a"))
	shot := func(id, home string) command.Photograph {
		return command.Photograph{Who: responder("a"), Household: home, ID: id, SHA256: "d-" + id, At: t0 - 5}
	}
	r.refused(shot("x", "none"), fault.NotFound)
	r.refused(shot("", "h11"), fault.Invalid)
	r.refused(command.Photograph{Who: responder("nobody"), Household: "h11", ID: "x"}, fault.Forbidden)
	for i := range 8 {
		if events := r.do(shot(fmt.Sprint(i), "h11")); len(events) != 1 || events[0].Photo != fmt.Sprint(i) {
			t.Errorf("picture %d is %d lines", i, len(events))
		}
	}
	if again := r.do(shot("3", "h11")); len(again) != 0 {
		t.Errorf("the same picture again is %d lines", len(again))
	}
	r.refused(shot("8", "h11"), fault.Conflict)
	r.do(shot("9", "h12"))
	if h := r.state.Households(nil); len(h[0].Photos) != 8 || len(h[1].Photos) != 1 {
		t.Errorf("the households have %v and %v", h[0].Photos, h[1].Photos)
	}
	if p, found := r.state.Picture("9"); !found || p.Household != "h12" || p.At != t0-5 || p.SHA256 != "d-9" {
		t.Errorf("the picture is %+v", p)
	}
	r.do(command.StandDown{Who: boss, Reason: "x"})
	r.do(command.Close{Who: boss, Reason: "x"})
	r.refused(shot("10", "h12"), fault.Conflict)
}
