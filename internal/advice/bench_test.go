package advice_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/commonpool/commonpool/internal/advice"
	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/fairshare"
)

// roundOfSize is a scarce round: nations of 50 projects of 20 requests, 8 lots
// of 4 classes, 15 eligibilities.
func roundOfSize(b *testing.B, requests int) *fairshare.Snapshot {
	b.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	in := fairshare.Input{
		Round: fairshare.Round{
			ID: "round", Start: december, End: december.AddDate(0, 1, 0),
			GuaranteePermille: 500, BankLimitRounds: 4, MaxPasses: 8,
		},
		Nodes: []fairshare.Node{{ID: "pool", Kind: fairshare.KindPool}},
	}
	for i := range 8 {
		in.Lots = append(in.Lots, fairshare.Lot{
			ID: fmt.Sprint("lot", i), Class: fmt.Sprint("class", i/2), Ends: in.Round.End,
			Supply: credit.GPUMilliseconds(int64(requests) * 15_000_000),
		})
	}
	for mask := 1; mask < 16; mask++ {
		e := fairshare.Eligibility{ID: fmt.Sprintf("sig%02d", mask), ExcludedBy: map[string][]string{}}
		for i, l := range in.Lots {
			if mask>>(i/2)&1 == 1 {
				e.Lots = append(e.Lots, l.ID)
			} else {
				e.ExcludedBy["class"] = append(e.ExcludedBy["class"], l.ID)
			}
		}
		in.Eligibilities = append(in.Eligibilities, e)
	}
	for i := range requests {
		nation, project := fmt.Sprint("n", i/1000), fmt.Sprint("p", i/20)
		if i%1000 == 0 {
			in.Nodes = append(in.Nodes, fairshare.Node{ID: nation, Parent: "pool", Kind: fairshare.KindNation, Weight: 1})
		}
		if i%20 == 0 {
			weight := 1 + random.Int64N(100)
			in.Nodes = append(in.Nodes, fairshare.Node{ID: project, Parent: nation, Kind: fairshare.KindProject, Weight: weight})
		}
		most := 3_600_000 * (1 + random.Int64N(300))
		in.Requests = append(in.Requests, fairshare.Request{
			ID: fmt.Sprintf("r%07d", i), Node: project, Eligibility: in.Eligibilities[random.IntN(15)].ID,
			Min: credit.GPUMilliseconds(most / 4 * random.Int64N(2)), Max: credit.GPUMilliseconds(most),
			Submitted: december.Add(-time.Duration(random.IntN(1000)) * time.Hour),
		})
	}
	s, err := fairshare.Freeze(in)
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// BenchmarkForRequest reports what one question takes, and what the parts of one
// of its runs take.
func BenchmarkForRequest(b *testing.B) {
	for _, size := range []int{1_000, 20_000} {
		b.Run(fmt.Sprint(size), func(b *testing.B) { benchmarkForRequest(b, size) })
	}
}

func benchmarkForRequest(b *testing.B, size int) {
	s := roundOfSize(b, size)
	d := fairshare.Decide(s)
	started := time.Now()
	in := s.Input()
	copied := time.Now()
	again, err := fairshare.Freeze(in)
	if err != nil {
		b.Fatal(err)
	}
	frozen := time.Now()
	fairshare.Decide(again)
	decided := time.Now()
	runs, questions := 0, 0
	for b.Loop() {
		a, err := advice.ForRequest(d, s.Request(questions*7919%size).ID, advice.Options{})
		if err != nil {
			b.Fatal(err)
		}
		questions++
		runs += a.Runs
	}
	b.ReportMetric(float64(runs)/float64(questions), "runs/op")
	b.ReportMetric(float64(copied.Sub(started).Microseconds()), "input-us")
	b.ReportMetric(float64(frozen.Sub(copied).Microseconds()), "freeze-us")
	b.ReportMetric(float64(decided.Sub(frozen).Microseconds()), "decide-us")
}
