package pool

import (
	"testing"

	"github.com/commonpool/commonpool/internal/credit"
	"pgregory.net/rapid"
)

func TestANodeNamesAllItsFaultsAtOnce(t *testing.T) {
	limit := gpuMS(5)
	bad := Share{Weight: -1, Floor: gpuMS(6), Cap: &limit}
	share := []string{"share.weight out_of_range", "share.floor_gpu_ms conflict"}
	wantFaults(t, Institution{Share: bad}.Check(), append(share, "id required", "nation required", "name required")...)
	wantFaults(t, Lead{Share: bad}.Check(), append(share, "id required", "institution required")...)
	wantFaults(t, Project{Share: bad}.Check(), append(share, "id required", "lead required", "name required")...)

	wantFaults(t, Institution{ID: "i", Nation: "KE", Name: "University of Nairobi"}.Check())
	wantFaults(t, Lead{ID: "l", Institution: "i"}.Check())
	wantFaults(t, Project{ID: "p", Lead: "l", Name: "Malaria"}.Check())
}

func TestSharesAreBounded(t *testing.T) {
	check := func(s Share) error {
		var f faults
		s.check(&f, "share")
		return f.err()
	}
	most, tooMuch := gpuMS(MaxAmount-1), gpuMS(MaxAmount)
	wantFaults(t, check(Share{}))
	wantFaults(t, check(Share{Weight: MaxWeight, Floor: most, Cap: &most}))
	wantFaults(t, check(Share{Weight: MaxWeight + 1, Floor: gpuMS(-1), Cap: &tooMuch}),
		"share.weight out_of_range", "share.floor_gpu_ms out_of_range", "share.cap_gpu_ms out_of_range")
	wantFaults(t, check(Share{Cap: &credit.Amount{}})) // a cap of 0 is a cap
}

func TestANationIsInOneIncomeGroupAtMost(t *testing.T) {
	kenya := Nation{ID: "KE", Name: "Kenya", Groups: []Group{LowerMiddleIncome, "eastern_africa"}}
	wantFaults(t, kenya.Check())
	if !kenya.In(LowerMiddleIncome) || kenya.In(LDC) {
		t.Error("In does not read the groups")
	}
	kenya.Groups = append(kenya.Groups, LowIncome, "eastern_africa", "East")
	wantFaults(t, kenya.Check(), "groups conflict", "groups[3] duplicate", "groups[4] malformed")
	wantFaults(t, Nation{ID: "ke", Name: "Kenya"}.Check(), "id malformed")
	wantFaults(t, Nation{}.Check(), "id required", "name required")
}

func TestTheAllocationOfItsPeriodHolds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) NationalAllocation {
			return NationalAllocation{
				Nation: rapid.SampledFrom([]NationID{"KE", "NG"}).Draw(t, "nation"),
				Period: periods().Draw(t, "period"),
			}
		}), 0, 6).Draw(t, "list")
		m := moments().Draw(t, "m")
		if CheckAllocations(list) != nil {
			return
		}
		holding := 0
		for _, a := range list {
			if a.Nation == "KE" && a.Period.Contains(m) {
				holding++
			}
		}
		got, ok := AllocationAt(list, "KE", m)
		if holding > 1 || ok != (holding == 1) || ok && !got.Period.Contains(m) {
			t.Fatalf("%d hold, found %v, %t", holding, got, ok)
		}
	})
}

func TestAllocationsOfOneNationDoNotOverlap(t *testing.T) {
	first := NationalAllocation{Nation: "KE", Period: period("2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z")}
	touching := NationalAllocation{Nation: "KE", Period: period("2027-01-01T00:00:00Z", "2028-01-01T00:00:00Z")}
	inside := NationalAllocation{Nation: "KE", Period: period("2026-05-01T00:00:00Z", "2026-06-01T00:00:00Z")}
	other := NationalAllocation{Nation: "NG", Period: inside.Period}
	for _, a := range []NationalAllocation{first, touching, inside, other} {
		wantFaults(t, a.Check())
	}
	wantFaults(t, CheckAllocations([]NationalAllocation{first, touching, other}))
	wantFaults(t, CheckAllocations([]NationalAllocation{first, other, inside}), "[2].period conflict")
	wantFaults(t, NationalAllocation{Share: Share{Weight: -1}}.Check(),
		"nation required", "share.weight out_of_range", "period.start required", "period.end required")
}
