package replay

import (
	"time"

	"github.com/commonpool/commonpool/internal/credit"
	"github.com/commonpool/commonpool/internal/pool"
)

// founded is from when the rates of a plan hold.
var founded = time.Unix(0, 0).UTC()

func (c PlanClass) class() (pool.GPUClass, error) {
	rate, err := credit.NewRate(c.RatePermille)
	if err != nil {
		return pool.GPUClass{}, err
	}
	return pool.GPUClass{ID: c.ID, Rates: []pool.DatedRate{{From: founded, Rate: rate}}}, nil
}

func (s PlanSite) site() pool.Site {
	return pool.Site{
		ID: s.ID, Name: "ASSUMED site " + string(s.ID), Country: s.Country, Jurisdictions: s.Jurisdictions,
	}
}

func (c PlanConditions) conditions() pool.Conditions {
	return pool.Conditions{
		Nations: c.Nations, Groups: c.Groups, Fields: c.Fields,
		CivilianPurpose: c.CivilianPurpose, OpenOutputs: c.OpenOutputs, Residency: c.Residency,
	}
}

// GPUClasses returns the plan's GPU classes as nouns, priced from 1970 on. The plan
// has to be one that Check finds no fault in.
func (p Plan) GPUClasses() []pool.GPUClass {
	classes := make([]pool.GPUClass, len(p.Classes))
	for i, c := range p.Classes {
		classes[i] = must(c.class())
	}
	return classes
}

// lots divides a supply into the lots of a round. Each gets its share, rounded
// so that together they are exactly the supply.
func (p Plan) lots(round pool.Round, supply credit.Amount) []pool.Lot {
	total := int64(0)
	for _, l := range p.Lots {
		total += l.Share
	}
	rates := make(map[pool.ClassID]credit.Rate)
	for _, c := range p.GPUClasses() {
		rates[c.ID] = c.Rates[0].Rate
	}
	var lots []pool.Lot
	before, upTo := int64(0), int64(0)
	for _, l := range p.Lots {
		upTo += l.Share
		period := round.Period
		if end := period.Start.AddDate(0, 0, int(l.Days)); l.Days > 0 && end.Before(period.End) {
			period.End = end
		}
		reached, _ := partOf(supply.GPUMilliseconds(), upTo, total) // at most the supply
		lots = append(lots, pool.Lot{
			ID:           pool.LotID(round.Period.Start.Format("20060102150405") + "-" + string(l.ID)),
			Contribution: pool.ContributionID("assumed-" + string(l.ID)),
			Class:        l.Class, Site: l.Site, Period: period, Rate: rates[l.Class],
			Supply: credit.GPUMilliseconds(reached - before), Conditions: l.Conditions.conditions(),
		})
		before = reached
	}
	return lots
}

// AssumedPlan is the built-in plan: four GPU classes at their published rates
// (RGU of the Alliance over that of the A100-40GB) at five sites in real
// countries. Supply is 22 % of what is asked, the part that Canada's competition
// of 2021 could award. Eight lots, among them one for low-income and least
// developed nations, one for data that may not leave the EU, one for civilian
// purposes and one for open outputs. Everything but the rates and the 22 % is
// ASSUMED.
func AssumedPlan(seed uint64) Plan {
	return Plan{
		Seed: seed, SupplyPermille: 220, UsefulDays: 28,
		Policy: defaultPolicy(),
		Tree: PlanTree{
			MaxInstitutions: 4,
			Weights: []PlanWeight{
				{pool.LowIncome, 4}, {pool.LowerMiddleIncome, 3}, {pool.UpperMiddleIncome, 2}, {pool.HighIncome, 1},
			},
			OtherWeight: 4, FloorPermille: 2, CapPermille: 200,
		},
		Classes: []PlanClass{
			{"a100-40gb", 1000, 40}, {"h100-80gb-sxm5", 3042, 10}, {"t4-16gb", 331, 15}, {"v100-32gb", 642, 35},
		},
		Sites: []PlanSite{
			{ID: "capetown-1", Country: "ZA"},
			{ID: "lyon-1", Country: "FR", Jurisdictions: []pool.Jurisdiction{"EU"}},
			{ID: "montreal-1", Country: "CA"},
			{ID: "mumbai-1", Country: "IN"},
			{ID: "nairobi-1", Country: "KE"},
		},
		Lots: []PlanLot{
			{ID: "nairobi-a100", Class: "a100-40gb", Site: "nairobi-1", Share: 200},
			{ID: "capetown-a100", Class: "a100-40gb", Site: "capetown-1", Share: 150, Conditions: PlanConditions{CivilianPurpose: true}},
			{ID: "montreal-v100", Class: "v100-32gb", Site: "montreal-1", Share: 200, Conditions: PlanConditions{OpenOutputs: true}},
			{ID: "mumbai-v100", Class: "v100-32gb", Site: "mumbai-1", Share: 100},
			{ID: "mumbai-h100", Class: "h100-80gb-sxm5", Site: "mumbai-1", Share: 140, Days: 4},
			{ID: "lyon-h100", Class: "h100-80gb-sxm5", Site: "lyon-1", Share: 60, Conditions: PlanConditions{Residency: []pool.Jurisdiction{"EU", "FR"}}},
			{ID: "nairobi-t4", Class: "t4-16gb", Site: "nairobi-1", Share: 50, Conditions: PlanConditions{Groups: []pool.Group{pool.LDC, pool.LowIncome}}},
			{ID: "capetown-t4", Class: "t4-16gb", Site: "capetown-1", Share: 100},
		},
		Asks: PlanRequests{
			OneClassPercent: 30, AcceptPercent: 60, AnywherePercent: 70,
			Jurisdictions:   []PlanLimit{{10, []pool.Jurisdiction{"CA", "EU"}}, {5, []pool.Jurisdiction{"KE", "ZA"}}},
			Residency:       []PlanLimit{{10, []pool.Jurisdiction{"EU"}}, {3, []pool.Jurisdiction{"CA", "EU"}}},
			CivilianPercent: 90, OpenPercent: 80,
			Fields: []pool.Field{"1.2", "1.3", "1.5", "1.6", "2.2", "3.3", "4.1", "6.2"},
			Minima: []PlanMinimum{{8, 1000}, {12, 500}, {20, 100}},
		},
	}
}

// PlainPlan is a plan in which every lot serves everybody: one class, one site,
// one lot without conditions, no floors, no caps. Supply and weights are those of
// AssumedPlan.
func PlainPlan(seed uint64) Plan {
	p := AssumedPlan(seed)
	p.Tree.FloorPermille, p.Tree.CapPermille = 0, 0
	p.Classes = []PlanClass{{"a100-40gb", 1000, 1}}
	p.Sites = []PlanSite{{ID: "nairobi-1", Country: "KE"}}
	p.Lots = []PlanLot{{ID: "nairobi-a100", Class: "a100-40gb", Site: "nairobi-1", Share: 1}}
	p.Asks = PlanRequests{
		OneClassPercent: 100, AnywherePercent: 100, CivilianPercent: 100, OpenPercent: 100, Fields: []pool.Field{"1.2"},
	}
	return p
}

func defaultPolicy() PlanPolicy {
	d := pool.DefaultPolicy()
	return PlanPolicy{GuaranteePermille: d.GuaranteePermille, BankLimitRounds: d.BankLimitRounds, MaxPasses: d.MaxPasses}
}
