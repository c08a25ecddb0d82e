package fairshare

// What a pass keeps of its divisions, for the reasons.

// recordNodes writes the result of the claims to the children, and how each
// was settled.
func (w *worker) recordNodes(from, till int32) {
	p := w.p
	sets := w.newDivisions()
	members := make([]int32, till-from)
	for c := from; c < till; c++ {
		it := &w.claims.items[c-from]
		p.given[c] = it.x
		switch {
		case it.hi == 0 && p.demand.hi[c] > 0 && w.acc.total > 0:
			members[c-from] = -1
			p.division[c] = noneUsable
			continue
		case it.x == it.hi && it.hi < p.demand.hi[c] && it.hi < w.acc.total:
			members[c-from] = -1
			p.division[c] = w.log.record(division{
				code: heldBy, standing: 1, last: lastKey([]item{*it}), tight: w.heldAlone(c),
			})
			continue
		case it.x < p.demand.hi[c] && !(it.x == it.lo && 0 < it.lo && it.lo < it.hi):
			sets[w.claims.set[c-from]].standing++
		}
		members[c-from] = w.claims.set[c-from]
	}
	numbers := w.recordAll(sets)
	for c := from; c < till; c++ {
		if set := members[c-from]; set >= 0 {
			p.division[c] = numbers[set]
		}
	}
}

// heldAlone names the groups that hold down a child even if it were alone.
func (w *worker) heldAlone(c int32) []int32 {
	w.alone(c, w.p.demand)
	switch {
	case w.acc.same || len(w.sigs) == 0:
		return []int32{}
	case len(w.sigs) == 1 && w.amounts[0] <= w.acc.amount(w.sigs[0]):
		return []int32{} // the rest of its demand has no lots here
	case len(w.sigs) == 1:
		return w.groupsOf(w.sigs[0])
	}
	return w.solo.reachedGroups(w.acc.supply)
}

// groupsOf names the groups of the supply that a local signature may use.
func (w *worker) groupsOf(k int32) []int32 {
	groups := []int32{}
	if k >= 0 {
		for _, j := range w.acc.of(k) {
			groups = append(groups, w.acc.supply[j].group)
		}
	}
	return groups
}

// recordRequests records how each kept request of a leaf was settled.
func (w *worker) recordRequests(from int32, list []int32) {
	p := w.p
	sets := w.newDivisions()
	w.members = resize(w.members, len(list))
	members := w.members
	for k, i := range list {
		slot := from + i
		most, x := p.limits.most(w.s, slot), w.x[k]
		members[k] = -1
		switch {
		case x == most && most < w.s.requests[slot].max: // frozen: as it was settled then
		case w.reach[i] == 0 && most > 0 && w.acc.total > 0:
			p.requestDivision[slot] = noneUsable
		case x == w.reach[i] && x < most && x < w.acc.total: // its lots, though the leaf has others
			p.requestDivision[slot] = w.log.record(division{
				code: heldBy, standing: 1, last: lastKeyEqual(w.x[k : k+1]), tight: w.groupsOf(w.sigs[i]),
			})
		default:
			members[k] = w.claims.set[k]
			if x < most && len(w.s.eligs[w.s.requests[slot].elig].Lots) > 0 {
				sets[members[k]].standing++
			}
		}
	}
	numbers := w.recordAll(sets)
	for k, i := range list {
		if set := members[k]; set >= 0 {
			p.requestDivision[from+i] = numbers[set]
		}
	}
}

func (w *worker) newDivisions() []division {
	w.divisions = resize(w.divisions, len(w.claims.sets))
	divisions := w.divisions
	for k, set := range w.claims.sets {
		divisions[k] = division{code: shared, last: set.last}
		if set.tight != nil {
			divisions[k].code, divisions[k].tight = heldBy, set.tight
		}
	}
	return divisions
}

func (w *worker) recordAll(divisions []division) []int32 {
	w.numbers = resize(w.numbers, len(divisions))
	numbers := w.numbers
	for k, d := range divisions {
		numbers[k] = w.log.record(d)
	}
	return numbers
}
