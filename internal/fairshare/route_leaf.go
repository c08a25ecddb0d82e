package fairshare

// leafRouter finds the canonical flow at a leaf, where each claim uses one
// signature. Which claim of a signature is carried by which group is then free,
// so it is enough to hold a flow from signatures to groups that carries the
// claims not yet settled, and to shift it when the next claim needs more of the
// present group than its signature holds there.
type leafRouter struct {
	acc *access
	y   []int64 // per admitted pair: the flow
	sig []int32 // admitted pair → signature
	// users lists, per group from userStart, the admitted pairs of the group.
	userStart, users []int32
	left             []int64 // group → supply not in use
	used             []int64 // group → flow
	closed           []bool  // signature → can get no more of the present group

	group              int32
	groupFrom, sigFrom []int32 // the admitted pair each was reached by
	groupSeen, sigSeen []int32
	sinkFrom, sinkSeen int32
	queue              []int32
	turn               int32
}

// route appends the flows of claims with amounts x and local signatures sig;
// net holds a flow that carries them. It uses up x.
func (r *leafRouter) route(to []flow, net *network, sig []int32, x []int64) []flow {
	r.prepare(net)
	for j := range r.left {
		r.group = int32(j)
		clear(r.closed)
		remains := r.left[j] + r.used[j]
		for i := 0; i < len(x) && remains > 0; i++ {
			if x[i] == 0 || sig[i] < 0 {
				continue
			}
			pair := r.pair(sig[i], int32(j))
			if pair < 0 {
				continue
			}
			amount := r.draw(pair, min(x[i], remains))
			if amount > 0 {
				to = append(to, flow{int32(i), int32(j), amount})
				x[i] -= amount
				remains -= amount
			}
		}
	}
	return to
}

func (r *leafRouter) prepare(net *network) {
	signatures, groups := r.acc.signatures(), len(r.acc.supply)
	r.y = resize(r.y, len(r.acc.group))
	r.sig = resize(r.sig, len(r.acc.group))
	r.used = resize(r.used, groups)
	r.left = resize(r.left, groups)
	r.userStart = resize(r.userStart, groups+1)
	r.users = resize(r.users, len(r.acc.group))
	r.closed = resize(r.closed, signatures)
	r.groupFrom, r.groupSeen = resize(r.groupFrom, groups), resize(r.groupSeen, groups)
	r.sigFrom, r.sigSeen = resize(r.sigFrom, signatures), resize(r.sigSeen, signatures)
	clear(r.groupSeen)
	clear(r.sigSeen)
	clear(r.used)
	clear(r.userStart)
	r.turn, r.sinkSeen = 0, 0
	for k := range signatures {
		for p := r.acc.start[k]; p < r.acc.start[k+1]; p++ {
			j := r.acc.group[p]
			r.sig[p] = int32(k)
			r.y[p] = net.admitted(int(p))
			r.used[j] += r.y[p]
			r.userStart[j+1]++
		}
	}
	for j := range groups {
		r.left[j] = r.acc.supply[j].amount - r.used[j]
		r.userStart[j+1] += r.userStart[j]
	}
	fill := append([]int32(nil), r.userStart[:groups]...)
	for p, j := range r.acc.group {
		r.users[fill[j]] = int32(p)
		fill[j]++
	}
}

// pair is the admitted pair of a signature and a group, −1 if there is none.
func (r *leafRouter) pair(k, j int32) int32 {
	for p := r.acc.start[k]; p < r.acc.start[k+1]; p++ {
		if r.acc.group[p] == j {
			return p
		}
	}
	return -1
}

// draw settles up to want of the present group for one claim.
func (r *leafRouter) draw(pair int32, want int64) int64 {
	k := r.sig[pair]
	for r.y[pair] < want && !r.closed[k] {
		if !r.raise(k, pair) {
			r.closed[k] = true
		}
	}
	amount := min(want, r.y[pair])
	r.y[pair] -= amount
	r.used[r.group] -= amount
	return amount
}

// raise shifts flow along a cycle so that signature k gets as much more of the
// present group as the cycle allows.
func (r *leafRouter) raise(k, pair int32) bool {
	r.turn++
	r.queue = r.queue[:0]
	r.seeGroup(r.group, -1)
	for head := 0; head < len(r.queue) && r.sigSeen[k] != r.turn; head++ {
		if n := r.queue[head]; n >= 0 {
			r.leaveSignature(n)
		} else {
			r.leaveGroup(-1-n, pair)
		}
	}
	if r.sigSeen[k] != r.turn {
		return false
	}
	amount := unbounded
	r.walk(k, func(p int32, give bool) {
		if !give {
			amount = min(amount, r.y[p])
		}
	}, func(from, to int32) { amount = min(amount, r.left[from], r.used[to]) })
	r.walk(k, func(p int32, give bool) {
		if give {
			r.y[p] += amount
		} else {
			r.y[p] -= amount
		}
	}, func(from, to int32) {
		r.left[from] -= amount
		r.used[from] += amount
		r.left[to] += amount
		r.used[to] -= amount
	})
	r.y[pair] += amount
	return true
}

func (r *leafRouter) seeGroup(j, pair int32) {
	if r.groupSeen[j] != r.turn {
		r.groupSeen[j], r.groupFrom[j] = r.turn, pair
		r.queue = append(r.queue, -1-j)
	}
}

// leaveGroup goes to the signatures that use group j, except over the pair that
// is to grow, and over the sink to other groups in use.
func (r *leafRouter) leaveGroup(j, grow int32) {
	for _, p := range r.users[r.userStart[j]:r.userStart[j+1]] {
		if k := r.sig[p]; p != grow && r.y[p] > 0 && r.sigSeen[k] != r.turn {
			r.sigSeen[k], r.sigFrom[k] = r.turn, p
			r.queue = append(r.queue, k)
		}
	}
	if r.left[j] > 0 && r.sinkSeen != r.turn {
		r.sinkSeen, r.sinkFrom = r.turn, j
		for h := r.group; h < int32(len(r.used)); h++ {
			if r.used[h] > 0 {
				r.seeGroup(h, -2)
			}
		}
	}
}

func (r *leafRouter) leaveSignature(k int32) {
	for p := r.acc.start[k]; p < r.acc.start[k+1]; p++ {
		if j := r.acc.group[p]; j >= r.group {
			r.seeGroup(j, p)
		}
	}
}

// walk visits the steps of the way that ends at signature k, last first: pairs
// that give (grow) or take, and the step over the sink.
func (r *leafRouter) walk(k int32, pair func(p int32, give bool), sink func(from, to int32)) {
	for {
		taken := r.sigFrom[k]
		pair(taken, false)
		j := r.acc.group[taken]
		if r.groupFrom[j] == -2 {
			sink(r.sinkFrom, j)
			j = r.sinkFrom
		}
		if r.groupFrom[j] == -1 {
			return
		}
		pair(r.groupFrom[j], true)
		k = r.sig[r.groupFrom[j]]
	}
}
