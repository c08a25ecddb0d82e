package fairshare_test

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// The laws of docs/FAIRNESS.md §6, in its order and with its numbers. Where the
// text's words leave open which rounds a law is about, the test says what it
// takes them to mean, and why.

func TestLaw01GrantsPlusLeftEqualSupply(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := r.draw(t, anyRound)
		out := r.decide(t, in)
		requireConserved(t, in, out)
	})
}

func requireConserved(t *rapid.T, in fairshare.Input, out outcome) {
	granted, taken := make(map[string]int64), make(map[string]int64)
	lots := make(map[string][]string) // eligibility → lots
	for _, e := range in.Eligibilities {
		lots[e.ID] = e.Lots
	}
	mayUse := make(map[string][]string) // request → lots
	for _, q := range in.Requests {
		mayUse[q.ID] = lots[q.Eligibility]
	}
	for award, amount := range out.awards {
		if amount <= 0 {
			t.Fatalf("award %q of %d", award, amount)
		}
		if !slices.Contains(mayUse[award[0]], award[1]) {
			t.Fatalf("award %q is from a lot that the request may not use:\n%s", award, describe(in))
		}
		granted[award[0]] += amount
		taken[award[1]] += amount
	}
	var supply, everything int64
	for _, l := range in.Lots {
		supply += l.Supply.GPUMilliseconds()
		everything += out.left[l.ID]
		if out.left[l.ID] < 0 || taken[l.ID]+out.left[l.ID] != l.Supply.GPUMilliseconds() {
			t.Fatalf("lot %s: %d taken, %d left\n%s", l.ID, taken[l.ID], out.left[l.ID], describe(in))
		}
	}
	above := parents(in)
	below := make(map[string]int64)
	for _, q := range in.Requests {
		if out.requests[q.ID] != granted[q.ID] {
			t.Fatalf("request %s: granted %d, awards %d\n%s", q.ID, out.requests[q.ID], granted[q.ID], describe(in))
		}
		everything += out.requests[q.ID]
		for n := q.Node; n != ""; n = above[n] {
			below[n] += out.requests[q.ID]
		}
	}
	if everything != supply {
		t.Fatalf("supply %d, granted and left %d\n%s", supply, everything, describe(in))
	}
	for _, n := range in.Nodes {
		if out.nodes[n.ID].granted != below[n.ID] {
			t.Fatalf("node %s: %d, requests below %d\n%s", n.ID, out.nodes[n.ID].granted, below[n.ID], describe(in))
		}
	}
	if e := out.nodes["pool"].entitlement; e != supply {
		t.Fatalf("supply %d, the pool's entitlement %d", supply, e)
	}
}

// parents is each node's parent, by id.
func parents(in fairshare.Input) map[string]string {
	above := make(map[string]string)
	for _, n := range in.Nodes {
		above[n.ID] = n.Parent
	}
	return above
}

func TestLaw02CapsHoldAndGrantsAreNothingOrWithinMinimumAndMaximum(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := r.draw(t, anyRound)
		if rapid.Bool().Draw(t, "on the pool") {
			in = r.draw(t, onThePool)
		}
		out := r.decide(t, in)
		for _, n := range in.Nodes {
			if g := out.nodes[n.ID].granted; n.Cap != nil && g > n.Cap.GPUMilliseconds() {
				t.Fatalf("node %s: %d is above its cap\n%s", n.ID, g, describe(in))
			}
		}
		for _, q := range in.Requests {
			x, low, high := out.requests[q.ID], q.Min.GPUMilliseconds(), q.Max.GPUMilliseconds()
			if x != 0 && (x < low || x > high || q.Held) {
				t.Fatalf("request %s: %d\n%s", q.ID, x, describe(in))
			}
		}
	})
}

// A floor is met as far as the node's demand, cap and lots go: lo is
// min(φ, reachable). Where these do not all fit, they are divided by φ, and
// requireFair proves that they are.
func TestLaw03FloorsAreMetOrAllSiblingsScaled(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		s := calmRound
		if rapid.Bool().Draw(t, "one lot") {
			s.lots = 1 // then every level can be seen
		}
		in := r.draw(t, s)
		for _, l := range levels(in, r.decide(t, in)) {
			if l.phi == nil {
				continue // requests have no floors
			}
			l.requireFloors(t, in)
		}
	})
}

func (l level) requireFloors(t *rapid.T, in fairshare.Input) {
	lo, met := make([]int64, len(l.items)), make([]int64, len(l.items))
	for i, it := range l.items {
		lo[i], met[i] = it.lo, l.phi[i].hi
		if l.x[i] < lo[i] {
			t.Fatalf("%s has %d, its floor is %d\n%s", l.ids[i], l.x[i], lo[i], describe(in))
		}
	}
	if l.carries(met) {
		if !slices.Equal(lo, met) {
			t.Fatalf("floors %v of %v fit and are not met: %v\n%s", met, l.ids, lo, describe(in))
		}
		return
	}
	l.requireFair(t, l.phi, lo)
}

// The law is tested twice. From the amounts alone: in every division that can
// be seen, no unit could have gone to a smaller key. And from the reasons: they
// carry the level of a tight set, and everybody in the set must stand on it.
func TestLaw04TightSetsAreLevelAndTheirLotsExhausted(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		s := calmRound
		if rapid.Bool().Draw(t, "one lot") {
			s.lots = 1
		}
		in := r.draw(t, s)
		out := r.decide(t, in)
		for _, l := range levels(in, out) {
			l.requireFair(t, l.items, l.x)
		}
		requireReasonsLevel(t, in, out)
	})
}

// requireReasonsLevel checks the level that reasons name: last unit's key ≤
// level ≤ next unit's key. Claimants without weight are left out, because
// their keys are not comparable with their siblings'.
func requireReasonsLevel(t *rapid.T, in fairshare.Input, out outcome) {
	k := in.Round.BankLimitRounds
	for _, n := range in.Nodes {
		got := out.nodes[n.ID]
		limit := k * got.entitlement
		it := refItem{
			weight: n.Weight, lo: got.floor,
			offset: max(-limit, min(limit, n.Balance.GPUMilliseconds())),
		}
		if n.Weight > 0 {
			requireReasonLevel(t, in, out, n.ID, it, got.granted)
		}
		if n.Parent == "pool" {
			requireExhausted(t, in, out, n.ID)
		}
	}
	for _, q := range in.Requests {
		requireReasonLevel(t, in, out, q.ID, refItem{weight: 1}, out.requests[q.ID])
		if q.Node == "pool" {
			requireExhausted(t, in, out, q.ID)
		}
	}
}

func requireReasonLevel(t *rapid.T, in fairshare.Input, out outcome, id string, it refItem, x int64) {
	reason := out.reasons[id]
	if reason.Code != fairshare.Share && reason.Code != fairshare.Lots {
		return
	}
	if reason.Siblings < 1 {
		t.Fatalf("%s: %+v\n%s", id, reason, describe(in))
	}
	if reason.LevelNum == 0 {
		return // no unit was given out above the floors
	}
	level := refKey{reason.LevelNum, reason.LevelDen}
	if x > it.lo && level.less(refLastKey(it, x)) || refNextKey(it, x).less(level) {
		t.Fatalf("%s has %d and does not stand at the level of %+v\n%s", id, x, reason, describe(in))
	}
}

// requireExhausted checks that the groups of lots that a reason names are used
// up. It holds of the pool's own division, whose supplies are whole lots.
func requireExhausted(t *rapid.T, in fairshare.Input, out outcome, id string) {
	reason := out.reasons[id]
	if reason.Code != fairshare.Lots {
		return
	}
	tree := newRefTree(in)
	if len(reason.Lots) == 0 && !tree.hasAllItCouldUse(id, out.granted(id)) {
		t.Fatalf("%s: no lots in %+v\n%s", id, reason, describe(in))
	}
	for _, named := range reason.Lots {
		group := slices.IndexFunc(tree.groups, func(lots []int) bool { return tree.in.Lots[lots[0]].ID == named })
		if group < 0 {
			t.Fatalf("%s: %s is not the first lot of a group\n%s", id, named, describe(in))
		}
		for _, lot := range tree.groups[group] {
			if left := out.left[tree.in.Lots[lot].ID]; left != 0 {
				t.Fatalf("%s: %+v, but %d is left of %s\n%s", id, reason, left, tree.in.Lots[lot].ID, describe(in))
			}
		}
	}
}

// hasAllItCouldUse says whether a claimant of the pool could not use more if
// there were any amount of every lot: the rest of its demand has no lots at all.
func (r *refTree) hasAllItCouldUse(id string, x int64) bool {
	boundless := make([]int64, len(r.groups))
	for k, lots := range r.groups {
		for _, lot := range lots {
			if r.in.Lots[lot].Supply.GPUMilliseconds() > 0 {
				boundless[k] = refUnbounded // an empty lot is no lot here
			}
		}
	}
	demands := r.demands(r.opening())
	for node, n := range r.in.Nodes {
		if n.ID == id {
			net := refNetwork{supply: boundless, uses: r.uses, demand: [][]int64{demands.demand[node]}}
			return net.alone(0, demands.hi[node]) <= x
		}
	}
	return x == 0 // a request without lots
}

// A request fits when it can be given more (from lots it may use, within all
// caps and its maximum) and then has at least its minimum.
func TestLaw05NoRequestFitsInWhatIsLeft(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := r.draw(t, anyRound)
		out := r.decide(t, in)
		above := parents(in)
		for _, q := range in.Requests {
			if q.Held {
				continue
			}
			x := out.requests[q.ID]
			more := q.Max.GPUMilliseconds() - x
			var left int64
			for _, e := range in.Eligibilities {
				if e.ID == q.Eligibility {
					for _, l := range e.Lots {
						left += out.left[l]
					}
				}
			}
			more = min(more, left)
			for id := q.Node; id != ""; id = above[id] {
				n := in.Nodes[slices.IndexFunc(in.Nodes, func(n fairshare.Node) bool { return n.ID == id })]
				if n.Cap != nil {
					more = min(more, n.Cap.GPUMilliseconds()-out.nodes[id].granted)
				}
			}
			if more > 0 && x+more >= q.Min.GPUMilliseconds() {
				t.Fatalf("request %s has %d and fits %d more\n%s", q.ID, x, more, describe(in))
			}
		}
	})
}

// steady sets balances to zero where the bank limit would cut them, so that
// the offsets of a division do not depend on the entitlements. Laws that
// compare two rounds at one level are about the division; a larger entitlement
// that lifts a sibling's bank limit is a change of its claim.
func steady(t fataler, r rule, in fairshare.Input) fairshare.Input {
	in = clone(in)
	in.Round.BankLimitRounds = fairshare.MaxBankLimitRounds
	out := r.decide(t, in)
	for i := range in.Nodes {
		n := &in.Nodes[i]
		b := n.Balance.GPUMilliseconds()
		if limit := in.Round.BankLimitRounds * out.nodes[n.ID].entitlement; b < -limit || b > limit {
			addBalance(in, i, -b)
		}
	}
	return in
}

// addBalance moves an amount from the commons of a node's siblings to the node.
func addBalance(in fairshare.Input, node int, amount int64) {
	n := &in.Nodes[node]
	n.Balance = credit.GPUMilliseconds(n.Balance.GPUMilliseconds() + amount)
	for p := range in.Nodes {
		if c := &in.Nodes[p].Commons; in.Nodes[p].ID == n.Parent {
			*c = credit.GPUMilliseconds(c.GPUMilliseconds() - amount)
		}
	}
}

// requireNobodyLower compares the claimants of the pool's own division.
func requireNobodyLower(t *rapid.T, in, changed fairshare.Input, before, after outcome, except string) {
	for _, n := range in.Nodes {
		if n.Parent == "pool" && n.ID != except && after.nodes[n.ID].granted < before.nodes[n.ID].granted {
			t.Fatalf("%s: %d, then %d\n%s\n%s", n.ID, before.nodes[n.ID].granted,
				after.nodes[n.ID].granted, describe(in), describe(changed))
		}
	}
	for _, q := range in.Requests {
		if q.Node == "pool" && q.ID != except && after.requests[q.ID] < before.requests[q.ID] {
			t.Fatalf("%s: %d, then %d\n%s\n%s", q.ID, before.requests[q.ID],
				after.requests[q.ID], describe(in), describe(changed))
		}
	}
}

// drawOneLevel draws a round with one division: among nations, or among the
// requests of the pool. There are no minima.
func drawOneLevel(t *rapid.T, r rule, poolCap bool) fairshare.Input {
	s := oneLevel
	if rapid.Bool().Draw(t, "on the pool") {
		s = onThePool
	}
	s.minima, s.poolCap = false, poolCap
	return steady(t, r, r.draw(t, s))
}

// More supply raises entitlements, and with them guarantees. A guarantee that
// rises with lots which the claimant cannot use is met from other lots, out of
// a sibling's share (see TestCounterexampleLaw06MoreSupplyRaisesAGuarantee).
// The law is about a division whose bounds stay.
func TestLaw06MoreSupplyLowersNobody(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := drawOneLevel(t, r, false)
		changed := clone(in)
		lot := rapid.IntRange(0, len(in.Lots)-1).Draw(t, "lot")
		more := rapid.Int64Range(1, 20).Draw(t, "more")
		changed.Lots[lot].Supply = credit.GPUMilliseconds(in.Lots[lot].Supply.GPUMilliseconds() + more)
		before, after := r.decide(t, in), r.decide(t, changed)
		if len(in.Lots) > 1 && guaranteesRise(in, before, after) {
			return
		}
		requireNobodyLower(t, in, changed, before, after, "")
	})
}

// guaranteesRise says whether some node's guarantee rose above its floor.
func guaranteesRise(in fairshare.Input, before, after outcome) bool {
	return slices.ContainsFunc(in.Nodes, func(n fairshare.Node) bool {
		phi := func(out outcome) int64 {
			return max(n.Floor.GPUMilliseconds(), in.Round.GuaranteePermille*out.nodes[n.ID].entitlement/1000)
		}
		return n.Parent != "" && phi(after) > phi(before)
	})
}

func TestLaw06AClaimantLeavingLowersNobody(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := drawOneLevel(t, r, true)
		if len(in.Requests) == 0 {
			return
		}
		changed := clone(in)
		leaving := rapid.SampledFrom(in.Requests).Draw(t, "leaving")
		except := leaving.ID
		for i, q := range in.Requests {
			if q.ID == leaving.ID || q.Node == leaving.Node && q.Node != "pool" {
				changed.Requests[i].Held = true
			}
		}
		if leaving.Node != "pool" {
			except = leaving.Node
		}
		requireNobodyLower(t, in, changed, r.decide(t, in), r.decide(t, changed), except)
	})
}

func TestLaw07HidingALotOrMisstatingAnAmountNeverGains(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := drawOneLevel(t, r, rapid.Bool().Draw(t, "pool may have a cap"))
		in = steady(t, r, observed(oneRequestEach(in)))
		truth := r.decide(t, in)
		liar := slices.IndexFunc(in.Requests, func(q fairshare.Request) bool { return !q.Held })
		if liar < 0 {
			return
		}
		if want := in.Requests[liar].Node; want != "pool" && !floorsFit(in, truth) {
			return
		}
		lie := drawLie(t, in, liar)
		id, most := in.Requests[liar].ID, in.Requests[liar].Max.GPUMilliseconds()
		got := r.decide(t, lie)
		if useful := min(got.requests[id], most); useful > truth.requests[id] {
			t.Fatalf("%s gains: %d instead of %d\n%s\n%s", id, useful, truth.requests[id], describe(in), describe(lie))
		}
	})
}

// oneRequestEach keeps one request of each nation, so that the claimant that
// lies and the claimant of the division are the same.
func oneRequestEach(in fairshare.Input) fairshare.Input {
	seen := make(map[string]bool)
	in.Requests = slices.DeleteFunc(slices.Clone(in.Requests), func(q fairshare.Request) bool {
		dropped := q.Node != "pool" && seen[q.Node]
		seen[q.Node] = true
		return dropped
	})
	return in
}

// observed adds a held request for each single lot, so that every lot is a
// group of its own whatever the others say. Entitlements are rounded group by
// group: where groups change, they change by a few units, which is not what
// the law is about.
func observed(in fairshare.Input) fairshare.Input {
	in = clone(in)
	node := "pool"
	if len(in.Nodes) > 1 {
		node = "observer"
		in.Nodes = append(in.Nodes, fairshare.Node{ID: node, Parent: "pool", Kind: fairshare.KindNation})
	}
	for i, l := range in.Lots {
		if l.OpenTo != nil && node == "pool" {
			continue
		}
		if l.OpenTo != nil {
			in.Lots[i].OpenTo = append(in.Lots[i].OpenTo, node)
		}
		in.Eligibilities = append(in.Eligibilities, fairshare.Eligibility{ID: "only-" + l.ID, Lots: []string{l.ID}})
		in.Requests = append(in.Requests, fairshare.Request{
			ID: "watching-" + l.ID, Node: node, Eligibility: "only-" + l.ID,
			Max: credit.GPUMilliseconds(1), Submitted: roundStart, Held: true,
		})
	}
	return in
}

// floorsFit says whether every nation's lower bound is met in full.
func floorsFit(in fairshare.Input, out outcome) bool {
	for _, l := range levels(in, out) {
		met := make([]int64, len(l.phi))
		for i, phi := range l.phi {
			met[i] = phi.hi
		}
		if l.phi != nil && !l.carries(met) {
			return false
		}
	}
	return true
}

// drawLie draws an input in which one request hides a lot or states another
// maximum.
func drawLie(t *rapid.T, in fairshare.Input, liar int) fairshare.Input {
	lie := clone(in)
	q := &lie.Requests[liar]
	e := in.Eligibilities[slices.IndexFunc(in.Eligibilities, func(e fairshare.Eligibility) bool {
		return e.ID == q.Eligibility
	})]
	if len(e.Lots) > 0 && rapid.Bool().Draw(t, "hides a lot") {
		hidden := rapid.SampledFrom(e.Lots).Draw(t, "hidden")
		lots := slices.DeleteFunc(slices.Clone(e.Lots), func(l string) bool { return l == hidden })
		lie.Eligibilities = append(lie.Eligibilities, fairshare.Eligibility{ID: "lie", Lots: lots})
		q.Eligibility = "lie"
		return lie
	}
	most := q.Max.GPUMilliseconds()
	q.Max = credit.GPUMilliseconds(rapid.Int64Range(0, 2*most+20).Draw(t, "false maximum"))
	return lie
}

// The text excepts minima from the law. Of a leaf's rule for minima, §3.4, it
// says that overstating one never pays.
func TestLaw07OverstatingAMinimumNeverGains(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := r.draw(t, onThePool)
		if len(in.Requests) == 0 {
			return
		}
		lie := clone(in)
		q := &lie.Requests[rapid.IntRange(0, len(in.Requests)-1).Draw(t, "liar")]
		q.Min = credit.GPUMilliseconds(rapid.Int64Range(q.Min.GPUMilliseconds(), q.Max.GPUMilliseconds()).Draw(t, "false minimum"))
		truth, got := r.decide(t, in).requests[q.ID], r.decide(t, lie).requests[q.ID]
		if got > truth {
			t.Fatalf("%s gains: %d instead of %d\n%s\n%s", q.ID, got, truth, describe(in), describe(lie))
		}
	})
}

func TestLaw08MoreBalanceNeverLowersAShare(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := r.draw(t, calmRound)
		if len(in.Nodes) == 1 {
			return
		}
		richer := clone(in)
		node := rapid.IntRange(1, len(in.Nodes)-1).Draw(t, "node")
		addBalance(richer, node, rapid.Int64Range(1, 30).Draw(t, "more"))
		id := in.Nodes[node].ID
		before, after := r.decide(t, in).nodes[id].granted, r.decide(t, richer).nodes[id].granted
		if after < before {
			t.Fatalf("%s: %d, and %d with more balance\n%s\n%s", id, before, after, describe(in), describe(richer))
		}
	})
}

// x ≥ the real lo is about what a node is given; what is granted below it is
// the same in rounds in which nothing freezes.
func TestLaw09TheGuaranteeHolds(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := r.draw(t, calmRound)
		out := r.decide(t, in)
		for _, n := range in.Nodes {
			if got := out.nodes[n.ID]; got.granted < got.floor {
				t.Fatalf("%s has %d, its floor is %d\n%s", n.ID, got.granted, got.floor, describe(in))
			}
		}
		if !floorsFit(in, out) {
			return
		}
		for _, l := range levels(in, out) {
			for i := range l.phi {
				n := in.Nodes[slices.IndexFunc(in.Nodes, func(n fairshare.Node) bool { return n.ID == l.ids[i] })]
				guarantee := in.Round.GuaranteePermille * out.nodes[n.ID].entitlement / 1000
				if want := min(l.items[i].hi, max(guarantee, n.Floor.GPUMilliseconds())); l.items[i].lo != want {
					t.Fatalf("%s: lo %d, want %d\n%s", n.ID, l.items[i].lo, want, describe(in))
				}
			}
		}
	})
}

func TestLaw10ReciprocitySumsToZero(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := r.draw(t, anyRound)
		for range 3 {
			out := r.decide(t, in)
			in = after(in, out)
			total := make(map[string]int64)
			for _, n := range in.Nodes {
				total[n.ID] += n.Commons.GPUMilliseconds()
				total[n.Parent] += n.Balance.GPUMilliseconds()
				e := out.nodes[n.ID].entitlement
				limit := in.Round.BankLimitRounds * e
				if b := n.Balance.GPUMilliseconds(); n.Parent != "" && e != 0 && (b < -limit || b > limit) {
					t.Fatalf("%s: balance %d, limit %d\n%s", n.ID, b, limit, describe(in))
				}
			}
			for id, sum := range total {
				if sum != 0 {
					t.Fatalf("balances below %q and commons sum to %d\n%s", id, sum, describe(in))
				}
			}
		}
	})
}

// after is the same round once more, with the balances that the last one left.
func after(in fairshare.Input, out outcome) fairshare.Input {
	in = clone(in)
	for i := range in.Nodes {
		n := out.nodes[in.Nodes[i].ID]
		in.Nodes[i].Balance = credit.GPUMilliseconds(n.balance)
		in.Nodes[i].Commons = credit.GPUMilliseconds(n.commons)
	}
	return in
}

// permuted is the same input with everything in another order.
func permuted(t *rapid.T, in fairshare.Input) fairshare.Input {
	in = clone(in)
	in.Lots = shuffled(t, in.Lots)
	in.Eligibilities = shuffled(t, in.Eligibilities)
	in.Nodes = shuffled(t, in.Nodes)
	in.Requests = shuffled(t, in.Requests)
	for i := range in.Lots {
		in.Lots[i].OpenTo = shuffled(t, in.Lots[i].OpenTo)
	}
	for i := range in.Eligibilities {
		in.Eligibilities[i].Lots = shuffled(t, in.Eligibilities[i].Lots)
	}
	return in
}

func shuffled[T any](t *rapid.T, s []T) []T {
	if len(s) < 2 {
		return s
	}
	return rapid.Permutation(s).Draw(t, "order")
}

// The bytes of a decision are written elsewhere, from the fields and reasons
// that are compared here.
func TestLaw11OrderWorkersAndReplayChangeNothing(t *testing.T) {
	check(t, func(t *rapid.T) {
		in := drawInput(t, anyRound)
		first := fairshare.DecideWith(freeze(t, in), 1)
		again := map[string]*fairshare.Decision{
			"another order":    fairshare.DecideWith(freeze(t, permuted(t, in)), 1),
			"two workers":      fairshare.DecideWith(freeze(t, in), 2),
			"seven workers":    fairshare.DecideWith(freeze(t, in), 7),
			"all workers":      fairshare.Decide(freeze(t, in)),
			"the same input":   fairshare.DecideWith(first.Snapshot(), 3),
			"the frozen input": fairshare.DecideWith(freeze(t, first.Snapshot().Input()), 1),
		}
		for _, how := range slices.Sorted(maps.Keys(again)) {
			if got, want := fingerprint(again[how]), fingerprint(first); got != want {
				t.Fatalf("%s:\n%s\ninstead of\n%s\n%s", how, got, want, describe(in))
			}
		}
	})
}

// fingerprint is everything that a decision says, in its own order.
func fingerprint(d *fairshare.Decision) string {
	out := outcomeOf(d)
	text := fmt.Sprintf("%+v\n%+v\n%+v\n", out, d.Awards, d.Left)
	for i := range d.Nodes {
		text += fmt.Sprintf("%s %+v\n", d.Snapshot().Nodes()[i].ID, d.NodeReason(i))
	}
	for i := range d.Requests {
		text += fmt.Sprintf("%s %+v\n", d.Snapshot().Request(i).ID, d.RequestReason(i))
	}
	return text
}

func TestLaw12ScalingAllWeightsChangesNothing(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := r.draw(t, anyRound)
		scaled := clone(in)
		factor := rapid.Int64Range(2, 1000).Draw(t, "factor") // weights are at most 1000
		for i := range scaled.Nodes {
			scaled.Nodes[i].Weight *= factor
		}
		requireSame(t, in, r.decide(t, in), r.decide(t, scaled))
	})
}

// requireSame compares outcomes, and reasons but for their levels, which are
// measured in units per weight.
func requireSame(t *rapid.T, in fairshare.Input, a, b outcome) {
	if diff := a.differences(b); diff != "" {
		t.Fatalf("%s\n%s", diff, describe(in))
	}
	for id, reason := range a.reasons {
		other := b.reasons[id]
		other.LevelNum, other.LevelDen = reason.LevelNum, reason.LevelDen
		if !reflect.DeepEqual(reason, other) {
			t.Fatalf("%s: %+v, then %+v\n%s", id, reason, b.reasons[id], describe(in))
		}
	}
}

// Adding c·w to the balance of every sibling, taken from their commons, shifts
// every b alike and leaves the round's changes of balances as they were. It is
// done wherever the bank limit is out of reach before and after the round,
// because the limit does not shift. Below the pool entitlements, and with them
// limits, are other ones in every pass; there it is done in calm rounds only,
// which have one.
func TestLaw12ShiftingAllBalancesByWeightChangesNothing(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		calm, s := rapid.Bool().Draw(t, "calm"), anyRound
		if calm {
			s = calmRound
		}
		in := r.draw(t, s)
		in.Round.BankLimitRounds = fairshare.MaxBankLimitRounds
		plain := r.decide(t, in)
		shifted, shift := clone(in), make(map[string]int64)
		for _, parent := range in.Nodes {
			c := rapid.Int64Range(-5, 5).Draw(t, "c")
			if parent.Parent != "" && !calm || !limitOutOfReach(in, plain, parent.ID, c) {
				continue
			}
			for i, n := range in.Nodes {
				if n.Parent == parent.ID {
					addBalance(shifted, i, c*n.Weight)
					shift[n.ID] = c * n.Weight
				}
			}
		}
		got := r.decide(t, shifted)
		for _, n := range in.Nodes {
			if n.Parent == "" {
				continue
			}
			back := func(id string, balance, commons int64) {
				o := got.nodes[id]
				o.balance += balance
				o.commons += commons
				got.nodes[id] = o
			}
			back(n.ID, -shift[n.ID], 0)
			back(n.Parent, 0, shift[n.ID])
		}
		requireSame(t, shifted, plain, got)
	})
}

// limitOutOfReach says whether no child's balance, with c·w added or not, can
// come to the bank limit by a round's supply more or less.
func limitOutOfReach(in fairshare.Input, out outcome, parent string, c int64) bool {
	supply := out.nodes["pool"].entitlement
	for _, n := range in.Nodes {
		if n.Parent != parent || n.Weight == 0 {
			continue
		}
		b, e := n.Balance.GPUMilliseconds(), out.nodes[n.ID].entitlement
		farthest := max(b, -b, b+c*n.Weight, -b-c*n.Weight)
		if farthest+supply > in.Round.BankLimitRounds*e {
			return false
		}
	}
	return true
}

// Whole rounds of the engine against whole rounds of the reference: every
// entitlement, floor, grant, award, balance and commons account. Several rounds
// to a check, because what distinguishes the rule's corners is rare.
func TestLaw13RoundsEqualTheUnitByUnitDefinition(t *testing.T) {
	for name, s := range map[string]shape{"any": anyRound, "greedy": greedyRound, "on the pool": onThePool} {
		t.Run(name, func(t *testing.T) {
			check(t, func(t *rapid.T) {
				for range 4 {
					in := drawInput(t, s)
					got, want := engineDecide(t, in), referenceDecideWith(in, refFillEligibleByUnits)
					if diff := got.differences(want); diff != "" {
						t.Fatalf("engine, reference:\n%s\n%s", diff, describe(in))
					}
				}
			})
		})
	}
}

// A leaf's requests go to one project below it, or to several with any weights.
// The projects have neither floors nor caps, and no request has a minimum.
func TestLaw14SplittingOverProjectsNeverGains(t *testing.T) {
	ofBoth(t, func(t *rapid.T, r rule) {
		in := r.draw(t, calmRound)
		owner := rapid.SampledFrom(leaves(in)).Draw(t, "owner")
		together, apart := clone(in), clone(in)
		addProjects(t, &together, owner, 1)
		addProjects(t, &apart, owner, rapid.IntRange(2, 4).Draw(t, "projects"))
		one, several := r.decide(t, together), r.decide(t, apart)
		if g, h := one.nodes[owner].granted, several.nodes[owner].granted; h > g {
			t.Fatalf("%s has %d with one project, %d with several\n%s", owner, g, h, describe(apart))
		}
	})
}

// addProjects adds projects below a leaf and deals its requests out to them.
func addProjects(t *rapid.T, in *fairshare.Input, owner string, n int) {
	kind := fairshare.KindProject
	for i := range n {
		in.Nodes = append(in.Nodes, fairshare.Node{
			ID: fmt.Sprintf("project-%d", i), Parent: owner, Kind: kind,
			Weight: rapid.Int64Range(0, 3).Draw(t, "weight"),
		})
	}
	for i := range in.Requests {
		if in.Requests[i].Node == owner {
			in.Requests[i].Node = fmt.Sprintf("project-%d", rapid.IntRange(0, n-1).Draw(t, "project"))
		}
	}
}
