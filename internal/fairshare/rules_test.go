package fairshare_test

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// rule is one implementation of the fairness rule. Every law is tested of the
// engine, and of the reference too: a law that the reference breaks is a fault
// of the law, not of the engine.
type rule struct {
	name   string
	decide func(t fataler, in fairshare.Input) outcome
	// anySize is false for the reference, which counts units one by one.
	anySize bool
}

type fataler interface {
	Helper()
	Fatalf(format string, args ...any)
}

var rules = []rule{
	{"engine", engineDecide, true},
	{"reference", func(_ fataler, in fairshare.Input) outcome { return referenceDecide(in) }, false},
}

// ofBoth tests a property of both rules.
func ofBoth(t *testing.T, property func(t *rapid.T, r rule)) {
	t.Helper()
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			check(t, func(t *rapid.T) { property(t, r) })
		})
	}
}

// draw draws an input, at times with large amounts where the rule can take them.
func (r rule) draw(t *rapid.T, s shape) fairshare.Input {
	if r.anySize && rapid.Bool().Draw(t, "large amounts") {
		s = s.large()
	}
	return drawInput(t, s)
}

// freeze freezes a copy of an input that must be valid.
func freeze(t fataler, in fairshare.Input) *fairshare.Snapshot {
	t.Helper()
	s, err := fairshare.Freeze(clone(in))
	if err != nil {
		t.Fatalf("%v in\n%s", err, describe(in))
	}
	return s
}

func engineDecide(t fataler, in fairshare.Input) outcome {
	t.Helper()
	return outcomeOf(fairshare.DecideWith(freeze(t, in), 1))
}

// outcomeOf is a decision of the engine by id.
func outcomeOf(d *fairshare.Decision) outcome {
	s := d.Snapshot()
	out := outcome{
		nodes: make(map[string]nodeOutcome), requests: make(map[string]int64),
		awards: make(map[[2]string]int64), left: make(map[string]int64),
		reasons: make(map[string]fairshare.Reason),
	}
	for i, n := range d.Nodes {
		id := s.Nodes()[i].ID
		out.nodes[id] = nodeOutcome{n.Entitlement, n.Floor, n.Granted, n.Balance, n.Commons}
		out.reasons[id] = d.NodeReason(i)
	}
	for i, r := range d.Requests {
		id := s.Request(i).ID
		out.requests[id] = r.Granted
		out.reasons[id] = d.RequestReason(i)
	}
	for _, a := range d.Awards {
		out.awards[[2]string{s.Request(int(a.Request)).ID, s.Lots()[a.Lot].ID}] += a.Amount
	}
	for i, left := range d.Left {
		out.left[s.Lots()[i].ID] = left
	}
	return out
}

// level is one division as an outcome shows it: a parent's children, or a
// leaf's requests, what each got, and the network that it came through. It can
// be seen from outside where the supply by group is known, that is for the
// pool, and for every node when there is one group only; and only in rounds in
// which nothing freezes.
type level struct {
	net   refNetwork
	bound int64
	ids   []string
	items []refItem // lo as the outcome says
	phi   []refItem // the division of the floors
	x     []int64
}

func levels(in fairshare.Input, out outcome) []level {
	r := newRefTree(in)
	demands := r.demands(r.opening())
	var all []level
	for node := range r.in.Nodes {
		if node != r.root && len(r.groups) > 1 {
			continue
		}
		l := level{bound: r.bound(node), net: refNetwork{uses: r.uses}}
		if node == r.root {
			l.net.supply = r.supply()
		} else {
			l.net.supply = []int64{out.nodes[r.in.Nodes[node].ID].granted}
		}
		r.addChildren(&l, node, demands, out)
		r.addRequests(&l, node, out)
		if len(l.ids) > 0 {
			all = append(all, l)
		}
	}
	return all
}

func (r *refTree) addChildren(l *level, node int, d refDemand, out outcome) {
	for _, c := range r.children[node] {
		l.net.demand = append(l.net.demand, d.demand[c])
	}
	k, alpha := r.in.Round.BankLimitRounds, r.in.Round.GuaranteePermille
	for i, c := range r.children[node] {
		n := r.in.Nodes[c]
		got := out.nodes[n.ID]
		hi := l.net.alone(i, d.hi[c])
		limit := k * got.entitlement
		l.ids = append(l.ids, n.ID)
		l.x = append(l.x, got.granted)
		l.items = append(l.items, refItem{
			weight: n.Weight, lo: got.floor, hi: hi,
			offset: max(-limit, min(limit, n.Balance.GPUMilliseconds())),
		})
		phi := min(d.hi[c], max(n.Floor.GPUMilliseconds(), alpha*got.entitlement/1000))
		l.phi = append(l.phi, refItem{weight: phi, hi: min(phi, hi)})
	}
}

func (r *refTree) addRequests(l *level, node int, out outcome) {
	for _, req := range r.offers[node] {
		request := r.in.Requests[req]
		demand := make([]int64, len(r.uses))
		demand[r.sig[req]] = request.Max.GPUMilliseconds()
		l.net.demand = append(l.net.demand, demand)
		l.ids = append(l.ids, request.ID)
		l.x = append(l.x, out.requests[request.ID])
		l.items = append(l.items, refItem{weight: 1, hi: request.Max.GPUMilliseconds()})
	}
}

// carries says whether a vector fits the level's network and bound.
func (l level) carries(x []int64) bool {
	return sum(x) <= l.bound && l.net.cut(x) == sum(x)
}

// requireFair proves that x is FillEligible of the items by the exchanges that
// are possible: nobody can be given one more, and no unit could have gone to
// somebody with a smaller key (or the same key and an earlier place) instead.
func (l level) requireFair(t fataler, items []refItem, x []int64) {
	t.Helper()
	if !l.carries(x) {
		t.Fatalf("%v does not fit %+v", x, l)
	}
	for c, it := range items {
		if x[c] < it.lo || x[c] > it.hi {
			t.Fatalf("%s has %d, outside %d..%d", l.ids[c], x[c], it.lo, it.hi)
		}
		if x[c] == it.hi {
			continue
		}
		moved := slices.Clone(x)
		moved[c]++
		if l.carries(moved) {
			t.Fatalf("%s has %d and can be given one more: %+v", l.ids[c], x[c], l)
		}
		for d, other := range items {
			if d == c || x[d] == other.lo {
				continue
			}
			moved[d]--
			if l.carries(moved) && !precedes(other, x[d], d, it, x[c], c) {
				t.Fatalf("%s has %d and %s %d: %s comes first: %+v", l.ids[c], x[c], l.ids[d], x[d], l.ids[c], l)
			}
			moved[d]++
		}
	}
}

// precedes says whether the last unit of item d comes before the next of c.
func precedes(d refItem, xd int64, placeD int, c refItem, xc int64, placeC int) bool {
	if (d.weight == 0) != (c.weight == 0) {
		return c.weight == 0
	}
	order := refLastKey(d, xd).compare(refNextKey(c, xc))
	return order < 0 || order == 0 && placeD < placeC
}
