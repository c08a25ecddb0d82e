package fairshare

import (
	"cmp"
	"slices"
)

// divideLeaf divides what a leaf was given among its requests: step 4 of a
// round, minimum or nothing.
func (w *worker) divideLeaf(place int32, supply []portion) {
	t := &w.s.tree
	from, till := t.slot[place], t.slot[place+1]
	if from == till {
		return
	}
	w.acc.open(w.s, t.signature[t.from[place]:t.till[place]], supply)
	w.claims.budget = w.p.given[place] // less than the supply only where the pool is a leaf
	w.openLeaf(from, till)

	kept := w.withinReach(from, till)
	if !w.eachAtLeastMinimum(from, kept) {
		kept = w.longestPrefix(from, kept)
		w.fillLeaf(kept)
	}
	w.settleLeaf(place, kept)
	if len(kept) < w.asking(from, till) {
		w.recordDropped(from, till, kept)
	}
}

// openLeaf notes, per request, its local signature and what it can reach: the
// supply of its lots, up to what it may still get.
func (w *worker) openLeaf(from, till int32) {
	n := int(till - from)
	w.sigs = resize(w.sigs, n)
	w.reach = resize(w.reach, n)
	w.amounts = resize(w.amounts, w.acc.signatures())
	for k := range w.amounts {
		w.amounts[k] = w.acc.amount(int32(k))
	}
	for i := range n {
		slot := from + int32(i)
		r := &w.s.requests[slot]
		w.sigs[i], w.reach[i] = -1, 0
		if r.held {
			continue
		}
		if k := w.acc.number(w.s.market.signatureOf[r.elig]); k >= 0 {
			w.sigs[i] = k
			w.reach[i] = min(w.p.limits.most(w.s, slot), w.amounts[k])
		}
	}
}

// out tells whether the request of a slot takes no part: it is held, or an
// earlier pass froze the leaf without it.
func (w *worker) out(slot int32) bool {
	l := w.p.limits
	return w.s.requests[slot].held || l.request != nil && l.request[slot] == outOfRound
}

// asking counts the requests that take part.
func (w *worker) asking(from, till int32) (count int) {
	for slot := from; slot < till; slot++ {
		if !w.out(slot) {
			count++
		}
	}
	return count
}

// withinReach lists the requests (numbers within the leaf) whose reach is not
// below their minimum.
func (w *worker) withinReach(from, till int32) []int32 {
	list := w.order[:0]
	for i := range till - from {
		if !w.out(from+i) && w.reach[i] >= w.s.requests[from+i].min {
			list = append(list, i)
		}
	}
	w.order = list
	return list
}

// longestPrefix sorts the requests by minimum and returns the longest prefix in
// which each gets at least its minimum, in the leaf's order again.
func (w *worker) longestPrefix(from int32, list []int32) []int32 {
	byMinimum := slices.Clone(list)
	slices.SortStableFunc(byMinimum, func(a, b int32) int {
		return cmp.Compare(w.s.requests[from+a].min, w.s.requests[from+b].min)
	})
	prefix := func(n int) []int32 {
		kept := slices.Clone(byMinimum[:n])
		slices.Sort(kept)
		return kept
	}
	good, bad := 0, len(byMinimum)
	for bad-good > 1 {
		n := good + (bad-good)/2
		if w.eachAtLeastMinimum(from, prefix(n)) {
			good = n
		} else {
			bad = n
		}
	}
	return prefix(good)
}

func (w *worker) eachAtLeastMinimum(from int32, list []int32) bool {
	w.fillLeaf(list)
	for k, i := range list {
		if w.x[k] < w.s.requests[from+i].min {
			return false
		}
	}
	return true
}

// fillLeaf is FillEligible for the listed requests; the result is in w.x, the
// sets in w.claims unless every lot is interchangeable.
func (w *worker) fillLeaf(list []int32) {
	w.hi, w.x = resize(w.hi, len(list)), resize(w.x, len(list))
	for k, i := range list {
		w.hi[k] = w.reach[i]
	}
	if w.acc.same {
		fillEqual(min(w.acc.total, w.claims.budget), w.hi, w.x)
		return
	}
	c := &w.claims
	c.items, c.port = resize(c.items, len(list)), resize(c.port, len(list))
	for k, i := range list {
		c.items[k] = item{weight: 1, hi: w.hi[k]}
		c.port[k] = max(w.sigs[i], 0)
	}
	c.supply, c.net = w.acc.supply, &w.net
	w.leafNetwork()
	c.fillEligible()
	for k := range list {
		w.x[k] = c.items[k].x
	}
}

// leafNetwork has a port per signature.
func (w *worker) leafNetwork() {
	n := w.acc.signatures()
	w.net.reset(n, n, len(w.acc.supply))
	for k := range n {
		w.net.entry(k, k, unbounded)
	}
	w.admitAll()
}

// settleLeaf makes the last fill of the leaf, of the kept requests, final.
func (w *worker) settleLeaf(place int32, list []int32) {
	p, from := w.p, w.s.tree.slot[place]
	if w.acc.same {
		w.claims.settleEqual(w.x)
	}
	w.recordRequests(from, list)
	var used int64
	w.keptSigs = resize(w.keptSigs, len(list))
	w.offers = resize(w.offers, w.acc.signatures())
	sigs, offers := w.keptSigs, w.offers
	clear(offers)
	for k, i := range list {
		slot := from + i
		p.x[slot] = w.x[k]
		used += w.x[k]
		if sigs[k] = w.sigs[i]; sigs[k] >= 0 {
			offers[sigs[k]] += w.x[k]
		}
	}
	p.used[place] = used
	if p.before != nil && used < p.before.used[place] {
		p.loses.Store(true)
	}
	if w.acc.same {
		w.flows = routeSame(w.flows[:0], w.acc.supply, w.x)
	} else {
		w.net.maxflow(offers)
		w.leaf.acc = &w.acc
		w.flows = w.leaf.route(w.flows[:0], &w.net, sigs, w.x)
	}
	for _, f := range w.flows {
		w.grant(grant{from + list[f.claim], w.acc.supply[f.group].group, f.amount})
	}
}

// grant keeps a grant, in chunks so that nothing is moved.
func (w *worker) grant(g grant) {
	if len(w.grants) == cap(w.grants) {
		w.full = append(w.full, w.grants)
		w.grants = make([]grant, 0, 1<<14)
	}
	w.grants = append(w.grants, g)
}

// settleEqual is settle for a leaf where every lot is interchangeable.
func (c *claims) settleEqual(x []int64) {
	c.set = resize(c.set, len(x))
	clear(c.set)
	c.sets = append(c.sets[:0], settled{last: lastKeyEqual(x)})
}

// recordDropped notes, for each request that was asked for and not kept, what
// it would have had with every minimum ignored.
func (w *worker) recordDropped(from, till int32, kept []int32) {
	var all []int32
	for i := range till - from {
		if !w.out(from + i) {
			all = append(all, i)
		}
	}
	w.fillLeaf(all)
	for k, i := range all {
		if _, in := slices.BinarySearch(kept, i); !in {
			w.p.requestDivision[from+i] = w.log.record(division{code: dropped, would: w.x[k]})
		}
	}
}
