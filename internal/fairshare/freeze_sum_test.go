package fairshare_test

import (
	"fmt"
	"testing"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// 1,100 balances of 2^53−1 overflow 64 bits before 1,100 of −(2^53−1) bring the
// sum back to 0.
func TestBalancesMaySumBeyond64BitsOnTheWay(t *testing.T) {
	in := emptyPool()
	for i := range 2_200 {
		balance := int64(fairshare.MaxAmount - 1)
		if i >= 1_100 {
			balance = -balance
		}
		in.Nodes = append(in.Nodes, fairshare.Node{
			ID: fmt.Sprintf("n%04d", i), Parent: "pool", Kind: fairshare.KindNation, Weight: 1,
			Balance: credit.GPUMilliseconds(balance),
		})
	}
	if _, err := fairshare.Freeze(in); err != nil {
		t.Fatal(err)
	}
	in = emptyPool()
	in.Nodes = append(in.Nodes, fairshare.Node{
		ID: "n", Parent: "pool", Kind: fairshare.KindNation, Weight: 1, Balance: credit.GPUMilliseconds(1),
	})
	if _, err := fairshare.Freeze(in); err == nil {
		t.Fatal("a sum of 1 was taken for 0")
	}
}

func emptyPool() fairshare.Input {
	return fairshare.Input{
		Round: fairshare.Round{ID: "r", Start: roundStart, End: roundStart.AddDate(0, 1, 0), MaxPasses: 1},
		Nodes: []fairshare.Node{{ID: "pool", Kind: fairshare.KindPool, Weight: 1}},
	}
}
