package fairshare

import "slices"

// flow is an amount that a claim takes from a group; claim and group are local
// numbers of one division.
type flow struct {
	claim, group int32
	amount       int64
}

// routeSame is the canonical flow when every lot is interchangeable: groups in
// order, and each served to the claims in order. Flows are appended by claim,
// then group.
func routeSame(to []flow, supply []portion, x []int64) []flow {
	i := 0
	var taken int64 // of claim i
	for j, p := range supply {
		for left := p.amount; left > 0 && i < len(x); {
			amount := min(left, x[i]-taken)
			if amount > 0 {
				to = append(to, flow{int32(i), int32(j), amount})
				left -= amount
				taken += amount
			}
			if taken == x[i] {
				i, taken = i+1, 0
			}
		}
	}
	return to
}

// router finds the canonical flow of a division among nodes: the supply of each
// child by group such that the vector f(group, child), groups in order and then
// children in order, is lexicographically largest.
//
// It holds a flow that carries every child, first built greedily in that same
// order. Then f(group, child) is settled one after another: raised as far as a
// cycle in the residual graph allows that leaves the settled ones alone.
type router struct {
	acc   *access
	x     []int64
	start []int32 // child → its first entry
	child []int32 // entry → child
	sig   []int32 // entry → local signature
	spare []int64 // entry → demand not yet used
	flows [][]flow
	users [][]int32 // group → entries that used it at some time
	left  []int64   // group → supply not yet used

	group, settledChild int32 // f up to (group, settledChild) is settled

	// The search: how each entry and group was reached.
	entrySeen, groupSeen []mark
	sigSeen, childSeen   []int32
	sinkSeen             int32
	sinkFrom             int32
	queue                []int32
	turn, unseen         int32
	failed               int32 // the turn of a search that failed, if nothing moved since
}

// mark records a step of the search: the turn, where it came from (an entry ≥
// 0, a group as −1−group, or nowhere), and via which group for entry → entry.
type mark struct{ turn, from, via int32 }

const (
	nowhere  = int32(-1 << 31)
	fromSink = nowhere + 1
	viaChild = int32(-1)
)

// route appends the canonical flow by child, then group; it uses up x. Entries of child i are
// sig[start[i]:start[i+1]] with demands spare.
func (r *router) route(to []flow) []flow {
	r.prepare()
	r.greedy()
	for i := range r.x {
		r.carry(int32(i))
	}
	for j := range r.left {
		r.settleGroup(int32(j))
	}
	for i := range r.x {
		to = r.collect(to, int32(i))
	}
	return to
}

// collect appends the flows of child i, groups in order.
func (r *router) collect(to []flow, i int32) []flow {
	before := len(to)
	for e := r.start[i]; e < r.start[i+1]; e++ {
		for _, f := range r.flows[e] {
			if f.amount > 0 {
				to = append(to, f)
			}
		}
	}
	mine := to[before:]
	slices.SortFunc(mine, func(a, b flow) int { return int(a.group) - int(b.group) })
	kept := 0
	for _, f := range mine {
		if kept > 0 && mine[kept-1].group == f.group {
			mine[kept-1].amount += f.amount
			continue
		}
		mine[kept] = f
		kept++
	}
	return to[:before+kept]
}

func (r *router) prepare() {
	groups := len(r.acc.supply)
	r.flows = resize(r.flows, len(r.sig))
	for e := range r.flows {
		r.flows[e] = r.flows[e][:0]
	}
	r.users = resize(r.users, groups)
	r.left = resize(r.left, groups)
	for j, p := range r.acc.supply {
		r.users[j] = r.users[j][:0]
		r.left[j] = p.amount
	}
	r.child = resize(r.child, len(r.sig))
	for i := range r.x {
		for e := r.start[i]; e < r.start[i+1]; e++ {
			r.child[e] = int32(i)
		}
	}
	r.entrySeen = resize(r.entrySeen, len(r.sig))
	r.groupSeen = resize(r.groupSeen, groups)
	r.sigSeen = resize(r.sigSeen, r.acc.signatures())
	clear(r.entrySeen)
	clear(r.groupSeen)
	clear(r.sigSeen)
	r.childSeen = resize(r.childSeen, len(r.x))
	clear(r.childSeen)
	r.turn, r.sinkSeen = 0, 0
	r.group, r.settledChild = 0, -1
}

// greedy serves groups in order to children in order, as far as it goes.
func (r *router) greedy() {
	for j := range r.left {
		for i := range r.x {
			if r.left[j] == 0 {
				break
			}
			for e := r.start[i]; e < r.start[i+1] && r.x[i] > 0; e++ {
				if !r.uses(e, int32(j)) {
					continue
				}
				amount := min(r.left[j], r.x[i], r.spare[e])
				r.add(e, int32(j), amount)
				r.spare[e] -= amount
				r.left[j] -= amount
				r.x[i] -= amount
			}
		}
	}
}

// carry finds ways for what the greedy start left child i without. The fill
// has made sure that there is one.
func (r *router) carry(i int32) {
	for r.x[i] > 0 {
		r.turn++
		r.queue = r.queue[:0]
		for e := r.start[i]; e < r.start[i+1]; e++ {
			if r.spare[e] > 0 {
				r.seeEntry(e, nowhere, viaChild)
			}
		}
		end := r.search(-1, func(n int32) bool { return n < 0 && r.left[-1-n] > 0 })
		amount := min(r.x[i], r.left[-1-end], r.bottleneck(end))
		r.shift(end, amount)
		r.left[-1-end] -= amount
		r.x[i] -= amount
	}
}

// settleGroup settles f(j, ·) for the children in order.
func (r *router) settleGroup(j int32) {
	r.group, r.settledChild, r.failed = j, -1, 0
	remains := r.acc.supply[j].amount
	for i := int32(0); i < int32(len(r.x)) && remains > 0; i++ {
		have := r.between(i, j)
		most := min(remains, r.unsettled(i, j))
		for have < most && r.raise(i, most-have) {
			have = r.between(i, j)
		}
		r.settledChild = i
		remains -= have
	}
}

// unsettled bounds f(j, i): what child i draws from group j and later ones, and
// its demand that may use group j.
func (r *router) unsettled(i, j int32) int64 {
	var drawn, demand int64
	for e := r.start[i]; e < r.start[i+1]; e++ {
		var used int64
		for _, f := range r.flows[e] {
			used += f.amount
			if f.group >= j {
				drawn += f.amount
			}
		}
		if r.uses(e, j) {
			demand = addCapped(demand, addCapped(used, r.spare[e]))
		}
	}
	return min(drawn, demand)
}

// raise moves up to limit more of the present group to child i, if a cycle
// allows it.
func (r *router) raise(i int32, limit int64) bool {
	if !r.mayReach(i) {
		return false
	}
	r.turn++
	r.settledChild = i // its own use of the group is not to be moved
	r.queue = r.queue[:0]
	r.seeGroup(r.group, nowhere)
	end := r.search(i, func(n int32) bool { return n >= 0 && r.child[n] == i && r.uses(n, r.group) })
	if end == nowhere {
		r.failed = r.turn
		return false
	}
	r.failed = 0
	amount := min(limit, r.bottleneck(end))
	r.shift(end, amount)
	r.add(end, r.group, amount)
	return true
}

// mayReach tells whether the last failed search of this group leaves child i a
// chance: settling more children only takes ways away, so it must have reached
// a later group that the child draws from.
func (r *router) mayReach(i int32) bool {
	if r.failed == 0 {
		return true
	}
	for e := r.start[i]; e < r.start[i+1]; e++ {
		for _, f := range r.flows[e] {
			if f.amount > 0 && f.group > r.group && r.groupSeen[f.group].turn == r.failed {
				return true
			}
		}
	}
	return false
}

// uses tells whether entry e may draw from group j.
func (r *router) uses(e, j int32) bool { return r.acc.has(r.sig[e], j) }

// amountOf is the flow of entry e from group j.
func (r *router) amountOf(e, j int32) int64 {
	for _, f := range r.flows[e] {
		if f.group == j {
			return f.amount
		}
	}
	return 0
}

// between is f(group j, child i).
func (r *router) between(i, j int32) (sum int64) {
	for e := r.start[i]; e < r.start[i+1]; e++ {
		sum += r.amountOf(e, j)
	}
	return sum
}

func (r *router) add(e, j int32, amount int64) {
	if amount == 0 {
		return
	}
	for k := range r.flows[e] {
		if r.flows[e][k].group == j {
			r.flows[e][k].amount += amount
			return
		}
	}
	r.flows[e] = append(r.flows[e], flow{r.child[e], j, amount})
	r.users[j] = append(r.users[j], e)
}
