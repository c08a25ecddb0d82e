package fairshare

// demand is what each node asks for in one pass: bottom up, step 2 of a round.
type demand struct {
	hi []int64 // place → min(cap, frozen, Σ children)
	// of stands beside the tree's signatures: per node and signature,
	// min(hi, Σ children).
	of []int64
}

// limits are what a pass adds to the snapshot: what earlier passes froze.
type limits struct {
	// slot → what the request may still get; nil while nothing is frozen.
	request []int64
	// place → what the node may still get; nil while nothing is frozen.
	node []int64
}

// most is what the request in a slot may get in this pass.
func (l *limits) most(s *Snapshot, slot int32) int64 {
	switch r := &s.requests[slot]; {
	case r.held:
		return 0
	case l.request != nil:
		return max(l.request[slot], 0)
	default:
		return r.max
	}
}

// sumDemand computes the demand of all nodes under the given limits.
func sumDemand(s *Snapshot, l *limits) *demand {
	t := &s.tree
	d := &demand{hi: make([]int64, len(t.node)), of: make([]int64, len(t.signature))}
	sums := make([]int64, len(s.market.signatureGroups))
	for p := int32(len(t.node)) - 1; p >= 0; p-- {
		for slot := t.slot[p]; slot < t.slot[p+1]; slot++ {
			r := &s.requests[slot]
			if r.held {
				continue
			}
			most := l.most(s, slot)
			d.hi[p] = addCapped(d.hi[p], most)
			sig := s.market.signatureOf[r.elig]
			sums[sig] = addCapped(sums[sig], most)
		}
		for c := t.first[p]; c < t.first[p+1]; c++ {
			d.hi[p] = addCapped(d.hi[p], d.hi[c])
			for k := t.from[c]; k < t.till[c]; k++ {
				sums[t.signature[k]] = addCapped(sums[t.signature[k]], d.of[k])
			}
		}
		d.hi[p] = min(d.hi[p], s.tree.terms[p].cap)
		if l.node != nil {
			d.hi[p] = min(d.hi[p], l.node[p])
		}
		for k := t.from[p]; k < t.till[p]; k++ {
			d.of[k] = min(d.hi[p], sums[t.signature[k]])
			sums[t.signature[k]] = 0
		}
	}
	return d
}
