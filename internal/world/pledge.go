package world

import (
	"fmt"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/pool"
)

// Pledge is what the demo offers to its pool of an announced contribution. The
// pledge itself is ASSUMED, every time: nobody named here has pledged anything
// to a pool. How says in one sentence which fact it is made of and which
// numbers are assumed.
type Pledge struct {
	pool.Contribution
	Announcement string // the id of the fact
	How          string
}

// pledgeRule makes a pledge of an announcement.
type pledgeRule struct {
	announcement string
	class        pool.ClassID
	classAssumed bool // the announcement names no such model
	site         pool.SiteID
	// parts per 10,000 of the announced GPUs are offered; 0: all of the
	// announced GPU-hours.
	parts      int64
	conditions pool.Conditions
}

// mattei are the partner countries of the Mattei Plan (see Sources), not all of
// which are in this world.
func mattei() []pool.NationID {
	return []pool.NationID{"AO", "CG", "CI", "DZ", "EG", "ET", "GH", "KE", "MA", "MR", "MZ", "SN", "TN", "TZ"}
}

// pledgeRules are the demo's supply. The conditions are ASSUMED save that the AI
// Hub serves its 14 countries.
func pledgeRules() []pledgeRule {
	return []pledgeRule{
		{aiHub, a100, true, bologna, 0, pool.Conditions{Nations: mattei(), CivilianPurpose: true}},
		{leonardo, a100, true, bologna, 50, pool.Conditions{CivilianPurpose: true}},
		{cassavaFirst, h100, true, capeTown, 200, pool.Conditions{Groups: []pool.Group{Africa}}},
		{cassavaAll, a100x80, true, nairobi, 20, pool.Conditions{Groups: []pool.Group{Africa}}},
		{yotta, h100, false, mumbai, 80, pool.Conditions{Groups: []pool.Group{Asia, Pacific, pool.LDC}}},
		{indiaAI, mi300x, true, mumbai, 5, pool.Conditions{Groups: []pool.Group{pool.LowIncome, pool.LowerMiddleIncome}}},
		{canada, v100, true, waterloo, 300, pool.Conditions{OpenOutputs: true, CivilianPurpose: true}},
		{milaL40S, l40s, false, montreal, 1000, pool.Conditions{Groups: []pool.Group{pool.LowIncome, pool.LDC}, CivilianPurpose: true}},
		{milaRTX8000, rtx8000, false, montreal, 1000, pool.Conditions{Fields: []pool.Field{"1", "3", "4"}, CivilianPurpose: true}},
		{milaA100, a100x80, false, montreal, 1000, pool.Conditions{OpenOutputs: true, CivilianPurpose: true}},
	}
}

// pledges applies the rules.
func pledges(facts []Announcement) []Pledge {
	var list []Pledge
	for _, rule := range pledgeRules() {
		for _, fact := range facts {
			if fact.ID == rule.announcement {
				list = append(list, rule.apply(fact))
			}
		}
	}
	return list
}

func (r pledgeRule) apply(fact Announcement) Pledge {
	c := pool.Contribution{
		ID:          pool.ContributionID("pledge-" + r.announcement),
		Contributor: pool.ContributorID("donor-" + r.announcement),
		Class:       r.class, Site: r.site, Conditions: r.conditions,
	}
	class := string(r.class)
	if r.classAssumed {
		class = "ASSUMED " + class
	}
	if r.parts == 0 {
		c.Kind = pool.CreditTime
		c.Time = must(credit.Hour.Mul(fact.Amount.Value))
		c.Period = pool.Period{Start: Period(0).Start, End: Period(creditMonths).Start}
		return Pledge{Contribution: c, Announcement: fact.ID, How: fmt.Sprintf(
			"as many GPU-hours again as announced, %d, on %s, one part in %d a month (ASSUMED)",
			fact.Amount.Value, class, creditMonths)}
	}
	c.Kind = pool.Capacity
	c.GPUs = fact.Amount.Value * r.parts / 10_000
	c.Period = pool.Period{Start: Period(0).Start, End: Period(pledgedMonths).Start}
	return Pledge{Contribution: c, Announcement: fact.ID, How: fmt.Sprintf(
		"%d of the %d GPUs announced, on %s (ASSUMED %d parts in 10,000, rounded down)",
		c.GPUs, fact.Amount.Value, class, r.parts)}
}

// lot is the pledge's lot of month i, and whether it has one.
func (p Pledge) lot(i int, class pool.GPUClass) (pool.Lot, bool) {
	period := Period(i)
	id := pool.LotID(fmt.Sprintf("lot-%s-%s", Tick(i).Format("2006-01"), p.Announcement))
	if p.Kind == pool.Capacity {
		lot, overlaps, err := p.CapacityLot(id, period, class)
		return must(lot, err), overlaps
	}
	if i < 0 || i >= creditMonths {
		return pool.Lot{}, false
	}
	rate := must(class.RateAt(period.Start))
	unreleased := must(rate.Cost(p.Time))
	supply := credit.Amount{}
	for month := range i + 1 {
		supply = pool.CreditRelease(unreleased, int64(creditMonths-month))
		unreleased = must(unreleased.Sub(supply))
	}
	return pool.Lot{
		ID: id, Contribution: p.ID, Class: p.Class, Site: p.Site, Period: period,
		Rate: rate, Supply: supply, Conditions: p.Conditions,
	}, true
}
