package advice_test

import (
	"fmt"
	"time"

	"github.com/commonpool/commonpool/internal/advice"
	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// Two projects share 80 GPU-hours of A100. The lot of V100 is asked for by
// nobody: the first project left it out.
func Example() {
	const hour = 3_600_000
	hours := func(n int64) credit.Amount { return credit.GPUMilliseconds(n * hour) }
	start := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	end := start.AddDate(0, 1, 0)
	snapshot, err := fairshare.Freeze(fairshare.Input{
		Round: fairshare.Round{ID: "2026-12", Start: start, End: end, GuaranteePermille: 500, BankLimitRounds: 4, MaxPasses: 8},
		Lots: []fairshare.Lot{
			{ID: "lot-a", Class: "a100-40gb", Site: "nairobi-1", Ends: end, Supply: hours(80)},
			{ID: "lot-v", Class: "v100", Site: "nairobi-1", Ends: end, Supply: hours(150)},
		},
		Eligibilities: []fairshare.Eligibility{
			{ID: "sig-1", Lots: []string{"lot-a"}, ExcludedBy: map[string][]string{"class": {"lot-v"}}},
		},
		Nodes: []fairshare.Node{
			{ID: "pool", Kind: fairshare.KindPool},
			{ID: "KE", Parent: "pool", Kind: fairshare.KindNation, Weight: 1},
			{ID: "NG", Parent: "pool", Kind: fairshare.KindNation, Weight: 1},
		},
		Requests: []fairshare.Request{
			{ID: "r1", Node: "KE", Eligibility: "sig-1", Max: hours(120), Submitted: start},
			{ID: "r2", Node: "NG", Eligibility: "sig-1", Max: hours(120), Submitted: start},
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	a, err := advice.ForRequest(fairshare.Decide(snapshot), "r1", advice.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	best := a.Best(advice.Requester)
	fmt.Printf("Granted: %d GPU-hours. Accept %v too and this becomes %d GPU-hours.\n",
		a.Now.Granted/hour, best.Accept.Classes, best.After.Granted/hour)
	// Output: Granted: 40 GPU-hours. Accept [v100] too and this becomes 120 GPU-hours.
}
