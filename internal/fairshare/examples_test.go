package fairshare_test

import (
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// Small rounds that each pin down one clause of the rule. Both rules have to
// grant these amounts; the reasons are the engine's.
type example struct {
	name    string
	in      fairshare.Input
	granted amounts
	reasons map[string]fairshare.Reason
}

func TestExamples(t *testing.T) {
	for _, table := range [][]example{leftOverExamples, passExamples, reasonExamples, levelExamples} {
		for _, e := range table {
			for _, r := range rules {
				t.Run(e.name+"/"+r.name, func(t *testing.T) { e.require(t, r) })
			}
		}
	}
}

func (e example) require(t *testing.T, r rule) {
	out := r.decide(t, e.in)
	requireAmounts(t, e.name, out.granted, e.granted)
	if out.reasons == nil {
		return
	}
	for _, id := range slices.Sorted(maps.Keys(e.reasons)) {
		if !reflect.DeepEqual(out.reasons[id], e.reasons[id]) {
			t.Fatalf("%s: %+v, want %+v", id, out.reasons[id], e.reasons[id])
		}
	}
}

// onePass is a round without a second pass, so that what is returned is left
// over.
func onePass(k knownRound) fairshare.Input {
	in := k.input()
	in.Round.MaxPasses = 1
	return in
}

func atLevel(num, den, siblings int64) fairshare.Reason {
	return fairshare.Reason{Code: fairshare.Share, LevelNum: num, LevelDen: den, Siblings: siblings}
}

func heldByLots(num, den, siblings int64, lots ...string) fairshare.Reason {
	return fairshare.Reason{Code: fairshare.Lots, LevelNum: num, LevelDen: den, Siblings: siblings, Lots: append([]string{}, lots...)}
}

// usedUp is the reason of who was served from what was left until all its lots
// were gone.
func usedUp(lots ...string) fairshare.Reason { return heldByLots(0, 1, 1, lots...) }

func capOf(node string) fairshare.Reason { return fairshare.Reason{Code: fairshare.Cap, Node: node} }

func belowMinimum(would int64) fairshare.Reason {
	return fairshare.Reason{Code: fairshare.BelowMinimum, WouldHave: would}
}

var (
	met        = fairshare.Reason{Code: fairshare.DemandMet}
	floorHolds = fairshare.Reason{Code: fairshare.Floor}
)

// In all of these Z is given its share and returns it, because its request is
// for more than there is; with one pass that is what is left. The bank limit is
// 0, so that balances decide the order of step 6 and nothing else.
var leftOverExamples = []example{
	{
		// 40 by 1 : 3 : 4 is 5, 15, 20, and 20 are left. A is owed 6/1, B 9/3: A
		// comes first and wants 25 more, so it takes all 20. By the bare balance
		// B would come first and take 15, and A 5.
		name: "left over: the larger balance for its weight comes first",
		in: onePass(knownRound{lots: supply(40), claims: []claim{
			{id: "A", weight: 1, balance: 6, asks: wants(30)},
			{id: "B", weight: 3, balance: 9, asks: wants(30)},
			{id: "Z", weight: 4, balance: -15, asks: []ask{{min: 50, max: 50}}},
		}}),
		granted: amounts{"A": 25, "B": 15, "Z": 0},
		reasons: map[string]fairshare.Reason{"A/r": usedUp("lot")},
	},
	{
		// Debts too: −6/1 is less than −9/3. By the bare balance A would come
		// first.
		name: "left over: the smaller debt for its weight comes first",
		in: onePass(knownRound{lots: supply(40), claims: []claim{
			{id: "A", weight: 1, balance: -6, asks: wants(30)},
			{id: "B", weight: 3, balance: -9, asks: wants(40)},
			{id: "Z", weight: 4, balance: 15, asks: []ask{{min: 50, max: 50}}},
		}}),
		granted: amounts{"A": 5, "B": 35, "Z": 0},
	},
	{
		// B and Z have 20 each, and 20 are left. B takes 10 of them and A, which
		// is owed 10 but has no weight, the other 10; first it would have 20.
		name: "left over: weight 0 comes last, whatever it is owed",
		in: onePass(knownRound{lots: supply(40), claims: []claim{
			{id: "A", weight: 0, balance: 10, asks: wants(30)},
			{id: "B", weight: 1, balance: -10, asks: wants(30)},
			{id: "Z", weight: 1, asks: []ask{{min: 50, max: 50}}},
		}}),
		granted: amounts{"A": 10, "B": 30, "Z": 0},
	},
}

// What a pass freezes, and which passes count.
var passExamples = []example{
	{
		// 16 by 5 : 11. D has 5 of L1, too little for x. E has the other 7, too
		// little for p, and the 4 of L2: q has its 11. In a second pass E would
		// have all 16, but p and q as equals 8 each, so that q would go and E have
		// the 8 of p. E would lose 3: the pass is discarded. The 5 of L1 that are
		// left are enough for q alone.
		name: "a pass in which a project would lose is discarded",
		in: knownRound{lots: amounts{"L1": 12, "L2": 4}, claims: []claim{
			{id: "D", weight: 5, asks: []ask{{id: "x", min: 8, max: 16, lots: []string{"L1"}}}},
			{id: "E", weight: 11, asks: []ask{
				{id: "p", min: 8, max: 8, lots: []string{"L1"}}, {id: "q", min: 11, max: 22},
			}},
		}}.input(),
		granted: amounts{"D": 0, "E": 16, "p": 0, "q": 16},
		reasons: map[string]fairshare.Reason{"q": usedUp("L1", "L2")},
	},
	{
		// N asks for 10 that have lots, 5 of each, and has a third of the 30. Its
		// child c can take 5 because of its cap, and d can use no lot. N freezes
		// at 5 and M and P share 25, the odd unit to M, of key 2·13 − 1. Without
		// that M and P would keep their 10, and M take all 5 that are left.
		name: "a node freezes at what it could hand on",
		in: knownRound{lots: amounts{"L1": 15, "L2": 15}, claims: []claim{
			{id: "M", weight: 1, asks: wants(20)},
			{id: "N", weight: 1, below: []claim{
				{id: "c", weight: 1, cap: 5, asks: []ask{
					{id: "c1", max: 5, lots: []string{"L1"}}, {id: "c2", max: 5, lots: []string{"L2"}},
				}},
				{id: "d", weight: 1, asks: []ask{{max: 5, lots: []string{}}}},
			}},
			{id: "P", weight: 1, asks: wants(20)},
		}}.input(),
		granted: amounts{"M": 13, "N": 5, "P": 12, "c": 5, "d": 0},
		reasons: map[string]fairshare.Reason{
			"M": atLevel(25, 1, 2), "P": atLevel(25, 1, 2), "N": capOf("c"), "c": capOf("c"), "d": usedUp(),
			"d/r": {Code: fairshare.NoEligibleLot},
		},
	},
}

// Reasons of a round in which N, with 50 of the pool's 100, returns a part.
var reasonExamples = []example{
	{
		// k1 and k2 are handed 25 of N's 50; k1's request needs 70. In the second
		// pass k1 is handed nothing and N only the 30 that k2 wants. Both say
		// what the first pass handed them, and the request what it would have
		// had in the pass that dropped it.
		name: "would have: of the first pass, though the second hands down less",
		in: knownRound{lots: supply(100), claims: []claim{
			{id: "M", weight: 1, asks: wants(100)},
			{id: "N", weight: 1, below: []claim{
				{id: "k1", weight: 1, asks: []ask{{min: 70, max: 90}}},
				{id: "k2", weight: 1, asks: wants(30)},
			}},
		}}.input(),
		granted: amounts{"M": 70, "N": 30, "k1": 0, "k2": 30},
		reasons: map[string]fairshare.Reason{
			"N": belowMinimum(50), "k1": belowMinimum(25), "k1/r": belowMinimum(25), "k2": met, "k2/r": met,
			// The last unit of M has the key 2·70 − 1, and only M wants more.
			"M": atLevel(139, 1, 1),
			// Nothing is left, which comes before the minimum below the pool.
			"pool": usedUp("lot"),
		},
	},
	{
		// First M and N have 50 each. u alone uses M's, because with v each would
		// have 25 and v needs 30; k1 has 25 and returns them. Second, N has the
		// 45 that k2 wants and M 55: u takes its 50, v would have 27. Third, M is
		// frozen at 50 and 5 are left, too little for v and k1.
		name: "would have: of the first pass of three; a request's, of the pass that froze it",
		in: knownRound{lots: supply(100), claims: []claim{
			{id: "M", weight: 1, asks: []ask{{id: "u", max: 50}, {id: "v", min: 30, max: 35}}},
			{id: "N", weight: 1, below: []claim{
				{id: "k1", weight: 1, asks: []ask{{min: 70, max: 90}}},
				{id: "k2", weight: 1, asks: wants(45)},
			}},
		}}.input(),
		granted: amounts{"pool": 95, "M": 50, "N": 45, "k1": 0, "k2": 45, "v": 0},
		reasons: map[string]fairshare.Reason{
			"pool": belowMinimum(100), "M": belowMinimum(50), "N": belowMinimum(50), "k1": belowMinimum(25),
			"k1/r": belowMinimum(25), "v": belowMinimum(27), "u": met, "k2": met,
		},
	},
	{
		// N has L1's 5 and 45 of L2, too little for a. b has the 5 of L1, its
		// last key 2·5 − 1. The second pass offers 5 for b alone and M takes the
		// rest of L2; that does not change why a and b have no more.
		name: "a frozen request keeps the reason of the pass that froze it",
		in: knownRound{lots: amounts{"L1": 5, "L2": 95}, claims: []claim{
			{id: "M", weight: 1, asks: []ask{{max: 100, lots: []string{"L2"}}}},
			{id: "N", weight: 1, asks: []ask{
				{id: "a", min: 70, max: 90, lots: []string{"L2"}}, {id: "b", max: 20, lots: []string{"L1"}},
			}},
		}}.input(),
		granted: amounts{"M": 95, "N": 5, "a": 0, "b": 5},
		reasons: map[string]fairshare.Reason{
			"N": belowMinimum(50), "a": belowMinimum(45), "b": heldByLots(9, 1, 1, "L1"),
		},
	},
	{
		// c has 5 of N's 50, its cap; d has 45, its request needs 70.
		name: "a minimum below a node is named before a cap below it",
		in: knownRound{lots: supply(100), claims: []claim{
			{id: "M", weight: 1, asks: wants(100)},
			{id: "N", weight: 1, below: []claim{
				{id: "c", weight: 1, cap: 5, asks: wants(10)},
				{id: "d", weight: 1, asks: []ask{{min: 70, max: 90}}},
			}},
		}}.input(),
		granted: amounts{"M": 95, "N": 5, "c": 5, "d": 0},
		reasons: map[string]fairshare.Reason{
			"N": belowMinimum(50), "c": capOf("c"), "d": belowMinimum(45), "c/r": atLevel(9, 1, 1),
		},
	},
	{
		// The same without d: N wants no more than the cap below it allows.
		name: "a cap below a node is named where no minimum is",
		in: knownRound{lots: supply(100), claims: []claim{
			{id: "M", weight: 1, asks: wants(100)},
			{id: "N", weight: 1, below: []claim{{id: "c", weight: 1, cap: 5, asks: wants(10)}}},
		}}.input(),
		granted: amounts{"M": 95, "N": 5, "c": 5},
		reasons: map[string]fairshare.Reason{"N": capOf("c"), "c": capOf("c")},
	},
	{
		name: "the pool names a cap below it while anything is left",
		in: knownRound{lots: supply(100), claims: []claim{
			{id: "N", weight: 1, below: []claim{{id: "c", weight: 1, cap: 5, asks: wants(10)}}},
		}}.input(),
		granted: amounts{"pool": 5, "N": 5},
		reasons: map[string]fairshare.Reason{"pool": capOf("c"), "N": capOf("c")},
	},
	{
		// 100 by 1 : 3 is 25 for A; Z returns 75, of which i takes 5 up to its
		// cap. A is as full, and further up.
		name: "served from what is left up to two caps: the nearest is named",
		in: onePass(knownRound{lots: supply(100), claims: []claim{
			{id: "A", weight: 1, cap: 30, below: []claim{
				{id: "i", weight: 1, cap: 30, below: []claim{{id: "k", weight: 1, asks: wants(90)}}},
			}},
			{id: "Z", weight: 3, asks: []ask{{min: 150, max: 150}}},
		}}),
		granted: amounts{"A": 30, "i": 30, "k/r": 30, "Z": 0},
		reasons: map[string]fairshare.Reason{"k/r": capOf("i"), "i": capOf("i"), "A": capOf("A"), "k": atLevel(49, 1, 1)},
	},
	{
		name: "served from what is left up to a cap further up: that is named",
		in: onePass(knownRound{lots: supply(100), claims: []claim{
			{id: "A", weight: 1, cap: 30, below: []claim{
				{id: "i", weight: 1, cap: 40, below: []claim{{id: "k", weight: 1, asks: wants(90)}}},
			}},
			{id: "Z", weight: 3, asks: []ask{{min: 150, max: 150}}},
		}}),
		granted: amounts{"A": 30, "i": 30, "k/r": 30, "Z": 0},
		reasons: map[string]fairshare.Reason{"k/r": capOf("A"), "A": capOf("A")},
	},
}

// Levels, and the floors that are not one.
var levelExamples = []example{
	{
		// By 1 : 3 A would have 10; its floor is 30. B's last unit has the key
		// (2·10 − 1)/3, and B alone stands at it.
		name: "a floor above the level",
		in: knownRound{lots: supply(40), claims: []claim{
			{id: "A", weight: 1, floor: 30, asks: wants(90)}, {id: "B", weight: 3, asks: wants(90)},
		}}.input(),
		granted: amounts{"A": 30, "B": 10},
		reasons: map[string]fairshare.Reason{"A": floorHolds, "B": atLevel(19, 3, 1)},
	},
	{
		// A has the one unit, of key 1; B's next has the same key and comes
		// later. B has its floor of 0, but that is not what holds it.
		name: "nothing is no floor",
		in: knownRound{lots: supply(1), claims: []claim{
			{id: "A", weight: 1, asks: wants(9)}, {id: "B", weight: 1, asks: wants(9)},
		}}.input(),
		granted: amounts{"A": 1, "B": 0},
		reasons: map[string]fairshare.Reason{"A": atLevel(1, 1, 2), "B": atLevel(1, 1, 2)},
	},
	{
		// A has all 20 of the only lot it may use, and that is its floor too, as
		// far as it reaches: its lot is the reason. No unit came after the floor.
		name: "a floor that takes all of a lot is held by the lot",
		in: knownRound{lots: amounts{"L1": 20, "L2": 20}, claims: []claim{
			{id: "A", weight: 1, floor: 30, asks: []ask{{max: 30, lots: []string{"L1"}}}},
			{id: "B", weight: 1, asks: []ask{{max: 30, lots: []string{"L2"}}}},
		}}.input(),
		granted: amounts{"A": 20, "B": 20},
		reasons: map[string]fairshare.Reason{"A": usedUp("L1"), "B": heldByLots(39, 1, 1, "L2")},
	},
	{
		// A is handed 50 and uses 5, its floor by chance; B takes the 50 that it
		// still wants of what is left.
		name: "a floor that is all that could be used is not the reason",
		in: onePass(knownRound{lots: supply(100), claims: []claim{
			{id: "A", weight: 1, floor: 5, asks: []ask{{id: "a", min: 70, max: 90}, {id: "b", max: 5}}},
			{id: "B", weight: 1, asks: wants(90)},
		}}),
		granted: amounts{"A": 5, "B": 90},
		reasons: map[string]fairshare.Reason{"A": belowMinimum(50), "a": belowMinimum(45), "b": met, "B": met},
	},
	{
		// 11 by 3 are 4, 4, 3, the last unit of key 2·4 − 1. Inside A as well:
		// 4 by 3 are 2, 1, 1, of key 2·2 − 1. D has all it wants and is not
		// counted.
		name: "siblings are all who stand at the level and want more",
		in: knownRound{lots: supply(12), claims: []claim{
			{id: "A", weight: 1, asks: []ask{{id: "a", max: 9}, {id: "b", max: 9}, {id: "c", max: 9}}},
			{id: "B", weight: 1, asks: wants(9)},
			{id: "C", weight: 1, asks: wants(9)},
			{id: "D", weight: 1, asks: wants(1)},
		}}.input(),
		granted: amounts{"A": 4, "B": 4, "C": 3, "D": 1, "a": 2, "b": 1, "c": 1},
		reasons: map[string]fairshare.Reason{
			"A": atLevel(7, 1, 3), "B": atLevel(7, 1, 3), "C": atLevel(7, 1, 3), "D": met,
			"a": atLevel(3, 1, 3), "b": atLevel(3, 1, 3), "c": atLevel(3, 1, 3),
			// C's 3 are the whole grant of its only request.
			"C/r": atLevel(5, 1, 1),
		},
	},
	{
		// A and B share L1, 10 each, the last unit of key 2·10 − 1; C has the 60
		// of L2, of key 2·60 − 1, and both lots that it may use are gone.
		name: "siblings in a tight set",
		in: knownRound{lots: amounts{"L1": 20, "L2": 60}, claims: []claim{
			{id: "A", weight: 1, asks: []ask{{max: 100, lots: []string{"L1"}}}},
			{id: "B", weight: 1, asks: []ask{{max: 100, lots: []string{"L1"}}}},
			{id: "C", weight: 1, asks: []ask{{max: 100, lots: []string{"L1", "L2"}}}},
		}}.input(),
		granted: amounts{"A": 10, "B": 10, "C": 60},
		reasons: map[string]fairshare.Reason{
			"A": heldByLots(19, 1, 2, "L1"), "B": heldByLots(19, 1, 2, "L1"), "C": heldByLots(119, 1, 1, "L1", "L2"),
		},
	},
}
