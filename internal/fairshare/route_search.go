package fairshare

// The search of the router walks the residual graph breadth first over entries
// (numbers ≥ 0) and groups (−1−group). A step from a group to an entry takes
// flow from the entry; from an entry to a group gives it flow; from an entry
// to another of the same child moves demand (viaChild) or a settled use of one
// group between two signatures; over the sink it uses another group's supply.

func (r *router) seeEntry(e, from, via int32) {
	if r.entrySeen[e].turn != r.turn {
		r.entrySeen[e] = mark{r.turn, from, via}
		r.queue = append(r.queue, e)
	}
}

func (r *router) seeGroup(j, from int32) {
	if r.groupSeen[j].turn != r.turn {
		r.groupSeen[j] = mark{turn: r.turn, from: from}
		r.queue = append(r.queue, -1-j)
	}
}

// search walks from what is in the queue until done holds, and returns that
// node, or nowhere. Once every signature has been seen, and so every group, only
// the entries of the target child are still of use.
func (r *router) search(target int32, done func(int32) bool) int32 {
	r.unseen = int32(r.acc.signatures())
	closed := false
	for head := 0; head < len(r.queue); head++ {
		n := r.queue[head]
		if done(n) {
			return n
		}
		if r.unseen == 0 && !closed {
			closed = true
			r.seeTarget(target)
		}
		if closed && (n < 0 || r.child[n] != target) {
			continue
		}
		if n >= 0 {
			r.leaveEntry(n)
		} else {
			r.leaveGroup(-1 - n)
		}
	}
	return nowhere
}

// seeTarget goes to the entries of a child over the groups seen so far.
func (r *router) seeTarget(i int32) {
	if i < 0 {
		return
	}
	for e := r.start[i]; e < r.start[i+1]; e++ {
		for _, f := range r.flows[e] {
			if f.amount > 0 && f.group > r.group && r.groupSeen[f.group].turn == r.turn {
				r.seeEntry(e, -1-f.group, 0)
			}
		}
	}
}

func (r *router) leaveGroup(j int32) {
	for _, e := range r.users[j] {
		if !r.settled(r.child[e], j) && r.amountOf(e, j) > 0 {
			r.seeEntry(e, -1-j, 0)
		}
	}
	if r.left[j] > 0 && r.sinkSeen != r.turn {
		r.sinkSeen, r.sinkFrom = r.turn, j
		for h := r.group; h < int32(len(r.left)); h++ {
			if r.left[h] < r.acc.supply[h].amount {
				r.seeGroup(h, fromSink)
			}
		}
	}
}

// settled tells whether f(group j, child i) is settled.
func (r *router) settled(i, j int32) bool {
	return j < r.group || j == r.group && i <= r.settledChild
}

func (r *router) leaveEntry(e int32) {
	i := r.child[e]
	if k := r.sig[e]; r.sigSeen[k] != r.turn {
		r.sigSeen[k] = r.turn
		r.unseen--
		for _, j := range r.acc.of(k) {
			if j >= r.group {
				r.seeGroup(j, e)
			}
		}
	}
	if r.childSeen[i] != r.turn {
		r.childSeen[i] = r.turn
		for o := r.start[i]; o < r.start[i+1]; o++ {
			if r.spare[o] > 0 {
				r.seeEntry(o, e, viaChild)
			}
		}
	}
	for o := r.start[i]; o < r.start[i+1]; o++ {
		if r.spare[o] > 0 || r.entrySeen[o].turn == r.turn {
			continue
		}
		for _, f := range r.flows[o] {
			if f.amount > 0 && r.settled(i, f.group) && r.uses(e, f.group) {
				r.seeEntry(o, e, f.group)
				break
			}
		}
	}
}

// bottleneck is how much can be moved along the way that ends at node n.
func (r *router) bottleneck(n int32) int64 {
	most := unbounded
	r.walk(n, func(from, to, via int32) {
		switch {
		case from == nowhere && to >= 0, from >= 0 && to >= 0 && via == viaChild:
			most = min(most, r.spare[to])
		case from == fromSink:
			h := -1 - to
			most = min(most, r.acc.supply[h].amount-r.left[h], r.left[r.sinkFrom])
		case from >= 0 && to >= 0:
			most = min(most, r.amountOf(to, via))
		case from < 0 && to >= 0:
			most = min(most, r.amountOf(to, -1-from))
		}
	})
	return most
}

// shift moves an amount along the way that ends at node n.
func (r *router) shift(n int32, amount int64) {
	r.walk(n, func(from, to, via int32) {
		switch {
		case from == nowhere && to >= 0:
			r.spare[to] -= amount
		case from == nowhere:
		case from == fromSink:
			r.left[r.sinkFrom] -= amount
			r.left[-1-to] += amount
		case from >= 0 && to >= 0 && via == viaChild:
			r.spare[from] += amount
			r.spare[to] -= amount
		case from >= 0 && to >= 0:
			r.add(from, via, amount)
			r.add(to, via, -amount)
		case from >= 0:
			r.add(from, -1-to, amount)
		default:
			r.add(to, -1-from, -amount)
		}
	})
}

// walk visits the steps of the way that ends at node n, last step first.
func (r *router) walk(n int32, step func(from, to, via int32)) {
	for {
		m := r.groupSeen
		if n >= 0 {
			m = r.entrySeen
		}
		at := m[max(n, -1-n)]
		step(at.from, n, at.via)
		switch at.from {
		case nowhere:
			return
		case fromSink:
			n = -1 - r.sinkFrom
		default:
			n = at.from
		}
	}
}
