package fairshare_test

import (
	"reflect"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// told is a decision with what one needs to check its reasons from outside.
type told struct {
	in    fairshare.Input
	out   outcome
	above map[string]string // node or request → node
	nodes map[string]fairshare.Node
	lots  map[string][]string // eligibility → its lots
	asked map[string]int64    // node or request → maxima that are not held
}

func tell(in fairshare.Input, out outcome) told {
	r := told{
		in: in, out: out, above: make(map[string]string), nodes: make(map[string]fairshare.Node),
		lots: make(map[string][]string), asked: make(map[string]int64),
	}
	for _, n := range in.Nodes {
		r.above[n.ID], r.nodes[n.ID] = n.Parent, n
	}
	for _, e := range in.Eligibilities {
		r.lots[e.ID] = e.Lots
	}
	for _, q := range in.Requests {
		r.above[q.ID] = q.Node
		for id := q.ID; id != "" && !q.Held; id = r.above[id] {
			r.asked[id] += q.Max.GPUMilliseconds()
		}
	}
	return r
}

// atCap says whether a node has a cap and stands at it.
func (r told) atCap(node string) bool {
	limit := r.nodes[node].Cap
	return limit != nil && limit.GPUMilliseconds() == r.out.granted(node)
}

// fullCapAbove is the nearest node from a node up that stands at its cap, "" if
// there is none.
func (r told) fullCapAbove(node string) string {
	for node != "" && !r.atCap(node) {
		node = r.above[node]
	}
	return node
}

// isBelow says whether a node or request is another or somewhere below it.
func (r told) isBelow(id, node string) bool {
	for id != "" && id != node {
		id = r.above[id]
	}
	return id == node
}

func (r told) requireRequestReason(t fataler, q fairshare.Request, e fairshare.Eligibility) {
	reason, x, most := r.out.reasons[q.ID], r.out.granted(q.ID), q.Max.GPUMilliseconds()
	holds := map[string]bool{
		fairshare.HeldBack:      q.Held,
		fairshare.NoEligibleLot: !q.Held && len(e.Lots) == 0,
		fairshare.DemandMet:     !q.Held && len(e.Lots) > 0 && x == most,
	}
	for code, holds := range holds {
		if holds != (reason.Code == code) {
			t.Fatalf("%s has %d of %d: %+v\n%s", q.ID, x, most, reason, describe(r.in))
		}
	}
	ok := true
	switch reason.Code {
	case fairshare.NoEligibleLot:
		ok = x == 0 && len(reason.ExcludedBy) == len(e.ExcludedBy) &&
			(len(e.ExcludedBy) == 0 || reflect.DeepEqual(reason.ExcludedBy, e.ExcludedBy))
	case fairshare.HeldBack:
		ok = x == 0
	case fairshare.BelowMinimum:
		ok = x == 0 && q.Min.GPUMilliseconds() > 0 && 0 <= reason.WouldHave && reason.WouldHave <= most
	case fairshare.Cap: // only of who was served from what was left
		ok = x > 0 && reason.Node != "" && reason.Node == r.fullCapAbove(q.Node)
	case fairshare.Lots, fairshare.Share:
		ok = reason.Siblings >= 1 && reason.LevelDen >= 1 && x >= q.Min.GPUMilliseconds()
	case fairshare.DemandMet:
	default:
		ok = false // a floor is none of a request's
	}
	if !ok {
		t.Fatalf("%s has %d: %+v\n%s", q.ID, x, reason, describe(r.in))
	}
	// What is left of a lot goes to who may use it and wants more, unless a cap
	// is full or its minimum is not reached.
	for _, l := range r.in.Lots {
		if reason.Code == fairshare.Lots && slices.Contains(reason.Lots, l.ID) && slices.Contains(e.Lots, l.ID) &&
			r.out.left[l.ID] > 0 && r.fullCapAbove(q.Node) == "" {
			t.Fatalf("%s has %d: %+v, but %d is left of %s\n%s", q.ID, x, reason, r.out.left[l.ID], l.ID, describe(r.in))
		}
	}
}

// requireNodeReason takes what the first pass handed to the node.
func (r told) requireNodeReason(t fataler, n fairshare.Node, first int64) {
	reason, got := r.out.reasons[n.ID], r.out.nodes[n.ID]
	met := got.granted == r.asked[n.ID]
	if met != (reason.Code == fairshare.DemandMet) {
		t.Fatalf("%s has %d of %d: %+v\n%s", n.ID, got.granted, r.asked[n.ID], reason, describe(r.in))
	}
	waiting := slices.ContainsFunc(r.in.Requests, func(q fairshare.Request) bool {
		return r.isBelow(q.ID, n.ID) && r.out.reasons[q.ID].Code == fairshare.BelowMinimum
	})
	ok := true
	switch reason.Code {
	case fairshare.DemandMet:
	case fairshare.Cap: // one below it only where no minimum is the reason
		ok = r.atCap(reason.Node) && r.isBelow(reason.Node, n.ID) &&
			r.asked[reason.Node] > r.out.granted(reason.Node) &&
			(reason.Node == n.ID || !r.atCap(n.ID) && !waiting)
	case fairshare.Floor:
		ok = n.Parent != "" && got.granted > 0 && got.granted == got.floor
	case fairshare.BelowMinimum:
		// The pool's own cap is left out: what it has of its lots is not handed
		// to it.
		ok = waiting && (reason.WouldHave == first || n.Parent == "" && n.Cap != nil)
	case fairshare.Lots, fairshare.Share:
		ok = reason.Siblings >= 1 && reason.LevelDen >= 1 && (n.Parent != "" || reason.Code == fairshare.Lots)
	default:
		ok = false // held and no_eligible_lot are a request's
	}
	if !ok {
		t.Fatalf("%s has %d: %+v\n%s", n.ID, got.granted, reason, describe(r.in))
	}
	if (reason.Code != fairshare.Cap || reason.Node != n.ID) && !met && r.atCap(n.ID) {
		t.Fatalf("%s stands at its cap of %d: %+v\n%s", n.ID, got.granted, reason, describe(r.in))
	}
}

// requireNamedLots checks that lots are named by the first of their groups, each
// once, and that only lots with a supply are.
func (r told) requireNamedLots(t fataler, id string) {
	tree := newRefTree(r.in)
	var first []string
	for k, lots := range tree.groups {
		if tree.supply()[k] > 0 {
			first = append(first, tree.in.Lots[lots[0]].ID)
		}
	}
	named := r.out.reasons[id].Lots
	places := make([]int, len(named))
	for i, lot := range named {
		places[i] = slices.Index(first, lot)
	}
	sorted := slices.Compact(slices.Sorted(slices.Values(places)))
	if slices.Contains(places, -1) || !slices.Equal(places, sorted) {
		t.Fatalf("%s: %+v, of %q\n%s", id, r.out.reasons[id], first, describe(r.in))
	}
}

// Every reason's condition in FAIRNESS, recomputed from the decision.
func TestReasonsAreTrue(t *testing.T) {
	for name, s := range map[string]shape{
		"any": anyRound, "greedy": greedyRound, "calm": calmRound, "on the pool": onThePool,
	} {
		t.Run(name, func(t *testing.T) {
			check(t, func(t *rapid.T) {
				in := drawInput(t, s)
				r := tell(in, engineDecide(t, in))
				tree := newRefTree(in)
				first := tree.pass(refFillEligible, tree.opening())
				for i, n := range tree.in.Nodes {
					r.requireNodeReason(t, n, first.given[i])
					r.requireNamedLots(t, n.ID)
				}
				for _, q := range in.Requests {
					e := slices.IndexFunc(in.Eligibilities, func(e fairshare.Eligibility) bool { return e.ID == q.Eligibility })
					r.requireRequestReason(t, q, in.Eligibilities[e])
					r.requireNamedLots(t, q.ID)
				}
			})
		})
	}
}

// Where nothing freezes and nothing is served from what is left, everybody who
// stands at a level says so, and says how many they are.
func TestReasonsCountTheirSiblings(t *testing.T) {
	s := calmRound
	s.poolCap = false
	check(t, func(t *rapid.T) {
		in := drawInput(t, s)
		r := tell(in, engineDecide(t, in))
		for id, reason := range r.out.reasons {
			if reason.Code != fairshare.Share {
				continue
			}
			same := int64(0)
			for other, o := range r.out.reasons {
				if r.above[other] != r.above[id] {
					continue
				}
				if o.Code == reason.Code && o.LevelNum == reason.LevelNum && o.LevelDen == reason.LevelDen {
					same++
				}
			}
			if same != reason.Siblings {
				t.Fatalf("%s: %+v, but %d say so\n%s", id, reason, same, describe(in))
			}
		}
	})
}

// A floor is named where it is above the level: without it the claimant's next
// unit would not have come.
func TestReasonsNameAFloorAboveTheLevelOnly(t *testing.T) {
	s := calmRound
	s.lots, s.poolCap, s.weightless = 1, false, false
	check(t, func(t *rapid.T) {
		in := drawInput(t, s)
		r := tell(in, engineDecide(t, in))
		for _, n := range in.Nodes {
			if r.out.reasons[n.ID].Code != fairshare.Floor {
				continue
			}
			got := r.out.nodes[n.ID]
			limit := in.Round.BankLimitRounds * got.entitlement
			it := refItem{weight: n.Weight, offset: max(-limit, min(limit, n.Balance.GPUMilliseconds()))}
			for _, other := range in.Nodes {
				o := r.out.reasons[other.ID]
				if other.Parent != n.Parent || o.Code != fairshare.Share || o.LevelNum == 0 {
					continue
				}
				if refNextKey(it, got.granted).less(refKey{o.LevelNum, o.LevelDen}) {
					t.Fatalf("%s has its floor %d, below the level of %s: %+v\n%s", n.ID, got.granted, other.ID, o, describe(in))
				}
			}
		}
	})
}
