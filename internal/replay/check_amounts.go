package replay

import (
	"math/bits"
	"slices"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// Laws of amounts: supply, bounds, floors, what is left, reciprocity.

// checkLots: law 1.
func (c *checker) checkLots() {
	taken := make([]int64, len(c.lots))
	for i := range c.requests {
		for k, a := range c.awards[i] {
			taken[a.Lot] += a.Amount
			if a.Amount < 1 {
				c.broken(1, c.requests[i].ID, "is awarded %d gpu_ms", a.Amount)
			}
			if k > 0 && c.awards[i][k-1].Lot >= a.Lot {
				c.broken(1, c.requests[i].ID, "has awards that are not in order of lot, or two from one")
			}
			if _, found := slices.BinarySearch(c.usable[i], int(a.Lot)); !found {
				c.broken(1, c.requests[i].ID, "is awarded lot %s, which it may not use", c.lots[a.Lot].ID)
			}
		}
	}
	for i, l := range c.lots {
		if left := c.d.Left[i]; left < 0 || taken[i]+left != l.Supply.GPUMilliseconds() {
			c.broken(1, l.ID, "%d gpu_ms awarded and %d left of a supply of %v", taken[i], left, l.Supply)
		}
	}
	granted := make([]int64, len(c.nodes))
	for i, r := range c.requests {
		sum := int64(0)
		for _, a := range c.awards[i] {
			sum += a.Amount
		}
		if sum != c.d.Requests[i].Granted {
			c.broken(1, r.ID, "is granted %d gpu_ms, but its awards sum to %d", c.d.Requests[i].Granted, sum)
		}
		granted[c.node[i]] += c.d.Requests[i].Granted
	}
	for _, n := range c.bottomUp {
		if granted[n] != c.d.Nodes[n].Granted {
			c.broken(1, c.nodes[n].ID, "is granted %d gpu_ms, but its requests have %d", c.d.Nodes[n].Granted, granted[n])
		}
		if p := c.parent[n]; p >= 0 {
			granted[p] += granted[n]
		}
	}
}

// checkRequests: law 2 for requests.
func (c *checker) checkRequests() {
	for i, r := range c.requests {
		switch got := c.d.Requests[i].Granted; {
		case got == 0:
		case r.Held:
			c.broken(2, r.ID, "is held and granted %d gpu_ms", got)
		case got < 0 || got < r.Min.GPUMilliseconds() || got > r.Max.GPUMilliseconds():
			c.broken(2, r.ID, "is granted %d gpu_ms, expected 0 or %v to %v", got, r.Min, r.Max)
		}
	}
}

// checkNodes: law 2 for nodes, and what can be seen of laws 3 and 9 everywhere.
func (c *checker) checkNodes() {
	supply := int64(0)
	for _, l := range c.lots {
		supply += l.Supply.GPUMilliseconds()
	}
	entitled := int64(0)
	for i, n := range c.nodes {
		out := c.d.Nodes[i]
		if n.Cap != nil && out.Granted > n.Cap.GPUMilliseconds() {
			c.broken(2, n.ID, "is granted %d gpu_ms above its cap of %v", out.Granted, *n.Cap)
		}
		if i == c.root {
			continue
		}
		if c.parent[i] == c.root {
			entitled += out.Entitlement
		}
		if most := max(n.Floor.GPUMilliseconds(), guarantee(c.round, out.Entitlement)); out.Floor > most {
			c.broken(9, n.ID, "has a lower bound of %d gpu_ms, above its floor and guarantee of %d", out.Floor, most)
		}
		if out.Granted < out.Floor && !c.hindered[i] {
			c.broken(3, n.ID, "is granted %d gpu_ms, below its lower bound of %d", out.Granted, out.Floor)
		}
	}
	if entitled > supply {
		c.broken(9, c.nodes[c.root].ID, "its children are entitled to %d gpu_ms of a supply of %d", entitled, supply)
	}
}

// guarantee is ⌊α·e/1000⌋.
func guarantee(r fairshare.Round, entitlement int64) int64 {
	hi, lo := bits.Mul64(uint64(r.GuaranteePermille), uint64(max(0, entitlement)))
	q, _ := bits.Div64(hi, lo, 1000)
	return int64(q)
}

// bankLimit is K·e, at most the largest int64.
func bankLimit(r fairshare.Round, entitlement int64) int64 {
	hi, lo := bits.Mul64(uint64(r.BankLimitRounds), uint64(max(0, entitlement)))
	if hi > 0 || lo > 1<<63-1 {
		return 1<<63 - 1
	}
	return int64(lo)
}

// checkLeft: law 5.
func (c *checker) checkLeft() {
	for i, r := range c.requests {
		granted, most := c.d.Requests[i].Granted, r.Max.GPUMilliseconds()
		if r.Held || granted >= most {
			continue
		}
		room := int64(0)
		for _, lot := range c.usable[i] {
			room += c.d.Left[lot]
		}
		room = min(room, most-granted)
		for n := c.node[i]; n >= 0; n = c.parent[n] {
			if limit := c.nodes[n].Cap; limit != nil {
				room = min(room, limit.GPUMilliseconds()-c.d.Nodes[n].Granted)
			}
		}
		if room > 0 && granted+room >= r.Min.GPUMilliseconds() {
			c.broken(5, r.ID, "has %d gpu_ms and %d more would fit", granted, room)
		}
	}
}

// checkReciprocity: law 10.
func (c *checker) checkReciprocity() {
	for p := range c.nodes {
		if len(c.children[p]) == 0 {
			if before, after := c.nodes[p].Commons.GPUMilliseconds(), c.d.Nodes[p].Commons; before != after {
				c.broken(10, c.nodes[p].ID, "has a commons of %d, was %d, but no children", after, before)
			}
			continue
		}
		sum := c.d.Nodes[p].Commons
		paid, credited := int64(0), int64(0)
		for _, n := range c.children[p] {
			sum += c.d.Nodes[n].Balance
			pays, gets := c.checkBalance(n)
			paid, credited = paid+pays, credited+gets
		}
		if sum != 0 {
			c.broken(10, c.nodes[p].ID, "balances and commons below it sum to %d", sum)
		}
		if credited > paid {
			c.broken(10, c.nodes[p].ID, "%d gpu_ms credited below it, but %d paid", credited, paid)
		}
	}
}

// checkBalance tests one balance, and returns what its node paid and the least
// it must have been credited.
func (c *checker) checkBalance(n int) (paid, credited int64) {
	id, out := c.nodes[n].ID, c.d.Nodes[n]
	before, limit := c.nodes[n].Balance.GPUMilliseconds(), int64(1<<63-1)
	if out.Entitlement > 0 {
		limit = bankLimit(c.round, out.Entitlement)
	}
	least := clampTo(before, limit)
	most := least
	switch more := out.Granted - out.Entitlement; {
	case more > 0:
		paid = more
		least = clampTo(before-more, limit)
		most = least
	case more < 0:
		most = clampTo(before-more, limit)
	}
	if out.Balance < least || out.Balance > most {
		c.broken(10, id, "has a balance of %d, was %d, granted %d, entitled to %d: expected %d to %d",
			out.Balance, before, out.Granted, out.Entitlement, least, most)
	}
	return paid, max(0, out.Balance-max(least, before))
}

func clampTo(v, limit int64) int64 { return max(-limit, min(v, limit)) }
