package fairshare

// reason is the compact form of a Reason. Its number is a division's (share,
// lots, dropped), or a place of the tree (cap), or an amount (offered).
type reason struct {
	number int64
	code   reasonCode
}

type reasonCode uint8

const (
	reasonDemandMet reasonCode = iota
	reasonDivision
	reasonFloor
	reasonCap
	reasonOffered
	reasonNoLot
	reasonHeld
	reasonAllLots
)

// giveReasons says for every node and request what kept it from more. Each
// reason speaks of the claimant's own level; the node above has its own.
// granted is per slot.
func (d *Decision) giveReasons(p *pass, granted []int64, workers int) {
	s, t := d.snapshot, &d.snapshot.tree
	n := nodeReasons{d, p, make([]int64, len(t.node)), make([]bool, len(t.node))}
	idOf := s.idOf()
	inParallel(workers, len(t.node), func(from, till int) {
		for place := int32(from); place < int32(till); place++ {
			for slot := t.slot[place]; slot < t.slot[place+1]; slot++ {
				reason := d.requestReason(p, slot, granted[slot])
				d.Requests[idOf[slot]].reason = reason
				n.waiting[place] = n.waiting[place] || d.belowMinimum(reason)
				if r := &s.requests[slot]; !r.held {
					n.asked[place] = addCapped(n.asked[place], r.max)
				}
			}
		}
	})
	for place := len(t.node) - 1; place > 0; place-- {
		q := t.parent[place]
		n.asked[q] = addCapped(n.asked[q], n.asked[place])
		n.waiting[q] = n.waiting[q] || n.waiting[place]
	}
	for place := range int32(len(t.node)) {
		d.Nodes[t.node[place]].reason = n.of(place)
	}
}

func (d *Decision) belowMinimum(r reason) bool {
	return r.code == reasonDivision && d.divisions.at(int32(r.number)).code == dropped
}

// requestReason finds the reason of the request in a slot.
func (d *Decision) requestReason(p *pass, slot int32, granted int64) reason {
	s := d.snapshot
	r := &s.requests[slot]
	division := p.requestDivision[slot]
	switch {
	case r.held:
		return reason{code: reasonHeld}
	case len(s.eligs[r.elig].Lots) == 0:
		return reason{code: reasonNoLot}
	case granted == r.max:
		return reason{code: reasonDemandMet}
	case granted > p.x[slot]: // served from what was left, up to a bound
		if place, capped := d.fullCap(s.tree.place[r.node]); capped {
			return reason{int64(place), reasonCap}
		}
		return reason{code: reasonAllLots}
	}
	return reason{int64(division), reasonDivision}
}

// fullCap finds the nearest node, from a place up, that stands at its cap.
func (d *Decision) fullCap(place int32) (int32, bool) {
	t := &d.snapshot.tree
	for {
		if d.Nodes[t.node[place]].Granted == d.snapshot.tree.terms[place].cap {
			return place, true
		}
		if place == 0 {
			return 0, false
		}
		place = t.parent[place]
	}
}

// nodeReasons finds the reasons of nodes.
type nodeReasons struct {
	d       *Decision
	p       *pass
	asked   []int64 // place → Σ maxima of the requests below
	waiting []bool  // place → a request below is below its minimum
}

func (n *nodeReasons) of(place int32) reason {
	p, s := n.p, n.d.snapshot
	granted := n.d.Nodes[s.tree.node[place]].Granted
	switch {
	case granted == n.asked[place]:
		return reason{code: reasonDemandMet}
	case granted == s.tree.terms[place].cap:
		return reason{int64(place), reasonCap}
	case place == 0:
		return n.ofPool()
	case granted == p.floor[place] && p.given[place] == granted && granted > 0 && granted < p.hi[place]:
		return reason{code: reasonFloor}
	case p.given[place] < p.demand.hi[place] && p.used[place] == p.given[place]:
		return reason{int64(p.division[place]), reasonDivision}
	}
	return n.ofReturned(place)
}

// ofReturned is the reason of a node that had all its requests could use: a
// minimum that was not reached, a cap further down, or else its lots.
func (n *nodeReasons) ofReturned(place int32) reason {
	if n.waiting[place] {
		return reason{n.p.offered[place], reasonOffered}
	}
	if capped, ok := n.capBelow(place); ok {
		return reason{int64(capped), reasonCap}
	}
	return reason{int64(n.p.division[place]), reasonDivision}
}

// ofPool is the reason of the pool: all lots are gone, or what is left is of no
// use to the requests.
func (n *nodeReasons) ofPool() reason {
	var left int64
	for _, amount := range n.d.Left {
		left += amount
	}
	if left == 0 {
		return reason{code: reasonAllLots}
	}
	if n.waiting[0] {
		return reason{n.p.offered[0], reasonOffered}
	}
	if capped, ok := n.capBelow(0); ok {
		return reason{int64(capped), reasonCap}
	}
	return reason{code: reasonAllLots}
}

// capBelow finds the first node below a place, level by level, that stands at
// its cap and was asked for more.
func (n *nodeReasons) capBelow(place int32) (int32, bool) {
	t := &n.d.snapshot.tree
	level := []int32{place}
	for len(level) > 0 {
		var next []int32
		for _, q := range level {
			for c := t.first[q]; c < t.first[q+1]; c++ {
				if g := n.d.Nodes[t.node[c]].Granted; g == n.d.snapshot.tree.terms[c].cap && g < n.asked[c] {
					return c, true
				}
				next = append(next, c)
			}
		}
		level = next
	}
	return 0, false
}

// Snapshot returns the snapshot that was decided.
func (d *Decision) Snapshot() *Snapshot { return d.snapshot }

// NodeReason returns the reason of the i-th node in order of id.
func (d *Decision) NodeReason(i int) Reason {
	r := d.Nodes[i].reason
	if r.code == reasonAllLots {
		return d.allLots(d.snapshot.market.whole())
	}
	return d.expand(r)
}

// RequestReason returns the reason of the i-th request in order of id.
func (d *Decision) RequestReason(i int) Reason {
	s, r := d.snapshot, d.Requests[i].reason
	elig := s.requests[s.byID[i]].elig
	switch r.code {
	case reasonNoLot:
		return Reason{Code: NoEligibleLot, ExcludedBy: s.eligs[elig].ExcludedBy}
	case reasonAllLots:
		var usable []portion
		for _, g := range s.market.signatureGroups[s.market.signatureOf[elig]] {
			if amount := s.market.supply[g]; amount > 0 {
				usable = append(usable, portion{g, amount})
			}
		}
		return d.allLots(usable)
	}
	return d.expand(r)
}

// allLots is the reason of a claimant that had whatever it could of these
// groups: it names those that are used up.
func (d *Decision) allLots(groups []portion) Reason {
	r := Reason{Code: Lots, LevelDen: 1, Siblings: 1, Lots: []string{}}
	for _, p := range groups {
		if d.usedUp(p.group) {
			r.Lots = append(r.Lots, d.snapshot.firstLot(p.group))
		}
	}
	return r
}

func (d *Decision) usedUp(g int32) bool {
	for _, lot := range d.snapshot.market.lots(g) {
		if d.Left[lot] > 0 {
			return false
		}
	}
	return true
}

// firstLot is the id of the lot that names a group.
func (s *Snapshot) firstLot(g int32) string { return s.lots[s.market.lots(g)[0]].ID }

func (d *Decision) expand(r reason) Reason {
	switch r.code {
	case reasonHeld:
		return Reason{Code: HeldBack}
	case reasonFloor:
		return Reason{Code: Floor}
	case reasonCap:
		return Reason{Code: Cap, Node: d.snapshot.nodes[d.snapshot.tree.node[r.number]].ID}
	case reasonOffered:
		return Reason{Code: BelowMinimum, WouldHave: r.number}
	case reasonDivision:
		return d.divisions.at(int32(r.number)).reason(d.snapshot)
	}
	return Reason{Code: DemandMet}
}

// reason writes a division out. A claimant that an earlier pass held at this
// level is not among those that stand there now, but counts itself.
func (v *division) reason(s *Snapshot) Reason {
	siblings := int64(max(v.standing, 1))
	switch v.code {
	case dropped:
		return Reason{Code: BelowMinimum, WouldHave: v.would}
	case heldBy:
		lots := make([]string, len(v.tight))
		for i, g := range v.tight {
			lots[i] = s.firstLot(g)
		}
		return Reason{Code: Lots, LevelNum: v.last.num, LevelDen: v.last.den, Siblings: siblings, Lots: lots}
	}
	return Reason{Code: Share, LevelNum: v.last.num, LevelDen: v.last.den, Siblings: siblings}
}
