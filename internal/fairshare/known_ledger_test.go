package fairshare_test

import (
	"testing"

	"github.com/commonpool/commonpool/internal/fairshare"
)

// Known answers over several rounds, by round: grants and balances after it.

func TestKnownAnswersKarmaFiveQuanta(t *testing.T) {
	const source = karma + `"karma_e2e_one"`
	// 33 slices: 10 for each of three users, 3 for nobody. Karma starts its
	// users with 10 credits; the child for nobody must be richer than they are.
	demands := []amounts{
		{"A": 10, "B": 10, "C": 10},
		{"A": 2, "B": 12, "C": 16},
		{"A": 6, "B": 12, "C": 6},
		{"A": 18, "B": 5, "C": 12},
		{"A": 10, "B": 10, "C": 10},
	}
	grants := []amounts{
		{"A": 10, "B": 10, "C": 10},
		{"A": 2, "B": 12, "C": 16},
		{"A": 6, "B": 12, "C": 6},
		{"A": 18, "B": 5, "C": 10},
		{"A": 10, "B": 10, "C": 10},
	}
	const nobody = 1000
	credits := []amounts{
		{"A": 10, "B": 10, "C": 10, "public": nobody},
		{"A": 18, "B": 8, "C": 4, "public": nobody},
		{"A": 18, "B": 6, "C": 6, "public": nobody},
		{"A": 10, "B": 11, "C": 6, "public": nobody + 3},
		// Karma now deals its 3 public credits out to the users: 11, 12 and 7,
		// and none left. Ours stay where they were earned.
		{"A": 10, "B": 11, "C": 6, "public": nobody + 3},
	}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			rounds := make([]fairshare.Input, len(demands))
			for n, want := range demands {
				rounds[n] = knownRound{alpha: 1000, bank: 1000, lots: supply(33), claims: []claim{
					{id: "A", weight: 10, balance: 10, asks: wants(want["A"])},
					{id: "B", weight: 10, balance: 10, asks: wants(want["B"])},
					{id: "C", weight: 10, balance: 10, asks: wants(want["C"])},
					{id: "public", weight: 3, balance: nobody},
				}}.input()
			}
			inTurn(t, r, rounds, func(n int, out outcome) {
				requireAmounts(t, source, out.granted, grants[n])
				requireAmounts(t, source, out.balance, credits[n])
			})
		})
	}
}

func (o outcome) balance(id string) int64     { return o.nodes[id].balance }
func (o outcome) entitlement(id string) int64 { return o.nodes[id].entitlement }

func TestKnownAnswersKarmaReadme(t *testing.T) {
	const source = "resource-disaggregation/karma@510cdd94 algorithm/example/example.cpp; algorithm/README.md"
	demands := []amounts{{"A": 4, "B": 1, "C": 1}, {"A": 0, "B": 3, "C": 0}, {"A": 2, "B": 2, "C": 5}}
	for _, k := range []struct {
		name   string
		alpha  int64
		public int64
		grants []amounts
		totals amounts
	}{
		// Karma's users own one slice each, and three are nobody's.
		{
			"as Karma divides", 1000, 3,
			[]amounts{{"A": 4, "B": 1, "C": 1}, {"A": 0, "B": 3, "C": 0}, {"A": 1, "B": 1, "C": 4}},
			amounts{"A": 5, "B": 5, "C": 5},
		},
		// Here all supply is somebody's entitlement: two slices each, one of
		// them guaranteed. Borrowing starts later, so that B owes less.
		{
			"as we divide", 500, 0,
			[]amounts{{"A": 4, "B": 1, "C": 1}, {"A": 0, "B": 3, "C": 0}, {"A": 1, "B": 2, "C": 3}},
			amounts{"A": 5, "B": 6, "C": 4},
		},
	} {
		for _, r := range rules {
			t.Run(k.name+"/"+r.name, func(t *testing.T) {
				rounds := make([]fairshare.Input, len(demands))
				for n, want := range demands {
					claims := []claim{
						{id: "A", weight: 1, asks: wants(want["A"])},
						{id: "B", weight: 1, asks: wants(want["B"])},
						{id: "C", weight: 1, asks: wants(want["C"])},
					}
					if k.public > 0 {
						claims = append(claims, claim{id: "public", weight: k.public, balance: 1000})
					}
					rounds[n] = knownRound{alpha: k.alpha, bank: 1000, lots: supply(6), claims: claims}.input()
				}
				totals := amounts{}
				inTurn(t, r, rounds, func(n int, out outcome) {
					requireAmounts(t, source, out.granted, k.grants[n])
					for id := range k.totals {
						totals[id] += out.granted(id)
					}
				})
				requireAmounts(t, source, func(id string) int64 { return totals[id] }, k.totals)
			})
		}
	}
}

// cp-30: p1 saves its share, like a deficit counter, and nobody falls below
// half of theirs.
func TestKnownAnswersAMinimumAboveTheShareIsServedInEverySecondRound(t *testing.T) {
	grants := []amounts{{"p1": 0, "p2": 50, "p3": 50}, {"p1": 68, "p2": 16, "p3": 16}}
	balances := []amounts{{"p1": 34, "p2": -17, "p3": -17}, {"p1": 0, "p2": 0, "p3": 0}}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			rounds := make([]fairshare.Input, 4)
			for n := range rounds {
				rounds[n] = knownRound{alpha: 500, bank: 4, lots: supply(100), claims: []claim{
					{id: "p1", weight: 1, asks: []ask{{min: 60, max: 80}}},
					{id: "p2", weight: 1, asks: []ask{{min: 1, max: 100}}},
					{id: "p3", weight: 1, asks: []ask{{min: 1, max: 100}}},
				}}.input()
			}
			inTurn(t, r, rounds, func(n int, out outcome) {
				requireAmounts(t, derived, out.entitlement, amounts{"p1": 34, "p2": 33, "p3": 33})
				requireAmounts(t, derived, out.granted, grants[n%2])
				requireAmounts(t, derived, out.balance, balances[n%2])
				if commons := out.nodes["pool"].commons; commons != 0 || out.allLeft() != 0 {
					t.Fatalf("round %d: %d in the commons, %d left", n, commons, out.allLeft())
				}
			})
		})
	}
}

// cp-32: of A's 40 that it did not want, B borrowed 20, and 20 nobody did.
func TestKnownAnswersWhatIsBorrowedIsCreditedWhatIsNotIsNot(t *testing.T) {
	wanted := []amounts{{"A": 10, "B": 70}, {"A": 100, "B": 100}}
	grants := []amounts{{"A": 10, "B": 70}, {"A": 70, "B": 30}}
	balances := []amounts{{"A": 20, "B": -20}, {"A": 0, "B": 0}}
	left := []int64{20, 0}
	for _, r := range rules {
		t.Run(r.name, func(t *testing.T) {
			rounds := make([]fairshare.Input, len(wanted))
			for n, want := range wanted {
				rounds[n] = knownRound{alpha: 500, bank: 4, lots: supply(100), claims: []claim{
					{id: "A", weight: 1, asks: wants(want["A"])},
					{id: "B", weight: 1, asks: wants(want["B"])},
				}}.input()
			}
			inTurn(t, r, rounds, func(n int, out outcome) {
				requireAmounts(t, derived, out.entitlement, amounts{"A": 50, "B": 50})
				requireAmounts(t, derived, out.granted, grants[n])
				requireAmounts(t, derived, out.balance, balances[n])
				if commons := out.nodes["pool"].commons; commons != 0 || out.allLeft() != left[n] {
					t.Fatalf("round %d: %d in the commons, %d left", n, commons, out.allLeft())
				}
			})
		})
	}
}
