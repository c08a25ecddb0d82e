package fairshare

// reciprocate posts the round to the reciprocity ledger (step 7): within each
// sibling group, who took more than its entitlement pays, and who left some of
// its share to others is credited. What nobody can be credited with, and what
// the bank limit cuts, goes to the group's commons.
//
// Source: Karma (Vuppalapati et al., OSDI 2023), made zero-sum and bounded.
func reciprocate(s *Snapshot, p *pass, d *Decision) {
	t := &s.tree
	for i := range d.Nodes {
		d.Nodes[i].Balance = s.nodes[i].Balance.GPUMilliseconds()
		d.Nodes[i].Commons = s.nodes[i].Commons.GPUMilliseconds()
	}
	var items []item
	for place := range int32(len(t.node)) {
		if !t.isLeaf(place) {
			items = reciprocateSiblings(s, p, d, place, items)
		}
	}
}

// reciprocateSiblings posts for the children of one node; items is scratch.
func reciprocateSiblings(s *Snapshot, p *pass, d *Decision, place int32, items []item) []item {
	t := &s.tree
	from, till := t.children(place)
	var paid, short int64
	items = items[:0]
	for c := from; c < till; c++ {
		n := &d.Nodes[t.node[c]]
		paid += max(0, n.Granted-n.Entitlement)
		it := item{weight: s.tree.terms[c].weight, offset: -n.Balance}
		it.hi = max(0, min(p.wanted[c], n.Entitlement)-n.Granted)
		short += it.hi
		items = append(items, it)
	}
	if paid > 0 {
		left := creditFill(min(paid, short), items, d, t, from)
		for i := range items {
			n := &d.Nodes[t.node[from+int32(i)]]
			items[i].hi = max(0, n.Entitlement-max(n.Granted, min(p.wanted[from+int32(i)], n.Entitlement)))
			items[i].x = 0
		}
		left += creditFill(paid-min(paid, short), items, d, t, from)
		d.Nodes[t.node[place]].Commons += left
	}
	for c := from; c < till; c++ {
		n := &d.Nodes[t.node[c]]
		n.Balance -= max(0, n.Granted-n.Entitlement)
		if n.Entitlement > 0 {
			limit := mulCapped(s.round.BankLimitRounds, n.Entitlement)
			kept := clamp(n.Balance, -limit, limit)
			d.Nodes[t.node[place]].Commons += n.Balance - kept
			n.Balance = kept
		}
	}
	return items
}

// creditFill divides a credit among the siblings, poorest first, adds it to
// their balances and returns what is left.
func creditFill(amount int64, items []item, d *Decision, t *tree, from int32) (left int64) {
	left = fill(amount, items)
	for i := range items {
		d.Nodes[t.node[from+int32(i)]].Balance += items[i].x
	}
	return left
}

// sumGrants adds up the grants of the requests below each node.
func (d *Decision) sumGrants(p *pass) {
	s := d.snapshot
	t := &s.tree
	for i, slot := range s.byID {
		d.Nodes[s.requests[slot].node].Granted += d.Requests[i].Granted
	}
	for place := int32(len(t.node)) - 1; place >= 0; place-- {
		n := &d.Nodes[t.node[place]]
		n.Entitlement, n.Floor = p.entitlement[place], p.floor[place]
		if place > 0 {
			d.Nodes[t.node[t.parent[place]]].Granted += n.Granted
		}
	}
}
