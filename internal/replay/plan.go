package replay

import (
	"fmt"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/pool"
)

// Plan says what is ASSUMED to make rounds of a trace: a trace knows who asked
// for how much GPU time and when, and nothing else that a round needs. It is a
// file format; all of it is ASSUMED, none of it is in any trace.
type Plan struct {
	// Seed of every draw.
	Seed uint64 `yaml:"seed"`
	// SupplyPermille is the supply of all rounds together, of what is asked.
	SupplyPermille int64 `yaml:"supply_permille"`
	// UsefulDays is how long after its submission a request is useful.
	UsefulDays int64 `yaml:"useful_days"`

	Policy  PlanPolicy   `yaml:"policy"`
	Tree    PlanTree     `yaml:"tree"`
	Classes []PlanClass  `yaml:"classes"`
	Sites   []PlanSite   `yaml:"sites"`
	Lots    []PlanLot    `yaml:"lots"`
	Asks    PlanRequests `yaml:"requests"`
}

// PlanPolicy is pool.Policy.
type PlanPolicy struct {
	GuaranteePermille int64 `yaml:"guarantee_permille"`
	BankLimitRounds   int64 `yaml:"bank_limit_rounds"`
	MaxPasses         int64 `yaml:"max_passes"`
}

// PlanTree is the tree above the accounts of a trace.
type PlanTree struct {
	// MaxInstitutions of a nation: it has 1 to so many, by hash.
	MaxInstitutions int64 `yaml:"max_institutions"`
	// Weights of nations by group, the first group that a nation is in; else
	// OtherWeight.
	Weights     []PlanWeight `yaml:"weights"`
	OtherWeight int64        `yaml:"other_weight"`
	// FloorPermille and CapPermille of a round's supply, for every nation; 0: no
	// floor, no cap.
	FloorPermille int64 `yaml:"floor_permille"`
	CapPermille   int64 `yaml:"cap_permille"`
}

// PlanWeight is the weight of the nations of a group.
type PlanWeight struct {
	Group  pool.Group `yaml:"group"`
	Weight int64      `yaml:"weight"`
}

// PlanClass is a GPU class. A job of no known class asks for it in so many of all
// cases.
type PlanClass struct {
	ID           pool.ClassID `yaml:"id"`
	RatePermille int64        `yaml:"rate_permille"`
	Asked        int64        `yaml:"asked"`
}

// PlanSite is where lots are. Only the country is real.
type PlanSite struct {
	ID            pool.SiteID         `yaml:"id"`
	Country       pool.Jurisdiction   `yaml:"country"`
	Jurisdictions []pool.Jurisdiction `yaml:"jurisdictions"`
}

// PlanLot is the lot of every round that has a part of its supply, in proportion
// to Share.
type PlanLot struct {
	ID    pool.LotID   `yaml:"id"`
	Class pool.ClassID `yaml:"class"`
	Site  pool.SiteID  `yaml:"site"`
	Share int64        `yaml:"share"`
	// Days is how long the lot lasts from the start of the period; 0: all of it.
	Days       int64          `yaml:"days"`
	Conditions PlanConditions `yaml:"conditions"`
}

// PlanConditions is pool.Conditions.
type PlanConditions struct {
	Nations         []pool.NationID     `yaml:"nations"`
	Groups          []pool.Group        `yaml:"groups"`
	Fields          []pool.Field        `yaml:"fields"`
	CivilianPurpose bool                `yaml:"civilian_purpose"`
	OpenOutputs     bool                `yaml:"open_outputs"`
	Residency       []pool.Jurisdiction `yaml:"residency"`
}

// PlanRequests is what requests say that jobs do not. Percentages are of
// requests, or of accounts where it is said; the draws are by their ids.
type PlanRequests struct {
	// OneClassPercent accept only the class they ask for; the others accept each
	// further class with AcceptPercent.
	OneClassPercent int64 `yaml:"one_class_percent"`
	AcceptPercent   int64 `yaml:"accept_percent"`
	// AnywherePercent of accounts accept every site; the others accept each site
	// with AcceptPercent, and at least one.
	AnywherePercent int64 `yaml:"anywhere_percent"`
	// Jurisdictions that accounts accept, and Residency limits that their data
	// has: the first entry drawn, else none.
	Jurisdictions []PlanLimit `yaml:"jurisdictions"`
	Residency     []PlanLimit `yaml:"residency"`
	// CivilianPercent and OpenPercent of accounts make the declarations.
	CivilianPercent int64 `yaml:"civilian_percent"`
	OpenPercent     int64 `yaml:"open_percent"`
	// Fields, one of which is an account's.
	Fields []pool.Field `yaml:"fields"`
	// Minima that requests have: the first entry drawn, else a GPU-hour. A request
	// for less than its minimum has all it asks for as its minimum.
	Minima []PlanMinimum `yaml:"minima"`
}

// PlanLimit is a list of jurisdictions, and how often it is drawn.
type PlanLimit struct {
	Percent int64               `yaml:"percent"`
	Within  []pool.Jurisdiction `yaml:"within"`
}

// PlanMinimum is a minimum as a part of what is asked, and how often it is drawn.
type PlanMinimum struct {
	Percent  int64 `yaml:"percent"`
	Permille int64 `yaml:"permille"`
}

// Bounds of a plan.
const (
	maxPermille     = 1_000_000
	maxInstitutions = 1_000
	maxUsefulDays   = 36_500
)

// Check returns every fault of the plan, with its path as the file spells it.
func (p Plan) Check() error {
	var f faults
	f.within("supply_permille", p.SupplyPermille, 1, maxPermille)
	f.within("useful_days", p.UsefulDays, 1, maxUsefulDays)
	f.nest("policy", p.Policy.policy().Check())
	p.Tree.check(&f)
	classes, sites := p.checkClasses(&f), p.checkSites(&f)
	p.checkLots(&f, classes, sites)
	p.Asks.check(&f)
	return f.err()
}

func (p PlanPolicy) policy() pool.Policy {
	return pool.Policy{GuaranteePermille: p.GuaranteePermille, BankLimitRounds: p.BankLimitRounds, MaxPasses: p.MaxPasses}
}

func (t PlanTree) check(f *faults) {
	f.within("tree.max_institutions", t.MaxInstitutions, 1, maxInstitutions)
	f.within("tree.other_weight", t.OtherWeight, 0, pool.MaxWeight)
	f.within("tree.floor_permille", t.FloorPermille, 0, 1000)
	f.within("tree.cap_permille", t.CapPermille, 0, maxPermille)
	if t.CapPermille > 0 && t.FloorPermille > t.CapPermille {
		f.add(pool.CodeConflict, "tree.floor_permille", "is %d, above the cap of %d", t.FloorPermille, t.CapPermille)
	}
	for i, w := range t.Weights {
		path := fmt.Sprintf("tree.weights[%d]", i)
		if (pool.Nation{ID: "XX", Name: "any", Groups: []pool.Group{w.Group}}).Check() != nil {
			f.add(pool.CodeMalformed, path+".group", "is %q, expected a word in lower_snake_case", w.Group)
		}
		f.within(path+".weight", w.Weight, 0, pool.MaxWeight)
	}
}

func (p Plan) checkClasses(f *faults) map[pool.ClassID]bool {
	known := make(map[pool.ClassID]bool)
	asked := int64(0)
	for i, c := range p.Classes {
		path := fmt.Sprintf("classes[%d]", i)
		if class, err := c.class(); err != nil {
			f.within(path+".rate_permille", c.RatePermille, credit.MinRatePermille, credit.MaxRatePermille)
		} else {
			f.nest(path, class.Check())
		}
		f.within(path+".asked", c.Asked, 0, maxPermille)
		if known[c.ID] {
			f.add(pool.CodeDuplicate, path+".id", "%s stands there twice", c.ID)
		}
		known[c.ID] = true
		asked += max(0, c.Asked)
	}
	if asked == 0 {
		f.add(pool.CodeRequired, "classes", "none is asked for")
	}
	return known
}

func (p Plan) checkSites(f *faults) map[pool.SiteID]bool {
	known := make(map[pool.SiteID]bool)
	for i, s := range p.Sites {
		path := fmt.Sprintf("sites[%d]", i)
		f.nest(path, s.site().Check())
		if known[s.ID] {
			f.add(pool.CodeDuplicate, path+".id", "%s stands there twice", s.ID)
		}
		known[s.ID] = true
	}
	return known
}

func (p Plan) checkLots(f *faults, classes map[pool.ClassID]bool, sites map[pool.SiteID]bool) {
	known := make(map[pool.LotID]bool)
	shares := int64(0)
	for i, l := range p.Lots {
		path := fmt.Sprintf("lots[%d]", i)
		if len(l.ID) > maxPlanLotBytes {
			f.add(pool.CodeOutOfRange, path+".id", "has %d bytes, at most %d are allowed", len(l.ID), maxPlanLotBytes)
		}
		sample := pool.Lot{
			ID: l.ID, Contribution: "any", Class: l.Class, Site: l.Site,
			Period: pool.Period{Start: founded, End: founded.AddDate(1, 0, 0)},
			Rate:   credit.Reference(), Conditions: l.Conditions.conditions(),
		}
		f.nest(path, sample.Check())
		f.within(path+".share", l.Share, 0, maxPermille)
		f.within(path+".days", l.Days, 0, maxUsefulDays)
		if !classes[l.Class] {
			f.add(codeUnknown, path+".class", "is %q, expected one of the plan's classes", l.Class)
		}
		if !sites[l.Site] {
			f.add(codeUnknown, path+".site", "is %q, expected one of the plan's sites", l.Site)
		}
		if known[l.ID] {
			f.add(pool.CodeDuplicate, path+".id", "%s stands there twice", l.ID)
		}
		known[l.ID] = true
		shares += max(0, l.Share)
	}
	if shares == 0 {
		f.add(pool.CodeRequired, "lots", "none has a share of the supply")
	}
}

// maxPlanLotBytes leaves room in a lot's id for the day of its round.
const maxPlanLotBytes = pool.MaxIDBytes - len("20060102150405-")

func (a PlanRequests) check(f *faults) {
	for _, percent := range []struct {
		path  string
		value int64
	}{
		{"one_class_percent", a.OneClassPercent},
		{"accept_percent", a.AcceptPercent},
		{"anywhere_percent", a.AnywherePercent},
		{"civilian_percent", a.CivilianPercent},
		{"open_percent", a.OpenPercent},
	} {
		f.within("requests."+percent.path, percent.value, 0, 100)
	}
	checkLimits(f, "requests.jurisdictions", a.Jurisdictions)
	checkLimits(f, "requests.residency", a.Residency)
	if len(a.Fields) == 0 {
		f.add(pool.CodeRequired, "requests.fields", "is empty")
	}
	for i, field := range a.Fields {
		if !field.IsKnown() || field.IsBroad() {
			f.add(pool.CodeMalformed, fmt.Sprintf("requests.fields[%d]", i), "is %q, expected a FORD field like 1.2", field)
		}
	}
	sum := int64(0)
	for i, m := range a.Minima {
		path := fmt.Sprintf("requests.minima[%d]", i)
		f.within(path+".percent", m.Percent, 0, 100)
		f.within(path+".permille", m.Permille, 1, 1000)
		sum += max(0, m.Percent)
	}
	f.within("requests.minima", sum, 0, 100)
}

func checkLimits(f *faults, path string, limits []PlanLimit) {
	sum := int64(0)
	for i, l := range limits {
		at := fmt.Sprintf("%s[%d]", path, i)
		f.within(at+".percent", l.Percent, 0, 100)
		if len(l.Within) == 0 {
			f.add(pool.CodeRequired, at+".within", "is empty")
		}
		for k, j := range l.Within {
			if (pool.Site{ID: "any", Name: "any", Country: "XX", Jurisdictions: []pool.Jurisdiction{j}}).Check() != nil {
				f.add(pool.CodeMalformed, fmt.Sprintf("%s.within[%d]", at, k), "is %q, expected a code like FR or EU", j)
			}
		}
		sum += max(0, l.Percent)
	}
	f.within(path, sum, 0, 100)
}
