package fairshare_test

import (
	"maps"
	"testing"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// Answers that other schedulers, textbooks and this project's own notes give to
// small rounds. Where a peer's rule is another one on purpose, its figure stands
// beside ours, and differs says why.
type knownAnswer struct {
	name, source string
	round        knownRound
	peer         amounts // the published figure
	ours         amounts // nil: the same
	left         int64   // ours
	differs      string
	// changes are the changes of balances, where the source gives them.
	changes amounts
}

const (
	hadoop   = "apache/hadoop@0f809af6 hadoop-yarn-project/.../resourcemanager/src/test/java/org/apache/hadoop/yarn/server/resourcemanager/scheduler/fair/TestComputeFairShares.java::"
	karma    = "resource-disaggregation/karma@510cdd94 jiffy-implementation/libjiffy/test/karma_test.cpp::TEST_CASE "
	htcondor = "htcondor/htcondor@7491a145 docs/admin-manual/cm-configuration.rst \"Hierarchical Group Quotas\""
	surplus  = " (surplus example) + src/condor_negotiator.V6/GroupEntry.cpp::hgq_fairshare/hgq_allocate_surplus"
	kai      = "NVIDIA/KAI-Scheduler@72de64fc pkg/scheduler/plugins/proportion/resource_division/resource_division_test.go::"
	kueue    = "kubernetes-sigs/kueue@ff69552e keps/1714-fair-sharing/README.md \"Story 3\""
	armada   = "armadaproject/armada@207cc9e0 internal/scheduler/scheduling/context/scheduling_test.go::TestCalculateFairShares/"
	textbook = "textbook max-min example (capacity 10; demands 2, 2.6, 4, 5), scaled by 10"
	derived  = "derived: computed from the rule, no outside statement"
)

func TestKnownAnswers(t *testing.T) {
	for _, table := range [][]knownAnswer{
		hadoopAnswers, karmaAnswers, htcondorAnswers, kaiAnswers, otherAnswers, oneLevelAnswers, minimumAnswers, treeAnswers,
	} {
		for _, k := range table {
			for _, r := range rules {
				t.Run(k.name+"/"+r.name, func(t *testing.T) { k.require(t, r) })
			}
		}
	}
}

func (k knownAnswer) require(t *testing.T, r rule) {
	ours := k.ours
	if ours == nil {
		ours = k.peer
	}
	if same := maps.Equal(ours, k.peer); same != (k.differs == "") {
		t.Fatalf("%s: the peer has %v, we have %v, differs is %q", k.source, k.peer, ours, k.differs)
	}
	in := k.round.input()
	out := r.decide(t, in)
	requireAmounts(t, k.source, out.granted, ours)
	if out.allLeft() != k.left {
		t.Fatalf("%s: %d left, want %d", k.source, out.allLeft(), k.left)
	}
	requireAmounts(t, k.source, func(id string) int64 {
		for _, n := range in.Nodes {
			if n.ID == id {
				return out.nodes[id].balance - n.Balance.GPUMilliseconds()
			}
		}
		return 0
	}, k.changes)
}

// Hadoop's fair scheduler: a minimum share counts inside the share. Weights of
// a half are doubled here with all others.
var hadoopAnswers = []knownAnswer{
	{
		name: "hadoop-01 equal sharing", source: hadoop + "testEqualSharing",
		round: knownRound{lots: supply(40), claims: []claim{
			{id: "1", weight: 1, asks: wants(plenty)},
			{id: "2", weight: 1, asks: wants(plenty)},
			{id: "3", weight: 1, asks: wants(plenty)},
			{id: "4", weight: 1, asks: wants(plenty)},
		}},
		peer: amounts{"1": 10, "2": 10, "3": 10, "4": 10},
	},
	{
		name: "hadoop-02 low maximum shares", source: hadoop + "testLowMaxShares",
		round: knownRound{lots: supply(40), claims: []claim{
			{id: "1", weight: 1, cap: 100, asks: wants(plenty)},
			{id: "2", weight: 1, cap: 50, asks: wants(plenty)},
			{id: "3", weight: 1, cap: 11, asks: wants(plenty)},
			{id: "4", weight: 1, cap: 3, asks: wants(plenty)},
		}},
		peer: amounts{"1": 13, "2": 13, "3": 11, "4": 3},
	},
	{
		name: "hadoop-04 weighted sharing", source: hadoop + "testWeightedSharing",
		round: knownRound{lots: supply(45), claims: []claim{
			{id: "1", weight: 4, asks: wants(plenty)},
			{id: "2", weight: 2, asks: wants(plenty)},
			{id: "3", weight: 2, asks: wants(plenty)},
			{id: "4", weight: 1, asks: wants(plenty)},
		}},
		peer: amounts{"1": 20, "2": 10, "3": 10, "4": 5},
	},
	{
		name: "hadoop-06 weighted sharing with minimum shares", source: hadoop + "testWeightedSharingWithMinShares",
		round: knownRound{lots: supply(45), claims: []claim{
			{id: "1", weight: 4, floor: 20, asks: wants(plenty)},
			{id: "2", weight: 2, asks: wants(plenty)},
			{id: "3", weight: 2, floor: 5, asks: wants(plenty)},
			{id: "4", weight: 1, floor: 15, asks: wants(plenty)},
		}},
		peer: amounts{"1": 20, "2": 5, "3": 5, "4": 15},
	},
	{
		name: "hadoop-08 nobody", source: hadoop + "testEmptyList",
		round: knownRound{lots: supply(40)},
		peer:  amounts{"pool": 0}, left: 40,
	},
}

// Karma, one quantum: its fair share is a guarantee of the whole entitlement,
// its credits are balances, and slices that belong to no user are the
// entitlement of a child without requests, paid last because it is rich.
var karmaAnswers = []knownAnswer{
	{
		name: "karma-01 the poorest donor is paid first", source: karma + `"matching_supply_one"`,
		round: knownRound{alpha: 1000, bank: 1000, lots: supply(20), claims: []claim{
			{id: "A", weight: 1, balance: 10, asks: wants(10)},
			{id: "B", weight: 1, balance: 1, asks: wants(0)},
			{id: "C", weight: 1, balance: 100, asks: wants(1)},
			{id: "D", weight: 1, balance: 100, asks: wants(1)},
		}},
		peer: amounts{"A": 10}, changes: amounts{"A": -5, "B": 5, "C": 0, "D": 0}, left: 8,
	},
	{
		// The source leaves open which of the three has 1; ours is the last by id.
		name: "karma-03 equal donors", source: karma + `"matching_supply_three"`,
		round: knownRound{alpha: 1000, bank: 1000, lots: supply(20), claims: []claim{
			{id: "A", weight: 1, balance: 10, asks: wants(10)},
			{id: "B", weight: 1, balance: 100, asks: wants(0)},
			{id: "C", weight: 1, balance: 100, asks: wants(0)},
			{id: "D", weight: 1, balance: 100, asks: wants(0)},
		}},
		peer: amounts{"A": 10}, changes: amounts{"A": -5, "B": 2, "C": 2, "D": 1}, left: 10,
	},
	{
		name: "karma-05 donors before the public", source: karma + `"matching_supply_six"`,
		round: knownRound{alpha: 1000, bank: 1000, lots: supply(25), claims: []claim{
			{id: "A", weight: 1, balance: 10, asks: wants(10)},
			{id: "B", weight: 1, balance: 1, asks: wants(3)},
			{id: "C", weight: 1, balance: 100, asks: wants(4)},
			{id: "D", weight: 1, balance: 100, asks: wants(4)},
			{id: "public", weight: 1, balance: 1000},
		}},
		peer: amounts{"A": 10}, changes: amounts{"A": -5, "B": 2, "C": 1, "D": 1, "public": 1}, left: 4,
	},
	{
		name: "karma-08 the richest borrows first", source: karma + `"matching_demand_one"`,
		round: knownRound{alpha: 1000, bank: 1000, lots: supply(20), claims: []claim{
			{id: "A", weight: 1, balance: 10, asks: wants(0)},
			{id: "B", weight: 1, balance: 100, asks: wants(10)},
			{id: "C", weight: 1, balance: 1, asks: wants(10)},
			{id: "D", weight: 1, balance: 1, asks: wants(10)},
		}},
		peer: amounts{"B": 10, "C": 5, "D": 5}, changes: amounts{"A": 5, "B": -5, "C": 0, "D": 0},
	},
	{
		// The source leaves open which of the three has 6; ours is the last by id.
		name: "karma-10 equal borrowers", source: karma + `"matching_demand_three"`,
		round: knownRound{alpha: 1000, bank: 1000, lots: supply(20), claims: []claim{
			{id: "A", weight: 1, balance: 10, asks: wants(0)},
			{id: "B", weight: 1, balance: 100, asks: wants(10)},
			{id: "C", weight: 1, balance: 100, asks: wants(10)},
			{id: "D", weight: 1, balance: 100, asks: wants(10)},
		}},
		peer: amounts{"B": 7, "C": 7, "D": 6}, changes: amounts{"A": 5, "B": -2, "C": -2, "D": -1},
	},
}

// HTCondor's group quotas are the shares themselves; here they are floors, and
// the hard quota of a group that does not accept surplus is a cap as well.
var htcondorAnswers = []knownAnswer{
	{
		name: "htcondor-01 static quotas", source: htcondor,
		round: knownRound{lots: supply(30), claims: []claim{
			{id: "physics", weight: 1, floor: 20, asks: wants(plenty)},
			{id: "chemistry", weight: 1, floor: 10, asks: wants(plenty)},
		}},
		peer: amounts{"physics": 20, "chemistry": 10},
	},
	{
		name: "htcondor-02 floors scale when half the slots are lost", source: htcondor,
		round: knownRound{lots: supply(15), claims: []claim{
			{id: "physics", weight: 1, floor: 20, asks: wants(plenty)},
			{id: "chemistry", weight: 1, floor: 10, asks: wants(plenty)},
		}},
		peer: amounts{"physics": 10, "chemistry": 5},
	},
	{
		name: "htcondor-05 the parent is a hard cap", source: htcondor + surplus,
		round: knownRound{lots: supply(30), claims: []claim{
			{id: "physics", weight: 1, floor: 20, cap: 20, below: []claim{
				{id: "hep", weight: 1, floor: 15, asks: wants(60)},
				{id: "lep", weight: 1, floor: 5, asks: wants(0)},
			}},
			{id: "chemistry", weight: 1, floor: 10, asks: wants(0)},
		}},
		peer: amounts{"hep": 20, "lep": 0, "chemistry": 0}, left: 10,
	},
	{
		name: "htcondor-07 the parent accepts surplus", source: htcondor + surplus,
		round: knownRound{lots: supply(30), claims: []claim{
			{id: "physics", weight: 1, floor: 20, below: []claim{
				{id: "hep", weight: 1, floor: 15, asks: wants(60)},
				{id: "lep", weight: 1, floor: 5, asks: wants(0)},
			}},
			{id: "chemistry", weight: 1, floor: 10, asks: wants(0)},
		}},
		peer: amounts{"hep": 30, "lep": 0, "chemistry": 0},
	},
}

const onTop = "KAI divides by weight what is above the floors; here floors count inside the share"

// KAI's floors ("deserved") come on top of the weighted share, ours are within.
var kaiAnswers = []knownAnswer{
	{
		name: "kai-01 many available", source: kai + `Entry "allocates many available gpus"`,
		round: kaiRound(15, claim{weight: 2, floor: 2, asks: wants(6)}, claim{weight: 2, floor: 2, asks: wants(6)}),
		peer:  amounts{"1": 6, "2": 6}, left: 3,
	},
	{
		name: "kai-02 proportional", source: kai + `Entry "allocates GPUs proportionally"`,
		round: kaiRound(8, claim{weight: 1, floor: 2, asks: wants(6)}, claim{weight: 3, floor: 2, asks: wants(6)}),
		peer:  amounts{"1": 3, "2": 5}, ours: amounts{"1": 2, "2": 6}, differs: onTop,
	},
	{
		name:   "kai-05 the older queue has the remainder",
		source: kai + `Entry "distributes remainder between queues based on creation time"`,
		round:  kaiRound(11, claim{weight: 2, floor: 2, asks: wants(6)}, claim{weight: 2, floor: 2, asks: wants(6)}),
		peer:   amounts{"1": 6, "2": 5},
	},
	{
		name: "kai-09 weights 1 and 2", source: kai + `"Request more than total with different Over Quota"`,
		round: kaiRound(1000, claim{weight: 1, floor: 250, asks: wants(5000)}, claim{weight: 2, floor: 150, asks: wants(5000)}),
		peer:  amounts{"1": 450, "2": 550}, ours: amounts{"1": 333, "2": 667}, differs: onTop,
	},
	{
		name:   "kai-13 one high demand",
		source: kai + `setResourceShare - CPU/three queues/"reclaims unneeded resources from an allocated queue..."`,
		round: kaiRound(10000, claim{weight: 5000, floor: 5000, asks: wants(7000)},
			claim{weight: 5000, floor: 5000, asks: wants(2000)}, claim{weight: 5000, floor: 5000, asks: wants(2000)}),
		peer: amounts{"1": 6000, "2": 2000, "3": 2000},
	},
	{
		name:   "kai-14 simulator example",
		source: "NVIDIA/KAI-Scheduler@72de64fc cmd/fairshare-simulator/README.md (gpu row)",
		round:  kaiRound(100, claim{weight: 3, floor: 10, asks: wants(100)}, claim{weight: 1, floor: 10, asks: wants(100)}),
		peer:   amounts{"1": 70, "2": 30}, ours: amounts{"1": 75, "2": 25}, differs: onTop,
	},
}

// kaiRound names queues 1, 2, 3.
func kaiRound(total int64, queues ...claim) knownRound {
	for i := range queues {
		queues[i].id = string(rune('1' + i))
	}
	return knownRound{lots: supply(total), claims: queues}
}

// A floor as an offset as well as a bound is KAI's rule. The same primitive
// gives its figures.
func TestKnownAnswersOfFloorsOnTop(t *testing.T) {
	for _, k := range kaiAnswers {
		var items []refItem
		for _, c := range k.round.claims {
			want := c.asks[0].max
			items = append(items, refItem{weight: c.weight, lo: min(c.floor, want), hi: want, offset: c.floor})
		}
		x, _ := engineFill(k.round.lots["lot"], items)
		for i, c := range k.round.claims {
			if x[i] != k.peer[c.id] {
				t.Errorf("%s: queue %s has %d, want %d", k.source, c.id, x[i], k.peer[c.id])
			}
		}
	}
}

var otherAnswers = []knownAnswer{
	{
		name: "kueue-20 weights inside a cohort", source: kueue,
		round: knownRound{lots: supply(300), claims: []claim{
			{id: "C1", weight: 1, below: []claim{
				{id: "1A", weight: 1, asks: wants(plenty)},
				{id: "1B", weight: 1, asks: wants(plenty)},
				{id: "1C", weight: 3, asks: wants(plenty)},
			}},
			{id: "C2", weight: 1, below: []claim{{id: "2A", weight: 1, asks: wants(plenty)}}},
		}},
		peer: amounts{"C1": 150, "C2": 150, "1A": 30, "1B": 30, "1C": 90, "2A": 150},
	},
	{
		name: "armada-01 one queue wants little",
		source: armada + `"two queues, equal weights, demand less than capacity for one queue"` +
			" (demand-capped adjusted fair share x 100)",
		round: knownRound{lots: supply(100), claims: []claim{
			{id: "A", weight: 1, asks: wants(1)},
			{id: "B", weight: 1, asks: wants(1000)},
		}},
		peer: amounts{"A": 1, "B": 99},
	},
	{
		name: "armada-03 the heavy queue wants little",
		source: armada + `"two queues, non equal weights, demand exceeds capacity for lower priority queue only"` +
			" (demand-capped adjusted fair share x 100)",
		round: knownRound{lots: supply(100), claims: []claim{
			{id: "A", weight: 1, asks: wants(1000)},
			{id: "B", weight: 3, asks: wants(1)},
		}},
		peer: amounts{"A": 99, "B": 1},
	},
	{
		name: "mm-01 max-min", source: textbook,
		round: knownRound{lots: supply(100), claims: []claim{
			{id: "u1", weight: 1, asks: wants(20)},
			{id: "u2", weight: 1, asks: wants(26)},
			{id: "u3", weight: 1, asks: wants(40)},
			{id: "u4", weight: 1, asks: wants(50)},
		}},
		peer: amounts{"u1": 20, "u2": 26, "u3": 27, "u4": 27},
	},
}

// An entitlement is an apportionment of the supply by weights alone.
func TestKnownAnswersOfApportionment(t *testing.T) {
	const tests = "martinlackner/apportionment@25f7a872 tests/test_methods.py::"
	const alabama = "classic textbook example, recomputed"
	const remainder = "largest remainder is not a divisor method: when the supply grows, a share can fall"
	for _, k := range []struct {
		name, source string
		votes        []int64
		seats        int64
		peer, ours   []int64
		differs      string
	}{
		{
			"appo-01", tests + "test_balinski_young_example1 (largest remainder)",
			[]int64{5117, 4400, 162, 161, 160},
			100,
			[]int64{51, 44, 2, 2, 1},
			[]int64{51, 43, 2, 2, 2},
			remainder,
		},
		{
			"appo-02", tests + "test_balinski_young_example1 (Sainte-Laguë)",
			[]int64{5117, 4400, 162, 161, 160},
			100,
			[]int64{51, 43, 2, 2, 2},
			nil, "",
		},
		{
			"appo-05", tests + "test_balinski_young_example2 (Sainte-Laguë)",
			[]int64{9061, 7179, 5259, 3319, 1182},
			26,
			[]int64{9, 8, 5, 3, 1},
			nil, "",
		},
		{"appo-07", tests + "test_weak_proportionality", []int64{14, 28, 7, 35}, 12, []int64{2, 4, 1, 5}, nil, ""},
		{"appo-09", tests + "test_tiebreaking", []int64{2, 1, 1, 2, 2}, 2, []int64{1, 0, 0, 1, 0}, nil, ""},
		{
			"appo-11 ten seats", alabama + " (largest remainder)",
			[]int64{6, 6, 2},
			10,
			[]int64{4, 4, 2},
			[]int64{5, 4, 1},
			remainder,
		},
		{"appo-11 eleven seats", alabama + " (largest remainder)", []int64{6, 6, 2}, 11, []int64{5, 5, 1}, nil, ""},
		{"appo-11 ten seats again", alabama + " (Sainte-Laguë)", []int64{6, 6, 2}, 10, []int64{5, 4, 1}, nil, ""},
		{"appo-11 eleven seats again", alabama + " (Sainte-Laguë)", []int64{6, 6, 2}, 11, []int64{5, 5, 1}, nil, ""},
	} {
		round, want, peer := knownRound{lots: supply(k.seats)}, amounts{}, amounts{}
		if k.ours == nil {
			k.ours = k.peer
		}
		for i, votes := range k.votes {
			id := string(rune('a' + i))
			round.claims = append(round.claims, claim{id: id, weight: votes})
			want[id], peer[id] = k.ours[i], k.peer[i]
		}
		for _, r := range rules {
			t.Run(k.name+"/"+r.name, func(t *testing.T) {
				if same := maps.Equal(want, peer); same != (k.differs == "") {
					t.Fatalf("%s: the peer has %v, we have %v", k.source, k.peer, k.ours)
				}
				out := r.decide(t, round.input())
				requireAmounts(t, k.source, func(id string) int64 { return out.nodes[id].entitlement }, want)
			})
		}
	}
}

// Cases of this project's own notes.
var oneLevelAnswers = []knownAnswer{
	{
		name: "cp-01 balances shift the level", source: derived,
		round: knownRound{bank: 4, lots: supply(100), claims: []claim{
			{id: "A", weight: 1, balance: 10, asks: wants(100)},
			{id: "B", weight: 1, balance: -10, asks: wants(100)},
		}},
		peer: amounts{"A": 60, "B": 40},
	},
	{
		name: "cp-02 the guarantee beats a debt", source: derived,
		round: knownRound{alpha: 500, bank: 4, lots: supply(100), claims: []claim{
			{id: "A", weight: 1, asks: wants(100)},
			{id: "B", weight: 1, balance: -80, asks: wants(100)},
		}},
		peer: amounts{"A": 75, "B": 25},
	},
	{
		name: "cp-04 floor inside the share, caps, left over", source: derived,
		round: knownRound{lots: supply(100), claims: []claim{
			{id: "A", weight: 1, floor: 30, asks: wants(40)},
			{id: "B", weight: 1, asks: wants(20)},
			{id: "C", weight: 2, asks: wants(25)},
		}},
		peer: amounts{"A": 40, "B": 20, "C": 25}, left: 15,
	},
	{
		name: "cp-06 ties by rank, then id", source: derived,
		round: knownRound{lots: supply(5), asks: []ask{{id: "A", max: 9, rank: 1}, {id: "B", max: 9}}},
		peer:  amounts{"A": 2, "B": 3},
	},
	{
		name: "cp-10 one nation fits the small lot only", source: derived,
		round: knownRound{lots: amounts{"L1": 20, "L2": 60}, claims: []claim{
			{id: "A", weight: 1, asks: []ask{{max: 100, lots: []string{"L1"}}}},
			{id: "B", weight: 1, asks: []ask{{max: 100, lots: []string{"L1", "L2"}}}},
		}},
		peer: amounts{"A": 20, "B": 60},
	},
	{
		// Lot after lot would be 15/30/15.
		name: "cp-11 lot after lot would be unfair", source: derived,
		round: knownRound{lots: amounts{"L1": 30, "L2": 30}, claims: []claim{
			{id: "A", weight: 1, asks: []ask{{max: 100, lots: []string{"L1"}}}},
			{id: "B", weight: 1, asks: []ask{{max: 100, lots: []string{"L1", "L2"}}}},
			{id: "C", weight: 1, asks: []ask{{max: 100, lots: []string{"L2"}}}},
		}},
		peer: amounts{"A": 20, "B": 20, "C": 20},
	},
	{
		// A can use at most 5 + 8.
		name: "cp-14 demand by signature", source: derived,
		round: knownRound{lots: amounts{"L1": 30, "L2": 8}, claims: []claim{
			{id: "A", weight: 1, asks: []ask{
				{id: "s", max: 5, lots: []string{"L1"}}, {id: "t", max: 25, lots: []string{"L2"}},
			}},
			{id: "B", weight: 1, asks: []ask{{max: 30, lots: []string{"L1"}}}},
		}},
		peer: amounts{"A": 13, "B": 25},
	},
}

var minimumAnswers = []knownAnswer{
	{
		name: "cp-20 a share below the minimum", source: derived,
		round: knownRound{lots: supply(100), asks: []ask{
			{id: "a", min: 60, max: 100}, {id: "b", min: 1, max: 100}, {id: "c", min: 1, max: 100},
		}},
		peer: amounts{"a": 0, "b": 50, "c": 50},
	},
	{
		// The three-way share is 30: a goes first, then 45 ≥ 40.
		name: "cp-22 dropping the largest helps the next", source: derived,
		round: knownRound{lots: supply(90), asks: []ask{
			{id: "a", min: 50, max: 90}, {id: "b", min: 40, max: 90}, {id: "c", min: 10, max: 90},
		}},
		peer: amounts{"a": 0, "b": 45, "c": 45},
	},
	{
		name: "cp-23 what fits nobody is left", source: derived,
		round: knownRound{lots: supply(50), asks: []ask{{id: "a", min: 60, max: 100}, {id: "b", min: 1, max: 20}}},
		peer:  amounts{"a": 0, "b": 20}, left: 30,
	},
}

var treeAnswers = []knownAnswer{
	{
		// KE has 50, 40 : 20 of it is 33 : 17. A bad floor inside KE harms KE only.
		name: "cp-40 floors beyond a nation's grant", source: derived,
		round: knownRound{lots: supply(80), claims: []claim{
			{id: "KE", weight: 1, floor: 50, below: []claim{
				{id: "k1", weight: 1, floor: 40, asks: wants(100)},
				{id: "k2", weight: 1, floor: 20, asks: wants(100)},
			}},
			{id: "NG", weight: 3, below: []claim{{id: "n1", weight: 1, asks: wants(200)}}},
		}},
		peer: amounts{"k1/r": 33, "k2/r": 17, "n1/r": 30},
	},
	{
		// Without the minimum it is 50 and 50; k1 would have 25 to 50.
		name: "cp-42 a share that cannot be used goes back", source: derived,
		round: knownRound{lots: supply(100), claims: []claim{
			{id: "KE", weight: 1, below: []claim{
				{id: "k1", weight: 1, asks: []ask{{min: 70, max: 90}}},
				{id: "k2", weight: 1, asks: wants(30)},
			}},
			{id: "NG", weight: 1, below: []claim{{id: "n1", weight: 1, asks: wants(100)}}},
		}},
		peer: amounts{"k1/r": 0, "k2/r": 30, "n1/r": 70},
	},
}

// inTurn plays rounds one after another, each with the balances that the last
// one left, and calls look with what each decided.
func inTurn(t *testing.T, r rule, rounds []fairshare.Input, look func(n int, out outcome)) {
	t.Helper()
	for n, in := range rounds {
		if n > 0 {
			for i := range in.Nodes {
				in.Nodes[i].Balance, in.Nodes[i].Commons = rounds[n-1].Nodes[i].Balance, rounds[n-1].Nodes[i].Commons
			}
		}
		out := r.decide(t, in)
		look(n, out)
		rounds[n] = after(in, out)
	}
}
