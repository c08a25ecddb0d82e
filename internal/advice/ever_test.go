package advice_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/commonpool/commonpool/internal/advice"
	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

func TestNeverIsProvenAndMaybeIsWitnessed(t *testing.T) {
	counts := map[advice.Verdict]int{}
	rapid.Check(t, func(t *rapid.T) {
		s := smallRounds(t)
		d := fairshare.DecideWith(s, 1)
		f := serialise(t, s)
		for i := range s.NumRequests() {
			r := s.Request(i)
			p, err := advice.Ever(d, r.ID)
			if err != nil {
				t.Fatal(err)
			}
			counts[p.Verdict]++
			alone := decide(t, f.edit(t,
				func(kind, _ any, _ map[string]any) bool { return kind == "request" },
				func(record map[string]any) { record["held"] = record["id"] != r.ID },
			))
			got := granted(alone, r.ID, r.Node).Granted
			want := int64(0)
			if p.Verdict == advice.Maybe { // alone it gets all that its lots and caps let through
				want = min(r.Max.GPUMilliseconds(), p.Limits[0].Amount)
			}
			if got != p.Alone || got != want || (got >= p.Needed) != (p.Verdict == advice.Maybe) {
				t.Fatalf("%s: %+v; alone it gets %d, expected %d", r.ID, *p, got, want)
			}
			if g := d.Requests[i].Granted; g > p.Limits[0].Amount || g > 0 && p.Verdict == advice.Never {
				t.Fatalf("%s was granted %d: %+v", r.ID, g, *p)
			}
		}
	})
	t.Log(counts)
}

// At one level and without minima more balance never lowers a share, so no
// balances bring a request more than Saved.
func TestNoBalanceBringsMoreThanSaved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		in := fairshare.Input{
			Round: fairshare.Round{
				ID: "round", Start: december, End: december.AddDate(0, 1, 0),
				GuaranteePermille: rapid.Int64Range(0, 1000).Draw(t, "guarantee"), BankLimitRounds: 4, MaxPasses: 8,
			},
			Lots:          []fairshare.Lot{{ID: "lot", Ends: december, Supply: gpuMS(t, "supply", 0, 100)}},
			Eligibilities: []fairshare.Eligibility{{ID: "sig", Lots: []string{"lot"}}},
			Nodes:         []fairshare.Node{{ID: "pool", Kind: fairshare.KindPool}},
		}
		for i := range rapid.IntRange(1, 4).Draw(t, "nations") {
			n := fairshare.Node{
				ID: fmt.Sprint("n", i), Parent: "pool", Kind: fairshare.KindNation,
				Weight: rapid.Int64Range(1, 4).Draw(t, "weight"), Balance: gpuMS(t, "balance", -500, 500),
			}
			in.Nodes[0].Commons = credit.GPUMilliseconds(in.Nodes[0].Commons.GPUMilliseconds() - n.Balance.GPUMilliseconds())
			in.Nodes = append(in.Nodes, n)
			in.Requests = append(in.Requests, fairshare.Request{
				ID: fmt.Sprint("r", i), Node: n.ID, Eligibility: "sig", Max: gpuMS(t, "max", 1, 100),
			})
		}
		s, err := fairshare.Freeze(in)
		if err != nil {
			t.Fatal(err)
		}
		d := fairshare.DecideWith(s, 1)
		for i := range s.NumRequests() {
			p, err := advice.Ever(d, s.Request(i).ID)
			if err != nil {
				t.Fatal(err)
			}
			if g := d.Requests[i].Granted; g > p.Saved || p.Saved > p.Limits[0].Amount {
				t.Fatalf("%s was granted %d: %+v", s.Request(i).ID, g, *p)
			}
		}
	})
}

func TestAMinimumBeyondTheCapIsToldSo(t *testing.T) {
	hours := func(n int64) credit.Amount { return credit.GPUMilliseconds(n * 3_600_000) }
	limit := hours(50)
	s, err := fairshare.Freeze(fairshare.Input{
		Round: fairshare.Round{
			ID: "round", Start: december, End: december.AddDate(0, 1, 0),
			GuaranteePermille: 500, BankLimitRounds: 4, MaxPasses: 8,
		},
		Lots:          []fairshare.Lot{{ID: "lot", Ends: december, Supply: hours(1000)}},
		Eligibilities: []fairshare.Eligibility{{ID: "sig", Lots: []string{"lot"}}},
		Nodes: []fairshare.Node{
			{ID: "pool", Kind: fairshare.KindPool},
			{ID: "KE", Parent: "pool", Kind: fairshare.KindNation, Weight: 1, Cap: &limit},
			{ID: "NG", Parent: "pool", Kind: fairshare.KindNation, Weight: 19},
		},
		Requests: []fairshare.Request{
			{ID: "ke-1", Node: "KE", Eligibility: "sig", Min: hours(60), Max: hours(80)},
			{ID: "ng-1", Node: "NG", Eligibility: "sig", Max: hours(900)},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	p, err := advice.Ever(fairshare.Decide(s), "ke-1")
	if err != nil {
		t.Fatal(err)
	}
	binding := advice.Limit{Kind: advice.LimitCap, Node: "KE", Amount: 50 * 3_600_000}
	share := advice.Share{Node: "KE", Entitlement: 50 * 3_600_000, Bank: 200 * 3_600_000} // 1000 × 1/20, 4 rounds
	if p.Verdict != advice.Never || p.Limits[0] != binding || len(p.Shares) != 1 || p.Shares[0] != share || !p.BeyondSavings() {
		t.Errorf("%+v", *p)
	}
}
