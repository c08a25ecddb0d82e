package fairshare_test

import (
	"math"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// refNetwork is the network of FAIRNESS §2 below the children: source → child
// → (child, signature; demand) → groups → sink.
type refNetwork struct {
	supply []int64   // by group
	uses   [][]bool  // by signature and group
	demand [][]int64 // by child and signature
}

// refGraph is a plain flow network.
type refGraph struct {
	edges []refEdge // edge i and edge i^1 are each other's reverse
	from  [][]int   // the edges that leave each node
}

type refEdge struct {
	to   int
	room int64 // what still fits
}

func newRefGraph(nodes int) *refGraph { return &refGraph{from: make([][]int, nodes)} }

func (g *refGraph) connect(a, b int, capacity int64) {
	g.from[a] = append(g.from[a], len(g.edges))
	g.from[b] = append(g.from[b], len(g.edges)+1)
	g.edges = append(g.edges, refEdge{b, capacity}, refEdge{a, 0})
}

// paths is the breadth-first tree of edges with room, as the edge by which
// each node was reached: −1 for none, −2 for the source.
func (g *refGraph) paths(source int) []int {
	by := make([]int, len(g.from))
	for i := range by {
		by[i] = -1
	}
	by[source] = -2
	for queue := []int{source}; len(queue) > 0; queue = queue[1:] {
		for _, e := range g.from[queue[0]] {
			if to := g.edges[e].to; by[to] == -1 && g.edges[e].room > 0 {
				by[to] = e
				queue = append(queue, to)
			}
		}
	}
	return by
}

// maxFlow sends as much as possible along shortest paths (Edmonds–Karp) and
// leaves the residual graph behind.
func (g *refGraph) maxFlow(source, sink int) int64 {
	var total int64
	for {
		by := g.paths(source)
		if by[sink] == -1 {
			return total
		}
		room := int64(math.MaxInt64)
		for v := sink; v != source; v = g.edges[by[v]^1].to {
			room = min(room, g.edges[by[v]].room)
		}
		for v := sink; v != source; v = g.edges[by[v]^1].to {
			g.edges[by[v]].room -= room
			g.edges[by[v]^1].room += room
		}
		total += room
	}
}

// carry is the largest flow when the edge from the source to each child holds
// caps, and which children can be reached from the source in what remains.
func (n refNetwork) carry(caps []int64) (value int64, reached []bool) {
	const source, sink, firstGroup = 0, 1, 2
	firstChild := firstGroup + len(n.supply)
	firstPair := firstChild + len(caps)
	g := newRefGraph(firstPair + len(caps)*len(n.uses))
	for k, s := range n.supply {
		g.connect(firstGroup+k, sink, s)
	}
	for c, limit := range caps {
		g.connect(source, firstChild+c, limit)
		for s, demand := range n.demand[c] {
			pair := firstPair + c*len(n.uses) + s
			g.connect(firstChild+c, pair, demand)
			for k, used := range n.uses[s] {
				if used {
					g.connect(pair, firstGroup+k, refUnbounded)
				}
			}
		}
	}
	value = g.maxFlow(source, sink)
	by := g.paths(source)
	reached = make([]bool, len(caps))
	for c := range caps {
		reached[c] = by[firstChild+c] != -1
	}
	return value, reached
}

// cut is the same value without any flow, as the least of all cuts: for each
// set H of groups on the source's side, their supply, and for each child the
// smaller of its own edge and its demands that lead out of H.
func (n refNetwork) cut(caps []int64) int64 {
	least := int64(math.MaxInt64)
	for h := range 1 << len(n.supply) {
		var cut int64
		for k, s := range n.supply {
			if h>>k&1 == 1 {
				cut += s
			}
		}
		for c, limit := range caps {
			var out int64
			for s, demand := range n.demand[c] {
				if n.leadsOut(s, h) {
					out += demand
				}
			}
			cut += min(limit, out)
		}
		least = min(least, cut)
	}
	return least
}

// leadsOut says whether signature s uses a group that is not in the set h.
func (n refNetwork) leadsOut(s, h int) bool {
	for k, used := range n.uses[s] {
		if used && h>>k&1 == 0 {
			return true
		}
	}
	return false
}

// alone is Reachable(child): the largest flow with this child alone.
func (n refNetwork) alone(child int, hi int64) int64 {
	caps := make([]int64, len(n.demand))
	caps[child] = hi
	value, _ := n.carry(caps)
	return value
}

// refDivide is the signature of the two forms of FillEligible. bound is the
// cap of the node whose supply is divided, over and above what flows.
type refDivide func(n refNetwork, items []refItem, bound int64) []int64

// refFillEligible is FAIRNESS §2's FillEligible by its recursion.
func refFillEligible(n refNetwork, items []refItem, bound int64) []int64 {
	x := make([]int64, len(items))
	fixed := make([]bool, len(items))
	var divide func(among []int)
	divide = func(among []int) {
		if len(among) == 0 {
			return
		}
		caps := make([]int64, len(items))
		var given int64
		for i := range items {
			if fixed[i] {
				caps[i] = x[i]
				given += x[i]
			}
		}
		mine := make([]refItem, len(among))
		for k, i := range among {
			mine[k] = items[i]
			caps[i] = items[i].hi
		}
		value, _ := n.carry(caps)
		shares, _ := refFill(min(value, bound)-given, mine)
		total := given
		for k, i := range among {
			caps[i] = shares[k]
			total += shares[k]
		}
		carried, reached := n.carry(caps)
		if carried == total {
			for k, i := range among {
				x[i], fixed[i] = shares[k], true
			}
			return
		}
		var tight, others []int
		for _, i := range among {
			if reached[i] {
				tight = append(tight, i)
			} else {
				others = append(others, i)
			}
		}
		divide(tight)
		divide(others)
	}
	everyone := make([]int, len(items))
	for i := range everyone {
		everyone[i] = i
	}
	divide(everyone)
	return x
}

// refFillEligibleByUnits is FillEligible by the definition of Fill: start at
// lo and give each next unit to the smallest key among the items below hi for
// which the network still carries everything. The network is asked through its
// cuts, so that this shares no flow with refFillEligible. The network must
// carry all lo.
func refFillEligibleByUnits(n refNetwork, items []refItem, bound int64) []int64 {
	x := make([]int64, len(items))
	var total int64
	for i, it := range items {
		x[i] = it.lo
		total += it.lo
	}
	for total < bound {
		next := refNext(items, x, func(i int) bool {
			x[i]++
			defer func() { x[i]-- }()
			return n.cut(x) == total+1
		})
		if next < 0 {
			break
		}
		x[next]++
		total++
	}
	return x
}

// canonical is FAIRNESS §2's canonical flow that carries x, by child and
// group: the first number of the vector f(group, child) is made as large as
// the network allows, then the second, and so on.
func (n refNetwork) canonical(x []int64) [][]int64 {
	f := make([][]int64, len(x))
	for c := range f {
		f[c] = make([]int64, len(n.supply))
	}
	for k := range n.supply {
		for c := range x {
			// Whether f(k, c) can be at least v is monotone in v.
			f[c][k] = largest(min(x[c], n.supply[k]), func(v int64) bool {
				f[c][k] = v
				return n.carriesAtLeast(x, f)
			})
		}
	}
	return f
}

// largest is the largest v in 0..limit for which ok holds; ok(0) must hold,
// and whenever ok(v) does, ok(v−1).
func largest(limit int64, ok func(int64) bool) int64 {
	low := int64(0)
	for low < limit {
		if middle := low + (limit-low+1)/2; ok(middle) {
			low = middle
		} else {
			limit = middle - 1
		}
	}
	return low
}

// carriesAtLeast says whether a flow exists in which each child c sends
// exactly x(c), and at least least(c, k) of it to each group k. It is the
// usual reduction of lower bounds to one largest flow: an edge u → v with the
// bounds [l, h] becomes u → v with h−l, an edge from a second source to v with
// l, and one from u to a second sink with l; a flow exists when the second
// source can send everything.
func (n refNetwork) carriesAtLeast(x []int64, least [][]int64) bool {
	const source, sink, source2, sink2, firstGroup = 0, 1, 2, 3, 4
	firstChild := firstGroup + len(n.supply)
	firstPair := firstChild + len(x)
	firstSlice := firstPair + len(x)*len(n.uses) // all that a child sends to a group
	g := newRefGraph(firstSlice + len(x)*len(n.supply))
	var bounds int64
	atLeast := func(u, v int, low int64) {
		g.connect(source2, v, low)
		g.connect(u, sink2, low)
		bounds += low
	}
	g.connect(sink, source, refUnbounded)
	for k, s := range n.supply {
		g.connect(firstGroup+k, sink, s)
	}
	for c := range x {
		atLeast(source, firstChild+c, x[c])
		for k := range n.supply {
			slice := firstSlice + c*len(n.supply) + k
			g.connect(slice, firstGroup+k, refUnbounded)
			atLeast(slice, firstGroup+k, least[c][k])
		}
		for s, demand := range n.demand[c] {
			pair := firstPair + c*len(n.uses) + s
			g.connect(firstChild+c, pair, demand)
			for k, used := range n.uses[s] {
				if used {
					g.connect(pair, firstSlice+c*len(n.supply)+k, refUnbounded)
				}
			}
		}
	}
	return g.maxFlow(source2, sink2) == bounds
}

// drawNetwork draws a network with at most the given numbers of children,
// signatures and groups, and amounts up to the given one.
func drawNetwork(t *rapid.T, children, signatures, groups int, amount int64) refNetwork {
	children = rapid.IntRange(1, children).Draw(t, "children")
	signatures = rapid.IntRange(1, signatures).Draw(t, "signatures")
	groups = rapid.IntRange(1, groups).Draw(t, "groups")
	n := refNetwork{}
	for range groups {
		n.supply = append(n.supply, rapid.Int64Range(0, amount).Draw(t, "supply"))
	}
	for range signatures {
		n.uses = append(n.uses, rapid.SliceOfN(rapid.Bool(), groups, groups).Draw(t, "uses"))
	}
	for range children {
		n.demand = append(n.demand, rapid.SliceOfN(
			rapid.OneOf(rapid.Just(int64(0)), rapid.Int64Range(0, amount)), signatures, signatures).Draw(t, "demand"))
	}
	return n
}

// drawItems draws one item for each child of a network, with lower bounds that
// the network carries.
func drawItems(t *rapid.T, n refNetwork, amount int64) []refItem {
	items := make([]refItem, len(n.demand))
	lo := make([]int64, len(items))
	for i := range items {
		items[i] = refItem{
			weight: rapid.SampledFrom([]int64{0, 1, 1, 2, 3, 7}).Draw(t, "weight"),
			hi:     rapid.Int64Range(0, amount).Draw(t, "hi"),
			offset: rapid.Int64Range(-amount, amount).Draw(t, "offset"),
		}
		lo[i] = rapid.Int64Range(0, items[i].hi/2).Draw(t, "lo")
		if n.cut(lo) < sum(lo) {
			lo[i] = 0
		}
		items[i].lo = lo[i]
	}
	return items
}

func sum(x []int64) int64 {
	var total int64
	for _, v := range x {
		total += v
	}
	return total
}

func TestReferenceFlowEqualsTheLeastCut(t *testing.T) {
	check(t, func(t *rapid.T) {
		n := drawNetwork(t, 4, 3, 4, 20)
		caps := rapid.SliceOfN(rapid.Int64Range(0, 20), len(n.demand), len(n.demand)).Draw(t, "caps")
		if value, _ := n.carry(caps); value != n.cut(caps) {
			t.Fatalf("flow %d, least cut %d", value, n.cut(caps))
		}
	})
}

func TestReferenceFillEligibleEqualsTheUnitByUnitDefinition(t *testing.T) {
	check(t, func(t *rapid.T) {
		n := drawNetwork(t, 5, 3, 4, 20)
		items := drawItems(t, n, 20)
		bound := refUnbounded
		if rapid.Bool().Draw(t, "capped") {
			var floors int64
			for _, it := range items {
				floors += it.lo
			}
			bound = floors + rapid.Int64Range(0, 30).Draw(t, "cap above floors")
		}
		recursive := refFillEligible(n, items, bound)
		units := refFillEligibleByUnits(n, items, bound)
		if !slices.Equal(recursive, units) {
			t.Fatalf("recursion %v, unit by unit %v", recursive, units)
		}
	})
}

// On tiny networks every flow can be tried.
func TestReferenceCanonicalFlowIsTheLargestOfAll(t *testing.T) {
	check(t, func(t *rapid.T) {
		n := drawNetwork(t, 2, 2, 2, 3)
		items := drawItems(t, n, 3)
		x := refFillEligible(n, items, refUnbounded)
		var best []int64
		n.eachFlow(x, func(f []int64) {
			if best == nil || slices.Compare(f, best) > 0 {
				best = slices.Clone(f)
			}
		})
		var got []int64
		canonical := n.canonical(x)
		for k := range n.supply {
			for c := range x {
				got = append(got, canonical[c][k])
			}
		}
		if !slices.Equal(got, best) {
			t.Fatalf("canonical %v, largest %v", got, best)
		}
	})
}

// eachFlow calls visit with the vector f(group, child) of every integral flow
// in which each child sends exactly x, found by trying every way of sending
// every unit.
func (n refNetwork) eachFlow(x []int64, visit func([]int64)) {
	f := make([]int64, len(n.supply)*len(x))
	left := slices.Clone(n.supply)
	demand := make([][]int64, len(n.demand))
	for c := range demand {
		demand[c] = slices.Clone(n.demand[c])
	}
	var send func(c int, unit int64)
	send = func(c int, unit int64) {
		switch {
		case c == len(x):
			visit(f)
			return
		case unit == x[c]:
			send(c+1, 0)
			return
		}
		for s := range n.uses {
			for k, used := range n.uses[s] {
				if !used || demand[c][s] == 0 || left[k] == 0 {
					continue
				}
				demand[c][s]--
				left[k]--
				f[k*len(x)+c]++
				send(c, unit+1)
				f[k*len(x)+c]--
				left[k]++
				demand[c][s]++
			}
		}
	}
	send(0, 0)
}
