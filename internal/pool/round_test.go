package pool

import (
	"testing"
	"time"
)

func TestARoundDividesAPeriodAfterItsTick(t *testing.T) {
	r := Round{
		ID:     "round-12",
		Key:    RoundKey{Pool: "pool", Kind: Regular, Tick: at("2026-11-24T06:00:00Z")},
		Period: period("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
	}
	wantFaults(t, r.Check())
	r.Key.Tick = r.Period.Start
	wantFaults(t, r.Check())
	r.Key.Tick = r.Period.Start.Add(time.Second)
	wantFaults(t, r.Check(), "tick conflict")
	r.Key.Kind = Reserve // extra rounds may come while their period runs
	wantFaults(t, r.Check())
	r.Key.Tick = r.Period.End
	wantFaults(t, r.Check(), "tick conflict")

	wantFaults(t, Round{}.Check(), "id required", "pool required", "kind malformed", "tick required",
		"period.start required", "period.end required")
	for _, kind := range RoundKinds() {
		if !kind.IsKnown() {
			t.Errorf("%s is not known", kind)
		}
	}
}

func TestAGrantIsTheSumOfItsAwards(t *testing.T) {
	g := Grant{
		ID: "g1", Request: "r1", Round: "round-12",
		Period: period("2026-12-01T00:00:00Z", "2027-01-01T00:00:00Z"),
		Awards: []Award{{"lot-a", gpuMS(30)}, {"lot-b", gpuMS(12)}},
	}
	wantFaults(t, g.Check())
	if got, err := g.Amount(); err != nil || got != gpuMS(42) {
		t.Errorf("30 + 12 = %v, %v", got, err)
	}
	wantFaults(t, Grant{}.Check(), "id required", "request required", "round required",
		"period.start required", "period.end required", "awards required")
	g.Awards = []Award{{"lot-a", gpuMS(MaxAmount - 1)}, {"lot-a", gpuMS(1)}, {"", gpuMS(0)}, {"lot-b", gpuMS(-1)}}
	wantFaults(t, g.Check(), "awards[1].lot duplicate", "awards[2].lot required",
		"awards[2].amount_gpu_ms out_of_range", "awards[3].amount_gpu_ms out_of_range")
	g.Awards = g.Awards[:2]
	g.Awards[1].Lot = "lot-b"
	wantFaults(t, g.Check(), "awards out_of_range")
}

func TestThePolicyIsBounded(t *testing.T) {
	if p := DefaultPolicy(); p != (Policy{500, 4, 8}) {
		t.Errorf("the default is %+v", p)
	}
	for _, p := range []Policy{DefaultPolicy(), {0, 0, 1}, {1000, 1000, 1000}} {
		wantFaults(t, p.Check())
	}
	for _, p := range []Policy{{-1, -1, 0}, {1001, 1001, 1001}} {
		wantFaults(t, p.Check(), "guarantee_permille out_of_range", "bank_limit_rounds out_of_range", "max_passes out_of_range")
	}
}
