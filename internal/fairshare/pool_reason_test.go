package fairshare_test

import (
	"slices"
	"testing"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// poolOf is a round whose requests hang on the pool itself.
func poolOf(poolCap *credit.Amount, lots []int64, requests ...fairshare.Request) fairshare.Input {
	in := emptyPool()
	in.Nodes[0].Cap = poolCap
	for i, supply := range lots {
		in.Lots = append(in.Lots, fairshare.Lot{
			ID: string(rune('a' + i)), Ends: roundStart, Supply: credit.GPUMilliseconds(supply),
		})
	}
	in.Eligibilities = []fairshare.Eligibility{{ID: "only a", Lots: []string{"a"}}}
	in.Requests = requests
	return in
}

func ofLotA(id string, least, most int64) fairshare.Request {
	return fairshare.Request{
		ID: id, Node: "pool", Eligibility: "only a", Rank: 1, Submitted: roundStart,
		Min: credit.GPUMilliseconds(least), Max: credit.GPUMilliseconds(most),
	}
}

func poolReason(t *testing.T, in fairshare.Input) fairshare.Reason {
	t.Helper()
	s, err := fairshare.Freeze(in)
	if err != nil {
		t.Fatal(err)
	}
	return fairshare.Decide(s).NodeReason(0)
}

// 20 is asked of a's 10; b's 10 is left, so a alone is named.
func TestThePoolNamesOnlyLotsThatAreUsedUp(t *testing.T) {
	got := poolReason(t, poolOf(nil, []int64{10, 10}, ofLotA("p", 0, 20)))
	if got.Code != fairshare.Lots || !slices.Equal(got.Lots, []string{"a"}) {
		t.Errorf("got %+v, want lots [a]", got)
	}
}

// The cap of 60 is all that the pool could hand out of its 100: p has its 5, q
// would need 70.
func TestThePoolWouldHaveNoMoreThanItsCap(t *testing.T) {
	limit := credit.GPUMilliseconds(60)
	got := poolReason(t, poolOf(&limit, []int64{100}, ofLotA("p", 0, 5), ofLotA("q", 70, 90)))
	if got.Code != fairshare.BelowMinimum || got.WouldHave != 60 {
		t.Errorf("got %+v, want below_minimum of 60", got)
	}
}
