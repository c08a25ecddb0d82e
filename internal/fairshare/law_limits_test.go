package fairshare_test

import (
	"testing"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// Where the laws of §6 end. Laws 6 and 7 speak of one division; in a round, a
// division's bounds depend on entitlements, floors and the pool's cap, and each
// of these can break the law's bare words. Laws 8 and 14 speak of shares; what
// minima and caps leave over is not shared. These cases show why the tests of the
// laws keep to the rounds that they keep to; they are what the rule says.
var lawLimits = []struct {
	name          string
	before, after fairshare.Input
	// who has less (laws 6 and 8), or gains by a lie or a split (laws 7 and 14).
	who      string
	had, has int64
	couldUse int64 // laws 7 and 14: what the claimant has a use for
}{
	{
		// Nobody uses L2. Its 4 units raise the guarantee of A, which is in
		// debt, from 1 to 2, and B pays for that from L1.
		name: "law 6: supply that raises a guarantee lowers a sibling",
		before: knownRound{alpha: 500, bank: 4, lots: amounts{"L1": 4, "L2": 0}, claims: []claim{
			{id: "A", weight: 1, balance: -10, asks: []ask{{max: 9, lots: []string{"L1"}}}},
			{id: "B", weight: 1, balance: 10, asks: []ask{{max: 9, lots: []string{"L1"}}}},
		}}.input(),
		after: knownRound{alpha: 500, bank: 4, lots: amounts{"L1": 4, "L2": 4}, claims: []claim{
			{id: "A", weight: 1, balance: -10, asks: []ask{{max: 9, lots: []string{"L1"}}}},
			{id: "B", weight: 1, balance: 10, asks: []ask{{max: 9, lots: []string{"L1"}}}},
		}}.input(),
		who: "B", had: 3, has: 2,
	},
	{
		// B's bank limit grows from 15 to 24, and with it what B may call in.
		name:   "law 6: supply that raises a bank limit lowers a sibling",
		before: richAndRicher(10), after: richAndRicher(16),
		who: "A", had: 3, has: 1,
	},
	{
		// Under the pool's cap new supply for A is no new supply for all.
		name:   "law 6: supply under the pool's cap lowers a sibling",
		before: underPoolCap(0), after: underPoolCap(10),
		who: "B", had: 10, has: 5,
	},
	{
		// The law is about a claimant whose demand goes away. A node that leaves
		// the tree raises its siblings' entitlements: B's guarantee from 10 to 15.
		name: "law 6: a node leaving the tree lowers a sibling",
		before: knownRound{alpha: 1000, bank: 4, lots: supply(30), claims: []claim{
			{id: "A", weight: 1, balance: 20, asks: wants(30)},
			{id: "B", weight: 1, balance: -20, asks: wants(30)},
			{id: "C", weight: 1},
		}}.input(),
		after: knownRound{alpha: 1000, bank: 4, lots: supply(30), claims: []claim{
			{id: "A", weight: 1, balance: 20, asks: wants(30)},
			{id: "B", weight: 1, balance: -20, asks: wants(30)},
		}}.input(),
		who: "A", had: 20, has: 15,
	},
	{
		// Floors that do not fit are divided by φ = min(hi, floor): 3 : 10. By
		// saying that it wants 10, A makes that 10 : 10.
		name: "law 7: overstating a demand gains where floors do not fit",
		before: knownRound{lots: supply(8), claims: []claim{
			{id: "A", weight: 1, floor: 10, asks: wants(3)},
			{id: "B", weight: 1, floor: 10, asks: wants(10)},
		}}.input(),
		after: knownRound{lots: supply(8), claims: []claim{
			{id: "A", weight: 1, floor: 10, asks: wants(10)},
			{id: "B", weight: 1, floor: 10, asks: wants(10)},
		}}.input(),
		who: "A", had: 2, has: 4, couldUse: 3,
	},
	{
		// The entitlements of one group of 4 are 2 and 2. A hides L2; of groups
		// of 3 and 1 its entitlement is 2 + 1, and all of it is guaranteed.
		name:   "law 7: hiding a lot gains a unit by splitting a group",
		before: threeLots("L1", "L2", "L3"), after: threeLots("L1", "L3"),
		who: "A", had: 2, has: 3, couldUse: 4,
	},
	{
		// a, k and j would have 43 each, too little for j and a. As 30, a comes
		// before j, and it is j that goes.
		name:   "law 7: understating a minimum gains",
		before: threeMinima(60), after: threeMinima(30),
		who: "a", had: 0, has: 65, couldUse: 100,
	},
	{
		// Of 5, B can use 3 for a alone; 8 are left, and b takes them. Of 6 it
		// can use 3 for c as well; 5 are left, too few for b.
		name:   "law 8: more balance, and less is left for a minimum",
		before: rivals(0), after: rivals(1),
		who: "B", had: 11, has: 9,
	},
	{
		// N is given 10, but its child c can take 5 of them: 5 of L2 are left,
		// because one pass is all there is. U has 10 of L0. Shared out by its
		// requests they are 5 and 5, which leaves t room for 1 of L2; given to
		// s alone, they leave room for 5.
		name:   "law 14: splitting gains what a single pass left over",
		before: stranded("U"), after: stranded("V"),
		who: "M", had: 11, has: 15, couldUse: 16,
	},
}

func rivals(balance int64) fairshare.Input {
	return knownRound{bank: 4, lots: supply(11), claims: []claim{
		{id: "A", weight: 1, asks: []ask{{id: "z", min: 8, max: 16}}},
		{id: "B", weight: 1, balance: balance, asks: []ask{
			{id: "a", max: 3}, {id: "b", min: 8, max: 16}, {id: "c", min: 3, max: 6},
		}},
	}}.input()
}

// stranded gives M's request t to the project U, where s is, or to V, which has
// no weight.
func stranded(project string) fairshare.Input {
	in := knownRound{bank: 4, lots: amounts{"L0": 20, "L1": 5, "L2": 5}, claims: []claim{
		{id: "M", weight: 1, below: []claim{
			{id: "U", weight: 1, asks: []ask{
				{id: "s", max: 10, lots: []string{"L0"}}, {id: "t", max: 6, lots: []string{"L0", "L2"}},
			}},
			{id: "V"},
		}},
		{id: "N", weight: 1, below: []claim{
			{id: "c", weight: 1, cap: 5, asks: []ask{
				{id: "c1", max: 5, lots: []string{"L1"}}, {id: "c2", max: 5, lots: []string{"L2"}},
			}},
			{id: "d", weight: 1, asks: []ask{{max: 5, lots: []string{}}}},
		}},
		{id: "P", weight: 1, asks: []ask{{max: 20, lots: []string{"L0"}}}},
	}}.input()
	in.Round.MaxPasses = 1
	for i := range in.Requests {
		if in.Requests[i].ID == "t" {
			in.Requests[i].Node = project
		}
	}
	return in
}

func richAndRicher(total int64) fairshare.Input {
	return knownRound{bank: 3, lots: supply(total), claims: []claim{
		{id: "A", weight: 1, balance: 10, asks: wants(100)},
		{id: "B", weight: 1, balance: 100, asks: wants(100)},
	}}.input()
}

func underPoolCap(more int64) fairshare.Input {
	k := knownRound{lots: amounts{"L1": more, "L2": 10}, claims: []claim{
		{id: "A", weight: 1, asks: []ask{{max: 10, lots: []string{"L1"}}}},
		{id: "B", weight: 1, asks: []ask{{max: 10, lots: []string{"L2"}}}},
	}}
	in := k.input()
	in.Nodes[0].Cap = &in.Lots[1].Supply
	return in
}

func threeLots(uses ...string) fairshare.Input {
	return knownRound{alpha: 1000, bank: 4, lots: amounts{"L1": 1, "L2": 1, "L3": 2}, claims: []claim{
		{id: "A", weight: 1, asks: []ask{{max: 4, lots: uses}}},
		{id: "B", weight: 1, asks: wants(4)},
	}}.input()
}

func threeMinima(minimum int64) fairshare.Input {
	return knownRound{lots: supply(130), asks: []ask{
		{id: "a", min: minimum, max: 100}, {id: "j", min: 55, max: 100}, {id: "k", min: 40, max: 100},
	}}.input()
}

func TestWhereTheLawsEnd(t *testing.T) {
	for _, l := range lawLimits {
		for _, r := range rules {
			t.Run(l.name+"/"+r.name, func(t *testing.T) {
				had, has := r.decide(t, l.before).granted(l.who), r.decide(t, l.after).granted(l.who)
				if had != l.had || has != l.has {
					t.Fatalf("%s has %d, then %d; want %d, then %d", l.who, had, has, l.had, l.has)
				}
				if l.couldUse == 0 && has >= had || l.couldUse > 0 && min(has, l.couldUse) <= had {
					t.Fatalf("%s has %d, then %d: that is within the law", l.who, had, has)
				}
			})
		}
	}
}
