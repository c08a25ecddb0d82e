package fairshare

// portion is an amount of one group of lots.
type portion struct {
	group  int32
	amount int64 // gpu_ms
}

// claims is a set of claimants who share the supply of one node: its children,
// or the requests of a leaf. items and port are parallel; claims of one port
// use the same signatures (see network).
type claims struct {
	items  []item
	port   []int32
	supply []portion // in the order of the network's groups
	net    *network  // nil when every lot is interchangeable
	budget int64     // what may be given out in all
	// set is, per claim, the index into sets of the set it was settled in.
	set  []int32
	sets []settled
}

// settled is a set of claims whose level was found together.
type settled struct {
	last fraction // the key of the last unit given out
	// tight is nil when the set shares the whole supply as if every lot were
	// interchangeable, or what the pool's cap leaves of it; otherwise it names
	// the groups that hold the set down.
	tight []int32
}

// fillEligible is FillEligible(A, ∅): the fill of all claims such that the lots
// each may use carry it.
//
// Source: the decomposition algorithm for separable convex resource allocation
// over a polymatroid (Fujishige 1980; Groenevelt 1991).
func (c *claims) fillEligible() {
	c.sets = c.sets[:0]
	c.set = resize(c.set, len(c.items))
	if c.net == nil {
		var total int64
		for _, s := range c.supply {
			total += s.amount
		}
		fill(min(total, c.budget), c.items)
		c.settle(nil, c.items)
		return
	}
	all := make([]int32, len(c.items))
	for i := range all {
		all[i] = int32(i)
	}
	c.fillSubset(all, make([]int64, c.net.ports), 0)
}

// fillSubset is FillEligible(A, fixed): offers holds what the fixed claims
// offer per port, given is their sum. It adds A's result to offers.
func (c *claims) fillSubset(subset []int32, offers []int64, given int64) (sum int64) {
	part := make([]item, len(subset))
	trial := append([]int64(nil), offers...)
	for k, i := range subset {
		part[k] = c.items[i]
		trial[c.port[i]] = addCapped(trial[c.port[i]], part[k].hi)
	}
	carried := c.net.maxflow(trial)
	budget := min(carried, c.budget) - given
	var tight []int32
	if len(subset) < len(c.items) && carried <= c.budget {
		tight = c.net.reachedGroups(c.supply)
	}

	fill(budget, part)
	copy(trial, offers)
	for k, i := range subset {
		trial[c.port[i]] += part[k].x
		sum += part[k].x
	}
	if c.net.maxflow(trial) == given+sum {
		for k, i := range subset {
			c.items[i].x = part[k].x
		}
		copy(offers, trial)
		c.settle(tight, part, subset...)
		return sum
	}
	held, others := c.splitReached(subset, part)
	sum = c.fillSubset(held, offers, given)
	return sum + c.fillSubset(others, offers, given+sum)
}

// splitReached parts a subset into the claims that the present residual graph
// reaches from the source, which their lots hold down, and the others.
func (c *claims) splitReached(subset []int32, part []item) (held, others []int32) {
	for k, i := range subset {
		if part[k].x > 0 && c.net.portReached(int(c.port[i])) {
			held = append(held, i)
		} else {
			others = append(others, i)
		}
	}
	return held, others
}

// settle records that the claims of a subset (all when none is named) were
// filled to one level.
func (c *claims) settle(tight []int32, part []item, subset ...int32) {
	index := int32(len(c.sets))
	for k := range part {
		if subset == nil {
			c.set[k] = index
		} else {
			c.set[subset[k]] = index
		}
	}
	c.sets = append(c.sets, settled{last: lastKey(part), tight: tight})
}
