package fairshare_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// refTree is an input with its references resolved. Nodes, requests and lots
// are known by their place in order of id.
type refTree struct {
	in       fairshare.Input
	root     int
	parent   []int   // −1 for the root
	children [][]int // by node, in order of id
	offers   [][]int // the requests of each node that are not held, in service order
	nation   []int   // by node: the child of the root on the way down to it
	groups   [][]int // the lots of each group, in order of (end, id)
	openTo   [][]int // by group: the children of the root that are admitted
	uses     [][]bool
	sig      []int // by request
}

func newRefTree(in fairshare.Input) *refTree {
	r := &refTree{in: sortedInput(in)}
	n := len(r.in.Nodes)
	node := make(map[string]int, n)
	for i, nd := range r.in.Nodes {
		node[nd.ID] = i
	}
	r.parent, r.nation = make([]int, n), make([]int, n)
	r.children, r.offers = make([][]int, n), make([][]int, n)
	for i, nd := range r.in.Nodes {
		r.parent[i] = -1
		if nd.Parent == "" {
			r.root = i
			continue
		}
		r.parent[i] = node[nd.Parent]
		r.children[r.parent[i]] = append(r.children[r.parent[i]], i)
	}
	for i := range r.nation {
		r.nation[i] = i
		for r.parent[r.nation[i]] != r.root && r.nation[i] != r.root {
			r.nation[i] = r.parent[r.nation[i]]
		}
	}
	for i, req := range r.in.Requests {
		if !req.Held {
			r.offers[node[req.Node]] = append(r.offers[node[req.Node]], i)
		}
	}
	for i := range r.offers {
		slices.SortFunc(r.offers[i], func(a, b int) int {
			return compareRequests(r.in.Requests[a], r.in.Requests[b])
		})
	}
	r.makeGroups(node)
	return r
}

// sortedInput is a copy of an input with every list of records in order of id.
func sortedInput(in fairshare.Input) fairshare.Input {
	in.Lots = slices.Clone(in.Lots)
	in.Eligibilities = slices.Clone(in.Eligibilities)
	in.Nodes = slices.Clone(in.Nodes)
	in.Requests = slices.Clone(in.Requests)
	slices.SortFunc(in.Lots, func(a, b fairshare.Lot) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(in.Eligibilities, func(a, b fairshare.Eligibility) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(in.Nodes, func(a, b fairshare.Node) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(in.Requests, func(a, b fairshare.Request) int { return cmp.Compare(a.ID, b.ID) })
	return in
}

// compareRequests is the order of the requests of one node: rank, submission, id.
func compareRequests(a, b fairshare.Request) int {
	return cmp.Or(cmp.Compare(a.Rank, b.Rank), a.Submitted.Compare(b.Submitted), cmp.Compare(a.ID, b.ID))
}

// makeGroups finds the signatures (sets of lots that requests may use, held
// ones included) and the groups (lots with the same signatures and the same
// open_to), and brings the groups in the order of their first lots.
func (r *refTree) makeGroups(node map[string]int) {
	allowed := make(map[string]map[string]bool) // eligibility → its lots
	for _, e := range r.in.Eligibilities {
		allowed[e.ID] = make(map[string]bool)
		for _, l := range e.Lots {
			allowed[e.ID][l] = true
		}
	}
	var sets []map[string]bool
	r.sig = make([]int, len(r.in.Requests))
	for i, req := range r.in.Requests {
		set := allowed[req.Eligibility]
		r.sig[i] = slices.IndexFunc(sets, func(other map[string]bool) bool { return maps.Equal(set, other) })
		if r.sig[i] < 0 {
			r.sig[i] = len(sets)
			sets = append(sets, set)
		}
	}
	like := make(map[string]int) // a lot's signatures and open_to → its group
	for _, l := range r.lotsByEnd() {
		lot := r.in.Lots[l]
		name, admitted := "open to all", r.children[r.root]
		if lot.OpenTo != nil {
			sorted := slices.Sorted(slices.Values(lot.OpenTo))
			name, admitted = fmt.Sprintf("open to %q", sorted), nil
			for _, id := range sorted {
				admitted = append(admitted, node[id])
			}
		}
		for s, set := range sets {
			if set[lot.ID] {
				name += fmt.Sprint(" ", s)
			}
		}
		k, known := like[name]
		if !known {
			k = len(r.groups)
			like[name] = k
			r.groups = append(r.groups, nil)
			r.openTo = append(r.openTo, admitted)
		}
		r.groups[k] = append(r.groups[k], l)
	}
	for _, set := range sets {
		uses := make([]bool, len(r.groups))
		for k, lots := range r.groups {
			uses[k] = set[r.in.Lots[lots[0]].ID]
		}
		r.uses = append(r.uses, uses)
	}
}

// lotsByEnd is the lots in order of (end, id).
func (r *refTree) lotsByEnd() []int {
	lots := make([]int, len(r.in.Lots))
	for i := range lots {
		lots[i] = i
	}
	slices.SortFunc(lots, func(a, b int) int {
		return cmp.Or(r.in.Lots[a].Ends.Compare(r.in.Lots[b].Ends), cmp.Compare(a, b))
	})
	return lots
}

func (r *refTree) cap(node int) int64 {
	if c := r.in.Nodes[node].Cap; c != nil {
		return c.GPUMilliseconds()
	}
	return refUnbounded
}

// bound is the cap that holds inside a node's own division. Below the pool the
// supply that a node hands on is within its cap already.
func (r *refTree) bound(node int) int64 {
	if node == r.root {
		return r.cap(node)
	}
	return refUnbounded
}

// refOffer is what the tree asks for in one pass: what each request offers to
// take, and what each node is frozen at.
type refOffer struct {
	max    []int64 // by request
	frozen []int64 // by node
}

// opening is the offer of the first pass: nothing is frozen.
func (r *refTree) opening() refOffer {
	o := refOffer{make([]int64, len(r.in.Requests)), make([]int64, len(r.in.Nodes))}
	for i, req := range r.in.Requests {
		o.max[i] = req.Max.GPUMilliseconds()
	}
	for i := range o.frozen {
		o.frozen[i] = refUnbounded
	}
	return o
}

// refDemand is FAIRNESS §3.2 for every node: hi, and the demand by signature.
type refDemand struct {
	hi     []int64
	demand [][]int64
}

func (r *refTree) demands(o refOffer) refDemand {
	d := refDemand{make([]int64, len(r.in.Nodes)), make([][]int64, len(r.in.Nodes))}
	var visit func(node int)
	visit = func(node int) {
		d.demand[node] = make([]int64, len(r.uses))
		for _, req := range r.offers[node] {
			d.hi[node] += o.max[req]
			d.demand[node][r.sig[req]] += o.max[req]
		}
		for _, child := range r.children[node] {
			visit(child)
			d.hi[node] += d.hi[child]
			for s, amount := range d.demand[child] {
				d.demand[node][s] += amount
			}
		}
		d.hi[node] = min(d.hi[node], r.cap(node), o.frozen[node])
		for s := range d.demand[node] {
			d.demand[node][s] = min(d.demand[node][s], d.hi[node])
		}
	}
	visit(r.root)
	return d
}

// refPass is what one pass gives.
type refPass struct {
	entitlement, floor []int64   // by node
	wanted             []int64   // by node: d of FAIRNESS §4
	given, handed      []int64   // by node: what it got, what it could hand on
	x                  []int64   // by request
	flow               [][]int64 // by request and group
}

// pass is FAIRNESS §3, steps 2 to 4.
func (r *refTree) pass(fill refDivide, o refOffer) *refPass {
	numbers := func() []int64 { return make([]int64, len(r.in.Nodes)) }
	p := &refPass{
		entitlement: numbers(), floor: numbers(), wanted: numbers(), given: numbers(), handed: numbers(),
		x: make([]int64, len(r.in.Requests)), flow: make([][]int64, len(r.in.Requests)),
	}
	ever, now := r.demands(r.opening()), r.demands(o)
	var hand func(node int, supply []int64)
	hand = func(node int, supply []int64) {
		p.given[node] = sum(supply)
		if len(r.children[node]) == 0 {
			r.leaf(fill, o, p, node, supply)
			return
		}
		slicesOf := r.divide(fill, ever, now, o, p, node, supply)
		for i, child := range r.children[node] {
			hand(child, slicesOf[i])
			p.handed[node] += p.given[child]
		}
	}
	p.entitlement[r.root] = sum(r.supply())
	hand(r.root, r.supply())
	return p
}

// supply is the whole supply by group.
func (r *refTree) supply() []int64 {
	supply := make([]int64, len(r.groups))
	for k, lots := range r.groups {
		for _, l := range lots {
			supply[k] += r.in.Lots[l].Supply.GPUMilliseconds()
		}
	}
	return supply
}

// divide is FAIRNESS §3.3 for one parent: what each child gets of each group.
func (r *refTree) divide(fill refDivide, ever, now refDemand, o refOffer, p *refPass, node int, supply []int64) [][]int64 {
	children := r.children[node]
	r.entitle(p, node, supply)
	netEver, netNow := refNetwork{supply: supply, uses: r.uses}, refNetwork{supply: supply, uses: r.uses}
	for _, c := range children {
		netEver.demand = append(netEver.demand, ever.demand[c])
		netNow.demand = append(netNow.demand, now.demand[c])
	}
	alpha, k := r.in.Round.GuaranteePermille, r.in.Round.BankLimitRounds
	items := make([]refItem, len(children))
	first := make([]refItem, len(children))
	for i, c := range children {
		nd, e := r.in.Nodes[c], p.entitlement[c]
		reachable := netEver.alone(i, ever.hi[c])
		p.wanted[c] = min(r.cap(c), reachable)
		phi := min(ever.hi[c], max(nd.Floor.GPUMilliseconds(), alpha*e/1000))
		first[i] = refItem{weight: phi, hi: min(phi, reachable)}
		items[i] = refItem{
			weight: nd.Weight,
			hi:     min(r.cap(c), netNow.alone(i, now.hi[c]), o.frozen[c]),
			offset: max(-k*e, min(k*e, nd.Balance.GPUMilliseconds())),
		}
	}
	second := slices.Clone(first)
	for i, got := range fill(netEver, first, r.bound(node)) {
		second[i].hi = min(items[i].hi, got)
	}
	for i, lo := range fill(netNow, second, r.bound(node)) {
		items[i].lo = lo
		p.floor[children[i]] = lo
	}
	return netNow.canonical(fill(netNow, items, r.bound(node)))
}

// entitle sets the entitlements of a node's children.
func (r *refTree) entitle(p *refPass, node int, supply []int64) {
	for k, s := range supply {
		admitted := r.children[node]
		if node == r.root {
			admitted = r.openTo[k]
		}
		weights := make([]int64, len(admitted))
		for i, c := range admitted {
			weights[i] = r.in.Nodes[c].Weight
		}
		for i, e := range refWebster(s, weights) {
			p.entitlement[admitted[i]] += e
		}
	}
}

// leaf is FAIRNESS §3.4 for one leaf: minimum or nothing.
func (r *refTree) leaf(fill refDivide, o refOffer, p *refPass, node int, supply []int64) {
	asMany := func(requests []int) (refNetwork, []refItem) {
		net := refNetwork{supply: supply, uses: r.uses}
		var items []refItem
		for _, req := range requests {
			demand := make([]int64, len(r.uses))
			demand[r.sig[req]] = o.max[req]
			net.demand = append(net.demand, demand)
			items = append(items, refItem{weight: 1, hi: o.max[req]})
		}
		return net, items
	}
	minimum := func(req int) int64 { return r.in.Requests[req].Min.GPUMilliseconds() }
	all, _ := asMany(r.offers[node])
	var left []int
	for i, req := range r.offers[node] {
		if all.alone(i, o.max[req]) >= minimum(req) {
			left = append(left, req)
		}
	}
	// left is in service order, and the sort is stable.
	slices.SortStableFunc(left, func(a, b int) int { return cmp.Compare(minimum(a), minimum(b)) })
	for kept := len(left); kept > 0; kept-- {
		requests := slices.DeleteFunc(slices.Clone(r.offers[node]), func(req int) bool {
			return !slices.Contains(left[:kept], req)
		})
		net, items := asMany(requests)
		x := fill(net, items, r.bound(node))
		short := slices.ContainsFunc(requests, func(req int) bool {
			return x[slices.Index(requests, req)] < minimum(req)
		})
		if short {
			continue
		}
		for i, row := range net.canonical(x) {
			p.x[requests[i]], p.flow[requests[i]] = x[i], row
			p.handed[node] += x[i]
		}
		return
	}
}

// freeze is FAIRNESS §3.5: the offer of the next pass, or false when nothing
// newly froze.
func (r *refTree) freeze(o refOffer, p *refPass) (refOffer, bool) {
	next := refOffer{slices.Clone(o.max), slices.Clone(o.frozen)}
	froze := false
	for node := range r.in.Nodes {
		if node == r.root || p.handed[node] == p.given[node] {
			continue
		}
		froze = true
		if len(r.children[node]) > 0 {
			next.frozen[node] = p.handed[node]
			continue
		}
		for _, req := range r.offers[node] {
			next.max[req] = p.x[req]
		}
	}
	return next, froze
}

// passes repeats steps 2 to 5 and is the last pass that counts.
func (r *refTree) passes(fill refDivide) *refPass {
	o := r.opening()
	last := r.pass(fill, o)
	for n := int64(1); n < r.in.Round.MaxPasses; n++ {
		next, froze := r.freeze(o, last)
		if !froze {
			break
		}
		p := r.pass(fill, next)
		fell := false
		for node := range r.in.Nodes {
			if len(r.children[node]) == 0 && p.handed[node] < last.handed[node] {
				fell = true
			}
		}
		if fell {
			break
		}
		o, last = next, p
	}
	return last
}

// outcome is a decision by id.
type outcome struct {
	nodes    map[string]nodeOutcome
	requests map[string]int64
	awards   map[[2]string]int64 // by request and lot
	left     map[string]int64
	// reasons is nil for the reference.
	reasons map[string]fairshare.Reason
}

type nodeOutcome struct{ entitlement, floor, granted, balance, commons int64 }

// referenceDecide decides a round by the reference.
func referenceDecide(in fairshare.Input) outcome { return referenceDecideWith(in, refFillEligible) }

func referenceDecideWith(in fairshare.Input, fill refDivide) outcome {
	r := newRefTree(in)
	p := r.passes(fill)
	out := outcome{
		nodes: make(map[string]nodeOutcome), requests: make(map[string]int64),
		awards: make(map[[2]string]int64), left: make(map[string]int64),
	}
	for _, l := range r.in.Lots {
		out.left[l.ID] = l.Supply.GPUMilliseconds()
	}
	granted := make([]int64, len(r.in.Nodes)) // by node
	index := func(id string) int {
		return slices.IndexFunc(r.in.Nodes, func(n fairshare.Node) bool { return n.ID == id })
	}
	award := func(req, lot int, amount int64) {
		if amount == 0 {
			return
		}
		request, id := r.in.Requests[req], r.in.Lots[lot].ID
		out.requests[request.ID] += amount
		out.awards[[2]string{request.ID, id}] += amount
		out.left[id] -= amount
		for n := index(request.Node); n >= 0; n = r.parent[n] {
			granted[n] += amount
		}
	}
	for req := range r.in.Requests {
		out.requests[r.in.Requests[req].ID] = 0
		for k := range p.flow[req] {
			for _, lot := range r.groups[k] {
				amount := min(p.flow[req][k], out.left[r.in.Lots[lot].ID])
				p.flow[req][k] -= amount
				award(req, lot, amount)
			}
		}
	}
	for _, req := range r.serviceOrder(index) {
		r.serve(out, granted, index(r.in.Requests[req].Node), req, award)
	}
	r.settle(p, granted, out)
	return out
}

// serviceOrder is the order in which FAIRNESS §3.6 offers what is left.
func (r *refTree) serviceOrder(index func(id string) int) []int {
	var order []int
	for _, offers := range r.offers {
		order = append(order, offers...)
	}
	standing := func(req int) (balance, weight int64) {
		nation := r.nation[index(r.in.Requests[req].Node)]
		if nation == r.root {
			return 0, 1
		}
		return r.in.Nodes[nation].Balance.GPUMilliseconds(), r.in.Nodes[nation].Weight
	}
	slices.SortFunc(order, func(a, b int) int {
		ba, wa := standing(a)
		bb, wb := standing(b)
		byBalance := 0
		switch {
		case wa == 0 && wb == 0:
		case wa == 0:
			byBalance = 1
		case wb == 0:
			byBalance = -1
		default:
			byBalance = refKey{bb, wb}.compare(refKey{ba, wa})
		}
		return cmp.Or(byBalance, r.in.Requests[a].Submitted.Compare(r.in.Requests[b].Submitted), cmp.Compare(a, b))
	})
	return order
}

// serve gives one request as much of what is left as fits (FAIRNESS §3.6).
func (r *refTree) serve(out outcome, granted []int64, node, req int, award func(req, lot int, amount int64)) {
	request := r.in.Requests[req]
	has := out.requests[request.ID]
	more := request.Max.GPUMilliseconds() - has
	for n := node; n >= 0; n = r.parent[n] {
		more = min(more, r.cap(n)-granted[n])
	}
	var fits int64
	for _, lot := range r.usable(req) {
		fits += out.left[r.in.Lots[lot].ID]
	}
	more = min(more, fits)
	if has+more < request.Min.GPUMilliseconds() {
		return
	}
	for _, lot := range r.usable(req) {
		amount := min(more, out.left[r.in.Lots[lot].ID])
		more -= amount
		award(req, lot, amount)
	}
}

// usable is the lots of a request's eligibility, in order of (end, id).
func (r *refTree) usable(req int) []int {
	var lots []int
	for _, lot := range r.lotsByEnd() {
		for k, group := range r.groups {
			if r.uses[r.sig[req]][k] && slices.Contains(group, lot) {
				lots = append(lots, lot)
			}
		}
	}
	return lots
}

// settle is FAIRNESS §4: it writes the nodes' outcomes, balances after the
// round included.
func (r *refTree) settle(p *refPass, granted []int64, out outcome) {
	balance, commons := make([]int64, len(r.in.Nodes)), make([]int64, len(r.in.Nodes))
	for node, children := range r.children {
		commons[node] = r.in.Nodes[node].Commons.GPUMilliseconds()
		short, spare := make([]refItem, len(children)), make([]refItem, len(children))
		var paid, wanting int64
		for i, c := range children {
			g, e, d := granted[c], p.entitlement[c], p.wanted[c]
			before := r.in.Nodes[c].Balance.GPUMilliseconds()
			balance[c] = before - max(0, g-e)
			paid += max(0, g-e)
			short[i] = refItem{weight: r.in.Nodes[c].Weight, hi: max(0, min(d, e)-g), offset: -before}
			spare[i] = refItem{weight: r.in.Nodes[c].Weight, hi: max(0, e-max(g, min(d, e))), offset: -before}
			wanting += short[i].hi
		}
		served := min(paid, wanting)
		first, _ := refFill(served, short)
		then, nobodys := refFill(paid-served, spare)
		commons[node] += nobodys
		for i, c := range children {
			after := balance[c] + first[i] + then[i]
			balance[c] = after
			if limit := r.in.Round.BankLimitRounds * p.entitlement[c]; p.entitlement[c] != 0 {
				balance[c] = max(-limit, min(limit, after))
			}
			commons[node] += after - balance[c]
		}
	}
	for i, n := range r.in.Nodes {
		out.nodes[n.ID] = nodeOutcome{
			entitlement: p.entitlement[i], floor: p.floor[i], granted: granted[i],
			balance: balance[i], commons: commons[i],
		}
	}
}

func TestReferenceRoundsAreTheSameByRecursionAndUnitByUnit(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := drawInput(t, anyRound)
		recursive, units := referenceDecide(in), referenceDecideWith(in, refFillEligibleByUnits)
		if diff := recursive.differences(units); diff != "" {
			t.Fatalf("recursion, unit by unit:\n%s\n%s", diff, describe(in))
		}
	})
}

// differences lists what differs between two outcomes, in order of id.
func (o outcome) differences(other outcome) string {
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(o.nodes)) {
		if a, b := o.nodes[id], other.nodes[id]; a != b {
			lines = append(lines, fmt.Sprintf("node %s: %+v, %+v", id, a, b))
		}
	}
	lines = append(lines, differingAmounts("request", o.requests, other.requests)...)
	lines = append(lines, differingAmounts("left", o.left, other.left)...)
	named := func(awards map[[2]string]int64) map[string]int64 {
		m := make(map[string]int64)
		for k, v := range awards {
			m[k[0]+" from "+k[1]] = v
		}
		return m
	}
	lines = append(lines, differingAmounts("award", named(o.awards), named(other.awards))...)
	return strings.Join(lines, "\n")
}

func differingAmounts(what string, a, b map[string]int64) []string {
	ids := maps.Clone(a)
	maps.Copy(ids, b)
	var lines []string
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if a[id] != b[id] {
			lines = append(lines, fmt.Sprintf("%s %s: %d, %d", what, id, a[id], b[id]))
		}
	}
	return lines
}
