package command_test

import (
	"fmt"
	"testing"

	"citydeck/cockpits/respond/command"
	"citydeck/cockpits/respond/household"
)

// large is a zone of 20,000 households in 1,250 units, and 2,000 people.
func large() *household.Survey {
	units := make([]int, 1250)
	for i := range units {
		units[i] = 16
	}
	s := place(units)
	for i := range s.Homes {
		s.Homes[i].ID = fmt.Sprintf("h%d", i)
		if i%7 == 0 {
			s.Homes[i].Needs = []string{"wheelchair"}
		}
	}
	for i := range 2000 {
		p := household.Person{Responder: household.Responder{ID: fmt.Sprintf("r%d", i), Roles: []string{"sweeper"}, OnDuty: true, Phone: "100"}}
		for u := i / 80 * 50; u < i/80*50+50; u++ { // each grid of 50 units has 80 people
			p.Covers = append(p.Covers, u)
		}
		s.People = append(s.People, p)
	}
	return s
}

func BenchmarkPressOf20000(b *testing.B) {
	p, s := testPlan(), large()
	for b.Loop() {
		r := press(b, p, s)
		if r.state.Total() != 20_000 {
			b.Fatal("somebody is missing")
		}
	}
}

func BenchmarkPreviewOf20000(b *testing.B) {
	p, s := testPlan(), large()
	for b.Loop() {
		command.Look(p, s, rates(), nil)
	}
}

func BenchmarkAcknowledgementAmong20000(b *testing.B) {
	r := press(b, testPlan(), large())
	tasks := r.state.Tasks()
	i := 0
	for b.Loop() {
		t := tasks[i%len(tasks)]
		answer := []string{"yes", "cannot"}[i/len(tasks)%2]
		if answer == "yes" {
			r.now += 1
			r.do(command.Acknowledge{Who: responder(t.Responder), Task: t.ID, Answer: answer})
		}
		i++
	}
}

func BenchmarkReportAmong20000(b *testing.B) {
	r := press(b, testPlan(), large())
	i := 0
	for b.Loop() {
		r.now += 1
		r.do(command.Report{Who: boss, Household: fmt.Sprintf("h%d", i%20_000), ID: fmt.Sprint(i), State: "knocked"})
		i++
	}
}

func BenchmarkViewOf20000(b *testing.B) {
	r := press(b, testPlan(), large())
	for b.Loop() {
		r.state.View(r.now)
	}
}

func BenchmarkDeputiesOf2000(b *testing.B) {
	s := large()
	for b.Loop() {
		r := press(b, testPlan(), s)
		for i, t := range r.state.Tasks() {
			if i%10 != 0 {
				r.yes(t.Responder)
			}
		}
		b.StopTimer()
		b.StartTimer()
		r.at(60_000)
	}
}

// BenchmarkBoardOf20000 is what a board costs while nobody else may change the command.
func BenchmarkBoardOf20000(b *testing.B) {
	r := press(b, testPlan(), large())
	for b.Loop() {
		v, board := r.state.View(r.now), r.state.Board(r.now)
		if v.Total != 20_000 || len(board.Units) != 1250 {
			b.Fatal("somebody is missing")
		}
	}
}
