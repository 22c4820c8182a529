package stream_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"citydeck/cockpits/monitor/reading"
	"citydeck/server/stream"
)

func TestGapsAreRecognised(t *testing.T) {
	t.Parallel()
	tests := map[string]func(p *tape){
		"none in quiet times": func(p *tape) {
			a := p.write(20)
			p.look()
			a = append(a, p.write(20)...)
			p.look()
			p.want(a)
		},
		"trimmed before it was read, counted exactly": func(p *tape) {
			a := p.write(10)
			p.look()
			p.write(30)
			b := p.write(5)
			p.raw.XTrimMaxLen(p.t.Context(), "readings", 5)
			p.look()
			p.want(append(a, b...), "trimmed 30")
			if g := p.gaps[0]; g.Stream != "readings" || g.From == 0 || g.To < g.From || g.At == 0 {
				p.t.Errorf("gap %+v", g)
			}
			p.look()
			p.want(append(a, p.write(0)...), "trimmed 30")
		},
		"trimmed to nothing": func(p *tape) {
			a := p.write(10)
			p.look()
			p.write(7)
			p.raw.XTrimMaxLen(p.t.Context(), "readings", 0)
			p.look()
			a = append(a, p.write(3)...)
			p.look()
			p.want(a, "trimmed 7")
		},
		"trimmed behind what was read": func(p *tape) {
			a := p.write(10)
			p.look()
			p.raw.XTrimMaxLen(p.t.Context(), "readings", 0)
			a = append(a, p.write(10)...)
			p.look()
			p.want(a)
		},
		"trimmed before anybody read": func(p *tape) {
			p.write(10)
			p.raw.XTrimMaxLen(p.t.Context(), "readings", 4)
			p.look()
			p.want([]float64{7, 8, 9, 10})
		},
		"single entries deleted": func(p *tape) {
			a := p.write(9)
			id := p.due("77")
			p.look()
			p.raw.XDel(p.t.Context(), "readings", id)
			a = append(a, p.write(3)...)
			p.look()
			p.want(append(a, 77))
		},
		"deleted": func(p *tape) {
			a := p.write(10)
			p.look()
			p.raw.Del(p.t.Context(), "readings")
			p.look()
			a = append(a, p.write(5)...)
			p.look()
			p.want(a, "recreated 0")
		},
		"deleted and begun anew with small ids": func(p *tape) {
			a := p.write(10)
			p.look()
			p.raw.Del(p.t.Context(), "readings")
			a = append(a, p.writeAs("5-1"), p.writeAs("6-1"))
			p.look()
			p.want(a, "recreated 0")
		},
		"deleted and begun anew, longer than before": func(p *tape) {
			a := p.write(10)
			p.look()
			p.raw.Del(p.t.Context(), "readings")
			a = append(a, p.write(30)...)
			p.look()
			p.want(a, "recreated 0")
		},
		"begun anew with the very id": func(p *tape) {
			a := []float64{p.writeAs("1000-1"), p.writeAs("1000-2")}
			p.look()
			p.raw.Del(p.t.Context(), "readings")
			a = append(a, p.writeAs("1000-1"), p.writeAs("1000-2"))
			p.look()
			p.want(a, "recreated 0")
		},
		"flushed": func(p *tape) {
			a := p.write(10)
			p.look()
			p.raw.FlushAll(p.t.Context())
			a = append(a, p.write(3)...)
			p.look()
			p.want(a, "recreated 0")
		},
		"renamed away and back": func(p *tape) {
			a := p.write(10)
			p.look()
			p.raw.Rename(p.t.Context(), "readings", "aside")
			p.look()
			p.raw.Rename(p.t.Context(), "aside", "readings")
			a = append(a, p.write(3)...)
			p.look()
			p.want(a, "recreated 0")
		},
		"killed, nothing lost": func(p *tape) {
			a := p.write(10)
			p.look()
			p.server.Kill()
			p.server.Restart()
			a = append(a, p.write(3)...)
			p.look()
			p.want(a)
		},
		"a lost tail": func(p *tape) {
			a := p.write(10)
			kept := p.server.Written()
			a = append(a, p.write(5)...)
			p.look()
			p.server.Kill()
			p.server.Forget(kept)
			p.server.Restart()
			p.look()
			a = append(a, p.write(3)...)
			p.look()
			p.want(a, "rolled_back 0")
		},
		"a lost tail, filled again past our position before anybody looked": func(p *tape) {
			a := p.write(10)
			kept := p.server.Written()
			a = append(a, p.write(5)...)
			p.look()
			p.server.Kill()
			p.server.Forget(kept)
			p.server.Restart()
			a = append(a, p.write(12)...)
			p.look()
			p.want(a, "rolled_back 0")
		},
		"a lost tail, and a clock behind": func(p *tape) {
			var a []float64
			for i := range 10 {
				a = append(a, p.writeAs(fmt.Sprintf("1000-%d", i)))
			}
			kept := p.server.Written()
			for i := range 5 {
				a = append(a, p.writeAs(fmt.Sprintf("2000-%d", i)))
			}
			p.look()
			p.server.Kill()
			p.server.Forget(kept)
			p.server.Restart()
			for i := range 40 { // below our position: nobody would ever read them
				a = append(a, p.writeAs(fmt.Sprintf("1500-%d", i)))
			}
			p.look()
			p.want(a, "rolled_back 0")
		},
		"another type": func(p *tape) {
			a := p.write(4)
			p.look()
			p.raw.Rename(p.t.Context(), "readings", "aside")
			p.raw.Set(p.t.Context(), "readings", "x", 0)
			p.clock.step(11 * time.Second)
			p.nothing(p.consumer)
			p.raw.Del(p.t.Context(), "readings")
			p.raw.Rename(p.t.Context(), "aside", "readings")
			a = append(a, p.write(3)...)
			p.look()
			p.want(a)
		},
	}
	for name, history := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			history(newTape(t))
		})
		t.Run(name+", with restarts", func(t *testing.T) {
			t.Parallel()
			if testing.Short() {
				t.Skip("the same, longer")
			}
			p := newTape(t)
			p.restarts = true
			history(p)
		})
	}
}

func TestReadingGoesOnWhereACheckpointStood(t *testing.T) {
	t.Parallel()
	p := newTape(t)
	a := p.write(10)
	p.look()
	old := p.mark.Copy()
	a = append(a, p.write(10)...)
	p.look()
	p.want(a)
	for v := range p.values { // what came after the checkpoint is not in its state
		if v > 10 {
			delete(p.values, v)
		}
	}
	p.mark.Restore(old.Last(), old.Landmarks())
	p.mark.Position, p.mark.Index, p.mark.Run = old.Position, old.Index, old.Run
	p.resume()
	p.look()
	p.want(a)
}

func TestADeadLetterIsWrittenOnceAlsoAfterARestart(t *testing.T) {
	t.Parallel()
	p := newTape(t)
	bad := func(n int) {
		for range n {
			p.add("measure", "none", "area", "grid-0", "value", "1")
		}
	}
	bad(3)
	p.add("batch", `[{"measure":"none"},{"measure":"due","area":"grid-0","value":5},{"measure":"due","area":"none"}]`)
	p.look()
	for range 2 { // once from the beginning, as without a checkpoint; once more
		p.mark, p.values = reading.Mark{Index: -1}, map[float64]int{}
		p.resume()
		p.look()
	}
	bad(2)
	p.look()
	got, err := p.raw.XRange(t.Context(), stream.Dead, "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, m := range got {
		seen[fmt.Sprint(m.Values["entry"], " ", m.Values["index"])]++
	}
	if len(seen) != 7 || len(got) != 7 {
		t.Errorf("%d letters of %d, want 7 of 7: %v", len(got), len(seen), seen)
	}
	if p.dead < 17 {
		t.Errorf("%d rejections were handed out, want all of them each time", p.dead)
	}
	p.want([]float64{5})
}

func TestDeadLettersWaitForARedisThatIsAway(t *testing.T) {
	t.Parallel()
	p := newTape(t)
	p.write(1)
	p.look()
	p.add("measure", "none", "area", "grid-0", "value", "1")
	p.add("measure", "none", "area", "grid-1", "value", "1")
	b, err := p.consumer.Next(t.Context())
	if err != nil || len(b.Rejected) != 2 {
		t.Fatalf("Next = %+v, %v, want two that can't be used", b, err)
	}
	p.note(b)
	p.server.Kill()
	p.consumer.Reject(t.Context(), b.Rejected)
	p.server.Restart()
	a := p.write(1)
	p.look()
	p.want(a)
	got, err := p.raw.XRange(t.Context(), stream.Dead, "-", "+").Result()
	if err != nil || len(got) != 2 || got[0].Values["entry"] == got[1].Values["entry"] || got[0].Values["reading"] == "" {
		t.Errorf("%d letters once Redis is back, want both: %v, %v", len(got), got, err)
	}
}

// Whatever happens to a stream, nothing counts twice, and what is still there
// at the end has counted.
func TestNoHistoryOfAStreamCountsTwiceOrMisses(t *testing.T) {
	t.Parallel()
	rounds := 4
	if testing.Short() {
		rounds = 1
	}
	for round := range rounds {
		t.Run(fmt.Sprint(round), func(t *testing.T) {
			t.Parallel()
			seed := uint64(time.Now().UnixNano())
			r := rand.New(rand.NewPCG(seed, 1))
			p := newTape(t)
			kept := p.server.Written()
			var did []string
			for range 10 {
				p.write(r.IntN(30))
				switch what := r.IntN(7); what {
				case 0:
					kept = p.server.Written()
					did = append(did, "write")
				case 1:
					p.server.Kill()
					p.server.Forget(min(kept, p.server.Written()))
					p.server.Restart()
					kept = p.server.Written()
					did = append(did, "cut")
				case 2:
					p.raw.Del(t.Context(), "readings")
					did = append(did, "del")
				case 3:
					p.raw.XTrimMaxLen(t.Context(), "readings", int64(r.IntN(20)))
					did = append(did, "trim")
				case 4:
					p.resume()
					did = append(did, "restart")
				default:
					p.look()
					did = append(did, "look")
				}
			}
			p.look()
			left, err := p.raw.XRange(t.Context(), "readings", "-", "+").Result()
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range left {
				var v float64
				if _, err := fmt.Sscan(fmt.Sprint(m.Values["value"]), &v); err != nil {
					t.Fatal(err)
				}
				if p.values[v] == 0 {
					t.Errorf("seed %d, %s: %v is there and was missed", seed, strings.Join(did, " "), v)
				}
			}
			for v, n := range p.values {
				if n > 1 {
					t.Errorf("seed %d, %s: %v counted %d times", seed, strings.Join(did, " "), v, n)
				}
			}
		})
	}
}
