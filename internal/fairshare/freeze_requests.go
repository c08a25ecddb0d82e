package fairshare

import (
	"cmp"
	"slices"
)

// freezeRequests checks and resolves the requests, and lays them out by leaf.
func (f *freezer) freezeRequests() *Malformed {
	s, in := f.snapshot, f.in.Requests
	s.requests = make([]request, len(in))
	hangsOn := make([]int32, len(s.nodes)) // requests per node
	for i := range in {
		if fault := f.freezeRequest(i, hangsOn); fault != nil {
			return fault
		}
	}
	order := make([]int32, len(in))
	for i := range order {
		order[i] = int32(i)
	}
	byID := func(a, b int32) int { return cmp.Compare(in[a].ID, in[b].ID) }
	slices.SortFunc(order, byID)
	for i := 1; i < len(order); i++ {
		if a, b := order[i-1], order[i]; in[a].ID == in[b].ID {
			return f.malformed("request", int(max(a, b)), in[a].ID, "id", "duplicate")
		}
	}
	f.in.Requests = nil
	s.layRequests(order, hangsOn)
	return nil
}

// freezeRequest checks and resolves one request.
func (f *freezer) freezeRequest(i int, hangsOn []int32) *Malformed {
	r, s := &f.in.Requests[i], f.snapshot
	fault := func(field, problem string) *Malformed {
		return f.malformed("request", i, r.ID, field, problem)
	}
	node, known := f.nodeOf[r.Node]
	elig, listed := f.eligOf[r.Eligibility]
	least, most := r.Min.GPUMilliseconds(), r.Max.GPUMilliseconds()
	switch {
	case r.ID == "":
		return fault("id", "empty, expected an id")
	case !known:
		return fault("node", "unknown node "+quote(r.Node))
	case !s.tree.isLeaf(s.tree.place[node]):
		return fault("node", quote(r.Node)+" has child nodes, expected a node without")
	case !listed:
		return fault("eligibility", "unknown eligibility "+quote(r.Eligibility))
	case least < 0 || least >= MaxAmount:
		return fault("min_gpu_ms", "expected 0 to 2^53-1")
	case most < 0 || most >= MaxAmount:
		return fault("max_gpu_ms", "expected 0 to 2^53-1")
	case least > most:
		return fault("min_gpu_ms", "above max_gpu_ms")
	case r.Rank < 0 || r.Rank > MaxRank:
		return fault("rank", "expected 0 to 2147483647")
	}
	if lot := f.notOpen(elig, node); lot != "" {
		return fault("eligibility", "lists lot "+quote(lot)+", which is not open to the request's nation")
	}
	hangsOn[node]++
	s.requests[i] = request{
		id: r.ID, min: least, max: most, submitted: r.Submitted.UnixMicro(),
		node: node, elig: elig, rank: int32(r.Rank), held: r.Held,
	}
	return nil
}

// layRequests reorders the requests by leaf, rank, submission and id; order
// lists them by id.
func (s *Snapshot) layRequests(order, hangsOn []int32) {
	t := &s.tree
	t.slot = make([]int32, len(t.node)+1)
	for p, n := range t.node {
		t.slot[p+1] = t.slot[p] + hangsOn[n]
	}
	next := slices.Clone(t.slot[:len(t.node)])
	slots := make([]int32, len(order)) // slot → present index; ids in order
	for _, i := range order {
		p := t.place[s.requests[i].node]
		slots[next[p]] = i
		next[p]++
	}
	for p := range t.node {
		slices.SortStableFunc(slots[t.slot[p]:t.slot[p+1]], func(a, b int32) int {
			x, y := &s.requests[a], &s.requests[b]
			return cmp.Or(cmp.Compare(x.rank, y.rank), cmp.Compare(x.submitted, y.submitted))
		})
	}
	laid := make([]request, len(order))
	slotOf := make([]int32, len(order))
	for slot, i := range slots {
		laid[slot] = s.requests[i]
		slotOf[i] = int32(slot)
	}
	s.requests = laid
	s.byID = order
	for k, i := range order {
		s.byID[k] = slotOf[i]
	}
}

// resolveOpenTo resolves the lists of nations that lots are open to.
func (f *freezer) resolveOpenTo() *Malformed {
	s, t := f.snapshot, &f.snapshot.tree
	f.openTo = make([][]int32, len(s.lots))
	for i := range s.lots {
		l := &s.lots[i]
		if l.OpenTo == nil {
			continue
		}
		list, problem := resolve(l.OpenTo, f.nodeOf, "node")
		for _, n := range list {
			if t.place[n] == 0 || t.parent[t.place[n]] != 0 {
				problem = quote(s.nodes[n].ID) + " is not a child of the pool"
			}
		}
		if problem != "" {
			return f.malformed("lot", int(f.lotIndex[i]), l.ID, "open_to", problem)
		}
		f.openTo[i] = append([]int32{}, list...)
	}
	return nil
}

// claim is the use of an eligibility by the requests of one nation (a place).
type claim struct{ elig, nation int32 }

// notOpen names a lot of the eligibility that is not open to the node's
// nation, or "".
func (f *freezer) notOpen(elig, node int32) string {
	t := &f.snapshot.tree
	c := claim{elig, t.nation[t.place[node]]}
	lot, known := f.refusedLot[c]
	if !known {
		lot = f.refusing(c.elig, c.nation)
		f.refusedLot[c] = lot
	}
	if lot < 0 {
		return ""
	}
	return f.snapshot.lots[lot].ID
}

// refusing finds a lot of the eligibility that is not open to the nation (a
// place in the tree), or −1.
func (f *freezer) refusing(elig, nation int32) int32 {
	for _, lot := range f.lotsOf[elig] {
		if open := f.openTo[lot]; open != nil {
			if nation == 0 || !contains(open, f.snapshot.tree.node[nation]) {
				return lot
			}
		}
	}
	return -1
}
