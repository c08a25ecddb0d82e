package pool

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/commonpool/commonpool/internal/credit"
)

// MaxWeight is the largest weight of a node of the tree.
const MaxWeight = 1_000_000

// Share is the claim of one node of the tree among its siblings, per round.
type Share struct {
	// Weight is 0..MaxWeight. A node of weight 0 gets what its siblings leave.
	Weight int64
	// Floor is what the node gets before its siblings' shares are divided, as
	// far as it asks for it. 0..MaxAmount-1 and at most Cap.
	Floor credit.Amount
	// Cap is the most the node gets, also when supply is left; nil: no cap.
	Cap *credit.Amount
}

func (s Share) check(f *faults, path string) {
	if s.Weight < 0 || s.Weight > MaxWeight {
		f.add(CodeOutOfRange, path+".weight", "is %d, expected 0 to %d", s.Weight, MaxWeight)
	}
	f.amount(path+".floor_gpu_ms", s.Floor)
	if s.Cap == nil {
		return
	}
	f.amount(path+".cap_gpu_ms", *s.Cap)
	if s.Cap.Less(s.Floor) {
		f.add(CodeConflict, path+".floor_gpu_ms", "is %v, above the cap of %v", s.Floor, *s.Cap)
	}
}

// Group is a set of nations that conditions can name, as a word in
// lower_snake_case: an income group, "ldc", or a region ("eastern_africa").
type Group string

// Groups whose meaning the house knows. A nation is in at most one income
// group; the World Bank gives some nations none.
const (
	LowIncome         Group = "low_income"
	LowerMiddleIncome Group = "lower_middle_income"
	UpperMiddleIncome Group = "upper_middle_income"
	HighIncome        Group = "high_income"
	// LDC is the United Nations' list of least developed countries.
	LDC Group = "ldc"
)

var incomeGroups = []Group{LowIncome, LowerMiddleIncome, UpperMiddleIncome, HighIncome}

func checkGroup(f *faults, path string, g Group) {
	allowed := func(c byte) bool { return isLower(c) || isDigit(c) || c == '_' }
	if g == "" || len(g) > MaxIDBytes || !isWord(string(g), allowed) || !isLower(g[0]) {
		f.add(CodeMalformed, path, "is %q, expected a word in lower_snake_case", string(g))
	}
}

// Nation is a member nation of the pool.
type Nation struct {
	ID   NationID
	Name string
	// Groups are those the nation is in now, in any order.
	Groups []Group
}

// In reports whether the nation is in the group.
func (n Nation) In(g Group) bool { return slices.Contains(n.Groups, g) }

// Check returns every fault of the nation.
func (n Nation) Check() error {
	var f faults
	checkCountry(&f, "id", n.ID)
	f.text("name", n.Name, MaxNameBytes)
	each(&f, "groups", n.Groups, checkGroup)
	var incomes []string
	for _, g := range incomeGroups {
		if n.In(g) {
			incomes = append(incomes, string(g))
		}
	}
	if len(incomes) > 1 {
		f.add(CodeConflict, "groups", "names %d income groups: %s", len(incomes), strings.Join(incomes, ", "))
	}
	return f.err()
}

// NationalAllocation is the envelope that an admin of the pool sets for one
// nation: its share in every round whose period starts in Period. A nation's
// allocations do not overlap.
type NationalAllocation struct {
	Nation NationID
	Share  Share
	Period Period
}

// Check returns every fault of the allocation by itself.
func (a NationalAllocation) Check() error {
	var f faults
	checkCountry(&f, "nation", a.Nation)
	a.Share.check(&f, "share")
	a.Period.check(&f, "period", f.instant)
	return f.err()
}

// AllocationAt returns the nation's allocation that holds at t, and whether
// there is one. If several did, which CheckAllocations refuses, it is the first
// in the list.
func AllocationAt(list []NationalAllocation, nation NationID, t time.Time) (NationalAllocation, bool) {
	for _, a := range list {
		if a.Nation == nation && a.Period.Contains(t) {
			return a, true
		}
	}
	return NationalAllocation{}, false
}

// CheckAllocations returns a fault for every allocation that overlaps an earlier
// one of the same nation in time; paths are "[i].period".
func CheckAllocations(list []NationalAllocation) error {
	var f faults
	earlier := make(map[NationID][]int)
	for i, a := range list {
		for _, j := range earlier[a.Nation] {
			if a.Period.Overlaps(list[j].Period) {
				f.add(CodeConflict, fmt.Sprintf("[%d].period", i), "overlaps allocation %d of %s", j, a.Nation)
			}
		}
		earlier[a.Nation] = append(earlier[a.Nation], i)
	}
	return f.err()
}

// Institution is a university, laboratory or company of a nation.
type Institution struct {
	ID     InstitutionID
	Nation NationID
	Name   string
	Share  Share
}

// Check returns every fault of the institution.
func (i Institution) Check() error {
	var f faults
	checkID(&f, "id", i.ID)
	checkCountry(&f, "nation", i.Nation)
	f.text("name", i.Name, MaxNameBytes)
	i.Share.check(&f, "share")
	return f.err()
}

// Lead is a principal investigator: the node between an institution and the
// projects. Who it is, is personal data and known to package identity alone.
type Lead struct {
	ID          LeadID
	Institution InstitutionID
	Share       Share
}

// Check returns every fault of the lead.
func (l Lead) Check() error {
	var f faults
	checkID(&f, "id", l.ID)
	checkID(&f, "institution", l.Institution)
	l.Share.check(&f, "share")
	return f.err()
}

// Project is the leaf of the tree; requests hang on it.
type Project struct {
	ID    ProjectID
	Lead  LeadID
	Name  string
	Share Share
}

// Check returns every fault of the project.
func (p Project) Check() error {
	var f faults
	checkID(&f, "id", p.ID)
	checkID(&f, "lead", p.Lead)
	f.text("name", p.Name, MaxNameBytes)
	p.Share.check(&f, "share")
	return f.err()
}
