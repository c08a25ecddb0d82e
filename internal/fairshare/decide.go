package fairshare

import (
	"runtime"
	"sync"
)

// Decide decides the round with as many workers as there are processors.
func Decide(s *Snapshot) *Decision { return DecideWith(s, runtime.GOMAXPROCS(0)) }

// DecideWith decides the round with the given number of workers (at least 1).
// The decision does not depend on it.
func DecideWith(s *Snapshot, workers int) *Decision {
	workers = max(workers, 1)
	last := passes(s, workers) // steps 2 to 5
	d := &Decision{
		snapshot:  s,
		divisions: &last.divisions,
		Nodes:     make([]NodeOutcome, len(s.nodes)),
		Requests:  make([]RequestOutcome, len(s.requests)),
		Left:      make([]int64, len(s.lots)),
	}
	granted := takeLots(s, last, d)
	leftOver(s, last, d, granted) // step 6
	d.sumGrants(last)
	reciprocate(s, last, d) // step 7
	d.giveReasons(last, granted, workers)
	return d
}

// outOfRound marks a request that a frozen leaf no longer offers.
const outOfRound = int64(-1)

// passes runs pass after pass until nothing more is returned, a project would
// lose, or the policy's limit is reached; it returns the last one that counts.
func passes(s *Snapshot, workers int) *pass {
	l := &limits{}
	unfrozen := sumDemand(s, l)
	current := newPass(s, l, unfrozen)
	current.run(workers)
	current.offered = current.given
	for n := int64(1); n < s.round.MaxPasses; n++ {
		l = freeze(s, current)
		if l == nil {
			break
		}
		next := newPass(s, l, unfrozen)
		next.keepSettled(current)
		next.offered = current.offered
		next.before = current
		next.run(workers)
		next.before = nil
		if next.loses.Load() {
			break
		}
		current = next
	}
	return current
}

// freeze finds what could not be used (step 5): a leaf then offers only its
// kept requests, each up to what it used; another node no more than it handed
// on. It returns nil when everything was used.
func freeze(s *Snapshot, p *pass) *limits {
	t := &s.tree
	var l *limits
	for place := range int32(len(t.node)) {
		if p.used[place] >= p.given[place] || place == 0 {
			continue
		}
		if l == nil {
			l = p.limits.clone(s)
		}
		if !t.isLeaf(place) {
			l.node[place] = min(l.node[place], p.used[place])
			continue
		}
		for slot := t.slot[place]; slot < t.slot[place+1]; slot++ {
			switch {
			case s.requests[slot].held || l.request[slot] == outOfRound:
			case p.divisions.at(p.requestDivision[slot]).code == dropped:
				l.request[slot] = outOfRound
			default:
				l.request[slot] = p.x[slot]
			}
		}
	}
	return l
}

// clone copies the limits, or makes the first ones.
func (l *limits) clone(s *Snapshot) *limits {
	next := &limits{request: make([]int64, len(s.requests)), node: make([]int64, len(s.tree.node))}
	for slot := range next.request {
		next.request[slot] = s.requests[slot].max
	}
	for place := range next.node {
		next.node[place] = unbounded
	}
	if l.request != nil {
		copy(next.request, l.request)
		copy(next.node, l.node)
	}
	return next
}

// keepSettled carries over the divisions of the requests that an earlier pass
// froze: they hold unless this pass gives the request less.
func (p *pass) keepSettled(before *pass) {
	keep := recorder{to: &p.divisions}
	for slot, most := range p.limits.request {
		if most < p.snapshot.requests[slot].max {
			p.requestDivision[slot] = keep.record(*before.divisions.at(before.requestDivision[slot]))
		}
	}
}

// inParallel splits [0, n) among the workers. The parts must not depend on one
// another.
func inParallel(workers, n int, part func(from, till int)) {
	together(workers, func(k int) { part(n*k/workers, n*(k+1)/workers) })
}

// together has each of the workers 0 to n−1 do its work, and panics here if one
// of them did, so that a caller can recover from it.
func together(n int, work func(k int)) {
	var wait sync.WaitGroup
	fell := make(chan any, n)
	for k := range n {
		wait.Go(func() {
			defer func() {
				if cause := recover(); cause != nil {
					fell <- cause
				}
			}()
			work(k)
		})
	}
	wait.Wait()
	select {
	case cause := <-fell:
		panic(cause)
	default:
	}
}
