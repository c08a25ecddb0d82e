package fairshare

import (
	"cmp"
	"slices"
)

// leftOver gives out what the passes left (step 6): every request below its
// maximum, in service order, gets as much more as fits into what is left of
// its lots and into all caps, if that brings it to its minimum. Nothing is
// rerouted. granted is per slot and is updated.
func leftOver(s *Snapshot, p *pass, d *Decision, granted []int64) {
	l := newLeftover(s, p, d, granted)
	before := len(d.Awards)
	if l.total > 0 {
		l.serveInTurn()
	}
	if len(d.Awards) > before {
		d.mergeAwards(before)
	}
	for i, slot := range s.byID {
		d.Requests[i].Granted = granted[slot]
	}
}

// leftover is the state of step 6.
type leftover struct {
	s       *Snapshot
	d       *Decision
	granted []int64
	total   int64             // left in all lots
	left    []int64           // group → left
	room    []int64           // place → cap − granted below, only where capped
	capped  []int32           // place → nearest capped node on the way up, itself included; −1 none
	idOf    []int32           // slot → request by id
	lots    map[int32][]int32 // signature → its lots that have something left
}

func newLeftover(s *Snapshot, p *pass, d *Decision, granted []int64) *leftover {
	t := &s.tree
	l := &leftover{s: s, d: d, granted: granted, left: make([]int64, len(s.market.supply)), lots: map[int32][]int32{}}
	for lot, amount := range d.Left {
		l.left[s.market.groupOf[lot]] += amount
		l.total += amount
	}
	if l.total == 0 {
		return l
	}
	l.room, l.capped = make([]int64, len(t.node)), make([]int32, len(t.node))
	for place := range int32(len(t.node)) {
		l.room[place] = s.tree.terms[place].cap
		switch {
		case l.room[place] < unbounded:
			l.capped[place] = place
		case place == 0:
			l.capped[place] = -1
		default:
			l.capped[place] = l.capped[t.parent[place]]
		}
	}
	for place := range int32(len(t.node)) {
		if t.isLeaf(place) {
			l.charge(place, p.used[place])
		}
	}
	l.idOf = s.idOf()
	return l
}

// charge counts an amount granted at a leaf against all caps above it.
func (l *leftover) charge(place int32, amount int64) {
	for q := l.capped[place]; q >= 0; {
		l.room[q] -= amount
		if q == 0 {
			return
		}
		q = l.capped[l.s.tree.parent[q]]
	}
}

// roomAt is what all caps above a leaf still allow.
func (l *leftover) roomAt(place int32) int64 {
	room := unbounded
	for q := l.capped[place]; q >= 0; {
		room = min(room, l.room[q])
		if q == 0 {
			break
		}
		q = l.capped[l.s.tree.parent[q]]
	}
	return room
}

// reachOf is what is left in all lots of a request.
func (l *leftover) reachOf(slot int32) (sum int64) {
	sig := l.s.market.signatureOf[l.s.requests[slot].elig]
	for _, g := range l.s.market.signatureGroups[sig] {
		sum += l.left[g]
	}
	return sum
}

// candidate is a request that may get more.
type candidate struct {
	submitted  int64
	idOf, slot int32
}

// serveInTurn serves the requests in service order: larger balance by weight
// of the nation before the round first, weight 0 last, then earlier
// submission, then id. It gathers one turn of nations after the other, because
// little is left as a rule and the first turns take it.
func (l *leftover) serveInTurn() {
	t := &l.s.tree
	turn := l.nationTurns()
	leaves := make([][]int32, slices.Max(turn)+1)
	for place := range int32(len(t.node)) {
		if t.isLeaf(place) {
			k := turn[t.nation[place]]
			leaves[k] = append(leaves[k], place)
		}
	}
	var list []candidate
	for _, places := range leaves {
		if l.total == 0 {
			return
		}
		list = l.candidates(list[:0], places)
		for _, c := range list {
			l.serve(c.slot)
		}
	}
}

// candidates lists the requests of some leaves that may get more, by
// submission and id.
func (l *leftover) candidates(list []candidate, places []int32) []candidate {
	t := &l.s.tree
	for _, place := range places {
		for slot := t.slot[place]; slot < t.slot[place+1]; slot++ {
			r := &l.s.requests[slot]
			if !r.held && l.granted[slot] < r.max && l.reachOf(slot) > 0 {
				list = append(list, candidate{r.submitted, l.idOf[slot], slot})
			}
		}
	}
	slices.SortFunc(list, func(a, b candidate) int {
		return cmp.Or(cmp.Compare(a.submitted, b.submitted), cmp.Compare(a.idOf, b.idOf))
	})
	return list
}

// nationTurns numbers the children of the pool in service order; equal ones
// share a number. Requests on the pool itself count as owed nothing.
func (l *leftover) nationTurns() []int32 {
	s, t := l.s, &l.s.tree
	from, till := t.children(0)
	owed := func(place int32) (fraction, bool) {
		if place == 0 {
			return fraction{0, 1}, true
		}
		w := s.tree.terms[place].weight
		return fraction{s.tree.terms[place].balance, max(w, 1)}, w > 0
	}
	compare := func(a, b int32) int {
		x, xw := owed(a)
		y, yw := owed(b)
		if xw != yw {
			return map[bool]int{true: -1, false: 1}[xw]
		}
		if !xw {
			return 0
		}
		return y.compare(x)
	}
	order := []int32{0}
	for place := from; place < till; place++ {
		order = append(order, place)
	}
	slices.SortStableFunc(order, compare)
	turn := make([]int32, till)
	for i := 1; i < len(order); i++ {
		turn[order[i]] = turn[order[i-1]]
		if compare(order[i-1], order[i]) != 0 {
			turn[order[i]]++
		}
	}
	return turn
}

// serve gives one request as much more as fits.
func (l *leftover) serve(slot int32) {
	r := &l.s.requests[slot]
	place := l.s.tree.place[r.node]
	more := min(r.max-l.granted[slot], l.roomAt(place), l.reachOf(slot))
	if more <= 0 || l.granted[slot]+more < r.min {
		return
	}
	l.granted[slot] += more
	l.total -= more
	l.charge(place, more)
	sig := l.s.market.signatureOf[r.elig]
	for _, lot := range l.lotsOf(sig) {
		if more == 0 {
			break
		}
		part := min(more, l.d.Left[lot])
		if part == 0 {
			continue
		}
		more -= part
		l.d.Left[lot] -= part
		l.left[l.s.market.groupOf[lot]] -= part
		l.d.Awards = append(l.d.Awards, Award{l.idOf[slot], lot, part})
	}
}

// lotsOf lists the lots of a signature that have something left, earliest
// ending first.
func (l *leftover) lotsOf(sig int32) []int32 {
	m := &l.s.market
	lots, known := l.lots[sig]
	if !known {
		for _, g := range m.signatureGroups[sig] {
			lots = append(lots, m.lots(g)...)
		}
		slices.SortFunc(lots, func(a, b int32) int { return cmp.Compare(m.turn[a], m.turn[b]) })
	}
	for len(lots) > 0 && l.d.Left[lots[0]] == 0 {
		lots = lots[1:]
	}
	l.lots[sig] = lots
	return lots
}

// mergeAwards brings the awards from the given index on, which step 6 added,
// in among the others, and joins those of one request from one lot.
func (d *Decision) mergeAwards(before int) {
	old, added := d.Awards[:before], d.Awards[before:]
	sortAwards(added)
	merged := make([]Award, 0, len(d.Awards))
	for len(old) > 0 || len(added) > 0 {
		from := &added
		if len(added) == 0 || len(old) > 0 && compareAwards(old[0], added[0]) <= 0 {
			from = &old
		}
		next := (*from)[0]
		*from = (*from)[1:]
		if n := len(merged); n > 0 && compareAwards(merged[n-1], next) == 0 {
			merged[n-1].Amount += next.Amount
		} else {
			merged = append(merged, next)
		}
	}
	d.Awards = merged
}
