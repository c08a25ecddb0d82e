package fairshare

import (
	"slices"
	"sync/atomic"
)

// pass is one way down the tree: what every node and request was given.
type pass struct {
	snapshot *Snapshot
	// demand with what earlier passes froze, and as if nothing were frozen;
	// the same pointer while nothing is.
	demand, unfrozen *demand
	limits           *limits

	given       []int64 // place → handed down to the node
	offered     []int64 // place → handed down to it in the first pass
	used        []int64 // leaf → what its requests took; inner node → what it handed on
	entitlement []int64
	floor       []int64 // the real lo
	wanted      []int64 // reachable with nothing frozen: d of the reciprocity ledger
	hi          []int64 // reachable, with what is frozen
	division    []int32 // place → the division it was settled in

	x               []int64 // slot → granted to the request
	requestDivision []int32 // slot → the division it was settled in
	flows           [][]grant

	divisions divisions

	before *pass       // the pass before, nil for the first
	loses  atomic.Bool // a leaf has less than in the pass before: this one is discarded
}

// grant is an amount that a request (a slot) takes from a group.
type grant struct {
	slot, group int32
	amount      int64
}

func newPass(s *Snapshot, l *limits, unfrozen *demand) *pass {
	n := len(s.tree.node)
	p := &pass{snapshot: s, limits: l, unfrozen: unfrozen, demand: unfrozen}
	if l.request != nil || l.node != nil {
		p.demand = sumDemand(s, l)
	}
	for _, list := range []*[]int64{&p.given, &p.used, &p.entitlement, &p.floor, &p.wanted, &p.hi} {
		*list = make([]int64, n)
	}
	p.division = make([]int32, n)
	p.divisions.chunks = [][]division{{{code: heldBy, standing: 1, last: fraction{0, 1}, tight: []int32{}}}}
	p.x = make([]int64, len(s.requests))
	p.requestDivision = make([]int32, len(s.requests))
	return p
}

// run divides the pool and everything below, with several workers: nodes with
// many requests first and one by one, the rest each by one worker. Workers
// write to different places, so their number leaves no trace.
func (p *pass) run(workers int) {
	s := p.snapshot
	below := s.tree.below()
	whole := s.market.whole()
	var total int64
	for _, w := range whole {
		total += w.amount
	}
	p.entitlement[0], p.given[0] = total, min(total, s.tree.terms[0].cap)

	var tasks []task
	large := int32(len(s.requests)/(8*workers)) + 1
	pending := []task{{0, whole}}
	top := newWorker(p)
	for len(pending) > 0 {
		next := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		if next.place != 0 && below[next.place] < large {
			tasks = append(tasks, next)
			continue
		}
		top.handDown(next.place, next.supply, func(child int32, supply []portion) {
			pending = append(pending, task{child, slices.Clone(supply)})
		})
	}
	p.share(tasks, top, workers)
	for place := len(s.tree.node) - 1; place > 0; place-- {
		if q := s.tree.parent[place]; !s.tree.isLeaf(q) {
			p.used[q] += p.given[place]
		}
	}
}

// task is a node with what it was given, by group.
type task struct {
	place  int32
	supply []portion
}

// share has the tasks done by the given number of workers.
func (p *pass) share(tasks []task, top *worker, workers int) {
	team := []*worker{top}
	for len(team) < min(workers, len(tasks)) {
		team = append(team, newWorker(p))
	}
	var next atomic.Int64
	together(len(team), func(k int) {
		for {
			i := int(next.Add(1)) - 1
			if i >= len(tasks) || p.loses.Load() {
				return
			}
			team[k].descend(tasks[i].place, tasks[i].supply)
		}
	})
	for _, w := range team {
		p.flows = append(append(p.flows, w.full...), w.grants)
	}
}
