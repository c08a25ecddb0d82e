package replay

import (
	"math/bits"
	"slices"
)

// Laws of levels, tested on rounds without minima and caps: one pass divides
// everything, and what is left is of use to nobody.

// key is (2(x−b)±1)/w, the key of a unit.
type key struct{ num, den int64 }

// less compares two keys with positive denominators, in 128 bits.
func (k key) less(o key) bool {
	aNeg, aHi, aLo := product(k.num, o.den)
	bNeg, bHi, bLo := product(o.num, k.den)
	if aNeg != bNeg {
		return aNeg
	}
	if aNeg {
		aHi, aLo, bHi, bLo = bHi, bLo, aHi, aLo
	}
	return aHi < bHi || aHi == bHi && aLo < bLo
}

// product is the sign and the magnitude of n·d, d > 0.
func product(n, d int64) (negative bool, hi, lo uint64) {
	magnitude := uint64(n)
	if n < 0 {
		magnitude = -magnitude
	}
	hi, lo = bits.Mul64(magnitude, uint64(d))
	return n < 0, hi, lo
}

// claim is one sibling in a division: a node, or a request of a leaf.
type claim struct {
	name             string
	order            int // among its siblings
	weight, x, lo, b int64
}

// weightless siblings come after all others.
func (k claim) later(o claim) bool { return k.weight == 0 && o.weight > 0 }

func (k claim) lastUnit() key { return key{2*(k.x-1-k.b) + 1, max(k.weight, 1)} }
func (k claim) nextUnit() key { return key{2*(k.x-k.b) + 1, max(k.weight, 1)} }

// owesUnitTo reports whether the last unit of k should have been the next of o.
func (k claim) owesUnitTo(o claim) bool { return o.unitBefore(k, o.nextUnit(), k.lastUnit()) }

// nodeClaim is a node among its siblings.
func (c *checker) nodeClaim(n, order int) claim {
	out := c.d.Nodes[n]
	limit := bankLimit(c.round, out.Entitlement)
	return claim{
		name: c.nodes[n].ID, order: order, weight: c.nodes[n].Weight, x: out.Granted, lo: out.Floor,
		b: clampTo(c.nodes[n].Balance.GPUMilliseconds(), limit),
	}
}

// checkLevels: law 4. A lot that one sibling uses and another wants could give a
// unit from the one to the other and change nothing else; its last unit must
// not have the larger key.
func (c *checker) checkLevels() {
	uses, wants := c.trade()
	for p := range c.nodes {
		var claims []claim
		var used, wanted []map[int]bool
		for k, n := range c.children[p] {
			claims = append(claims, c.nodeClaim(n, k))
			used, wanted = append(used, uses[n]), append(wanted, wants[n])
		}
		c.checkTrade(claims, used, wanted)
		claims, used, wanted = nil, nil, nil
		for k, i := range c.inServiceOrder(c.hangs[p]) {
			if c.requests[i].Held {
				continue
			}
			claims = append(claims, claim{name: c.requests[i].ID, order: k, weight: 1, x: c.d.Requests[i].Granted})
			used, wanted = append(used, c.usedBy(i)), append(wanted, c.wantedBy(i))
		}
		c.checkTrade(claims, used, wanted)
	}
}

// trade returns, per node, the lots that the requests below use and those that
// unmet requests below could use.
func (c *checker) trade() (uses, wants []map[int]bool) {
	uses, wants = make([]map[int]bool, len(c.nodes)), make([]map[int]bool, len(c.nodes))
	for _, n := range c.bottomUp {
		uses[n], wants[n] = map[int]bool{}, map[int]bool{}
		for _, i := range c.hangs[n] {
			addAll(uses[n], c.usedBy(i))
			addAll(wants[n], c.wantedBy(i))
		}
		for _, child := range c.children[n] {
			addAll(uses[n], uses[child])
			addAll(wants[n], wants[child])
		}
	}
	return uses, wants
}

func addAll(to, from map[int]bool) {
	for k := range from {
		to[k] = true
	}
}

func (c *checker) usedBy(i int) map[int]bool {
	lots := make(map[int]bool, len(c.awards[i]))
	for _, a := range c.awards[i] {
		lots[int(a.Lot)] = true
	}
	return lots
}

func (c *checker) wantedBy(i int) map[int]bool {
	lots := make(map[int]bool)
	if r := c.requests[i]; !r.Held && c.d.Requests[i].Granted < r.Max.GPUMilliseconds() {
		for _, lot := range c.usable[i] {
			lots[lot] = true
		}
	}
	return lots
}

// checkTrade finds siblings that owe each other a unit of some lot. For each lot
// it is enough to look at the last unit that should have gone first to another,
// and at the next unit that should come first.
func (c *checker) checkTrade(claims []claim, used, wanted []map[int]bool) {
	for lot := range c.lots {
		last, next := -1, -1
		for k := range claims {
			if used[k][lot] && claims[k].x > claims[k].lo && (last < 0 || claims[last].lastBefore(claims[k])) {
				last = k
			}
			if wanted[k][lot] && (next < 0 || claims[k].nextBefore(claims[next])) {
				next = k
			}
		}
		if last >= 0 && next >= 0 && last != next && claims[last].owesUnitTo(claims[next]) {
			c.broken(4, claims[last].name, "has a unit of lot %s that should be %s's", c.lots[lot].ID, claims[next].name)
		}
	}
}

// lastBefore orders by the last unit, nextBefore by the next one.
func (k claim) lastBefore(o claim) bool { return k.unitBefore(o, k.lastUnit(), o.lastUnit()) }
func (k claim) nextBefore(o claim) bool { return k.unitBefore(o, k.nextUnit(), o.nextUnit()) }

func (k claim) unitBefore(o claim, mine, other key) bool {
	switch {
	case k.later(o) || o.later(k):
		return o.later(k)
	case mine.less(other) || other.less(mine):
		return mine.less(other)
	}
	return k.order < o.order
}

// inServiceOrder sorts requests of a leaf, given by id, by rank and submission.
func (c *checker) inServiceOrder(list []int) []int {
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b int) int {
		x, y := c.requests[a], c.requests[b]
		if x.Rank != y.Rank {
			return int(x.Rank - y.Rank)
		}
		return x.Submitted.Compare(y.Submitted)
	})
	return sorted
}

// isUniform reports whether every request may use every lot.
func (c *checker) isUniform() bool {
	for i := range c.requests {
		if len(c.usable[i]) != len(c.lots) {
			return false
		}
	}
	for _, l := range c.lots {
		if l.OpenTo != nil {
			return false
		}
	}
	return len(c.requests) > 0
}

// checkBounds: laws 3 and 9 where every lot serves everybody, below a node. Its
// children's lower bounds are their floors and guarantees as far as they ask for
// them; if these do not fit, they share all that the node has.
func (c *checker) checkBounds(p int) {
	budget := c.d.Nodes[p].Granted
	if p == c.root { // what is left of the supply was not asked for
		for _, left := range c.d.Left {
			budget += left
		}
	}
	sum, bounds, entitled := int64(0), int64(0), int64(0)
	weighted := false
	for _, n := range c.children[p] {
		sum += c.bound(n, budget)
		bounds += c.d.Nodes[n].Floor
		entitled += c.d.Nodes[n].Entitlement
		weighted = weighted || c.nodes[n].Weight > 0
	}
	if weighted && entitled != budget {
		c.broken(9, c.nodes[p].ID, "its children are entitled to %d of %d gpu_ms", entitled, budget)
	}
	if sum > budget && bounds != budget {
		c.broken(3, c.nodes[p].ID, "the floors below it share %d of %d gpu_ms", bounds, budget)
	}
	for _, n := range c.children[p] {
		switch want := c.bound(n, budget); {
		case sum <= budget && c.d.Nodes[n].Floor != want:
			c.broken(9, c.nodes[n].ID, "has a lower bound of %d gpu_ms, expected %d", c.d.Nodes[n].Floor, want)
		case c.d.Nodes[n].Floor > want:
			c.broken(3, c.nodes[n].ID, "has a lower bound of %d gpu_ms, expected at most %d", c.d.Nodes[n].Floor, want)
		}
		c.checkBounds(n)
	}
}

// bound is min(hi, max(floor, ⌊α·e/1000⌋)).
func (c *checker) bound(n int, budget int64) int64 {
	floor := max(c.nodes[n].Floor.GPUMilliseconds(), guarantee(c.round, c.d.Nodes[n].Entitlement))
	return min(c.asked[n], budget, floor)
}
