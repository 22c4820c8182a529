package command

import (
	"cmp"
	"math"
	"slices"
	"time"

	"citydeck/cockpits/respond/plan"
)

// post is what one person is to be called for.
type post struct {
	who     int
	role    string
	unit    int // where he belongs; -1: nowhere
	homes   []int
	helping []int
	load    time.Duration
}

// crew calls people and gives each household to one of them.
type crew struct {
	*ground
	posts  []post
	called []bool
	on     []time.Duration // what each unit takes
	hands  [][]int         // posts that belong to each unit
}

// muster says who is called for what: as many as the roles ask for, at least
// one for so many households, at most all.
func muster(g *ground) []post {
	c := newCrew(g)
	want, posts := c.asked()
	c.call(posts)
	c.slots(want)
	c.fill(want)
	c.share()
	c.even()
	c.help()
	c.even()
	for i := range c.posts {
		slices.Sort(c.posts[i].homes) // the list is in walking order
	}
	return c.posts
}

func newCrew(g *ground) *crew {
	c := &crew{ground: g, called: make([]bool, len(g.people)), on: make([]time.Duration, len(g.units)), hands: make([][]int, len(g.units))}
	for i := range g.homes {
		c.on[g.homes[i].unit] += g.homes[i].cost()
	}
	return c
}

// asked is how many are called, and how many of these have no doors.
func (c *crew) asked() (want, posts int) {
	buildings, units := map[string]bool{}, 0
	for i := range c.units {
		if len(c.units[i].homes) > 0 {
			buildings[c.units[i].building] = true
			units++
		}
	}
	sum := 0
	for _, r := range c.plan.Roles {
		switch r.Per {
		case plan.Unit:
			sum += r.Count * units
		case plan.Building:
			sum += r.Count * len(buildings)
		default:
			sum += r.Count
			posts += r.Count
		}
	}
	want = max(sum, (len(c.homes)+c.plan.PerResponder-1)/c.plan.PerResponder)
	if all := len(c.people); want > all {
		if posts < sum {
			posts = posts * all / max(sum, 1) // too few people: doors and posts suffer alike
		}
		want = all
	}
	return want, posts
}

// call gives out the posts without doors, each role's first before any second.
func (c *crew) call(left int) {
	for turn := 0; left > 0; turn++ {
		found := false
		for _, r := range c.plan.Roles {
			if r.Per.Doors() || turn >= r.Count || left == 0 {
				continue
			}
			found = true
			if p := c.pick(r.ID); p >= 0 {
				c.add(p, r.ID, -1)
			}
			left--
		}
		if !found {
			return
		}
	}
}

// pick finds somebody for a post: who has the fewest other things to do.
func (c *crew) pick(role string) int {
	best := -1
	for i := range c.people {
		p := &c.people[i]
		if !c.called[i] && p.has(role) && (best < 0 || len(p.Roles) < len(c.people[best].Roles)) {
			best = i
		}
	}
	return best
}

func (c *crew) add(who int, role string, unit int) {
	c.called[who] = true
	c.posts = append(c.posts, post{who: who, role: role, unit: unit})
	if unit >= 0 {
		c.hands[unit] = append(c.hands[unit], len(c.posts)-1)
	}
}

// slots fills what roles with doors ask for with who covers the unit: of these
// who covers the fewest others.
func (c *crew) slots(want int) {
	cover := make([][]int, len(c.units))
	for i := range c.people {
		for _, u := range c.people[i].Covers {
			cover[u] = append(cover[u], i)
		}
	}
	for _, r := range c.plan.Roles {
		for turn := 0; turn < r.Count && r.Per.Doors(); turn++ {
			c.round(r, cover, want)
		}
	}
}

// round calls one of a role for each unit or building.
func (c *crew) round(r plan.Role, cover [][]int, want int) {
	for u := range c.units {
		if len(c.posts) >= want {
			return
		}
		if len(c.units[u].homes) == 0 {
			continue
		}
		if r.Per == plan.Building && u > 0 && c.units[u].building == c.units[u-1].building {
			continue
		}
		if best := c.closest(cover[u], r.ID); best >= 0 {
			c.add(best, r.ID, u)
		}
	}
}

// closest is who of a role covers the fewest units, -1 when all are called.
func (c *crew) closest(people []int, role string) int {
	best := -1
	for _, i := range people {
		p := &c.people[i]
		if !c.called[i] && p.has(role) && (best < 0 || len(p.Covers) < len(c.people[best].Covers)) {
			best = i
		}
	}
	return best
}

// fill calls until there are as many as wanted, each for the unit with the most
// to do for each who is there already.
func (c *crew) fill(want int) {
	for pass := 0; pass < 2 && len(c.posts) < want; pass++ {
		for i := range c.people {
			if c.called[i] || len(c.posts) >= want {
				continue
			}
			if role := c.roleOf(i, pass == 1); role != "" {
				c.add(i, role, c.neediest(i))
			}
		}
		if slices.ContainsFunc(c.posts, func(p post) bool { return c.doors(p.role) }) {
			return
		}
	}
}

// roleOf is the first role with doors that a person has; else, where any will do, any.
func (c *crew) roleOf(who int, anyRole bool) string {
	for _, r := range c.plan.Roles {
		if c.people[who].has(r.ID) && (anyRole || r.Per.Doors()) {
			return r.ID
		}
	}
	return ""
}

func (c *crew) doors(role string) bool {
	r, _ := c.plan.Role(role)
	return r.Per.Doors()
}

// neediest is the unit where one more hand helps most: one that nobody has yet,
// then one that the person covers, then the one with most to do for each hand.
func (c *crew) neediest(who int) int {
	best, most := -1, -1.0
	for u := range c.units {
		if len(c.units[u].homes) == 0 {
			continue
		}
		weight := c.on[u].Seconds() / float64(len(c.hands[u])+1)
		if len(c.hands[u]) == 0 {
			weight += 1e9
		}
		if c.people[who].covers(u) {
			weight += 1e6
		}
		if weight > most {
			best, most = u, weight
		}
	}
	return best
}

// workers lists the posts that have doors; where none has, all have.
func (c *crew) workers() []int {
	var list []int
	for i := range c.posts {
		if c.doors(c.posts[i].role) {
			list = append(list, i)
		}
	}
	if list == nil {
		for i := range c.posts {
			list = append(list, i)
		}
	}
	return list
}

// share gives each unit's households to who belongs there, from the top floor
// down; those of a unit without anybody, floor by floor, to who covers it, else
// to who has least to do.
func (c *crew) share() {
	workers := c.workers()
	if len(workers) == 0 {
		return
	}
	for u := range c.units {
		homes := c.units[u].homes
		hands := slices.DeleteFunc(slices.Clone(c.hands[u]), func(i int) bool { return !slices.Contains(workers, i) })
		if len(hands) > 0 {
			c.split(homes, hands)
			continue
		}
		near := slices.DeleteFunc(slices.Clone(workers), func(i int) bool { return !c.people[c.posts[i].who].covers(u) })
		if len(near) == 0 {
			near = workers
		}
		for len(homes) > 0 {
			n := 1
			for n < len(homes) && c.homes[homes[n]].Floor == c.homes[homes[0]].Floor {
				n++
			}
			least := slices.MinFunc(near, func(a, b int) int { return cmp.Compare(c.posts[a].load, c.posts[b].load) })
			c.give(least, homes[:n]...)
			homes = homes[n:]
		}
	}
}

// split cuts a unit's households into one run for each hand.
func (c *crew) split(homes []int, hands []int) {
	total := time.Duration(0)
	for _, h := range homes {
		total += c.homes[h].cost()
	}
	at, done := 0, time.Duration(0)
	for _, h := range homes {
		if at < len(hands)-1 && done+c.homes[h].cost()/2 > total*time.Duration(at+1)/time.Duration(len(hands)) {
			at++
		}
		c.give(hands[at], h)
		done += c.homes[h].cost()
	}
}

func (c *crew) give(p int, homes ...int) {
	for _, h := range homes {
		c.posts[p].homes = append(c.posts[p].homes, h)
		c.posts[p].load += c.homes[h].cost()
		c.homes[h].task = p
	}
}

// fair is by how much loads may differ before somebody walks to another unit.
const fair = 2 * plan.Door

// even takes single households from who has most to who has least, among those
// who cover the unit: from the end of the list, so that the way stays one.
func (c *crew) even() {
	workers := c.workers()
	for range c.homes {
		most := -1
		for _, i := range workers {
			if most < 0 || c.posts[i].load > c.posts[most].load {
				most = i
			}
		}
		if most < 0 || len(c.posts[most].homes) < 2 {
			return
		}
		homes := c.posts[most].homes
		last := homes[len(homes)-1]
		best := -1
		for _, i := range workers {
			if i != c.homes[last].helper && c.people[c.posts[i].who].covers(c.homes[last].unit) && (best < 0 || c.posts[i].load < c.posts[best].load) {
				best = i
			}
		}
		if best < 0 || c.posts[most].load-c.posts[best].load <= fair {
			return
		}
		c.posts[most].homes = homes[:len(homes)-1]
		c.posts[most].load -= c.homes[last].cost()
		c.give(best, last)
	}
}

// lastDoor is when the last door is reached, in seconds from the press; NaN
// where nobody goes.
func lastDoor(posts []post) float64 {
	most := time.Duration(-1)
	for i := range posts {
		if p := &posts[i]; len(p.homes)+len(p.helping) > 0 {
			most = max(most, plan.Answer+plan.Arrive+p.load)
		}
	}
	if most < 0 {
		return math.NaN()
	}
	return most.Seconds()
}
