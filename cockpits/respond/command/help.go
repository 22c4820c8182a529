package command

import (
	"math"
	"slices"

	"citydeck/cockpits/respond/household"
)

// help gives each household with needs to a second person: of its own unit, of
// those who cover it, of all; of these who has least to do.
func (c *crew) help() {
	if len(c.posts) == 1 && len(c.people) > 1 && slices.ContainsFunc(c.homes, func(h home) bool { return len(h.Needs) > 0 }) {
		for i := range c.people {
			if role := c.roleOf(i, true); !c.called[i] && role != "" {
				c.add(i, role, -1)
				break
			}
		}
	}
	near := make([][]int, len(c.units))
	all := make([]int, len(c.posts))
	for p := range c.posts {
		all[p] = p
		for _, u := range c.people[c.posts[p].who].Covers {
			near[u] = append(near[u], p)
		}
	}
	for i := range c.homes {
		h := &c.homes[i]
		if len(h.Needs) == 0 || h.task < 0 {
			continue
		}
		best := c.helper(i, append(near[h.unit][:len(near[h.unit]):len(near[h.unit])], c.hands[h.unit]...))
		if best < 0 {
			best = c.helper(i, all)
		}
		if best >= 0 {
			c.posts[best].helping = append(c.posts[best].helping, i)
			c.posts[best].load += h.cost()
			h.helper = best
		}
	}
}

// helper is who of some is the likeliest helper of a household, -1 when nobody is.
func (c *crew) helper(home int, among []int) int {
	best, least := -1, math.Inf(1)
	for _, p := range among {
		if d := c.far(p, home); p != c.homes[home].task && d < least {
			best, least = p, d
		}
	}
	return best
}

// far is how unlikely a helper somebody is.
func (c *crew) far(p, home int) float64 {
	who, u := &c.people[c.posts[p].who], c.homes[home].unit
	d := c.posts[p].load.Seconds()
	switch {
	case slices.Contains(c.hands[u], p):
		return d
	case who.covers(u):
		return d + 90
	}
	return d + 1e4 + household.Metres([2]float64{who.Lon, who.Lat}, [2]float64{c.units[u].lon, c.units[u].lat})
}
