package fairshare

import "slices"

// worker divides nodes, with scratch space that it uses again.
type worker struct {
	p   *pass
	s   *Snapshot
	log recorder

	acc       access
	net, solo network
	claims    claims
	nodes     router
	leaf      leafRouter
	flows     []flow
	portions  []portion // what children were given, a stack along the way down

	grants []grant // of leaves, the present chunk
	full   [][]grant

	items            []item
	order            []int32
	sigs, keptSigs   []int32
	amounts, offers  []int64
	reach, hi, x     []int64 // claimant → reachable, bound, result
	divisions        []division
	numbers, members []int32
}

func newWorker(p *pass) *worker {
	return &worker{p: p, s: p.snapshot, log: recorder{to: &p.divisions}}
}

// descend divides a node and everything below it.
func (w *worker) descend(place int32, supply []portion) {
	w.handDown(place, supply, w.descend)
}

// handDown divides what a node was given among its children, and hands each
// its part; at a leaf, among the requests.
func (w *worker) handDown(place int32, supply []portion, next func(int32, []portion)) {
	t := &w.s.tree
	if t.isLeaf(place) {
		w.divideLeaf(place, supply)
		return
	}
	w.divideNode(place, supply)
	from, till := t.children(place)
	base := len(w.portions)
	ends := w.handOut(from, till, supply)
	start := base
	for i, end := range ends {
		next(from+int32(i), w.portions[start:end:end])
		start = end
	}
	w.portions = w.portions[:base]
}

// handOut puts the portions of the children on the stack, child after child,
// and returns where each child's end.
func (w *worker) handOut(from, till int32, supply []portion) []int {
	ends := make([]int, till-from)
	f := 0
	for i := range ends {
		for ; f < len(w.flows) && w.flows[f].claim == int32(i); f++ {
			group := supply[w.flows[f].group].group
			w.portions = append(w.portions, portion{group, w.flows[f].amount})
		}
		ends[i] = len(w.portions)
	}
	return ends
}

// divideNode decides what each child gets (step 3 of a round), and leaves the
// canonical flow in w.flows.
func (w *worker) divideNode(place int32, supply []portion) {
	p, t := w.p, &w.s.tree
	from, till := t.children(place)
	w.acc.open(w.s, t.signature[t.from[place]:t.till[place]], supply)
	w.entitle(place, from, till)

	w.reachable(from, till, p.unfrozen, p.wanted)
	if p.demand == p.unfrozen {
		copy(p.hi[from:till], p.wanted[from:till])
	} else {
		w.reachable(from, till, p.demand, p.hi)
	}
	w.raiseFloors(place)

	bank := w.s.round.BankLimitRounds
	w.startClaims(place, p.demand)
	for i := range w.claims.items {
		c := from + int32(i)
		limit := mulCapped(bank, p.entitlement[c])
		w.claims.items[i] = item{
			weight: w.s.tree.terms[c].weight,
			lo:     p.floor[c],
			hi:     p.hi[c],
			offset: clamp(w.s.tree.terms[c].balance, -limit, limit),
		}
	}
	w.claims.fillEligible()
	w.recordNodes(from, till)
	w.routeNodes(from, till)
}

// entitle gives each child its share by weight alone of every group that is
// open to it: Webster.
func (w *worker) entitle(place, from, till int32) {
	w.items = resize(w.items, int(till-from))
	for _, portion := range w.acc.supply {
		var openTo []int32
		if place == 0 {
			openTo = w.s.market.openTo[portion.group]
		}
		open := w.items[:0]
		w.order = w.order[:0]
		for c := from; c < till; c++ {
			if openTo != nil && !contains(openTo, w.s.tree.node[c]) {
				continue
			}
			open = append(open, item{weight: w.s.tree.terms[c].weight, hi: portion.amount})
			w.order = append(w.order, c)
		}
		fill(portion.amount, open)
		for k, c := range w.order {
			w.p.entitlement[c] += open[k].x
		}
	}
}

// reachable writes, per child, the largest amount that it could take if it were
// alone.
func (w *worker) reachable(from, till int32, d *demand, to []int64) {
	for c := from; c < till; c++ {
		to[c] = min(d.hi[c], w.alone(c, d))
	}
}

// alone is what the lots can carry for one child by itself, at least up to its
// hi.
func (w *worker) alone(c int32, d *demand) int64 {
	t := &w.s.tree
	var sum, most int64
	w.sigs, w.amounts = w.sigs[:0], w.amounts[:0]
	for k := t.from[c]; k < t.till[c]; k++ {
		sig := w.acc.number(t.signature[k])
		if sig < 0 || d.of[k] == 0 {
			continue
		}
		sum = addCapped(sum, d.of[k])
		most = max(most, min(d.of[k], w.acc.amount(sig)))
		w.sigs = append(w.sigs, sig)
		w.amounts = append(w.amounts, d.of[k])
	}
	switch {
	case w.acc.same:
		return min(sum, w.acc.total)
	case len(w.sigs) <= 1 || most >= d.hi[c]:
		return most
	}
	net := &w.solo
	net.reset(1, len(w.sigs), len(w.acc.supply))
	for k, amount := range w.amounts {
		net.entry(0, k, amount)
	}
	for k, sig := range w.sigs {
		for _, j := range w.acc.of(sig) {
			net.admit(k, int(j))
		}
	}
	net.supply(w.acc.supply)
	return net.maxflow([]int64{d.hi[c]})
}

// raiseFloors finds the real lo of each child: its floor or its guarantee, as
// far as the eligible lots and the other floors allow.
func (w *worker) raiseFloors(place int32) {
	p := w.p
	from, _ := w.s.tree.children(place)
	floors := false
	w.startClaims(place, p.unfrozen)
	for i := range w.claims.items {
		c := from + int32(i)
		guarantee := mulDiv(w.s.round.GuaranteePermille, p.entitlement[c], 1000)
		phi := min(p.unfrozen.hi[c], max(w.s.tree.terms[c].floor, guarantee))
		w.claims.items[i] = item{weight: phi, hi: min(phi, p.wanted[c])}
		floors = floors || w.claims.items[i].hi > 0
	}
	if !floors {
		return
	}
	w.claims.fillEligible()
	for i := range w.claims.items {
		p.floor[from+int32(i)] = w.claims.items[i].x
	}
	if p.demand == p.unfrozen {
		return
	}
	w.items = append(w.items[:0], w.claims.items...)
	w.startClaims(place, p.demand)
	for i, first := range w.items {
		w.claims.items[i] = item{weight: first.weight, hi: min(p.hi[from+int32(i)], first.x)}
	}
	w.claims.fillEligible()
	for i := range w.claims.items {
		p.floor[from+int32(i)] = w.claims.items[i].x
	}
}

// startClaims sets up the claims of the children and their network.
func (w *worker) startClaims(place int32, d *demand) {
	t, c := &w.s.tree, &w.claims
	from, till := t.children(place)
	n := int(till - from)
	c.items = resize(c.items, n)
	c.port = resize(c.port, n)
	for i := range c.port {
		c.port[i] = int32(i)
	}
	c.supply, c.budget, c.net = w.acc.supply, w.p.given[place], nil
	if w.acc.same {
		return
	}
	w.net.reset(n, w.acc.signatures(), len(w.acc.supply))
	for i := range n {
		child := from + int32(i)
		for k := t.from[child]; k < t.till[child]; k++ {
			if sig := w.acc.number(t.signature[k]); sig >= 0 && d.of[k] > 0 {
				w.net.entry(i, int(sig), d.of[k])
			}
		}
	}
	w.admitAll()
	c.net = &w.net
}

// admitAll finishes the network with what each signature may use.
func (w *worker) admitAll() {
	for k := range w.acc.signatures() {
		for _, j := range w.acc.of(int32(k)) {
			w.net.admit(k, int(j))
		}
	}
	w.net.supply(w.acc.supply)
}

// routeNodes finds the canonical flow of the children.
func (w *worker) routeNodes(from, till int32) {
	t, r := &w.s.tree, &w.nodes
	w.x = resize(w.x, int(till-from))
	copy(w.x, w.p.given[from:till])
	if w.acc.same {
		w.flows = routeSame(w.flows[:0], w.acc.supply, w.x)
		return
	}
	r.acc, r.x = &w.acc, w.x
	r.start, r.sig, r.spare = append(r.start[:0], 0), r.sig[:0], r.spare[:0]
	for c := from; c < till; c++ {
		for k := t.from[c]; k < t.till[c]; k++ {
			if sig := w.acc.number(t.signature[k]); sig >= 0 && w.p.demand.of[k] > 0 {
				r.sig = append(r.sig, sig)
				r.spare = append(r.spare, w.p.demand.of[k])
			}
		}
		r.start = append(r.start, int32(len(r.sig)))
	}
	w.flows = r.route(w.flows[:0])
}

// contains tells whether a sorted list has v.
func contains(sorted []int32, v int32) bool {
	_, found := slices.BinarySearch(sorted, v)
	return found
}
